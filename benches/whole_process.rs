//! Whole processes on a given workspace: watertight, cargo, and the floor, which only walks the tree
//! and reads the same manifests. Medians, ratios and peak memory of one run, since machines differ.
//!
//! ```text
//! cargo bench --bench whole_process -- path/to/workspace [--config FILE] [--rounds N]
//! cargo bench --bench whole_process -- --synthetic 1000 8000
//! ```
//!
//! In a git repository of two commits or more, what is staged, the newest commit and the change that it
//! made are checked as well, as ratios to the check of the files as they lie there.
//!
//! The commands take turns, so that a slow moment of the machine hits all of them. Cargo is run with
//! `--offline`: run `cargo fetch` in the workspace before.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it runs commands and writes a temporary workspace")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use watertight::snapshot::{Snapshot, WorkTree};
use watertight::text::RepoPath;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["floor", path] => floor(Path::new(path)),
        ["measure", command @ ..] => measure(command),
        ["--synthetic", members, edges, rest @ ..] => {
            let (members, edges) = (members.parse().expect("a number"), edges.parse().expect("a number"));
            let folder = synthetic(members, edges);
            println!("synthetic workspace: {members} members, {edges} edges");
            compare(folder.path(), Some(folder.path().join("watertight.toml")), rounds(rest));
        }
        [path, rest @ ..] if !path.starts_with('-') => {
            let config = rest.iter().position(|argument| *argument == "--config");
            let config = config.and_then(|at| rest.get(at + 1)).map(PathBuf::from);
            compare(Path::new(path), config, rounds(rest));
        }
        _ => println!(
            "usage: cargo bench --bench whole_process -- PATH [--config FILE] | --synthetic 1000 8000"
        ),
    }
}

fn rounds(arguments: &[&str]) -> usize {
    let at = arguments.iter().position(|argument| *argument == "--rounds");
    at.and_then(|at| arguments.get(at + 1)).map_or(15, |count| count.parse().expect("a number"))
}

/// Walks the tree and reads every manifest, as any tool has to: with the walk that watertight itself
/// uses, by all threads, and with nothing done to the bytes but counting them.
fn floor(path: &Path) {
    let tree = WorkTree::open(path).expect("a folder");
    let read = AtomicUsize::new(0);
    let visit = |path: &RepoPath| {
        read.fetch_add(tree.read(path).map_or(0, |bytes| bytes.len()), Ordering::Relaxed);
    };
    tree.list(&|_, name| name == "Cargo.toml", &visit);
    println!("{}", read.into_inner());
}

/// Runs a command once as the only child of this process, and prints how long it took (in
/// microseconds) and how much memory it needed at most (in KiB).
fn measure(command: &[&str]) {
    let (program, arguments) = command.split_first().expect("a command");
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the command runs");
    let took = start.elapsed().as_micros();
    println!("{took} {} {}", peak_of_children(), status.code().unwrap_or(-1));
}

#[cfg(target_os = "linux")]
fn peak_of_children() -> i64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss())
}

#[cfg(not(target_os = "linux"))]
fn peak_of_children() -> i64 {
    0
}

/// One command that is compared.
struct Contestant {
    name: &'static str,
    command: Vec<String>,
    /// Its time in each round, in microseconds.
    times: Vec<u64>,
    /// Its peak memory, in KiB.
    peak: u64,
    code: String,
}

impl Contestant {
    fn new(name: &'static str, command: &[&str]) -> Self {
        let command = command.iter().map(|part| (*part).to_owned()).collect();
        Self { name, command, times: Vec::new(), peak: 0, code: String::new() }
    }

    fn run(&mut self, is_counted: bool) {
        let own = std::env::current_exe().expect("a path");
        let output = Command::new(own).arg("measure").args(&self.command).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let mut numbers = text.split_whitespace();
        let mut next = || numbers.next().expect("a number").to_owned();
        let (time, peak) = (next().parse().expect("a number"), next().parse().expect("a number"));
        self.code = next();
        if is_counted {
            self.times.push(time);
            self.peak = self.peak.max(peak);
        }
    }

    fn median(&self) -> u64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        times[times.len() / 2]
    }
}

