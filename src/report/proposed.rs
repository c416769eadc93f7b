//! What could be declared, for a person.

use crate::graph::{CouplingGraph, UnitId};
use crate::proposal::{Proposal, ProposedFeature};

use super::paint::{BOLD, DIM, paint, wrapped};
use super::{Style, counted, safe_line};

/// How many units that could not be placed are named.
const NAMED: usize = 20;

/// The features that are proposed, what would belong to none, and what could not be placed.
pub fn proposed(proposal: &Proposal, graph: &CouplingGraph, style: Style) -> String {
    let mut text = String::new();
    if !proposal.is_empty() {
        let new = proposal.features.iter().filter(|feature| !feature.is_declared).count();
        let added = proposal.features.len() - new;
        let parts = [
            (new > 0).then(|| counted(new, "new feature", "new features")),
            (added > 0)
                .then(|| format!("more in {added} that {} declared", if added == 1 { "is" } else { "are" })),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        text += &if parts.is_empty() { "no new feature".to_owned() } else { parts.join(", ") };
        text += "\n\n";
        let widest = proposal.features.iter().map(|feature| safe_line(&feature.name).chars().count()).max();
        let widest = widest.unwrap_or_default().clamp(10, 28);
        proposal.features.iter().for_each(|feature| text += &row(feature, widest, style));
        for (word, globs) in [
            ("shared", &proposal.shared),
            ("assemblies", &proposal.assemblies),
            ("test support", &proposal.test_support),
            ("not read", &proposal.exclude),
        ] {
            if !globs.is_empty() {
                text += &line(word, "", &globs.join("  "), widest, style, false);
            }
        }
        let shares = shares(proposal);
        if !shares.is_empty() {
            text += &format!("\n{}", wrapped(&shares, "", "  ", style));
        }
    }
    text + &left(&proposal.unplaced, graph, style)
}

fn row(feature: &ProposedFeature, widest: usize, style: Style) -> String {
    let globs = [feature.paths.as_slice(), feature.deployables.as_slice()].concat().join("  ");
    let mark = if feature.is_declared { "+ " } else { "" };
    line(&format!("{mark}{}", feature.name), &feature.why, &globs, widest, style, true)
}

fn line(name: &str, about: &str, globs: &str, widest: usize, style: Style, is_feature: bool) -> String {
    let name = safe_line(name);
    let padding = " ".repeat((widest + 2).saturating_sub(name.chars().count()).max(1));
    let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
    let indent = " ".repeat(widest + 4);
    let body = wrapped(&safe_line(&format!("{globs}{about}")), &indent, &indent, style);
    let painted = if is_feature { paint(&name, BOLD, style) } else { paint(&name, DIM, style) };
    format!("  {painted}{padding}{}", body.trim_start())
}

/// How much of the repository would be judged as what.
fn shares(proposal: &Proposal) -> String {
    let shares = proposal.shares;
    let all = shares.features + shares.shared + shares.assemblies + shares.test_support + shares.unassigned;
    if all == 0 {
        return String::new();
    }
    let share = |count: usize| format!("{count} ({} %)", (100 * count).checked_div(all).unwrap_or_default());
    let parts = [
        (shares.features, "in features"),
        (shares.shared, "shared"),
        (shares.assemblies, "in assemblies"),
        (shares.test_support, "test support"),
        (shares.unassigned, "unassigned"),
    ];
    let there = parts.into_iter().filter(|(count, _)| *count > 0);
    let there: Vec<String> = there.map(|(count, what)| format!("{} {what}", share(count))).collect();
    format!("of {}: {}", counted(all, "package or image", "packages and images"), there.join(", "))
}

fn left(units: &[UnitId], graph: &CouplingGraph, style: Style) -> String {
    if units.is_empty() {
        return String::new();
    }
    let named = units.iter().take(NAMED).map(|id| {
        let unit = graph.unit(*id);
        format!("{} ({})", unit.shown(), unit.declared_at.path)
    });
    let mut named: Vec<String> = named.collect();
    if units.len() > NAMED {
        named.push(format!("{} more", units.len() - NAMED));
    }
    let text = format!("nothing tells where these belong: {}", safe_line(&named.join(", ")));
    wrapped(&text, "", "  ", style) + "  they are one warning until a line of the configuration names them\n"
}
