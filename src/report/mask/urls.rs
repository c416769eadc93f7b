//! Passwords in URLs, and in what names who logs in before an `@`.

use std::ops::Range;

use super::inline::open_quote;
use super::keys::{is_dsn, is_secret_query};
use super::marks::{Marks, window, window_back};

/// How long a user without a password is taken for a token, in bytes.
const SHORTEST_TOKEN: usize = 16;

/// How long a value of a query is that is shown whatever its name, in bytes.
const LONGEST_VALUE: usize = 20;

/// How long a part of a path is that may be a credential, in bytes.
const SHORTEST_SEGMENT: usize = 20;

/// Marks the passwords before the hosts of a piece of a line.
pub(super) fn mark(range: Range<usize>, marks: &mut Marks<'_>) {
    let text = marks.get(range.clone());
    let mut at = 0;
    while let Some(slashes) = text.get(at..).and_then(|rest| rest.find("://")) {
        let scheme = scheme_before(text.get(..at + slashes).unwrap_or_default());
        let start = at + slashes + 3;
        let quote = text.get(..at + slashes - scheme.len()).and_then(|before| before.chars().next_back());
        let length = length_of_url(text.get(start..).unwrap_or_default(), scheme, quote);
        let url = text.get(start..start + length).unwrap_or_default();
        let offset = range.start + start;
        of_url(url, scheme, offset, marks);
        if is_web(scheme) {
            key_of_dsn(url, scheme, offset, marks);
            path(url, offset, marks);
        }
        query(url, offset, marks);
        at = start + length;
    }
    words(range, marks);
}

fn scheme_before(text: &str) -> &str {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_');
    let length = text.bytes().rev().take_while(|byte| is_scheme(byte)).count();
    text.get(text.len() - length..).unwrap_or_default()
}

/// Up to its closing quote, a blank or the next one of a list; an `@` behind a blank may still be of it.
fn length_of_url(text: &str, scheme: &str, quote: Option<char>) -> usize {
    let text = window(text);
    let quote = quote.filter(|quote| matches!(quote, '"' | '\'' | '`'));
    let is_next = |at: usize| {
        let rest = text.get(at + 1..).and_then(|rest| rest.strip_prefix(scheme));
        rest.is_some_and(|rest| rest.starts_with("://"))
    };
    let is_end = |(at, letter): &(usize, char)| match quote {
        Some(quote) if *letter == quote => true,
        None if letter.is_whitespace() => true,
        _ => matches!(letter, ',' | ';' | '|') && is_next(*at),
    };
    let end = text.char_indices().find(is_end);
    let length = end.map_or(text.len(), |(at, _)| at);
    let word = text.get(..length).unwrap_or_default();
    let is_blank = end.is_some_and(|(_, letter)| letter.is_whitespace());
    if !is_blank || word.contains('@') || !is_open(word) {
        return length;
    }
    let rest = text.get(length..).and_then(|rest| rest.split('\n').next()).unwrap_or_default();
    let later = rest.split("://").next().and_then(|rest| rest.rfind('@'));
    later.map_or(length, |at| length + at + 1)
}

