//! The words of the tool, each in a sentence or two.

use super::Style;
use super::paint::{BOLD, paint, wrapped};

/// Words, sorted, and what each means.
pub const GLOSSARY: [(&str, &str); 18] = [
    (
        "API package",
        "A package that is a feature's published contract: its client, its requests and responses. Depending on it is a call, which is allowed. `apis` of a feature names it.",
    ),
    (
        "assembly",
        "A unit whose purpose is to put features together: a monolith's `main`, a local environment. It may depend on every feature; nothing but tests and other assemblies may depend on it.",
    ),
    (
        "baseline",
        "The findings that were there when the check was introduced, in `watertight-baseline.toml`. They are known, and don't fail the check; the list can only shrink. `watertight check --baselined` shows them.",
    ),
    (
        "budget",
        "A number that the repository keeps to, and what one change may do to it: independence, couplings of a kind, entries of the baseline. `[budgets]` sets the limits; `watertight check --ratchet` tightens them to today's numbers.",
    ),
    (
        "coupling",
        "An arrow from one unit to another: the first compiles against the second (`code`), is built with it (`build`), calls it, uses its data, starts after it or is shipped with it. Every coupling names the line that states it.",
    ),
    ("deployable", "A unit that is shipped as one piece: a binary, an image, a service."),
    ("exception", "A finding that a person accepts, with a reason and an end date: `[[exceptions]]`."),
    (
        "feature",
        "A product feature: a named set of units that could be deployed alone, with an owner. Between features nothing is allowed unless both name the same responsibility.",
    ),
    (
        "finding",
        "A place where the repository breaks a rule. At level deny it fails the check, at level warn it is only shown.",
    ),
    (
        "gap",
        "An input that is recognised and not read, a Helm template, say: listed, and never guessed at. What it couples is not seen.",
    ),
    (
        "impact",
        "What a change affects: the packages to build and to test, the deployables to ship again, each with the shortest reason. `watertight impact` tells it.",
    ),
    (
        "independence",
        "Of all ordered pairs of features (A, B), those in which nothing of A reaches anything of B. Calls and tests don't count. With 3 features there are 6 pairs; 5 of 6 means that one feature still pulls one other along.",
    ),
    ("problem", "An input that could not be read although it should be. The rest is checked all the same."),
    (
        "responsibility",
        "A named reason for two features to know of each other: what they answer for together. It excuses couplings between the features that name it, and with `through` only couplings to those units.",
    ),
    (
        "shared",
        "A unit that belongs to no feature on purpose: every feature may build on it, and it may build on none.",
    ),
    ("test support", "Units that exist for tests: they may depend on everything, and only tests on them."),
    ("unassigned", "A unit that nothing names yet. `watertight init` proposes where it belongs."),
    (
        "unit",
        "One thing that builds, runs, ships or is shared: a package, a binary, an image, a service, a datastore, a secret. `watertight units` lists them.",
    ),
];

/// A word and what it means, for a person.
pub fn definition(word: &str, text: &str, style: Style) -> String {
    format!("{}\n{}", paint(word, BOLD, style), wrapped(text, "  ", "  ", style))
}

/// What a word means, however it is written.
pub fn meaning(word: &str) -> Option<(&'static str, &'static str)> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let wanted = plain(word);
    let is_it = |known: &str| {
        let known = plain(known);
        known == wanted
            || format!("{known}s") == wanted
            || known.replace("ly", "lie") == wanted.trim_end_matches('s')
    };
    GLOSSARY.into_iter().find(|(known, _)| is_it(known))
}

#[cfg(test)]
mod tests {
    use super::{GLOSSARY, meaning};

    #[test]
    fn words_are_found_however_they_are_written() {
        for word in ["assemblies", "Assembly", "api-package", "units", "test_support", "gaps"] {
            assert!(meaning(word).is_some(), "{word}");
        }
        assert!(meaning("unshared-coupling").is_none());
        assert!(GLOSSARY.is_sorted_by_key(|(word, _)| word.to_lowercase()));
    }
}
