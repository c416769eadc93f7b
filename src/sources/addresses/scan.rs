//! One value, from left to right: URLs, `host:port`, hosts under a name, and keys that stand in the value.
//!
//! Invariant: each character is looked at a bounded number of times, and what a key calls a credential is
//! skipped.

use super::Store;
use super::address::address;
use super::cut::Cut;
use super::dsn;
use super::host::UNKNOWN;
use super::kinds::Kind;
use super::names::Name;
use super::pairs;
use super::sink::Sink;
use super::url;

/// Flags of one letter that are followed by who logs in, or by a password.
const SECRET_FLAGS: &[&str] = &["-u", "-U", "-a", "-p", "-P", "-w", "--user", "--username", "--pass", "-D"];

/// Reads a whole value.
pub(super) fn value(value: &str, name: &Name, sink: &mut Sink) {
    if name.kind == Kind::Silent {
        return;
    }
    let whole = Cut::whole(value).trim();
    if dsn::is_go(whole.text) && !whole.text.contains(" -") {
        return dsn::go(whole, sink);
    }
    if whole.text.starts_with("jdbc:oracle:") {
        return dsn::oracle(whole, sink);
    }
    if !pairs::read(whole, name, sink) {
        text(whole, name, sink);
    }
}

/// Reads a piece of a value that is no connection string of pairs.
pub(super) fn text<'a>(text: Cut<'a>, name: &'a Name, sink: &mut Sink) {
    let is_list = name.kind == Kind::Host && is_list(text.text, name);
    Scanner {
        text,
        name,
        is_list,
        at: 0,
        open: None,
        last: None,
        key: None,
        next_at: Next::new("@"),
        next_url: Next::new("://"),
    }
    .run(sink);
}

/// Whether a text is nothing but hosts, so that each word of it may be one.
fn is_list(text: &str, name: &Name) -> bool {
    let is_letter = |letter: char| {
        letter.is_ascii_alphanumeric()
            || matches!(letter, '-' | '_' | '.' | ':' | ',' | ';' | '/' | '[' | ']' | '"' | '\'' | UNKNOWN)
    };
    let mut words = text.split_whitespace();
    let is_one = words.all(|word| word.chars().all(is_letter));
    let is_sentence =
        || text.split_whitespace().any(|word| !word.ends_with([',', ';']) && !text.trim().ends_with(word));
    is_one && (name.is_plural() || !is_sentence())
}

/// Where a pattern stands next; each stretch of the text is searched once.
struct Next {
    pattern: &'static str,
    known: Option<usize>,
}

impl Next {
    fn new(pattern: &'static str) -> Self {
        Self { pattern, known: None }
    }

    /// The first one at or behind an offset; the end of the text without any.
    fn from(&mut self, text: &str, offset: usize) -> usize {
        match self.known {
            Some(known) if known >= offset => known,
            _ => {
                let found = text.get(offset..).and_then(|rest| rest.find(self.pattern));
                let found = found.map_or(text.len(), |at| offset + at);
                self.known = Some(found);
                found
            }
        }
    }
}

struct Scanner<'a> {
    text: Cut<'a>,
    name: &'a Name,
    is_list: bool,
    at: usize,
    /// The quote that is open.
    open: Option<char>,
    /// The last token, which a colon or a blank may make a key.
    last: Option<Cut<'a>>,
    /// The key of what comes next.
    key: Option<Cut<'a>>,
    next_at: Next,
    next_url: Next,
}

impl<'a> Scanner<'a> {
    fn run(&mut self, sink: &mut Sink) {
        while self.at < self.text.text.len() {
            if self.begins_run() && self.connection_string(sink) {
                continue;
            }
            let token = self.text.from(self.at).cut_at(is_separator).0;
            let url = self.next_url.from(self.text.text, self.at);
            if url < self.at + token.text.len() {
                self.url(token, url, sink);
                continue;
            }
            self.at += token.text.len();
            let separator = self.text.from(self.at).text.chars().next();
            self.token(token, separator, sink);
            self.separator(separator);
        }
    }

    /// Whether a word begins here.
    fn begins_run(&self) -> bool {
        let before = self.text.upto(self.at).text.chars().next_back();
        before.is_none_or(|before| before.is_whitespace() || matches!(before, '"' | '\'' | '='))
    }

