//! Variables in words, as the Dockerfile reference tells them.
//!
//! Invariant: what is not known stays as it is written, and the result says so; an unknown variable never
//! reads as an empty one. What comes out is bounded, whatever variables hold each other.

/// How long a value may become, in bytes.
const LONGEST: usize = 4_096;

/// How deep a variable's default may hold another one.
const DEEPEST: usize = 8;

/// What a word becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expanded {
    /// The text; what is not known in it stays as it is written.
    pub text: String,
    /// The first variable in it that is not known; `$(…)` for what a command would print.
    pub unknown: Option<String>,
}

impl Expanded {
    /// The text, if all of it is known.
    pub fn known(self) -> Option<String> {
        match self.unknown {
            None => Some(self.text),
            Some(_) => None,
        }
    }
}

/// Expands a word as it is written in a Dockerfile: with quotes, in which `'…'` holds no variables, and
/// with `\` before what stands for itself.
///
/// Knows `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:+d}`, `${X+d}`, `${X:?m}` and `${X/from/to}`, `${X#p}`,
/// `${X%p}` where they hold no wildcards.
pub fn expand(text: &str, variables: &dyn Fn(&str) -> Option<String>) -> Expanded {
    expand_word(text, '\\', variables)
}

/// The same where another character takes the meaning from the one behind it.
pub(super) fn expand_word(text: &str, escape: char, variables: &dyn Fn(&str) -> Option<String>) -> Expanded {
    let mut expander = Expander { variables, quotes: Some(escape), result: Expanded::default() };
    expander.expand(text, 0);
    expander.result
}

/// Expands a word whose quotes are gone, as in [`super::ShellCommand`]: only `\$` stands for a `$`.
pub fn expand_unquoted(text: &str, variables: &dyn Fn(&str) -> Option<String>) -> Expanded {
    let mut expander = Expander { variables, quotes: None, result: Expanded::default() };
    expander.expand(text, 0);
    expander.result
}

struct Expander<'v> {
    variables: &'v dyn Fn(&str) -> Option<String>,
    /// What escapes, where quotes are still there.
    quotes: Option<char>,
    result: Expanded,
}

impl Expander<'_> {
    fn expand(&mut self, text: &str, depth: usize) {
        let (mut rest, mut is_double) = (text, false);
        while let Some(character) = rest.chars().next() {
            let behind = rest.get(character.len_utf8()..).unwrap_or_default();
            rest = match character {
                '$' => self.dollar(behind, depth),
                '\\' if self.quotes.is_none() && behind.starts_with('$') => self.push_first(behind),
                _ if self.quotes == Some(character) => self.escaped(character, behind, is_double),
                '\'' if self.quotes.is_some() && !is_double => {
                    let end = behind.find('\'').unwrap_or(behind.len());
                    self.push(behind.get(..end).unwrap_or_default());
                    behind.get(end + 1..).unwrap_or_default()
                }
                '"' if self.quotes.is_some() => {
                    is_double = !is_double;
                    behind
                }
                _ => {
                    self.push(character.encode_utf8(&mut [0; 4]));
                    behind
                }
            };
        }
    }

    fn push(&mut self, text: &str) {
        if self.result.text.len() + text.len() <= LONGEST {
            self.result.text.push_str(text);
        } else {
            self.unknown("…");
        }
    }

    fn unknown(&mut self, name: &str) {
        if self.result.unknown.is_none() {
            self.result.unknown = Some(name.to_owned());
        }
    }

    fn push_first<'t>(&mut self, text: &'t str) -> &'t str {
        let length = text.chars().next().map_or(0, char::len_utf8);
        let (first, rest) = text.split_at(length);
        self.push(first);
        rest
    }

    fn escaped<'t>(&mut self, escape: char, behind: &'t str, is_double: bool) -> &'t str {
        if is_double && !behind.starts_with(['"', '$', escape]) {
            self.push(escape.encode_utf8(&mut [0; 4]));
            return behind;
        }
        self.push_first(behind)
    }

    /// What stands behind a `$`; gives what follows it.
    fn dollar<'t>(&mut self, behind: &'t str, depth: usize) -> &'t str {
        if let Some(inside) = behind.strip_prefix('{') {
            let Some(end) = closing(inside) else {
                self.push("$");
                self.push(behind);
                self.unknown("{");
                return "";
            };
            let (inside, rest) = inside.split_at(end);
            self.braced(inside, depth);
            return rest.get(1..).unwrap_or_default();
        }
        if behind.starts_with('(') {
            self.unknown("$(…)");
            self.push("$");
            return behind;
        }
        let length = name_length(behind);
        let (name, rest) = behind.split_at(length);
        match name {
            "" => self.push("$"),
            name => self.value((self.variables)(name), name, &format!("${name}")),
        }
        rest
    }

    fn value(&mut self, value: Option<String>, name: &str, written: &str) {
        match value {
            Some(value) => self.push(&value),
            None => {
                self.push(written);
                self.unknown(name);
            }
        }
    }

    /// What stands between `${` and `}`.
    fn braced(&mut self, inside: &str, depth: usize) {
        let (name, operation) = inside.split_at(name_length(inside));
        let written = format!("${{{inside}}}");
        if name.is_empty() || depth >= DEEPEST {
            self.push(&written);
            return self.unknown(name);
        }
        let value = (self.variables)(name);
        let is_set =
            |counts_empty: bool| value.as_deref().is_some_and(|value| counts_empty || !value.is_empty());
        if let Some((word, counts_empty)) = operand(operation, '-') {
            match value.clone().filter(|_| is_set(counts_empty)) {
                Some(value) => self.push(&value),
                None => self.expand(word, depth + 1),
            }
        } else if let Some((word, counts_empty)) = operand(operation, '+') {
            if is_set(counts_empty) {
                self.expand(word, depth + 1);
            }
        } else if operation.is_empty() || operand(operation, '?').is_some() {
            self.value(value, name, &written);
        } else {
            let changed = value.and_then(|value| self.changed(&value, operation, depth));
            self.value(changed, name, &written);
        }
    }

    /// `${X/from/to}` and the like; `None` for what is not understood.
    fn changed(&self, value: &str, operation: &str, depth: usize) -> Option<String> {
        let literal = |word: &str| {
            let mut inner =
                Expander { variables: self.variables, quotes: self.quotes, result: Expanded::default() };
            inner.expand(word, depth + 1);
            inner.result.known().filter(|word| !word.contains(['*', '?', '[']))
        };
        let (operator, word) = operation.split_at_checked(1)?;
        let twice = word.strip_prefix(operator);
        match operator {
            "/" => {
                let (from, to) = twice.unwrap_or(word).split_once('/').unwrap_or((twice.unwrap_or(word), ""));
                let (from, to) = (literal(from)?, literal(to)?);
                let count = if twice.is_some() { usize::MAX } else { 1 };
                let is_short = value.matches(&*from).count().saturating_mul(to.len()) <= LONGEST;
                (is_short && !from.is_empty()).then(|| value.replacen(&*from, &to, count))
            }
            "#" => Some(value.strip_prefix(&*literal(twice.unwrap_or(word))?).unwrap_or(value).to_owned()),
            "%" => Some(value.strip_suffix(&*literal(twice.unwrap_or(word))?).unwrap_or(value).to_owned()),
            _ => None,
        }
    }
}

