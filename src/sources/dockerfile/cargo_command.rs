//! What a cargo command builds.
//!
//! Invariant: a command that builds no binary of the repository is none here: tests, checks, what is
//! installed from a registry.

use crate::text::{Span, Spanned};

use super::shell::file_name;

/// A word of a command with its variables in place.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) word: Spanned<String>,
    pub(super) is_known: bool,
}

/// What cargo is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CargoCommandWord {
    /// `cargo build`
    Build,
    /// `cargo install --path`
    Install,
    /// `cargo run`
    Run,
    /// `cargo chef cook`: builds dependencies, and no binary.
    Cook,
    /// What builds in another way: `cargo zigbuild`, `cross build`, `cargo auditable build`, `cargo leptos
    /// build`.
    Other,
}

/// A cargo command that builds something of the repository.
#[derive(Debug, Clone, PartialEq)]
pub struct CargoBuild {
    /// What cargo is told to do.
    pub command: CargoCommandWord,
    /// The packages of `-p`, without a version.
    pub packages: Vec<Spanned<String>>,
    /// The packages of `--exclude`.
    pub excluded: Vec<Spanned<String>>,
    /// The binaries of `--bin`.
    pub bins: Vec<Spanned<String>>,
    /// `--bins`
    pub all_bins: bool,
    /// `--workspace` or `--all`
    pub workspace: bool,
    /// Whether only libraries, examples, tests or benchmarks are named, so that no binary is built.
    pub is_without_bins: bool,
    /// Whether all of it is known; if not, a variable may name more packages or binaries, and is in
    /// [`super::Contents::unknown`].
    pub is_certain: bool,
    /// `--manifest-path`, as it is written.
    pub manifest_path: Option<Spanned<String>>,
    /// `--path` of `cargo install`, as it is written.
    pub path: Option<Spanned<String>>,
    /// Cargo features of `--features`, one each.
    pub features: Vec<String>,
    /// `--no-default-features`
    pub no_default_features: bool,
    /// `--all-features`
    pub all_features: bool,
    /// The profile: `dev` unless it is told.
    pub profile: String,
    /// `--target`
    pub triple: Option<String>,
    /// `--target-dir`
    pub target_dir: Option<String>,
    /// `--root`, `--artifact-dir`: where what is built is put as well.
    pub output: Option<String>,
    /// The folder in the image that it runs in; an unknown variable in it stays as written.
    pub folder: String,
    /// The command, from `cargo` to its last word.
    pub span: Span,
    /// The stage.
    pub stage: usize,
}

/// What is read of a command.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) build: CargoBuild,
    /// Words that may name more packages or binaries, and aren't known.
    pub(super) unknown: Vec<Spanned<String>>,
}

/// Reads a command that runs in a folder; `None` if it builds nothing of the repository.
pub(super) fn read(words: &[Argument], folder: &str, stage: usize) -> Option<Read> {
    let (first, last) = words.first().zip(words.last())?;
    let span = first.word.span.to(last.word.span);
    let (command, rest, to) = subcommand(words)?;
    let build = CargoBuild {
        command,
        packages: Vec::new(),
        excluded: Vec::new(),
        bins: Vec::new(),
        all_bins: false,
        workspace: false,
        is_without_bins: false,
        is_certain: true,
        manifest_path: None,
        path: None,
        features: Vec::new(),
        no_default_features: false,
        all_features: false,
        profile: if command == CargoCommandWord::Install { "release" } else { "dev" }.to_owned(),
        triple: None,
        target_dir: None,
        output: None,
        folder: to.map_or_else(|| folder.to_owned(), |to| super::files::absolute(folder, to)),
        span,
        stage,
    };
    let mut reader = Reader { read: Read { build, unknown: Vec::new() }, others: false };
    reader.options(rest);
    let Reader { mut read, others } = reader;
    read.build.is_certain = read.unknown.is_empty();
    read.build.is_without_bins = others && read.build.bins.is_empty() && !read.build.all_bins;
    let is_own = command != CargoCommandWord::Install || read.build.path.is_some();
    is_own.then_some(read)
}

/// What is to be done, the words behind it, and the folder of `-C`.
fn subcommand(words: &[Argument]) -> Option<(CargoCommandWord, &[Argument], Option<&str>)> {
    let is_cargo = match file_name(&words.first()?.word.value) {
        "cargo" => true,
        "cross" => false,
        _ => return None,
    };
    let (mut at, mut folder) = (1, None);
    let text = |at: usize| words.get(at).map(|argument| argument.word.value.as_str());
    while let Some(word) = text(at).filter(|word| word.starts_with(['+', '-'])) {
        if word == "-C" {
            folder = text(at + 1);
        }
        at += if matches!(word, "-C" | "-Z" | "--color" | "--config") { 2 } else { 1 };
    }
    // Behind a word that isn't cargo's own stands what it is to do.
    let inner = (at + 1..words.len()).find(|at| text(*at).is_some_and(|word| !word.starts_with('-')));
    let own = |at: usize| match text(at)? {
        "build" | "b" | "rustc" => Some(CargoCommandWord::Build),
        "run" | "r" => Some(CargoCommandWord::Run),
        "install" => Some(CargoCommandWord::Install),
        _ => None,
    };
    let (command, at) = match text(at)? {
        "zigbuild" => (CargoCommandWord::Other, at),
        "chef" if inner.and_then(text) == Some("cook") => (CargoCommandWord::Cook, inner?),
        "auditable" | "leptos" | "lambda" | "component" | "xwin" | "tauri" | "ndk" | "shuttle" | "trunk" => {
            let inner = inner?;
            let command = own(inner)?;
            let is_build = command == CargoCommandWord::Build;
            (if is_build { CargoCommandWord::Other } else { command }, inner)
        }
        _ => (own(at)?, at),
    };
    let command = if is_cargo { command } else { CargoCommandWord::Other };
    Some((command, words.get(at + 1..)?, folder))
}

