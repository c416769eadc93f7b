//! Colours and wrapped text for a terminal.

use anstyle::{AnsiColor, Style as Ansi};

use crate::rules::Level;

use super::Style;

pub(super) const BOLD: Ansi = Ansi::new().bold();
pub(super) const DIM: Ansi = Ansi::new().dimmed();
pub(super) const RED: Ansi = AnsiColor::Red.on_default().bold();
pub(super) const YELLOW: Ansi = AnsiColor::Yellow.on_default();
pub(super) const GREEN: Ansi = AnsiColor::Green.on_default().bold();
pub(super) const CYAN: Ansi = AnsiColor::Cyan.on_default();

/// The text in a colour, where colours may be used.
pub(super) fn paint(text: &str, how: Ansi, style: Style) -> String {
    match style.colour {
        true => format!("{how}{text}{how:#}"),
        false => text.to_owned(),
    }
}

/// The colour of a level.
pub(super) fn of_level(level: Level) -> Ansi {
    match level {
        Level::Deny => RED,
        Level::Warn => YELLOW,
        Level::Off => DIM,
    }
}

/// Text wrapped to the width, each line behind an indent; with a line feed at its end.
pub(super) fn wrapped(text: &str, first: &str, rest: &str, style: Style) -> String {
    let options = textwrap::Options::new(style.width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    // A number stays beside its sign.
    let kept = text.replace(" %", "\u{a0}%");
    textwrap::fill(&kept, options).replace("\u{a0}%", " %") + "\n"
}
