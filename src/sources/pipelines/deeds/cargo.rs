//! Cargo in pipelines: what it builds, and what it builds to test or to publish.

use crate::sources::dockerfile::{Argument, read_cargo};
use crate::text::{Span, Spanned};

use super::options::Options;
use super::{CargoVerb, Deed, Published, is_known};

/// What builds the packages to do something with them.
const CHECKS: [&str; 10] = ["test", "t", "check", "c", "clippy", "bench", "doc", "d", "rustdoc", "tarpaulin"];

pub(super) fn read(words: &[String], span: Span) -> Vec<Deed> {
    let Some((verb, plain)) = as_build(words) else { return Vec::new() };
    let argument =
        |word: &String| Argument { word: Spanned { value: word.clone(), span }, is_known: is_known(word) };
    let arguments: Vec<Argument> = plain.iter().map(argument).collect();
    let is_dry = words.iter().any(|word| word == "--dry-run" || word == "-n");
    let verb = if verb == CargoVerb::Publish && is_dry { CargoVerb::Check } else { verb };
    match read_cargo(&arguments, "", 0) {
        Some(read) => vec![Deed::Cargo(verb, Box::new(read.build))],
        None => Vec::new(),
    }
}

/// maturin builds a package of the repository as one for Python.
pub(super) fn read_maturin(words: &[String], span: Span) -> Vec<Deed> {
    let Some(verb) = words.first().filter(|verb| matches!(verb.as_str(), "build" | "publish" | "develop"))
    else {
        return Vec::new();
    };
    let options =
        Options::read(words, &|name| !matches!(name, "r" | "release" | "sdist" | "strip" | "q" | "locked"));
    // Otherwise `pyproject.toml` says which.
    let Some(manifest) = options.last(&["m", "manifest-path"]) else {
        return vec![Deed::Unclear("maturin".to_owned())];
    };
    let cargo = ["cargo", "build", "--manifest-path"].map(str::to_owned);
    let publishes = (verb == "publish").then_some(Deed::Publish(Published::Release));
    read(&[cargo.as_slice(), &[manifest]].concat(), span).into_iter().chain(publishes).collect()
}

/// The command as one that builds: all of them name packages in the same way.
fn as_build(words: &[String]) -> Option<(CargoVerb, Vec<String>)> {
    let mut at = 1;
    while let Some(word) = words.get(at).filter(|word| word.starts_with(['+', '-'])) {
        at += if matches!(word.as_str(), "-C" | "-Z" | "--color" | "--config" | "--target-dir") {
            2
        } else {
            1
        };
    }
    let verb = words.get(at)?.as_str();
    // `cargo xtask` and the like are programs of the repository.
    let (kind, length) = match verb {
        "publish" => (CargoVerb::Publish, 1),
        "workspaces" | "ws" if words.get(at + 1).is_some_and(|word| word == "publish") => {
            (CargoVerb::Publish, 2)
        }
        "nextest" | "llvm-cov" | "hack" | "miri" | "fuzz" => {
            let inner = words.get(at + 1).filter(|word| !word.starts_with('-'));
            (CargoVerb::Check, 1 + usize::from(inner.is_some()))
        }
        verb if CHECKS.contains(&verb) => (CargoVerb::Check, 1),
        _ => return Some((CargoVerb::Build, words.to_vec())),
    };
    let mut plain = words.get(..at)?.to_vec();
    plain.push("build".to_owned());
    plain.extend_from_slice(words.get(at + length..)?);
    Some((kind, plain))
}
