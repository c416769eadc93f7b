//! Commits that say nothing about what belongs together.

use std::collections::HashSet;

use crate::features::ChangesSection;
use crate::snapshot::Logged;

/// How large a manifest may be that is looked into.
pub(super) const LARGEST_MANIFEST: u64 = 1 << 20;

/// What names and addresses of authors hold that are programs; in lower case.
const BOTS: [&str; 9] = [
    "[bot]",
    "dependabot",
    "renovate",
    "github-actions",
    "greenkeeper",
    "mergify",
    "pre-commit-ci",
    "release-plz",
    "snyk-bot",
];

/// Words of subjects of commits that change how source looks, and not what it does.
const SWEEPS: [&str; 10] = [
    "fmt",
    "rustfmt",
    "clippy",
    "prettier",
    "formatting",
    "reformat",
    "lint",
    "lints",
    "linting",
    "whitespace",
];

/// More words than these, and a subject most likely tells of something else as well.
const MOST_WORDS: usize = 6;

/// What commits are told by that say nothing.
pub(super) struct Noise<'s> {
    /// What `git blame` is told to look past.
    ignored: HashSet<&'s str>,
    bots: &'s [String],
}

impl<'s> Noise<'s> {
    /// `ignored_revisions`: a hash a line, and comments, as git has it.
    pub(super) fn new(ignored_revisions: &'s str, settings: &'s ChangesSection) -> Self {
        let lines = ignored_revisions.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
        Self { ignored: lines.filter(|line| !line.is_empty()).collect(), bots: &settings.bots }
    }

    /// Whether a program wrote it.
    pub(super) fn is_bot(&self, logged: &Logged) -> bool {
        let author = [logged.author.to_lowercase(), logged.mail.to_lowercase()];
        let mut known = BOTS.into_iter().chain(self.bots.iter().map(String::as_str));
        known.any(|bot| author.iter().any(|text| text.contains(bot)))
    }

    /// Whether it only changes how source looks.
    pub(super) fn is_sweep(&self, logged: &Logged) -> bool {
        self.ignored.contains(logged.commit.whole().as_str()) || is_sweep(&logged.subject)
    }
}

/// Whether a subject tells of nothing but how source looks.
fn is_sweep(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // `style:` and `style(cart):`, as conventional commits have it.
    let is_style = lower.trim_start().strip_prefix("style").is_some_and(|rest| {
        let scoped = rest.strip_prefix('(').and_then(|scope| scope.split_once(')'));
        scoped.map_or(rest, |(_, rest)| rest).starts_with(':')
    });
    let begins =
        matches!(words.as_slice(), ["format"] | ["format", "code" | "all" | "everything" | "sources", ..]);
    is_style || begins || (words.len() <= MOST_WORDS && words.iter().any(|word| SWEEPS.contains(word)))
}

/// Whether two texts of a manifest differ in versions alone.
pub(super) fn is_release(before: &str, now: &str) -> bool {
    before != now && before.lines().map(without_version).eq(now.lines().map(without_version))
}

/// A line, without what stands in the quotes behind `version =`.
fn without_version(line: &str) -> (&str, &str) {
    let end = |at: usize| at + "version".len();
    let is_key = |at: &usize| line[end(*at)..].trim_start().starts_with('=');
    let version = line.match_indices("version").map(|(at, _)| at).find(is_key);
    let quoted = version.and_then(|at| {
        let opened = end(at) + line[end(at)..].find('"')? + 1;
        let closed = opened + line[opened..].find('"')?;
        Some((&line[..opened], &line[closed..]))
    });
    quoted.unwrap_or((line, ""))
}

#[cfg(test)]
mod tests {
    use super::{is_release, is_sweep};

    #[test]
    fn subjects_of_sweeps_are_told_from_others() {
        for sweep in [
            "cargo fmt",
            "chore: run rustfmt",
            "Fix clippy lints",
            "style: sort what is imported by the cart and by the list of prices",
            "style(cart): order of imports",
            "Format code with nightly",
            "Apply prettier",
        ] {
            assert!(is_sweep(sweep), "{sweep}");
        }
        for other in [
            "Fix the format of dates in invoices",
            "Support formatting of prices in the cart and in the list",
            "The style of buttons",
            "Style the checkout: buttons are larger",
            "style (cart): buttons",
            "style(cart) of buttons: larger",
            "Styles: larger buttons",
            "",
        ] {
            assert!(!is_sweep(other), "{other}");
        }
    }

    #[test]
    fn a_manifest_with_other_versions_is_a_release() {
        let before = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nb = { path = \"../b\", version = \"0.1\" }\n";
        let now = before.replace("0.1", "0.2");
        assert!(is_release(before, &now));
        assert!(!is_release(before, before));
        assert!(!is_release(before, &before.replace("../b", "../c")));
        assert!(!is_release(before, &(before.to_owned() + "c = \"1\"\n")));
        assert!(!is_release("version", "conversion = \"1"));
    }
}
