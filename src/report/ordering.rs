//! The order in which features can be deployed.

use serde::Serialize;

use crate::Repository;
use crate::features::FeatureId;
use crate::graph::{CouplingId, UnitId};
use crate::insight::{Batch, Circle, Order, Unordered, Wait};

use super::paint::{BOLD, DIM, RED, paint, wrapped};
use super::pretty::to_json;
use super::ways::{CouplingRecord, coupling_record, couplings};
use super::{Style, Texts, counted, safe_line};

/// The version of the format for programs.
const VERSION: u32 = 1;

/// How many calls between two features are shown before the rest is counted.
const SHOWN_WAITS: usize = 12;

fn name(repository: &Repository, feature: FeatureId) -> &str {
    &repository.map.feature(feature).name
}

fn listed(repository: &Repository, features: &[FeatureId]) -> String {
    let names: Vec<String> = features.iter().map(|one| format!("`{}`", name(repository, *one))).collect();
    names.join(", ")
}

/// "`cart` + `prices` (deployment `shop`)".
fn batch(repository: &Repository, batch: &Batch) -> String {
    let names: Vec<String> =
        batch.features.iter().map(|one| format!("`{}`", name(repository, *one))).collect();
    let deployments = batch.deployments.iter().filter_map(|at| repository.map.deployment_names.get(*at));
    let deployments: Vec<String> = deployments.map(|name| format!("`{name}`")).collect();
    let mut notes = Vec::new();
    if !deployments.is_empty() {
        notes.push(format!("deployment {}", deployments.join(", ")));
    }
    match jobs(repository, batch).as_slice() {
        [] => {}
        [one] => notes.push(format!("by `{one}`")),
        several => notes.push(format!("by {} jobs", several.len())),
    }
    match notes.is_empty() {
        true => names.join(" + "),
        false => format!("{} ({})", names.join(" + "), notes.join("; ")),
    }
}

/// The jobs that ship something of a batch, by name, in order.
fn jobs<'r>(repository: &'r Repository, batch: &Batch) -> Vec<&'r str> {
    let graph = &repository.linked.graph;
    let is_of_batch = |unit: &UnitId| {
        repository.map.feature_of(*unit).is_some_and(|feature| batch.features.contains(&feature))
    };
    let shipping = graph.jobs().iter().filter(|work| work.ships.iter().any(is_of_batch));
    shipping.map(|work| graph.unit(work.job).name.as_str()).collect()
}

fn why(why: Unordered) -> String {
    match why {
        Unordered::Corrected(correction) => format!("corrected as `{}`", correction.word()),
        Unordered::ClientVersioned => "its clients cope with every version".to_owned(),
    }
}

/// For a person.
pub fn ordering(repository: &Repository, order: &Order, texts: &Texts<'_>, style: Style) -> String {
    let mut output = String::new();
    if order.levels.is_empty() && !order.waits.is_empty() {
        output += "whatever waits for another is shipped together with it: nothing imposes an order\n";
    } else if order.levels.is_empty() {
        let text = "no call between features is known, and nothing that waits for another: nothing imposes an order. \
                    Calls are known by API packages (`apis`), and by hosts and URLs in what is deployed";
        output += &wrapped(text, "", "  ", style);
    }
    for circle in &order.circles {
        output += &told_circle(repository, order, circle, texts, style);
    }
    if !order.circles.is_empty() {
        output += "without these, the order is\n";
    }
    for (at, level) in order.levels.iter().enumerate() {
        let batches: Vec<String> = level.iter().map(|one| batch(repository, one)).collect();
        let number = format!("{}. ", at + 1);
        let text = format!("{}{}", paint(&number, BOLD, style), safe_line(&batches.join(", ")));
        output += &wrapped(&text, "", "   ", style);
    }
    if !order.at_any_time.is_empty() && !order.levels.is_empty() {
        let batches: Vec<String> = order.at_any_time.iter().map(|one| batch(repository, one)).collect();
        output += &wrapped(&safe_line(&format!("at any time: {}", batches.join(", "))), "", "   ", style);
    }
    if !order.waits.is_empty() {
        output += &format!("\n{}\n", paint("who waits for whom", BOLD, style));
    }
    for wait in order.waits.iter().take(SHOWN_WAITS) {
        output += &told_wait(repository, wait, texts, style);
    }
    if order.waits.len() > SHOWN_WAITS {
        output += &format!("  and {} more; --format json lists them\n", order.waits.len() - SHOWN_WAITS);
    }
    for one in &order.left_out {
        let (client, server) = (name(repository, one.client), name(repository, one.server));
        let text = format!("`{client}` → `{server}` imposes no order: {}", why(one.why));
        output += &format!("  {}\n", paint(&safe_line(&text), DIM, style));
    }
    style.finished(output)
}

