//! Which units a file belongs to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::features::{FeatureMap, Role};
use crate::graph::cargo::CargoPackage;
use crate::graph::{Linked, UnitId, UnitKind};
use crate::insight::impact::{Part, part};
use crate::text::RepoPath;

/// Files whose changes follow from others: nobody writes them.
const LOCKS: [&str; 8] = [
    "Cargo.lock",
    "composer.lock",
    "go.sum",
    "package-lock.json",
    "pnpm-lock.yaml",
    "poetry.lock",
    "uv.lock",
    "yarn.lock",
];

/// The units by their folders, and by their files where they are made of some.
pub(super) struct Holders<'a> {
    /// What deployed units and contracts are made of; nothing for a file that several features are made of.
    made_of: BTreeMap<&'a RepoPath, Vec<UnitId>>,
    /// Packages by folder; modules by file, and by the folder of their name.
    around: HashMap<&'a str, Holder<'a>>,
}

#[derive(Clone, Copy)]
enum Holder<'a> {
    Package(UnitId, &'a CargoPackage),
    Module(UnitId),
}

/// A unit that a file is a part of.
pub(super) struct Held {
    pub(super) unit: UnitId,
    pub(super) is_of_tests: bool,
}

impl<'a> Holders<'a> {
    pub(super) fn new(linked: &'a Linked, map: &FeatureMap) -> Self {
        let packages = linked.cargo.packages.iter().zip(&linked.package_units);
        let mut around: HashMap<&str, Holder<'_>> = packages
            .map(|(package, unit)| (package.folder.as_str(), Holder::Package(*unit, package)))
            .collect();
        for (id, unit) in linked.graph.units().filter(|(_, unit)| unit.kind == UnitKind::Module) {
            let file = unit.path.as_str();
            around.insert(file, Holder::Module(id));
            let folder = file.strip_suffix("/mod.rs").or_else(|| file.strip_suffix(".rs"));
            folder.into_iter().for_each(|folder| {
                // A package beats a module that is named like its folder.
                around.entry(folder).or_insert(Holder::Module(id));
            });
        }
        let mut made_of: BTreeMap<&RepoPath, Vec<UnitId>> = BTreeMap::new();
        let files = linked.made_of.iter().flat_map(|made| made.files.iter().map(|file| (file, made.unit)));
        let contracts = linked.contracts.iter().flat_map(|one| one.files.iter().map(|file| (file, one.unit)));
        for (file, unit) in files.chain(contracts) {
            made_of.entry(file).or_default().push(unit);
        }
        for units in made_of.values_mut() {
            let roles: BTreeSet<Role> = units.iter().map(|unit| map.role(*unit)).collect();
            // One file of many services says nothing about which of them a change is for.
            if roles.len() > 1 {
                units.clear();
            }
        }
        Self { made_of, around }
    }

    /// The units that a file is a part of: those that are made of it, or else the one with the nearest folder around it.
    pub(super) fn of(&self, file: &RepoPath) -> Vec<Held> {
        if LOCKS.contains(&file.file_name()) {
            return Vec::new();
        }
        if let Some(units) = self.made_of.get(file) {
            return units.iter().map(|unit| Held { unit: *unit, is_of_tests: false }).collect();
        }
        let nearest = file.with_ancestors().find_map(|place| self.around.get(place));
        let held = nearest.and_then(|holder| match holder {
            Holder::Module(unit) => Some(Held { unit: *unit, is_of_tests: false }),
            Holder::Package(unit, package) => match part(package, file) {
                Part::Idle => None,
                found => Some(Held { unit: *unit, is_of_tests: found == Part::Tests }),
            },
        });
        held.into_iter().collect()
    }
}
