//! Whether a setting's value is read as an address, by the words of its name.

use super::names;

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

/// Last words of names whose values are hosts.
pub(super) const HOSTS: &[&str] = &[
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
    "from",
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

/// What the values of a name may be read as, by its words.
pub(super) fn kind(words: &[String]) -> Kind {
    if names::is_credential(words) || is_not_called(words) {
        return Kind::Silent;
    }
    let mut rest: Vec<&str> = words.iter().map(String::as_str).collect();
    while rest.len() > 1 && rest.last().is_some_and(|last| WHICH.contains(last) || is_number(last)) {
        rest.pop();
    }
    // `BUCKET_URL=invoices` names no host.
    if rest.iter().any(|word| matches!(*word, "bucket" | "buckets")) {
        return Kind::Open;
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
        "service" if before == "of" => Kind::Open,
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
        || ends_with(&["root", "url"])
        || words.windows(2).any(|pair| matches!(pair, [no, proxy] if matches!(no.as_str(), "no" | "non") && proxy == "proxy"))
        || words.windows(2).any(|pair| {
            matches!(pair, [own, host] if OWN.contains(&own.as_str()) && HOSTS.contains(&host.as_str()))
        })
}