fn told_circle(
    repository: &Repository,
    order: &Order,
    circle: &Circle,
    texts: &Texts<'_>,
    style: Style,
) -> String {
    let features = listed(repository, &circle.features);
    let text = format!(
        "{}: {} wait for each other in a circle",
        paint("no order", RED, style),
        safe_line(&features)
    );
    let mut output = wrapped(&text, "", "  ", style);
    let pairs = counted(circle.to_break.len(), "pair", "pairs");
    let least = if circle.is_smallest { "the least to break" } else { "enough to break, if not the least" };
    output += &format!("  {least}, {pairs} of features:\n");
    for wait in circle.to_break.iter().filter_map(|at| order.waits.get(*at)) {
        output += &told_wait(repository, wait, texts, style);
    }
    output.push('\n');
    output
}

fn told_wait(repository: &Repository, wait: &Wait, texts: &Texts<'_>, style: Style) -> String {
    let (client, server) = (name(repository, wait.client), name(repository, wait.server));
    let head = paint(&safe_line(&format!("`{client}` → `{server}`")), BOLD, style);
    format!("  {head}\n{}", couplings(repository, &wait.couplings, texts, style))
}

#[derive(Serialize)]
struct OrderRecord<'a> {
    version: u32,
    possible: bool,
    levels: Vec<Vec<BatchRecord<'a>>>,
    at_any_time: Vec<BatchRecord<'a>>,
    circles: Vec<CircleRecord<'a>>,
    waits: Vec<WaitRecord<'a>>,
    left_out: Vec<LeftOutRecord<'a>>,
}

#[derive(Serialize)]
struct BatchRecord<'a> {
    features: Vec<&'a str>,
    deployments: Vec<&'a str>,
    jobs: Vec<&'a str>,
}

#[derive(Serialize)]
struct CircleRecord<'a> {
    features: Vec<&'a str>,
    to_break: Vec<PairRecord<'a>>,
    is_smallest: bool,
}

#[derive(Serialize)]
struct PairRecord<'a> {
    client: &'a str,
    server: &'a str,
}

#[derive(Serialize)]
struct WaitRecord<'a> {
    client: &'a str,
    server: &'a str,
    couplings: Vec<CouplingRecord<'a>>,
}

#[derive(Serialize)]
struct LeftOutRecord<'a> {
    client: &'a str,
    server: &'a str,
    why: String,
    couplings: Vec<CouplingRecord<'a>>,
}

/// For a program.
pub fn ordering_json(repository: &Repository, order: &Order, texts: &Texts<'_>) -> String {
    let batch = |one: &Batch| BatchRecord {
        features: one.features.iter().map(|one| name(repository, *one)).collect(),
        deployments: one
            .deployments
            .iter()
            .filter_map(|at| repository.map.deployment_names.get(*at).map(String::as_str))
            .collect(),
        jobs: jobs(repository, one),
    };
    let records = |ids: &[CouplingId]| {
        ids.iter().filter_map(|id| coupling_record(repository, *id, texts)).collect::<Vec<_>>()
    };
    let circles = order.circles.iter().map(|circle| CircleRecord {
        features: circle.features.iter().map(|one| name(repository, *one)).collect(),
        to_break: circle
            .to_break
            .iter()
            .filter_map(|at| order.waits.get(*at))
            .map(|wait| PairRecord {
                client: name(repository, wait.client),
                server: name(repository, wait.server),
            })
            .collect(),
        is_smallest: circle.is_smallest,
    });
    let waits = order.waits.iter().map(|wait| WaitRecord {
        client: name(repository, wait.client),
        server: name(repository, wait.server),
        couplings: records(&wait.couplings),
    });
    let left_out = order.left_out.iter().map(|one| LeftOutRecord {
        client: name(repository, one.client),
        server: name(repository, one.server),
        why: why(one.why),
        couplings: records(&one.couplings),
    });
    to_json(&OrderRecord {
        version: VERSION,
        possible: order.circles.is_empty(),
        levels: order.levels.iter().map(|level| level.iter().map(batch).collect()).collect(),
        at_any_time: order.at_any_time.iter().map(batch).collect(),
        circles: circles.collect(),
        waits: waits.collect(),
        left_out: left_out.collect(),
    })
}
