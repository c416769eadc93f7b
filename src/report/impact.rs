//! What a change affects: for a person, for a script, for a matrix of jobs.

use std::collections::{BTreeMap, BTreeSet};

use crate::Repository;
use crate::graph::{CouplingKind, UnitId, UnitKind};
use crate::insight::{Affected, Because, Impact};
use crate::snapshot::{Differences, Differs};

use super::paint::{BOLD, CYAN, DIM, YELLOW, paint, wrapped};
use super::{Compared, Style, Texts, counted, safe_line};

/// How many units of each part a person is told, unless all are wanted.
const SHOWN: usize = 8;

/// How many names of files are told in a notice.
const NAMED: usize = 5;

/// A part of what a change affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImpactPart {
    /// What is built anew.
    Build,
    /// Whose tests are to run.
    Test,
    /// What is to be shipped again.
    Deploy,
    /// Which jobs have to run.
    Run,
}

impl ImpactPart {
    /// The reason of a unit in this part.
    pub(super) fn reason(self, affected: &Affected) -> Option<&Because> {
        match self {
            Self::Build => affected.build.as_ref(),
            Self::Test => affected.test.as_ref(),
            Self::Deploy => affected.deploy.as_ref(),
            Self::Run => affected.run.as_ref(),
        }
    }

    /// Its word in options and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Test => "test",
            Self::Deploy => "deploy",
            Self::Run => "run",
        }
    }
}

/// What is told of a change.
pub struct ToldImpact<'a> {
    /// The repository at its end.
    pub repository: &'a Repository,
    /// What it affects.
    pub impact: &'a Impact,
    /// The files that differ.
    pub differences: &'a Differences,
    /// What it is compared with; `None` where files are named.
    pub compared: Option<&'a Compared>,
    /// The parts that are wanted.
    pub parts: &'a BTreeSet<ImpactPart>,
    /// Whether everything is to be listed.
    pub all: bool,
}

impl ToldImpact<'_> {
    /// The units of a part, those that the change touches itself first.
    pub(super) fn of(&self, part: ImpactPart) -> Vec<(&Affected, &Because)> {
        let units = self.impact.units.iter();
        let mut found: Vec<(&Affected, &Because)> =
            units.filter_map(|affected| Some((affected, part.reason(affected)?))).collect();
        let graph = &self.repository.linked.graph;
        let rank = |unit: UnitId| match graph.unit(unit).kind {
            UnitKind::Service => 0,
            UnitKind::Image => 1,
            UnitKind::Binary => 2,
            _ => 3,
        };
        found.sort_by_key(|(affected, reason)| (rank(affected.unit), reason.steps.len(), affected.unit));
        found
    }

    /// How many units there are that a part could hold.
    fn possible(&self, part: ImpactPart) -> usize {
        let linked = &self.repository.linked;
        match part {
            ImpactPart::Build | ImpactPart::Test => linked.cargo.packages.len(),
            ImpactPart::Run => linked.graph.jobs().len(),
            ImpactPart::Deploy => linked
                .graph
                .units()
                .filter(|(id, unit)| unit.kind.is_deployable() && !unit.is_outside || self.is_made(*id))
                .count(),
        }
    }

    fn is_made(&self, unit: UnitId) -> bool {
        self.repository.linked.made_of.binary_search_by_key(&unit, |made| made.unit).is_ok()
    }

    pub(super) fn name(&self, unit: UnitId) -> String {
        self.repository.linked.graph.unit(unit).shown()
    }

    pub(super) fn feature(&self, unit: UnitId) -> Option<&str> {
        let map = &self.repository.map;
        map.feature_of(unit).map(|feature| map.feature(feature).name.as_str())
    }
}

/// For a person: what is affected and why, what ships first.
pub fn impact_human(told: &ToldImpact<'_>, texts: &Texts<'_>, style: Style) -> String {
    let mut output = paint(&safe_line(&headline(told)), BOLD, style) + "\n";
    output += &wrapped(&safe_line(&features_line(told)), "", "  ", style);
    let parts = [ImpactPart::Deploy, ImpactPart::Run, ImpactPart::Test, ImpactPart::Build];
    for part in parts.into_iter().filter(|part| told.parts.contains(part)) {
        output += &section(told, part, texts, style);
    }
    style.finished(output)
}

