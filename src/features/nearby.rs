//! Declarations next to the code: `feature.toml`, and `[package.metadata.watertight]`.

use rayon::prelude::*;

use crate::snapshot::{Listing, Snapshot};
use crate::sources::{Facts, Reading, read_text};
use crate::text::toml::{Table, parse, quoted};
use crate::text::{Fault, RepoPath, Span};

use super::{Configuration, FeatureDeclaration, configuration};

/// The name of a declaration next to the code.
pub(super) const FILE: &str = "feature.toml";

/// What only the root configuration may say.
const ROOT_ONLY: [&str; 11] = [
    "assemblies",
    "corrections",
    "couplings",
    "deployments",
    "exceptions",
    "external",
    "features",
    "rules",
    "scan",
    "shared",
    "test-support",
];

/// The declarations next to the code.
#[derive(Debug, Default)]
pub struct Nearby {
    /// In the order of the paths.
    pub declarations: Vec<FeatureDeclaration>,
    /// The texts that hold them, by file.
    pub texts: Vec<(RepoPath, String)>,
}

/// Reads every declaration next to the code.
///
/// # Errors
/// Everything that is wrong with them, each with its place.
pub fn read_nearby(
    snapshot: &dyn Snapshot,
    listing: &Listing,
    reading: &Reading,
    is_excluded: &(dyn Fn(&RepoPath) -> bool + Sync),
) -> Result<Nearby, Vec<Fault>> {
    let files = listing.files.iter().filter(|path| path.file_name() == FILE && !is_excluded(path));
    let manifests = reading.facts.iter().filter_map(|(path, facts)| match &**facts {
        Facts::CargoManifest(manifest) => {
            manifest.package.as_ref().is_some_and(|package| package.has_declaration).then_some(path)
        }
        _ => None,
    });
    let wanted: Vec<&RepoPath> = files.chain(manifests).collect();
    let read: Vec<_> = wanted.par_iter().map(|path| read_one(snapshot, path)).collect();
    let (mut nearby, mut faults) = (Nearby::default(), Vec::new());
    for (path, read) in wanted.into_iter().zip(read) {
        match read {
            Ok((declaration, text, found)) => {
                nearby.declarations.extend(declaration);
                nearby.texts.push((path.clone(), text));
                faults.extend(found);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    if faults.is_empty() { Ok(nearby) } else { Err(faults) }
}

/// Tells features that are declared next to the code and are those of other repositories, too.
pub fn tell_clashes(configuration: &Configuration, nearby: &Nearby, faults: &mut Vec<Fault>) {
    configuration::tell_clashes(&configuration.externals, nearby.declarations.iter(), faults);
}

/// A declaration if there is one, the text that was read, and what is wrong with it.
type Read = (Option<FeatureDeclaration>, String, Vec<Fault>);

fn read_one(snapshot: &dyn Snapshot, path: &RepoPath) -> Result<Read, Box<Fault>> {
    let text = read_text(snapshot, path)?;
    let (declaration, faults) = declared_in(&text, path);
    Ok((declaration, text, faults))
}

fn declared_in(text: &str, path: &RepoPath) -> (Option<FeatureDeclaration>, Vec<Fault>) {
    let (entries, syntax) = parse(text, path);
    let is_of_package = path.file_name() != FILE;
    let mut faults = Vec::new();
    let root = Table::new(&entries, path);
    let table = match (is_of_package, syntax.is_empty()) {
        (false, true) => Some(root),
        (false, false) => return (None, syntax),
        // A manifest that doesn't parse is a problem already, not an error in a declaration.
        (true, _) => root
            .table("package", &mut faults)
            .and_then(|table| table.table("metadata", &mut faults))
            .and_then(|table| table.table("watertight", &mut faults)),
    };
    let declaration = table.and_then(|table| read_table(&table, is_of_package, &mut faults));
    (declaration, faults)
}

fn read_table(
    table: &Table<'_, '_>,
    is_of_package: bool,
    faults: &mut Vec<Fault>,
) -> Option<FeatureDeclaration> {
    let file = table.file();
    let Some(name) = table.string("feature", faults) else {
        if table.get("feature").is_none() {
            let fault = Fault::of(file, "this declaration does not name its feature");
            let fault = fault.at(first_entry(table), "`feature` is missing");
            faults.push(
                fault.help("add `feature = \"…\"`, with the name of the feature that this folder belongs to"),
            );
        }
        return None;
    };
    let mut declaration = FeatureDeclaration::read(name, table, faults);
    declaration.folder = file.parent();
    declaration.is_of_package = is_of_package;
    let misplaced: Vec<&str> = ROOT_ONLY.into_iter().filter(|key| table.get(key).is_some()).collect();
    if !misplaced.is_empty() {
        let span = table.entry_span(misplaced[0]).unwrap_or_default();
        let message = format!("{} can be declared in `watertight.toml` at the root only", quoted(&misplaced));
        let help = "move it there: a feature that could say what is shared could excuse itself";
        faults.push(Fault::of(file, message).at(span, "not here").help(help));
    }
    for key in ["paths", "each"] {
        if let Some(value) = table.get(key) {
            let message = format!("`{key}` has no place in a declaration next to the code");
            let help = "take it out: the feature has the folder that this file lies in; name others in `watertight.toml` at the root";
            let fault = Fault::of(file, message).at(Span::new(value.span()), "not here");
            faults.push(fault.help(help));
        }
    }
    table.deny_unknown("this declaration", faults);
    Some(declaration)
}

fn first_entry(table: &Table<'_, '_>) -> Span {
    table.entries().first().map(|(key, _)| key.span).unwrap_or_default()
}
