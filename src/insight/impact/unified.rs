//! What cargo builds otherwise for everybody in a workspace, since one manifest asks for it.

use std::collections::BTreeMap;

use crate::graph::cargo::{Build, BuildOptions, CargoPackages, Purpose, builds};
use crate::snapshot::Difference;
use crate::text::RepoPath;

use super::files::Packages;
use super::touched::{Cause, Touched};
use super::{Question, locks, manifests, requests};

/// Platforms on which Cargo features are compared where none is asked for. Everything at once, the first, is no
/// platform that anybody builds for: what one asks for would hide what changes on another.
const COMPARED_ON: [Option<&str>; 5] = [
    None,
    Some("x86_64-unknown-linux-gnu"),
    Some("aarch64-apple-darwin"),
    Some("x86_64-pc-windows-msvc"),
    Some("wasm32-unknown-unknown"),
];

/// What cargo builds of a workspace at once with other Cargo features than before, since a manifest asks for
/// others.
pub(super) fn touch(
    question: &Question<'_>,
    packages: &Packages<'_>,
    touched: &mut Touched,
    purpose: Purpose,
) -> Result<(), String> {
    let mut manifests =
        question.differences.files.iter().filter(|file| file.path.file_name() == "Cargo.toml");
    let (Some(before), Some(file)) = (question.before, manifests.next()) else { return Ok(()) };
    let targets: Vec<Option<&str>> = match &question.options.target {
        Some(target) => vec![Some(target)],
        None => COMPARED_ON.to_vec(),
    };
    for target in targets {
        let options = BuildOptions { target: target.map(str::to_owned), ..question.options.clone() };
        let (was, now) = rayon::join(
            || builds(before.cargo, &options, purpose),
            || builds(packages.all, &options, purpose),
        );
        let ((was, _), (now, _)) = (was?, now?);
        let known: BTreeMap<RepoPath, &Build> =
            was.iter().filter_map(|build| Some((root(before.cargo, build)?, build))).collect();
        for build in &now {
            let earlier = root(packages.all, build).and_then(|root| known.get(&root).copied());
            if let Some(earlier) = earlier {
                touch_differing(question, packages, (earlier, build), file, touched);
            }
        }
    }
    Ok(())
}

/// The folder of the root of what is built at once.
pub(super) fn root(all: &CargoPackages, build: &Build) -> Option<RepoPath> {
    let first = &all.packages[*build.members.first()?];
    Some(match first.workspace {
        Some(workspace) => all.workspaces[workspace].root.clone(),
        None => first.folder.clone(),
    })
}

fn touch_differing(
    question: &Question<'_>,
    packages: &Packages<'_>,
    (was, now): (&Build, &Build),
    file: &Difference,
    touched: &mut Touched,
) {
    let Some(before) = question.before else { return };
    let (earlier, later) = ((before.cargo, was), (packages.all, now));
    for (package, features) in requests::built_otherwise(earlier, later) {
        let why = match manifests::told(&features) {
            Some(names) => format!("it is built with other Cargo features: {names}"),
            None => "it is built for another machine too".to_owned(),
        };
        let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: Some(why) });
        touched.unified(package, cause);
    }
    let names = requests::asked_otherwise(earlier, later);
    if !names.is_empty() {
        locks::touch_asked(question, packages, now, &names, file, touched);
    }
}
