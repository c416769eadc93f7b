//! What is told of Dockerfiles: golden facts, and that no text of any kind can do harm.

use proptest::prelude::*;

use watertight::sources::dockerfile::{Dockerfile, Mount, ShellCommand, Step, StepKind};
use watertight::text::{RepoPath, Span};

use crate::image_listing::listing;
use crate::watertight::{folders, name, testdata};

fn path() -> RepoPath {
    RepoPath::new("Dockerfile").expect("a path")
}

/// The fixtures, by name.
fn fixtures() -> Vec<(String, String)> {
    let text = |folder: std::path::PathBuf| {
        let text = std::fs::read_to_string(folder.join("Dockerfile")).expect("a Dockerfile");
        (name(&folder).to_owned(), text)
    };
    folders(&testdata("sources/dockerfile")).into_iter().map(text).collect()
}

/// An image that is asked for: a fixture, its target, and what the build is told.
type Asked = (&'static str, Option<&'static str>, &'static [(&'static str, &'static str)]);

/// The images that are asked for beside each fixture's own.
const ASKED: [Asked; 6] = [
    ("target-stages", Some("CART"), &[]),
    ("target-stages", Some("1"), &[]),
    ("target-stages", Some("none"), &[]),
    ("package-by-build-argument", None, &[("PACKAGE", "prices"), ("BIN", "prices-api"), ("OTHER", "no")]),
    ("unknown-variables", None, &[("PACKAGE", "prices"), ("REGISTRY", "ghcr.io/shop")]),
    ("on-build", Some("template"), &[]),
];

#[test]
fn golden_facts_of_every_fixture() {
    let mut golden = String::new();
    for (fixture, text) in fixtures() {
        let (file, faults) = Dockerfile::read(&path(), &text);
        assert_eq!(faults, [], "{fixture}");
        let file = file.expect("a file");
        golden += &format!("{fixture}\n{}", listing(&file, &text, None, &[]));
        for (_, target, arguments) in ASKED.iter().filter(|(name, ..)| *name == fixture) {
            let target_name = target.unwrap_or("the last");
            golden += &format!("{fixture}, {target_name}, {arguments:?}\n");
            golden += &listing(&file, &text, *target, arguments);
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => testdata("sources/dockerfile") }, {
        insta::assert_snapshot!("facts", golden);
    });
}

/// Every place that a step tells.
fn spans(step: &Step) -> Vec<Span> {
    let mut found = vec![step.span];
    match &step.kind {
        StepKind::Arg(argument) => {
            found.push(argument.name.span);
            found.extend(argument.default.iter().map(|default| default.span));
        }
        StepKind::Env(variables) => {
            found.extend(variables.iter().flat_map(|(name, value)| [name.span, value.span]));
        }
        StepKind::Workdir(folder) => found.push(folder.span),
        StepKind::Copy(copy) => {
            let words = copy.from.iter().chain(&copy.sources).chain([&copy.target]).chain(&copy.excludes);
            found.extend(words.map(|word| word.span));
        }
        StepKind::Run(run) => {
            found.extend(run.commands.iter().flat_map(of_command));
            found.extend(run.mounts.iter().flat_map(of_mount));
        }
        StepKind::Entrypoint(command) | StepKind::Cmd(command) => {
            found.extend(command.commands.iter().flat_map(of_command));
        }
        StepKind::OnBuild(inner) => found.extend(spans(inner)),
    }
    found
}

fn of_command(command: &ShellCommand) -> Vec<Span> {
    let words = command.words.iter().chain(command.assignments.iter().map(|(_, value)| value));
    let values = command.loops.iter().flat_map(|one| &one.values);
    words.chain(values).map(|word| word.span).chain([command.span]).collect()
}

fn of_mount(mount: &Mount) -> Vec<Span> {
    let words = [&mount.from, &mount.source, &mount.target].into_iter().flatten();
    words.map(|word| word.span).chain([mount.span]).collect()
}

/// Reads a text and asks for every image of it; whatever it is, every place lies within it.
fn read_all(text: &str) {
    let (file, faults) = Dockerfile::read(&path(), text);
    let Some(file) = file else { return };
    let mut places: Vec<Span> = faults.iter().filter_map(|fault| fault.span).collect();
    for stage in &file.stages {
        places.extend([stage.span, stage.from.span]);
        places.extend(stage.name.iter().map(|name| name.span));
        places.extend(stage.steps.iter().flat_map(spans));
    }
    for place in places {
        assert!(text.get(place.range()).is_some(), "{place:?} in {text:?}");
    }
    for stage in 0..file.stages.len() {
        // The listing cuts the text at every place that it shows.
        listing(&file, text, Some(&stage.to_string()), &[("PACKAGE", "a b"), ("A", "$A")]);
    }
}

/// Lines of what means something to the reader.
fn lines() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "FROM",
        "RUN",
        "COPY",
        "ADD",
        "ENV",
        "ARG",
        "ONBUILD",
        "CMD",
        "WORKDIR",
        "a",
        "AS",
        "--from=a",
        "--from=0",
        "--mount=type=cache,target=/t",
        "--mount=from=a,source=/,target=t",
        "cargo",
        "build",
        "-p",
        "--bin=x",
        "cp",
        "mv",
        "/app/target/release/x",
        "target/debug/",
        "/out/*",
        "{a,b}",
        "$A",
        "${A:-b}",
        "${A:+${B",
        "$(x",
        "`",
        "\"",
        "'",
        "\\",
        "\\\n",
        "\n",
        "\r\n",
        "\n",
        "<<EOF",
        "EOF",
        "\nEOF\n",
        "<<-X",
        "[\"a\",",
        "\"b\\n\"]",
        "&&",
        "||",
        ";",
        "|",
        "(",
        ")",
        "if",
        "for",
        "in",
        "do",
        "done",
        "case",
        "esac",
        "cd",
        "sh",
        "-c",
        "é",
        "#",
        "# escape=`\n",
        "=",
        "A=b",
        "A=$A$A",
        "find",
        "-exec",
        "{}",
        "\t",
        "\u{2028}",
        ">",
        "2>&1",
    ]);
    prop::collection::vec((word, prop::bool::weighted(0.8)), 0..60).prop_map(|words| {
        words
            .into_iter()
            .map(|(word, is_parted)| if is_parted { format!("{word} ") } else { word.to_owned() })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_can_do_harm(text in any::<String>()) {
        read_all(&text);
        read_all(&format!("FROM a AS a\nRUN {text}"));
    }

    #[test]
    fn no_lines_can_do_harm(text in lines()) {
        read_all(&text);
        read_all(&format!("FROM a AS a\nRUN cargo build\nFROM a\n{text}"));
    }

    #[test]
    fn no_broken_fixture_can_do_harm(
        fixture in prop::sample::select(fixtures()),
        (at, length) in (any::<prop::sample::Index>(), 0_usize..8),
        put in "[ -~éß\n\t]{0,3}",
    ) {
        let characters: Vec<char> = fixture.1.chars().collect();
        let at = at.index(characters.len());
        let prefix: String = characters[..at].iter().collect();
        read_all(&prefix);
        let rest: String = characters.iter().skip(at + length).collect();
        read_all(&format!("{prefix}{put}{rest}"));
    }
}

#[test]
fn what_grows_without_bound_is_bounded() {
    let repeated = [
        ("FROM a\nRUN ", "if "),
        ("FROM a\nRUN ", "cd aaaaaaaaaaaaaa;"),
        ("FROM a\nRUN ", "sh -c 'while x; do "),
        ("FROM a\nRUN ", "(("),
        ("FROM a\nRUN ", "$(`"),
        ("FROM a\nRUN x ", "${A"),
        ("FROM a\nRUN x ", "${A:-"),
        ("FROM a\nRUN cp ", "{a,b}"),
        ("FROM a\nRUN cargo build; ", "cp -r target/release /a;"),
        ("FROM a\nRUN for i in {1,2,3}{1,2,3}{1,2,3}; do for j in $i; do ", "cargo build -p $i;"),
        ("FROM a\nENV A=aaaaaaaaaaaaaaaaaaaa\n", "ENV A=$A$A\nRUN cargo build -p $A\n"),
        ("FROM a AS a\nRUN cargo build\n", "FROM a AS a\nCOPY --from=a / /b\n"),
        ("FROM a\n", "RUN <<A <<B\n"),
        ("", "FROM a\n"),
        ("FROM a\n", "COPY \\\n# c\n"),
        ("FROM a\n", "COPY a \"b"),
        ("FROM a\nENV ", "A=b "),
    ];
    for (head, tail) in repeated {
        let text = format!("{head}{}", tail.repeat(60_000 / tail.len()));
        let start = std::time::Instant::now();
        let (file, _) = Dockerfile::read(&path(), &text);
        let contents = file.and_then(|file| file.built(None, &std::collections::BTreeMap::new()));
        drop(contents);
        assert!(start.elapsed().as_secs() < 5, "{head}{tail} took {:?}", start.elapsed());
    }
}
