//! Claims by folder: `paths`, `each`, `[shared]`, `[assemblies]`, `[test-support]` and `through`.

use std::collections::BTreeMap;

use crate::graph::UnitKind;
use crate::text::{Fault, RepoPath, nearest};

use super::super::claims::{Claim, Rank};
use super::super::selector::{PathMatcher, PathSelector, Unmatched};
use super::super::{ResponsibilityId, Role};
use super::{Assignment, makes_feature, name_of_each};

/// A path selector, and what it claims a unit for.
struct PathClaim<'c> {
    selector: &'c PathSelector,
    /// The position of the declaration, where it makes a feature of each folder.
    each: Option<usize>,
    role: Role,
    place: String,
}

impl<'c> Assignment<'c> {
    /// The root's `paths`, `each`, `[shared]`, `[assemblies]`, `[test-support]` and `through`.
    pub(super) fn claim_by_path(&mut self, problems: &[Fault]) {
        let all = self.path_claims();
        let matcher = PathMatcher::new(all.iter().map(|claim| claim.selector));
        let mut has_matched = vec![false; all.len()];
        let mut known: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (id, unit) in self.graph.units().filter(|(_, unit)| unit.has_folder()) {
            for part in unit.places() {
                // `.` is the package at the root, and nothing below it.
                if part.is_empty() && !unit.path.as_str().is_empty() {
                    continue;
                }
                let matches = known.entry(part).or_insert_with(|| matcher.naming(part));
                for at in matches.iter() {
                    let claim = &all[*at];
                    has_matched[*at] = true;
                    // The folder of all pipelines says nothing about one job; what names its file does.
                    let is_named =
                        part == unit.path.as_str() && !claim.selector.written.value.ends_with("**");
                    if unit.kind == UnitKind::Job && !is_named {
                        continue;
                    }
                    let role = match claim.each {
                        None => claim.role,
                        // A module makes a feature by the folder of its name, not by its file.
                        Some(_) if unit.kind == UnitKind::Module && part.ends_with(".rs") => continue,
                        Some(declaration) if makes_feature(unit) => {
                            let name = name_of_each(self.declarations[declaration], part);
                            let Some(feature) = self.names.get(&name) else {
                                continue;
                            };
                            Role::Feature(*feature)
                        }
                        // A binary follows its package, which has a folder of its own, and a database its server.
                        Some(_) => continue,
                    };
                    if let Role::Responsibility(responsibility) = role {
                        self.embodies[id.index()].push(responsibility);
                    }
                    let rank = Rank::Root { by_name: false, precision: claim.selector.precision };
                    let location = self.in_root(&claim.selector.written);
                    self.claims[id.index()].push(Claim { rank, role, location });
                }
            }
        }
        // What lies in a folder that could not be read is not known, so nothing is said about its name.
        let broken: Vec<RepoPath> = problems.iter().filter_map(|fault| RepoPath::new(&fault.path)).collect();
        for (claim, _) in all.iter().zip(has_matched).filter(|(_, has_matched)| !has_matched) {
            let own = PathMatcher::new([claim.selector]);
            if broken.iter().any(|path| own.covers(path)) {
                continue;
            }
            let folders = self.graph.units().flat_map(|(_, unit)| unit.places());
            self.unmatched.push(Unmatched {
                written: claim.selector.written.value.clone(),
                place: claim.place.clone(),
                wanted: "unit",
                location: self.in_root(&claim.selector.written),
                nearest: self.in_no_folder(&claim.selector.written.value).or_else(|| {
                    let is_plain = |folder: &&str| claim.selector.precision.1 && !folder.is_empty();
                    nearest(&claim.selector.written.value, folders.filter(is_plain)).map(str::to_owned)
                }),
            });
        }
    }

    fn path_claims(&self) -> Vec<PathClaim<'c>> {
        let configuration = self.configuration;
        let mut all = Vec::new();
        let mut push = |selectors: &'c [PathSelector], role, place: String| {
            let claims = selectors.iter().map(|selector| PathClaim {
                selector,
                each: None,
                role,
                place: place.clone(),
            });
            all.extend(claims);
        };
        push(&configuration.shared.paths, Role::Shared, "`[shared]`".to_owned());
        push(&configuration.assemblies.paths, Role::Assembly, "`[assemblies]`".to_owned());
        push(&configuration.test_support.paths, Role::TestSupport, "`[test-support]`".to_owned());
        for (at, responsibility) in configuration.responsibilities.iter().enumerate() {
            let place = format!("`through` of responsibility `{}`", responsibility.name);
            push(&responsibility.through, Role::Responsibility(ResponsibilityId(at)), place);
        }
        for declaration in &configuration.features {
            let name = &declaration.name.value;
            let Some(feature) = self.names.get(name) else {
                continue;
            };
            push(&declaration.paths, Role::Feature(*feature), format!("`paths` of feature `{name}`"));
        }
        for (at, declaration) in configuration.features.iter().enumerate() {
            all.extend(declaration.each.iter().map(|selector| PathClaim {
                selector,
                each: Some(at),
                role: Role::Unassigned,
                place: format!("`each` of feature `{}`", declaration.name.value),
            }));
        }
        all
    }
}
