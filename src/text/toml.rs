//! TOML, read key by key with spans: faults are collected, not thrown, so that one run shows all.

use std::cell::RefCell;

use toml::de::{DeTable, DeValue};

use super::{Fault, RepoPath, Span, Spanned, nearest};

/// A value with its place, as the parser gives it.
pub(crate) type Value<'i> = toml::Spanned<DeValue<'i>>;

/// How many syntax errors of one file are told; after that they tend to follow from each other.
const MOST_SYNTAX_ERRORS: usize = 3;

/// What to do about a text that is not valid.
pub(crate) const SYNTAX: &str = "mend it here or shortly before: what is not closed is noticed late";

/// Parses a whole file. Syntax errors are recovered from and reported, several at once.
pub(crate) fn parse<'i>(text: &'i str, path: &RepoPath) -> (DeTable<'i>, Vec<Fault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let faults = errors
        .iter()
        .take(MOST_SYNTAX_ERRORS)
        .map(|error| {
            let span = Span::new(error.span().unwrap_or(0..0));
            let message = error.message();
            // Most formats have no room for what stands under a line.
            let fault = Fault::of(path, format!("this file is not valid TOML: {message}")).at(span, "here");
            fault.help(SYNTAX)
        })
        .collect();
    (table.into_inner(), faults)
}

/// One table being read: remembers which keys were asked for, so that the others can be reported.
pub(crate) struct Table<'t, 'i> {
    entries: &'t DeTable<'i>,
    file: &'t RepoPath,
    /// Where it stands; empty for a whole file.
    span: Span,
    asked: RefCell<Vec<&'static str>>,
}

impl<'t, 'i> Table<'t, 'i> {
    pub(crate) fn new(entries: &'t DeTable<'i>, file: &'t RepoPath) -> Self {
        Self { entries, file, span: Span::default(), asked: RefCell::new(Vec::new()) }
    }

    pub(crate) fn file(&self) -> &'t RepoPath {
        self.file
    }

    /// Where to point at for what it lacks: its first key, or itself if it is empty.
    pub(crate) fn place(&self) -> Span {
        self.entries().first().map_or(self.span, |(key, _)| key.span)
    }

    pub(crate) fn get(&self, key: &'static str) -> Option<&'t Value<'i>> {
        self.asked.borrow_mut().push(key);
        self.entries.get(key)
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The span from the key to the end of its value, if the key is there.
    pub(crate) fn entry_span(&self, key: &str) -> Option<Span> {
        let (key, value) = self.entries.get_key_value(key)?;
        Some(Span::new(key.span()).to(Span::new(value.span())))
    }

    /// All entries in the order of the file.
    pub(crate) fn entries(&self) -> Vec<(Spanned<&'t str>, &'t Value<'i>)> {
        let mut all: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| {
                let span = Span::new(key.span());
                (Spanned { value: &**key.get_ref(), span }, value)
            })
            .collect();
        all.sort_by_key(|(key, _)| key.span);
        all
    }

    pub(crate) fn string(&self, key: &'static str, faults: &mut Vec<Fault>) -> Option<Spanned<String>> {
        string(self.get(key)?, key, self.file, faults)
    }

    pub(crate) fn boolean(&self, key: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        boolean(self.get(key)?, key, self.file, faults)
    }

    pub(crate) fn strings(&self, key: &'static str, faults: &mut Vec<Fault>) -> Vec<Spanned<String>> {
        match self.get(key) {
            Some(value) => strings(value, key, self.file, faults),
            None => Vec::new(),
        }
    }

    pub(crate) fn table(&self, key: &'static str, faults: &mut Vec<Fault>) -> Option<Table<'t, 'i>> {
        table(self.get(key)?, key, self.file, faults)
    }

    /// Reports every key that nobody asked for, with the nearest known one.
    pub(crate) fn deny_unknown(&self, context: &str, faults: &mut Vec<Fault>) {
        let mut asked = self.asked.borrow().clone();
        asked.sort_unstable();
        asked.dedup();
        for (key, _) in self.entries() {
            if asked.contains(&key.value) {
                continue;
            }
            let fault = Fault::of(self.file, format!("unknown key `{}` in {context}", key.value));
            let fault = fault.at(key.span, "not known here");
            let help = match nearest(key.value, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known keys: {}", quoted(&asked)),
            };
            faults.push(fault.help(help));
        }
    }
}

/// The value as a table, or a fault.
pub(crate) fn table<'t, 'i>(
    value: &'t Value<'i>,
    key: &str,
    file: &'t RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<Table<'t, 'i>> {
    match value.get_ref() {
        DeValue::Table(entries) => Some(Table { span: Span::new(value.span()), ..Table::new(entries, file) }),
        _ => {
            faults.push(wrong_type(value, key, "a table", file));
            None
        }
    }
}

