//! Claims by name: `apis`, `deployables` and `units`, of every declaration.

use crate::graph::{Unit, UnitId, UnitKind};
use crate::text::{Location, nearest};

use super::super::claims::{Claim, Rank};
use super::super::selector::{NameSelector, Unmatched};
use super::super::{ResponsibilityId, Role};
use super::{Assignment, depth};

/// What `deployables` can name.
const DEPLOYABLES: [UnitKind; 3] = [UnitKind::Binary, UnitKind::Image, UnitKind::Service];

/// How many names that match nothing get a suggestion.
const SUGGESTED: usize = 100;

impl Assignment<'_> {
    /// The units that a name may mean, in order.
    fn candidates(&self, selector: &NameSelector) -> Vec<UnitId> {
        match selector.literal() {
            Some(name) => self.named.get(name).into_iter().flatten().copied().collect(),
            None => self.graph.units().map(|(id, _)| id).collect(),
        }
    }

    /// The units of some kinds that a name means. Where a package has the name, its contract may have it as well, and is
    /// meant only by `api:`.
    fn meant(&self, selector: &NameSelector, kinds: &[UnitKind]) -> Vec<UnitId> {
        let mut found = self.candidates(selector);
        found.retain(|id| {
            let unit = self.graph.unit(*id);
            kinds.contains(&unit.kind) && selector.is_match(unit)
        });
        let is_contract = |id: &UnitId| self.graph.unit(*id).is_contract();
        if selector.kind.is_none() && selector.literal().is_some() && !found.iter().all(is_contract) {
            found.retain(|id| !is_contract(id));
        }
        found
    }

    /// `apis`, `deployables` and `units`, of every declaration.
    pub(super) fn claim_by_name(&mut self) {
        for at in 0..self.declarations.len() {
            let declaration = self.declarations[at];
            for selector in &declaration.apis {
                self.claim_named(at, selector, &[UnitKind::Package, UnitKind::Api, UnitKind::Module], "apis");
            }
            for selector in &declaration.deployables {
                self.claim_named(at, selector, &DEPLOYABLES, "deployables");
            }
            for selector in &declaration.units {
                self.claim_named(at, selector, &UnitKind::ALL, "units");
            }
        }
        let configuration = self.configuration;
        for (section, role, place) in [
            (&configuration.shared, Role::Shared, "`units` of `[shared]`"),
            (&configuration.assemblies, Role::Assembly, "`units` of `[assemblies]`"),
            (&configuration.test_support, Role::TestSupport, "`units` of `[test-support]`"),
        ] {
            for selector in &section.units {
                self.claim_in_root(selector, role, place.to_owned());
            }
        }
        for (at, responsibility) in configuration.responsibilities.iter().enumerate() {
            let id = ResponsibilityId(at);
            for selector in &responsibility.units {
                let place = format!("`through` of responsibility `{}`", responsibility.name);
                for unit in self.claim_in_root(selector, Role::Responsibility(id), place) {
                    self.embodies[unit.index()].push(id);
                }
            }
        }
    }

    /// Claims the units that a name of the root means for a role that is no feature's.
    fn claim_in_root(&mut self, selector: &NameSelector, role: Role, place: String) -> Vec<UnitId> {
        let location = self.in_root(&selector.written);
        let units = self.meant(selector, &UnitKind::ALL);
        for unit in &units {
            let rank = Rank::Root { by_name: true, precision: selector.precision };
            self.claims[unit.index()].push(Claim { rank, role, location: location.clone() });
        }
        if units.is_empty() {
            self.tell_unmatched(selector, place, "unit", location, |_| true);
        }
        units
    }

    fn claim_named(&mut self, at: usize, selector: &NameSelector, kinds: &[UnitKind], key: &str) {
        let declaration = self.declarations[at];
        let file = declaration.declared_at.path.clone();
        let location = Location { path: file, span: selector.written.span };
        let mut has_matched = false;
        // A declaration next to the code speaks for its own folder only, and for what lies in none.
        let is_in_reach = |unit: &Unit| {
            !unit.has_folder() || declaration.folder.as_ref().is_none_or(|folder| unit.path.is_within(folder))
        };
        for id in self.meant(selector, kinds) {
            let unit = self.graph.unit(id);
            if !is_in_reach(unit) {
                continue;
            }
            for feature in self.features_of(declaration, &unit.path) {
                has_matched = true;
                if key == "apis" {
                    self.named_as_api[id.index()].push(feature);
                }
                let precision = selector.precision;
                self.claims[id.index()].push(Claim {
                    rank: match &declaration.folder {
                        None => Rank::Root { by_name: true, precision },
                        Some(folder) => Rank::Nearby { depth: depth(folder), by_name: true, precision },
                    },
                    role: Role::Feature(feature),
                    location: location.clone(),
                });
            }
        }
        if !has_matched {
            let place = format!("`{key}` of feature `{}`", declaration.name.value);
            let is_wanted = |unit: &Unit| kinds.contains(&unit.kind) && is_in_reach(unit);
            let wanted = match key {
                "units" => "unit",
                "deployables" => "deployable",
                _ => kinds[0].word(),
            };
            self.tell_unmatched(selector, place, wanted, location, is_wanted);
        }
    }

    pub(super) fn tell_unmatched(
        &mut self,
        selector: &NameSelector,
        place: String,
        wanted: &'static str,
        location: Location,
        is_wanted: impl Fn(&Unit) -> bool,
    ) {
        let is_of_kind = |unit: &Unit| selector.kind.is_none_or(|kind| kind == unit.kind);
        let units = self.graph.units().filter(|(_, unit)| is_wanted(unit) && is_of_kind(unit));
        let names: Vec<&str> = units.map(|(_, unit)| unit.short_name.as_str()).collect();
        let written = selector.written.value.as_str();
        let (prefix, name) = match (selector.kind, written.split_once(':')) {
            (Some(kind), Some((_, name))) => (format!("{}:", kind.word()), name),
            _ => (String::new(), written),
        };
        // Each name is compared with every other: the first ones show what is wrong.
        let is_few = self.unmatched.len() < SUGGESTED;
        let near = is_few.then(|| nearest(name, names)).flatten().map(|near| format!("{prefix}{near}"));
        self.unmatched.push(Unmatched {
            written: written.to_owned(),
            place,
            wanted,
            location,
            nearest: near,
        });
    }

    /// How a unit is named that has a name and no folder of its own.
    pub(super) fn in_no_folder(&self, name: &str) -> Option<String> {
        let units = self.named.get(name)?.iter().map(|id| self.graph.unit(*id));
        let mut named = units.filter(|unit| !matches!(unit.kind, UnitKind::Package | UnitKind::Binary));
        named.next().map(|unit| format!("{}:{name}", unit.kind.word()))
    }
}
