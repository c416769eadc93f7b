//! Jobs that have to run: those that ship, build or test something that is affected, and those whose own files
//! changed.

use std::collections::BTreeMap;

use crate::graph::{CouplingKind, JobWork, Trigger, UnitId};
use crate::text::RepoPath;

use super::{Affected, Cause, Kept, Question, Reason, Step};

/// The jobs that have to run, with the filter that keeps one from running although it has to.
pub(super) fn add(question: &Question<'_>, affected: &mut BTreeMap<UnitId, Affected>) -> Vec<Kept> {
    let files: Vec<&RepoPath> = question.differences.files.iter().map(|file| &file.path).collect();
    let (mut found, mut kept) = (Vec::new(), Vec::new());
    for work in question.linked.graph.jobs() {
        let Some(reason) = reason(question, work, affected) else { continue };
        let is_kept = |trigger: &Trigger| {
            !trigger.is_of_steps
                && !trigger.has_other_way
                && trigger.lets_through(files.iter().copied()) == Some(false)
        };
        kept.extend(work.triggers.iter().position(is_kept).map(|filter| Kept { job: work.job, filter }));
        found.push((work.job, reason));
    }
    for (job, reason) in found {
        affected.entry(job).or_insert_with(|| Affected::new(job)).run = Some(reason);
    }
    kept
}

/// The shortest reason: what is shipped before what is only tested.
fn reason(question: &Question<'_>, work: &JobWork, affected: &BTreeMap<UnitId, Affected>) -> Option<Reason> {
    let own = question.differences.files.iter().find(|file| work.files.contains(&file.path));
    if let Some(file) = own {
        let cause = Cause { path: file.path.clone(), how: file.how, why: None };
        return Some(Reason { steps: Vec::new(), cause });
    }
    let shipped = work.ships.iter().filter_map(|unit| {
        let affected = affected.get(unit)?;
        Some((*unit, CouplingKind::Release, affected.deploy.as_ref().or(affected.build.as_ref())?))
    });
    let checked = work.checks.iter().filter_map(|unit| {
        let affected = affected.get(unit)?;
        let reason = affected.test.as_ref().or(affected.build.as_ref()).or(affected.deploy.as_ref())?;
        Some((*unit, CouplingKind::Test, reason))
    });
    let (unit, kind, reason) = shipped
        .chain(checked)
        .min_by_key(|(unit, kind, reason)| (*kind != CouplingKind::Release, reason.steps.len(), *unit))?;
    let mut between = question.linked.graph.couplings_between(unit, work.job);
    let coupling = between.find(|id| question.linked.graph.coupling(*id).kind == CouplingKind::Release);
    let steps = std::iter::once(Step { unit, kind, coupling }).chain(reason.steps.iter().copied());
    Some(Reason { steps: steps.collect(), cause: reason.cause.clone() })
}
