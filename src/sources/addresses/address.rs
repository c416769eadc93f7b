//! One word as the address that it may be: `users:8080`, `users`, `user:password@db:5432/orders`.

use super::cut::Cut;
use super::host::{self, UNKNOWN};
use super::kinds::Kind;
use super::names::Name;
use super::parts;
use super::sink::Sink;
use super::{Confidence, Store};

/// Ports below this are hardly ever listened to, but for a few; `redis:7` is an image.
const FIRST_FREE_PORT: u16 = 1024;

/// The few.
const WELL_KNOWN: &[u16] =
    &[21, 22, 25, 53, 80, 81, 82, 88, 110, 111, 143, 389, 443, 444, 465, 514, 587, 636, 853, 873, 993, 995];

/// Reads one token as the address that it may be.
pub(super) fn address(token: Cut<'_>, name: &Name, is_named: bool, sink: &mut Sink) {
    let plain = ["dns+", "dnssrv+", "dnssrvnoa+", "dns:", "tcp:"]
        .into_iter()
        .find_map(|prefix| token.strip_prefix(prefix));
    let token = plain.unwrap_or(token);
    let (token, has_user) = match token.text.rfind('@') {
        Some(at) => (token.from(at + 1), true),
        None => (token, false),
    };
    let (authority, tail) = token.cut_at(|letter| letter == '/');
    let is_host_name = name.kind == Kind::Host;
    if (!tail.text.is_empty() || authority.text.len() != token.text.len()) && !is_host_name && !has_user {
        return;
    }
    let parts = || parts::of_url("", name.store, tail);
    match host::at_colon(authority) {
        (host, Some(port)) => with_port(host, port, name, parts, sink),
        (host, None) if (is_named || (has_user && is_host_name)) && (tail.text.is_empty() || has_user) => {
            let is_dsn = has_user && !tail.text.is_empty();
            let found = host::bare(host.text).filter(|_| is_dsn || !has_user);
            if let Some(found) = found {
                sink.add(host.range(), found, None, name.store, parts(), Confidence::Bare);
            }
        }
        _ => {}
    }
}

fn with_port(host: Cut<'_>, port: Cut<'_>, name: &Name, parts: impl Fn() -> Vec<String>, sink: &mut Sink) {
    let is_host_name = name.kind == Kind::Host;
    // `zoo1:2888:3888`: the ports of a peer.
    let number = match port.split_once(':') {
        Some((first, second)) if is_host_name && host::port(second.text).is_some() => first,
        _ => port,
    };
    let Some(found) = host::before_port(host.text) else { return };
    let is_unknown = is_host_name && number.text.starts_with(UNKNOWN);
    let number = host::port(number.text);
    let is_likely = number.is_some_and(|number| is_likely_port(number, host.text, is_host_name));
    if is_likely || is_unknown {
        sink.add(host.range(), found, number, name.store, parts(), Confidence::HostPort);
    }
}

/// Whether a number behind a colon is a port rather than an image's tag or a count.
fn is_likely_port(port: u16, host: &str, is_host_name: bool) -> bool {
    let is_free = port >= FIRST_FREE_PORT || WELL_KNOWN.contains(&port);
    is_free || (is_host_name && Store::of_image(host).is_none())
}
