//! JSON that is as harmless in a terminal, in a log and in a page as it is to a program.

use serde::Serialize;

use super::safe::is_harmful;

/// One JSON document, indented, with a line feed at its end.
///
/// What controls a terminal, ends a script in a page (`</`) or is a command in a log (`##[`) is written as
/// an escape: a program reads the same string. All of it can only be inside of strings.
pub fn to_json(value: &impl Serialize) -> String {
    // Strings and numbers always serialize.
    let json = serde_json::to_string_pretty(value).map(|json| json + "\n").unwrap_or_default();
    let mut json = json.replace("</", "<\\/").replace("##", "#\\u0023");
    if json.contains(is_harmful) {
        json = json.chars().map(escaped).collect();
    }
    json
}

/// A JSON document that another room made.
pub fn document(value: &serde_json::Value) -> String {
    to_json(value)
}

fn escaped(character: char) -> String {
    if !is_harmful(character) {
        return character.to_string();
    }
    let mut units = [0; 2];
    character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn what_is_harmful_is_escaped_and_stays_what_it_is() {
        let hostile = "</script>\u{1b}[31m\u{9b}\u{202e}\n##[error]x ##vso[y]\u{feff}\u{7f}";
        let json = to_json(&hostile);
        for part in ["</", "##", "\u{1b}", "\u{9b}", "\u{202e}", "\u{feff}", "\u{7f}"] {
            assert!(!json.contains(part), "{json}");
        }
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}
