//! The texts of messages in the source, and which of them the catalogue does not show.

use std::collections::BTreeSet;
use std::path::Path;

use watertight::rules::BUILT_IN;

/// Behind what a text of a message stands. What ends in `(` goes to the bracket that closes it, the others to the
/// end of the statement or of the field.
const MARKS: [&str; 28] = [
    "Fault::of(",
    "Outcome::error(",
    "Outcome::refused(",
    "nearest_or(",
    "then_some(",
    "Gap::of(",
    "Gap::at(",
    "Unread {",
    "wrong_type(",
    "known_word(",
    "fault(",
    "wrong(",
    "refuse(",
    "refuse_item(",
    "tell(",
    "gap(",
    "refused(",
    "Err(",
    "ok_or(",
    "f.write_str(",
    "write!(f, ",
    ".help(",
    "message:",
    "let message =",
    "let what =",
    "let why =",
    "let help =",
    "Cow::Borrowed(",
];

/// What no test here can provoke, or what is no message, and why. By the beginning of the text, or of its place.
const NOT_SHOWN: &[(&str, &str)] = &[
    ("src/baseline/review.rs", "what was done, and not what is wrong"),
    ("src/insight/prove/", "the answer of `rules --prove`, which is shown in tests/suite/commands.rs"),
    ("src/insight/impact/", "the answer of `impact`, which is shown in tests/suite/impact.rs"),
    ("note: no unit holds", "the same"),
    ("src/report/github.rs", "a line of a report, which is shown in tests/suite/reports.rs"),
    ("src/graph/mod.rs", "what is promised of every graph, asked in tests alone"),
    ("src/proposal/text.rs", "the configuration is refused before, for the same fault"),
    ("{} can't be added to", "the same"),
    ("add to it by hand what", "the same"),
    ("features reach {}", "a rule that brings no message, which is shown in tests/suite/own_rules.rs"),
    ("this is no kind of coupling", "clap refuses every other word before"),
    ("the answer can't be read", "a terminal that breaks"),
    ("there are no more answers", "a terminal that is closed, as in the tests of interview.rs"),
    ("the script can't be made", "writing into memory does not fail"),
    ("watertight help completions names", "the same"),
    ("the page of {} can't be made", "the same"),
    ("watertight help shows the same", "the same"),
    ("the report can't be written to the standard output", "a full disk, as in tests/suite/bad_input.rs"),
    ("write it to a file: --report", "the same"),
    ("cargo can't tell about this workspace", "needs cargo itself, and its words change"),
    ("what the manifests say is used instead", "the same"),
    ("what lies here can't be compared with", "an index that breaks off between two looks at it"),
    ("the list of files can't be read from", "an input that breaks off"),
    ("write one path a line, in UTF-8", "the same"),
    ("no {} for the workspace at", "told in the JSON of `graph` alone, as in tests/suite/bad_input.rs"),
    ("cargo metadata in this folder says", "the same"),
    ("the compose files of this repository say so much", "takes too long here: tests/suite/hostile.rs"),
    ("take files out with [scan] exclude", "the same"),
    ("more than {} couplings of what is deployed", "the same"),
    ("more than {} couplings of catalogs", "the same"),
    ("more than {} contracts: the rest", "the same"),
    ("these manifests have more than {} settings", "the same"),
    ("more than {} settings: the rest", "the same"),
    ("kustomizations of more than {} objects", "takes too long here: tests/suite/charts.rs"),
    ("kustomizations with so many patches", "the same"),
    ("Helm charts with more than {} settings", "the same"),
    ("values with so many maps", "the same"),
    ("it introduces and excuses {} couplings", "the plural of what is shown"),
    ("the objects in {}", "a git that is in the middle of a push, with objects that are broken"),
    ("the object that it names is not in this clone", "what is said where the library says nothing"),
    ("the merge base of {} and {} can't be found", "a commit between the two that is gone"),
    ("the list of its files would take more", "crafted objects, as in tests/suite/git_snapshots.rs"),
    ("it changes more than can be listed", "objects that name each other a million times"),
    ("object {} is a {} and no tree", "the same"),
    ("object {} names a file as git does not allow", "the same"),
    ("object {} makes a path of more than", "the same"),
];

