//! Files that no unit holds: what is declared of them, or what their names say.

use crate::features::{Affects, ImpactSection};
use crate::graph::{UnitId, UnitKind};
use crate::snapshot::Difference;
use crate::text::RepoPath;

use super::Question;
use super::deploy::binary_units;
use super::files::{Packages, Part};
use super::touched::{Cause, Touched};
use super::usual::{Usual, usual};

/// What became of a file that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// A unit holds it, or it is declared to affect something.
    Counts,
    /// It affects nothing.
    Idle,
    /// Nobody knows what it is for, so that it affects everything.
    Unknown,
}

/// Touches what a file is declared to affect, whether or not a unit holds it; `None` if nothing is declared.
pub(super) fn declared(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    touched: &mut Touched,
) -> Option<Fate> {
    let (written, affects) = question.configuration.impact.of(&file.path)?;
    let why = Some(format!("`[impact] \"{}\"`", written.value));
    let cause = Cause { path: file.path.clone(), how: file.how, why };
    match affects {
        Affects::Nothing => return Some(Fate::Idle),
        Affects::Everything => everything(question, packages, cause, touched),
        Affects::These(selectors) => {
            let (graph, map) = (&question.linked.graph, question.map);
            let cause = touched.cause(cause);
            for set in ImpactSection::units(selectors, graph, map) {
                set.iter().for_each(|unit| touch_unit(question, unit, cause, touched));
            }
        }
    }
    Some(Fate::Counts)
}

/// Touches what the name of a file says, where no unit holds it and nothing is declared.
pub(super) fn by_name(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    touched: &mut Touched,
) -> Fate {
    let cause = |why: &str| Cause { path: file.path.clone(), how: file.how, why: Some(why.to_owned()) };
    match usual(file.path.as_str()) {
        Usual::Nothing => Fate::Idle,
        Usual::Toolchain => {
            toolchain(question, packages, file, touched);
            Fate::Counts
        }
        Usual::Unknown => {
            everything(question, packages, cause("no unit holds it, and nothing is declared"), touched);
            Fate::Unknown
        }
    }
}

/// Whether a file is a toolchain's, or settings of cargo: no package holds it, wherever it lies.
pub(super) fn is_toolchain(path: &RepoPath) -> bool {
    usual(path.as_str()) == Usual::Toolchain
}

/// A toolchain, or the settings of cargo: everything in the folder that they speak for, and all members of the
/// workspaces whose root lies there.
pub(super) fn toolchain(
    question: &Question<'_>,
    packages: &Packages<'_>,
    file: &Difference,
    touched: &mut Touched,
) {
    let folder = file.path.parent().map(|folder| match folder.file_name() {
        ".cargo" => folder.parent().unwrap_or(folder),
        _ => folder,
    });
    let Some(folder) = folder else { return };
    let cause = Cause { path: file.path.clone(), how: file.how, why: None };
    if folder.as_str().is_empty() {
        return everything(question, packages, cause, touched);
    }
    let cause = touched.cause(cause);
    let roots = packages.all.workspaces.iter().filter(|workspace| workspace.root.is_within(&folder));
    roots.flat_map(|root| &root.members).for_each(|member| touched.package(*member, &Part::Whole, cause));
    for (at, package) in packages.all.packages.iter().enumerate() {
        if package.folder.is_within(&folder) {
            touched.package(at, &Part::Whole, cause);
        }
    }
}

/// Touches every unit.
pub(super) fn everything(
    question: &Question<'_>,
    packages: &Packages<'_>,
    cause: Cause,
    touched: &mut Touched,
) {
    let cause = touched.cause(cause);
    (0..packages.all.packages.len()).for_each(|at| touched.package(at, &Part::Whole, cause));
    question.linked.made_of.iter().for_each(|made| touched.unit(made.unit, cause));
}

fn touch_unit(question: &Question<'_>, unit: UnitId, cause: usize, touched: &mut Touched) {
    let package = question.linked.package_units.iter().position(|one| *one == unit);
    let one = question.linked.graph.unit(unit);
    match (package, one.kind) {
        (Some(package), _) => touched.package(package, &Part::Whole, cause),
        (None, UnitKind::Binary) => {
            let found = binary_units(question).into_iter().find(|(_, id)| *id == unit);
            if let Some(((package, name), _)) = found {
                touched.package(package, &Part::Binaries(vec![name.to_owned()]), cause);
            }
        }
        (None, _) => touched.unit(unit, cause),
    }
}