    /// Go's and Oracle's, up to the next blank.
    fn connection_string(&mut self, sink: &mut Sink) -> bool {
        let rest = self.text.from(self.at);
        let begins = |pattern: &str| rest.strip_prefix(pattern).is_some();
        let is_oracle = begins("jdbc:oracle:");
        let at_sign = self.next_at.from(self.text.text, self.at) - self.at;
        let is_go = begins("tcp(") || rest.from(at_sign).strip_prefix("@tcp(").is_some();
        if !is_oracle && !is_go {
            return false;
        }
        let (run, _) = rest.cut_at(char::is_whitespace);
        if is_go && !dsn::is_go(run.text) {
            return false;
        }
        if is_oracle {
            dsn::oracle(run, sink)
        } else {
            dsn::go(run, sink)
        }
        self.at += run.text.len();
        true
    }

    /// A URL that begins in a token.
    fn url(&mut self, token: Cut<'a>, slashes: usize, sink: &mut Sink) {
        let before = token.upto(slashes - self.at);
        let start = slashes + 3;
        let end = self.end_of_url(start, token.at);
        let rest = self.text.slice(start..end);
        let name = self.named();
        let scheme = url::scheme_before(before.text);
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
        if name.kind != Kind::Silent && is_scheme {
            url::read(before.text, rest, &name, sink);
        }
        self.at = end;
        self.last = None;
        self.key = None;
    }

    /// Where a URL ends: at its closing quote, at a blank, or where the next one of a list begins.
    fn end_of_url(&self, start: usize, token: usize) -> usize {
        let text = self.text.text;
        let token = token - self.text.at;
        if token == 0 && is_one_url(text, start) {
            return text.len();
        }
        let quote = text.get(..token).and_then(|before| before.chars().next_back());
        let quote = quote.filter(|quote| matches!(quote, '"' | '\'' | '`'));
        let rest = text.get(start..).unwrap_or_default();
        let scheme = url::scheme_before(text.get(..start.saturating_sub(3)).unwrap_or_default());
        let is_strict = url::is_strict(scheme);
        let end = rest.char_indices().find(|(at, letter)| {
            let after = rest.get(at + letter.len_utf8()..).unwrap_or_default();
            match letter {
                letter if letter.is_whitespace() => true,
                letter if Some(*letter) == quote => true,
                '"' | '\'' | '`' if quote.is_none() => is_closing(after),
                '\\' => after.starts_with(['"', '\'', 'n']),
                ')' | ']' | '>' | '}' if is_strict => true,
                ',' | ';' | '|' => begins_url(after, scheme),
                _ => false,
            }
        });
        start + end.map_or(rest.len(), |(at, _)| at)
    }

    /// What a name says about what comes next: the key right before it, or the setting's own.
    fn named(&self) -> Name {
        match self.key {
            Some(key) => self.name.within(key.text.trim_start_matches('-')),
            None => self.name.clone(),
        }
    }

    /// A token, and what follows it.
    fn token(&mut self, token: Cut<'a>, separator: Option<char>, sink: &mut Sink) {
        if token.text.is_empty() {
            return;
        }
        // `"host":"users"`: the colon between the quotes.
        if token.text == ":" {
            self.key = self.last.take();
            return self.skip_secret(separator);
        }
        if separator == Some('=') || (token.text.ends_with(':') && separator.is_none_or(char::is_whitespace))
        {
            self.key = Some(token.upto(token.text.trim_end_matches(':').len()));
            self.last = None;
            return self.skip_secret(separator);
        }
        let token = match token.strip_prefix(":").filter(|_| self.last.is_some()) {
            Some(value) => {
                self.key = self.last.take();
                value
            }
            None => token,
        };
        self.address(token, sink);
        let is_flag = token.text.starts_with('-') && separator.is_some_and(char::is_whitespace);
        self.key = is_flag.then_some(token);
        self.last = Some(token);
        if is_flag {
            self.skip_secret(separator);
        }
    }

