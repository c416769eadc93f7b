//! Golden facts: what is read of each fixture of a format, listed with the lines where it stands.

use std::fmt::Write;
use std::path::Path;

use watertight::text::{LineIndex, Span};

use crate::watertight::{folders, name, testdata};

/// Writes the facts of one text line by line.
pub(crate) struct Listing<'t> {
    pub(crate) text: &'t str,
    lines: LineIndex,
    pub(crate) written: String,
}

impl<'t> Listing<'t> {
    /// Begins with what the text is called.
    pub(crate) fn new(text: &'t str, title: &str) -> Self {
        Self { text, lines: LineIndex::new(text), written: format!("  {title}\n") }
    }

    pub(crate) fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.written, "{}{text}", "  ".repeat(depth)).expect("written");
    }

    /// The line and the column where something begins.
    pub(crate) fn place(&self, span: Span) -> String {
        let at = self.lines.position(self.text, span.start);
        format!("{}:{}", at.line, at.column)
    }
}

/// Compares what is listed of all fixtures of a format with what was listed before.
pub(crate) fn facts(format: &str, listing: &dyn Fn(&Path) -> String) {
    let root = testdata(&format!("sources/{format}"));
    let mut golden = String::new();
    for fixture in folders(&root) {
        writeln!(golden, "{}", name(&fixture)).expect("written");
        let entries = std::fs::read_dir(&fixture).expect("a folder");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        files.iter().for_each(|file| golden.push_str(&listing(file)));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&root);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("facts", golden));
}