fn compare(workspace: &Path, config: Option<PathBuf>, rounds: usize) {
    let workspace = workspace.canonicalize().expect("a folder");
    let path = workspace.to_str().expect("UTF-8");
    let own = std::env::current_exe().expect("a path");
    let own = own.to_str().expect("UTF-8");
    let watertight = env!("CARGO_BIN_EXE_watertight");
    let manifest = workspace.join("Cargo.toml");
    let manifest = manifest.to_str().expect("UTF-8");
    let written = tempfile::tempdir().expect("a temporary folder");
    let config = config.unwrap_or_else(|| a_configuration(&workspace, written.path()));
    let config = config.to_str().expect("UTF-8");
    let metadata = ["cargo", "metadata", "--format-version", "1", "--offline", "--manifest-path", manifest];
    let mut all = vec![
        Contestant::new("floor", &[own, "floor", path]),
        Contestant::new("watertight check", &[watertight, "check", path, "--config", config]),
        Contestant::new(
            "watertight graph",
            &[watertight, "graph", path, "--level", "packages", "--format", "json"],
        ),
        Contestant::new("watertight graph --build-sets", &[watertight, "graph", path, "--build-sets"]),
        Contestant::new("cargo metadata --offline", &metadata),
        Contestant::new("watertight --version", &[watertight, "--version"]),
    ];
    debug_assert_eq!(all.len(), FIRST_OF_GIT);
    let is_in_git = has_two_commits(&workspace);
    let check = ["check", path, "--config", config];
    let moments: [(&'static str, &[&str]); 5] = [
        ("check --staged", &["--staged"]),
        ("check --rev HEAD", &["--rev", "HEAD"]),
        ("check --since HEAD~1", &["--since", "HEAD~1"]),
        ("check --staged --since HEAD", &["--staged", "--since", "HEAD"]),
        ("check --rev HEAD --since HEAD~1", &["--rev", "HEAD", "--since", "HEAD~1"]),
    ];
    for (name, moment) in moments.iter().filter(|_| is_in_git) {
        all.push(Contestant::new(name, &[&[watertight], &check[..], moment].concat()));
    }
    for round in 0..=rounds {
        all.iter_mut().for_each(|contestant| contestant.run(round > 0));
    }
    println!("{path}: {} manifests, medians of {rounds} rounds", manifests(&workspace));
    for contestant in &all {
        let median = contestant.median();
        let mut line = String::new();
        let milliseconds = median as f64 / 1000.0;
        let mebibytes = contestant.peak as f64 / 1024.0;
        write!(line, "{:<30} {milliseconds:>9.2} ms {mebibytes:>7.1} MiB peak", contestant.name)
            .expect("written");
        write!(line, "  exit {}", contestant.code).expect("written");
        println!("{line}");
    }
    let ratio = |a: usize, b: usize| all[a].median() as f64 / all[b].median() as f64;
    if is_in_git {
        for (at, contestant) in all.iter().enumerate().skip(FIRST_OF_GIT) {
            println!("{:<30} {:>6.2} of check", contestant.name, ratio(at, 1));
        }
    }
    println!("cargo metadata / check   {:>6.1}", ratio(4, 1));
    println!("check / floor            {:>6.2}", ratio(1, 0));
    let share = all[3].median().saturating_sub(all[2].median()) as f64 / 1000.0;
    println!("guppy's share of the build sets {share:.2} ms");
}

/// Where the contestants begin that read from git.
const FIRST_OF_GIT: usize = 6;

fn has_two_commits(workspace: &Path) -> bool {
    let mut git = Command::new("git");
    git.arg("-C").arg(workspace).args(["rev-parse", "--quiet", "--verify", "HEAD~1"]);
    git.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// One feature for each folder at the top, where no configuration is given.
fn a_configuration(workspace: &Path, folder: &Path) -> PathBuf {
    let tree = WorkTree::open(workspace).expect("a folder");
    let listing = tree.list(&|_, name| name == "Cargo.toml", &|_| ());
    let mut tops: Vec<String> = listing
        .files
        .iter()
        .filter_map(|path| path.parts().next().map(str::to_owned))
        .filter(|top| top != "Cargo.toml")
        .collect();
    tops.dedup();
    let text: String = tops.iter().map(|top| format!("[features.{top:?}]\npaths = [{top:?}]\n")).collect();
    let path = folder.join("watertight.toml");
    std::fs::write(&path, text).expect("written");
    path
}

fn manifests(workspace: &Path) -> usize {
    let tree = WorkTree::open(workspace).expect("a folder");
    tree.list(&|_, name| name == "Cargo.toml", &|_| ()).files.len()
}

/// A workspace of many small packages in nine features and a shared folder; each depends on earlier
/// ones: most in its own feature, some in the shared folder, and one in 400 where it should not.
fn synthetic(members: usize, edges: usize) -> tempfile::TempDir {
    const FEATURES: usize = 10;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    };
    let place = |member: usize| format!("f{}/p{member}", member % FEATURES);
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); members];
    let (mut random, mut made) = (0x2545_f491_4f6c_dd1d_u64, 0);
    while made < edges {
        // xorshift: the same workspace every time.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let from = 1 + (random >> 8) as usize % (members - 1);
        let mut to = (random >> 32) as usize % from;
        match random % 400 {
            0 => {}
            1..60 => to = to / FEATURES * FEATURES,
            _ => to = to / FEATURES * FEATURES + from % FEATURES,
        }
        if to < from && !targets[from].contains(&to) {
            targets[from].push(to);
            made += 1;
        }
    }
    let mut root =
        "[workspace]\nmembers = [\"f*/*\"]\nresolver = \"2\"\n[workspace.dependencies]\n".to_owned();
    for (member, targets) in targets.iter().enumerate() {
        writeln!(root, "p{member} = {{ path = \"{}\" }}", place(member)).expect("written");
        let mut manifest = format!(
            "[package]\nname = \"p{member}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n"
        );
        targets.iter().for_each(|to| writeln!(manifest, "p{to}.workspace = true").expect("written"));
        write(format!("{}/Cargo.toml", place(member)), &manifest);
        write(format!("{}/src/lib.rs", place(member)), "");
    }
    let mut configuration = "[shared]\npaths = [\"f0\"]\n".to_owned();
    for feature in 1..FEATURES {
        writeln!(configuration, "[features.f{feature}]\npaths = [\"f{feature}\"]").expect("written");
    }
    write("watertight.toml".to_owned(), &configuration);
    write("Cargo.toml".to_owned(), &root);
    write(".git/HEAD".to_owned(), "");
    folder
}
