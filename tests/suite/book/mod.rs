//! The documentation: what is made of the code, its links, the book itself, and that what it shows is true.

mod generated;
mod links;
#[cfg(unix)]
mod shell;

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page for people, by its path from the root of the repository, sorted.
pub(crate) fn pages() -> Vec<(String, String)> {
    let is_page = |path: &Path| path.extension().is_some_and(|ending| ending == "md");
    let mut found = crate::configuration_schema::files(&root().join("docs"), &is_page);
    found.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        (name, std::fs::read_to_string(path).expect("a page"))
    };
    let mut pages: Vec<_> = found.into_iter().map(read).collect();
    pages.sort();
    pages
}

/// A fenced block, and the comment that stands before it.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
    /// What a comment directly before it says.
    pub(crate) mark: Option<String>,
    pub(crate) line: usize,
}

/// The events of a page, as GitHub and mdBook read it.
pub(crate) fn events(page: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(page, options).into_offset_iter()
}

pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut open, mut comment, mut html) = (None, None, String::new());
    for (event, range) in events(page) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                let line = page[..range.start].lines().count() + 1;
                open = Some(Block {
                    language: language.to_string(),
                    text: String::new(),
                    mark: comment.take(),
                    line,
                });
            }
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            Event::Text(text) if open.is_some() => open.as_mut().expect("open").text += &text,
            Event::Html(text) => html += &text,
            Event::Start(Tag::HtmlBlock) => html.clear(),
            Event::End(TagEnd::HtmlBlock) => {
                let text = html.trim().strip_prefix("<!--").and_then(|text| text.strip_suffix("-->"));
                comment = text.map(|text| text.trim().to_owned());
            }
            _ => comment = None,
        }
    }
    found
}

/// The blocks of one language on all pages, each with its page. Those that are a copy are left out.
pub(crate) fn blocks_of(language: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, page) in pages() {
        if ["docs/contributing.md", "docs/changelog.md"].contains(&name.as_str()) {
            continue;
        }
        found.extend(
            blocks(&page)
                .into_iter()
                .filter(|block| block.language == language)
                .map(|block| (format!("{name}:{}", block.line), block.text)),
        );
    }
    found
}
