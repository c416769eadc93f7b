//! Names and globs by which a configuration names units.

use std::collections::BTreeMap;

use globset::{Glob, GlobMatcher, GlobSet, GlobSetBuilder};

use crate::graph::{Unit, UnitKind};
use crate::text::toml::known_word;
use crate::text::{Fault, Location, RepoPath, Spanned, glob, is_glob, nearest};

/// A glob over paths, relative to the root of the repository. One that matches a folder covers
/// everything below it.
#[derive(Debug, Clone)]
pub struct PathSelector {
    /// As it is written (one alternative of a glob with braces), and where.
    pub written: Spanned<String>,
    /// The length of the text before the first glob character, and whether there is none: the
    /// longer wins, and a plain path beats a glob of the same length.
    pub(super) precision: (usize, bool),
    glob: Glob,
}

impl PathSelector {
    /// Reads a glob; a trailing `/` or `/**` says nothing more than the folder itself. Alternatives in
    /// braces become a selector each, so that each has its own precision and a typo in one is seen.
    ///
    /// `.` names the package at the root, and not everything below it.
    pub(super) fn read(written: Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) -> Vec<Self> {
        let fault = |label: &str| {
            let fault = Fault::of(file, format!("`{}` is not a valid path or glob", written.value));
            fault.at(written.span, label)
        };
        let text = written.value.trim_end_matches('/');
        let text = text.strip_suffix("/**").unwrap_or(text);
        let text = if text == "." { "" } else { text.strip_prefix("./").unwrap_or(text) };
        if text.is_empty() && !written.value.starts_with('.') {
            let fault = Fault::of(file, "this path is empty").at(written.span, "names nothing");
            faults.push(fault.help("name a folder: `crates/cart`, `crates/cart-*`"));
            return Vec::new();
        }
        if text.starts_with('/') || text.split('/').any(|part| part == "..") || text.contains('\\') {
            let help = "paths start at the root of the repository and use `/`";
            faults.push(fault("not a path inside the repository").help(help));
            return Vec::new();
        }
        let Some(alternatives) = expand_braces(text) else {
            faults.push(fault("too many alternatives in braces").help("list them one by one, or use `*`"));
            return Vec::new();
        };
        let is_one = alternatives.len() == 1;
        let mut read = Vec::new();
        for text in alternatives {
            match glob(&text) {
                Ok(glob) => read.push(Self {
                    precision: precision(&text),
                    glob,
                    // What is said about a selector quotes it as it is written, if it stands alone.
                    written: if is_one {
                        written.clone()
                    } else {
                        Spanned { value: text, span: written.span }
                    },
                }),
                Err(error) => faults.push(fault(&error).help(GLOBS)),
            }
        }
        read
    }

    /// Whether it could name something that lies in a folder, and is not the folder itself or around it.
    pub(super) fn may_name_inside(&self, folder: &RepoPath) -> bool {
        let mut parts = self.glob.glob().split('/');
        for own in folder.parts() {
            match parts.next() {
                // Any number of folders.
                Some("**") => return true,
                Some(part) if is_glob(part) => {}
                Some(part) if part == own => {}
                _ => return false,
            }
        }
        parts.next().is_some_and(|part| !part.is_empty())
    }
}

/// How globs are written.
const GLOBS: &str = "write a name, with `*` for a part of it: `cart-*`; `[` and `{` have to be closed";

/// A glob over the names of `what`, or a fault.
pub(super) fn named_glob(
    name: &str,
    written: &Spanned<String>,
    what: &str,
    file: &RepoPath,
    faults: &mut Vec<Fault>,
) -> Option<Glob> {
    let fault = match glob(name) {
        Ok(glob) if !name.is_empty() => return Some(glob),
        Ok(_) => {
            let fault = Fault::of(file, format!("this name of a {what} is empty"));
            fault
                .at(written.span, "names nothing")
                .help(format!("write the name of a {what}, or a glob: `cart-*`"))
        }
        Err(why) => {
            let message = format!("`{}` is not a valid name or glob of a {what}", written.value);
            Fault::of(file, message).at(written.span, why).help(GLOBS)
        }
    };
    faults.push(fault);
    None
}

