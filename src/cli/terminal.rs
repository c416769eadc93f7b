//! What a terminal can show, by what its environment says of it.

use std::env;
use std::io::{self, IsTerminal};

use clap::ValueEnum;
use terminal_size::{Width, terminal_size_of};

use crate::report::Style;

/// How wide what no terminal shows is written.
const WIDTH_OF_FILES: usize = 100;

/// Narrower than this, frames don't fit; wider, lines are hard to read.
const WIDTHS: (usize, usize) = (60, 120);

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Also in a file or a pipe
    Always,
    /// Nowhere
    Never,
}

/// A standard stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Output,
    Messages,
}

impl Stream {
    fn is_terminal(self) -> bool {
        match self {
            Self::Output => io::stdout().is_terminal(),
            Self::Messages => io::stderr().is_terminal(),
        }
    }

    /// How many columns it has; `None` where it is no terminal.
    fn columns(self) -> Option<usize> {
        let size = match self {
            Self::Output => terminal_size_of(io::stdout()),
            Self::Messages => terminal_size_of(io::stderr()),
        };
        size.map(|(Width(columns), _)| usize::from(columns))
    }
}

/// What the environment says of terminals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    /// `NO_COLOR` holds something: <https://no-color.org>.
    forbids_colour: bool,
    /// `CLICOLOR_FORCE` holds something but `0`, or `CLICOLOR` is `0`: <https://bixense.com/clicolors>.
    forces_colour: bool,
    declines_colour: bool,
    /// Nothing can be moved, coloured or drawn there.
    is_dumb: bool,
    /// It has letters for more than ASCII.
    is_unicode: bool,
}

impl Surroundings {
    /// Those of this process.
    pub(super) fn of_process() -> Self {
        Self::new(&|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()), cfg!(windows))
    }

    fn new(variable: &dyn Fn(&str) -> Option<String>, is_windows: bool) -> Self {
        // A variable without a value is as good as none, by every one of these conventions.
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM");
        let is = |name: &str| term.as_deref() == Some(name);
        // As POSIX has it: the first of them that is set decides.
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
        // Windows has no locale in its environment; its newer terminals say who they are.
        let is_modern = is_windows && (set("WT_SESSION").is_some() || set("TERM_PROGRAM").is_some());
        let is_dumb = is("dumb") || (term.is_none() && !is_windows);
        Self {
            forbids_colour: set("NO_COLOR").is_some(),
            forces_colour: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            declines_colour: set("CLICOLOR").is_some_and(|value| value == "0"),
            is_dumb,
            is_unicode: !is_dumb && !is("linux") && (is_utf8 || is_modern),
        }
    }

    /// How to draw on a stream.
    pub(super) fn style(&self, stream: Stream, colour: Colour) -> Style {
        let is_terminal = stream.is_terminal();
        Style {
            colour: self.has_colour(is_terminal, colour),
            unicode: is_terminal && self.is_unicode,
            width: stream.columns().map_or(WIDTH_OF_FILES, |columns| columns.clamp(WIDTHS.0, WIDTHS.1)),
            ..Self::style_of_file()
        }
    }

    /// A file is the same wherever it was written.
    pub(super) fn style_of_file() -> Style {
        Style {
            colour: false,
            unicode: false,
            width: WIDTH_OF_FILES,
            all: false,
            inherited: false,
            baselined: false,
            gaps: false,
        }
    }

    /// Whether a line can come and go on a stream.
    pub(super) fn can_redraw(&self, stream: Stream) -> bool {
        stream.is_terminal() && !self.is_dumb
    }

    /// Whether a stream shows more than ASCII.
    pub(super) fn has_unicode(&self) -> bool {
        self.is_unicode
    }

    /// What a person says on the command line counts most; then what forbids, and then what forces.
    fn has_colour(&self, is_terminal: bool, colour: Colour) -> bool {
        match colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto if self.forbids_colour => false,
            Colour::Auto if self.forces_colour => true,
            Colour::Auto => is_terminal && !self.is_dumb && !self.declines_colour,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, Surroundings};

    fn surroundings(variables: &str) -> Surroundings {
        let set: Vec<(&str, &str)> =
            variables.split_whitespace().filter_map(|one| one.split_once('=')).collect();
        let variable =
            |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Surroundings::new(&variable, false)
    }

    #[test]
    fn what_the_conventions_say_of_colours_holds() {
        for (variables, on_terminal, in_pipe) in [
            ("TERM=xterm", true, false),
            ("", false, false),
            ("TERM=dumb", false, false),
            ("TERM=xterm NO_COLOR=1", false, false),
            ("TERM=xterm NO_COLOR=", true, false),
            ("TERM=xterm CLICOLOR=0", false, false),
            ("TERM=xterm CLICOLOR=1", true, false),
            ("CLICOLOR_FORCE=1", true, true),
            ("TERM=dumb CLICOLOR_FORCE=1 CLICOLOR=0", true, true),
            ("TERM=xterm CLICOLOR_FORCE=0", true, false),
            ("TERM=xterm NO_COLOR=1 CLICOLOR_FORCE=1", false, false),
        ] {
            let there = surroundings(variables);
            assert_eq!(there.has_colour(true, Colour::Auto), on_terminal, "{variables}");
            assert_eq!(there.has_colour(false, Colour::Auto), in_pipe, "{variables}");
            assert!(there.has_colour(false, Colour::Always), "{variables}");
            assert!(!there.has_colour(true, Colour::Never), "{variables}");
        }
    }

    #[test]
    fn more_than_ascii_is_drawn_only_where_it_can_be_shown() {
        for (variables, is_unicode) in [
            ("TERM=xterm LANG=en_GB.UTF-8", true),
            ("TERM=xterm LANG=de_DE.utf8", true),
            ("TERM=xterm LC_CTYPE=C.UTF-8 LANG=C", true),
            ("TERM=xterm LC_ALL=C LANG=en_GB.UTF-8", false),
            ("TERM=xterm LC_ALL= LANG=en_GB.UTF-8", true),
            ("TERM=xterm LANG=en_GB.ISO-8859-1", false),
            ("TERM=xterm", false),
            ("TERM=linux LANG=en_GB.UTF-8", false),
            ("TERM=dumb LANG=en_GB.UTF-8", false),
            ("LANG=en_GB.UTF-8", false),
        ] {
            assert_eq!(surroundings(variables).is_unicode, is_unicode, "{variables}");
        }
        let windows = |name: &str| (name == "WT_SESSION").then(|| "1".to_owned());
        assert!(Surroundings::new(&windows, true).is_unicode);
        assert!(!Surroundings::new(&|_| None, true).is_dumb);
    }
}
