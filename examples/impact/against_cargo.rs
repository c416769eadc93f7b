//! Against cargo: what it builds anew after a change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;

use super::random::Random;
use super::{ask, git, list, manifests, text};

/// How often a change is tried that fits nowhere, or that cargo refuses.
const MOST_TRIES: usize = 400;

struct Workspace {
    root: PathBuf,
    target: PathBuf,
    metadata: Value,
    /// The folders of the members, from the root.
    members: BTreeSet<String>,
}

/// What came of all changes.
#[derive(Default)]
struct Tally {
    changes: usize,
    missed: usize,
    named: usize,
    rebuilt: usize,
    refused: usize,
    over: BTreeMap<String, usize>,
}

pub(super) fn run(path: &Path, changes: usize, seed: usize) -> ExitCode {
    let workspace = Workspace::new(path);
    // What an earlier run built with other Cargo features would be fresh still.
    let _ = fs::remove_dir_all(&workspace.target);
    if workspace.check().is_none() {
        eprintln!("cargo can't check this workspace as it is");
        return ExitCode::from(2);
    }
    let mut random = Random::new(seed);
    let files = workspace.files();
    let (sources, manifests): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.ends_with(".rs"));
    println!(
        "{}: {} members, {} sources, {} manifests",
        path.display(),
        workspace.members.len(),
        sources.len(),
        manifests.len()
    );
    let mut tally = Tally::default();
    for _ in 0..MOST_TRIES {
        if tally.changes == changes {
            break;
        }
        // Two of three changes are to sources.
        let of = if random.below(3) < 2 { &sources } else { &manifests };
        let Some(file) = random.one_of(of) else { continue };
        workspace.one(file, &mut random, &mut tally);
    }
    tally.tell()
}

impl Workspace {
    fn new(path: &Path) -> Self {
        let root = path.canonicalize().expect("a folder");
        assert!(git(&root, &["status", "--porcelain", "-uno"]).is_empty(), "the checkout is not clean");
        let target = root
            .with_file_name(format!("{}-impact-target", path.file_name().expect("a name").to_string_lossy()));
        let output = Command::new("cargo")
            .args(["metadata", "--format-version", "1"])
            .current_dir(&root)
            .output()
            .expect("cargo runs");
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("the metadata");
        let mut workspace = Self { root, target, metadata, members: BTreeSet::new() };
        let ids: BTreeSet<&str> = list(&workspace.metadata["workspace_members"]).iter().map(text).collect();
        let packages = list(&workspace.metadata["packages"]).iter();
        let members = packages.filter(|package| ids.contains(text(&package["id"])));
        workspace.members =
            members.filter_map(|package| workspace.folder(text(&package["manifest_path"]))).collect();
        workspace
    }

    /// The folder of a manifest, from the root; `None` outside.
    fn folder(&self, manifest: &str) -> Option<String> {
        let folder = Path::new(manifest).parent()?.strip_prefix(&self.root).ok()?;
        Some(folder.to_string_lossy().replace('\\', "/"))
    }

    /// The sources and manifests of members that git tracks.
    fn files(&self) -> Vec<String> {
        let all = git(&self.root, &["ls-files", "*.rs", "Cargo.toml", "*/Cargo.toml"]);
        let holder = |file: &str| {
            let folders =
                Path::new(file).ancestors().skip(1).map(|folder| folder.to_string_lossy().into_owned());
            let mut folders = folders.filter(|folder| self.root.join(folder).join("Cargo.toml").exists());
            folders.next()
        };
        let is_member = |file: &&str| {
            holder(file).is_some_and(|folder| folder.is_empty() || self.members.contains(&folder))
        };
        all.lines().filter(is_member).map(str::to_owned).collect()
    }

