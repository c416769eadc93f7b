//! What two units can be to each other: what excuses a coupling, or what makes it wrong.

/// What the ends of a coupling are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Both belong to one feature.
    SameFeature,
    /// Both features name a responsibility that covers the unit.
    SharesResponsibility,
    /// The one end names the responsibility that the other embodies, or embodies it too.
    InAudience,
    /// The same two units are also coupled by `code` or `build`, which is told elsewhere.
    AlsoInProduction,
    /// No door is closed: what names `consumes` names the other, what names `consumers` names the one.
    MayCall,
    /// The one names the other in `consumes`.
    Consumes,
    /// The other names the one in `consumers`.
    Consumers,
    /// The other's feature exposes the unit, or has no `exposes`.
    Exposed,
    /// One declared deployment ships both, or the unit on which they meet.
    SameDeployment,
    /// The other's feature says how its API is versioned, or a correction says that no order follows from it.
    Versioned,
    /// No source names what the coupling needs, and nothing speaks for a use that nobody sees.
    Unreferenced,
}

impl Relation {
    /// Every relation, in order.
    pub const ALL: [Self; 11] = [
        Self::SameFeature,
        Self::SharesResponsibility,
        Self::InAudience,
        Self::AlsoInProduction,
        Self::MayCall,
        Self::Consumes,
        Self::Consumers,
        Self::Exposed,
        Self::SameDeployment,
        Self::Versioned,
        Self::Unreferenced,
    ];

    /// The word in rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::SameFeature => "same-feature",
            Self::SharesResponsibility => "shares-responsibility",
            Self::InAudience => "in-audience",
            Self::AlsoInProduction => "also-in-production",
            Self::MayCall => "may-call",
            Self::Consumes => "consumes",
            Self::Consumers => "consumers",
            Self::Exposed => "exposed",
            Self::SameDeployment => "same-deployment",
            Self::Versioned => "versioned",
            Self::Unreferenced => "unreferenced",
        }
    }
}
