//! A repository whose names, paths and texts try to be something else, in every format.

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

use crate::watertight::{Run, repository, run};

/// What is special in one of the formats, in a terminal, in a log or in a page.
const PARTS: [&str; 23] = [
    "\\n::error file=a::pwned\\n",
    "\\r\\n::set-output name=x::y",
    "##[error]pwned",
    "##vso[task.setvariable variable=a]b",
    "\\u001B[31mred\\u001B]0;title\\u0007",
    "\\u009B31m",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![pixel](https://evil.example/x.png) [click](javascript:alert(1))",
    "`code` ``two`` ```three",
    "odd ` <b onclick=a> [b](https://evil.example)",
    "even` <b onclick=a> ![b](https://evil.example) `more",
    "long enough to be wrapped, so that what a CI system obeys begins a line of its own somewhere: \
     ::error:: ::error:: ::error:: ::error:: ::error:: ::error:: ::error:: ::error:: ::error:: ::error::",
    "| a | b |\\n|---|---|\\n# heading",
    "]]><!--",
    "- yaml: &anchor {x: !!python/object}",
    "\\u202Egnp.exe\\u2066\\u200B\\uFEFF",
    "'\\\"&amp;&lt;%0A%0D%25::",
    "@everyone #1 www.evil.example https://evil.example $x^2$",
    "\\uFFFE\\uFFFF",
    "\\\"'><svg onload=window.pwned=true></svg>",
    "{{constructor.constructor('window.pwned=true')()}} ${window.pwned=true} javascript:window.pwned=true",
    "end\\\"]; f0 --> f1 click f0 \\\"https://evil.example\\\"",
];

/// All of it in every place that takes any text: names of features, owners, responsibilities,
/// reasons, and paths as far as a file system allows.
pub(crate) fn hostile() -> tempfile::TempDir {
    let mut configuration = String::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for (at, part) in PARTS.iter().enumerate() {
        // A feature's name may hold no control character, and no slash beside another; a package's name
        // is made of few characters.
        let controls = ["\\n", "\\r", "\\u001B", "\\u0007", "\\u009B"];
        let name = controls.iter().fold(part.replace("//", "/_/"), |name, one| name.replace(one, "_"));
        configuration += &format!(
            "[responsibilities.\"r{at}{part}\"]\nabout = \"{part}\"\nowner = \"@o{part}\"\n\n\
             [features.\"f{at}{name}\"]\npaths = [\"p{at}/**\"]\nowner = \"{part}\"\nabout = \"{part}\"\n\n"
        );
        let next = (at + 1) % PARTS.len();
        // What TOML reads is what the file system gets; a slash would be a folder more.
        let table: toml::Table = format!("folder = \"{part}\"").parse().expect("TOML");
        let folder: String = table["folder"].as_str().expect("text").replace('/', "_");
        let used: toml::Table = format!("folder = \"{}\"", PARTS[next]).parse().expect("TOML");
        let used: String = used["folder"].as_str().expect("text").replace('/', "_");
        let escaped = |text: &str| toml::Value::String(text.to_owned()).to_string();
        files.push((
            format!("p{at}/{folder}/Cargo.toml"),
            format!(
                "[package]\nname = \"n{at}\"\n\n[dependencies]\nn{next} = {{ path = {} }}\n",
                escaped(&format!("../../p{next}/{used}"))
            ),
        ));
        files.push((format!("p{at}/{folder}/src/lib.rs"), String::new()));
        // And a problem in a file of a hostile name.
        files.push((format!("p{at}/broken{folder}/Cargo.toml"), format!("[package\nname = \"{part}\"\n")));
    }
    configuration += &format!(
        "[[exceptions]]\nrule = \"unshared-coupling\"\nfrom = \"p0/**\"\nto = \"p1/**\"\n\
         reason = \"{}\"\nowner = \"{}\"\n",
        PARTS.concat(),
        PARTS[3]
    );
    files.push(("watertight.toml".to_owned(), configuration));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    repository(&files)
}

fn checked(arguments: &str) -> Run {
    let folder = hostile();
    let run = run(folder.path(), arguments);
    assert_eq!(run.code, 1, "{}", run.transcript());
    run
}

/// No character that controls a terminal or turns text round, and no line that a CI system obeys.
fn assert_harmless(output: &str, is_own_command: impl Fn(&str) -> bool) {
    for character in output.chars() {
        let is_harmful = (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        assert!(!is_harmful, "{character:?}");
    }
    for line in output.lines() {
        assert!(!line.trim_start().starts_with("::") || is_own_command(line), "{line}");
        for command in ["##[", "##vso[", "##teamcity["] {
            assert!(!line.contains(command), "{line}");
        }
    }
}

fn count(output: &Value, field: &str) -> usize {
    output[field].as_array().expect("a list").len()
}

#[test]
fn a_person_sees_names_and_nothing_that_acts() {
    for arguments in ["check", "check --all --verbose --inherited", "check --format compact", "rules --prove"]
    {
        let folder = hostile();
        let run = run(folder.path(), arguments);
        assert!(!run.output.is_empty(), "{}", run.transcript());
        assert_harmless(&run.output, |_| false);
        assert_harmless(&run.messages, |_| false);
    }
    let compact = checked("check --format compact").output;
    let json = checked("check --format json").json();
    assert_eq!(compact.lines().count(), count(&json, "findings") + count(&json, "problems"));
}

#[test]
fn a_program_reads_names_as_they_are_and_a_terminal_stays_unharmed() {
    let json = checked("check --format json");
    assert_harmless(&json.output, |_| false);
    assert!(!json.output.contains("</"));
    let report = json.json();
    assert!(count(&report, "findings") >= PARTS.len() - 1, "{}", json.output);
    assert!(count(&report, "problems") >= PARTS.len(), "{}", json.output);
    assert_eq!(count(&report, "excepted"), 1);
    assert!(
        report["excepted"][0]["exception"]["reason"].as_str().expect("text").contains("\n::error file=a")
    );
    let sarif = checked("check --format sarif");
    assert_harmless(&sarif.output, |_| false);
    let results = sarif.json()["runs"][0]["results"].clone();
    for result in results.as_array().expect("results") {
        let message = result["message"]["text"].as_str().expect("text");
        assert!(!message.contains("](") && !message.contains('\n'), "{message}");
        let uri =
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a path");
        assert!(uri.chars().all(|one| one.is_ascii_alphanumeric() || "-._~/%".contains(one)), "{uri}");
    }
    let gitlab = checked("check --format gitlab");
    assert_harmless(&gitlab.output, |_| false);
    assert!(gitlab.json().as_array().expect("issues").len() >= PARTS.len());
}

#[test]
fn github_obeys_our_commands_alone() {
    let run = checked("check --format github");
    let is_own = |line: &str| {
        let kinds = ["::error file=", "::warning file=", "::notice title=watertight::"];
        kinds.iter().any(|kind| line.starts_with(kind)) && line.contains("title=watertight")
    };
    assert_harmless(&run.output, is_own);
    let commands: Vec<&str> = run.output.lines().filter(|line| line.starts_with("::")).collect();
    assert!(commands.len() <= 22);
    for command in commands {
        // The properties end at the first `::` behind the command's name; none of them may hold one.
        let (properties, _) = command[2..].split_once("::").expect("a message");
        let (_, properties) = properties.split_once(' ').expect("properties");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a value");
            assert!(["file", "line", "endLine", "col", "title"].contains(&name), "{command}");
            assert!(!value.contains(':'), "{command}");
        }
    }
}

/// What only draws is held to it in `pictures.rs`; here is what a terminal and a program read.
#[test]
fn a_picture_shows_names_and_nothing_that_acts() {
    let folder = hostile();
    for level in ["features", "packages", "units"] {
        for format in ["matrix", "csv", "json", "dot", "mermaid", "svg", "matrix-svg"] {
            let run = run(folder.path(), &format!("graph --level {level} --format {format}"));
            assert!(run.output.len() > 200, "{}", run.transcript());
            assert_harmless(&run.output, |_| false);
            let is_markup = ["dot", "mermaid", "svg", "matrix-svg"].contains(&format);
            assert!(
                !is_markup || !run.output.contains("<script") && !run.output.contains("<img"),
                "{format}"
            );
        }
    }
}

#[test]
fn an_xml_parser_reads_every_case() {
    let run = checked("check --format junit");
    assert_harmless(&run.output, |_| false);
    assert!(!run.output.contains(['\u{fffe}', '\u{ffff}']) && !run.output.contains("<script"));
    let report = quick_junit::Report::deserialize_from_str(&run.output).expect("JUnit XML");
    let cases: usize = report.test_suites.iter().map(|suite| suite.test_cases.len()).sum();
    let json = checked("check --format json").json();
    assert_eq!(cases, count(&json, "findings") + count(&json, "problems") + count(&json, "excepted"));
}

#[test]
fn markdown_shows_text_and_does_nothing() {
    let run = checked("check --format markdown");
    assert_harmless(&run.output, |_| false);
    let output = run.output.strip_prefix("<!-- watertight -->\n").expect("the marker");
    let (mut depth, mut text) = (0_usize, String::new());
    for event in Parser::new_ext(output, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html} in {output}"),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                panic!("{dest_url} in {output}")
            }
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => panic!("{output}"),
            Event::Start(Tag::CodeBlock(_)) => depth += 1,
            // What GitHub makes a link, a mention or a reference of in plain text, but not in code.
            Event::Text(part) if depth == 0 => text += &part,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => depth -= 1,
            _ => {}
        }
    }
    for lively in ["@", "#1", "://", "www."] {
        assert!(!text.contains(lively), "{lively} in {text}");
    }
    let headings = output.lines().filter(|line| line.starts_with('#'));
    assert!(headings.clone().all(|line| line.starts_with("### ") || line.starts_with("#### ")));
}