/// `a-{b,c}` as `a-b` and `a-c`; `None` above a bound. What is not closed is left to the glob.
pub(super) fn expand_braces(text: &str) -> Option<Vec<String>> {
    const MOST: usize = 256;
    let mut done = Vec::new();
    let mut pending = vec![text.to_owned()];
    while let Some(next) = pending.pop() {
        let close = next.find('}');
        let open = close.and_then(|close| next[..close].rfind('{'));
        match (open, close) {
            (Some(open), Some(close)) => {
                let parts = next[open + 1..close].split(',');
                pending.extend(parts.map(|part| format!("{}{part}{}", &next[..open], &next[close + 1..])));
            }
            _ => done.push(next),
        }
        if done.len() + pending.len() > MOST {
            return None;
        }
    }
    done.sort();
    Some(done)
}

/// Answers for many selectors at once which of them cover a path.
///
/// Plain paths are looked up; globs are compiled together. Compiling each by itself costs more than
/// reading a thousand manifests.
#[derive(Debug, Default)]
pub(super) struct PathMatcher {
    literal: BTreeMap<String, Vec<usize>>,
    /// Compiled a few at a time: a set has a limit, and one that is over it would match nothing.
    globs: Vec<(GlobSet, Vec<usize>)>,
}

impl PathMatcher {
    /// Positions in the answers are positions in `selectors`.
    pub(super) fn new<'s>(selectors: impl IntoIterator<Item = &'s PathSelector>) -> Self {
        const TOGETHER: usize = 64;
        let mut matcher = Self::default();
        let mut globs: Vec<(usize, Glob)> = Vec::new();
        for (at, selector) in selectors.into_iter().enumerate() {
            if selector.precision.1 {
                let path = selector.glob.glob().to_owned();
                matcher.literal.entry(path).or_default().push(at);
            } else {
                globs.push((at, selector.glob.clone()));
            }
        }
        for chunk in globs.chunks(TOGETHER) {
            let mut set = GlobSetBuilder::new();
            for (_, glob) in chunk {
                set.add(glob.clone());
            }
            let positions = chunk.iter().map(|(at, _)| *at).collect();
            // Each is bounded and compiles by itself, so a few of them do together.
            matcher.globs.push((set.build().unwrap_or_default(), positions));
        }
        matcher
    }

    /// The selectors that name exactly this path, in order.
    pub(super) fn naming(&self, path: &str) -> Vec<usize> {
        let mut found = self.literal.get(path).cloned().unwrap_or_default();
        for (globs, positions) in &self.globs {
            found.extend(globs.matches(path).into_iter().map(|at| positions[at]));
        }
        found.sort_unstable();
        found
    }

    /// Whether any selector names the path or a folder around it.
    pub(super) fn covers(&self, path: &RepoPath) -> bool {
        let is_globbed = |part: &str| self.globs.iter().any(|(globs, _)| globs.is_match(part));
        let is_named = |part: &str| self.literal.contains_key(part) || is_globbed(part);
        path.with_ancestors().filter(|part| !part.is_empty()).any(is_named)
    }
}

/// A name or glob over unit names, or over their paths where it holds a `/`; `kind:` before it selects
/// units of that kind alone.
#[derive(Debug, Clone)]
pub(super) struct NameSelector {
    pub(super) written: Spanned<String>,
    pub(super) precision: (usize, bool),
    pub(super) kind: Option<UnitKind>,
    matcher: GlobMatcher,
    /// Whether it is a path that covers what lies below it.
    is_deep: bool,
}

impl NameSelector {
    /// Reads a name or glob. Alternatives in braces become a selector each, so that a typo in one is seen.
    pub(super) fn read(written: Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) -> Vec<Self> {
        match expand_braces(&written.value) {
            Some(alternatives) if alternatives.len() > 1 => {
                let of = |value| Spanned { value, span: written.span };
                alternatives.into_iter().filter_map(|one| Self::read_one(of(one), file, faults)).collect()
            }
            _ => Self::read_one(written, file, faults).into_iter().collect(),
        }
    }

    pub(super) fn read_one(
        written: Spanned<String>,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        if let Some(fault) = misspelt_kind(&written, file) {
            faults.push(fault);
            return None;
        }
        if let Some(word) = written.value.strip_prefix("kind:") {
            let spanned = Spanned { value: word.to_owned(), span: written.span };
            let words = UnitKind::ALL.map(|kind| (kind.word(), kind));
            let kind = known_word(&spanned, &words, "kind of unit", file, faults)?;
            let matcher = glob("**").ok()?.compile_matcher();
            return Some(Self { written, precision: (0, false), kind: Some(kind), matcher, is_deep: false });
        }
        let (kind, name) = kind_and_name(&written.value);
        let is_deep = name.ends_with("/**");
        let name = name.strip_suffix("/**").unwrap_or(name);
        let glob = named_glob(name, &written, "unit", file, faults)?;
        Some(Self { precision: precision(name), matcher: glob.compile_matcher(), kind, is_deep, written })
    }

