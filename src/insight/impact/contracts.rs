//! A contract that changes: whatever is generated from it is built anew, and so is what is generated from contracts
//! that import it.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CouplingKind, UnitId};

use super::Question;
use super::files::Part;
use super::reach::reached;
use super::touched::{Cause, Touched};

/// Touches the packages that are generated from contracts whose files differ.
pub(super) fn touch(question: &Question<'_>, touched: &mut Touched) {
    let graph = &question.linked.graph;
    let mut changed: BTreeMap<UnitId, Cause> = BTreeMap::new();
    for contract in &question.linked.contracts {
        let name = graph.unit(contract.unit).shown();
        for file in &question.differences.files {
            if contract.files.binary_search(&file.path).is_ok() {
                let why = Some(format!("it is part of `{name}`"));
                changed.entry(contract.unit).or_insert(Cause { path: file.path.clone(), how: file.how, why });
            }
        }
    }
    if changed.is_empty() {
        return;
    }
    let contracts: BTreeSet<UnitId> = question.linked.contracts.iter().map(|one| one.unit).collect();
    let uses = graph.couplings().map(|(_, coupling)| coupling).filter(|coupling| {
        matches!(coupling.kind, CouplingKind::Call | CouplingKind::Build)
            && coupling.declared.is_none()
            && contracts.contains(&coupling.to)
    });
    let links: Vec<(UnitId, UnitId)> = uses.map(|coupling| (coupling.from, coupling.to)).collect();
    let next = reached(&links, changed.keys().copied());
    for (at, unit) in question.linked.package_units.iter().enumerate() {
        let mut end = *unit;
        while let Some(after) = next.get(&end).filter(|after| **after != end) {
            end = *after;
        }
        if let Some(cause) = changed.get(&end).filter(|_| end != *unit) {
            let cause = touched.cause(cause.clone());
            touched.package(at, &Part::Whole, cause);
        }
    }
}
