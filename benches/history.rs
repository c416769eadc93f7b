//! What the past of a repository costs: each commit by itself on one core, by how much of it had to be measured, and the
//! whole command.
//!
//! ```text
//! cargo bench --bench history -- path/to/repository [--config FILE] [--commits N] [--rounds N]
//! ```
//!
//! Without `--config`, the configuration is the one of the work tree.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it runs commands")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use watertight::snapshot::{Cache, Git, LogRange};
use watertight::text::{Date, RepoPath};
use watertight::{Past, Shared, Walk};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(path) = arguments.first().filter(|path| !path.starts_with('-')) else {
        println!("usage: cargo bench --bench history -- PATH [--config FILE] [--commits N] [--rounds N]");
        return;
    };
    let value = |name: &str| arguments.windows(2).find(|pair| pair[0] == name).map(|pair| pair[1].as_str());
    let number =
        |name: &str, otherwise: usize| value(name).map_or(otherwise, |text| text.parse().expect("a number"));
    let path = Path::new(path).canonicalize().expect("a folder");
    let config = value("--config").map(|file| Path::new(file).canonicalize().expect("a file"));
    let (commits, rounds) = (number("--commits", 1_000), number("--rounds", 5));
    one_by_one(&path, config.as_deref(), commits);
    whole(&path, config.as_deref(), commits, rounds);
}

/// What one commit after another costs, and how many files each changed.
fn one_by_one(path: &Path, config: Option<&Path>, commits: usize) {
    let git = Arc::new(Git::discover(path, true).expect("it can be read").expect("a git repository"));
    let head = git.head().expect("a commit").expect("a commit");
    let most = commits + 1;
    let log = git.log(&head, LogRange { is_main_line: true, since: None, most });
    let folder = RepoPath::root();
    let own = path.join("watertight.toml");
    let text = std::fs::read_to_string(config.unwrap_or(&own)).expect("a configuration");
    let file = RepoPath::new("watertight.toml").expect("a path");
    let cache = Cache::off();
    let past = Past {
        git: &git,
        folder: &folder,
        configuration: Some((&file, &text)),
        today: Date::today(),
        cache: &cache,
    };
    let shared = Shared::default();
    let mut walk = Walk::new(past, &shared);
    let mut line = log.commits.iter().rev();
    let first = line.next().expect("a commit");
    let begin = Instant::now();
    let measured = walk.measure(&first.commit).expect("it can be measured");
    println!(
        "the first of {} commits: {:.1} ms; {} features, {} units",
        log.commits.len(),
        milliseconds(begin.elapsed()),
        measured.totals.features,
        measured.totals.units
    );
    let mut taken: [Vec<(Duration, usize)>; 2] = [Vec::new(), Vec::new()];
    for logged in line {
        let changed = git.changes(logged, &folder).map_or(0, |changes| changes.len());
        let (before, begin) = (walk.measured, Instant::now());
        let _ = walk.measure(&logged.commit);
        taken[usize::from(walk.measured > before)].push((begin.elapsed(), changed));
    }
    let names = ["taken over from the one before", "measured anew"];
    for (name, taken) in names.iter().zip(&taken) {
        let all: Duration = taken.iter().map(|(time, _)| *time).sum();
        let files: usize = taken.iter().map(|(_, files)| files).sum();
        let mut times: Vec<Duration> = taken.iter().map(|(time, _)| *time).collect();
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        println!(
            "{name}: {} commits of {files} changed files, {:.0} ms in all, {:.2} ms in the middle, {:.2} ms at most",
            taken.len(),
            milliseconds(all),
            milliseconds(median),
            times.last().copied().map_or(0.0, milliseconds)
        );
    }
}

/// The whole command, as a user starts it.
fn whole(path: &Path, config: Option<&Path>, commits: usize, rounds: usize) {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_watertight"));
            command.args(["history", "--every", "commit", "--limit", &commits.to_string()]).arg(path);
            if let Some(config) = config {
                command.arg("--config").arg(config);
            }
            let begin = Instant::now();
            command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs");
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (Some(quickest), Some(median)) = (times.first(), times.get(times.len() / 2)) else { return };
    println!(
        "history --every commit --limit {commits}: {:.2} s in the middle of {rounds}, {:.2} s at best",
        median.as_secs_f64(),
        quickest.as_secs_f64()
    );
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