/// A text of the source, with its place.
struct Text {
    place: String,
    /// What stands between the places to fill in.
    parts: Vec<String>,
}

/// Each text that no paragraph of the catalogue holds.
pub(super) fn missing(catalogue: &str) -> Vec<String> {
    let paragraphs: Vec<String> = catalogue.split("\n\n").map(plain).collect();
    let mut texts = of_source();
    texts.extend(of_rules());
    println!("{} texts of messages, {} of them in rules", texts.len(), of_rules().len());
    let is_shown = |text: &Text| paragraphs.iter().any(|paragraph| text.is_in(paragraph));
    let is_excused = |text: &Text| {
        NOT_SHOWN.iter().any(|(start, _)| text.whole().starts_with(start) || text.place.starts_with(start))
    };
    let missing = texts.iter().filter(|text| !is_shown(text) && !is_excused(text));
    missing.map(|text| format!("{}: {}", text.place, text.whole())).collect()
}

/// How many texts there are, and each excuse that excuses nothing that is missing any more.
pub(super) fn idle_excuses(catalogue: &str) -> Vec<&'static str> {
    let paragraphs: Vec<String> = catalogue.split("\n\n").map(plain).collect();
    let mut texts = of_source();
    texts.retain(|text| !paragraphs.iter().any(|paragraph| text.is_in(paragraph)));
    println!("{} texts are excused", texts.len());
    let is_idle = |start: &&str| {
        !texts.iter().any(|text| text.whole().starts_with(*start) || text.place.starts_with(*start))
    };
    NOT_SHOWN.iter().map(|(start, _)| *start).filter(is_idle).collect()
}

impl Text {
    fn new(place: &str, literal: &str) -> Option<Self> {
        let parts: Vec<String> = fixed_parts(literal).iter().map(|part| plain(part)).collect();
        let words = parts.iter().flat_map(|part| part.split(' ')).filter(|word| is_word(word)).count();
        (words > 1).then(|| Self { place: place.to_owned(), parts })
    }

    fn whole(&self) -> String {
        self.parts.join(" {} ").trim().to_owned()
    }

    fn is_in(&self, paragraph: &str) -> bool {
        let mut rest = paragraph;
        self.parts.iter().all(|part| match rest.find(part.as_str()) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }
}

fn is_word(text: &str) -> bool {
    text.chars().filter(|one| one.is_alphabetic()).count() > 1
}

/// A text without what frames it and where it is wrapped.
fn plain(text: &str) -> String {
    let framed = |one: char| matches!(one, '|' | '│' | '`' | '"');
    let words = text.split_whitespace().map(|word| word.replace(framed, ""));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What stands between the places to fill in; `{{` is a bracket.
fn fixed_parts(literal: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        let is_doubled = characters.peek() == Some(&character);
        match character {
            '{' | '}' if is_doubled && depth == 0 => {
                characters.next();
                parts.last_mut().expect("a part").push(character);
            }
            '{' => {
                depth += 1;
                parts.push(String::new());
            }
            '}' => depth -= 1,
            _ if depth == 0 => parts.last_mut().expect("a part").push(character),
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// The message of each rule that the tool brings.
fn of_rules() -> Vec<Text> {
    let message = |(stem, text): &(&str, &str)| {
        let rule: toml::Table = text.parse().expect("a rule");
        let message = rule.get("message").and_then(toml::Value::as_str).expect("a message");
        Text::new(&format!("rules/{stem}.toml"), message)
    };
    BUILT_IN.iter().filter_map(message).collect()
}

fn of_source() -> Vec<Text> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    let mut texts = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source");
        let place = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        texts.extend(in_code(&Code::read(code), &place));
    }
    texts
}

fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_of_tests = path.file_name().is_some_and(|name| name == "tests.rs");
        if path.is_dir() {
            sources(&path, found);
        } else if !is_of_tests {
            found.push(path);
        }
    }
}

