//! Whom `CODEOWNERS` names for each unit.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::graph::{CouplingGraph, Unit, UnitId, UnitKind};
use crate::sources::CodeOwners;
use crate::text::RepoPath;

/// The owners of the files that units come from.
#[derive(Debug, Clone, Default)]
pub(super) struct CodeOwnership {
    /// By unit; units that are supposed later have none.
    of_units: Arc<[Option<String>]>,
    /// By entity of the catalogs.
    of_entities: Arc<[Option<String>]>,
    names: Arc<BTreeSet<String>>,
}

impl CodeOwnership {
    /// Asks for the owner of every unit.
    pub(super) fn new(graph: &CouplingGraph, owners: &CodeOwners) -> Self {
        let units: Vec<&Unit> = graph.units().map(|(_, unit)| unit).collect();
        let of_units = units.into_par_iter().map(|unit| file_of(unit).and_then(|file| owners.of(file)));
        let of_units: Vec<Option<String>> = of_units.collect();
        let entities = graph.catalogs().entities().iter();
        let of_entities: Vec<Option<String>> =
            entities.map(|entity| of_folder(owners, entity.folder.as_ref()?)).collect();
        let names = Arc::new(owners.names().clone());
        Self { of_units: Arc::from(of_units), of_entities: Arc::from(of_entities), names }
    }

    /// The owners of the folder of an entity, where they are not those of every file.
    pub(super) fn of_entity(&self, entity: usize) -> Option<&str> {
        self.of_entities.get(entity)?.as_deref()
    }

    /// The owners of a unit's file.
    pub(super) fn of(&self, unit: UnitId) -> Option<&str> {
        self.of_units.get(unit.index())?.as_deref()
    }

    /// Everybody who is named.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// The name of a file that no pattern means.
const ANY_FILE: &str = "_";

/// Whom a folder is owned by, if it is not just whom every file is.
fn of_folder(owners: &CodeOwners, folder: &RepoPath) -> Option<String> {
    let everywhere = RepoPath::new(ANY_FILE).and_then(|file| owners.of(&file));
    owners.of(&folder.join(ANY_FILE)?).filter(|own| Some(own) != everywhere.as_ref())
}

/// The file by which a unit is owned: a binary's root source file, or else the manifest. What no
/// manifest names has none: whoever owns the configuration does not own all that it speaks of.
fn file_of(unit: &Unit) -> Option<&RepoPath> {
    match unit.kind {
        _ if !unit.has_folder() => None,
        UnitKind::Binary => Some(&unit.path),
        _ => Some(&unit.declared_at.path),
    }
}
