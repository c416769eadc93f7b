//! What the rules say about each coupling, as a picture shows it.

use std::collections::BTreeMap;

use crate::features::FeatureMap;
use crate::findings::Finding;
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};
use crate::rules::Level;

/// What the rules say about a coupling; the worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No rule is about it.
    Free,
    /// A responsibility that both features name excuses it.
    Excused,
    /// It breaks a rule, and an exception or the baseline holds it.
    Accepted,
    /// It breaks a rule at level warn.
    Warned,
    /// It breaks a rule at level deny.
    Denied,
}

impl Standing {
    /// Every standing, the worst first.
    pub const WORST_FIRST: [Self; 5] =
        [Self::Denied, Self::Warned, Self::Accepted, Self::Excused, Self::Free];

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Excused => "excused",
            Self::Accepted => "accepted",
            Self::Warned => "warned",
            Self::Denied => "denied",
        }
    }

    /// What it means, for a legend.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Free => "no rule is against it",
            Self::Excused => "excused by a responsibility",
            Self::Accepted => "accepted: exception or baseline",
            Self::Warned => "breaks a rule (warn)",
            Self::Denied => "breaks a rule (deny)",
        }
    }

    /// Whether it is a finding that counts.
    pub fn is_finding(self) -> bool {
        self >= Self::Warned
    }
}

/// What was found, as far as pictures tell of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Judgement<'a> {
    /// The findings that count.
    pub findings: &'a [Finding],
    /// Those that an exception or the baseline holds.
    pub accepted: &'a [Finding],
}

/// What is said about one ordered pair of units.
type Said = (Option<CouplingKind>, Standing);

/// What is said about each pair of units, by positions in the findings and in the accepted ones.
pub(super) struct Standings {
    by_pair: BTreeMap<(UnitId, UnitId), Vec<Said>>,
}

impl Standings {
    pub(super) fn new(judgement: Judgement<'_>) -> Self {
        let mut by_pair: BTreeMap<(UnitId, UnitId), Vec<Said>> = BTreeMap::new();
        let told = judgement.findings.iter().map(|finding| (finding, of_level(finding.level)));
        let accepted = judgement.accepted.iter().map(|finding| (finding, Standing::Accepted));
        for (finding, standing) in told.chain(accepted) {
            for pair in &finding.cuts {
                by_pair.entry(*pair).or_default().push((finding.kind, standing));
            }
        }
        Self { by_pair }
    }

    /// The worst that is said about a coupling. `kind` is the one that judges it.
    pub(super) fn of(
        &self,
        graph: &CouplingGraph,
        map: &FeatureMap,
        id: CouplingId,
        kind: CouplingKind,
    ) -> Standing {
        let coupling = graph.coupling(id);
        let said = self.by_pair.get(&(coupling.from, coupling.to)).map(Vec::as_slice).unwrap_or_default();
        let about = said.iter().filter(|(of, _)| of.is_none_or(|of| of == kind));
        let worst = about.map(|(_, standing)| *standing).max();
        worst.unwrap_or_else(|| match is_excused(graph, map, id, kind) {
            true => Standing::Excused,
            false => Standing::Free,
        })
    }

    /// The worst that is said about a unit by itself.
    pub(super) fn of_unit(&self, unit: UnitId) -> Standing {
        let said = self.by_pair.get(&(unit, unit)).map(Vec::as_slice).unwrap_or_default();
        said.iter().map(|(_, standing)| *standing).max().unwrap_or(Standing::Free)
    }
}

fn of_level(level: Level) -> Standing {
    match level {
        Level::Deny => Standing::Denied,
        Level::Warn => Standing::Warned,
        Level::Off => Standing::Free,
    }
}

/// Whether a responsibility is what makes the coupling of two features right.
fn is_excused(graph: &CouplingGraph, map: &FeatureMap, id: CouplingId, kind: CouplingKind) -> bool {
    let coupling = graph.coupling(id);
    let ends = map.feature_of(coupling.from).zip(map.feature_of(coupling.to));
    let is_judged = !matches!(kind, CouplingKind::Call | CouplingKind::Release | CouplingKind::Change);
    is_judged && ends.is_some_and(|(from, to)| from != to && map.is_excused(from, coupling.to))
}
