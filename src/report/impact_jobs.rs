//! What a change affects, for pipelines: one name a line, and a matrix of jobs.

use std::collections::BTreeSet;

use serde::Serialize;

use super::impact::{ImpactPart, ToldImpact};
use super::pretty::harmless;
use super::safe_line;

/// One name a line, for scripts: of packages as `cargo -p` takes it, of deployables with their kind where a
/// name alone would make one think of a package.
pub fn impact_names(told: &ToldImpact<'_>) -> String {
    let parts = told.parts.iter().flat_map(|part| told.of(*part));
    let names: BTreeSet<String> = parts.map(|(affected, _)| safe_line(&told.name(affected.unit))).collect();
    names.into_iter().map(|name| name + "\n").collect()
}

/// One job of a matrix.
#[derive(Serialize)]
struct Job<'a> {
    what: &'static str,
    kind: &'static str,
    name: String,
    path: &'a str,
    feature: &'a str,
}

#[derive(Serialize)]
struct Matrix<'a> {
    include: Vec<Job<'a>>,
}

/// How many jobs of one matrix GitHub takes.
pub const MOST_JOBS: usize = 256;

/// A matrix for GitHub Actions in one line, with a job for each package to test and each deployable to ship;
/// and how many jobs it has.
pub fn impact_matrix(told: &ToldImpact<'_>) -> (String, usize) {
    let graph = &told.repository.linked.graph;
    let wanted = told.parts.iter().copied();
    // What is built anew is tested or shipped: a job of its own only where nothing else is asked for.
    // Jobs are those that somebody has written down already.
    let parts = wanted.filter(|part| match part {
        ImpactPart::Build => told.parts.len() == 1,
        part => *part != ImpactPart::Run,
    });
    let jobs =
        parts.flat_map(|part| told.of(part).into_iter().map(move |(affected, _)| (part, affected.unit)));
    let include: Vec<Job<'_>> = jobs
        .map(|(part, unit)| {
            let one = graph.unit(unit);
            Job {
                what: part.word(),
                kind: one.kind.word(),
                name: one.short_name.clone(),
                path: one.path.as_str(),
                feature: told.feature(unit).unwrap_or_default(),
            }
        })
        .collect();
    let count = include.len();
    // Strings always serialize.
    let json = serde_json::to_string(&Matrix { include }).unwrap_or_default();
    (harmless(json) + "\n", count)
}
