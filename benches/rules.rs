//! How long all rules together take on a large repository, on one thread.
//!
//! ```sh
//! cargo bench --bench rules                         # 10,000 units, 100,000 couplings, 500 features
//! cargo bench --bench rules -- --tangle             # the same, coupled at random: almost all is wrong
//! cargo bench --bench rules -- --each               # and how long each rule takes
//! ```
//!
//! Only judging is measured, not reading: the repository is made in memory, with as many couplings as
//! said and with half and twice as many, which says how the time grows.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a tool for developers")]

use std::fmt::Write as _;
use std::time::Instant;

use watertight::Repository;
use watertight::features::Configuration;
use watertight::findings::of_rule;
use watertight::rules::BUILT_IN;
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, RepoPath};

const FEATURES: usize = 500;
const PACKAGES: usize = 9_400;
/// One datastore for each feature, and some more that are declared.
const DECLARED: usize = 600;
const COUPLINGS: usize = 100_000;
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    let mut last = None;
    for couplings in [COUPLINGS / 2, COUPLINGS, COUPLINGS * 2] {
        let repository = repository(couplings, has("--tangle"));
        let graph = &repository.linked.graph;
        let mut times: Vec<f64> = Vec::new();
        let mut findings = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let verdict = repository.judge();
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            findings = verdict.findings.len();
        }
        times.sort_by(f64::total_cmp);
        let median = times[ROUNDS / 2];
        let growth = last.map(|last: f64| format!(", {:.2} times the one above", median / last));
        println!(
            "{} units, {} couplings, {} features: {median:.0} ms (median of {ROUNDS}), {findings} findings{}",
            graph.units().len(),
            graph.couplings().len(),
            repository.map.inhabited().len(),
            growth.unwrap_or_default(),
        );
        last = Some(median);
        if has("--each") {
            for rule in repository.rules.active() {
                let start = Instant::now();
                let found = of_rule(repository.judged(), rule).len();
                println!("  {:7.2} ms {found:7} {}", start.elapsed().as_secs_f64() * 1000.0, rule.id);
            }
        }
    }
}

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

/// Of each hundred packages, ninety belong to features (one in eighteen of them is its feature's API),
/// seven are shared, one is unassigned, one an assembly and one test support.
fn role(package: usize) -> &'static str {
    match package % 100 {
        0..90 => "feature",
        90..97 => "shared",
        97 => "unassigned",
        98 => "assembly",
        _ => "test-support",
    }
}

fn folder(package: usize) -> String {
    match role(package) {
        "feature" => format!("features/f{}/p{package}", package / 100 * 90 % FEATURES + package % 90 % 5),
        other => format!("{other}/p{package}"),
    }
}

fn is_api(package: usize) -> bool {
    role(package) == "feature" && package % 100 < 5
}

fn repository(couplings: usize, is_tangle: bool) -> Repository {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let of_feature: Vec<Vec<usize>> = {
        let mut all = vec![Vec::new(); FEATURES];
        for package in (0..PACKAGES).filter(|package| role(package % 100) == "feature") {
            all[package / 100 * 90 % FEATURES + package % 90 % 5].push(package);
        }
        all
    };
    let shared: Vec<usize> = (0..PACKAGES).filter(|package| role(*package) == "shared").collect();
    let apis: Vec<usize> = (0..PACKAGES).filter(|package| is_api(*package)).collect();
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); PACKAGES];
    let (mut made, declared) = (0, DECLARED * 5);
    while made + declared < couplings {
        let from = random.below(PACKAGES);
        let kind = if is_tangle { 100 } else { random.below(100) };
        // Packages build on those before them, so that most of the graph has an order.
        let own = &of_feature[from / 100 * 90 % FEATURES + from % 90 % 5];
        let to = match (kind, role(from)) {
            (0..50, "feature") if !own.is_empty() => own[random.below(own.len())],
            (50..85, _) | (_, "shared") => shared[random.below(shared.len())],
            (85..99, _) if !is_api(from) => apis[random.below(apis.len())],
            (99, _) if random.below(4) > 0 => continue,
            _ => random.below(PACKAGES),
        };
        if (to < from || is_tangle && to != from) && !targets[from].contains(&to) {
            targets[from].push(to);
            made += 1;
        }
    }
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (package, targets) in targets.iter().enumerate() {
        let mut manifest = format!("[package]\nname = \"p{package}\"\n[dependencies]\n");
        for to in targets {
            writeln!(manifest, "p{to} = {{ path = \"../../../{}\" }}", folder(*to)).expect("written");
        }
        // Folders of roles are one level higher than those of features.
        if role(package) != "feature" {
            manifest = manifest.replace("../../../", "../../");
        }
        files.push((format!("{}/Cargo.toml", folder(package)), manifest.into_bytes()));
        files.push((format!("{}/src/lib.rs", folder(package)), Vec::new()));
    }
    let snapshot = MemorySnapshot::new(files.iter().map(|(path, bytes)| (path, bytes.clone())));
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&file, &configuration(&mut random));
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-21").expect("a date");
    let repository = Repository::load(&snapshot, configuration, today, None).expect("a sound repository");
    // Cargo refuses circles of packages, and a tangle is full of them.
    assert!(is_tangle || repository.linked.problems.is_empty(), "{:?}", repository.linked.problems);
    repository
}

/// Every rule is on. Neighbours share a responsibility, and there are couplings of all kinds.
fn configuration(random: &mut Random) -> String {
    let mut text = "[rules]\n".to_owned();
    for (rule, _) in BUILT_IN {
        writeln!(text, "{rule} = \"warn\"").expect("written");
    }
    text += "[shared]\npaths = [\"shared\"]\n[assemblies]\npaths = [\"assembly\"]\n";
    text += "[test-support]\npaths = [\"test-support\"]\n";
    for at in 0..FEATURES {
        let (before, door) = (at.saturating_sub(1), (at + 7) % FEATURES);
        let doors = if at % 10 == 0 { format!("consumes = [\"f{door}\"]\n") } else { String::new() };
        let apis = format!("apis = [\"features/f{at}/p*[05]\"]\n");
        write!(
            text,
            "[responsibilities.r{at}]\n[features.f{at}]\npaths = [\"features/f{at}\"]\n{doors}{apis}\
             units = [\"datastore:d{at}\"]\nresponsibilities = [\"r{at}\", \"r{before}\"]\n"
        )
        .expect("written");
    }
    for at in 0..DECLARED {
        for kind in ["data", "start", "release", "call", "change"] {
            let (from, near) = (at % FEATURES, random.below(4));
            let to = match kind {
                "data" => format!("datastore:d{}", (at + near) % DECLARED),
                "release" => format!("job:j{at}"),
                _ => format!("f{}", (from + 1 + near) % FEATURES),
            };
            write!(
                text,
                "[[couplings]]\nfrom = \"f{from}\"\nto = \"{to}\"\nkind = \"{kind}\"\nreason = \"-\"\n"
            )
            .expect("written");
        }
    }
    text
}
