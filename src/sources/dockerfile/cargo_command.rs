//! What a cargo command builds.
//!
//! Invariant: a command that builds no binary of the repository is none here: tests, checks, what is
//! installed from a registry.

use crate::text::{Span, Spanned};

use super::cargo_options;
use super::program::file_name;

/// A word of a command with its variables in place.
#[derive(Debug, Clone)]
pub(in crate::sources) struct Argument {
    pub(in crate::sources) word: Spanned<String>,
    pub(in crate::sources) is_known: bool,
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
pub(in crate::sources) struct Read {
    pub(in crate::sources) build: CargoBuild,
    /// Words that may name more packages or binaries, and aren't known.
    pub(in crate::sources) unknown: Vec<Spanned<String>>,
}

/// Reads a command that runs in a folder; `None` if it builds nothing of the repository.
pub(in crate::sources) fn read(words: &[Argument], folder: &str, stage: usize) -> Option<Read> {
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
    let (mut read, others) = cargo_options::read(build, rest);
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

#[cfg(test)]
mod tests {
    use super::{Argument, CargoBuild, Read, read};
    use crate::text::{Span, Spanned};

    fn reading(text: &str) -> Option<Read> {
        let argument = |word: &str| Argument {
            word: Spanned { value: word.to_owned(), span: Span::default() },
            is_known: !word.contains('$'),
        };
        let words: Vec<Argument> = text.split(' ').map(argument).collect();
        read(&words, "/app", 0)
    }

    fn shown(build: &CargoBuild) -> String {
        let list = |words: &[Spanned<String>]| {
            words.iter().map(|word| word.value.as_str()).collect::<Vec<_>>().join(",")
        };
        let (packages, bins) = (list(&build.packages), list(&build.bins));
        format!("{:?} {} {packages}|{bins}|{}", build.command, build.profile, build.features.join(","))
    }

    #[test]
    fn commands_that_build() {
        let cases = [
            ("cargo build", "Build dev ||"),
            ("/root/.cargo/bin/cargo b -r -p a -pb --package=c --package d@1.2", "Build release a,b,c,d||"),
            ("cargo +nightly --locked --config x build --bin a --bin=b", "Build dev |a,b|"),
            ("cargo build -F a,b --features=c -Fd", "Build dev ||a,b,c,d"),
            ("cargo build --profile dist -j 4 --target x -Z build-std -- -p no", "Build dist ||"),
            ("cargo run -p a server --bin no", "Run dev a||"),
            ("cargo install --path . --bin a", "Install release |a|"),
            ("cargo install --debug --path=x", "Install dev ||"),
            ("cargo chef cook --release -p a", "Cook release a||"),
            ("cargo zigbuild -p a", "Other dev a||"),
            ("cargo auditable -q build -p a", "Other dev a||"),
            ("cargo leptos build --release", "Other release ||"),
            ("cross build --release", "Other release ||"),
        ];
        for (text, expected) in cases {
            assert_eq!(reading(text).map(|read| shown(&read.build)).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn commands_that_build_nothing_of_the_repository() {
        for text in [
            "cargo",
            "cargo test -p a",
            "cargo --version",
            "cargo chef prepare",
            "cargo install cargo-chef --version 1",
            "cargo auditable install cargo-deny",
            "cargo fetch",
            "cargo leptos serve",
            "cargo-build",
        ] {
            assert!(reading(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_may_name_more_is_told() {
        let cases = [
            ("cargo build -p $P", "$P"),
            ("cargo build --bin=$B", "$B"),
            ("cargo build $FLAGS", "$FLAGS"),
            ("cargo build --target $T --features $F", ""),
        ];
        for (text, unknown) in cases {
            let read = reading(text).unwrap();
            let found: Vec<&str> = read.unknown.iter().map(|word| word.value.as_str()).collect();
            assert_eq!(found.concat(), unknown, "{text}");
            assert_eq!(read.build.is_certain, unknown.is_empty(), "{text}");
        }
    }

    #[test]
    fn flags_and_folders() {
        let build = reading("cargo -C sub build --lib --workspace --exclude a --target-dir t").unwrap().build;
        assert!(build.is_without_bins && build.workspace);
        assert_eq!((build.folder.as_str(), build.target_dir.as_deref()), ("/app/sub", Some("t")));
        assert!(!reading("cargo build --lib --bins").unwrap().build.is_without_bins);
    }
}
