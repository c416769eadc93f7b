//! One URL: who is behind it, and what is used there.
//!
//! Invariant: where a password may hold what ends one in the rules of URLs, what can't be told from it is
//! left out.

use super::cut::Cut;
use super::host::{self, UNKNOWN};
use super::names::{self, Name};
use super::parts;
use super::sink::Sink;
use super::{Confidence, Store};

/// Schemes that lead to no host, or to one that nobody runs.
const NOWHERE: &[&str] = &[
    "file",
    "jar",
    "data",
    "unix",
    "classpath",
    "docker",
    "oci",
    "image",
    "git",
    "ssh",
    "sqlite",
    "sqlite3",
    "h2",
    "urn",
    "env",
    "secret",
    "sm",
    "awskms",
    "gcpkms",
    "hashivault",
    "about",
    "blob",
    "mailto",
    "npipe",
    "vmblock",
    "chrome",
    "resource",
    "asset",
    "containerd",
    "vsock",
    "inproc",
    "ipc",
    "mem",
    "memory",
    "arn",
    "sops",
    "ref",
    "gitlab",
    "github",
    "pkg",
    "exec",
    "fd",
    "app",
    "capacitor",
    "exp",
];

/// Schemes that are known to lead to a host and say nothing about a store; others need a port.
const SOMEWHERE: &[&str] = &[
    "http",
    "https",
    "http-get",
    "https-get",
    "ws",
    "wss",
    "grpc",
    "grpcs",
    "h2c",
    "tcp",
    "udp",
    "tls",
    "ssl",
    "dns",
    "lb",
    "dubbo",
    "thrift",
    "ldap",
    "ldaps",
    "smtp",
    "smtps",
    "ftp",
    "sftp",
    "rtsp",
    "rtmp",
    "syslog",
    "gelf",
    "statsd",
    "discovery",
    "xds",
    "passthrough",
    "otlp",
    "stun",
    "turn",
    "socks5",
    "fluent",
    "nsq",
    "sb",
    "stomp",
    "imap",
    "graphite",
    "tcps",
];

/// Schemes whose userinfo ends where the rules say; the others come with passwords that nobody encoded.
const STRICT: &[&str] = &["http", "https", "ws", "wss", "grpc", "grpcs", "h2c"];

/// Schemes that name a bucket where others name a host.
const BUCKETS: &[&str] = &["s3", "s3a", "s3n", "gs"];

/// Schemes that name whom to ask where others name a host, and the host after it.
const RESOLVERS: &[&str] = &["dns", "discovery", "xds", "passthrough", "etcd+dns"];

/// Where the userinfo ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Userinfo {
    /// There is none.
    None,
    /// Behind this offset.
    EndsAt(usize),
    /// Perhaps there is one: what follows a port may be of a password.
    Doubtful,
    /// Nothing can be told from a password.
    Hopeless,
}

/// Reads a URL, cut where it ends: what stands before `://`, and what follows it.
pub(super) fn read(before: &str, rest: Cut<'_>, name: &Name, sink: &mut Sink) {
    let last = scheme_before(before);
    let is_jdbc = before.strip_suffix(last).is_some_and(|chain| chain.to_ascii_lowercase().contains("jdbc:"));
    let scheme = scheme_of_chain(before, last).to_ascii_lowercase();
    let main = scheme.split('+').next().unwrap_or_default();
    if NOWHERE.contains(&main) || rest.text.is_empty() {
        return;
    }
    let told = Store::of_scheme(&scheme);
    let store = told.or(name.store.filter(|store| !is_http(main) || store.speaks_http()));
    let url = Url { main, store, needs_port: told.is_none() && !SOMEWHERE.contains(&main) };
    let userinfo = match main {
        _ if STRICT.contains(&main) => strict(rest.text),
        "sqlserver" if has_properties(rest.text) => Userinfo::None,
        _ if is_jdbc => lenient(before_query(rest.text)),
        _ => lenient(rest.text),
    };
    match userinfo {
        Userinfo::Hopeless => {}
        Userinfo::None if BUCKETS.contains(&main) => url.bucket(rest, sink),
        Userinfo::None => url.hosts(rest, sink),
        Userinfo::EndsAt(end) => url.hosts(rest.from(end), sink),
        Userinfo::Doubtful => url.doubtful(rest, sink),
    }
}

