//! Credentials inside of a line: pairs of a connection string, of a flow map, of a command's flags.

use std::ops::Range;

use super::keys::{is_dsn, is_secret, is_secret_pair};
use super::marks::{Interpolation, Marks, window, window_back};
use super::urls;

/// Flags that a password follows, besides those whose names say so.
const FLAGS: &[&str] = &["--requirepass", "--masterauth", "--pass", "--auth"];

/// What stands before a credential in a header.
const SCHEMES: &[&str] = &["Bearer ", "Basic ", "Token ", "bearer ", "basic ", "token "];

/// Marks what stands inside of a piece of a line.
pub(super) fn mark(range: Range<usize>, marks: &mut Marks<'_>) {
    pairs(range.clone(), marks);
    flags(range.clone(), marks);
    urls::mark(range, marks);
}

/// `password=x`, `"password": "x"`, `{password: x}`.
fn pairs(range: Range<usize>, marks: &mut Marks<'_>) {
    let text = marks.get(range.clone());
    let (mut from, mut beside) = (0, Beside::default());
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(['=', ':'])) {
        let at = from + found;
        from = at + 1;
        let Some(key) = key_before(text.get(..at).unwrap_or_default()) else { continue };
        let after = text.get(at + 1..).unwrap_or_default();
        let is_colon = text.get(at..).is_some_and(|rest| rest.starts_with(':'));
        let is_pair = match is_colon {
            true => after.starts_with([' ', '"', '\'', '\\']),
            false => !after.starts_with('=') || !is_base64(text.get(..at).unwrap_or_default(), key),
        };
        if !is_pair || !(matches!(key, "name" | "value") || is_secret(key) || is_dsn(key)) {
            continue;
        }
        let value = value_after(text, at + 1, key);
        let of_name = beside.pair(text, at, key, &value);
        let is_own = is_secret_pair(key, text.get(value.clone()).unwrap_or_default());
        let Some(value) = of_name.or(is_own.then_some(value)) else { continue };
        marks.value(range.start + value.start..range.start + value.end);
        from = value.end.max(from);
    }
}

/// The `name` and the `value` of a map so far: `{ name: DB_PASSWORD, value: … }`, in either order.
#[derive(Default)]
struct Beside<'t> {
    name: Option<&'t str>,
    value: Option<Range<usize>>,
    /// Up to where the braces are known.
    end: usize,
}

impl<'t> Beside<'t> {
    /// The value that a pair makes known as a credential.
    fn pair(&mut self, text: &'t str, at: usize, key: &str, value: &Range<usize>) -> Option<Range<usize>> {
        if text.get(self.end..at).is_some_and(|between| between.contains(['{', '}'])) {
            (self.name, self.value) = (None, None);
        }
        self.end = self.end.max(at);
        match key {
            "name" => self.name = text.get(value.clone()).map(window),
            "value" => self.value = Some(value.clone()),
            _ => return None,
        }
        self.end = self.end.max(value.end);
        let (name, value) = (self.name?, self.value.clone()?);
        (self.name, self.value) = (None, None);
        is_secret_pair(name, text.get(value.clone())?).then_some(value)
    }
}

/// Whether what stands before two equals signs is the end of something in base64.
fn is_base64(before: &str, key: &str) -> bool {
    let previous = before.strip_suffix(key).and_then(|before| before.chars().next_back());
    key.len() > 40 || matches!(previous, Some('+' | '/'))
}

/// The key right before a separator, out of its quotes.
fn key_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches([' ', '"', '\'', '\\']);
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = text.bytes().rev().take_while(|byte| is_key(byte)).count();
    text.get(text.len() - length..).filter(|key| !key.is_empty())
}

/// The value of a pair, by what stands around it.
fn value_after(text: &str, start: usize, key: &str) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let start = start + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = text.get(start..).unwrap_or_default();
    if rest.starts_with('{') && !rest.starts_with("{{") {
        return start..start;
    }
    if let Some(list) = rest.strip_prefix('[') {
        return start + 1..start + 1 + list.find(']').unwrap_or(list.len());
    }
    for quote in ["\\\"", "\"", "'"] {
        if let Some(inner) = rest.strip_prefix(quote) {
            let start = start + quote.len();
            return start..start + closing(inner, quote);
        }
    }
    // What a command gives is looked at by itself.
    if rest.starts_with("$(") && Interpolation::at(window(rest)).is_none() {
        return start..start;
    }
    let scheme = SCHEMES.iter().find(|scheme| rest.starts_with(**scheme) && key.ends_with("uthorization"));
    if let Some(scheme) = scheme {
        let rest = rest.get(scheme.len()..).unwrap_or_default();
        let known = Interpolation::at(window(rest)).map_or(0, |found| found.length);
        let end = rest.get(known..).and_then(|rest| {
            rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''))
        });
        let end = end.map(|end| known + end);
        return start + scheme.len()..start + scheme.len() + end.unwrap_or(rest.len());
    }
    start..start + bare_length(text, start, key)
}