struct Reader {
    read: Read,
    /// Whether something else than binaries is named.
    others: bool,
}

/// The options of cargo that a word follows, by their long names.
const VALUED: [&str; 31] = [
    "--package",
    "--exclude",
    "--bin",
    "--example",
    "--test",
    "--bench",
    "--features",
    "--target",
    "--target-dir",
    "--profile",
    "--manifest-path",
    "--path",
    "--root",
    "--git",
    "--branch",
    "--tag",
    "--rev",
    "--version",
    "--registry",
    "--index",
    "--jobs",
    "--color",
    "--config",
    "-Z",
    "--message-format",
    "--artifact-dir",
    "--out-dir",
    "--recipe-path",
    "--lockfile-path",
    "--bin-features",
    "-C",
];

fn long(name: &str) -> &str {
    match name {
        "-p" => "--package",
        "-F" => "--features",
        "-j" => "--jobs",
        "-r" => "--release",
        name => name,
    }
}

impl Reader {
    fn options(&mut self, words: &[Argument]) {
        let mut at = 0;
        while let Some(argument) = words.get(at) {
            at += 1;
            let word = &argument.word;
            if word.value == "--" {
                return;
            }
            let (name, attached) = option(&word.value);
            if !word.value.starts_with('-') {
                if !argument.is_known && !self.takes_positional() {
                    self.read.unknown.push(word.clone());
                }
                // What follows is the program's own.
                if self.read.build.command == CargoCommandWord::Run && argument.is_known {
                    return;
                }
                continue;
            }
            if !VALUED.contains(&name) {
                self.switch(name);
                continue;
            }
            let value = match attached {
                Some(value) => Some(Spanned { value: value.to_owned(), span: word.span }),
                None => {
                    at += 1;
                    words.get(at - 1).map(|argument| argument.word.clone())
                }
            };
            let is_known = argument.is_known
                && (attached.is_some() || words.get(at - 1).is_none_or(|word| word.is_known));
            if let Some(value) = value {
                self.option(name, value, is_known);
            }
        }
    }

    /// Whether words without an option name no target: crates of a registry.
    fn takes_positional(&self) -> bool {
        self.read.build.command == CargoCommandWord::Install
    }

    fn switch(&mut self, name: &str) {
        let build = &mut self.read.build;
        match name {
            "--release" => build.profile = "release".to_owned(),
            "--debug" if build.command == CargoCommandWord::Install => build.profile = "dev".to_owned(),
            "--bins" => build.all_bins = true,
            "--all-targets" => build.all_bins = true,
            "--workspace" | "--all" => build.workspace = true,
            "--all-features" => build.all_features = true,
            "--no-default-features" => build.no_default_features = true,
            "--lib" | "--examples" | "--tests" | "--benches" => self.others = true,
            _ => {}
        }
    }

    fn option(&mut self, name: &str, value: Spanned<String>, is_known: bool) {
        let build = &mut self.read.build;
        let selects = matches!(name, "--package" | "--exclude" | "--bin" | "--manifest-path" | "--path");
        if selects && !is_known {
            self.read.unknown.push(value.clone());
        }
        match name {
            "--manifest-path" => build.manifest_path = Some(value),
            "--path" => build.path = Some(value),
            "--profile" => build.profile = value.value,
            "--target" => build.triple = Some(value.value),
            "--target-dir" => build.target_dir = Some(value.value),
            "--root" | "--artifact-dir" | "--out-dir" => build.output = Some(value.value),
            "--features" => {
                let features = value.value.split([',', ' ']).filter(|feature| !feature.is_empty());
                build.features.extend(features.map(str::to_owned));
            }
            "--example" | "--test" | "--bench" => self.others = true,
            _ if !is_known => {}
            "--package" => build.packages.push(without_version(value)),
            "--exclude" => build.excluded.push(without_version(value)),
            "--bin" => build.bins.push(value),
            _ => {}
        }
    }
}

/// The long name of an option, and the value that is written in the same word.
fn option(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
    }
    match word.split_at_checked(2) {
        Some((name @ ("-p" | "-F" | "-j" | "-Z"), value)) if !value.is_empty() => {
            (long(name), Some(value.strip_prefix('=').unwrap_or(value)))
        }
        _ => (long(word), None),
    }
}

fn without_version(mut package: Spanned<String>) -> Spanned<String> {
    if let Some(at) = package.value.find('@') {
        package.value.truncate(at);
    }
    package
}
