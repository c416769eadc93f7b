//! The options of a cargo command.
//!
//! Invariant: an option that isn't known is passed over; a value that isn't known names nothing.

use crate::text::Spanned;

use super::cargo_command::{Argument, CargoBuild, CargoCommandWord, Read};

/// Reads the words behind what cargo is told to do; also whether they name something else than binaries.
pub(super) fn read(build: CargoBuild, words: &[Argument]) -> (Read, bool) {
    let mut reader = Reader { read: Read { build, unknown: Vec::new() }, others: false };
    reader.options(words);
    (reader.read, reader.others)
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
        let mut words = words.iter();
        while let Some(argument) = words.next() {
            let word = &argument.word;
            match option(&word.value) {
                ("--", _) => return,
                _ if !word.value.starts_with('-') => {
                    if !argument.is_known {
                        self.read.unknown.push(word.clone());
                    } else if self.read.build.command == CargoCommandWord::Run {
                        // What follows is the program's own.
                        return;
                    }
                }
                (name, _) if !VALUED.contains(&name) => self.switch(name),
                (name, Some(value)) => {
                    let value = Spanned { value: value.to_owned(), span: word.span };
                    self.option(name, value, argument.is_known);
                }
                (name, None) => {
                    if let Some(next) = words.next() {
                        self.option(name, next.word.clone(), next.is_known);
                    }
                }
            }
        }
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