    /// The folders of the members that are not fresh; `None` where cargo refuses.
    fn check(&self) -> Option<BTreeSet<String>> {
        let output = Command::new("cargo")
            .args(["check", "--workspace", "--message-format", "json", "--quiet", "--offline"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .output()
            .expect("cargo runs");
        let messages = String::from_utf8_lossy(&output.stdout).into_owned();
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let artifacts =
            messages.filter(|message| message["reason"] == "compiler-artifact" && message["fresh"] == false);
        let stale = artifacts.filter_map(|message| self.folder(text(&message["manifest_path"])));
        output.status.success().then(|| stale.filter(|folder| self.members.contains(folder)).collect())
    }

    /// Makes one change, asks, compares, and puts it back.
    fn one(&self, file: &str, random: &mut Random, tally: &mut Tally) {
        let path = self.root.join(file);
        let before = fs::read_to_string(&path).unwrap_or_default();
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
        let changed = match file.ends_with(".rs") {
            true => Some((format!("{before}\n// changed\n"), "a comment".to_owned())),
            false => manifests::changed(&before, &self.metadata, random),
        };
        let Some((after, what)) = changed else { return };
        let lock = fs::read(self.root.join("Cargo.lock")).ok();
        fs::write(&path, after).expect("written");
        let answer = ask(&self.root, &["impact", "--what", "build"]);
        let stale = self.check();
        fs::write(&path, &before).expect("written");
        if let Some(lock) = lock {
            fs::write(self.root.join("Cargo.lock"), lock).expect("written");
        }
        match file.ends_with(".rs") {
            // What was built is the same, so that cargo need not do it again.
            true => fs::File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(modified))
                .expect("a time"),
            false => drop(self.check()),
        }
        match (answer, stale) {
            (Some(answer), Some(stale)) => tally.add(file, &what, &self.named(&answer), &stale),
            _ => tally.refused += 1,
        }
    }

    /// The folders of the members that the tool names, with the reason of each.
    fn named(&self, answer: &Value) -> BTreeMap<String, String> {
        let units = list(&answer["units"]).iter().filter(|unit| unit["kind"] == "package");
        let reason = |unit: &Value| {
            let build = &unit["build"];
            let steps = list(&build["path"]).len();
            match (steps, text(&build["why"])) {
                (0, "") => "a file of its own".to_owned(),
                (0, why) => why.to_owned(),
                (_, "") => "needs what is touched".to_owned(),
                (_, why) => format!("needs what is touched: {why}"),
            }
        };
        let named = units.map(|unit| (text(&unit["path"]).to_owned(), reason(unit)));
        named.filter(|(folder, _)| self.members.contains(folder)).collect()
    }
}

impl Tally {
    fn add(&mut self, file: &str, what: &str, named: &BTreeMap<String, String>, stale: &BTreeSet<String>) {
        self.changes += 1;
        self.named += named.len();
        self.rebuilt += stale.len();
        let missed: Vec<&String> = stale.iter().filter(|folder| !named.contains_key(*folder)).collect();
        let over: Vec<&String> = named.keys().filter(|folder| !stale.contains(*folder)).collect();
        for folder in &over {
            let why = if what == "a comment" { format!("{what} in {}", kind(file)) } else { what.to_owned() };
            *self.over.entry(format!("{why}: {}", named[*folder])).or_default() += 1;
        }
        self.missed += missed.len();
        println!(
            "{file}: {what}: {} rebuilt, {} named, missed {missed:?}, more {}",
            stale.len(),
            named.len(),
            over.len()
        );
    }

    fn tell(&self) -> ExitCode {
        println!("\n{} changes ({} that cargo refused left out)", self.changes, self.refused);
        println!("rebuilt {}, named {}, missed {}", self.rebuilt, self.named, self.missed);
        println!("over-reported {}:", self.over.values().sum::<usize>());
        self.over.iter().for_each(|(why, count)| println!("  {count:>4}  {why}"));
        ExitCode::from(u8::from(self.missed > 0))
    }
}

/// What kind of file it is, by where it lies.
fn kind(file: &str) -> &'static str {
    if file.ends_with("Cargo.toml") {
        "a manifest"
    } else if ["tests/", "benches/", "examples/"].iter().any(|folder| file.contains(folder)) {
        "a test"
    } else {
        "a source"
    }
}
