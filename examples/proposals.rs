//! What `init` proposes for real repositories, and whether it holds: `cargo run --release --example proposals --
//! path/to/checkouts [NAME]`.
//!
//! For each folder, in memory: proposes features, takes all that is found into a baseline, and checks that the rest
//! is clean. Then adds dependencies between private packages of different features, one after the other and chosen
//! at random (the same ones each time), to the text of a manifest, and counts how many the check refuses. Where
//! packages of the proposal are too few, couplings between features are declared instead.
//!
//! Exits with 1 if a proposal is not clean, if one of those couplings is let through, or if proposing again proposes
//! something.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it lists the checkouts")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};
use watertight::baseline::{Baseline, Entry, may_hold};
use watertight::features::Configuration;
use watertight::graph::{CouplingKind, UnitId};
use watertight::proposal::extended;
use watertight::rules::Level;
use watertight::snapshot::{Changed, Git, Snapshot, WorkTree};
use watertight::text::{Date, RepoPath};
use watertight::{Change, Repository};

/// How many couplings are tried for each repository.
const TRIED: usize = 50;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: proposals CHECKOUTS [NAME]");
        return ExitCode::from(2);
    };
    let only = arguments.next();
    let mut checkouts: Vec<PathBuf> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    checkouts.sort();
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    checkouts.retain(|path| path.is_dir() && only.as_ref().is_none_or(|only| name(path) == *only));
    println!(
        "{:<24} {:>8} {:>6} {:>8} {:>7} {:>6} {:>10} {:>9} {:>8} {:>8}",
        "repository",
        "features",
        "placed",
        "features",
        "shared",
        "other",
        "unassigned",
        "baseline",
        "verdict",
        "refused"
    );
    let mut is_good = true;
    for checkout in checkouts {
        match Tried::new(&checkout) {
            Ok(tried) => {
                println!("{:<24} {}", name(&checkout), tried.line());
                is_good &= tried.is_good();
            }
            Err(why) => println!("{:<24} {why}", name(&checkout)),
        }
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What came of one repository.
struct Tried {
    features: usize,
    shares: watertight::proposal::Shares,
    baseline: usize,
    denied: usize,
    problems: usize,
    refused: [usize; 2],
    is_done: bool,
}

impl Tried {
    fn new(checkout: &Path) -> Result<Self, String> {
        let tree = WorkTree::open(checkout).map_err(|why| why.to_string())?;
        let tree = match Git::discover(checkout, true) {
            Ok(Some(git)) => tree.with_git(&std::sync::Arc::new(git)),
            _ => tree,
        };
        let bare = load(&tree, "")?;
        let proposal = bare.propose();
        let text = extended("", &proposal)?;
        let repository = load(&tree, &text)?;
        let baseline = baseline_of(&repository);
        let again = repository.propose();
        let (denied, problems) = verdict(&repository, &baseline);
        let refused = try_couplings(&tree, &text, &repository, &baseline)?;
        Ok(Self {
            features: proposal.features.len(),
            shares: proposal.shares,
            baseline: baseline.entries.len(),
            denied,
            problems,
            refused,
            is_done: again.is_empty(),
        })
    }

    fn is_good(&self) -> bool {
        self.denied == 0 && self.refused[0] == self.refused[1] && self.is_done
    }

    fn line(&self) -> String {
        let shares = self.shares;
        let other = shares.assemblies + shares.test_support;
        let all = shares.features + shares.shared + other + shares.unassigned;
        let percent = |count: usize| format!("{} %", (100 * count).checked_div(all).unwrap_or_default());
        let verdict = match (self.denied, self.problems) {
            (0, 0) => "green".to_owned(),
            (0, count) => format!("{count} unread"),
            (count, _) => format!("{count} red"),
        };
        let again = if self.is_done { "" } else { "  NOT A NO-OP" };
        format!(
            "{:>8} {:>6} {:>8} {:>7} {:>6} {:>10} {:>9} {:>8} {:>5}/{}{again}",
            self.features,
            all,
            percent(shares.features),
            percent(shares.shared),
            percent(other),
            percent(shares.unassigned),
            self.baseline,
            verdict,
            self.refused[0],
            self.refused[1]
        )
    }
}

fn load(snapshot: &dyn Snapshot, text: &str) -> Result<Repository, String> {
    let file = RepoPath::new("watertight.toml").ok_or("no path")?;
    let (configuration, faults) = Configuration::read(&file, text);
    if let Some(fault) = faults.first() {
        return Err(format!("the proposal is no configuration: {}", fault.message));
    }
    let today = Date::new("2026-11-24").ok_or("no date")?;
    Repository::load(snapshot, configuration, today, None)
        .map_err(|faults| faults.first().map(|fault| fault.message.clone()).unwrap_or_default())
}

fn baseline_of(repository: &Repository) -> Baseline {
    let mut baseline = Baseline::new(repository.today);
    let found = repository.judge().findings;
    let held = found.iter().filter(|finding| may_hold(finding, &repository.rules));
    baseline.entries = held.map(|finding| Entry::of(finding, "there before the gate", None)).collect();
    baseline.tidy();
    baseline
}

/// How many findings deny, and how many inputs can't be read.
fn verdict(repository: &Repository, baseline: &Baseline) -> (usize, usize) {
    let mut change = Change::of_everything(repository);
    change.accept(baseline, None, &repository.rules);
    let denied = change.verdict.findings.iter().filter(|one| one.level == Level::Deny).count();
    (denied, repository.linked.problems.len())
}

/// How many of how many couplings are refused.
fn try_couplings(
    tree: &dyn Snapshot,
    text: &str,
    repository: &Repository,
    baseline: &Baseline,
) -> Result<[usize; 2], String> {
    let mut random = Random(0x5eed_2026);
    let pairs = private_pairs(repository);
    let mut refused = [0, 0];
    for _ in 0..TRIED.min(pairs.len()) {
        let (from, to) = pairs[random.below(pairs.len())];
        let packages = &repository.linked.cargo.packages;
        let manifest = &packages[from].manifest;
        let written = tree.read(manifest).map_err(|why| why.to_string())?;
        let written = String::from_utf8(written).map_err(|why| why.to_string())?;
        let name = &packages[to].name.value;
        let path = relative(&packages[from].folder, &packages[to].folder);
        let changed = with_dependency(&written, name, &path)?;
        let changed = Changed::new(tree, manifest.clone(), changed);
        let (denied, _) = verdict(&load(&changed, text)?, baseline);
        refused[0] += usize::from(denied > 0);
        refused[1] += 1;
        if denied == 0 {
            eprintln!("let through: {} -> {name}", packages[from].name.value);
        }
    }
    if refused[1] > 0 {
        return Ok(refused);
    }
    let features: Vec<&str> = repository.map.features.iter().map(|feature| feature.name.as_str()).collect();
    if features.len() < 2 {
        return Ok(refused);
    }
    for _ in 0..TRIED {
        let (from, to) = (random.below(features.len()), random.below(features.len() - 1));
        let to = if to >= from { to + 1 } else { to };
        let coupling = format!(
            "{text}\n[[couplings]]\nfrom = {:?}\nto = {:?}\nkind = \"code\"\nreason = \"tried\"\n",
            features[from], features[to]
        );
        let (denied, _) = verdict(&load(tree, &coupling)?, baseline);
        refused[0] += usize::from(denied > 0);
        refused[1] += 1;
    }
    Ok(refused)
}

/// Pairs of private packages of different features that are not coupled, and of which cargo would let the first
/// depend on the second.
fn private_pairs(repository: &Repository) -> Vec<(usize, usize)> {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let units = &repository.linked.package_units;
    let packages = &repository.linked.cargo.packages;
    let is_private = |at: &usize| map.feature_of(units[*at]).is_some() && !map.is_api(units[*at]);
    let private: Vec<usize> = (0..packages.len()).filter(is_private).collect();
    let reaches = |from: UnitId, to: UnitId| {
        let mut seen = std::collections::BTreeSet::from([from]);
        let mut pending = vec![from];
        while let Some(at) = pending.pop() {
            let couplings = graph.couplings_from(at).map(|id| graph.coupling(id));
            let built = couplings.filter(|one| matches!(one.kind, CouplingKind::Code | CouplingKind::Build));
            pending.extend(built.map(|one| one.to).filter(|next| seen.insert(*next)));
        }
        seen.contains(&to)
    };
    let mut pairs = Vec::new();
    for from in &private {
        for to in &private {
            let is_other = map.feature_of(units[*from]) != map.feature_of(units[*to]);
            let is_coupled = graph.couplings_between(units[*from], units[*to]).next().is_some();
            if is_other
                && !is_coupled
                && packages[*to].library.is_some()
                && !reaches(units[*to], units[*from])
            {
                pairs.push((*from, *to));
            }
        }
    }
    pairs
}

fn with_dependency(manifest: &str, name: &str, path: &str) -> Result<String, String> {
    let mut document: DocumentMut = manifest.parse().map_err(|why: toml_edit::TomlError| why.to_string())?;
    let table = document.entry("dependencies").or_insert_with(|| Item::Table(Table::new()));
    let table = table.as_table_like_mut().ok_or("`dependencies` is no table")?;
    let mut dependency = InlineTable::new();
    dependency.insert("path", Value::from(path));
    table.insert(name, Item::Value(Value::InlineTable(dependency)));
    Ok(document.to_string())
}

fn relative(from: &RepoPath, to: &RepoPath) -> String {
    let up = from.parts().map(|_| "..");
    up.chain(to.parts()).collect::<Vec<_>>().join("/")
}

/// Numbers that look random, and are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count.max(1)
    }
}