/// Whether a URL that ended has something after its colon that is no port.
fn is_open(word: &str) -> bool {
    let after =
        word.split_once(':').map(|(_, after)| after.split(['/', '?', '#']).next().unwrap_or_default());
    after.is_some_and(|port| port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn of_url(url: &str, scheme: &str, offset: usize, marks: &mut Marks<'_>) {
    let is_web = is_web(scheme);
    let authority = url.get(..url.find(['/', '?', '#']).unwrap_or(url.len())).unwrap_or_default();
    let at = match authority.rfind('@') {
        Some(at) if is_web => Some(at),
        None if is_web && !is_open(url) => None,
        _ => url.rfind('@'),
    };
    let Some(userinfo) = at.and_then(|at| url.get(..at)) else { return };
    match colon(userinfo) {
        Some(colon) => marks.value(offset + colon + 1..offset + userinfo.len()),
        None if userinfo.len() >= SHORTEST_TOKEN && !userinfo.contains(['/', '?']) => {
            marks.value(offset..offset + userinfo.len());
        }
        None => {}
    }
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "ws" | "wss" | "git+https" | "grpc")
}

/// `SENTRY_DSN: https://key@…`: who logs in is a credential of its own.
fn key_of_dsn(url: &str, scheme: &str, offset: usize, marks: &mut Marks<'_>) {
    let before = window_back(marks.get(0..offset - scheme.len() - 3));
    let before = before.trim_end_matches(['"', '\'', ' ', '=', ':', '\\']);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = before.bytes().rev().take_while(is_name).count();
    if !before.get(before.len() - length..).is_some_and(is_dsn) {
        return;
    }
    let user = url.split(['/', '?', '#']).next().and_then(|authority| authority.rsplit_once('@'));
    let Some((user, _)) = user else { return };
    marks.value(offset..offset + colon(user).unwrap_or(user.len()));
}

/// `/hook/…`: what of a path nobody can guess.
fn path(url: &str, offset: usize, marks: &mut Marks<'_>) {
    let url = url.get(..url.find(['?', '#']).unwrap_or(url.len())).unwrap_or_default();
    let is_hook = url.contains("hook");
    let mut at = 0;
    for segment in url.split_inclusive('/') {
        let trimmed = segment.trim_end_matches(['/', '"', '\'', ',', ']', '}', ')']);
        if at > 0 && is_opaque(trimmed, is_hook) {
            // The brace of an interpolation is of it.
            let end = segment.trim_end_matches(['/', '"', '\'', ',', ']', ')']).len();
            marks.value(offset + at..offset + at + end);
        }
        at += segment.len();
    }
}

/// Letters and digits that are no words, numbers and versions of a file's name.
fn is_opaque(segment: &str, is_hook: bool) -> bool {
    const LONGEST_NUMBER: usize = 7;
    let is_digit = |letter: char| letter.is_ascii_digit();
    let is_part = |part: &str| {
        let word = part.trim_end_matches(is_digit);
        let is_word = !word.contains(is_digit);
        let is_mixed = part.contains(is_digit) && !word.is_empty();
        match part.len() {
            SHORTEST_SEGMENT.. => is_mixed || is_hook,
            length => length > LONGEST_NUMBER && (!is_word || word.is_empty()),
        }
    };
    segment.len() >= SHORTEST_SEGMENT
        && (is_hook || segment.contains(|letter: char| letter.is_ascii_alphabetic()))
        && segment.split(|letter: char| !letter.is_ascii_alphanumeric()).any(is_part)
}

/// `?sig=…&token=…`: a value whose name says so, or that is long.
fn query(url: &str, offset: usize, marks: &mut Marks<'_>) {
    let Some(start) = url.find('?') else { return };
    let mut at = start + 1;
    for pair in url.get(at..).unwrap_or_default().split_inclusive(['&', '#', ';']) {
        let plain = pair.trim_end_matches(['&', '#', ';', '"', '\'', ',', ']', ')']);
        if let Some((name, value)) = plain.split_once('=')
            && (value.len() > LONGEST_VALUE || is_secret_query(name))
        {
            marks.value(offset + at + name.len() + 1..offset + at + plain.len());
        }
        at += pair.len();
    }
}

/// Where the password of a URL begins whose string goes on below, and its quote.
pub(super) fn left_open(line: &str) -> Option<(usize, char)> {
    let slashes = line.rfind("://")?;
    let before = window_back(line.get(..slashes)?);
    let quote = open_quote(before)?;
    // `don't` opens nothing.
    let outside = before.rfind(quote).and_then(|at| before.get(..at))?;
    if outside.ends_with(|letter: char| letter.is_alphanumeric()) {
        return None;
    }
    let rest = line.get(slashes + 3..)?;
    let scheme = scheme_before(before);
    let is_whole = before.strip_suffix(scheme).is_some_and(|before| before.ends_with(quote));
    let is_one = is_whole || !rest.contains(char::is_whitespace);
    let is_left = is_one && is_open(rest) && !rest.contains(['@', quote]);
    is_left.then(|| Some((slashes + 3 + colon(rest)? + 1, quote)))?
}

/// The colon behind the user, not one of an interpolation.
pub(super) fn colon(userinfo: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in userinfo.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    // A brace that nothing closes is of the password.
    if depth > 0 { userinfo.find(':') } else { None }
}

/// `user:password@tcp(db:3306)/x`, `user:password@db:5432/x`, `jdbc:oracle:thin:user/password@…`.
fn words(range: Range<usize>, marks: &mut Marks<'_>) {
    let text = marks.get(range.clone());
    if let Some(at) = ["@tcp(", "@unix("].into_iter().filter_map(|driver| text.rfind(driver)).max() {
        let before = text.get(..at).unwrap_or_default();
        let start = before
            .rfind(['"', '\'', '=', ' '])
            .filter(|start| before.get(*start..).is_some_and(|rest| rest.contains(':')));
        let start = start.map_or(0, |start| start + 1);
        if let Some(colon) = before.get(start..).and_then(colon) {
            marks.value(range.start + start + colon + 1..range.start + at);
        }
        return;
    }
    let mut at = range.start;
    for word in text.split_inclusive(char::is_whitespace) {
        word_with_user(word.trim_end(), at, marks);
        at += word.len();
    }
}

fn word_with_user(word: &str, offset: usize, marks: &mut Marks<'_>) {
    let Some(at) = word.rfind('@').filter(|_| !word.contains("://")) else { return };
    let (before, after) = (word.get(..at).unwrap_or_default(), word.get(at + 1..).unwrap_or_default());
    if let Some(oracle) = before.find("jdbc:oracle:") {
        let slash = before.get(oracle..).and_then(|rest| rest.find('/'));
        slash.into_iter().for_each(|slash| marks.value(offset + oracle + slash + 1..offset + at));
        return;
    }
    let host = after.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
    let is_host =
        host.is_some_and(|end| end > 0 && after.get(end..).is_some_and(|rest| rest.starts_with([':', '/'])));
    let start = before.rfind(['"', '\'', '=']).map_or(0, |start| start + 1);
    let user = before.get(start..).and_then(|user| user.split_once(':'));
    if let Some((user, password)) = user.filter(|_| is_host && !after.starts_with("sha256:"))
        && !password.is_empty()
    {
        marks.value(offset + start + user.len() + 1..offset + at);
    }
}
