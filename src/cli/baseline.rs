//! `watertight baseline`

use std::path::{Path, PathBuf};

use crate::baseline::{BASELINE_FILE, Baseline, Entry, Reviewed, may_hold};
use crate::findings::Finding;
use crate::report::{counted, safe_line};
use crate::rules::Level;
use crate::text::{Date, RepoPath, nearest_or};
use crate::{Change, Repository, Stage, Watch};

use super::console::Console;
use super::exit::OF_BASELINE;
use super::open::{Opened, Unread, read_baseline};
use super::since::Since;
use super::write::{unwritten, write};
use super::{Exit, How, Outcome, date};

/// Write down the findings that are there today, so that only new ones fail the check.
///
/// The baseline is `watertight-baseline.toml` at the root of the repository:
/// commit it. `check` reads it and never writes it. It can only shrink, unless
/// --accept gives a reason. What is wrong with the configuration itself is never
/// a part of it: mend that.
///
/// Examples:
///   watertight baseline
///   watertight baseline --prune
///   watertight baseline --prune --since origin/main
///   watertight baseline --accept "until the users API is there" --to users
#[derive(Debug, Default, clap::Args)]
#[command(verbatim_doc_comment, after_long_help = OF_BASELINE)]
pub(super) struct Arguments {
    /// A folder inside the repository [default: the working folder]
    path: Option<PathBuf>,