/// Whether a scheme's passwords are encoded.
pub(super) fn is_strict(scheme: &str) -> bool {
    STRICT.iter().any(|strict| strict.eq_ignore_ascii_case(scheme))
}

/// Whether a scheme is one that leads to a host.
pub(super) fn is_known(scheme: &str) -> bool {
    Store::of_scheme(scheme).is_some() || SOMEWHERE.iter().any(|known| known.eq_ignore_ascii_case(scheme))
}

fn is_http(main: &str) -> bool {
    matches!(main, "http" | "https" | "ws" | "wss")
}

/// As the rules say, and doubtful if there is another `@` behind the host.
fn strict(text: &str) -> Userinfo {
    let authority = text.find(['/', '?', '#']).map_or(text, |end| &text[..end]);
    let later = &text[authority.len()..];
    match (authority.rfind('@'), later.find('@')) {
        (None, None) => Userinfo::None,
        (Some(at), None) => Userinfo::EndsAt(at + 1),
        (Some(_), Some(_)) => Userinfo::Hopeless,
        (None, Some(at)) if !authority.contains(':') && is_in_query(later, at) => Userinfo::None,
        (None, Some(_)) => Userinfo::Doubtful,
    }
}

/// Up to the last `@`: passwords of stores are seldom encoded, and may hold slashes, colons and more.
fn lenient(text: &str) -> Userinfo {
    let Some(last) = text.rfind('@') else { return Userinfo::None };
    if !is_in_query(text, last) {
        return Userinfo::EndsAt(last + 1);
    }
    let query = text.find('?').unwrap_or(text.len());
    if text[..query].contains('@') { Userinfo::Hopeless } else { Userinfo::Doubtful }
}

/// What stands before a query: in JDBC, whose passwords are told there, nothing else can hold an `@`.
fn before_query(text: &str) -> &str {
    let query = text.find('?').filter(|query| text[*query..].contains('='));
    query.map_or(text, |query| &text[..query])
}

/// `host:1433;databaseName=orders;password=…`: what follows the host is no part of a userinfo.
fn has_properties(text: &str) -> bool {
    let Some((authority, properties)) = text.split_once(';') else { return false };
    let name = authority.split(['\\', ':']).next().unwrap_or_default();
    let port = authority.split_once(':').map(|(_, port)| port);
    let is_host = name.is_empty() || host::host(name).is_some() || name.contains([UNKNOWN, '$']);
    let is_port = port.is_none_or(|port| host::port(port).is_some() || port.contains([UNKNOWN, '$']));
    let is_key = |key: &str| key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == ' ');
    is_host && is_port && properties.split_once('=').is_some_and(|(key, _)| is_key(key))
}

/// Whether an offset seems to lie in the value of a query.
fn is_in_query(text: &str, at: usize) -> bool {
    text[..at].find('?').is_some_and(|query| text[query..at].contains('='))
}

struct Url<'s> {
    main: &'s str,
    store: Option<Store>,
    needs_port: bool,
}

