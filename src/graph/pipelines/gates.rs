//! Which filters keep a job from running: those of its workflow, and those that its conditions ask.

use crate::sources::pipelines::expressions::names;
use crate::sources::pipelines::github::{Listed, NamedFilter, Step, Trigger, Workflow};
use crate::sources::pipelines::patterns::Dialect;
use crate::text::{Location, RepoPath, Spanned};

use super::Gate;

/// The filters of what starts a workflow, as far as a job runs for it at all: one that asks for a branch or an event is
/// none of pull requests unless it names them, and no filter is asked where a tag is pushed.
pub(super) fn of_triggers(
    file: &RepoPath,
    triggers: &[Trigger],
    condition: Option<&Spanned<String>>,
) -> Vec<Gate> {
    let text = condition.map_or("", |condition| condition.value.as_str());
    let asks = text.contains("github.ref") || text.contains("github.event_name");
    let is_run = |event: &str| {
        let is_named = text.contains(&format!("'{event}'"));
        !(asks && (text.contains("refs/tags") || (event.starts_with("pull_request") && !is_named)))
    };
    let is_change =
        |trigger: &&Trigger| matches!(trigger.event.value.as_str(), "push" | "pull_request" | "merge_group");
    let has_other_way =
        triggers.iter().filter(is_change).any(|trigger| trigger.paths.is_none() && trigger.ignored.is_none());
    let mut gates = Vec::new();
    for trigger in triggers.iter().filter(|trigger| is_run(&trigger.event.value)) {
        let event = &trigger.event.value;
        let lists = [
            (&trigger.paths, "paths", Dialect::GitHub),
            (&trigger.ignored, "paths-ignore", Dialect::GitHubIgnore),
        ];
        for (list, key, dialect) in lists {
            let gate = |list| of_list(file, list, format!("`{key}` of `{event}`"), dialect);
            gates.extend(list.iter().map(gate).map(|gate| Gate { has_other_way, ..gate }));
        }
    }
    gates
}

pub(super) fn of_list(file: &RepoPath, list: &Listed, what: String, dialect: Dialect) -> Gate {
    let at = |span| Location { path: file.clone(), span };
    let globs = list.items.iter().map(|glob| (glob.value.clone(), at(glob.span)));
    Gate {
        what,
        at: at(list.at),
        dialect,
        globs: vec![globs.collect()],
        is_of_all: true,
        acts: None,
        has_other_way: false,
    }
}

/// Where a condition stands.
pub(super) struct Asking<'w> {
    pub(super) file: &'w RepoPath,
    pub(super) workflow: &'w Workflow,
    /// The steps around the condition.
    pub(super) steps: &'w [Step],
}

/// How many outputs may stand for each other in a row.
const DEEPEST: usize = 5;

impl Asking<'_> {
    /// The filter that a condition asks, if nothing else can let it pass: of several joined by `||` each has to be
    /// one, and all of them together are the filter.
    pub(super) fn gate(&self, condition: &Spanned<String>) -> Option<Gate> {
        let text = condition.value.trim().trim_start_matches("${{").trim_end_matches("}}");
        let mut found: Option<Gate> = None;
        for operand in text.split("||") {
            // Of several that all have to hold, the first is one that has to.
            let mut asked = operand.split("&&").filter_map(|one| {
                let filter = names(one).iter().find_map(|name| self.filter(self.steps, name, 0))?;
                Some((one, filter))
            });
            let (one, (filter, output)) = asked.next()?;
            if is_negated(one) {
                return None;
            }
            let file = filter.file.as_ref().unwrap_or(self.file);
            let at = |span| Location { path: file.clone(), span };
            let globs = filter.globs.iter().map(|glob| (glob.value.clone(), at(glob.span)));
            let gate = found.get_or_insert_with(|| Gate {
                what: format!("the filter `{output}`"),
                at: at(filter.globs.first().map_or(condition.span, |glob| glob.span)),
                dialect: if filter.is_without { Dialect::Without } else { Dialect::Any },
                globs: Vec::new(),
                is_of_all: false,
                acts: None,
                has_other_way: false,
            });
            // Two actions that read their globs in two ways are no one filter.
            if (gate.dialect == Dialect::Without) != filter.is_without {
                return None;
            }
            gate.globs.push(globs.collect());
        }
        found.filter(|gate| gate.globs.iter().all(|list| !list.is_empty()))
    }

    /// The filter that a name means, and the output that it is: of a step, or of a job that hands on one of a step.
    fn filter<'s>(
        &'s self,
        steps: &'s [Step],
        name: &str,
        depth: usize,
    ) -> Option<(&'s NamedFilter, String)> {
        let parts: Vec<&str> = name.split('.').collect();
        match parts.as_slice() {
            ["steps", step, "outputs", output] => {
                let step = steps.iter().find(|one| one.id.as_deref() == Some(step))?;
                let filter = step.filters.iter().find(|filter| filter.output == *output)?;
                Some((filter, (*output).to_owned()))
            }
            ["needs", needed, "outputs", output] if depth < DEEPEST => {
                let job = self.workflow.jobs.iter().find(|one| one.id.value.eq_ignore_ascii_case(needed))?;
                let (_, value) = job.outputs.iter().find(|(key, _)| key.eq_ignore_ascii_case(output))?;
                names(&value.value).iter().find_map(|name| self.filter(&job.steps, name, depth + 1))
            }
            _ => None,
        }
    }
}

/// Whether an operand asks that a filter does not hold.
fn is_negated(operand: &str) -> bool {
    let plain: String = operand.chars().filter(|one| !one.is_whitespace() && *one != '(').collect();
    let marks = ["!='true'", "!=true", "=='false'", "==false", "==''"];
    plain.starts_with('!') || marks.iter().any(|mark| plain.contains(mark))
}

/// Whether a job runs although one that it needs did not.
pub(super) fn runs_anyway(condition: Option<&Spanned<String>>) -> bool {
    condition.is_some_and(|condition| {
        ["always(", "cancelled(", "failure("].iter().any(|name| condition.value.contains(name))
    })
}
