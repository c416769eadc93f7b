//! What a person sees on a terminal: one is made for each run.

use std::path::Path;
use std::process::Command;

use crate::tools::succeed;
use crate::watertight::{binary, repository, testdata};

/// What a terminal of so many columns is sent; `options` are those of `tests/tools/terminal.py`.
fn sent(columns: usize, options: &[&str], arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/terminal.py");
    let mut python = Command::new("python3");
    python.arg(script).arg(columns.to_string()).args(options).arg("--").arg(binary()).args(arguments);
    succeed(&mut python).replace("\r\n", "\n")
}

fn shop() -> String {
    testdata("monorepos/shop").to_string_lossy().into_owned()
}

#[test]
fn colours_and_frames_are_those_that_the_terminal_has() {
    for (environment, has_colour, has_frames) in [
        (&["TERM=xterm", "LANG=en_GB.UTF-8"][..], true, true),
        (&["TERM=xterm", "LANG=C"], true, false),
        (&["TERM=linux", "LANG=en_GB.UTF-8"], true, false),
        (&["TERM=dumb", "LANG=en_GB.UTF-8"], false, false),
        (&["TERM=xterm", "LC_ALL=C.UTF-8", "NO_COLOR=1"], false, true),
    ] {
        let shown = sent(100, environment, &["check", &shop()]);
        assert_eq!(shown.contains("\u{1b}[31"), has_colour, "{environment:?}: {shown}");
        assert_eq!(!shown.is_ascii(), has_frames, "{environment:?}: {shown}");
    }
    let shown = sent(100, &["TERM=xterm", "NO_COLOR=1"], &["check", "--color", "always", &shop()]);
    assert!(shown.contains("\u{1b}[31"), "{shown}");
    // A busy machine takes so long that there is progress, which is no colour.
    let shown = sent(100, &["TERM=xterm"], &["check", "--color=never", &shop()]);
    assert!(!shown.contains("\u{1b}[3") && !shown.contains("\u{1b}[1m"), "{shown}");
}

#[test]
fn lines_are_as_long_as_the_terminal_is_wide_within_reason() {
    let one = repository(&[("watertight.toml", "[features.a]\npaths = [\"a\"]\n")]);
    let place = one.path().display().to_string();
    let longest = |columns| {
        let shown = sent(columns, &["TERM=dumb"], &["explain", "unshared-coupling", "--in", &place]);
        shown.lines().map(|line| line.chars().count()).max().unwrap_or_default()
    };
    for (columns, at_least, at_most) in [(30, 50, 60), (70, 60, 70), (400, 100, 120)] {
        let longest = longest(columns);
        assert!((at_least..=at_most).contains(&longest), "{columns} columns: {longest}");
    }
}

/// A report that nobody reads yet holds the run up as long as it has to.
#[test]
fn who_waits_longer_than_half_a_second_sees_what_for() {
    let folder = repository(&[]);
    let fifo = folder.path().join("report");
    succeed(Command::new("mkfifo").arg(&fifo));
    let fifo = fifo.to_string_lossy();
    let waited = |environment: &[&str], seconds: &str, options: &[&str]| {
        let options_of_terminal = [environment, &["--read", &fifo, seconds]].concat();
        let report = format!("--report=json={fifo}");
        let shop = shop();
        let arguments = [&["check", &shop, "--format=compact", &report], options].concat();
        sent(100, &options_of_terminal, &arguments)
    };
    let shown = waited(&["TERM=xterm"], "0.9", &[]);
    let (progress, rest) = shown.split_once("crates/").unwrap_or_else(|| panic!("no report: {shown}"));
    assert!(progress.contains("reporting: 34 files, "), "{progress:?}");
    assert!(progress.ends_with("\r\u{1b}[2K") || progress.ends_with("\u{1b}[K"), "it is gone: {progress:?}");
    assert!(!rest.contains("reporting"), "{rest:?}");
    for (environment, options) in [(&["TERM=xterm"][..], &["--quiet"][..]), (&["TERM=dumb"], &[])] {
        let shown = waited(environment, "0.7", options);
        assert!(shown.starts_with("crates/"), "{environment:?} {options:?}: {shown:?}");
    }
    // Who does not wait sees nothing of it; a busy machine may need another try.
    let is_silent = |_| waited(&["TERM=xterm"], "0", &[]).starts_with("crates/");
    assert!((0..10).any(is_silent), "there is always a line");
}
