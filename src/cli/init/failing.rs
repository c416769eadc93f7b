//! One edit that would turn the check red, tried before it is told.

use crate::baseline::Baseline;
use crate::features::{CONFIGURATION_FILE, Configuration};
use crate::findings::Finding;
use crate::insight::{Breach, breach};
use crate::report::safe;
use crate::rules::Level;
use crate::snapshot::Changed;
use crate::text::RepoPath;
use crate::{Change, Repository};

use super::super::open::{Opened, read_own};

/// The edit, as a person reads it; nothing if none is known.
pub(super) fn how_to_fail(
    opened: &Opened<'_>,
    repository: &Repository,
    baseline: Option<&Baseline>,
) -> String {
    let is_seen = |file: &RepoPath, line: &str| fails_with(opened, repository, baseline, file, line);
    let linked = &repository.linked;
    let refused =
        breach(repository.judged(), repository.law(), &linked.cargo, &linked.package_units, &is_seen);
    refused.map(|refused| told(&refused, opened)).unwrap_or_default()
}

/// Whether the check would fail with one more line at the end of a file.
fn fails_with(
    opened: &Opened<'_>,
    repository: &Repository,
    baseline: Option<&Baseline>,
    file: &RepoPath,
    line: &str,
) -> bool {
    let Ok(Some((_, before))) = read_own(&*opened.snapshot, file) else { return false };
    let changed = Changed::new(&*opened.snapshot, file.clone(), format!("{before}\n{line}\n"));
    let Some((_, text)) = &opened.configuration else { return false };
    let configuration = &repository.configuration;
    let (again, _) = Configuration::read(&configuration.file, text);
    let Ok(changed) = Repository::load(&changed, again, repository.today, None) else { return false };
    !denied(&changed, baseline).is_empty()
}

/// What fails the check beside a baseline.
pub(super) fn denied(repository: &Repository, baseline: Option<&Baseline>) -> Vec<Finding> {
    let mut change = Change::of_everything(repository);
    if let Some(baseline) = baseline {
        change.accept(baseline, None, &repository.rules);
    }
    change.verdict.findings.retain(|finding| finding.level == Level::Deny);
    change.verdict.findings
}

/// Whether a manifest has a table for what a line adds to it.
fn has_table(opened: &Opened<'_>, manifest: &RepoPath) -> bool {
    let text = read_own(&*opened.snapshot, manifest).ok().flatten().map(|(_, text)| text).unwrap_or_default();
    text.lines().any(|line| line.trim() == "[dependencies]")
}

fn told(refused: &Breach, opened: &Opened<'_>) -> String {
    let (place, lines, [from, to]) = match refused {
        Breach::Dependency { manifest, line, features } if has_table(opened, manifest) => {
            (format!("add this to `{manifest}`, below `[dependencies]`"), line.clone(), features)
        }
        Breach::Dependency { manifest, line, features } => {
            (format!("add this to the end of `{manifest}`"), format!("[dependencies]\n{line}"), features)
        }
        Breach::Stage { file, line, features } => {
            (format!("add this to the end of `{file}`"), line.clone(), features)
        }
        Breach::Declared { lines, features } => (
            format!("add this to the end of `{CONFIGURATION_FILE}`: a coupling that no manifest states"),
            lines.clone(),
            features,
        ),
    };
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    safe(&format!(
        "\nTo see it fail, {place}:\n\n{lines}\nand run `watertight check`: `{from}` and `{to}` share no \
         responsibility.\n"
    ))
}