    /// The name, if it is no glob.
    pub(super) fn literal(&self) -> Option<&str> {
        (self.precision.1 && !self.is_deep).then(|| kind_and_name(&self.written.value).1)
    }

    /// Whether a text begins with a kind of unit.
    pub(super) fn has_kind(written: &Spanned<String>) -> bool {
        kind_and_name(&written.value).0.is_some() || written.value.starts_with("kind:")
    }

    /// The same as a selector of paths, if it may name a source.
    pub(super) fn as_path(&self) -> Option<PathSelector> {
        let is_path = self.written.value.contains('/') && matches!(self.kind, None | Some(UnitKind::Module));
        let glob = is_path.then(|| self.matcher.glob().clone())?;
        Some(PathSelector { written: self.written.clone(), precision: self.precision, glob })
    }

    /// The crate, if it names a module by its path in the code: `users::api`.
    pub(super) fn crate_of_module(&self) -> Option<&str> {
        let (name, _) = kind_and_name(&self.written.value).1.split_once("::")?;
        (!is_glob(name)).then_some(name)
    }

    pub(super) fn is_match(&self, unit: &Unit) -> bool {
        if self.kind.is_some_and(|kind| kind != unit.kind) {
            return false;
        }
        // A name never holds a `/` by itself, so one that does is a path.
        let is_path = self.is_deep || self.written.value.contains('/');
        let is_below = |folder: &str| !folder.is_empty() && self.matcher.is_match(folder);
        // A module is named by its file, or by the folder of its name.
        let own = if unit.kind == UnitKind::Module { 2 } else { 1 };
        (is_path && unit.has_folder() && unit.places().take(own).any(|place| self.matcher.is_match(place)))
            || (self.is_deep && unit.has_folder() && unit.places().any(is_below))
            || self.matcher.is_match(&unit.short_name)
            || self.matcher.is_match(&unit.name)
    }
}

/// A fault for what stands before a `:` and is nearly a kind of unit.
pub(super) fn misspelt_kind(written: &Spanned<String>, file: &RepoPath) -> Option<Fault> {
    let (word, name) = written.value.split_once(':')?;
    let kinds = UnitKind::ALL.map(UnitKind::word);
    let near = nearest(word, kinds).filter(|near| *near != word)?;
    let fault = Fault::of(file, format!("unknown kind of unit `{word}`")).at(written.span, "no such kind");
    Some(fault.help(format!("did you mean `{near}:{name}`?")))
}

/// `datastore:orders` as its two parts; a `:` behind no kind is a part of the name.
fn kind_and_name(text: &str) -> (Option<UnitKind>, &str) {
    match text.split_once(':') {
        Some((word, name)) if UnitKind::of_word(word).is_some() => (UnitKind::of_word(word), name),
        _ => (None, text),
    }
}

/// A name or glob over features; a parent names its children.
#[derive(Debug, Clone)]
pub(super) struct FeaturePattern {
    pub(super) written: Spanned<String>,
    matcher: GlobMatcher,
}

impl FeaturePattern {
    pub(super) fn read(written: Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<Self> {
        let glob = named_glob(&written.value, &written, "feature", file, faults)?;
        Some(Self { matcher: glob.compile_matcher(), written })
    }

    pub(super) fn is_match(&self, feature: &str) -> bool {
        let parents = feature.match_indices('/').map(|(at, _)| &feature[..at]);
        parents.chain([feature]).any(|name| self.matcher.is_match(name))
    }
}

/// The length of the text before the first glob character, and whether there is none.
fn precision(text: &str) -> (usize, bool) {
    let literal = text.find(['*', '?', '[', '{']).unwrap_or(text.len());
    (literal, literal == text.len())
}

/// A name or glob that matches nothing in the snapshot.
#[derive(Debug, Clone)]
pub struct Unmatched {
    /// As it is written.
    pub written: String,
    /// What it stands in: `paths of feature checkout`.
    pub place: String,
    /// What it should have matched: a unit, a package, a binary, a file.
    pub wanted: &'static str,
    /// Where.
    pub location: Location,
    /// The nearest thing that is there.
    pub nearest: Option<String>,
}