/// The word behind `:-` or `-`, and whether a variable that is empty counts as set.
fn operand(operation: &str, operator: char) -> Option<(&str, bool)> {
    match operation.strip_prefix(':') {
        Some(operation) => operation.strip_prefix(operator).map(|word| (word, false)),
        None => operation.strip_prefix(operator).map(|word| (word, true)),
    }
}

fn name_length(text: &str) -> usize {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match text.bytes().next() {
        Some(first) if first.is_ascii_digit() || b"@*#?-!".contains(&first) => 1,
        _ => text.bytes().take_while(|byte| is_name(*byte)).count(),
    }
}

/// Where the brace is that closes one that is open.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut bytes = inside.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'$' if bytes.next_if(|(_, next)| *next == b'{').is_some() => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Expanded, expand, expand_unquoted};

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "X" => "x",
            "E" => "",
            "L" => "a-b-a",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn every_form_of_the_reference() {
        let cases = [
            ("$X/${X}y", "x/xy"),
            ("${E:-d}${E-d}${U:-d}${U-d}", "ddd"),
            ("${X:+d}${E:+d}${E+d}${U:+d}", "dd"),
            ("${U:-${X:-y}}", "x"),
            ("${X:?must be there}", "x"),
            ("\\$X \\${X}", "$X ${X}"),
            ("'$X' \"$X\" \"\\$X\"", "$X x $X"),
            ("${L/a/c} ${L//a/c} ${L#a-} ${L%-a} ${L/a}", "c-b-a c-b-c b-a a-b -b-a"),
            ("a$ b", "a$ b"),
            ("a\\b", "ab"),
        ];
        for (text, expected) in cases {
            assert_eq!(expand(text, &variables).known().as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_is_not_empty() {
        let cases = [
            ("a/$U/$X", "a/$U/x", "U"),
            ("${U}", "${U}", "U"),
            ("${U:-$V}", "$V", "V"),
            ("${L/a*/b}", "${L/a*/b}", "L"),
            ("$(a)", "$(a)", "$(…)"),
            ("${X", "${X", "{"),
        ];
        for (text, left, name) in cases {
            let expected = Expanded { text: left.to_owned(), unknown: Some(name.to_owned()) };
            assert_eq!(expand(text, &variables), expected, "{text}");
        }
    }

    #[test]
    fn without_quotes_only_the_dollar_is_escaped() {
        assert_eq!(expand_unquoted("it's \\$X \"$X\" \\n", &variables).text, "it's $X \"x\" \\n");
    }

    #[test]
    fn a_value_stays_short() {
        let long = |_: &str| Some("a".repeat(3_000));
        let expanded = expand("$A$A", &long);
        assert!(expanded.text.len() <= 4_096 && expanded.unknown.is_some());
    }
}
