//! Line by line: keys and values of YAML, JSON, env files and Dockerfiles, and what goes on below a key.

use std::ops::Range;

use super::inline;
use super::keys::{is_dsn, is_secret, is_secret_pair, names_a_secret};
use super::line::Line;
use super::marks::Marks;
use super::urls;

/// What the lines before say about the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    /// Nothing.
    Nothing,
    /// Lines that are indented more go on with a credential.
    Scalar { indent: usize },
    /// Lines that are indented more are a credential, unless they are a map.
    Perhaps { indent: usize },
    /// Values of lines that are indented more are those of a `Secret`.
    Secret { indent: usize },
    /// A string in this quote is still open.
    Quoted { quote: &'static str },
    /// Lines that are indented more go on with the password of a URL, up to its `@` or this quote.
    Url { quote: char, indent: usize },
    /// A key in PEM.
    Pem,
}

/// A file, and where we are in it.
struct Walk<'m, 't> {
    marks: &'m mut Marks<'t>,
    is_env: bool,
    is_docker: bool,
    /// Whether this document is of a `Secret`.
    is_secret: bool,
    below: Below,
    /// The section of a `Secret` around a text of its own.
    section: Option<usize>,
    /// The indent and the value of a `name:` that is one of a credential.
    named: Option<(usize, &'t str)>,
    /// The indent and the value of the `value:` right before.
    valued: Option<(usize, Range<usize>)>,
    /// Whether the item before was a flag that a password follows.
    is_flagged: bool,
}

/// Marks the credentials of a whole file.
pub(super) fn mark(path: &str, marks: &mut Marks<'_>) {
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let is_env = name.starts_with(".env")
        || [".env", ".properties", ".ini", ".conf"].iter().any(|end| name.ends_with(end));
    let is_docker = name.contains("dockerfile") || name.contains("containerfile");
    let text = marks.text;
    let mut walk = Walk {
        marks,
        is_env,
        is_docker,
        is_secret: false,
        below: Below::Nothing,
        section: None,
        named: None,
        valued: None,
        is_flagged: false,
    };
    let mut at = 0;
    for document in documents(text) {
        walk.is_secret = is_secret_document(document);
        walk.below = if walk.below == Below::Pem { Below::Pem } else { Below::Nothing };
        walk.section = None;
        for line in document.split_inclusive('\n') {
            walk.line(at, line.trim_end_matches(['\n', '\r']));
            at += line.len();
        }
    }
}

/// The documents of a YAML file; another file is one.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let next = current.match_indices("\n---").map(|(at, _)| at + 1);
        let end = next.into_iter().find(|at| {
            current
                .get(at + 3..)
                .is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
        });
        rest = end.and_then(|end| current.get(end..));
        Some(end.and_then(|end| current.get(..end)).unwrap_or(current))
    })
}

fn is_secret_document(document: &str) -> bool {
    let kind = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '-', '{', ',']).trim_end_matches(['\r', ',', ' ']);
        let (key, value) = line.split_once(':')?;
        let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        (plain(key) == "kind").then(|| plain(value.split(" #").next().unwrap_or_default()))
    };
    document.lines().filter_map(kind).any(|kind| kind == "Secret") || document.contains("\"kind\":\"Secret\"")
}

