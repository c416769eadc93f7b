//! OpenAPI, Swagger and AsyncAPI documents, in YAML and in JSON.
//!
//! Such a document may have a hundred thousand lines. Only what stands below a few of its outermost keys is parsed,
//! and `$ref`s are found by their key wherever they stand.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::memmem::{Finder, find_iter};

use crate::sources::{Unread, template};
use crate::text::{RepoPath, Span, Spanned, yaml};

use super::facts::{Contract, Format, Import};
use super::outline::{Entry, entries};

/// How many references, servers and channels are kept of one document.
const MOST: usize = 10_000;

/// How long a reference may be, in bytes.
const LONGEST: usize = 1024;

/// How long a title may be to be a name.
const LONGEST_TITLE: usize = 80;

/// What is told of a document whose head is no YAML.
const NO_HEAD: &str = "the head of a contract that can't be read";

/// The keys that make a document a contract.
const MARKERS: [(&str, Format); 3] =
    [("openapi", Format::OpenApi), ("swagger", Format::OpenApi), ("asyncapi", Format::AsyncApi)];

/// Whether a file could be a contract: it has one of our keys, at the beginning of a line or behind a quote.
pub fn has_marker(bytes: &[u8]) -> bool {
    MARKERS.iter().any(|(key, _)| {
        let finder = Finder::new(key);
        finder.find_iter(bytes).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            let is_start = before.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b'"' | b'\''));
            let rest = bytes.get(at + key.len()..).unwrap_or_default();
            let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
            is_start && rest.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b':')
        })
    })
}

/// Reads a document; nothing if it is no contract.
pub(super) fn read(path: &RepoPath, text: &str) -> Option<Contract> {
    let entries = entries(text);
    let of = |key: &str| entries.iter().find(|entry| &text[entry.key.clone()] == key);
    let (marker, format) = MARKERS.iter().find_map(|(key, format)| Some((of(key)?, *format)))?;
    let mut reading = Reading { path, text, unread: Vec::new() };
    let info = of("info").and_then(|entry| reading.below(entry));
    let name = info.as_ref().and_then(|info| info.get("title")).and_then(yaml::Node::spanned);
    let mut servers = Vec::new();
    if let Some(node) = of("servers").and_then(|entry| reading.below(entry)) {
        servers.extend(node.items().iter().filter_map(|one| one.get("url")?.spanned()));
        // AsyncAPI has them by name.
        servers.extend(
            node.entries().iter().filter_map(|(_, one)| {
                one.get("url").or_else(|| one.get("host")).and_then(yaml::Node::spanned)
            }),
        );
    }
    servers.extend(of("host").and_then(|entry| reading.below(entry)).and_then(|node| node.spanned()));
    let mut channels = Vec::new();
    if format == Format::AsyncApi
        && let Some(node) = of("channels").and_then(|entry| reading.below(entry))
    {
        // Since version 3, the address is not the key any more.
        channels.extend(node.entries().iter().filter_map(|(key, one)| {
            one.get("address").and_then(yaml::Node::spanned).or_else(|| key.spanned())
        }));
    }
    servers.truncate(MOST);
    channels.truncate(MOST);
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Some(Contract {
        format,
        name: name.and_then(as_name),
        declared: Span::new(marker.key.clone()),
        imports: references(text),
        services: Vec::new(),
        servers,
        channels,
        unread: reading.unread,
        fingerprint: hasher.finish(),
    })
}

/// A title that names something: one that is filled in later, or that tells a story, does not.
fn as_name(title: Spanned<String>) -> Option<Spanned<String>> {
    let words: Vec<&str> = title.value.split_whitespace().collect();
    let value = words.join(" ");
    let is_name = !value.is_empty() && value.len() <= LONGEST_TITLE && !template::holds_mark(&value);
    is_name.then_some(Spanned { value, span: title.span })
}

struct Reading<'r> {
    path: &'r RepoPath,
    text: &'r str,
    unread: Vec<Unread>,
}

impl<'r> Reading<'r> {
    /// What stands below a key; told if it can't be read.
    fn below(&mut self, entry: &Entry) -> Option<yaml::Node<'r>> {
        if template::mark(&self.text[entry.whole.clone()]).is_some() {
            return self.leave(entry, template::WHAT);
        }
        let (root, faults) = yaml::parse(self.text, entry.whole.clone(), self.path);
        match root {
            Some(root) => root.entries().first().map(|(_, value)| value.clone()),
            None if faults.is_empty() => None,
            None => self.leave(entry, NO_HEAD),
        }
    }

    fn leave(&mut self, entry: &Entry, what: &'static str) -> Option<yaml::Node<'r>> {
        self.unread.push(Unread { what, span: Some(Span::new(entry.key.clone())) });
        None
    }
}

/// The files that a document refers to by `$ref`, each once. What lies on the network is none.
fn references(text: &str) -> Vec<Import> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for at in find_iter(text.as_bytes(), "$ref") {
        let Some(path) = reference(text, at + "$ref".len()) else { continue };
        if found.len() < MOST && known.insert(path.value.clone()) {
            found.push(Import { path, is_public: false });
        }
    }
    found
}

/// The file of a reference whose key ends at a place.
fn reference(text: &str, behind: usize) -> Option<Spanned<String>> {
    let rest = &text[behind..text.floor_char_boundary(behind + LONGEST)];
    let line = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches([' ', '\t']);
    let value = line.strip_prefix(':')?.trim_start_matches([' ', '\t']);
    let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
    let start = behind + rest.len() - value.len();
    let end = value.find(['"', '\'', '#', '\n', '\r', ',', '}']).unwrap_or(value.len());
    let path = value[..end].trim_end();
    let is_file = !path.is_empty() && !path.contains("://") && !path.contains(char::is_whitespace);
    is_file.then(|| Spanned { value: path.to_owned(), span: Span::new(start..start + path.len()) })
}

#[cfg(test)]
mod tests {
    use super::{has_marker, read};
    use crate::text::RepoPath;

    #[test]
    fn the_outermost_key_makes_a_contract() {
        for text in ["openapi: 3.1.0\n", "# a\r\n\"swagger\" : '2.0'\n", "{\"asyncapi\":\"3.0.0\"}"] {
            assert!(has_marker(text.as_bytes()), "{text}");
        }
        for text in ["x-openapi: 3\n", "a:\n  openapi: 3\n", "openapi\n", "openapis: a\n"] {
            assert!(!has_marker(text.as_bytes()), "{text}");
        }
        let path = RepoPath::new("a.yaml").unwrap();
        assert!(read(&path, "{\"a\": {\"openapi\": 1}}").is_none());
    }

    #[test]
    fn references_to_files_are_found_wherever_they_stand() {
        let text = "openapi: 3.0.0\npaths:\n  /a: {$ref: './a.yaml#/x'}\n  /b:\n    \"$ref\": ../b/b.json\n  \
                    /c: {$ref: '#/own'}\n  /d: {$ref: \"https://x.y/d.yaml\"}\n  /e: {$ref: ./a.yaml#/z}\n";
        let contract = read(&RepoPath::new("a.yaml").unwrap(), text).unwrap();
        let found: Vec<&str> = contract.imports.iter().map(|one| one.path.value.as_str()).collect();
        assert_eq!(found, ["./a.yaml", "../b/b.json"]);
        contract.imports.iter().for_each(|one| assert_eq!(&text[one.path.span.range()], one.path.value));
    }
}
