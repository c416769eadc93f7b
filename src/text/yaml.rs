//! YAML, document by document, as a tree with spans.
//!
//! Invariant: what a document costs is bounded by its text. Aliases share what they stand for, merge keys
//! are resolved once, and how deep and how large a tree may be is limited; so no text makes a reader that
//! walks the keys it knows take longer than the text is long.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};

use super::toml::SYNTAX;
use super::{Fault, RepoPath, Span, Spanned};

/// How deep a tree may be, what aliases stand for included: far above every manifest.
const DEEPEST: usize = 200;

/// How many nodes a tree may have, each entry that a merge key brings counted as one.
const MOST_NODES: usize = 2_000_000;

/// How many keys that are there twice are told of one document.
const MOST_DOUBLED: usize = 3;

/// What stands for a byte order mark at the beginning of a text: three bytes that are no part of a document.
/// Spaces would be its indentation.
pub(crate) const INSTEAD_OF_MARK: &str = "\r\r\r";

/// A value, and where it stands. What an alias stands for stands where its anchor does.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t> {
    pub(crate) span: Span,
    value: Rc<Value<'t>>,
}

#[derive(Debug)]
struct Value<'t> {
    content: Content<'t>,
    mark: Mark,
    /// How many levels there are below it.
    height: usize,
    /// How many values and bytes of text it is made of, what aliases stand for included.
    weight: usize,
}

/// What a tag says about overriding, as compose files have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    None,
    /// `!reset`: what is overridden is taken away.
    Reset,
    /// `!override`: it is not merged, but replaced.
    Override,
}

impl Mark {
    fn of(tag: Option<&Tag>) -> Self {
        match tag.map(Tag::original).as_deref() {
            Some("!reset") => Self::Reset,
            Some("!override") => Self::Override,
            _ => Self::None,
        }
    }
}

#[derive(Debug)]
enum Content<'t> {
    Scalar {
        text: Cow<'t, str>,
        is_plain: bool,
    },
    List(Vec<Node<'t>>),
    /// In the order of the file; what merge keys bring comes last.
    Map(Vec<(Node<'t>, Node<'t>)>),
}

impl<'t> Node<'t> {
    /// The text of a scalar, but for one that is null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value.content {
            Content::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// As [`Self::text`], with its place.
    pub(crate) fn spanned(&self) -> Option<Spanned<String>> {
        self.text().map(|text| Spanned { value: text.to_owned(), span: self.span })
    }

    /// Whether this is `null`, `~`, or nothing at all.
    pub(crate) fn is_null(&self) -> bool {
        match &self.value.content {
            Content::Scalar { text, is_plain } => {
                *is_plain && matches!(&**text, "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Whether this is written without quotes and means `true`, as YAML 1.1 and 1.2 read it.
    pub(crate) fn is_true(&self) -> bool {
        match &self.value.content {
            Content::Scalar { text, is_plain } => {
                *is_plain && matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y")
            }
            _ => false,
        }
    }

    /// The same for `false`.
    pub(crate) fn is_false(&self) -> bool {
        match &self.value.content {
            Content::Scalar { text, is_plain } => {
                *is_plain && matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "n")
            }
            _ => false,
        }
    }

    /// How many values and bytes of text this is made of. What an alias stands for counts each time, so that a
    /// reader that visits and copies everything takes no longer than this says.
    pub(crate) fn weight(&self) -> usize {
        self.value.weight
    }

    /// What its tag says about overriding.
    pub(crate) fn mark(&self) -> Mark {
        self.value.mark
    }

    /// Whether this is a scalar, null or not.
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(self.value.content, Content::Scalar { .. })
    }

    /// Whether this is a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value.content, Content::List(_))
    }

    /// Whether this is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value.content, Content::Map(_))
    }