impl<'t> Walk<'_, 't> {
    fn line(&mut self, at: usize, text: &'t str) {
        let mut at = at;
        let mut text = text;
        if let Below::Quoted { quote } = self.below {
            let end = inline::closing(text, quote);
            self.marks.all(at..at + end);
            if end == text.len() {
                return;
            }
            self.below = self.within();
            at += end + quote.len();
            text = text.get(end + quote.len()..).unwrap_or_default();
        }
        if let Below::Url { quote, indent } = self.below {
            let end = self.url(at, text, quote, indent);
            at += end;
            text = text.get(end..).unwrap_or_default();
        }
        if self.pem(at, text) || text.trim().is_empty() {
            return;
        }
        let line = Line::of(at, text);
        let outer = text.len() - text.trim_start().len();
        if self.goes_on(line, outer) {
            return;
        }
        let start = self.pair(line).unwrap_or(0);
        inline::mark(line.at + start..line.at + line.text.len(), self.marks);
        if self.below == Below::Nothing
            && let Some((start, quote)) = urls::left_open(line.text)
        {
            self.marks.value(line.at + start..line.at + line.text.len());
            self.below = Below::Url { quote, indent: outer };
        }
    }

    /// Marks what goes on with the password of a URL; its length.
    fn url(&mut self, at: usize, text: &str, quote: char, indent: usize) -> usize {
        let start = text.len() - text.trim_start().len();
        if start <= indent && start < text.len() {
            self.below = self.within();
            return 0;
        }
        let string = text.find(quote);
        let end = text.get(..string.unwrap_or(text.len())).and_then(|string| string.rfind('@')).or(string);
        self.marks.value(at + start..at + end.unwrap_or(text.len()));
        if end.is_some() {
            self.below = self.within();
        }
        end.unwrap_or(text.len())
    }

    /// What holds again when a value of several lines ends.
    fn within(&self) -> Below {
        self.section.map_or(Below::Nothing, |indent| Below::Secret { indent })
    }

    /// Marks what stands between the lines of a key in PEM.
    fn pem(&mut self, at: usize, text: &str) -> bool {
        let begin = text
            .find("-----BEGIN")
            .and_then(|begin| Some(begin + text.get(begin + 5..)?.find("-----")? + 10));
        let start = match (self.below, begin) {
            (Below::Pem, _) => text.len() - text.trim_start().len(),
            (_, Some(begin)) => begin.min(text.len()),
            _ => return false,
        };
        let end = text.get(start..).and_then(|rest| rest.find("-----END")).map(|end| start + end);
        self.marks.all(at + start..at + end.unwrap_or(text.len()));
        self.below = if end.is_some() { self.within() } else { Below::Pem };
        true
    }

    /// Whether a line goes on with what a key above it began.
    fn goes_on(&mut self, line: Line<'t>, outer: usize) -> bool {
        let all = line.at..line.at + line.text.len();
        match self.below {
            Below::Scalar { indent } if outer > indent => self.marks.value(all),
            Below::Perhaps { .. } if line.text.starts_with('#') => return false,
            Below::Perhaps { indent } if outer > indent || (line.is_item && outer >= indent) => {
                if line.is_map() || line.text.starts_with(['{', '}', ']']) {
                    self.below = self.within();
                    return false;
                }
                self.marks.value(line.string().unwrap_or(all));
            }
            Below::Secret { indent } if outer > indent => self.of_secret(line),
            Below::Scalar { .. } | Below::Perhaps { .. } => {
                self.below = self.within();
                return self.below != Below::Nothing && self.goes_on(line, outer);
            }
            Below::Secret { .. } => {
                self.section = None;
                self.below = Below::Nothing;
                return false;
            }
            _ => return false,
        }
        true
    }

    /// A line below `data:` of a `Secret`.
    fn of_secret(&mut self, line: Line<'t>) {
        let Some((_, _, start)) = line.pair() else {
            return self.marks.value(line.at..line.at + line.text.len());
        };
        self.value(line, start, true);
    }

    /// The key and the value that a line begins with; where the value begins, if its key says nothing more.
    fn pair(&mut self, line: Line<'t>) -> Option<usize> {
        let was_flagged = std::mem::replace(&mut self.is_flagged, line.is_item && is_flag(line.text));
        if line.is_item && was_flagged && !is_flag(line.text) {
            let inner = line.text.len() - line.text.trim_start_matches(['"', '\'']).len();
            self.marks.value(line.at + inner..line.at + line.text.trim_end_matches(['"', '\'']).len());
            return None;
        }
        if self.is_docker && self.docker(line) {
            return None;
        }
        if line.text.starts_with('#') {
            self.commented(line);
            return None;
        }
        let (key, separator, start) = line.pair()?;
        let text = line.text.get(start..).unwrap_or_default();
        if separator == ':' && self.is_secret && matches!(key, "data" | "stringData") {
            self.section = Some(line.indent);
            self.below = Below::Secret { indent: line.indent };
            if text.trim_start().starts_with('{') && text.contains('}') {
                self.marks.value(
                    line.at + start + text.find('{').unwrap_or_default() + 1..line.at + line.text.len(),
                );
            }
            return Some(start);
        }
        self.name_and_value(line, key, start);
        let is_value = is_secret_pair(key, text) && !names_a_secret(key, text);
        if is_value && separator == ':' {
            self.value(line, start, false);
        } else if is_value && (line.is_item || self.is_env || line.is_quoted()) {
            let end = line.end_of_string().filter(|end| *end > start).unwrap_or(line.text.len());
            let text = line.text.get(start..end).unwrap_or_default();
            let skipped = text.len() - text.trim_start_matches([' ', '"', '\'']).len();
            let end = start + text.trim_end_matches(['"', '\'']).len();
            self.marks.value(line.at + start + skipped..line.at + end);
        }
        (separator == ':' && !line.text.starts_with('{')).then_some(start)
    }

    /// `# password: …`
    fn commented(&mut self, line: Line<'t>) {
        let text = line.text.trim_start_matches(['#', ' ']);
        let inner = Line { at: line.at + line.text.len() - text.len(), text, ..line };
        if let Some((key, separator, start)) = inner.pair()
            && is_secret_pair(key, text.get(start..).unwrap_or_default())
            && (separator == ':' || self.is_env)
        {
            let value = text.get(start..).unwrap_or_default();
            let blanks = value.len() - value.trim_start().len();
            self.marks.value(inner.at + start + blanks..inner.at + text.len());
        }
    }

    /// `name: KEY` and `value: …` beside it, in either order.
    fn name_and_value(&mut self, line: Line<'t>, key: &str, start: usize) {
        if line.is_item || !matches!(key, "name" | "value") {
            self.named = None;
            self.valued = None;
        }
        let value = line.scalar(start);
        let text = self.marks.get(value.clone());
        match key {
            "name" if is_secret(text) || is_dsn(text) || is_env_auth(text) => {
                self.named = Some((line.indent, text));
                if let Some((indent, value)) = self.valued.take()
                    && indent == line.indent
                    && !is_readable(text, self.marks.get(value.clone()))
                {
                    self.marks.value(value);
                }
            }
            "value"
                if self
                    .named
                    .is_some_and(|(indent, name)| indent == line.indent && !is_readable(name, text)) =>
            {
                self.value(line, start, false);
            }
            "value" => self.valued = Some((line.indent, value)),
            _ => {}
        }
    }

    /// The value of a key that is a credential, and what may go on below.
    fn value(&mut self, line: Line<'t>, start: usize, is_section: bool) {
        let text = line.text.get(start..).unwrap_or_default();
        let trimmed = text.trim_start();
        let at = start + text.len() - trimmed.len();
        let below = if is_section {
            Below::Scalar { indent: line.indent }
        } else {
            Below::Perhaps { indent: line.indent }
        };
        if trimmed.is_empty() || trimmed.starts_with('#') {
            self.below = below;
            return;
        }
        if trimmed.starts_with(['|', '>']) && trimmed.len() < 4
            || trimmed.starts_with(['|', '>']) && trimmed.contains(" #")
        {
            self.below = Below::Scalar { indent: line.indent };
            return;
        }
        if trimmed.starts_with('{') {
            return;
        }
        if let Some(list) = trimmed.strip_prefix('[') {
            let end = list.rfind(']');
            let start = line.at + at + 1;
            self.marks.value(start..start + end.unwrap_or(list.len()));
            if end.is_none() {
                self.below = below;
            }
            return;
        }
        for quote in ["\"", "'"] {
            let Some(inner) = trimmed.strip_prefix(quote) else { continue };
            let length = inline::closing(inner, quote);
            let range = line.at + at + 1..line.at + at + 1 + length;
            if length == inner.len() {
                self.marks.all(range);
                self.below = Below::Quoted { quote };
            } else {
                self.marks.value(range);
            }
            return;
        }
        self.marks.value(line.scalar(start));
        self.below = Below::Perhaps { indent: line.indent };
    }

    /// `ENV KEY value`, `ENV KEY=value …`, `ARG KEY=value`.
    fn docker(&mut self, line: Line<'t>) -> bool {
        let (word, rest) = line.text.split_once([' ', '\t']).unwrap_or((line.text, ""));
        if !word.eq_ignore_ascii_case("ENV") && !word.eq_ignore_ascii_case("ARG") {
            return false;
        }
        let key = rest.trim_start();
        let at = line.text.len() - key.len();
        let end = key.find([' ', '\t', '=']).unwrap_or(key.len());
        let is_old = key.get(end..).is_some_and(|after| after.starts_with([' ', '\t']));
        let value = key.get(end..).unwrap_or_default();
        if is_old && is_secret_pair(key.get(..end).unwrap_or_default(), value) {
            self.marks.value(line.at + at + end + 1..line.at + line.text.len());
        }
        true
    }
}

/// Whether a value is a DSN of which only a part is a credential.
fn is_readable(name: &str, value: &str) -> bool {
    is_dsn(name) && !is_secret_pair(name, value)
}

/// `NEO4J_AUTH` and the like are told by their last word, as keys are.
fn is_env_auth(name: &str) -> bool {
    name.ends_with("_AUTH")
}

/// An item of a list that is a flag which a password follows.
fn is_flag(text: &str) -> bool {
    let flag = text.trim().trim_matches(['"', '\'', ',']);
    let name = flag.strip_prefix("--");
    name.is_some_and(|name| !name.contains(['=', ' ']) && is_secret(name))
}
