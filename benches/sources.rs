//! How quickly Rust sources are read: by rustc's own lexer alone, by the reader, from what is kept; and whole checks of
//! their workspace with nothing kept, with an empty cache and with a full one. Medians and ratios of one run.
//!
//! ```text
//! cargo bench --bench sources -- path/to/workspace [--config FILE] [--rounds N] [--also "cargo machete"]…
//! ```
//!
//! What is given with `--also` runs in the workspace and takes turns with the others.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it runs commands and keeps things in a temporary folder")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ra_ap_rustc_lexer::{FrontmatterAllowed, tokenize};
use watertight::snapshot::{Snapshot, WorkTree};
use watertight::sources::rust::code::{RustFile, read_code};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(path) = arguments.first().filter(|path| !path.starts_with('-')) else {
        println!("usage: cargo bench --bench sources -- PATH [--config FILE] [--rounds N] [--also COMMAND]…");
        return;
    };
    let values = |name: &str| -> Vec<&String> {
        arguments.windows(2).filter(|pair| pair[0] == name).map(|pair| &pair[1]).collect()
    };
    let path = Path::new(path).canonicalize().expect("a folder");
    let rounds = values("--rounds").first().map_or(9, |count| count.parse().expect("a number"));
    let config = values("--config").first().map(|file| Path::new(file).canonicalize().expect("a file"));
    in_memory(&path, rounds);
    processes(&path, config, rounds, &values("--also"));
}

/// The sources as texts, one after the other, on one core.
fn in_memory(path: &Path, rounds: usize) {
    let tree = WorkTree::open(path).expect("a folder");
    let listing = tree.list(&|_, name| name.ends_with(".rs"), &|_| {});
    let texts = listing.files.iter().filter_map(|path| String::from_utf8(tree.read(path).ok()?).ok());
    let texts: Vec<String> = texts.collect();
    let size: usize = texts.iter().map(String::len).sum();
    let lines: usize = texts.iter().map(|text| text.lines().count()).sum();
    println!("{} sources, {lines} lines, {:.1} MB", texts.len(), megabytes(size));
    let kept: Vec<Vec<u8>> =
        texts.iter().map(|text| postcard::to_stdvec(&read_code(text)).expect("it can be kept")).collect();
    let of_kept: usize = kept.iter().map(Vec::len).sum();
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds {
        times[0].push(timed(|| {
            for text in &texts {
                black_box(tokenize(text, FrontmatterAllowed::No).count());
            }
        }));
        times[1].push(timed(|| texts.iter().for_each(|text| drop(black_box(read_code(text))))));
        times[2].push(timed(|| {
            for bytes in &kept {
                black_box(postcard::from_bytes::<RustFile>(bytes).expect("it can be read"));
            }
        }));
    }
    let [lexer, reader, decoding] = times.map(median);
    let speed = |time: Duration| megabytes(size) / time.as_secs_f64();
    println!("lexer alone   {:>7.0} MB/s on one core", speed(lexer));
    println!("reader        {:>7.0} MB/s, {:.2} of the lexer", speed(reader), speed(reader) / speed(lexer));
    println!("what is kept  {:>7.1} MB, decoded in {:.1} ms", megabytes(of_kept), milliseconds(decoding));
}

fn processes(path: &Path, config: Option<PathBuf>, rounds: usize, also: &[&String]) {
    let kept = tempfile::tempdir().expect("a temporary folder");
    let (cold, warm) = (kept.path().join("cold"), kept.path().join("warm"));
    let check = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watertight"));
        command.arg("check").arg(path).args(more);
        if let Some(config) = &config {
            command.arg("--config").arg(config);
        }
        command
    };
    let (cold, warm) = (cold.to_str().expect("UTF-8"), warm.to_str().expect("UTF-8"));
    let mut names = vec!["check --no-cache".to_owned(), "check, cold".to_owned(), "check, warm".to_owned()];
    names.extend(also.iter().map(|command| (*command).clone()));
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); names.len()];
    for round in 0..=rounds {
        let _ = std::fs::remove_dir_all(cold);
        let mut commands = vec![check(&["--no-cache"]), check(&["--cache", cold]), check(&["--cache", warm])];
        for written in also {
            let mut words = written.split_whitespace();
            let mut command = Command::new(words.next().expect("a command"));
            command.args(words).current_dir(path);
            commands.push(command);
        }
        for (mut command, times) in commands.into_iter().zip(&mut times) {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let time = timed(|| {
                command.status().expect("it runs");
            });
            if round > 0 {
                times.push(time);
            }
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for (name, time) in names.iter().zip(&medians) {
        let ratio = time.as_secs_f64() / medians[1].as_secs_f64();
        println!("{name:<20} {:>9.1} ms, {ratio:>6.2} of a cold check", milliseconds(*time));
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
