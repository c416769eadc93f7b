//! Connection strings of keys and values: ADO.NET, libpq, StackExchange.Redis.
//!
//! Invariant: only the values of known keys are looked at, so that nothing of a password is.

use super::cut::Cut;
use super::host::{self, UNKNOWN};
use super::names::Name;
use super::parts;
use super::sink::Sink;
use super::{Confidence, Store};

/// A key, lower-cased and without blanks, and its value.
type Pair<'a> = (String, Cut<'a>);

/// Keys of a host.
const HOSTS: &[&str] = &["server", "datasource", "host", "hostname", "addr", "address", "networkaddress"];

/// Keys whose values are URLs.
const URLS: &[&str] = &[
    "endpoint",
    "accountendpoint",
    "blobendpoint",
    "queueendpoint",
    "tableendpoint",
    "fileendpoint",
    "serviceendpoint",
    "url",
    "uri",
    "developmentstorageproxyuri",
];

/// Keys of libpq; what is no key of it is no such string.
const LIBPQ: &[&str] = &[
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "passfile",
    "sslmode",
    "sslcert",
    "sslkey",
    "sslrootcert",
    "connect_timeout",
    "application_name",
    "options",
    "search_path",
    "timezone",
    "target_session_attrs",
    "keepalives",
    "client_encoding",
    "fallback_application_name",
    "pool_max_conns",
    "sslpassword",
    "krbsrvname",
    "service",
    "channel_binding",
    "gssencmode",
    "binary_parameters",
    "default_query_exec_mode",
];

/// Options that only StackExchange.Redis has, but for the first.
const REDIS: &[&str] = &[
    "password",
    "ssl",
    "sslhost",
    "abortconnect",
    "abortonconnectfail",
    "allowadmin",
    "defaultdatabase",
    "connecttimeout",
    "synctimeout",
    "asynctimeout",
    "connectretry",
    "resolvedns",
    "sslprotocols",
    "tiebreaker",
    "channelprefix",
    "configchannel",
];

/// Reads a whole value, if it is such a connection string.
pub(super) fn read(value: Cut<'_>, name: &Name, sink: &mut Sink) -> bool {
    let value = value.unquoted();
    libpq(value, name, sink) || ado(value, name, sink) || redis(value, sink)
}

/// `Server=db,1433;Database=orders;User Id=sa;Password=…`.
fn ado(value: Cut<'_>, name: &Name, sink: &mut Sink) -> bool {
    let Some(pairs) = value.text.contains(';').then(|| semicolon_pairs(value)).flatten() else {
        return false;
    };
    let has = |keys: &[&str]| pairs.iter().any(|(key, _)| keys.contains(&key.as_str()));
    if !has(HOSTS) && !has(URLS) {
        return false;
    }
    let store = name.store.filter(|store| *store != Store::Database).or_else(|| store_of_keys(&pairs));
    for (_, url) in pairs.iter().filter(|(key, _)| URLS.contains(&key.as_str())) {
        super::scan::text(*url, name, sink);
    }
    let Some((_, server)) = pairs.iter().find(|(key, _)| HOSTS.contains(&key.as_str())) else { return true };
    let port = get(&pairs, &["port"]).and_then(|port| host::port(port.text));
    let schema =
        get(&pairs, &["searchpath", "currentschema"]).and_then(|path| parts::first_schema(path.text));
    let database = get(&pairs, &["database", "initialcatalog", "dbname", "keyspace", "virtualhost"]);
    let database = database.and_then(|database| parts::part(database.text));
    let parts: Vec<String> = parts::with_schema(database, schema).into_iter().collect();
    for piece in servers(*server) {
        add(piece, port.map(|port| port.to_string()), store, &parts, sink);
    }
    true
}

/// `tcp:db,1433`, `a,b`, `db\instance`: the hosts of a server's value; a number after a comma is a port.
fn servers(server: Cut<'_>) -> Vec<(Cut<'_>, Option<Cut<'_>>)> {
    let plain =
        ["tcp:", "tcp://"].into_iter().rev().find_map(|prefix| server.strip_prefix(prefix)).unwrap_or(server);
    if let Some((name, port)) =
        plain.split_once(',').filter(|(_, port)| host::port(port.text.trim()).is_some())
    {
        return vec![(name.cut_at(|letter| letter == '\\').0, Some(port.trim()))];
    }
    let pieces =
        plain.split(|letter| letter == ',').map(|piece| piece.trim().cut_at(|letter| letter == '\\').0);
    pieces.map(host::at_colon).collect()
}

fn add(
    (name, own_port): (Cut<'_>, Option<Cut<'_>>),
    port: Option<String>,
    store: Option<Store>,
    parts: &[String],
    sink: &mut Sink,
) {
    let is_odd =
        own_port.is_some_and(|own| host::port(own.text).is_none() && !own.text.contains([UNKNOWN, '$']));
    let port = own_port.map(|own| own.text.to_owned()).or(port);
    let port = port.and_then(|port| host::port(&port));
    if let Some(host) = host::host(name.text).filter(|_| !is_odd) {
        sink.add(name.range(), host, port, store, parts.to_vec(), Confidence::Url);
    }
}

fn store_of_keys(pairs: &[Pair<'_>]) -> Option<Store> {
    let has = |keys: &[&str]| pairs.iter().any(|(key, _)| keys.contains(&key.as_str()));
    let has_port = has(&["port"]);
    if has(&["virtualhost", "publisherconfirms", "prefetchcount"]) {
        Some(Store::RabbitMq)
    } else if has(&["initialcatalog", "trustservercertificate", "multipleactiveresultsets"])
        || (has(&["server", "datasource"])
            && has(&["database", "userid"])
            && !has_port
            && !has(&["uid", "user"]))
    {
        Some(Store::SqlServer)
    } else if has(&["uid", "allowpublickeyretrieval", "allowuservariables"]) && has(&["server", "host"]) {
        Some(Store::MySql)
    } else if has(&["host"]) && has(&["database"]) {
        Some(Store::Postgres)
    } else {
        has(&["database"]).then_some(Store::Database)
    }
}

fn get<'a>(pairs: &[Pair<'a>], keys: &[&str]) -> Option<Cut<'a>> {
    pairs.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, value)| *value)
}

