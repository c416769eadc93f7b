//! `watertight baseline`

use std::path::Path;

use crate::baseline::{BASELINE_FILE, Baseline, Entry, Reviewed};
use crate::findings::Finding;
use crate::report::safe_line;
use crate::rules::Subject;
use crate::text::{Date, RepoPath};
use crate::{Change, Repository};

use super::open::{Opened, read_baseline};
use super::write::write;
use super::{Exit, Outcome, Where};

/// Write down the findings that are there today, so that only new ones fail the check.
///
/// The baseline is `watertight-baseline.toml` beside the configuration: commit it. `check` reads it and never
/// writes it. It can only shrink, unless --accept gives a reason. What is wrong with the configuration
/// itself is never a part of it: mend that.
///
/// Examples:
///   watertight baseline
///   watertight baseline --prune
///   watertight baseline --accept "until the users API is there" --from checkout --to users
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Take out entries that no finding matches any more; also mends the file after a merge conflict
    #[arg(long)]
    prune: bool,

    /// Add the findings that are not in it, for this reason
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,

    /// Accept only findings of this rule
    #[arg(long, value_name = "RULE", requires = "accept")]
    rule: Option<String>,

    /// Accept only findings that lead from this feature or unit
    #[arg(long, value_name = "NAME", requires = "accept")]
    from: Option<String>,

    /// Accept only findings that lead to this feature or unit
    #[arg(long, value_name = "NAME", requires = "accept")]
    to: Option<String>,

    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match written(arguments) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn written(arguments: &Arguments) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    if how.staged || how.rev.is_some() {
        return Err(Outcome::error(
            "error: the baseline is written for the files as they lie there; leave `--staged` and `--rev` out\n"
                .to_owned(),
        ));
    }
    if arguments.accept.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Outcome::error(
            "error: `--accept` needs a reason: who comes after you has to know why\n".to_owned(),
        ));
    }
    let opened = Opened::new(arguments.place.path.as_deref(), how)?;
    opened.needs_configuration()?;
    let known = known(&opened, arguments.prune)?;
    let repository = opened.load(how)?;
    if let Some(rule) = arguments.rule.as_ref().filter(|rule| repository.rules.get(rule).is_none()) {
        return Err(Outcome::error(format!(
            "error: no rule is called `{}`\n  help: `watertight rules` lists them\n",
            safe_line(rule)
        )));
    }
    for name in [&arguments.from, &arguments.to].into_iter().flatten() {
        if !is_known(name, &repository) {
            return Err(Outcome::error(format!(
                "error: no feature or unit is called `{}`\n  help: `watertight graph` lists them\n",
                safe_line(name)
            )));
        }
    }
    let update = Update::new(arguments, known, &repository);
    let text = update.baseline.text();
    let path = opened.folder.as_deref().unwrap_or(Path::new(".")).join(BASELINE_FILE);
    if !arguments.dry_run && update.is_changed(&text) {
        write(&path, &text).map_err(|error| {
            let path = safe_line(&path.to_string_lossy());
            Outcome::error(format!("error: `{path}` can't be written: {error}\n"))
        })?;
    }
    Ok(update.outcome(arguments, repository.linked.problems.len()))
}

/// The baseline that is there, and its text.
fn known(opened: &Opened, is_pruned: bool) -> Result<Option<(String, Baseline)>, Outcome> {
    let refused = |why: String| Outcome::error(format!("error: {why}\n"));
    match read_baseline(&*opened.snapshot).map_err(refused)? {
        None => Ok(None),
        Some((text, Ok(baseline))) => Ok(Some((text, baseline))),
        Some((text, Err(faults))) => {
            let path = RepoPath::new(BASELINE_FILE).unwrap_or_else(RepoPath::root);
            let merged = is_pruned.then(|| Baseline::read_merged(&path, &text).ok()).flatten();
            merged.map(|merged| Some((text, merged))).ok_or_else(|| opened.errors(&faults))
        }
    }
}

/// What becomes of the baseline.
struct Update {
    /// The text that was there, if any.
    before: Option<String>,
    baseline: Baseline,
    /// Entries that no finding matches, or only a part of which one does.
    stale: usize,
    added: usize,
    /// Findings that are not in it.
    left_out: usize,
}

