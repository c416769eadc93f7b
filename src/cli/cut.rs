//! `watertight cut`

use std::collections::BTreeSet;

use crate::baseline::Reviewed;
use crate::features::{Depth, Destination, Move};
use crate::graph::{CouplingId, UnitId};
use crate::insight::{Cut, Knife, Plan, Standing, Tie, cut, plan, standing, why};
use crate::report::{
    CutTold, Judged, WhatIfTold, cut as cut_human, cut_json, plan as plan_human, plan_json, what_if,
    what_if_json,
};
use crate::{Repository, Stage, Watch};

use super::console::Console;
use super::named::{part, two_parts, unread};
use super::open::Opened;
use super::{Elsewhere, Exit, Format, Outcome};

/// Find the fewest places that make features independent.
///
/// With two names: the smallest set of couplings without which the first does
/// not reach the second any more. Without a name: a plan for the whole
/// repository, what pays most for its places first, and circles before all else.
/// With --what-if: what the numbers would be. Nothing is changed.
///
/// Examples:
///   watertight cut
///   watertight cut storefront catalog
///   watertight cut --what-if "remove crates/cart -> crates/users"
///   watertight cut --what-if "move crates/prices to feature catalog"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// What should become independent: a feature, a unit's name, a path in a package, or `kind:name`
    #[arg(requires = "to")]
    from: Option<String>,

    /// Of what
    to: Option<String>,

    /// Show what would be: `remove A -> B`, or `move A to feature B` (or to `shared`, `assembly`, `test support`); may
    /// be given several times
    #[arg(long, value_name = "CHANGE", conflicts_with_all = ["from", "steps"])]
    what_if: Vec<String>,

    /// How many steps a plan has at most
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = clap::value_parser!(u16).range(1..=1000),
        conflicts_with = "from"
    )]
    steps: u16,

    /// Let a plan cut what a responsibility excuses, too
    #[arg(long, conflicts_with_all = ["from", "what_if"])]
    excused: bool,

    /// How to answer
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    #[command(flatten)]
    place: Elsewhere,
}

