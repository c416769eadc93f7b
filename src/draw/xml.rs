//! Text from a repository as XML that shows it and does nothing else.

use crate::report::safe_line;

/// As the content of an element, or of an attribute in quotes; what no XML may hold is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in safe_line(text).chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\u{fffe}' | '\u{ffff}' => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A length in pixels, to a tenth: the same text on every machine.
pub(super) fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{escaped, px};

    #[test]
    fn no_text_is_markup() {
        assert_eq!(
            escaped("<b a='x' \"y\">&\n\u{1b}\u{202e}\u{ffff}"),
            "&lt;b a=&#39;x&#39; &quot;y&quot;&gt;&amp; ?\u{fffd}"
        );
    }

    #[test]
    fn lengths_are_short() {
        assert_eq!([1.0, 1.25, -0.01, 120.06].map(px), ["1", "1.2", "0", "120.1"]);
    }
}