    /// Skips the value of a key that names a credential: in quotes, or up to the next blank; within a quote,
    /// up to its end.
    fn skip_secret(&mut self, separator: Option<char>) {
        let Some(key) = self.key else { return };
        let is_secret = SECRET_FLAGS.contains(&key.text) || url::is_secret_key(key.text);
        if !is_secret {
            return;
        }
        let skipped = separator.map_or(0, char::len_utf8);
        let rest = self.text.from(self.at + skipped);
        let blanks = rest.text.len() - rest.text.trim_start_matches([' ', '\t']).len();
        let rest = rest.from(blanks);
        let first = rest.text.chars().next().filter(|first| matches!(first, '"' | '\''));
        let length = match (first, self.open.filter(|open| separator != Some(*open))) {
            (Some(quote), _) => 1 + closing(rest.from(1).text, quote),
            (None, Some(open)) if separator != Some('"') => rest.text.find(open).unwrap_or(rest.text.len()),
            _ => rest.text.find(char::is_whitespace).unwrap_or(rest.text.len()),
        };
        self.at = (self.at + skipped + blanks + length).min(self.text.text.len());
        self.key = None;
        self.last = None;
    }

    /// Steps over a separator.
    fn separator(&mut self, separator: Option<char>) {
        // What was skipped may end elsewhere.
        let Some(separator) = separator.filter(|one| self.text.from(self.at).text.starts_with(*one)) else {
            return;
        };
        if matches!(separator, '"' | '\'') {
            self.open = match self.open {
                Some(open) if open == separator => None,
                None => Some(separator),
                open => open,
            };
        } else if separator != '=' && !separator.is_whitespace() && separator != '\\' {
            self.key = None;
            self.last = None;
        }
        self.at += separator.len_utf8();
    }

    /// A token that may name a host.
    fn address(&mut self, token: Cut<'a>, sink: &mut Sink) {
        let end = token.at - self.text.at + token.text.len();
        let name = self.named();
        if name.kind < Kind::Open {
            return;
        }
        // An `@` further on in the same word: this may be of a password.
        let is_suspicious = !name.has("voters") && self.is_before_at(end);
        if is_suspicious {
            return;
        }
        let is_named = name.kind == Kind::Host && (self.is_list || self.key.is_some());
        address(token, &name, is_named, sink);
    }

    fn is_before_at(&mut self, end: usize) -> bool {
        let text = self.text.text;
        let at = self.next_at.from(text, end);
        let url = self.next_url.from(text, end);
        at < url.min(text.len())
            && !text.get(end..at).is_some_and(|between| between.contains(char::is_whitespace))
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            ',' | ';' | '=' | '(' | ')' | '[' | ']' | '"' | '\'' | '`' | '|' | '&' | '<' | '>' | '\\'
        )
}

/// Whether a value is one URL as a whole, so that nothing but its end ends it: a password may hold quotes and
/// blanks.
fn is_one_url(text: &str, start: usize) -> bool {
    let rest = text.get(start..).unwrap_or_default();
    let scheme = text.get(..start.saturating_sub(3)).unwrap_or_default();
    let own = url::scheme_before(scheme);
    let is_store = Store::of_scheme(own).is_some() || scheme.starts_with("jdbc:");
    let mut others = rest.match_indices("://").map(|(at, _)| rest.get(..at).unwrap_or_default());
    let is_other = |before: &str| {
        let next = url::scheme_before(before);
        let before = before.strip_suffix(next).and_then(|before| before.chars().next_back());
        let follows =
            before.is_some_and(|before| before.is_whitespace() || matches!(before, ',' | ';' | '|'));
        follows && (url::is_strict(next) || next.eq_ignore_ascii_case(own))
    };
    // What follows a flag is another word of a command, unless the host is still to come.
    let has_flag = rest.find(" -").is_some_and(|flag| rest.rfind('@').is_none_or(|at| at < flag));
    is_store && !others.any(is_other) && !has_flag
}

/// Whether what follows a quote shows that the quote closes something.
fn is_closing(after: &str) -> bool {
    after.chars().next().is_none_or(|next| next.is_whitespace() || ",;:)}]>\\\"'".contains(next))
}

/// Whether the next URL of a list begins right here. One whose password nobody encoded may hold what only
/// looks like it, so that the next one's scheme is to be the same.
fn begins_url(text: &str, scheme: &str) -> bool {
    let text = text.trim_start();
    let length = text.bytes().take(40).take_while(|byte| *byte != b'/').count();
    let Some((before, rest)) = text.split_at_checked(length) else { return false };
    let Some(next) = before.strip_suffix(':').filter(|_| rest.starts_with("//")) else { return false };
    let last = next.rsplit(':').next().unwrap_or_default();
    let is_chain = next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._:".contains(&byte));
    let is_known = url::is_strict(scheme) && url::is_known(last);
    is_chain && (is_known || last.eq_ignore_ascii_case(scheme))
}

/// The length of what stands in quotes, with the closing one.
fn closing(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
