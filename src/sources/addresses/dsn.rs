//! Connection strings that only one driver writes: Go's for MySQL, Oracle's thin one.

use super::cut::Cut;
use super::host;
use super::parts;
use super::sink::Sink;
use super::{Confidence, Store};

/// Whether a text may hold one of Go's.
pub(super) fn is_go(text: &str) -> bool {
    text.contains("@tcp(") || text.starts_with("tcp(") || text.contains("@unix(")
}

/// `user:password@tcp(host:3306)/orders?parseTime=true`: the last `@` counts.
pub(super) fn go(text: Cut<'_>, sink: &mut Sink) {
    let start = text.text.rfind("@tcp(").map(|at| at + 5);
    let start = start.or_else(|| text.text.starts_with("tcp(").then_some(4));
    let Some((address, after)) = start.and_then(|start| text.from(start).split_once(')')) else { return };
    let (name, port) = host::at_colon(address);
    let path =
        after.strip_prefix("/").map(|path| path.cut_at(|letter| letter == '?' || letter.is_whitespace()).0);
    let path = path.map(|path| path.cut_at(|letter| matches!(letter, '"' | '\'')).0);
    let parts: Vec<String> = path.and_then(|path| parts::part(path.text)).into_iter().collect();
    if let Some(host) = host::host(name.text) {
        let port = port.and_then(|port| host::port(port.text));
        sink.add(name.range(), host, port, Some(Store::MySql), parts, Confidence::Url);
    }
}

/// `jdbc:oracle:thin:user/password@//host:1521/service`, `…@host:1521:SID`, `…@(DESCRIPTION=…)`.
pub(super) fn oracle(text: Cut<'_>, sink: &mut Sink) {
    let Some(at) = text.text.rfind('@') else { return };
    let target = text.from(at + 1);
    let plain = ["//", "tcp://", "tcps://"].into_iter().find_map(|prefix| target.strip_prefix(prefix));
    let target = plain.unwrap_or(target);
    if target.text.starts_with('(') {
        return described(target, sink);
    }
    let (name, after) = target.cut_at(|letter| matches!(letter, ':' | '/' | '?') || letter.is_whitespace());
    let (port, after) = match after.strip_prefix(":") {
        Some(rest) => rest.cut_at(|letter| matches!(letter, ':' | '/' | '?') || letter.is_whitespace()),
        None => (name.upto(0), after),
    };
    let service = after.strip_prefix("/").or(after.strip_prefix(":"));
    let service =
        service.map(|rest| rest.cut_at(|letter| matches!(letter, ':' | '/' | '?' | '"' | '\'' | ' ')).0);
    let parts: Vec<String> = service.and_then(|service| parts::part(service.text)).into_iter().collect();
    if let Some(host) = host::host(name.text) {
        sink.add(name.range(), host, host::port(port.text), Some(Store::Oracle), parts, Confidence::Url);
    }
}

/// `(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=db)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=orders)))`.
fn described(target: Cut<'_>, sink: &mut Sink) {
    let upper = target.text.to_ascii_uppercase();
    let value = |key: &str| {
        let start = upper.find(key)? + key.len();
        Some(target.from(start).cut_at(|letter| letter == ')').0.trim())
    };
    let Some(name) = value("(HOST=") else { return };
    let port = value("(PORT=").and_then(|port| host::port(port.text));
    let service = value("(SERVICE_NAME=").or(value("(SID=")).and_then(|service| parts::part(service.text));
    if let Some(host) = host::host(name.text) {
        sink.add(
            name.range(),
            host,
            port,
            Some(Store::Oracle),
            service.into_iter().collect(),
            Confidence::Url,
        );
    }
}
