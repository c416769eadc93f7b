//! Every error, problem, gap and finding as a person sees it, in one golden file, to be read as a whole.
//!
//! A text of the source that the file does not show fails the test: who adds a message adds the smallest input
//! that provokes it, and reads what a person will read.

mod arguments;
mod baseline;
mod beside;
mod configuration;
mod findings;
mod gaps;
mod place;
mod problems;
mod rules;
mod texts;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use crate::watertight::{name, repository, run};

/// One thing that goes wrong: what it is, and how to provoke it.
struct Case {
    title: String,
    arguments: String,
    folder: Folder,
}

/// Where a case is run.
enum Folder {
    Made(TempDir),
    There(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Made(folder) => folder.path(),
            Self::There(path) => path,
        }
    }
}

impl Case {
    fn new(title: &str, arguments: &str, files: &[(&str, &str)]) -> Self {
        Self::within(title, arguments, repository(files))
    }

    fn within(title: &str, arguments: &str, folder: TempDir) -> Self {
        Self { title: title.to_owned(), arguments: arguments.to_owned(), folder: Folder::Made(folder) }
    }

    /// What is there already: a fixture, named by what it shows.
    fn of_fixture(arguments: &str, path: &Path) -> Self {
        let title = name(path).replace('-', " ");
        Self { title, arguments: arguments.to_owned(), folder: Folder::There(path.to_owned()) }
    }

    /// With something done to the folder before it is run.
    fn prepared(self, prepare: impl FnOnce(&Path)) -> Self {
        prepare(self.folder.path());
        self
    }

    fn transcript(&self) -> String {
        let run = run(self.folder.path(), &self.arguments);
        format!("## {}\n$ watertight {}\n{}", self.title, self.arguments, run.transcript())
    }
}

/// A repository of two features that nothing is wrong with, which most cases spoil in one place.
const SHOP: [(&str, &str); 6] = [
    (
        "watertight.toml",
        "[features.cart]\npaths = [\"cart\"]\nowner = \"@shop/cart\"\n\n[features.stock]\npaths = [\"stock\"]\n",
    ),
    ("Cargo.toml", "[workspace]\nmembers = [\"cart\", \"stock\"]\n"),
    ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
    ("cart/src/lib.rs", ""),
    ("stock/Cargo.toml", "[package]\nname = \"stock\"\n"),
    ("stock/src/lib.rs", ""),
];

/// The shop, with files more or other ones.
fn shop(files: &[(&str, &str)]) -> TempDir {
    repository(&[SHOP.as_slice(), files].concat())
}

/// The whole file: sections, and in each what goes wrong.
fn catalogue() -> String {
    let sections = [
        ("Errors of arguments", arguments::cases()),
        ("Errors of the place and of git", place::cases()),
        ("Errors of the configuration", configuration::cases()),
        ("Errors of rules", rules::cases()),
        ("Errors of declarations next to the code", beside::cases()),
        ("Errors of the baseline", baseline::cases()),
        ("Problems", problems::cases()),
        ("Gaps", gaps::cases()),
        ("Findings", findings::cases()),
    ];
    let mut all = String::new();
    for (title, cases) in sections {
        let told: Vec<String> = cases.par_iter().map(Case::transcript).collect();
        write!(all, "# {title}\n\n{}\n", told.join("\n")).expect("written");
    }
    all
}

/// The cases with an error, a problem or a finding that does not say what to do about it.
fn without_help(catalogue: &str) -> Vec<&str> {
    let told = |line: &&str| {
        let line = line.trim_start_matches("inherited ");
        matches!(line, "error" | "problem")
            || ["error: ", "deny[", "warn["].iter().any(|start| line.starts_with(start))
    };
    let is_short = |case: &&str| {
        let helps = case.lines().filter(|line| line.trim_start().starts_with("help: ")).count();
        helps < case.lines().filter(told).count()
    };
    catalogue.split("\n## ").filter(is_short).collect()
}

#[test]
fn every_message_is_in_the_catalogue() {
    let catalogue = catalogue();
    insta::assert_snapshot!("catalogue", catalogue);
    assert_eq!(without_help(&catalogue), Vec::<&str>::new(), "these say not what to do");
    let missing = texts::missing(&catalogue);
    assert!(
        missing.is_empty(),
        "{} texts of the source are not in the catalogue: add the smallest input that provokes each to \
         tests/suite/catalogue/, or say in texts.rs why no test can\n{}",
        missing.len(),
        missing.join("\n")
    );
    assert_eq!(texts::idle_excuses(&catalogue), Vec::<&str>::new(), "these are shown, or are no more");
}
