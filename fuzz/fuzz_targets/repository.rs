//! A whole repository: the input is cut into its files, which are loaded, judged and printed.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use watertight::features::{CONFIGURATION_FILE, Configuration};
use watertight::report::{GraphLevel, Texts, graph_json};
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, Location, RepoPath, Span};
use watertight::{Repository, Verdict};
use watertight_fuzz::{PLANTED, check_span, holds_password};

/// What stands between two files.
const CUT: u8 = 1;

/// Which file it is, by the first byte: `a` is the first of them.
const PATHS: [&str; 18] = [
    "docker-compose.yml",
    "docker-compose.override.yml",
    "k8s/a.yaml",
    "k8s/b.yaml",
    "services/a/Dockerfile",
    "services/b/Dockerfile",
    ".env",
    "services/a/.env",
    "Cargo.toml",
    "services/a/Cargo.toml",
    "services/b/Cargo.toml",
    ".dockerignore",
    "services/a/src/main.rs",
    "services/b/src/lib.rs",
    "Dockerfile",
    "services/a/compose.yaml",
    "CODEOWNERS",
    "deploy/services.yml",
];

const CONFIGURATION: &str = "\
[features.a]
paths = [\"services/a/**\", \"k8s/a.yaml\"]

[features.b]
paths = [\"services/b/**\", \"k8s/b.yaml\"]

[features.c]
paths = [\"docker-compose*\", \"deploy/**\"]
";

/// The files of an input; of two with one name the later counts.
fn files(input: &[u8]) -> BTreeMap<&'static str, &[u8]> {
    let pieces = input.split(|byte| *byte == CUT).filter_map(<[u8]>::split_first);
    let named =
        pieces.map(|(first, content)| (PATHS[usize::from(first.wrapping_sub(b'a')) % PATHS.len()], content));
    named.chain([(CONFIGURATION_FILE, CONFIGURATION.as_bytes())]).collect()
}

fn loaded(snapshot: &MemorySnapshot) -> Option<(Repository, Verdict)> {
    let path = RepoPath::new(CONFIGURATION_FILE).expect("a path");
    let (configuration, faults) = Configuration::read(&path, CONFIGURATION);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2030-01-01").expect("a day");
    let repository = Repository::load(snapshot, configuration, today, None).ok()?;
    let verdict = repository.judge();
    Some((repository, verdict))
}

/// Panics unless every place lies in the text of its file.
fn check_places(files: &BTreeMap<&str, &[u8]>, repository: &Repository, verdict: &Verdict) {
    let check = |path: &str, span: Span| {
        let bytes = files.get(path).unwrap_or_else(|| panic!("{path} is no file"));
        let text = std::str::from_utf8(bytes).expect("a place in a file that is text");
        // A byte order mark is read as spaces.
        let text = text.strip_prefix('\u{feff}').map_or_else(|| text.to_owned(), |rest| format!("   {rest}"));
        check_span(&text, span, &path);
    };
    let check_location = |location: &Location| check(location.path.as_str(), location.span);
    let graph = &repository.linked.graph;
    graph.units().for_each(|(_, unit)| check_location(&unit.declared_at));
    graph.couplings().for_each(|(_, coupling)| coupling.evidence.iter().for_each(check_location));
    verdict.findings.iter().flat_map(|one| &one.places).for_each(|place| check_location(&place.location));
    let gaps = repository.gaps().iter().map(|gap| (&gap.path, gap.span));
    let problems = repository.linked.problems.iter().map(|fault| (&fault.path, fault.span));
    for (path, span) in gaps.chain(problems) {
        if let Some(span) = span {
            check(path, span);
        }
    }
}

/// Panics if what is told holds a password.
fn check_told(repository: &Repository, verdict: &Verdict, graph: &str) {
    let names = repository.linked.graph.units().map(|(_, unit)| unit.name.as_str());
    let gaps = repository.gaps().iter().map(|gap| &*gap.what);
    let findings = verdict.findings.iter().flat_map(|finding| {
        [&finding.message, &finding.identity].into_iter().chain(&finding.help).chain(&finding.details)
    });
    for told in names.chain(gaps).chain(findings.map(String::as_str)).chain([graph]) {
        assert!(!told.contains(PLANTED), "a password is told: {told}");
    }
}

fuzz_target!(
    init: {
        // One thread runs an input the same way each time.
        rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("a pool");
    },
    |input: &[u8]| {
        let files = files(input);
        let snapshot = MemorySnapshot::new(files.iter().map(|(path, content)| (*path, *content)));
        let Some((repository, verdict)) = loaded(&snapshot) else { return };
        repository.linked.graph.verify().expect("the invariants of the graph");
        check_places(&files, &repository, &verdict);
        let texts = Texts::new(&snapshot);
        let json = graph_json(&repository, GraphLevel::Units, &texts, None, &[]);
        if holds_password(&String::from_utf8_lossy(input)) {
            check_told(&repository, &verdict, &json);
        }
        // Most of the time goes into loading, so not every input is loaded twice.
        if input.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)) % 8 != 0 {
            return;
        }
        let (again, second) = loaded(&snapshot).expect("what was loaded before");
        let told = |repository: &Repository, verdict: &Verdict| {
            format!("{:?}{:?}{verdict:?}", repository.linked.graph, repository.gaps())
        };
        assert_eq!(told(&repository, &verdict), told(&again, &second), "not the same twice");
    }
);
