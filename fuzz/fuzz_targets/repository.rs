//! A whole repository: the input is cut into its files, which are loaded, judged and printed.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use watertight::Repository;
use watertight::features::{self, CONFIGURATION_FILE, Configuration, assign};
use watertight::findings::{Finding, Judged, Law, find};
use watertight::graph::{CouplingGraph, Stated, link};
use watertight::report::{GraphLevel, Texts, graph_json};
use watertight::rules::RuleSet;
use watertight::snapshot::{Gap, MemorySnapshot};
use watertight::sources::read_all;
use watertight::text::{Date, Fault, Location, RepoPath, Span};
use watertight_fuzz::{PLANTED, check_span, holds_password};

/// What stands between two files.
const CUT: u8 = 1;

/// Which file it is, by the first byte: `a` is the first of them.
const PATHS: [&str; 36] = [
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
    "k8s/kustomization.yaml",
    "k8s/overlay/kustomization.yaml",
    "k8s/component/kustomization.yml",
    "k8s/overlay/patch.yaml",
    "chart/Chart.yaml",
    "chart/values.yaml",
    "chart/charts/b/Chart.yaml",
    "chart/charts/b/values.yaml",
    "services/a/catalog-info.yaml",
    "services/b/catalog-info.yaml",
    "services/a/proto/a.proto",
    "services/b/openapi.yaml",
    "services/a/build.rs",
    "buf.gen.yaml",
    // Bytes from 128 on.
    ".github/workflows/a.yml",
    ".github/workflows/b.yml",
    "tools/build/action.yml",
    ".gitlab-ci.yml",
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

/// The configuration and the tool's rules, which take longer to read than most inputs.
static LAW: LazyLock<(Configuration, RuleSet)> = LazyLock::new(|| {
    let configuration = configuration();
    let rules = RuleSet::load(&configuration, &[], &mut Vec::new());
    (configuration, rules)
});

fn configuration() -> Configuration {
    let path = RepoPath::new(CONFIGURATION_FILE).expect("a path");
    let (configuration, faults) = Configuration::read(&path, CONFIGURATION);
    assert!(faults.is_empty(), "{faults:?}");
    configuration
}

fn today() -> Date {
    Date::new("2030-01-01").expect("a day")
}

/// What a repository states, and what is wrong with it.
struct Told {
    graph: CouplingGraph,
    gaps: Vec<Gap>,
    problems: Vec<Fault>,
    findings: Vec<Finding>,
}

impl Told {
    /// As the tool's pipeline does it, without what is the same for each input.
    fn quickly(snapshot: &MemorySnapshot) -> Self {
        let (configuration, rules) = &*LAW;
        let is_wanted = |_: &str, name: &str| features::notices(name);
        let (listing, reading) = read_all(snapshot, &is_wanted, &|_| false, None);
        let linked = link(snapshot, &listing, reading, &|_| false, Stated::default(), None);
        let map = assign(&linked.graph, configuration, &[], (&listing, &linked.problems), &[]);
        let judged = Judged { graph: &linked.graph, map: &map };
        let findings = find(judged, Law { rules, configuration, today: today(), earlier: None }).findings;
        let gaps = listing.gaps.into_iter().chain(linked.gaps).collect();
        Self { graph: linked.graph, gaps, problems: linked.problems, findings }
    }

    /// By the pipeline itself, with the graph as a program reads it.
    fn wholly(snapshot: &MemorySnapshot) -> (Self, String) {
        let repository =
            Repository::load(snapshot, configuration(), today(), None).expect("nothing is declared");
        let verdict = repository.judge();
        let json = graph_json(&repository, GraphLevel::Units, &Texts::new(snapshot), None, &[]);
        let gaps = repository.gaps().to_vec();
        let linked = repository.linked;
        (Self { graph: linked.graph, gaps, problems: linked.problems, findings: verdict.findings }, json)
    }

    fn check(&self, input: &[u8], files: &BTreeMap<&str, &[u8]>) {
        self.graph.verify().expect("the invariants of the graph");
        self.check_places(files);
        if holds_password(&String::from_utf8_lossy(input)) {
            self.texts().for_each(check_hidden);
        }
    }

    /// Panics unless every place lies in the text of its file.
    fn check_places(&self, files: &BTreeMap<&str, &[u8]>) {
        let check = |path: &str, span: Span| {
            let bytes = files.get(path).unwrap_or_else(|| panic!("{path} is no file"));
            let text = std::str::from_utf8(bytes).expect("a place in a file that is text");
            // A byte order mark is read as spaces.
            let marked = text.strip_prefix('\u{feff}').map(|rest| format!("   {rest}"));
            check_span(marked.as_deref().unwrap_or(text), span, &path);
        };
        let check_location = |location: &Location| check(location.path.as_str(), location.span);
        self.graph.units().for_each(|(_, unit)| check_location(&unit.declared_at));
        self.graph.couplings().for_each(|(_, coupling)| coupling.evidence.iter().for_each(check_location));
        self.findings.iter().flat_map(|one| &one.places).for_each(|place| check_location(&place.location));
        let gaps = self.gaps.iter().map(|gap| (&gap.path, gap.span));
        let problems = self.problems.iter().map(|fault| (&fault.path, fault.span));
        for (path, span) in gaps.chain(problems) {
            if let Some(span) = span {
                check(path, span);
            }
        }
    }

    /// What people and programs are told, but for problems: these quote what can't be read.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let names = self.graph.units().map(|(_, unit)| unit.name.as_str());
        let gaps = self.gaps.iter().map(|gap| &*gap.what);
        let findings = self.findings.iter().flat_map(|finding| {
            [&finding.message, &finding.identity].into_iter().chain(&finding.help).chain(&finding.details)
        });
        names.chain(gaps).chain(findings.map(String::as_str))
    }
}

/// Panics if a password is told.
fn check_hidden(told: &str) {
    assert!(!told.contains(PLANTED), "a password is told: {told}");
}

fuzz_target!(
    init: {
        // One thread runs an input the same way each time.
        rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("a pool");
    },
    |input: &[u8]| {
        let files = files(input);
        let snapshot = MemorySnapshot::new(files.iter().map(|(path, content)| (*path, *content)));
        let told = Told::quickly(&snapshot);
        told.check(input, &files);
        // The pipeline takes ten times as long, so not every input takes it.
        if input.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)) % 16 != 0 {
            return;
        }
        let (told, json) = Told::wholly(&snapshot);
        told.check(input, &files);
        if holds_password(&String::from_utf8_lossy(input)) {
            check_hidden(&json);
        }
        let (again, second) = Told::wholly(&snapshot);
        assert_eq!(json, second, "not the same twice");
        let all = |told: &Told| {
            format!("{:?}{:?}{:?}{:?}", told.graph, told.gaps, told.problems, told.findings)
        };
        assert_eq!(all(&told), all(&again), "not the same twice");
    }
);
