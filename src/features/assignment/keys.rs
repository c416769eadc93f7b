//! What declarations say besides which units are whose: doors, what is exposed, tags, deployments.

use std::collections::BTreeSet;

use crate::graph::{Unit, UnitId, UnitKind};
use crate::text::{Location, RepoPath, nearest};

use super::super::selector::{FeaturePattern, Unmatched};
use super::super::{Door, DoorName, FeatureDeclaration, FeatureId, FeatureMap};
use super::Assignment;

impl<'c> Assignment<'c> {
    /// The declarations that decide about a key: a feature's own, or else those of the nearest feature
    /// that it is nested in. Where the root has the key, what stands next to the code opens nothing.
    fn nearest_with(
        &self,
        name: &str,
        has_key: impl Fn(&FeatureDeclaration) -> bool,
    ) -> Option<Vec<&'c FeatureDeclaration>> {
        let mut declared = self.family(name).find(|one| one.iter().any(|one| has_key(one)))?;
        declared.retain(|one| has_key(one));
        if declared.iter().any(|one| one.folder.is_none()) {
            declared.retain(|one| one.folder.is_none());
        }
        Some(declared)
    }

    /// `consumes` and `consumers`: a feature's own, or else those of the nearest that it is nested in.
    pub(super) fn open_doors(&mut self, map: &mut FeatureMap) {
        type Key = fn(&FeatureDeclaration) -> &Option<Vec<FeaturePattern>>;
        let keys: [(&str, Key); 2] = [
            ("consumes", |declaration| &declaration.consumes),
            ("consumers", |declaration| &declaration.consumers),
        ];
        for at in 0..map.features.len() {
            let name = map.features[at].name.clone();
            for (key, patterns_of) in keys {
                let declared =
                    self.family(&name).find(|one| one.iter().any(|one| patterns_of(one).is_some()));
                let door = declared.map(|declared| {
                    let mut door = Door::default();
                    for declaration in declared {
                        for pattern in patterns_of(declaration).iter().flatten() {
                            let features = map.features.iter().enumerate();
                            let meant = features.filter(|(_, feature)| pattern.is_match(&feature.name));
                            let meant: BTreeSet<_> = meant.map(|(at, _)| FeatureId::new(at)).collect();
                            let path = declaration.declared_at.path.clone();
                            door.names.push(DoorName {
                                written: pattern.written.value.clone(),
                                location: Location { path, span: pattern.written.span },
                                declared_in: declaration.name.value.clone(),
                                features: meant,
                            });
                        }
                    }
                    door
                });
                match key {
                    "consumes" => map.features[at].consumes = door,
                    _ => map.features[at].consumers = door,
                }
            }
        }
        for declaration in &self.declarations {
            for (key, patterns_of) in keys {
                for pattern in patterns_of(declaration).iter().flatten() {
                    if map.features.iter().any(|feature| pattern.is_match(&feature.name)) {
                        continue;
                    }
                    let names = map.features.iter().map(|feature| feature.name.as_str());
                    self.unmatched.push(Unmatched {
                        written: pattern.written.value.clone(),
                        place: format!("`{key}` of feature `{}`", declaration.name.value),
                        wanted: "feature",
                        location: Location {
                            path: declaration.declared_at.path.clone(),
                            span: pattern.written.span,
                        },
                        nearest: nearest(&pattern.written.value, names).map(str::to_owned),
                    });
                }
            }
        }
    }

    /// `exposes`: what a feature does not name there is its own business.
    pub(super) fn expose(&mut self, map: &mut FeatureMap) {
        map.is_exposed = vec![true; self.graph.units().len()];
        let mut has_matched: BTreeSet<(RepoPath, usize)> = BTreeSet::new();
        for at in 0..map.features.len() {
            let declared = self.nearest_with(&map.features[at].name, |one| one.exposes.is_some());
            let Some(declared) = declared else { continue };
            map.features[at].has_exposed = true;
            for (id, unit) in self.graph.units() {
                if map.feature_of(id) != Some(FeatureId::new(at)) {
                    continue;
                }
                let mut is_exposed = false;
                for declaration in &declared {
                    for selector in declaration.exposes.iter().flatten().filter(|one| one.is_match(unit)) {
                        is_exposed = true;
                        let file = declaration.declared_at.path.clone();
                        has_matched.insert((file, selector.written.span.start as usize));
                    }
                }
                // What lies in a module that is exposed is a part of it.
                let around = unit.parent.filter(|around| {
                    unit.kind == UnitKind::Module
                        && self.graph.unit(*around).kind == UnitKind::Module
                        && map.feature_of(*around) == Some(FeatureId::new(at))
                });
                is_exposed |= around.is_some_and(|around| map.is_exposed[around.index()]);
                map.is_exposed[id.index()] = is_exposed;
            }
        }
        for at in 0..self.declarations.len() {
            let declaration = self.declarations[at];
            for selector in declaration.exposes.iter().flatten() {
                let location =
                    Location { path: declaration.declared_at.path.clone(), span: selector.written.span };
                if !has_matched.contains(&(location.path.clone(), location.span.start as usize)) {
                    let place = format!("`exposes` of feature `{}`", declaration.name.value);
                    let own = self.names.get(&declaration.name.value).copied();
                    let is_own = |unit: &Unit| {
                        let found = self.graph.units().find(|(_, other)| other.identity() == unit.identity());
                        own.is_some() && found.and_then(|(id, _)| map.feature_of(id)) == own
                    };
                    let names: Vec<&str> = self
                        .graph
                        .units()
                        .filter(|(_, unit)| is_own(unit))
                        .map(|(_, unit)| unit.short_name.as_str())
                        .collect();
                    self.unmatched.push(Unmatched {
                        written: selector.written.value.clone(),
                        place,
                        wanted: "unit of that feature",
                        location,
                        nearest: nearest(&selector.written.value, names).map(str::to_owned),
                    });
                }
            }
        }
    }

    /// `[tags]`; a binary has those of its package.
    pub(super) fn tag(&mut self, map: &mut FeatureMap) {
        map.tags = vec![Vec::new(); self.graph.units().len()];
        for (tag, selectors) in &self.configuration.tags {
            for selector in selectors {
                let mut has_matched = false;
                for (id, unit) in self.graph.units() {
                    let is_parent = |parent: UnitId| selector.is_match(self.graph.unit(parent));
                    if selector.is_match(unit) || unit.parent.is_some_and(is_parent) {
                        has_matched = true;
                        map.tags[id.index()].push(tag.clone());
                    }
                }
                if !has_matched {
                    let location = self.in_root(&selector.written);
                    self.tell_unmatched(selector, format!("tag `{tag}`"), "unit", location, |_| true);
                }
            }
        }
        for tags in &mut map.tags {
            tags.sort();
            tags.dedup();
        }
    }

    /// `[deployments.<name>]`
    pub(super) fn deploy(&mut self, map: &mut FeatureMap) {
        map.deployments = vec![Vec::new(); self.graph.units().len()];
        map.deployment_names = self.configuration.deployments.iter().map(|one| one.name.clone()).collect();
        for (at, deployment) in self.configuration.deployments.iter().enumerate() {
            for selector in &deployment.deployables {
                let is_meant = |unit: &Unit| {
                    (selector.kind.is_some() || unit.kind.is_deployable()) && selector.is_match(unit)
                };
                let units = self.graph.units().filter(|(_, unit)| is_meant(unit));
                let units: Vec<UnitId> = units.map(|(id, _)| id).collect();
                units.iter().for_each(|unit| map.deployments[unit.index()].push(at));
                if units.is_empty() {
                    let place = format!("`deployables` of deployment `{}`", deployment.name);
                    let location = self.in_root(&selector.written);
                    self.tell_unmatched(selector, place, "deployable", location, |unit| {
                        unit.kind.is_deployable()
                    });
                }
            }
        }
    }
}
