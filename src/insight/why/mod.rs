//! Why one part of the repository is coupled to another: the ways from the one to the other.

mod shortest;

use std::collections::BTreeSet;

use crate::features::{FeatureMap, REACHING};
use crate::graph::{CouplingGraph, CouplingId, CouplingKind, UnitId};

use shortest::{Ground, shortest_ways};

/// In which sense one part is coupled to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// It can't be built, started or shipped without the other: what independence counts.
    Reaches,
    /// Something in it, or that it is built with, calls the other.
    Calls,
    /// Only its tests need the other.
    Tests,
    /// Both change in the same commits.
    Changes,
}

impl Tie {
    /// Every tie, the strongest first.
    pub const ALL: [Self; 4] = [Self::Reaches, Self::Calls, Self::Tests, Self::Changes];

    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reaches => "reaches",
            Self::Calls => "calls",
            Self::Tests => "tests",
            Self::Changes => "changes",
        }
    }

    /// The kinds of the couplings that make the tie what it is.
    fn kinds(self) -> &'static [CouplingKind] {
        match self {
            Self::Reaches => &REACHING,
            Self::Calls => &[CouplingKind::Call],
            Self::Tests => &[CouplingKind::Test],
            Self::Changes => &[CouplingKind::Change],
        }
    }

    /// Whether what it is built with comes before that coupling: what is linked calls as well, but the tests of
    /// what is linked are not run.
    fn is_led_to(self) -> bool {
        self == Self::Calls
    }

    /// Whether the way goes on behind that coupling: nobody is built with what is behind a call.
    fn leads_on(self) -> bool {
        matches!(self, Self::Reaches | Self::Tests)
    }
}

/// One step of a way: everything by which one unit is coupled to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The unit that needs the other.
    pub from: UnitId,
    /// The unit that is needed.
    pub to: UnitId,
    /// The couplings between them, in the order of the graph; at least one.
    pub couplings: Vec<CouplingId>,
}

/// A way from one part of the repository to another, which touches each of both with one unit only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// In which sense it couples them.
    pub tie: Tie,
    /// Its steps, in order; at least one.
    pub hops: Vec<Hop>,
}

/// All ways of one sense, as far as they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The shortest first; those of one length in the order of their units.
    pub ways: Vec<Way>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// Looks for the ways from some units to others, at most so many of each sense, the shortest first.
///
/// A way walks over units, never over features. It stops at assemblies and at test support, which put features
/// together on purpose, unless one of these is what was asked about; it stops behind a call; and only the tests of the
/// units that were asked about count. Where both parts share a unit, they are not coupled but the same: nothing is
/// found for it.
pub fn why(
    graph: &CouplingGraph,
    map: &FeatureMap,
    (from, to): (&BTreeSet<UnitId>, &BTreeSet<UnitId>),
    most: usize,
) -> Why {
    let mut found = Why { ways: Vec::new(), has_more: false };
    for tie in Tie::ALL {
        let ground = Ground::new(graph, map, tie, (from, to));
        let (ways, has_more) = shortest_ways(&ground, most);
        found.has_more |= has_more;
        found.ways.extend(ways.into_iter().map(|units| Way { tie, hops: ground.hops(&units) }));
    }
    found.ways.sort_by(|a, b| {
        let units = |way: &Way| way.hops.iter().map(|hop| hop.to).collect::<Vec<_>>();
        (a.hops.len(), a.tie, units(a)).cmp(&(b.hops.len(), b.tie, units(b)))
    });
    found
}
