//! Names, messages and lines from a repository, made harmless for a terminal.

use super::masked_message;

/// Replaces what controls a terminal or turns the direction of text: escape sequences, other control
/// characters, bidirectional overrides. Line feeds and tabs stay.
///
/// Each is replaced by something of the same length in bytes, so that spans stay right.
pub fn safe(text: &str) -> String {
    let mut safe: String = text
        .chars()
        .map(|character| if is_harmful(character) { harmless(character) } else { character })
        .collect();
    for (command, harmless) in COMMANDS {
        if safe.contains(command) {
            safe = safe.replace(command, harmless);
        }
    }
    safe
}

/// What CI systems take for a command anywhere in a line of a log, and what is shown instead.
const COMMANDS: [(&str, &str); 3] = [("##[", "#?["), ("##vso[", "#?vso["), ("##teamcity[", "#?teamcity[")];

/// As [`safe`], for what stands within one line: a name with a line feed must not begin a line of its
/// own, which a CI system could take for a command. Nor is a password of a URL told that a message quotes.
pub fn safe_line(text: &str) -> String {
    safe(&masked_message(text)).replace(['\n', '\t'], " ")
}

/// A whole output, in which no line begins with what a CI system takes for a command. A text may contain
/// one in its middle, and be wrapped just there; blanks before it don't help.
pub fn quiet(output: String) -> String {
    let is_command = |line: &str| line.trim_start().starts_with("::");
    if !output.lines().any(is_command) {
        return output;
    }
    let quiet = |line: &str| match is_command(line) {
        true => line.replacen("::", ":?", 1),
        false => line.to_owned(),
    };
    output.split_inclusive('\n').map(quiet).collect()
}

/// What controls a terminal, or how it shows text.
pub(super) fn is_harmful(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn harmless(character: char) -> char {
    match character.len_utf8() {
        1 if character == '\r' => ' ',
        1 => '?',
        2 => '¿',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::{quiet, safe, safe_line};

    #[test]
    fn a_name_stays_in_its_line() {
        assert_eq!(safe_line("a\n::error::b"), "a ::error::b");
        assert_eq!(safe_line("`redis://:hunter2@db` is odd"), "`redis://:*******@db` is odd");
    }

    #[test]
    fn what_controls_a_terminal_is_replaced_at_the_same_length() {
        let hostile = "a\u{1b}[31mb\u{202e}c\u{9b}d\r\n";
        let harmless = safe(hostile);
        assert_eq!(harmless, "a?[31mb\u{fffd}c¿d \n");
        assert_eq!(harmless.len(), hostile.len());
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_system() {
        let hostile = "a ##[error]b ##vso[task.complete]c\n  ::error::d\n::group::\ne::f";
        let harmless = quiet(safe(hostile));
        assert_eq!(harmless, "a #?[error]b #?vso[task.complete]c\n  :?error::d\n:?group::\ne::f");
        assert_eq!(harmless.len(), hostile.len());
    }
}
