//! Texts from a repository as Markdown that shows them and does nothing else: no markup, no link, no
//! picture, no mention of a person, no reference to an issue.

use super::safe_line;
use super::words::bounded;

/// How many characters of one text are shown.
const LONGEST: usize = 600;

/// What GitHub and GitLab turn into a link, a mention, a reference or a formula although it is plain text
/// in Markdown, so that no escape helps: inside of code they leave it alone.
const LIVELY: [&str; 5] = ["@", "#", "://", "www.", "$"];

/// Markdown in the making. Backticks are written by [`Self::code`] alone, so that they always match.
#[derive(Debug, Default)]
struct Markup(String);

/// A message of ours: what stands between backticks is code, the rest is text.
pub(super) fn message(text: &str) -> String {
    let text = safe_line(&bounded(text, LONGEST));
    let mut markup = Markup::default();
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks is not from us: nothing says what belongs together.
    if parts.len().is_multiple_of(2) {
        markup.text(&text);
        return markup.0;
    }
    for (at, part) in parts.iter().enumerate() {
        match at % 2 {
            0 => markup.text(part),
            _ if part.is_empty() => markup.text("``"),
            _ => markup.code(part),
        }
    }
    markup.0
}

/// A name or a path, as code.
pub(super) fn code(text: &str) -> String {
    let text = safe_line(&bounded(text, LONGEST));
    let mut markup = Markup::default();
    match text.contains('`') || text.is_empty() {
        true => markup.text(&text),
        false => markup.code(&text),
    }
    markup.0
}

impl Markup {
    /// Appends code, which holds no backtick; to code that stands there already, if it does.
    fn code(&mut self, text: &str) {
        if self.0.ends_with('`') {
            self.0.pop();
        } else {
            self.0.push('`');
        }
        self.0 += text;
        self.0.push('`');
    }

    /// Appends text of which no character is markup.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let lively = LIVELY
                .iter()
                .find(|one| rest.get(..one.len()).is_some_and(|start| start.eq_ignore_ascii_case(one)));
            let length = lively.map_or(character.len_utf8(), |one| one.len());
            let (part, after) = rest.split_at(length);
            match (lively, character) {
                (Some(_), _) => self.code(part),
                (None, '&') => self.0 += "&amp;",
                (None, '<') => self.0 += "&lt;",
                (None, '>') => self.0 += "&gt;",
                (None, '`') => self.0 += "&#96;",
                (None, '\\' | '*' | '_' | '[' | ']' | '|' | '~') => {
                    self.0.push('\\');
                    self.0.push(character);
                }
                _ => self.0.push(character),
            }
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{code, message};

    #[test]
    fn names_are_code_and_the_rest_is_text() {
        assert_eq!(message("`a` uses `b_c` (only on `x`)"), "`a` uses `b_c` (only on `x`)");
        assert_eq!(code("crates/a_b/Cargo.toml:3"), "`crates/a_b/Cargo.toml:3`");
    }

    #[test]
    fn nothing_of_a_hostile_text_is_markup() {
        assert_eq!(message("a` <b> @me #1 `"), "a` <b> @me #1 `");
        assert_eq!(message("<b> @me#1 ![x](y)"), "&lt;b&gt; `@`me`#`1 !\\[x\\](y)");
        assert_eq!(message("odd ` https://evil www.evil"), "odd &#96; https`://`evil `www.`evil");
        assert_eq!(code("a`<b>"), "a&#96;&lt;b&gt;");
    }
}
