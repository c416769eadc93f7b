//! From lines to instructions: continuations, comments, parser directives, heredocs.
//!
//! Invariant: each line of the file is looked at once.

use crate::text::Span;

use super::pieced::Pieced;
use super::words;

/// What stands at the top of a file, and its instructions.
#[derive(Debug)]
pub(super) struct Lines {
    /// What continues a line, and takes its meaning from a character.
    pub(super) escape: char,
    pub(super) instructions: Vec<Instruction>,
}

/// One instruction, however many lines it takes.
#[derive(Debug)]
pub(super) struct Instruction {
    /// Its lines as one, without the line break.
    pub(super) line: Pieced,
    /// What follows it as heredocs, in their order.
    pub(super) heredocs: Vec<Heredoc>,
    /// Without the heredocs.
    pub(super) span: Span,
}

/// The lines of a heredoc.
#[derive(Debug)]
pub(super) struct Heredoc {
    pub(super) body: Pieced,
    /// The body with the line that ends it, as a shell wants it.
    pub(super) with_end: Pieced,
    /// What would have ended it, where nothing does.
    pub(super) missing: Option<String>,
}

/// How a heredoc ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) name: String,
    /// Whether tabs before each line count for nothing.
    pub(super) is_dashed: bool,
}

/// Splits a file into instructions.
pub(super) fn split(text: &str) -> Lines {
    let mut reader = Reader { lines: physical(text), at: 0, escape: '\\' };
    reader.directives();
    let mut instructions = Vec::new();
    while let Some(instruction) = reader.instruction() {
        instructions.push(instruction);
    }
    Lines { escape: reader.escape, instructions }
}

/// One line of the file, with what ends it, and where it begins.
type Line<'t> = (&'t str, usize);

fn physical(text: &str) -> Vec<Line<'_>> {
    let mut offset = 0;
    let place = |line| {
        let start = offset;
        offset += str::len(line);
        (line, start)
    };
    text.split_inclusive('\n').map(place).collect()
}

fn without_break(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

struct Reader<'t> {
    lines: Vec<Line<'t>>,
    at: usize,
    escape: char,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<Line<'t>> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }

    /// Reads `# escape=` from the lines at the top that are directives.
    fn directives(&mut self) {
        for (line, _) in &self.lines {
            match directive(line) {
                Some((key, "`")) if key == "escape" => self.escape = '`',
                Some((key, _)) if matches!(key.as_str(), "escape" | "syntax" | "check") => {}
                // A comment, or something else that no directive follows.
                _ => return,
            }
        }
    }

    fn instruction(&mut self) -> Option<Instruction> {
        let mut line = Pieced::default();
        while let Some((physical, offset)) = self.next() {
            let content = without_break(physical);
            let trimmed = content.trim_start();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let content = if line.is_empty() { trimmed } else { content };
            let offset = offset + without_break(physical).len() - content.len();
            let Some(continued) = self.continued(content) else {
                line.push(content, offset);
                break;
            };
            line.push(continued, offset);
        }
        (!line.is_empty()).then(|| self.finish(line))
    }

    /// The line without the escape at its end, if it goes on in the next one.
    fn continued<'l>(&self, line: &'l str) -> Option<&'l str> {
        let line = line.trim_end_matches([' ', '\t']).strip_suffix(self.escape)?;
        (!line.ends_with(self.escape)).then_some(line)
    }

    fn finish(&mut self, line: Pieced) -> Instruction {
        let end = line.text().trim_end().len();
        let span = line.span(0..end);
        let line = line.part(0..end);
        let heredocs = endings(line.text()).iter().map(|ending| self.heredoc(ending)).collect();
        Instruction { line, heredocs, span }
    }

    fn heredoc(&mut self, ending: &Ending) -> Heredoc {
        let (mut body, mut missing) = (Pieced::default(), None);
        let with_end = loop {
            let Some((line, offset)) = self.next() else {
                missing = Some(ending.name.clone());
                break body.clone();
            };
            let content = without_break(line);
            let content = if ending.is_dashed { content.trim_start_matches('\t') } else { content };
            if content == ending.name {
                let mut with_end = body.clone();
                with_end.push(line, offset);
                break with_end;
            }
            body.push(line, offset);
        };
        Heredoc { body, with_end, missing }
    }
}

/// The key and value of `# key=value`.
fn directive(line: &str) -> Option<(String, &str)> {
    let (key, value) = without_break(line).trim_start().strip_prefix('#')?.split_once('=')?;
    Some((key.trim().to_ascii_lowercase(), value.trim()))
}

/// The heredocs that an instruction announces.
fn endings(line: &str) -> Vec<Ending> {
    let mut words = words::split(line).into_iter().filter_map(|range| line.get(range));
    let mut keyword = words.next().unwrap_or_default();
    if keyword.eq_ignore_ascii_case("ONBUILD") {
        keyword = words.next().unwrap_or_default();
    }
    match keyword.to_ascii_uppercase().as_str() {
        "RUN" | "COPY" | "ADD" => words.filter_map(ending).collect(),
        _ => Vec::new(),
    }
}

/// Reads `<<EOF`, `<<-EOF`, `3<<EOF` and `<<"EOF"`.
pub(super) fn ending(word: &str) -> Option<Ending> {
    let rest = word.trim_start_matches(|digit: char| digit.is_ascii_digit()).strip_prefix("<<")?;
    let (is_dashed, name) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let is_one = !name.is_empty() && !name.contains('<');
    is_one.then(|| Ending { name: name.replace(['"', '\'', '\\'], ""), is_dashed })
}

#[cfg(test)]
mod tests {
    use super::{ending, split};

    fn lines(text: &str) -> Vec<String> {
        split(text).instructions.iter().map(|one| one.line.text().to_owned()).collect()
    }

    #[test]
    fn continuations_comments_and_directives() {
        let cases: &[(&str, &[&str])] = &[
            ("FROM a\nRUN b", &["FROM a", "RUN b"]),
            ("# c\n\n  FROM a  \r\nRUN b\r\n", &["FROM a", "RUN b"]),
            ("RUN a \\\n  b \\\n# c\n\n  && d\nRUN e", &["RUN a   b   && d", "RUN e"]),
            ("RUN a \\  \n b", &["RUN a  b"]),
            ("RUN a \\\r\n b\r\n", &["RUN a  b"]),
            ("RUN a \\\\\nRUN b", &["RUN a \\\\", "RUN b"]),
            ("# syntax=x\n# escape=`\nRUN a `\n b \\\nRUN c", &["RUN a  b \\", "RUN c"]),
            ("# a comment\n# escape=`\nRUN a `\nRUN b", &["RUN a `", "RUN b"]),
            ("RUN a \\\n", &["RUN a"]),
            ("RUN a \\", &["RUN a"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn heredocs_hold_their_lines() {
        let text = "RUN <<EOF\na\n\tEOF\nEOF\nCOPY <<-\"X\" <<Y /to/\nb\n\tX\nc\nY\nRUN cat <<< a\nCMD <<Z";
        let found = split(text);
        let bodies = |at: usize| -> Vec<&str> {
            found.instructions[at].heredocs.iter().map(|heredoc| heredoc.body.text()).collect()
        };
        assert_eq!(bodies(0), ["a\n\tEOF\n"]);
        assert_eq!(bodies(1), ["b\n", "c\n"]);
        assert_eq!(found.instructions.len(), 4);
        let open = split("onbuild run <<EOF\na");
        assert_eq!(open.instructions[0].heredocs[0].missing.as_deref(), Some("EOF"));
        assert_eq!(ending("$((1<<2))"), None);
    }
}
