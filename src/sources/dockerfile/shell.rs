//! What a shell is told to run: commands, the folder that each runs in, and what `sh -c` holds.
//!
//! Invariant: every command that may run is told, whatever it waits for; conditions are not judged.

use std::sync::Arc;

use crate::text::{Span, Spanned};

use super::pieced::Pieced;
use super::program::{file_name, wrapper};
use super::script::Reader;

/// One command with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct ShellCommand {
    /// The variables that are set in front of it, and their values; without words, for all that follows.
    pub assignments: Vec<(String, Spanned<String>)>,
    /// The program and its arguments. Quotes are gone; a variable stays as it is written, a `$` that means
    /// none is `\$`, and what another command would print is `$(…)`.
    pub words: Vec<Spanned<String>>,
    /// Where `cd` went before, as it was written: absolute, or relative to where the shell was started.
    /// `None` if it went nowhere.
    pub folder: Option<Arc<str>>,
    /// The `for` loops around it, the outermost first.
    pub loops: Vec<Arc<Loop>>,
    /// From its first to its last word.
    pub span: Span,
}

/// A `for` loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// The variable that it sets.
    pub variable: String,
    /// What it sets it to, one after the other.
    pub values: Vec<Spanned<String>>,
}

impl ShellCommand {
    /// The words from the program on that `env`, `sudo`, `exec` and the like start.
    pub fn program(&self) -> &[Spanned<String>] {
        let mut words = self.words.as_slice();
        while let Some(skipped) = wrapper(words) {
            words = words.get(skipped.max(1)..).unwrap_or_default();
        }
        words
    }

    /// The program's name without its folder; empty if there is no word.
    pub fn name(&self) -> &str {
        self.program().first().map_or("", |word| file_name(&word.value))
    }
}

/// Reads the commands of a shell's text that stands at an offset of a file.
pub fn commands(text: &str, offset: usize) -> Vec<ShellCommand> {
    read(&Pieced::plain(text, offset))
}

/// Reads the commands of a text that was put together.
pub(in crate::sources) fn read(text: &Pieced) -> Vec<ShellCommand> {
    let mut reader = Reader::default();
    reader.read(text);
    reader.found
}

/// Reads what is started without a shell.
pub(super) fn exec(words: Vec<Pieced>) -> Vec<ShellCommand> {
    let Some((first, last)) = words.first().zip(words.last()) else { return Vec::new() };
    let span = first.whole().to(last.whole());
    let mut reader = Reader::default();
    reader.words = words.into_iter().map(|word| (word.clone(), word.whole())).collect();
    match reader.script() {
        Some(script) => reader.nested(&script),
        None => {
            let words = std::mem::take(&mut reader.words);
            // No shell looks at it, so nothing in it is a variable.
            let spanned =
                |(word, span): (Pieced, Span)| Spanned { value: word.text().replace('$', "\\$"), span };
            let words = words.into_iter().map(spanned).collect();
            reader.found.push(ShellCommand {
                assignments: Vec::new(),
                words,
                folder: None,
                loops: Vec::new(),
                span,
            });
        }
    }
    reader.found
}

#[cfg(test)]
mod tests {
    use super::{ShellCommand, commands};

    fn shown(command: &ShellCommand) -> String {
        let mut shown = String::new();
        for one in &command.loops {
            let values: Vec<&str> = one.values.iter().map(|value| value.value.as_str()).collect();
            shown += &format!("{} of {}: ", one.variable, values.join(","));
        }
        if let Some(folder) = &command.folder {
            shown += &format!("{folder}> ");
        }
        for (name, value) in &command.assignments {
            shown += &format!("{name}={} ", value.value);
        }
        let words: Vec<&str> = command.words.iter().map(|word| word.value.as_str()).collect();
        shown + &words.join(" ")
    }

    #[test]
    fn commands_with_their_folders_loops_and_variables() {
        let cases: &[(&str, &[&str])] = &[
            ("a && b || c; d | e & f", &["a", "b", "c", "d", "e", "f"]),
            ("A=b C='d e' cargo build", &["A=b C=d e cargo build"]),
            ("A=b; c", &["A=b ", "c"]),
            ("cd a && cd b; c", &["cd a", "a> cd b", "a/b> c"]),
            ("(cd /a; b); c", &["cd /a", "/a> b", "c"]),
            ("pushd a; b; popd; c", &["pushd a", "a> b", "a> popd", "c"]),
            ("if [ -f a ]; then b; elif c; then d; else e; fi; f", &["[ -f a ]", "b", "c", "d", "e", "f"]),
            ("while a; do b; done; c", &["a", "b", "c"]),
            ("for x in a b; do c $x; done; d", &["x of a,b: c $x", "d"]),
            ("for x in a b; do for y in $x; do c; done; d; done", &["x of a,b: y of $x: c", "x of a,b: d"]),
            ("case $a in b|c) d;; *) e;; esac; f", &["d", "e", "f"]),
            ("(case a in b) cd c;; esac; d); e", &["cd c", "c> d", "e"]),
            ("a() { b; }; ! c", &["a", "b", "c"]),
            ("sh -c 'a; cd b && c'; d", &["a", "cd b", "b> c", "d"]),
            ("cd x; env A=b bash -euo pipefail -lc \"a \\$X '$Y'\"", &["cd x", "x> a $X \\$Y"]),
            ("sh -c \"sh -c 'sh -c \\\"a\\\"'\"", &["a"]),
            ("sh script -c a", &["sh script -c a"]),
            ("bash <<X\na\nb\nX\nc", &["a", "b", "c"]),
            ("cat <<X > f\na\nX\nc", &["cat", "c"]),
            ("a # b\nc", &["a", "c"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = commands(text, 0).iter().map(shown).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn the_program_is_the_one_that_others_start() {
        let cases = [
            ("sudo -u app env -i A=b nice -n 5 cargo build", "cargo"),
            ("exec /usr/bin/tini -s -- ./server --port 1", "server"),
            ("timeout -k 1 30 cargo test", "cargo"),
            ("timeout 30 cargo test", "cargo"),
            ("gosu app cargo", "cargo"),
            ("mold -run cargo build", "cargo"),
            ("env", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(commands(text, 0)[0].name(), expected, "{text}");
        }
    }

    #[test]
    fn words_stand_where_they_are_written_also_in_nested_scripts() {
        let text = "sh -c 'a \"b c\" d'";
        let found = commands(text, 100);
        let places: Vec<&str> = found[0]
            .words
            .iter()
            .map(|word| &text[word.span.start as usize - 100..word.span.end as usize - 100])
            .collect();
        assert_eq!(places, ["a", "\"b c\"", "d"]);
    }
}