    /// The entries of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.value.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The keys and values of a map; none for anything else.
    pub(crate) fn entries(&self) -> &[(Self, Self)] {
        match &self.value.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The value under several keys, one in the other.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// What this is, for a message.
    pub(crate) fn what(&self) -> &'static str {
        match &self.value.content {
            _ if self.is_null() => "nothing",
            Content::Scalar { .. } => "a text or number",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

/// Where the documents of a text are, each from behind one `---` to the next. A line of them begins a
/// document wherever it stands, so this needs no parsing, and one that is broken leaves the others whole.
pub(crate) fn documents(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mark = if text.starts_with(INSTEAD_OF_MARK) { INSTEAD_OF_MARK.len() } else { 0 };
    let (mut start, mut at) = (mark, mark);
    for line in text[mark..].split_inclusive('\n') {
        let is_marker = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']));
        if is_marker {
            found.push(start..at);
            start = at + 3;
        } else if line.starts_with("...") && line[3..].trim().is_empty() {
            found.push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    found.push(start..text.len());
    found.retain(|range| !text[range.clone()].trim().is_empty());
    found
}

/// What to do about a document that would cost too much to read.
pub(crate) const SIMPLER: &str = "write it in a simpler way, or take the file out with `[scan] exclude`";

/// Reads one document: its tree (none if it is empty or broken), and what is wrong with it.
pub(crate) fn parse<'t>(
    text: &'t str,
    range: Range<usize>,
    path: &RepoPath,
) -> (Option<Node<'t>>, Vec<Fault>) {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.simple_key_max_lookahead = 4096;
    let mut parser = Parser::new_from_str_with_options(&text[range.clone()], options);
    let mut building = Building::new(path);
    loop {
        let (event, span) = match parser.next_event() {
            None => break,
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or_default().min(range.len());
                let at = range.start + at;
                let message = format!("this file is not valid YAML: {}", error.info());
                let fault = Fault::of(path, message).at(Span::new(at..at), "here").help(SYNTAX);
                building.faults.push(fault);
                return (None, building.faults);
            }
        };
        let bytes = span.byte_range().unwrap_or_default();
        let span = Span::new(range.start + bytes.start..range.start + bytes.end);
        if let Err(fault) = building.take(event, span) {
            building.faults.push(*fault);
            return (None, building.faults);
        }
        if building.is_done {
            break;
        }
    }
    (building.root, building.faults)
}

/// A collection that is not closed yet.
struct Open<'t> {
    anchor: usize,
    start: Span,
    mark: Mark,
    content: Content<'t>,
    /// The key of a map that waits for its value.
    key: Option<Node<'t>>,
}

struct Building<'t, 'p> {
    file: &'p RepoPath,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Node<'t>>,
    root: Option<Node<'t>>,
    is_done: bool,
    nodes: usize,
    doubled: usize,
    faults: Vec<Fault>,
}

impl<'t, 'p> Building<'t, 'p> {
    fn new(file: &'p RepoPath) -> Self {
        Self {
            file,
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            is_done: false,
            nodes: 0,
            doubled: 0,
            faults: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'t>, span: Span) -> Result<(), Box<Fault>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                self.close(anchor, span, Mark::of(tag.as_deref()), Content::Scalar { text, is_plain })
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(node) => self.put(node),
                None => Err(self.fault(span, "an alias stands inside of what it stands for")),
            },
            Event::SequenceStart(_, anchor, tag) => {
                self.open(anchor, span, tag.as_deref(), Content::List(Vec::new()));
                Ok(())
            }
            Event::MappingStart(_, anchor, tag) => {
                self.open(anchor, span, tag.as_deref(), Content::Map(Vec::new()));
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let last = match &open.content {
                    Content::List(items) => items.last().map(|item| item.span),
                    Content::Map(entries) => entries.last().map(|(key, value)| key.span.to(value.span)),
                    Content::Scalar { .. } => None,
                };
                // Its end stands behind comments and empty lines; what it holds last ends before them. What an
                // alias stands for may lie anywhere before.
                let end = last.filter(|last| last.start >= open.start.start).unwrap_or(open.start);
                let content = match open.content {
                    Content::Map(entries) => Content::Map(self.merged(entries)?),
                    content => content,
                };
                self.close(open.anchor, open.start.to(end), open.mark, content)
            }
            Event::DocumentEnd => {
                self.is_done = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, anchor: usize, start: Span, tag: Option<&Tag>, content: Content<'t>) {
        self.open.push(Open { anchor, start, mark: Mark::of(tag), content, key: None });
    }

    fn close(
        &mut self,
        anchor: usize,
        span: Span,
        mark: Mark,
        content: Content<'t>,
    ) -> Result<(), Box<Fault>> {
        // After merge keys are resolved: a chain of them is flat.
        let height = match &content {
            Content::Scalar { .. } => None,
            Content::List(items) => items.iter().map(|item| item.value.height).max(),
            Content::Map(entries) => {
                entries.iter().map(|(key, value)| key.value.height.max(value.value.height)).max()
            }
        };
        let height = height.map_or(0, |height| height + 1);
        if height > DEEPEST {
            return Err(self.fault(span, &format!("this document is nested more than {DEEPEST} levels deep")));
        }
        let weight = match &content {
            Content::Scalar { text, .. } => text.len(),
            Content::List(items) => sum(items.iter().map(Node::weight)),
            Content::Map(entries) => {
                sum(entries.iter().flat_map(|(key, value)| [key.weight(), value.weight()]))
            }
        };
        let weight = weight.saturating_add(1);
        let node = Node { span, value: Rc::new(Value { content, mark, height, weight }) };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.put(node)
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Box<Fault>> {
        self.nodes += more;
        if self.nodes > MOST_NODES {
            return Err(self.fault(span, &format!("this document has more than {MOST_NODES} values")));
        }
        Ok(())
    }

    fn put(&mut self, node: Node<'t>) -> Result<(), Box<Fault>> {
        self.count(1, node.span)?;
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match (&mut open.content, open.key.take()) {
            (Content::List(items), _) => items.push(node),
            (Content::Map(entries), Some(key)) => entries.push((key, node)),
            (Content::Map(_), None) => open.key = Some(node),
            (Content::Scalar { .. }, _) => {}
        }
        Ok(())
    }

    /// Resolves merge keys, and reports keys that are there twice; the last one counts, as most readers take
    /// it.
    fn merged(
        &mut self,
        entries: Vec<(Node<'t>, Node<'t>)>,
    ) -> Result<Vec<(Node<'t>, Node<'t>)>, Box<Fault>> {
        let is_merge = |key: &Node<'_>| key.text() == Some("<<");
        if entries.len() < 2 && !entries.iter().any(|(key, _)| is_merge(key)) {
            return Ok(entries);
        }
        let mut known: HashMap<String, usize> = HashMap::with_capacity(entries.len());
        let mut all: Vec<(Node<'t>, Node<'t>)> = Vec::with_capacity(entries.len());
        let mut merges = Vec::new();
        for (key, value) in entries {
            if is_merge(&key) {
                merges.push(value);
                continue;
            }
            let Some(name) = key.text().map(str::to_owned) else {
                all.push((key, value));
                continue;
            };
            match known.get(&name) {
                Some(at) => {
                    self.tell_doubled(&name, key.span);
                    all[*at] = (key, value);
                }
                None => {
                    known.insert(name, all.len());
                    all.push((key, value));
                }
            }
        }
        for merge in merges {
            let maps = if merge.is_list() { merge.items() } else { std::slice::from_ref(&merge) };
            for (key, value) in maps.iter().flat_map(Node::entries) {
                self.count(1, key.span)?;
                let Some(name) = key.text() else { continue };
                if !known.contains_key(name) {
                    known.insert(name.to_owned(), all.len());
                    all.push((key.clone(), value.clone()));
                }
            }
        }
        Ok(all)
    }

    fn tell_doubled(&mut self, name: &str, span: Span) {
        self.doubled += 1;
        if self.doubled <= MOST_DOUBLED {
            let message = format!("the key `{name}` is there twice");
            let fault = Fault::of(self.file, message).at(span, "again here");
            self.faults
                .push(fault.help("take one of them out: which of the two counts depends on who reads it"));
        }
    }

    fn fault(&self, span: Span, message: &str) -> Box<Fault> {
        Box::new(Fault::of(self.file, message).at(span, "here").help(SIMPLER))
    }
}

fn sum(weights: impl Iterator<Item = usize>) -> usize {
    weights.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::{MOST_NODES, documents, parse};
    use crate::text::RepoPath;

    fn path() -> RepoPath {
        RepoPath::new("a.yaml").unwrap()
    }

    #[test]
    fn values_have_the_bytes_that_they_stand_in() {
        let text = "# über\nservices:\n  cart: {image: \"shop/cart\"}\n";
        let (root, faults) = parse(text, 0..text.len(), &path());
        assert_eq!(faults, []);
        let image = root.as_ref().unwrap().at(&["services", "cart", "image"]).unwrap();
        assert_eq!(image.text(), Some("shop/cart"));
        assert_eq!(&text[image.span.range()], "\"shop/cart\"");
    }

    #[test]
    fn merge_keys_bring_what_is_not_there_and_earlier_ones_win() {
        let text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n";
        let (root, faults) = parse(text, 0..text.len(), &path());
        assert_eq!(faults, []);
        let merged = root.unwrap().get("c").unwrap().clone();
        let value = |key: &str| merged.get(key).and_then(|node| node.text().map(str::to_owned)).unwrap();
        assert_eq!([value("x"), value("y"), value("z")], ["3", "1", "2"]);
        assert!(merged.get("<<").is_none());
    }

    #[test]
    fn documents_begin_at_lines_of_three_dashes_alone() {
        let text = "a: 1\n--- # one\nb: |\n  ---\n...\n----\n---\n";
        let all: Vec<&str> = documents(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(all, ["a: 1\n", " # one\nb: |\n  ---\n", "----\n"]);
    }

    #[test]
    fn bombs_are_refused_before_they_grow() {
        let mut lines = vec!["l0: &l0 {k: v}".to_owned()];
        (1..400).for_each(|at| lines.push(format!("l{at}: &l{at} [*l{0}, *l{0}]", at - 1)));
        let deep = lines.join("\n");
        assert!(parse(&deep, 0..deep.len(), &path()).1[0].message.contains("levels deep"));
        let mut merges = vec!["m0: &m0 {}".to_owned()];
        (1..6_000).for_each(|at| merges.push(format!("m{at}: &m{at} {{<<: *m{}, k{at}: 1}}", at - 1)));
        let wide = merges.join("\n");
        let (_, faults) = parse(&wide, 0..wide.len(), &path());
        assert!(faults[0].message.contains(&MOST_NODES.to_string()), "{faults:?}");
        let circle = "a: &a [*a]";
        assert!(
            parse(circle, 0..circle.len(), &path()).1[0].message.contains("inside of what it stands for")
        );
    }

    #[test]
    fn a_key_that_is_there_twice_is_told_and_the_last_one_counts() {
        let text = "a: 1\nb: 1\na: 2\n";
        let (root, faults) = parse(text, 0..text.len(), &path());
        assert_eq!(root.unwrap().get("a").unwrap().text(), Some("2"));
        assert_eq!(&text[faults[0].span.unwrap().range()], "a");
    }
}
