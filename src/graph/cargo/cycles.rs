//! Packages that need each other: cargo refuses them, so they are reported as a problem.

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::sources::cargo::Section;
use crate::text::Fault;

use super::CargoPackages;

/// Reports each cycle once, at its first package. Dev-dependencies may form cycles.
pub(super) fn report(all: &CargoPackages, problems: &mut Vec<Fault>) {
    let mut graph = DiGraph::<(), ()>::with_capacity(all.packages.len(), 0);
    for _ in &all.packages {
        graph.add_node(());
    }
    for (from, package) in all.packages.iter().enumerate() {
        for dependency in &package.dependencies {
            let Some(to) = dependency.target else {
                continue;
            };
            let counts = dependency.section != Section::Dev
                && dependency.through.is_none()
                && all.packages[to].library.is_some();
            if counts {
                graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
            }
        }
    }
    for component in tarjan_scc(&graph) {
        if component.len() == 1 && !graph.contains_edge(component[0], component[0]) {
            continue;
        }
        let mut members: Vec<usize> = component.iter().map(|node| node.index()).collect();
        members.sort_unstable();
        let Some(first) = members.first().copied() else {
            continue;
        };
        let package = &all.packages[first];
        let inside = package.dependencies.iter().find(|dependency| {
            dependency.section != Section::Dev
                && dependency.target.is_some_and(|target| members.contains(&target))
        });
        let Some(line) = inside.and_then(|dependency| dependency.evidence.first()) else {
            continue;
        };
        let names: Vec<_> =
            members.iter().map(|member| format!("`{}`", all.packages[*member].name.value)).collect();
        let message = format!("these packages depend on each other in a cycle: {}", names.join(", "));
        let fault = Fault::of(&line.path, message).at(line.span, "closes the cycle");
        problems.push(fault.help("cargo refuses a cycle; take what both need into a package of its own"));
    }
}
