//! Which packages are built anew, and whose tests are to run again.

use std::collections::BTreeMap;

use crate::graph::cargo::{Build, Built};
use crate::graph::{CouplingGraph, CouplingKind, Linked, UnitId};

use super::reach::{reached, way};
use super::touched::{CauseId, Touched};
use super::{Reason, Step};

/// The packages that are affected, with the shortest reason for each.
pub(super) type Reasons = BTreeMap<usize, Reason>;

/// What a package is touched by, as others see it.
fn whole(touched: &Touched, package: usize) -> Option<CauseId> {
    let touches = touched.packages.get(&package)?;
    touches.whole.or(touches.unified)
}

/// What a package is touched by in any of what is built of it.
fn any(touched: &Touched, package: usize) -> Option<CauseId> {
    let touches = touched.packages.get(&package)?;
    touches.whole.or(touches.unified).or_else(|| touches.binaries.values().next().copied())
}

/// What `cargo build --workspace` builds anew.
pub(super) fn built(linked: &Linked, builds: &[Build], touched: &Touched) -> Reasons {
    let mut found = Reasons::new();
    // What is touched itself needs no other reason.
    for package in touched.packages.keys() {
        if let Some(cause) = any(touched, *package) {
            found.insert(*package, Reason { steps: Vec::new(), cause: touched.causes[cause].clone() });
        }
    }
    for build in builds {
        for (package, way) in ways(build, touched) {
            let shorter = found.get(&package).is_none_or(|known| way.len() - 1 < known.steps.len());
            if let Some(reason) = reason(linked, &way, touched).filter(|_| shorter) {
                found.insert(package, reason);
            }
        }
    }
    found
}

/// The way of each package of a build to one that is touched; the shorter of those for the target and for
/// the machine that builds.
fn ways(build: &Build, touched: &Touched) -> BTreeMap<usize, Vec<usize>> {
    let is_touched = |built: &&Built| whole(touched, built.0).is_some();
    let next = reached(&build.links, build.cargo_features.keys().filter(is_touched).copied());
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for built in next.keys() {
        let way: Vec<usize> = way(&next, *built).into_iter().map(|(at, _)| at).collect();
        let known = found.entry(built.0).or_insert_with(|| way.clone());
        if way.len() < known.len() {
            *known = way;
        }
    }
    found
}

/// Whose tests are to run: of what is built anew as it is built for tests, and of what needs that for its
/// tests alone.
pub(super) fn tested(linked: &Linked, builds: &[Build], touched: &Touched) -> Reasons {
    let mut found = built(linked, builds, touched);
    for (package, touches) in &touched.packages {
        if let Some(cause) = touches.tests.filter(|_| !found.contains_key(package)) {
            found.insert(*package, Reason { steps: Vec::new(), cause: touched.causes[cause].clone() });
        }
    }
    for build in builds {
        let ways = ways(build, touched);
        for (from, to) in &build.test_links {
            let Some(way) = ways.get(to) else { continue };
            let shorter = found.get(from).is_none_or(|known| way.len() < known.steps.len());
            if shorter && let Some(mut reason) = reason(linked, way, touched) {
                reason.steps.insert(0, step(linked, *from, *to, true));
                found.insert(*from, reason);
            }
        }
    }
    found
}

/// The reason that a way of packages is.
pub(super) fn reason(linked: &Linked, way: &[usize], touched: &Touched) -> Option<Reason> {
    let cause = whole(touched, *way.last()?)?;
    let steps = way.windows(2).map(|two| step(linked, two[0], two[1], false)).collect();
    Some(Reason { steps, cause: touched.causes[cause].clone() })
}

fn step(linked: &Linked, from: usize, to: usize, is_test: bool) -> Step {
    let (from, to) = (linked.package_units[from], linked.package_units[to]);
    let kind = if is_test { CouplingKind::Test } else { CouplingKind::Code };
    step_between(&linked.graph, from, to, kind)
}

/// A step from one unit to another, with the coupling that says it: one of the kind, or else another that is
/// no test's.
pub(super) fn step_between(graph: &CouplingGraph, from: UnitId, to: UnitId, kind: CouplingKind) -> Step {
    let couplings: Vec<_> = graph.couplings_between(from, to).collect();
    let of_kind = couplings.iter().find(|id| graph.coupling(**id).kind == kind);
    let is_other =
        |kind: CouplingKind| matches!(kind, CouplingKind::Build | CouplingKind::Call | CouplingKind::Code);
    let other = couplings.iter().find(|id| is_other(graph.coupling(**id).kind));
    let coupling = of_kind.or(other).copied();
    let kind = coupling.map_or(kind, |id| graph.coupling(id).kind);
    Step { unit: to, kind, coupling }
}