fn in_code(code: &Code, place: &str) -> Vec<Text> {
    let mut found = BTreeSet::new();
    for mark in MARKS {
        for (at, _) in code.bare.match_indices(mark) {
            let is_part = code.bare[..at].ends_with(|one: char| one.is_alphanumeric() || one == '_');
            if !is_part || mark.starts_with('.') {
                let end = code.end(at + mark.len(), mark.ends_with(['(', '{']));
                found.extend(code.literals.range((at, 0)..(end, 0)).map(|(place, _)| *place));
            }
        }
    }
    // A text that says so itself is an error wherever it stands.
    let says_so = |text: &String| text.starts_with("error: ");
    found.extend(code.literals.iter().filter(|(_, text)| says_so(text)).map(|(place, _)| *place));
    let text =
        |(at, line): (usize, usize)| Text::new(&format!("{place}:{line}"), &code.literals[&(at, line)]);
    found.into_iter().filter_map(text).collect()
}

/// A file of Rust: without its comments and what stands in its literals, and those.
struct Code {
    bare: String,
    /// By place in `bare` and line.
    literals: std::collections::BTreeMap<(usize, usize), String>,
}

impl Code {
    fn read(text: &str) -> Self {
        let mut code = Self { bare: String::new(), literals: std::collections::BTreeMap::new() };
        let (mut rest, mut line, mut counted) = (text, 1, 0);
        while let Some(character) = rest.chars().next() {
            let at = text.len() - rest.len();
            line += text[counted..at].matches('\n').count();
            counted = at;
            rest = match character {
                '/' if rest.starts_with("//") => rest.find('\n').map_or("", |end| &rest[end..]),
                '"' => {
                    let (literal, behind) = literal(&rest[1..]);
                    code.literals.insert((code.bare.len(), line), literal);
                    code.bare.push_str("\"\"");
                    behind
                }
                // A quote or a bracket in a character is none of the code's.
                '\'' if rest[1..].starts_with('\\') => {
                    rest[3..].find('\'').map_or("", |end| &rest[end + 4..])
                }
                '\'' if rest.chars().nth(2) == Some('\'') => {
                    let length: usize = rest.chars().take(3).map(char::len_utf8).sum();
                    &rest[length..]
                }
                _ => {
                    code.bare.push(character);
                    &rest[character.len_utf8()..]
                }
            };
        }
        code
    }

    /// Where what begins at a place ends.
    fn end(&self, start: usize, is_bracket: bool) -> usize {
        let mut depth = 0;
        for (at, character) in self.bare[start..].char_indices() {
            match character {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth == 0 => return start + at,
                ')' | ']' | '}' => depth -= 1,
                ';' | ',' if depth == 0 && !is_bracket => return start + at,
                _ => {}
            }
        }
        self.bare.len()
    }
}

/// A literal without its escapes, and what stands behind it.
fn literal(text: &str) -> (String, &str) {
    let mut read = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (read, &text[at + 1..]),
            '\\' => match characters.next() {
                Some((_, 'n')) => read.push('\n'),
                Some((_, '\n')) => while characters.next_if(|(_, one)| one.is_whitespace()).is_some() {},
                Some((_, other)) => read.push(other),
                None => {}
            },
            _ => read.push(character),
        }
    }
    (read, "")
}

#[test]
fn a_message_that_nobody_has_seen_is_missed() {
    let code = r#"
fn f(file: &RepoPath, faults: &mut Vec<Fault>) {
    // A comment with "a quote and Fault::of(" in it.
    let message = format!("`{key}` is brand new, and \"odd\"");
    faults.push(Fault::of(file, message).at(span, "here").help("take it out again"));
}
"#;
    let texts = in_code(&Code::read(code), "src/new.rs");
    let told: Vec<String> = texts.iter().map(|text| format!("{}: {}", text.place, text.whole())).collect();
    assert_eq!(told, ["src/new.rs:4: {} is brand new, and odd", "src/new.rs:5: take it out again"]);
    let shown = plain("  x `colour` is brand new,\n  | and \"odd\"\n   help: take it back again");
    assert!(texts[0].is_in(&shown) && !texts[1].is_in(&shown));
}
