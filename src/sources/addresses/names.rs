//! What the name of a setting says about its value.

use super::Store;
use super::kinds::{self, Kind};

/// A name, read.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) words: Vec<String>,
    pub(super) kind: Kind,
    /// What it says about the store behind the address.
    pub(super) store: Option<Store>,
}

impl Name {
    pub(super) fn of(name: &str) -> Self {
        let words = words(name);
        let kind = kinds::kind(&words);
        let store = store(&words);
        Self { words, kind, store }
    }

    /// A name inside of the value of another one.
    pub(super) fn within(&self, inner: &str) -> Self {
        let inner = Self::of(inner);
        let kind = if self.kind == Kind::Silent { Kind::Silent } else { inner.kind };
        Self { kind, store: inner.store.or(self.store), ..inner }
    }

    /// Whether it speaks of several.
    pub(super) fn is_plural(&self) -> bool {
        self.words.iter().any(|word| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss"))
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }
}

/// The words of a name, lower-cased: `spring.redis.host`, `DB_HOST`, `ConnectionStrings__Orders`, `dbHost`.
pub fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|letter: char| !letter.is_ascii_alphanumeric()) {
        let mut rest = part;
        while let Some(end) = hump(rest) {
            let (word, tail) = rest.split_at(end);
            words.push(word.to_ascii_lowercase());
            rest = tail;
        }
        words.extend((!rest.is_empty()).then(|| rest.to_ascii_lowercase()));
    }
    words.into_iter().flat_map(unjoined).collect()
}

/// Where the next hump of a camel begins: `db|Host`, `DB|Host`.
fn hump(part: &str) -> Option<usize> {
    let bytes = part.as_bytes();
    let is = |at: usize, test: fn(&u8) -> bool| bytes.get(at).is_some_and(test);
    (1..bytes.len()).find(|at| {
        is(*at, u8::is_ascii_uppercase)
            && (is(at - 1, u8::is_ascii_lowercase)
                || (is(at - 1, u8::is_ascii_uppercase) && is(at + 1, u8::is_ascii_lowercase)))
    })
}

/// `PGHOST`, `MYSQLPORT`, `dburl`: what tools write in one word.
fn unjoined(word: String) -> Vec<String> {
    const FIRST: &[&str] =
        &["pg", "mysql", "redis", "mongo", "mongodb", "db", "rabbitmq", "postgres", "database"];
    const LAST: &[&str] = &[
        "host", "hosts", "port", "url", "uri", "database", "db", "name", "user", "password", "dsn", "server",
    ];
    let joined = FIRST.iter().find_map(|first| {
        let last = word.strip_prefix(first)?;
        LAST.contains(&last).then(|| vec![(*first).to_owned(), last.to_owned()])
    });
    joined.unwrap_or_else(|| vec![word])
}

/// Whether a name is one of a credential, or of who uses one.
pub(super) fn is_credential(words: &[String]) -> bool {
    const LAST: &[&str] = &[
        "pwd",
        "pw",
        "pass",
        "key",
        "keys",
        "auth",
        "creds",
        "basic",
        "user",
        "username",
        "userpwd",
        "login",
        "salt",
        "jwt",
        "cert",
        "signature",
        "bearer",
        "cookie",
    ];
    let Some(last) = words.last().map(String::as_str) else { return false };
    let is_proxy_pass = matches!(words, [.., proxy, pass] if proxy == "proxy" && pass == "pass");
    let is_address = kinds::HOSTS.contains(&last) || is_proxy_pass;
    LAST.contains(&last) && !is_proxy_pass || (!is_address && words.iter().any(|word| is_secret_word(word)))
}

fn is_secret_word(word: &str) -> bool {
    const WITHIN: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "credential", "apikey"];
    WITHIN.iter().any(|part| word.contains(part))
        || (word.len() > 3 && (word.ends_with("pass") || word.ends_with("pwd") || word.ends_with("auth")))
}

/// Words that say whose tool or gateway an address is, rather than that of the store itself.
const BESIDES: &[&str] = &[
    "ui",
    "prometheus",
    "metrics",
    "exporter",
    "rest",
    "proxy",
    "commander",
    "express",
    "admin",
    "registry",
    "management",
    "manager",
    "console",
    "dashboard",
    "web",
    "webhook",
    "api",
    "auth",
    "adapter",
    "operator",
    "backup",
    "gateway",
    "bridge",
    "kibana",
    "logstash",
    "otel",
    "callback",
    "ingest",
    "ksqldb",
    "ksql",
    "cruise",
    "drop",
    "connector",
];

/// The store that a name speaks of.
fn store(words: &[String]) -> Option<Store> {
    if words.iter().any(|word| BESIDES.contains(&word.as_str()))
        && !words.iter().any(|word| word == "bootstrap")
    {
        return None;
    }
    let has_url = |word: &str| words.iter().any(|known| known == word);
    // `ClickHouse`, `PostgreSql`: the humps of one word.
    let humps = || words.windows(2).find_map(|pair| of_word(&pair.concat()));
    let named = words.iter().rev().find_map(|word| of_word(word)).or_else(humps);
    let general = || {
        words.iter().any(|word| {
            matches!(
                word.trim_end_matches(|letter: char| letter.is_ascii_digit()),
                "db" | "database" | "datasource" | "sql" | "jdbc"
            )
        })
    };
    named
        .or_else(|| has_url("bootstrap").then_some(Store::Kafka))
        .or_else(|| general().then_some(Store::Database))
}

/// The store that one word names.
pub(super) fn of_word(word: &str) -> Option<Store> {
    Some(match word.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "postgres" | "postgresql" | "pg" | "pgsql" | "psql" | "timescale" | "timescaledb" | "cockroach" => {
            Store::Postgres
        }
        "mysql" | "mariadb" => Store::MySql,
        "mongo" | "mongodb" => Store::MongoDb,
        "redis" | "valkey" | "keydb" => Store::Redis,
        "memcache" | "memcached" => Store::Memcached,
        "kafka" | "redpanda" | "kafkastore" => Store::Kafka,
        "rabbit" | "rabbitmq" | "amqp" => Store::RabbitMq,
        "nats" => Store::Nats,
        "elastic" | "elasticsearch" | "opensearch" | "es" => Store::Elasticsearch,
        "s" if word == "s3" => Store::ObjectStore,
        "minio" | "bucket" | "buckets" => Store::ObjectStore,
        "cassandra" | "scylla" => Store::Cassandra,
        "clickhouse" => Store::ClickHouse,
        "neo" if word == "neo4j" => Store::Neo4j,
        "neo4j" => Store::Neo4j,
        "influx" | "influxdb" => Store::Influx,
        "etcd" => Store::Etcd,
        "zookeeper" | "zk" => Store::Zookeeper,
        "consul" => Store::Consul,
        "mssql" | "sqlserver" => Store::SqlServer,
        "oracle" => Store::Oracle,
        "couchdb" | "couchbase" => Store::Couch,
        "pulsar" => Store::Pulsar,
        "mqtt" | "mosquitto" => Store::Mqtt,
        "vault" => Store::Vault,
        _ => return None,
    })
}