impl Update {
    fn new(arguments: &Arguments, known: Option<(String, Baseline)>, repository: &Repository) -> Self {
        let mut change = Change::of_everything(repository);
        change.verdict.findings.retain(|finding| {
            let rule = repository.rules.get(&finding.rule);
            rule.is_some_and(|rule| rule.condition.subject() != Subject::Configuration)
        });
        let is_new = known.is_none();
        let (before, baseline) = match known {
            Some((text, baseline)) => (Some(text), baseline),
            None => (None, Baseline::new(repository.today)),
        };
        let mut review = Reviewed::new(&baseline);
        review.take(&mut change.verdict.findings);
        let pruned = review.pruned();
        let stale = baseline.entries.iter().filter(|entry| !pruned.contains(entry)).count();
        let mut baseline = baseline.clone();
        if arguments.prune {
            baseline.entries = pruned;
        }
        let new = change.verdict.findings.iter();
        let (accepted, left_out): (Vec<&Finding>, Vec<&Finding>) =
            new.partition(|finding| is_new || is_accepted(arguments, finding));
        let reason = arguments.accept.as_deref().unwrap_or("there before the gate");
        let at: Option<Date> = (!is_new).then_some(repository.today);
        baseline.entries.extend(accepted.iter().map(|finding| Entry::of(finding, reason, at)));
        baseline.tidy();
        if is_new {
            baseline.first = baseline.entries.len();
        }
        Self { before, baseline, stale, added: accepted.len(), left_out: left_out.len() }
    }

    fn is_changed(&self, text: &str) -> bool {
        self.before.as_deref() != Some(text)
    }

    fn outcome(&self, arguments: &Arguments, problems: usize) -> Outcome {
        let would = if arguments.dry_run { "would be " } else { "" };
        let mut output = match (&self.before, self.added, arguments.prune && self.stale > 0) {
            (None, count, _) => {
                format!(
                    "`{BASELINE_FILE}` {would}written: {} known from here on\n",
                    counted(count, "finding is", "findings are")
                )
            }
            (Some(_), 0, false) => {
                format!(
                    "`{BASELINE_FILE}` is as it was: {}\n",
                    counted(self.baseline.entries.len(), "finding", "findings")
                )
            }
            (Some(_), added, pruned) => {
                let parts = [
                    (added > 0).then(|| format!("{added} {would}added")),
                    pruned.then(|| format!("{} {would}taken out or made smaller", self.stale)),
                ];
                let parts: Vec<String> = parts.into_iter().flatten().collect();
                let size = counted(self.baseline.entries.len(), "finding", "findings");
                format!("`{BASELINE_FILE}`: {}; it holds {size}\n", parts.join(", "))
            }
        };
        if self.stale > 0 && !arguments.prune {
            let count = counted(self.stale, "entry matches", "entries match");
            output +=
                &format!("{count} nothing any more, or less: `watertight baseline --prune` takes them out\n");
        }
        if self.left_out > 0 {
            let count = counted(self.left_out, "finding is", "findings are");
            output += &format!("{count} not in it: mend them, or give a reason with `--accept`\n");
        }
        let mut messages = String::new();
        if problems > 0 {
            messages = format!(
                "warning: {} would show is not known: see `watertight check`\n",
                counted(
                    problems,
                    "input could not be read, so what it",
                    "inputs could not be read, so what they"
                )
            );
        }
        let exit = match (self.left_out, problems) {
            (0, 0) => Exit::Clean,
            (0, _) => Exit::Problems,
            _ => Exit::Findings,
        };
        Outcome { output, messages, exit }
    }
}

/// Whether a finding can lead from or to what is called so.
fn is_known(name: &str, repository: &Repository) -> bool {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    map.features.iter().any(|feature| feature.name == name)
        || graph.units().any(|(id, unit)| unit.name == name || map.role_name(id) == name)
}

/// Whether the arguments accept a finding.
fn is_accepted(arguments: &Arguments, finding: &Finding) -> bool {
    let is = |wanted: &Option<String>, party: &Option<crate::findings::Party>| {
        wanted.as_ref().is_none_or(|wanted| {
            party.as_ref().is_some_and(|party| {
                *wanted == party.unit || Some(wanted) == party.feature.as_ref() || *wanted == party.role
            })
        })
    };
    arguments.accept.is_some()
        && arguments.rule.as_ref().is_none_or(|rule| *rule == finding.rule)
        && is(&arguments.from, &finding.from)
        && is(&arguments.to, &finding.to)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