/// The value as an array of tables, or a fault for what is none.
pub(crate) fn tables<'t, 'i>(
    value: &'t Value<'i>,
    key: &str,
    file: &'t RepoPath,
    faults: &mut Vec<Fault>,
) -> Vec<Table<'t, 'i>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().filter_map(|item| table(item, key, file, faults)).collect(),
        _ => {
            faults.push(wrong_type(value, key, "an array of tables", file));
            Vec::new()
        }
    }
}

/// The value as a string, or a fault.
pub(crate) fn string(
    value: &Value<'_>,
    key: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<Spanned<String>> {
    match value.get_ref() {
        DeValue::String(text) => Some(Spanned { value: text.to_string(), span: Span::new(value.span()) }),
        _ => {
            faults.push(wrong_type(value, key, "a string", file));
            None
        }
    }
}

/// The value as a boolean, or a fault.
pub(crate) fn boolean(
    value: &Value<'_>,
    key: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<bool> {
    let found = value.get_ref().as_bool();
    if found.is_none() {
        faults.push(wrong_type(value, key, "`true` or `false`", file));
    }
    found
}

/// The value as a whole number from 1 on, or a fault.
pub(crate) fn positive(
    value: &Value<'_>,
    key: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<usize> {
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<usize>().ok());
    let number = number.filter(|number| (1..=1_000_000).contains(number));
    if number.is_none() {
        let mut fault = wrong_type(value, key, "a whole number from 1 to 1,000,000", file);
        if value.get_ref().as_integer().is_some() {
            fault.label = "out of range".to_owned();
        }
        faults.push(fault);
    }
    number
}

/// The value as an array of strings, or a fault for what is none.
pub(crate) fn strings(
    value: &Value<'_>,
    key: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Vec<Spanned<String>> {
    match value.get_ref() {
        DeValue::Array(items) => {
            let mut read = Vec::with_capacity(items.len());
            for item in items {
                match item.get_ref() {
                    DeValue::String(text) => {
                        read.push(Spanned { value: text.to_string(), span: Span::new(item.span()) });
                    }
                    _ => faults.push(wrong_type(item, key, "an array of strings", file)),
                }
            }
            read
        }
        _ => {
            faults.push(wrong_type(value, key, "an array of strings", file));
            Vec::new()
        }
    }
}

/// What a word stands for, or a fault with the nearest one that is known.
pub(crate) fn known_word<T: Copy>(
    word: &Spanned<String>,
    all: &[(&'static str, T)],
    what: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    if let Some((_, value)) = all.iter().find(|(name, _)| *name == word.value) {
        return Some(*value);
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let fault = Fault::of(file, format!("unknown {what} `{}`", word.value)).at(word.span, "not known");
    faults.push(fault.help(did_you_mean(&word.value, &names)));
    None
}

/// The nearest of the known names, or all of them.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", quoted(known)),
    }
}

pub(crate) fn wrong_type(value: &Value<'_>, key: &str, wanted: &str, file: &RepoPath) -> Fault {
    let found = value.get_ref().type_str();
    let fault = Fault::of(file, format!("`{key}` must be {wanted}"));
    fault.at(Span::new(value.span()), format!("this is of type {found}")).help(example(value, key, wanted))
}

/// How long a text may be that is shown as it should be written, in bytes.
const LONGEST_EXAMPLE: usize = 60;

/// How what is wanted is written.
fn example(value: &Value<'_>, key: &str, wanted: &str) -> String {
    match (wanted, value.get_ref()) {
        ("an array of strings", DeValue::String(text)) if text.len() <= LONGEST_EXAMPLE => {
            format!("put it in brackets: `{key} = [\"{text}\"]`")
        }
        ("an array of strings", _) => format!("write a list of texts: `{key} = [\"…\", \"…\"]`"),
        ("an array of tables", _) => format!("write its name in two pairs of brackets: `[[{key}]]`"),
        ("a string", _) => format!("write one text in quotes: `{key} = \"…\"`"),
        ("a table", _) => {
            format!("write its keys in braces, `{key} = {{ … }}`, or below a heading in brackets")
        }
        ("`true` or `false`", _) => format!("write `{key} = true` or `{key} = false`, without quotes"),
        ("a version or a table", _) => format!("write `{key} = \"1.0\"`, or `{key} = {{ path = \"…\" }}`"),
        ("a selector", _) => format!("write `{key} = \"feature\"`, or a table with `any`, `all` or `not`"),
        (_, _) if wanted.contains("number") => format!("write digits, without quotes: `{key} = 1`"),
        (_, _) if wanted.contains("date") => format!("write `{key} = 2027-03-31`"),
        (_, _) => format!("write `{key} = \"…\"`"),
    }
}

/// `a`, `b`, `c`: for messages that list names.
pub(crate) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