    /// A configuration that does not lie at the root of the repository; the baseline lies there all the same
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The day on which exceptions are judged, as `2026-11-21` [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,

    /// Carry over entries whose units or features are called otherwise since this commit
    #[arg(long, value_name = "BASE", requires = "prune")]
    since: Option<String>,

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

/// Takes all that is found into a baseline: a new one, or, with their reasons, those entries of the one that is there
/// which still hold something.
pub(super) fn begun(known: Option<(String, Baseline)>, repository: &Repository) -> Update {
    let arguments = Arguments {
        prune: known.is_some(),
        accept: known.is_some().then(|| BEFORE.to_owned()),
        ..Arguments::default()
    };
    Update::new(&arguments, known, repository)
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match written(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn written(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &How::of_files(arguments.config.clone(), arguments.today);
    if arguments.accept.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Outcome::refused(
            "`--accept` has no reason",
            "say why, for whoever comes after you: `--accept \"moves to the users API\"`",
        ));
    }
    let opened = Opened::new(arguments.path.as_deref(), how, console)?;
    let mut known = known(&opened, arguments.prune)?;
    if arguments.prune && known.is_none() {
        return Err(Outcome::refused(
            &format!("there is no `{BASELINE_FILE}` to prune"),
            "without `--prune`, `watertight baseline` begins one",
        ));
    }
    let repository = match arguments.since {
        None => opened.load(how)?,
        Some(_) => opened.load_to_compare(how)?,
    };
    console.begins(Stage::Judging);
    if let (Some(named), Some((_, baseline))) = (&arguments.since, &mut known) {
        Since::new(named, &opened, &repository)?.base.retell(baseline);
    }
    if let Some(rule) = arguments.rule.as_ref().filter(|rule| repository.rules.get(rule).is_none()) {
        let known = repository.rules.rules.iter().map(|rule| rule.id.as_str());
        let help = nearest_or(rule, known, "`watertight rules` lists them");
        return Err(Outcome::refused(&format!("no rule is called `{rule}`"), &help));
    }
    for name in [&arguments.from, &arguments.to].into_iter().flatten() {
        if !is_known(name, &repository) {
            return Err(Outcome::refused(
                &format!("no feature or unit is called `{name}`"),
                &nearest_or(name, names(&repository), LISTED),
            ));
        }
    }
    let update = Update::new(arguments, known, &repository);
    if arguments.prune && update.of_configuration > 0 {
        return Err(Outcome::refused(
            "the configuration has findings of its own, so what seems to be gone may only be out of sight",
            "mend what `watertight check` shows of it first",
        ));
    }
    let text = update.baseline.text();
    let path = opened.folder.as_deref().unwrap_or(Path::new(".")).join(BASELINE_FILE);
    if !arguments.dry_run && update.is_changed(&text) {
        write(&path, &text).map_err(|error| unwritten(&path, &error))?;
    }
    let mut outcome = update.outcome(arguments, repository.linked.problems.len(), console);
    outcome.messages.insert_str(0, &opened.notice(how, &repository));
    Ok(outcome)
}

/// The baseline that is there, and its text.
pub(super) fn known(opened: &Opened<'_>, is_pruned: bool) -> Result<Option<(String, Baseline)>, Outcome> {
    match read_baseline(&*opened.snapshot).map_err(Unread::outcome)? {
        None => Ok(None),
        Some((text, Ok(baseline))) => Ok(Some((text, baseline))),
        Some((text, Err(faults))) => {
            let path = RepoPath::new(BASELINE_FILE).unwrap_or_else(RepoPath::root);
            let merged = is_pruned.then(|| Baseline::read_merged(&path, &text).ok()).flatten();
            merged.map(|merged| Some((text, merged))).ok_or_else(|| opened.errors(&faults))
        }
    }
}

/// Why what is written down first is accepted.
const BEFORE: &str = "there before the gate";

/// What becomes of the baseline.
pub(super) struct Update {
    /// The text that was there, if any.
    before: Option<String>,
    pub(super) baseline: Baseline,
    /// Entries that no finding matches, or only a part of which one does.
    stale: usize,
    /// What is added, as people read it.
    added: Vec<String>,
    /// Findings at level deny that are not in it, and those that warn.
    left_out: [usize; 2],
    /// Findings at level deny about the configuration, which it can't hold.
    of_configuration: usize,
}

impl Update {
    fn new(arguments: &Arguments, known: Option<(String, Baseline)>, repository: &Repository) -> Self {
        let mut change = Change::of_everything(repository);
        let is_denied = |finding: &&Finding| finding.level == Level::Deny;
        let is_held = |finding: &Finding| may_hold(finding, &repository.rules);
        let of_configuration =
            change.verdict.findings.iter().filter(|one| !is_held(one)).filter(is_denied).count();
        change.verdict.findings.retain(is_held);
        // Who gives a reason says what it is for.
        let is_new = known.is_none() && arguments.accept.is_none();
        let (before, baseline) = match known {
            Some((text, baseline)) => (Some(text), baseline),
            None => (None, Baseline::new(repository.today)),
        };
        let mut review = Reviewed::new(&baseline);
        review.take(&mut change.verdict.findings, &repository.rules);
        let pruned = review.pruned();
        let stale = baseline.entries.iter().filter(|entry| !pruned.contains(entry)).count();
        let mut baseline = baseline.clone();
        if arguments.prune {
            baseline.entries = pruned;
        }
        let new = change.verdict.findings.iter();
        let (accepted, left_out): (Vec<&Finding>, Vec<&Finding>) =
            new.partition(|finding| is_new || is_accepted(arguments, finding));
        let reason = arguments.accept.as_deref().unwrap_or(BEFORE);
        let at: Option<Date> = (!is_new).then_some(repository.today);
        let added: Vec<Entry> = accepted.iter().map(|finding| Entry::of(finding, reason, at)).collect();
        let shown = added.iter().map(Entry::shown).collect();
        baseline.entries.extend(added);
        baseline.tidy();
        if is_new {
            baseline.first = baseline.entries.len();
        }
        let denied = left_out.iter().filter(|finding| is_denied(finding)).count();
        let left_out = [denied, left_out.len() - denied];
        Self { before, baseline, stale, added: shown, left_out, of_configuration }
    }

    pub(super) fn is_changed(&self, text: &str) -> bool {
        self.before.as_deref() != Some(text)
    }

    fn outcome(&self, arguments: &Arguments, problems: usize, console: &Console) -> Outcome {
        let would = if arguments.dry_run { "would be " } else { "" };
        let is_begun = self.before.is_none();
        let mut output = match (&self.before, self.added.len(), arguments.prune && self.stale > 0) {
            (None, count, _) => {
                format!(
                    "`{BASELINE_FILE}` {would}written: {} known from here on\n",
                    counted(count, "finding is", "findings are")
                )
            }
            (Some(before), 0, false) if *before != self.baseline.text() => {
                let size = counted(self.baseline.entries.len(), "finding", "findings");
                format!("`{BASELINE_FILE}` {would}written anew: it holds {size}\n")
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
        if is_begun && !arguments.dry_run {
            output += "commit it: what is staged is checked by what is staged\n";
        }
        if !is_begun || arguments.dry_run {
            output += &self.added.iter().map(|added| format!("  {}\n", safe_line(added))).collect::<String>();
        }
        let [denied, warned] = self.left_out;
        for (count, word) in
            [(denied, "finding"), (warned, "warning")].into_iter().filter(|(count, _)| *count > 0)
        {
            output += &match count {
                1 => format!("1 {word} is not in it: mend it, or give a reason with `--accept`\n"),
                _ => format!("{count} {word}s are not in it: mend them, or give a reason with `--accept`\n"),
            };
        }
        if self.of_configuration > 0 {
            let count = counted(self.of_configuration, "finding", "findings");
            output += &format!(
                "{count} about the configuration can't be in it, and will fail the check: `watertight check` \
                 shows what to mend\n"
            );
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
        let exit = match (denied + self.of_configuration, problems) {
            (0, 0) => Exit::Clean,
            (0, _) => Exit::Problems,
            _ => Exit::Findings,
        };
        Outcome { output, messages: console.notice(messages), exit }
    }
}

/// Whether a finding can lead from or to what is called so.
fn is_known(name: &str, repository: &Repository) -> bool {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    names(repository).any(|known| known == name) || graph.units().any(|(id, _)| map.role_name(id) == name)
}

/// How to find out what `--from` and `--to` can name.
const LISTED: &str = "`watertight features` and `watertight units` list them";

/// The names of features and units.
fn names(repository: &Repository) -> impl Iterator<Item = &str> {
    let features = repository.map.features.iter().map(|feature| feature.name.as_str());
    features.chain(repository.linked.graph.units().map(|(_, unit)| unit.name.as_str()))
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
