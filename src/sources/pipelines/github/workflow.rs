//! From a tree to a workflow.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::super::{Script, texts};
use super::filters::filters_of;
use super::{Action, Job, Listed, Matrix, Pair, Step, Trigger, Workflow};

/// How many jobs and steps of one file are looked at: far above what GitHub runs.
const MOST_JOBS: usize = 500;
const MOST_STEPS: usize = 1_000;

pub(super) fn workflow(tree: &Node<'_>, file: &str) -> Workflow {
    // YAML 1.1 reads `on` as `true`; here it is a text like any other.
    let triggers = tree.get("on").map(triggers).unwrap_or_default();
    let inputs = ["workflow_dispatch", "workflow_call"].into_iter();
    let inputs = inputs.filter_map(|event| tree.at(&["on", event, "inputs"])).flat_map(inputs_of);
    let jobs = tree.get("jobs").map(Node::entries).unwrap_or_default();
    Workflow {
        name: tree.get("name").and_then(Node::spanned),
        triggers,
        env: tree.get("env").map(pairs).unwrap_or_default(),
        folder: tree.at(&["defaults", "run", "working-directory"]).and_then(Node::spanned),
        inputs: inputs.collect(),
        jobs: jobs.iter().take(MOST_JOBS).filter_map(|(id, node)| job(id, node, file)).collect(),
    }
}

pub(super) fn action(tree: &Node<'_>, file: &str) -> Action {
    Action {
        inputs: tree.get("inputs").map(inputs_of).unwrap_or_default(),
        steps: tree.at(&["runs", "steps"]).map(|steps| steps_of(steps, file)).unwrap_or_default(),
    }
}

/// Names with their defaults.
fn inputs_of(node: &Node<'_>) -> Vec<(String, Option<Spanned<String>>)> {
    let named = node.entries().iter().filter_map(|(name, input)| {
        let is_boolean = input.get("type").and_then(Node::text) == Some("boolean");
        // Without a default, one that is true or false is false.
        let unset = || is_boolean.then(|| Spanned { value: "false".to_owned(), span: name.span });
        Some((name.text()?.to_owned(), input.get("default").and_then(Node::spanned).or_else(unset)))
    });
    named.collect()
}

/// `on`, as one event, a list of events, or a map of them.
fn triggers(node: &Node<'_>) -> Vec<Trigger> {
    let plain = |event: Spanned<String>| Trigger { event, paths: None, ignored: None, workflows: Vec::new() };
    if let Some(event) = node.spanned() {
        return vec![plain(event)];
    }
    let listed = node.items().iter().filter_map(Node::spanned).map(plain);
    let mapped = node.entries().iter().filter_map(|(event, told)| {
        let list = |key: &str| {
            let (at, value) = told.entries().iter().find(|(name, _)| name.text() == Some(key))?;
            Some(Listed { at: at.span, items: texts(value) })
        };
        Some(Trigger {
            paths: list("paths"),
            ignored: list("paths-ignore"),
            workflows: told.get("workflows").map(texts).unwrap_or_default(),
            event: event.spanned()?,
        })
    });
    listed.chain(mapped).collect()
}

/// The entries of a map of texts.
fn pairs(node: &Node<'_>) -> Vec<Pair> {
    let pair = |(name, value): &(Node<'_>, Node<'_>)| Some((name.text()?.to_owned(), value.spanned()?));
    node.entries().iter().filter_map(pair).collect()
}

fn job(id: &Node<'_>, node: &Node<'_>, file: &str) -> Option<Job> {
    let text = |keys: &[&str]| node.at(keys).and_then(Node::spanned);
    Some(Job {
        id: id.spanned()?,
        needs: node.get("needs").map(texts).unwrap_or_default(),
        condition: text(&["if"]),
        uses: text(&["uses"]),
        with: node.get("with").map(pairs).unwrap_or_default(),
        env: node.get("env").map(pairs).unwrap_or_default(),
        folder: text(&["defaults", "run", "working-directory"]),
        matrix: node.at(&["strategy", "matrix"]).map(Matrix::of).unwrap_or_default(),
        steps: node.get("steps").map(|steps| steps_of(steps, file)).unwrap_or_default(),
        outputs: node.get("outputs").map(pairs).unwrap_or_default(),
    })
}

fn steps_of(node: &Node<'_>, file: &str) -> Vec<Step> {
    node.items().iter().take(MOST_STEPS).map(|node| step(node, file)).collect()
}

fn step(node: &Node<'_>, file: &str) -> Step {
    let text = |key: &str| node.get(key).and_then(Node::spanned);
    let shell = text("shell").map(|shell| shell.value).unwrap_or_default();
    let program = shell.split_whitespace().next().unwrap_or_default();
    let mut step = Step {
        id: text("id").map(|id| id.value.to_ascii_lowercase()),
        condition: text("if"),
        uses: text("uses"),
        with: node.get("with").map(pairs).unwrap_or_default(),
        run: node.get("run").map(|run| Script::of(run, file)).unwrap_or_default(),
        is_foreign: matches!(program, "pwsh" | "powershell" | "cmd" | "python"),
        env: node.get("env").map(pairs).unwrap_or_default(),
        folder: text("working-directory"),
        filters: Vec::new(),
        filter_file: None,
    };
    (step.filters, step.filter_file) = filters_of(&step, file);
    step
}