impl Url<'_> {
    /// `s3://bucket/key`; with a port it is a host after all.
    fn bucket(&self, rest: Cut<'_>, sink: &mut Sink) {
        let (authority, _) = rest.cut_at(is_authority_end);
        if authority.text.contains(':') {
            return self.hosts(rest, sink);
        }
        let Some(bucket) = parts::part(authority.text) else { return };
        // `s3://invoices?endpoint=minio:9000`
        let (name, port) = query_value(rest, "endpoint").map_or((authority, None), host::at_colon);
        let host = host::host(name.text).filter(|_| name.at != authority.at);
        let port = port.and_then(|port| host::port(port.text));
        match host {
            Some(host) => sink.add(name.range(), host, port, self.store, vec![bucket], Confidence::Url),
            None => {
                sink.add(authority.range(), String::new(), None, self.store, vec![bucket], Confidence::Url)
            }
        }
    }

    /// The hosts, and what is used there.
    fn hosts(&self, rest: Cut<'_>, sink: &mut Sink) {
        let (mut authority, mut tail) = rest.cut_at(is_authority_end);
        if RESOLVERS.contains(&self.main) {
            let target = tail.strip_prefix("/").map(|path| path.cut_at(is_authority_end));
            if let Some((target, after)) = target.filter(|(target, _)| !target.text.is_empty()) {
                (authority, tail) = (target, after);
            }
        }
        let parts = parts::of_url(self.main, self.store, tail);
        if authority.text.is_empty() {
            return self.host_of_query(tail, parts, sink);
        }
        let is_list = authority.text.contains(',');
        for (at, piece) in authority.split(|letter| letter == ',').enumerate() {
            // What follows a comma in a text may be another word of it.
            let needs_port = self.needs_port || (at > 0 && is_list && STRICT.contains(&self.main));
            self.host(piece, &parts, needs_port, sink);
        }
    }

    fn host(&self, piece: Cut<'_>, parts: &[String], needs_port: bool, sink: &mut Sink) {
        let (name, after) = host::at_colon(piece);
        let port = after.and_then(|after| host::port(after.text));
        let is_odd = after.is_some_and(|after| {
            port.is_none() && !after.text.is_empty() && !after.text.contains([UNKNOWN, '$', '%', '{'])
        });
        let Some(host) = host::host(name.text).filter(|_| !is_odd && (port.is_some() || !needs_port)) else {
            return;
        };
        sink.add(name.range(), host, port, self.store, parts.to_vec(), Confidence::Url);
    }

    /// Only a host before a port: the rest may be of a password.
    fn doubtful(&self, rest: Cut<'_>, sink: &mut Sink) {
        let (authority, _) = rest.cut_at(|letter| is_authority_end(letter) || letter == '@');
        let (name, after) = host::at_colon(authority);
        let has_port = after.is_some_and(|after| host::port(after.text).is_some());
        if let Some(host) = host::host(name.text).filter(|_| has_port) {
            sink.add(name.range(), host, None, self.store, Vec::new(), Confidence::Url);
        }
    }

    /// `postgresql:///orders?host=db&port=5432`.
    fn host_of_query(&self, tail: Cut<'_>, parts: Vec<String>, sink: &mut Sink) {
        let Some(name) = query_value(tail, "host").filter(|_| self.store.is_some()) else { return };
        let port = query_value(tail, "port").and_then(|port| host::port(port.text));
        if let Some(host) = host::host(name.text) {
            sink.add(name.range(), host, port, self.store, parts, Confidence::Url);
        }
    }
}

/// The value of a key in the query of what follows a scheme.
fn query_value<'a>(text: Cut<'a>, wanted: &str) -> Option<Cut<'a>> {
    let (_, query) = text.split_once('?')?;
    let mut pairs = query.split(|letter| letter == '&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.text == wanted).map(|(_, value)| value)
}

/// What can't stand in a list of hosts: it ends there, whatever text it stands in.
fn is_authority_end(letter: char) -> bool {
    matches!(
        letter,
        '/' | '?'
            | '#'
            | ';'
            | ')'
            | ']'
            | '}'
            | '"'
            | '\''
            | '<'
            | '>'
            | '|'
            | '&'
            | '\\'
            | '`'
            | '!'
            | '*'
            | '='
    ) || letter.is_whitespace()
}

/// The scheme of a URL whose `://` stands at an offset: what can be one, right before it.
pub(super) fn scheme_before(text: &str) -> &str {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
    let length = text.bytes().rev().take_while(|byte| is_scheme(byte)).count();
    text.get(text.len() - length..).unwrap_or_default()
}

/// The scheme that counts of a chain: `jdbc:mysql:loadbalance` is MySQL's.
fn scheme_of_chain<'t>(before: &'t str, scheme: &'t str) -> &'t str {
    if matches!(scheme.to_ascii_lowercase().as_str(), "loadbalance" | "replication" | "aurora" | "sequential")
    {
        let chain = before.strip_suffix(scheme).and_then(|rest| rest.strip_suffix(':'));
        return chain.map_or(scheme, scheme_before);
    }
    scheme
}

/// Whether the value of a query's key is a credential.
pub(super) fn is_secret_key(key: &str) -> bool {
    names::is_credential(&names::words(key))
}