/// Pairs with semicolons between; `None` if anything there is no pair.
fn semicolon_pairs(value: Cut<'_>) -> Option<Vec<Pair<'_>>> {
    let mut pairs = Vec::new();
    let mut rest = value.trim();
    while !rest.text.is_empty() {
        if let Some(after) = rest.strip_prefix(";") {
            rest = after.trim();
            continue;
        }
        let (key, value) = rest.split_once('=')?;
        let is_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '_' | '-' | '.');
        if key.text.is_empty() || !key.text.chars().all(is_key) {
            return None;
        }
        let (value, after) = quoted_or(value, |letter| letter == ';');
        let key: String =
            key.text.chars().filter(|letter| !letter.is_whitespace() && *letter != '_').collect();
        pairs.push((key.to_ascii_lowercase(), value.trim()));
        rest = after;
    }
    Some(pairs)
}

/// A value in quotes, or up to an end; and what follows it.
fn quoted_or(value: Cut<'_>, is_end: impl Fn(char) -> bool) -> (Cut<'_>, Cut<'_>) {
    let trimmed = value.from(value.text.len() - value.text.trim_start_matches(' ').len());
    let quote = trimmed.text.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let Some(quote) = quote else { return value.cut_at(is_end) };
    let inner = trimmed.from(1);
    let mut is_escaped = false;
    let mut letters = inner.text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            // Written twice, a quote stands for itself.
            letter if letter == quote && letters.peek().is_some_and(|(_, next)| *next == quote) => {
                is_escaped = true
            }
            letter if letter == quote => return (inner.upto(at), inner.from(at + 1).cut_at(is_end).1),
            _ => {}
        }
    }
    (inner, inner.from(inner.text.len()))
}

/// `host=db port=5432 dbname=orders user=x password=y`.
fn libpq(value: Cut<'_>, name: &Name, sink: &mut Sink) -> bool {
    let pairs = blank_pairs(value);
    let known = |key: &str| pairs.iter().any(|(known, _)| known == key);
    let is_one = pairs.first().is_some_and(|(key, _)| LIBPQ.contains(&key.as_str()))
        && get(&pairs, &["host"]).is_some_and(|host| !host.text.contains(';'))
        && ["dbname", "user", "password", "sslmode"].into_iter().any(known);
    if !is_one {
        return false;
    }
    let Some(hosts) = get(&pairs, &["host"]) else { return true };
    let ports = get(&pairs, &["port"]).map(|port| port.text.to_owned()).unwrap_or_default();
    let schema = get(&pairs, &["search_path"]).and_then(|path| parts::first_schema(path.text));
    let database = get(&pairs, &["dbname"]).and_then(|database| parts::part(database.text));
    let parts: Vec<String> = parts::with_schema(database, schema).into_iter().collect();
    let store = name.store.filter(|store| *store != Store::Database).unwrap_or(Store::Postgres);
    let last = ports.split(',').next_back().unwrap_or_default();
    let mut each = ports.split(',');
    for piece in hosts.split(|letter| letter == ',') {
        let port = each.next().unwrap_or(last).to_owned();
        add((piece, None), Some(port), Some(store), &parts, sink);
    }
    true
}

/// Pairs with blanks between. What is no pair is left out: it may be of a password with blanks.
fn blank_pairs(value: Cut<'_>) -> Vec<Pair<'_>> {
    let mut pairs = Vec::new();
    let mut rest = value.trim();
    while !rest.text.is_empty() {
        let (word, after) = rest.cut_at(|letter| letter.is_whitespace() || letter == '=');
        let tail = after.from(after.text.len() - after.text.trim_start().len());
        let Some(value) = tail.strip_prefix("=") else {
            rest = if word.text.is_empty() { tail.from(1) } else { tail };
            continue;
        };
        let value = value.from(value.text.len() - value.text.trim_start().len());
        let (value, after) = quoted_or(value, char::is_whitespace);
        pairs.push((word.text.to_ascii_lowercase(), value));
        rest = after.from(after.text.len() - after.text.trim_start().len());
    }
    pairs
}

/// `redis:6379,password=…,abortConnect=false`.
fn redis(value: Cut<'_>, sink: &mut Sink) -> bool {
    let entries: Vec<Cut<'_>> = value.split(|letter| letter == ',').map(Cut::trim).collect();
    let options: Vec<(Cut<'_>, Cut<'_>)> = entries.iter().filter_map(|entry| entry.split_once('=')).collect();
    let is_option = |(key, _): &(Cut<'_>, Cut<'_>)| REDIS.contains(&key.text.to_ascii_lowercase().as_str());
    let begins = entries.first().is_some_and(|first| !first.text.contains(['=', '/', '@', ' ']));
    if !begins || !options.iter().any(is_option) {
        return false;
    }
    let number = options.iter().find(|(key, _)| key.text.eq_ignore_ascii_case("defaultDatabase"));
    let parts: Vec<String> = parts::redis_number(number.map(|(_, value)| value.text)).into_iter().collect();
    for entry in entries.iter().take_while(|entry| !entry.text.contains('=')) {
        add(host::at_colon(*entry), None, Some(Store::Redis), &parts, sink);
    }
    true
}
