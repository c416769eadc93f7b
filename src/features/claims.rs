//! Claims to a unit, and which of them wins.

use crate::text::Location;

use super::Role;

/// How strong a claim is; the greatest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By a catalog, which claims only what nothing else does.
    Catalog,
    /// By the root's configuration: by name before by path, then by precision.
    Root { by_name: bool, precision: (usize, bool) },
    /// By a declaration next to the code: the deeper folder first, then as above.
    Nearby { depth: usize, by_name: bool, precision: (usize, bool) },
    /// By who asks what would be.
    Supposed,
}

impl Rank {
    /// Whether it names the unit, and not a folder around it.
    pub(super) fn is_by_name(self) -> bool {
        match self {
            Self::Root { by_name, .. } | Self::Nearby { by_name, .. } => by_name,
            Self::Catalog => false,
            Self::Supposed => true,
        }
    }
}

/// A declaration that names a unit.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) rank: Rank,
    pub(super) role: Role,
    pub(super) location: Location,
}

/// The roles with the strongest claim (several if it is contested), and where the first is said.
///
/// What `through` names belongs to the responsibility only if no feature owns it. A name that the
/// root gives on purpose does not lose to a declaration next to the code in silence.
pub(super) fn decide(claims: &[Claim]) -> (Vec<(Role, Location)>, Option<Location>) {
    let is_through = |claim: &&&Claim| matches!(claim.role, Role::Responsibility(_));
    let (through, mut counted): (Vec<&Claim>, Vec<&Claim>) =
        claims.iter().partition(|claim| is_through(&claim));
    let best = counted.iter().map(|claim| claim.rank).max();
    let is_owned =
        counted.iter().any(|claim| Some(claim.rank) == best && matches!(claim.role, Role::Feature(_)));
    if let (false, Some(first)) = (is_owned, through.iter().max_by_key(|claim| claim.rank)) {
        // It is named on purpose, so it is no contest with `[shared]`.
        if Some(first.rank) >= best {
            counted = vec![first];
        }
    }
    let best = counted.iter().map(|claim| claim.rank).max();
    let is_named = |claim: &Claim| matches!(claim.rank, Rank::Root { by_name: true, .. });
    let mut winners: Vec<(Role, Location)> = Vec::new();
    let strongest = counted.iter().filter(|claim| Some(claim.rank) == best);
    let overruled = counted.iter().filter(|claim| Some(claim.rank) != best && is_named(claim));
    let mut strongest: Vec<&&Claim> = strongest.collect();
    strongest.sort_by(|a, b| a.location.cmp(&b.location));
    // Who asks what would be overrules on purpose, unlike a declaration next to the code.
    let is_nearby = strongest.first().is_some_and(|claim| matches!(claim.rank, Rank::Nearby { .. }));
    for claim in strongest.into_iter().chain(overruled.filter(|_| is_nearby)) {
        if !winners.iter().any(|(role, _)| *role == claim.role) {
            winners.push((claim.role, claim.location.clone()));
        }
    }
    let location = winners.first().map(|(_, location)| location.clone());
    (winners, location)
}