/// The length of what stands before a closing quote; all of it if there is none.
pub(super) fn closing(text: &str, quote: &str) -> usize {
    let mut is_escaped = false;
    let mut skipped = 0;
    for (at, letter) in text.char_indices() {
        if at < skipped {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        match letter {
            _ if is_escaped => is_escaped = false,
            // In single quotes, only a second one stands for itself.
            '\'' if quote == "'" && rest.starts_with("''") => skipped = at + 2,
            _ if rest.starts_with(quote) => return at,
            '\\' if quote != "'" => is_escaped = true,
            _ => {}
        }
    }
    text.len()
}

/// The length of a value without quotes: it ends with the string that it stands in, or where the next pair
/// of the same kind begins.
fn bare_length(text: &str, start: usize, key: &str) -> usize {
    let before = window_back(text.get(..start).unwrap_or_default());
    let all = text.get(start..).unwrap_or_default();
    let rest = window(all);
    if let Some(found) = Interpolation::at(rest) {
        let after = rest.get(found.length..).unwrap_or_default();
        return found.length
            + after
                .find(|letter: char| letter.is_whitespace() || "\"'&;,}".contains(letter))
                .unwrap_or(after.len());
    }
    if let Some(quote) = quote_of_item(before, key) {
        return closing(all, quote);
    }
    let string = open_quote(before).and_then(|quote| rest.find(quote));
    // What has no end as far as is looked goes on to the end of the line.
    let whole = string.unwrap_or(all.len());
    let rest = rest.get(..string.unwrap_or(rest.len())).unwrap_or_default();
    let previous = before.get(..before.len().saturating_sub(key.len() + 1)).unwrap_or_default();
    let previous = previous.trim_end_matches(' ').chars().next_back();
    let is_flow = before.contains('{') && before.trim_end().ends_with(':');
    let end = match previous {
        Some('?' | '&') => rest.find(|letter: char| letter == '&' || letter.is_whitespace()),
        _ if is_flow => {
            rest.find([',', '}']).and_then(|end| rest.get(..end)).map(|value| value.trim_end().len())
        }
        Some(';') => rest.find(';'),
        _ if next_pair(rest, ';').is_some() => rest.find(';'),
        Some(',') => next_pair(rest, ',').or_else(|| rest.find(char::is_whitespace)),
        _ => rest.find(char::is_whitespace),
    };
    end.unwrap_or(whole)
}

/// The quote of an item of a list that begins with a key: `["DB_PASSWORD=…"]`.
fn quote_of_item(before: &str, key: &str) -> Option<&'static str> {
    let before = before.strip_suffix('=')?.strip_suffix(key)?;
    let quote = ["\"", "'"].into_iter().find(|quote| before.ends_with(quote))?;
    before.strip_suffix(quote)?.trim_end().ends_with(['[', ',']).then_some(quote)
}

/// The quote that is open at the end of a text.
pub(super) fn open_quote(before: &str) -> Option<char> {
    let mut open = None;
    for letter in before.chars().filter(|letter| matches!(letter, '"' | '\'')) {
        match open {
            None => open = Some(letter),
            Some(quote) if quote == letter => open = None,
            Some(_) => {}
        }
    }
    open
}

/// Where a separator stands that a key and `=` follow.
fn next_pair(text: &str, separator: char) -> Option<usize> {
    let is_pair = |at: &usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let key = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, ' ' | '_')));
        key.is_some_and(|end| end > 0 && rest.get(end..).is_some_and(|rest| rest.starts_with('=')))
    };
    text.match_indices(separator).map(|(at, _)| at).find(is_pair)
}

/// `--password x`, `["--requirepass", "x"]`, `-u user:x`, and `-px` of MySQL.
fn flags(range: Range<usize>, marks: &mut Marks<'_>) {
    let text = marks.get(range.clone());
    let is_mysql = ["mysql", "mariadb"].into_iter().any(|tool| text.contains(tool));
    let is_redis = text.contains("redis");
    let is_begin = |at: usize| {
        text.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|before| before.is_whitespace() || "\"'[,=(`".contains(before))
    };
    for (at, _) in text.match_indices('-').filter(|(at, _)| is_begin(*at)) {
        let rest = text.get(at..).unwrap_or_default();
        let is_flag = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        let length = rest.find(|letter: char| !is_flag(letter)).unwrap_or(rest.len());
        let (flag, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let is_short = is_mysql && flag.len() > 2 && flag.starts_with("-p") && !flag.starts_with("-port");
        if is_short || (is_mysql && flag == "-p") {
            let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
            marks.value(range.start + at + 2..range.start + at + end.unwrap_or(rest.len()));
        } else if let Some(told) = Told::of(flag, is_mysql, is_redis)
            && let Some(value) = argument(after)
        {
            told.mark(range.start + at + length + value.start..range.start + at + length + value.end, marks);
        }
    }
}

/// What a flag is followed by.
enum Told {
    Password,
    /// A user, and a password behind a colon.
    User,
}

impl Told {
    fn of(flag: &str, is_mysql: bool, is_redis: bool) -> Option<Self> {
        let is_long =
            flag.starts_with("--") && (is_secret(flag.trim_start_matches('-')) || FLAGS.contains(&flag));
        match flag {
            _ if is_long || (is_redis && flag == "-a") => Some(Self::Password),
            "-u" | "--user" if !is_mysql => Some(Self::User),
            _ => None,
        }
    }

    fn mark(self, range: Range<usize>, marks: &mut Marks<'_>) {
        let text = marks.get(range.clone());
        match self {
            Self::Password if !text.starts_with('-') && !text.starts_with("$(") => marks.value(range),
            Self::Password => {}
            Self::User => {
                let is_url = ["jdbc:", "http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
                if let Some(colon) = urls::colon(text).filter(|_| !is_url) {
                    marks.value(range.start + colon + 1..range.end);
                }
            }
        }
    }
}

/// What follows a flag: after a blank, or in the next string of a list.
fn argument(after: &str) -> Option<Range<usize>> {
    let is_between = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | ',');
    let skipped = after.len() - after.trim_start_matches(is_between).len();
    let between = after.get(..skipped)?;
    if !between.contains([' ', '\t', ',']) {
        return None;
    }
    let rest = after.get(skipped..)?;
    let quote = between.chars().next_back().filter(|quote| matches!(quote, '"' | '\''));
    let length = match quote {
        Some('"') => closing(rest, "\""),
        Some(_) => closing(rest, "'"),
        None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
    };
    Some(skipped..skipped + length)
}
