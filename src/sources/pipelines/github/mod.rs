//! GitHub Actions: workflows, and the actions of the repository itself.
//!
//! Invariant: keys that say nothing about what is built, shipped, or when are not read; `docs/pipelines.md` lists
//! each of GitHub's own.

mod filters;
mod matrix;
mod workflow;

use crate::text::{Fault, RepoPath, Span, Spanned, yaml};

use crate::sources::{Facts, Source};

use super::Script;

pub use filters::{NamedFilter, filters_in};
pub use matrix::{Combination, MOST_COMBINATIONS, Matrix};

/// Where GitHub looks for workflows.
pub const FOLDER: &str = ".github/workflows";

/// A workflow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workflow {
    /// `name`
    pub name: Option<Spanned<String>>,
    /// `on`
    pub triggers: Vec<Trigger>,
    /// `env`, for all jobs.
    pub env: Vec<Pair>,
    /// `defaults.run.working-directory`
    pub folder: Option<Spanned<String>>,
    /// The inputs of `workflow_call` and `workflow_dispatch`, with their defaults.
    pub inputs: Vec<(String, Option<Spanned<String>>)>,
    /// `jobs`, in order.
    pub jobs: Vec<Job>,
}

/// A name with a value.
pub type Pair = (String, Spanned<String>);

/// One event that starts a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// `push`, `pull_request`, …
    pub event: Spanned<String>,
    /// `paths`, with the place of the key.
    pub paths: Option<Listed>,
    /// `paths-ignore`
    pub ignored: Option<Listed>,
    /// The workflows that `workflow_run` waits for, by name.
    pub workflows: Vec<Spanned<String>>,
}

/// A list under a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// The key.
    pub at: Span,
    /// Its items.
    pub items: Vec<Spanned<String>>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Job {
    /// Its key, and where it stands.
    pub id: Spanned<String>,
    /// `needs`
    pub needs: Vec<Spanned<String>>,
    /// `if`
    pub condition: Option<Spanned<String>>,
    /// The workflow that it runs in its place.
    pub uses: Option<Spanned<String>>,
    /// What it gives that workflow.
    pub with: Vec<Pair>,
    /// `env`
    pub env: Vec<Pair>,
    /// `defaults.run.working-directory`
    pub folder: Option<Spanned<String>>,
    /// `strategy.matrix`
    pub matrix: Matrix,
    /// `steps`, in order.
    pub steps: Vec<Step>,
    /// `outputs`
    pub outputs: Vec<Pair>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// `id`
    pub id: Option<String>,
    /// `if`
    pub condition: Option<Spanned<String>>,
    /// The action.
    pub uses: Option<Spanned<String>>,
    /// What the action is given.
    pub with: Vec<Pair>,
    /// `run`
    pub run: Script,
    /// Whether it runs in something that is no shell of Unix.
    pub is_foreign: bool,
    /// `env`
    pub env: Vec<Pair>,
    /// `working-directory`
    pub folder: Option<Spanned<String>>,
    /// What its outputs say of the files of a change, if it looks at them.
    pub filters: Vec<NamedFilter>,
    /// The file of the repository that says so in its place.
    pub filter_file: Option<String>,
}

impl Step {
    /// What the action is given under a name.
    pub fn given(&self, name: &str) -> Option<&Spanned<String>> {
        self.with.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// An action of the repository: steps that workflows share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Action {
    /// Its inputs, with their defaults.
    pub inputs: Vec<(String, Option<Spanned<String>>)>,
    /// `runs.steps`; none for one that is a program.
    pub steps: Vec<Step>,
}

/// Reads workflows.
#[derive(Debug)]
pub(in crate::sources) struct WorkflowSource;

impl Source for WorkflowSource {
    fn recognises(&self, folder: &str, name: &str) -> bool {
        folder == FOLDER && (name.ends_with(".yml") || name.ends_with(".yaml"))
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (workflow, faults) = read_workflow(path, text);
        (workflow.map(|workflow| Facts::Workflow(Box::new(workflow))), faults)
    }
}

/// Reads a workflow, and says what is wrong with it.
pub fn read_workflow(path: &RepoPath, text: &str) -> (Option<Workflow>, Vec<Fault>) {
    let (tree, mut faults) = first_document(path, text);
    let Some(tree) = tree.filter(|_| !faults.iter().any(is_broken)) else { return (None, faults) };
    if !tree.is_map() {
        let message = format!("a workflow is a map of `on` and `jobs`; this is {}", tree.what());
        faults.push(Fault::of(path, message).at(tree.span, "here").help(NOT_A_WORKFLOW));
        return (None, faults);
    }
    (Some(workflow::workflow(&tree, text)), faults)
}

/// Reads the `action.yml` of an action, and says what is wrong with it.
pub fn read_action(path: &RepoPath, text: &str) -> (Option<Action>, Vec<Fault>) {
    let (tree, faults) = first_document(path, text);
    let tree = tree.filter(|_| !faults.iter().any(is_broken));
    (tree.map(|tree| workflow::action(&tree, text)), faults)
}

/// Reads `action.yml`.
#[derive(Debug)]
pub(in crate::sources) struct ActionSource;

impl Source for ActionSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        matches!(name, "action.yml" | "action.yaml")
    }

    fn is_ours(&self, _path: &RepoPath, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, b"runs").is_some()
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, _path: &RepoPath) -> Option<&'static str> {
        Some("an action that can't be read")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (action, faults) = read_action(path, text);
        (action.map(|action| Facts::Action(Box::new(action))), faults)
    }
}

const NOT_A_WORKFLOW: &str =
    "GitHub does not run it either; take it out with `[scan] exclude` if it is a template";

/// What one key twice says is told, and the rest is read.
fn is_broken(fault: &Fault) -> bool {
    !fault.message.ends_with("is there twice")
}

fn first_document<'t>(path: &RepoPath, text: &'t str) -> (Option<yaml::Node<'t>>, Vec<Fault>) {
    match yaml::documents(text).into_iter().next() {
        Some(range) => yaml::parse(text, range, path),
        None => (None, Vec::new()),
    }
}
