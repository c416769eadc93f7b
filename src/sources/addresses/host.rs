//! What can be the name of a host.
//!
//! Invariant: an IP address is no name, and neither is what means the machine itself.

use super::cut::Cut;

/// Stands for what the caller doesn't know of a value.
pub(super) const UNKNOWN: char = '\u{fffc}';

/// The longest name and the longest label that DNS allows.
const LONGEST_HOST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Names of the machine itself.
const ITSELF: &[&str] = &[
    "localhost",
    "local",
    "ip6-localhost",
    "ip6-loopback",
    "broadcasthost",
    "host-gateway",
    "host.docker.internal",
    "gateway.docker.internal",
    "kubernetes.docker.internal",
    "host.minikube.internal",
    "host.containers.internal",
    "host.lima.internal",
    "host.k3d.internal",
    "docker.for.mac.localhost",
    "docker.for.mac.host.internal",
    "docker.for.win.localhost",
    "localhost.localdomain",
];

/// Words that are values of their own, whatever the name over them.
const NO_HOSTS: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "auto",
    "default",
    "any",
    "all",
    "undefined",
    "unset",
    "disabled",
    "enabled",
    "changeme",
    "todo",
    "trace",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "fatal",
    "memory",
    "inmemory",
    "in-memory",
    "file",
    "filesystem",
    "disk",
    "env",
    "sqlite",
    "console",
    "stdout",
    "stderr",
    "http",
    "https",
    "tcp",
    "udp",
    "dns",
    "noop",
    "dummy",
    "mock",
    "fake",
    "manual",
    "static",
    "dynamic",
];

/// What stands before a colon and a number without being a host.
const KEYS: &[&str] = &[
    "port", "timeout", "sha1", "sha256", "sha512", "md5", "max", "min", "size", "ttl", "interval", "limit",
    "retries", "uid", "gid", "line", "version", "v", "level", "count", "weight", "width", "height", "memory",
    "cpu", "nofile", "id", "pid", "expires", "delay",
];

/// Endings of file names that are no top-level domains in anybody's cluster.
const FILES: &[&str] = &[
    "yaml",
    "yml",
    "json",
    "xml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "config",
    "properties",
    "env",
    "txt",
    "log",
    "md",
    "csv",
    "tsv",
    "sql",
    "db",
    "sqlite",
    "sqlite3",
    "pem",
    "crt",
    "cer",
    "key",
    "p12",
    "pfx",
    "jks",
    "sock",
    "pid",
    "lock",
    "so",
    "dll",
    "exe",
    "bin",
    "jar",
    "war",
    "class",
    "java",
    "kt",
    "py",
    "pyc",
    "js",
    "mjs",
    "cjs",
    "ts",
    "jsx",
    "tsx",
    "rb",
    "go",
    "rs",
    "php",
    "sh",
    "bash",
    "html",
    "htm",
    "css",
    "scss",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "ico",
    "zip",
    "gz",
    "tgz",
    "tar",
    "bz2",
    "xz",
    "proto",
    "tmpl",
    "tpl",
    "template",
    "pub",
    "csproj",
    "aspx",
    "wasm",
    "onnx",
    "pb",
    "parquet",
];

/// The name as it is compared: lower-cased, without a dot at its end. `None` for what is no name of a host.
pub(super) fn host(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let is_one = !name.is_empty()
        && name.len() <= LONGEST_HOST
        && name.split('.').all(is_label)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !name.rsplit('.').next().is_some_and(is_number)
        && !name.ends_with(".localhost")
        && !ITSELF.contains(&name.as_str());
    is_one.then_some(name)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LONGEST_LABEL
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A host that nothing but the name over it says to be one.
pub(super) fn bare(text: &str) -> Option<String> {
    let host = host(text)?;
    let is_word = NO_HOSTS.contains(&host.as_str());
    (!is_word && !is_code(text) && !is_file(&host) && !is_identifier(&host)).then_some(host)
}

/// A host before a colon and a port.
pub(super) fn before_port(text: &str) -> Option<String> {
    let host = bare(text)?;
    (!KEYS.contains(&host.as_str())).then_some(host)
}

fn is_file(host: &str) -> bool {
    host.rsplit_once('.').is_some_and(|(_, ending)| FILES.contains(&ending))
}

/// A class, or the name of a variable: `com.shop.Cart`, `targetUrl`, `REDIS_HOST`.
fn is_code(text: &str) -> bool {
    let is = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
    let has_upper = is(u8::is_ascii_uppercase);
    let begins_lower = text.starts_with(|first: char| first.is_ascii_lowercase());
    has_upper && (text.contains('.') || begins_lower || (text.contains('_') && !is(u8::is_ascii_lowercase)))
}

/// A digest, a UUID, a commit, an address on a chain: long, and of hexadecimal digits alone.
fn is_identifier(host: &str) -> bool {
    let digits = host.strip_prefix("0x").unwrap_or(host);
    let is_long = host.len() >= 12 || digits.len() < host.len();
    is_long
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

/// A port that somebody can listen to.
pub(super) fn port(text: &str) -> Option<u16> {
    let digits = is_number(text) && text.len() <= 5;
    if digits { text.parse().ok().filter(|port| *port > 0) } else { None }
}

/// A host and what follows its colon, in one piece of a list of hosts.
pub(super) fn at_colon(piece: Cut<'_>) -> (Cut<'_>, Option<Cut<'_>>) {
    match piece.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (piece, None),
    }
}
