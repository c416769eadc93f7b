//! What to cut first, as the page tells it: that of `watertight cut`.

use crate::Repository;
use crate::findings::Place as FoundPlace;
use crate::insight::{Knife, PlanStep, plan as planned};
use crate::report::{counted, pay, safe_line};

use super::contents::Source;
use super::findings::place;
use super::model::{Cut, Place, Plan};

/// How many steps are told: whoever has taken these makes a new report.
const STEPS: usize = 10;

/// How many lines of one step are told.
const MOST_LINES: usize = 40;

pub(super) fn plan(source: &Source<'_>) -> Plan {
    let Repository { linked, map, .. } = source.repository;
    let plan = planned(Knife::new(&linked.graph, map, false), STEPS);
    let mut before = &plan.before;
    let mut steps = Vec::new();
    for step in &plan.steps {
        steps.push(Cut {
            places: step.cut.places(),
            pays: safe_line(&pay(source.repository, before, step)),
            couplings: couplings(source, step),
            freed: step.freed.iter().map(|feature| feature.index()).collect(),
        });
        before = &step.after;
    }
    let left = counted(before.coupled(), "coupled pair is", "coupled pairs are");
    let left = match (before.coupled(), plan.has_more) {
        (0, _) => String::new(),
        (_, true) => format!("{left} left after these; `watertight cut --steps` plans further"),
        (_, false) => format!("{left} left that no line can part, or that a responsibility ties on purpose"),
    };
    Plan { steps, left }
}

/// What goes: each pair of units, with the line that couples them.
fn couplings(source: &Source<'_>, step: &PlanStep) -> Vec<(usize, usize, Place)> {
    let graph = &source.repository.linked.graph;
    let all = step.cut.severed.iter().flat_map(|one| &one.couplings).take(MOST_LINES);
    let told = all.filter_map(|id| {
        let coupling = graph.coupling(*id);
        let location = coupling.evidence.first()?.clone();
        let found = FoundPlace { location, label: String::new(), is_cause: true };
        Some((coupling.from.index(), coupling.to.index(), place(source, &found)))
    });
    told.collect()
}