fn headline(told: &ToldImpact<'_>) -> String {
    let files = counted(told.differences.files.len(), "file", "files");
    match told.compared {
        None => format!("{files} named: what each changes is not known, so all of it counts"),
        Some(compared) if compared.commit.is_empty() => {
            format!("{files} since there was nothing: {}", compared.note.as_deref().unwrap_or_default())
        }
        Some(compared) => {
            let differ = if told.differences.files.len() == 1 { "differs" } else { "differ" };
            let which = if compared.is_merge_base { ", the merge base" } else { "" };
            format!("{files} {differ} from `{}` ({}{which})", compared.named, compared.commit)
        }
    }
}

fn features_line(told: &ToldImpact<'_>) -> String {
    let map = &told.repository.map;
    let all = map.inhabited().len();
    let names: Vec<String> =
        told.impact.features.iter().map(|feature| format!("`{}`", map.feature(*feature).name)).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    match (told.impact.units.is_empty(), names.len()) {
        (true, _) => "nothing is affected: nothing to build, to test or to deploy".to_owned(),
        (false, 0) => format!("no feature of {all} is affected"),
        (false, count) if count == all && count > SHOWN => format!("all {all} features are affected"),
        (false, count) => format!(
            "{count} of {} {verb} affected: {}",
            counted(all, "feature", "features"),
            names.join(", ")
        ),
    }
}

fn section(told: &ToldImpact<'_>, part: ImpactPart, texts: &Texts<'_>, style: Style) -> String {
    let found = told.of(part);
    if found.is_empty() {
        return String::new();
    }
    let (title, one, many) = match part {
        ImpactPart::Deploy => ("deploy again", "deployable", "deployables"),
        ImpactPart::Run => ("run", "job", "jobs"),
        ImpactPart::Test => ("test", "package", "packages"),
        ImpactPart::Build => ("build anew", "package", "packages"),
    };
    let count = format!(": {} of {}", found.len(), counted(told.possible(part), one, many));
    let mut output = format!("\n{}{count}\n", paint(title, BOLD, style));
    // What is built anew is tested too: told once, its reasons stand there.
    if part == ImpactPart::Build && told.parts.contains(&ImpactPart::Test) && !told.all {
        let shown = found.iter().take(SHOWN * 2).map(|(affected, _)| told.name(affected.unit));
        let mut names: Vec<String> = shown.collect();
        if found.len() > names.len() {
            names.push(format!("{} more", found.len() - names.len()));
        }
        return output + &wrapped(&safe_line(&names.join(", ")), "  ", "  ", style);
    }
    let most = if told.all { usize::MAX } else { SHOWN };
    let (mut shown, mut left) = (0, 0);
    for (reason, units) in grouped(told, &found, texts) {
        if shown >= most {
            left += units.len();
            continue;
        }
        shown += 1;
        output += &entry(told, &units, &reason, style);
    }
    if left > 0 {
        output += &paint(&format!("  and {left} more; `--all` lists them\n"), DIM, style);
    }
    output
}

/// Units of one kind with the same reason are told together, in the order of the first of them.
fn grouped(
    told: &ToldImpact<'_>,
    found: &[(&Affected, &Because)],
    texts: &Texts<'_>,
) -> Vec<(String, Vec<UnitId>)> {
    let graph = &told.repository.linked.graph;
    let mut groups: Vec<(String, Vec<UnitId>)> = Vec::new();
    let mut known: BTreeMap<(UnitKind, String), usize> = BTreeMap::new();
    for (affected, reason) in found {
        let reason = because(told, affected.unit, reason, texts);
        let at = *known.entry((graph.unit(affected.unit).kind, reason.clone())).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, units)) => units.push(affected.unit),
            None => groups.push((reason, vec![affected.unit])),
        }
    }
    groups
}

/// How many names of one group are told.
const NAMES_OF_GROUP: usize = 12;

