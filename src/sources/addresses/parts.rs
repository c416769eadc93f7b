//! What is used of a store: a database, a bucket, a vhost, as connection strings write them.

use super::Store;
use super::cut::Cut;
use super::host::UNKNOWN;

/// How long the name of a part may be, in bytes.
const LONGEST_PART: usize = 200;

/// Schemas that everybody has.
const DEFAULT_SCHEMAS: &[&str] = &["public", "\"$user\"", "$user", "dbo"];

/// What ClickHouse answers over HTTP that is no database.
const CLICKHOUSE_PATHS: &[&str] = &["ping", "play", "query", "replicas_status", "dashboard", "metrics"];

/// What a URL uses of its store: `tail` is what follows its hosts.
pub(super) fn of_url(main: &str, store: Option<Store>, tail: Cut<'_>) -> Vec<String> {
    let (path, query) = match tail.text.split_once('?') {
        Some((path, query)) => (path, query),
        None => (tail.text, ""),
    };
    let path =
        path.split(['#', ';', '"', '\'', ' ', ')', '}', ']', '>', '`', '\\', '|']).next().unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or_default();
    let first = path.split('/').next().unwrap_or_default();
    let is_http = matches!(main, "http" | "https");
    let found = match store {
        Some(Store::Redis) => {
            redis_number(path.rsplit('/').next()).or(redis_number(value(query, &["db", "database"])))
        }
        Some(Store::RabbitMq) => vhost(path),
        Some(Store::SqlServer) => {
            let path = part(first).filter(|_| main == "mssql");
            path.or(value_part(tail.text)).or(value_part(query))
        }
        Some(Store::Influx) => value(query, &["db", "database", "bucket"]).and_then(part),
        Some(Store::ObjectStore) => part(first),
        Some(Store::Elasticsearch) => part(first).filter(|index| is_http && !index.starts_with('_')),
        Some(Store::ClickHouse) if is_http => value_part(query)
            .or_else(|| part(first).filter(|path| !CLICKHOUSE_PATHS.contains(&path.as_str()))),
        Some(Store::Kafka) => part(first).filter(|_| main == "kafka"),
        Some(store) if store.has_databases() => {
            let database = part(first).or_else(|| value_part(query));
            with_schema(database, schema_of(store, query))
        }
        _ => None,
    };
    found.into_iter().collect()
}

fn value_part(query: &str) -> Option<String> {
    value(query, &["databasename", "database", "dbname", "initialcatalog"]).and_then(part)
}

/// The value of one of some keys, in a query or in properties.
fn value<'t>(query: &'t str, keys: &[&str]) -> Option<&'t str> {
    let pairs = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
    let mut named = pairs.map(|(key, value)| (key.rsplit('?').next().unwrap_or_default().trim(), value));
    let wanted = named.find(|(key, _)| keys.iter().any(|known| known.eq_ignore_ascii_case(key)));
    wanted.map(|(_, value)| value)
}

fn schema_of(store: Store, query: &str) -> Option<String> {
    let schema = value(query, &["currentschema", "search_path", "schema", "searchpath"])
        .filter(|_| store == Store::Postgres)?;
    first_schema(schema)
}

/// The first schema of a search path that not everybody has.
pub(super) fn first_schema(path: &str) -> Option<String> {
    let decoded = decoded(path)?;
    decoded
        .split(',')
        .map(str::trim)
        .filter_map(part)
        .find(|schema| !DEFAULT_SCHEMAS.contains(&schema.as_str()))
}

/// A database, or a schema in it.
pub(super) fn with_schema(database: Option<String>, schema: Option<String>) -> Option<String> {
    match (database, schema) {
        (Some(database), Some(schema)) => Some(format!("{database}.{schema}")),
        (database, schema) => database.or(schema),
    }
}

/// A database's number in Redis; the first one is everybody's.
pub(super) fn redis_number(text: Option<&str>) -> Option<String> {
    let number: u16 = text?.parse().ok()?;
    (number > 0).then(|| number.to_string())
}

/// A vhost of RabbitMQ; `/` is everybody's.
fn vhost(path: &str) -> Option<String> {
    let vhost = decoded(path)?;
    let vhost = vhost.trim_matches('/');
    part(vhost)
}

/// The name of a part; `None` for what can be none, or is not known.
pub(super) fn part(text: &str) -> Option<String> {
    let name = decoded(text)?;
    let is_one = !name.is_empty()
        && name.len() <= LONGEST_PART
        && name.chars().all(|letter| {
            letter != UNKNOWN
                && !letter.is_control()
                && !letter.is_whitespace()
                && !"@:$%{}()[]<>\"'`\\|;,=*".contains(letter)
        })
        && name.chars().any(char::is_alphanumeric);
    is_one.then_some(name)
}

/// A text with its percent signs resolved; `None` if that is no text.
fn decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}