pub(super) fn run(arguments: &Arguments, console: &Console) -> Outcome {
    match answered(arguments, console) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn answered(arguments: &Arguments, console: &Console) -> Result<Outcome, Outcome> {
    let how = &arguments.place.how;
    let opened = Opened::new(arguments.place.path.as_deref(), how, console)?.asking(Depth::Everything);
    let repository = opened.load(how)?;
    console.begins(Stage::Judging);
    let messages = opened.notice(how, &repository) + &unread(&repository, console);
    let exit = Exit::of_reading(&repository);
    let texts = opened.texts();
    let style = console.style_of_output();
    let output = match (&arguments.from, &arguments.to) {
        (Some(from), Some(to)) => {
            let (from, to) = two_parts((from, to), &opened, &repository)?;
            let (found, before, after) = best_cut(&repository, (&from.units, &to.units));
            let ways = why(&repository.linked.graph, &repository.map, (&from.units, &to.units), 1);
            let told = CutTold {
                repository: &repository,
                names: [&from.name, &to.name],
                cut: found.as_ref(),
                is_together: ways.ways.iter().any(|way| way.tie == Tie::Reaches),
                standing: [&before, &after],
            };
            match arguments.format {
                Format::Human => cut_human(&told, &texts, style),
                Format::Json => cut_json(&told, &texts),
            }
        }
        _ if !arguments.what_if.is_empty() => {
            return supposed(arguments, repository, &opened, console).map(|output| Outcome {
                output,
                messages,
                exit,
            });
        }
        _ => {
            let knife = Knife::new(&repository.linked.graph, &repository.map, arguments.excused);
            let found: Plan = plan(knife, usize::from(arguments.steps));
            match arguments.format {
                Format::Human => plan_human(&repository, &found, &texts, style),
                Format::Json => plan_json(&repository, &found, &texts),
            }
        }
    };
    Ok(Outcome { output, messages, exit })
}

/// The smallest cut; of several, the one that makes most pairs of features independent.
fn best_cut(
    repository: &Repository,
    ends: (&BTreeSet<UnitId>, &BTreeSet<UnitId>),
) -> (Option<Cut>, Standing, Standing) {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let before = standing(graph, map, &|_| false);
    let found = cut(Knife::new(graph, map, true), ends, &|_| false);
    let after = found.into_iter().map(|cut| {
        let gone: BTreeSet<CouplingId> = cut.couplings().collect();
        (standing(graph, map, &|id| gone.contains(&id)), cut)
    });
    // The first of those that are equal: the one nearest to what is needed.
    let best = after.reduce(|one, other| if other.0.coupled() < one.0.coupled() { other } else { one });
    match best {
        Some((after, cut)) => (Some(cut), before, after),
        None => (None, before.clone(), before),
    }
}

/// What would be.
fn supposed(
    arguments: &Arguments,
    repository: Repository,
    opened: &Opened<'_>,
    console: &Console,
) -> Result<String, Outcome> {
    let mut moves: Vec<Move> = Vec::new();
    for written in &arguments.what_if {
        if let Change::Move { what, to } = read(written)? {
            moves.push((part(&what, opened, &repository)?.units, to));
        }
    }
    let known = repository.judge();
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let before = standing(graph, map, &|_| false);
    let mut gone: BTreeSet<CouplingId> = BTreeSet::new();
    for written in &arguments.what_if {
        if let Change::Remove { from, to } = read(written)? {
            let (one, other) = two_parts((&from, &to), opened, &repository)?;
            let is_meant = |id: &CouplingId| {
                let coupling = graph.coupling(*id);
                one.units.contains(&coupling.from) && other.units.contains(&coupling.to)
            };
            let found: Vec<CouplingId> = graph.couplings().map(|(id, _)| id).filter(is_meant).collect();
            if found.is_empty() {
                let what = format!("nothing couples `{from}` to `{to}` directly");
                let help =
                    format!("`watertight why {} {}` shows what lies between them", one.name, other.name);
                return Err(Outcome::refused(&what, &help));
            }
            gone.extend(found);
        }
    }
    let named = |id: CouplingId| {
        let coupling = graph.coupling(id);
        [coupling.from, coupling.to].map(|unit| graph.unit(unit).identity())
    };
    let named: BTreeSet<_> = gone.iter().map(|id| (named(*id), graph.coupling(*id).kind)).collect();
    let after = opened.load(&arguments.place.how)?.with_moves(&moves);
    let after = after.map_err(|faults| {
        // There is no line to show: the name was given on the command line.
        let (what, help) =
            faults.first().map(|fault| (fault.message.as_str(), fault.help.as_str())).unwrap_or_default();
        Outcome::refused(what, help)
    })?;
    // A feature that is new may have changed the order of the units.
    let graph = &after.linked.graph;
    let is_gone = |id: &CouplingId| {
        let coupling = graph.coupling(*id);
        let ends = [coupling.from, coupling.to].map(|unit| graph.unit(unit).identity());
        named.contains(&(ends, coupling.kind))
    };
    let gone: BTreeSet<CouplingId> = graph.couplings().map(|(id, _)| id).filter(is_gone).collect();
    let after = after.without(&gone);
    let verdict = after.judge();
    let now = standing(&after.linked.graph, &after.map, &|_| false);
    let beyond = opened.baseline()?.map(|baseline| {
        [(&repository, &known), (&after, &verdict)].map(|(repository, verdict)| {
            let mut findings = verdict.findings.clone();
            Reviewed::new(&baseline).take(&mut findings, &repository.rules);
            findings.len()
        })
    });
    let told = WhatIfTold {
        supposed: &arguments.what_if,
        beyond_baseline: beyond,
        before: Judged { repository: &repository, verdict: &known, standing: &before },
        after: Judged { repository: &after, verdict: &verdict, standing: &now },
    };
    Ok(match arguments.format {
        Format::Human => what_if(&told, console.style_of_output()),
        Format::Json => what_if_json(&told),
    })
}

/// What a person supposes.
enum Change {
    /// Every coupling that leads directly from the one to the other goes.
    Remove { from: String, to: String },
    /// Units belong elsewhere.
    Move { what: String, to: Destination },
}

fn read(written: &str) -> Result<Change, Outcome> {
    let text = written.trim();
    let removed =
        text.strip_prefix("remove ").and_then(|rest| rest.split_once("->").or_else(|| rest.split_once('→')));
    if let Some((from, to)) = removed {
        let (from, to) = (from.trim().to_owned(), to.trim().to_owned());
        if !from.is_empty() && !to.is_empty() {
            return Ok(Change::Remove { from, to });
        }
    }
    if let Some((what, to)) = text.strip_prefix("move ").and_then(|rest| rest.rsplit_once(" to ")) {
        let (what, to) = (what.trim().to_owned(), to.trim());
        let destination = match to {
            "shared" => Some(Destination::Shared),
            "assembly" => Some(Destination::Assembly),
            "test support" | "test-support" => Some(Destination::TestSupport),
            _ => {
                let name = to.strip_prefix("feature ").or_else(|| to.strip_prefix("feature:")).map(str::trim);
                name.filter(|name| !name.is_empty()).map(|name| Destination::Feature(name.to_owned()))
            }
        };
        if let Some(to) = destination.filter(|_| !what.is_empty()) {
            return Ok(Change::Move { what, to });
        }
    }
    let what = format!("`{written}` is nothing that can be supposed");
    let help =
        "write `remove crates/a -> crates/b`, `move crates/a to feature b`, or `move crates/a to shared`";
    Err(Outcome::refused(&what, help))
}