fn entry(told: &ToldImpact<'_>, units: &[UnitId], reason: &str, style: Style) -> String {
    let features: BTreeSet<&str> = units.iter().filter_map(|unit| told.feature(*unit)).collect();
    let most = if told.all { usize::MAX } else { NAMES_OF_GROUP };
    let mut names: Vec<String> = units.iter().take(most).map(|unit| told.name(*unit)).collect();
    if units.len() > names.len() {
        names.push(format!("{} more", units.len() - names.len()));
    }
    let mut output = wrapped(&safe_line(&names.join(", ")), "  ", "  ", style);
    if !features.is_empty() && features.len() <= NAMED {
        let features: Vec<&str> = features.into_iter().collect();
        let of = paint(&format!("  ({})", safe_line(&features.join(", "))), CYAN, style);
        output = format!("{}{of}\n", output.trim_end_matches('\n'));
    }
    output + &wrapped(&safe_line(reason), "    ", "      ", style)
}

/// A reason as a sentence: each step with its verb, and the file at the end.
fn because(told: &ToldImpact<'_>, unit: UnitId, reason: &Because, texts: &Texts<'_>) -> String {
    let graph = &told.repository.linked.graph;
    let mut parts = Vec::new();
    let is_job = graph.unit(unit).kind == UnitKind::Job;
    for (at, step) in reason.steps.iter().enumerate() {
        // What ships something is released with it; here it is told from the side of what ships.
        let verb = match step.kind {
            CouplingKind::Release => "ships",
            CouplingKind::Test if is_job && at == 0 => "builds or tests",
            kind => kind.verb(),
        };
        let place = step.coupling.filter(|_| told.all).and_then(|id| graph.coupling(id).evidence.first());
        let place =
            place.map(|place| format!(" ({}:{})", place.path, texts.position(&place.path, place.span).line));
        parts.push(format!("{verb} `{}`{}", told.name(step.unit), place.unwrap_or_default()));
    }
    let cause = &reason.cause;
    let why = cause.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let file = format!("`{}` {}{why}", cause.path, differs(cause.how));
    if parts.is_empty() { file } else { format!("{}; {file}", parts.join(", which ")) }
}

fn differs(how: Differs) -> &'static str {
    match how {
        Differs::Added => "is new",
        Differs::Changed => "changed",
        Differs::Removed => "is gone",
        Differs::Named => "is named",
    }
}

/// What a person should know: files that nobody declares, and what to write of them.
pub fn impact_notice(told: &ToldImpact<'_>, style: Style) -> String {
    let unknown = &told.impact.unknown;
    let mut notice = String::new();
    if let Some(first) = unknown.first() {
        let shown: Vec<String> = unknown.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
        let more = unknown.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let what = format!(
            "note: no unit holds {}{more}, so everything counts as affected; say what it is for under `[impact]` \
             of `watertight.toml`: `\"{}\" = \"nothing\"`, `\"everything\"`, or a list of features and units",
            shown.join(", "),
            glob_for(first.as_str()),
        );
        notice += &wrapped(&safe_line(&what), "", "  ", style);
    }
    notice += &kept_notice(told, style);
    if let Some(note) = told.compared.and_then(|compared| compared.note.as_ref()) {
        notice += &wrapped(&safe_line(&format!("note: {note}")), "", "  ", style);
    }
    match style.colour {
        true => paint(&notice, YELLOW, style),
        false => notice,
    }
}

/// Jobs that would have to run, and that their own filters keep from it.
fn kept_notice(told: &ToldImpact<'_>, style: Style) -> String {
    if !told.parts.contains(&ImpactPart::Run) {
        return String::new();
    }
    let graph = &told.repository.linked.graph;
    let mut notice = String::new();
    let told_of = told.impact.kept.iter().take(NAMED).filter_map(|kept| {
        let trigger = graph.work_of(kept.job)?.triggers.get(kept.filter)?;
        Some(format!("note: `{}` has to run, and {} keeps it from it", told.name(kept.job), trigger.what))
    });
    told_of.for_each(|what| notice += &wrapped(&safe_line(&what), "", "  ", style));
    if let Some(more @ 1..) = told.impact.kept.len().checked_sub(NAMED) {
        notice += &wrapped(
            &format!("note: so it is with {}", counted(more, "more job", "more jobs")),
            "",
            "  ",
            style,
        );
    }
    notice
}

/// The folder of a file as a glob; the file itself at the root.
fn glob_for(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, _)) => format!("{folder}/**"),
        None => path.to_owned(),
    }
}
