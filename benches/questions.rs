//! How long an architect waits for an answer on a very large repository.
//!
//! ```sh
//! cargo bench --bench questions            # 1,000 features, 20,000 units
//! ```
//!
//! Only the questions are measured, not reading: the repository is made in memory. `why` and `cut` are asked of pairs
//! of features at random that are not far from each other; what is told is the median and the slowest of them, and how
//! many are coupled.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a tool for developers")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Instant;

use watertight::Repository;
use watertight::features::{Configuration, FeatureId};
use watertight::graph::UnitId;
use watertight::graph::cargo::BuildOptions;
use watertight::insight::{Knife, Question, cut, impact, order, plan, standing, why};
use watertight::snapshot::{Differences, MemorySnapshot};
use watertight::text::{Date, RepoPath};

const FEATURES: usize = 1_000;
/// Of each feature: nineteen packages, and a binary of the first.
const PACKAGES: usize = 19;
/// Libraries that every feature may build on.
const SHARED: usize = 100;
/// The package by which others call a feature.
const API: usize = PACKAGES - 1;
/// How far away the features are that one builds on.
const NEAR: usize = 30;
const PAIRS: usize = 200;

/// Random numbers, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }
}

fn main() {
    let (repository, snapshot) = repository();
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let now = standing(graph, map, &|_| false);
    println!(
        "{} units, {} couplings, {} features, {} coupled pairs of {}",
        graph.units().len(),
        graph.couplings().len(),
        map.inhabited().len(),
        now.coupled(),
        now.independence.map_or(0, |it| it.pairs),
    );
    let mut units: Vec<BTreeSet<UnitId>> = vec![BTreeSet::new(); map.features.len()];
    for (id, _) in graph.units() {
        let feature: Option<FeatureId> = map.feature_of(id);
        if let Some(feature) = feature {
            units[feature.index()].insert(id);
        }
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let near = |random: &mut Random| {
        let one = random.below(FEATURES);
        (one, one.saturating_sub(1 + random.below(3 * NEAR)))
    };
    let pairs: Vec<(usize, usize)> = (0..PAIRS).map(|_| near(&mut random)).collect();
    let pairs: Vec<(usize, usize)> = pairs.into_iter().filter(|(one, other)| one != other).collect();
    measure("why, the shortest way", &pairs, |(one, other)| {
        why(graph, map, (&units[one], &units[other]), 1).ways.len()
    });
    measure("why, twenty ways", &pairs, |(one, other)| {
        why(graph, map, (&units[one], &units[other]), 20).ways.len()
    });
    measure("cut between two features", &pairs, |(one, other)| {
        cut(Knife::new(graph, map, true), (&units[one], &units[other]), &|_| false).len()
    });
    // One source file of a feature is changed; every source is read for paths that name it.
    measure("impact of one source file", &pairs[..5], |(one, _)| {
        let path = RepoPath::new(&format!("f{one}/p{one}-1/src/lib.rs")).expect("a path");
        let question = Question {
            linked: &repository.linked,
            map,
            configuration: &repository.configuration,
            now: &snapshot,
            before: None,
            differences: &Differences::named([path], &snapshot),
            options: &BuildOptions::default(),
        };
        impact(&question).expect("no target is asked for").units.len()
    });
    measure("order", &[(0, 0); 5], |_| order(graph, map).waits.len());
    measure("where the features stand", &[(0, 0); 5], |_| standing(graph, map, &|_| false).alone.len());
    measure("a plan of one step", &[(0, 0)], |_| plan(Knife::new(graph, map, false), 1).steps.len());
}

fn measure(what: &str, all: &[(usize, usize)], ask: impl Fn((usize, usize)) -> usize) {
    let mut times: Vec<f64> = Vec::new();
    let mut answered = 0;
    for pair in all {
        let start = Instant::now();
        answered += usize::from(ask(*pair) > 0);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "{what}: median {median:.1} ms, slowest {slowest:.1} ms ({answered} of {} have an answer)",
        all.len()
    );
}

/// Packages build on others of their feature, on shared libraries, and on some of features that come before.
fn repository() -> (Repository, MemorySnapshot) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let root = "[workspace]\nmembers = [\"shared/*\", \"f*/*\"]\nresolver = \"2\"\n";
    let mut files = vec![("Cargo.toml".to_owned(), root.to_owned())];
    for shared in 0..SHARED {
        let mut manifest = format!("[package]\nname = \"s{shared}\"\n[dependencies]\n");
        if shared > 0 {
            let to = random.below(shared);
            writeln!(manifest, "s{to} = {{ path = \"../s{to}\" }}").expect("written");
        }
        files.push((format!("shared/s{shared}/Cargo.toml"), manifest));
        files.push((format!("shared/s{shared}/src/lib.rs"), String::new()));
    }
    for feature in 0..FEATURES {
        for package in 0..PACKAGES {
            let mut manifest = format!("[package]\nname = \"p{feature}-{package}\"\n[dependencies]\n");
            let mut to: BTreeSet<String> = BTreeSet::new();
            for _ in 0..3 {
                to.insert(format!("shared/s{}", random.below(SHARED)));
                if package > 0 {
                    // From the binary's package down.
                    let other = package + 1 + random.below(PACKAGES / 2);
                    to.extend((other < PACKAGES).then(|| format!("f{feature}/p{feature}-{other}")));
                } else {
                    to.insert(format!("f{feature}/p{feature}-{}", 1 + random.below(PACKAGES - 1)));
                }
            }
            if feature > 0 && random.below(8) == 0 {
                // Couplings lead to a neighbour, near its binary: through many features in the end.
                let near = feature.saturating_sub(1 + random.below(NEAR));
                to.insert(format!("f{near}/p{near}-{}", random.below(3)));
            }
            if feature > 0 && random.below(10) == 0 {
                let called = random.below(feature);
                to.insert(format!("f{called}/p{called}-{API}"));
            }
            for to in to {
                let name = to.rsplit('/').next().unwrap_or_default();
                writeln!(manifest, "{name} = {{ path = \"../../{to}\" }}").expect("written");
            }
            let folder = format!("f{feature}/p{feature}-{package}");
            files.push((format!("{folder}/Cargo.toml"), manifest));
            files.push((format!("{folder}/src/lib.rs"), String::new()));
            if package == 0 {
                files.push((format!("{folder}/src/main.rs"), String::new()));
            }
        }
    }
    let mut text = "[shared]\npaths = [\"shared\"]\n".to_owned();
    for feature in 0..FEATURES {
        writeln!(text, "[features.f{feature}]\npaths = [\"f{feature}\"]\napis = [\"f{feature}/*-{API}\"]")
            .expect("written");
    }
    let files = files.iter().map(|(path, text)| (path, text.clone().into_bytes()));
    let snapshot = MemorySnapshot::new(files);
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&file, &text);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-28").expect("a date");
    let repository = Repository::load(&snapshot, configuration, today, None).expect("a sound repository");
    assert!(repository.linked.problems.is_empty(), "{:?}", repository.linked.problems);
    (repository, snapshot)
}
