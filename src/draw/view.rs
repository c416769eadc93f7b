//! What a person wants to see of a repository.

use std::collections::BTreeSet;

use crate::features::{Role, RoleWord};
use crate::graph::{CouplingKind, UnitId};

/// How many nodes a picture holds at most: nobody reads more, and no format draws more in reasonable time.
pub const LARGEST: usize = 1500;

/// What the nodes of a picture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawLevel {
    /// Product features, and what else takes part in a finding.
    Features,
    /// Packages, their binaries folded into them.
    Packages,
    /// What is deployed, and the binaries in it.
    Services,
    /// Every unit.
    Units,
}

impl DrawLevel {
    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::Packages => "packages",
            Self::Services => "services",
            Self::Units => "units",
        }
    }
}

/// What is drawn.
#[derive(Debug, Clone)]
pub struct View {
    /// What the nodes are.
    pub level: DrawLevel,
    /// The kinds of couplings; all but `test` where nobody says, and that where it breaks a rule.
    pub kinds: Option<BTreeSet<CouplingKind>>,
    /// Only what lies around the nodes of these units, at most so many steps away.
    pub focus: Option<(BTreeSet<UnitId>, usize)>,
    /// Only what these units lead to, by themselves or through others.
    pub from: Option<BTreeSet<UnitId>>,
    /// Only what leads to these units.
    pub to: Option<BTreeSet<UnitId>>,
    /// Only couplings that break a rule, and their ends.
    pub only_findings: bool,
    /// What is drawn besides, of what is left out by itself.
    pub with: Vec<RoleWord>,
    /// How many parts of the name of a nested feature count: what has more is folded into its parent.
    pub fold: Option<usize>,
}

impl View {
    /// Everything that is drawn where nobody asks for anything.
    pub fn of(level: DrawLevel) -> Self {
        Self {
            level,
            kinds: None,
            focus: None,
            from: None,
            to: None,
            only_findings: false,
            with: Vec::new(),
            fold: None,
        }
    }

    /// Whether units of a role are drawn at all, and not only where they take part in a finding. Every feature
    /// builds on what is shared, an assembly on every feature: drawn, they hide all else.
    pub(super) fn shows(&self, role: Role) -> bool {
        let is_shown = match (self.level, role) {
            (_, Role::Feature(_)) => true,
            (DrawLevel::Features, _) | (_, Role::TestSupport) => false,
            (DrawLevel::Services, _) => true,
            (_, Role::Shared | Role::Assembly) => false,
            _ => true,
        };
        is_shown || self.with.iter().any(|word| word.is(role))
    }

    /// Whether a person asks for a unit by name.
    pub(super) fn names(&self, unit: UnitId) -> bool {
        let focus = self.focus.as_ref().map(|(units, _)| units);
        [focus, self.from.as_ref(), self.to.as_ref()].into_iter().flatten().any(|units| units.contains(&unit))
    }
}
