//! What the name of a setting says about its value.

use super::Store;

/// What a value may be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Nothing: a credential, or addresses that nobody calls from here.
    Silent,
    /// Only what is spelled as a URL: the name says that the value is a name, an image, a path.
    Url,
    /// What is spelled as `host:port` too.
    Open,
    /// A word alone too: the name says that it is a host.
    Host,
}

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
        let kind = kind(&words);
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
pub(super) fn words(name: &str) -> Vec<String> {
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

/// Last words of names whose values are hosts.
const HOSTS: &[&str] = &[
    "host",
    "hosts",
    "hostname",
    "hostnames",
    "addr",
    "addrs",
    "address",
    "addresses",
    "endpoint",
    "endpoints",
    "url",
    "urls",
    "uri",
    "uris",
    "server",
    "servers",
    "broker",
    "brokers",
    "upstream",
    "upstreams",
    "backend",
    "backends",
    "peer",
    "peers",
    "node",
    "nodes",
    "service",
    "dsn",
    "bootstrap",
    "seeds",
    "contactpoints",
];

/// Those of them that say it also before another word: `URL_ORDERS`, `HOST_REDIS`.
const STRONG: &[&str] = &[
    "host",
    "hosts",
    "hostname",
    "addr",
    "address",
    "addresses",
    "endpoint",
    "endpoints",
    "url",
    "uri",
    "dsn",
    "brokers",
    "upstream",
];

/// Last words that only tell apart one of several.
const WHICH: &[&str] = &[
    "primary",
    "secondary",
    "replica",
    "master",
    "slave",
    "main",
    "ro",
    "rw",
    "read",
    "write",
    "reader",
    "writer",
    "internal",
    "private",
    "default",
    "list",
    "string",
    "prod",
    "production",
    "dev",
    "test",
    "staging",
    "a",
    "b",
];

/// Last words of names whose values are no hosts, whatever comes before.
const NO_HOSTS: &[&str] = &[
    "name",
    "names",
    "namespace",
    "image",
    "images",
    "tag",
    "version",
    "level",
    "mode",
    "topic",
    "topics",
    "path",
    "paths",
    "prefix",
    "suffix",
    "file",
    "dir",
    "directory",
    "type",
    "format",
    "env",
    "environment",
    "scheme",
    "protocol",
    "role",
    "profile",
    "profiles",
    "options",
    "user",
    "username",
    "users",
    "zone",
    "region",
    "timeout",
    "interval",
    "id",
    "class",
    "driver",
    "label",
    "labels",
    "description",
    "title",
    "locale",
    "strategy",
    "policy",
    "schema",
    "index",
    "queue",
    "exchange",
    "bucket",
    "group",
    "pattern",
    "regex",
    "template",
    "limit",
    "weight",
    "count",
    "size",
    "enabled",
    "database",
    "db",
    "tz",
    "timezone",
    "key",
    "engine",
    "dialect",
    "provider",
    "domain",
    "domains",
    "algorithm",
    "command",
    "cmd",
    "entrypoint",
    "package",
    "module",
    "method",
    "status",
];

/// Words of names whose addresses are not called from here: who may call, where to listen, where a
/// browser is sent.
const NOT_CALLED: &[&str] = &[
    "origin",
    "origins",
    "cors",
    "advertised",
    "advertise",
    "listener",
    "listeners",
    "listen",
    "bind",
    "redirect",
    "redirects",
    "callback",
    "callbacks",
    "whitelist",
    "allowlist",
    "csp",
    "noproxy",
    "referer",
    "referrer",
    "image",
    "images",
];

/// Words that make an address one's own, or a browser's, right before the word for it.
const OWN: &[&str] = &[
    "public",
    "external",
    "return",
    "success",
    "cancel",
    "logout",
    "login",
    "root",
    "site",
    "self",
    "own",
    "canonical",
    "virtual",
    "allowed",
    "trusted",
    "extra",
    "letsencrypt",
    "homepage",
    "publish",
    "announce",
];

fn kind(words: &[String]) -> Kind {
    if is_credential(words) || is_not_called(words) {
        return Kind::Silent;
    }
    let mut rest: Vec<&str> = words.iter().map(String::as_str).collect();
    while rest.len() > 1 && rest.last().is_some_and(|last| WHICH.contains(last) || is_number(last)) {
        rest.pop();
    }
    let last = rest.pop().unwrap_or_default();
    let last = match last.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
        "" => last,
        trimmed => trimmed,
    };
    let before = rest.last().copied().unwrap_or_default();
    match last {
        "hostname" | "service" | "node" if rest.is_empty() => Kind::Open,
        // The flag of many clients.
        "h" if rest.is_empty() => Kind::Host,
        "name" if before == "host" => Kind::Host,
        "pass" if before == "proxy" => Kind::Host,
        "connect" if before == "zookeeper" => Kind::Host,
        "points" if before == "contact" => Kind::Host,
        _ if HOSTS.contains(&last) => Kind::Host,
        _ if NO_HOSTS.contains(&last) => Kind::Url,
        "port" | "ports" => Kind::Open,
        _ if STRONG.contains(&before) => Kind::Host,
        _ => Kind::Open,
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_not_called(words: &[String]) -> bool {
    let ends_with = |end: &[&str]| {
        words.len() >= end.len() && words.iter().rev().zip(end.iter().rev()).all(|(a, b)| a == b)
    };
    words.iter().any(|word| NOT_CALLED.contains(&word.as_str()))
        || (words.len() == 1 && ends_with(&["hostname"]))
        || ends_with(&["server", "name"])
        || ends_with(&["server", "names"])
        || words.windows(2).any(|pair| matches!(pair, [no, proxy] if matches!(no.as_str(), "no" | "non") && proxy == "proxy"))
        || words.windows(2).any(|pair| {
            matches!(pair, [own, host] if OWN.contains(&own.as_str()) && HOSTS.contains(&host.as_str()))
        })
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
    let is_address = HOSTS.contains(&last) || is_proxy_pass;
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
    let named = words.iter().rev().find_map(|word| of_word(word));
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
