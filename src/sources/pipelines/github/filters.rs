//! Actions that look at which files a change touches: the globs behind each of their outputs.

use crate::text::yaml::{self, Node};
use crate::text::{RepoPath, Span, Spanned};

use super::Step;

/// An output of a filter action, and the globs that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFilter {
    /// The output, in lower case.
    pub output: String,
    /// The globs, `!` in front of one that leaves files out. Their places are those of the whole input.
    pub globs: Vec<Spanned<String>>,
    /// The file that they stand in, if it is not that of the step.
    pub file: Option<RepoPath>,
    /// Whether a glob with `!` leaves out what others match; otherwise it matches what it does not name.
    pub is_without: bool,
}

/// The filters of a step, if it runs an action that has any: dorny/paths-filter and tj-actions/changed-files, and
/// what is derived from them. They may also be in a file of their own, which is named then.
pub(super) fn filters_of(step: &Step, file: &str) -> (Vec<NamedFilter>, Option<String>) {
    let Some(uses) = &step.uses else { return (Vec::new(), None) };
    let name = uses.value.split('@').next().unwrap_or_default();
    let base = name.rsplit('/').next().unwrap_or_default();
    let found = match base {
        "paths-filter" | "path-filter" => {
            let Some(text) = step.given("filters") else { return (Vec::new(), None) };
            let is_file = !text.value.contains(['\n', ':']) && text.value.contains(".y");
            match is_file {
                true => return (Vec::new(), Some(text.value.clone())),
                false => named(text, file, ""),
            }
        }
        "changed-files" => {
            let lines = |name: &str, mark: &str| -> Vec<Spanned<String>> {
                let text = step.given(name);
                let lines = text.into_iter().flat_map(|text| {
                    let lines = text.value.lines().map(str::trim).filter(|line| !line.is_empty());
                    lines
                        .map(|line| placed(&format!("{mark}{line}"), line, text.span, file))
                        .collect::<Vec<_>>()
                });
                lines.collect()
            };
            let mut globs = lines("files", "");
            // Without files, all of them are meant.
            let all = || Spanned { value: "**".to_owned(), span: uses.span };
            let ignored = lines("files_ignore", "!");
            if globs.is_empty() && !ignored.is_empty() {
                globs.push(all());
            }
            globs.extend(ignored);
            let mut found = Vec::new();
            if !globs.is_empty() {
                for output in ["any_changed", "any_modified", "only_changed", "all_changed_files"] {
                    found.push(NamedFilter {
                        output: output.to_owned(),
                        globs: globs.clone(),
                        file: None,
                        is_without: true,
                    });
                }
            }
            for text in step.given("files_yaml").into_iter() {
                for ending in ["_any_changed", "_any_modified", "_all_changed_files"] {
                    found.extend(named(text, file, ending));
                }
            }
            found
        }
        _ => Vec::new(),
    };
    (found, None)
}

/// The filters of a file of them.
pub fn filters_in(path: &RepoPath, text: &str) -> Vec<NamedFilter> {
    let whole = Spanned { value: text.to_owned(), span: Span::new(0..text.len()) };
    let found = named(&whole, text, "").into_iter();
    found.map(|filter| NamedFilter { file: Some(path.clone()), ..filter }).collect()
}

/// The filters of a YAML text in a text.
fn named(text: &Spanned<String>, file: &str, ending: &str) -> Vec<NamedFilter> {
    let Some(path) = RepoPath::new("filters") else { return Vec::new() };
    let (tree, _) = yaml::parse(&text.value, 0..text.value.len(), &path);
    let Some(tree) = tree else { return Vec::new() };
    let filter = |(name, globs): &(Node<'_>, Node<'_>)| {
        let mut found = Vec::new();
        collect(globs, text.span, file, &mut found, 0);
        Some(NamedFilter {
            output: format!("{}{ending}", name.text()?).to_ascii_lowercase(),
            globs: found,
            file: None,
            is_without: !ending.is_empty(),
        })
    };
    tree.entries().iter().filter_map(filter).collect()
}

/// Lists may hold lists, by way of anchors; `added|modified: glob` says for which changes.
fn collect(node: &Node<'_>, span: Span, file: &str, found: &mut Vec<Spanned<String>>, depth: usize) {
    if let Some(text) = node.text() {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            found.push(placed(line, line, span, file));
        }
    } else if depth < 8 && found.len() < 10_000 {
        let values = node.entries().iter().map(|(_, value)| value);
        node.items().iter().chain(values).for_each(|one| collect(one, span, file, found, depth + 1));
    }
}

/// A glob with the place where it stands in a text of the file.
fn placed(glob: &str, written: &str, span: Span, file: &str) -> Spanned<String> {
    let range = span.range();
    let at = file.get(range.clone()).and_then(|text| text.find(written));
    let span = at.map_or(span, |at| Span::new(range.start + at..range.start + at + written.len()));
    Spanned { value: glob.to_owned(), span }
}
