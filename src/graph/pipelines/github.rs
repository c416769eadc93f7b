//! Workflows: jobs with the matrices, templates and actions that they are made of.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::dockerfile::ShellCommand;
use crate::sources::pipelines::deeds::{Done, Shell, of_action};
use crate::sources::pipelines::expressions::{constant, filled};
use crate::sources::pipelines::github::{Action, Combination, FOLDER, Job, Pair, Step, Workflow, filters_in};
use crate::text::{Location, RepoPath, Span, Spanned};

use super::super::Ecosystem;
use super::gates::{Asking, of_triggers, runs_anyway};
use super::kept::{KeptJob, TakenOver};
use super::scripts::Recorder;
use super::{FactMap, Gate, MOST_JOBS, PipelineJob, Pipelines, ReadMore, within};

/// How deep workflows and actions may use each other; GitHub allows ten of each.
const DEEPEST: usize = 10;

/// How many steps are gone through in all, each once for each run of a matrix.
const MOST_STEPS: usize = 50_000;

/// Adds the jobs of all workflows.
pub(super) fn add(facts: &FactMap, read_more: ReadMore<'_>, over: &mut TakenOver, pipelines: &mut Pipelines) {
    let whole: BTreeMap<&RepoPath, Cow<'_, Workflow>> = facts
        .iter()
        .filter_map(|(path, facts)| match &**facts {
            Facts::Workflow(workflow) => Some((path, with_filters(workflow, read_more))),
            _ => None,
        })
        .collect();
    let workflows: BTreeMap<&RepoPath, &Workflow> = whole.iter().map(|(path, one)| (*path, &**one)).collect();
    let mut reader = Reader {
        facts,
        workflows: &workflows,
        recorder: Recorder::new(read_more),
        room: MOST_STEPS,
        gaps: Vec::new(),
        commands: BTreeMap::new(),
    };
    let first = pipelines.jobs.len();
    // The jobs of each workflow, by their ids.
    let mut places: BTreeMap<&RepoPath, BTreeMap<String, usize>> = BTreeMap::new();
    let called: BTreeSet<RepoPath> = workflows
        .values()
        .flat_map(|workflow| &workflow.jobs)
        .filter_map(|job| local(job.uses.as_ref()?))
        .collect();
    for (path, workflow) in &workflows {
        if is_template(workflow) && called.contains(*path) {
            continue;
        }
        for job in &workflow.jobs {
            if pipelines.jobs.len() - first >= MOST_JOBS {
                break;
            }
            places.entry(path).or_default().insert(job.id.value.to_ascii_lowercase(), pipelines.jobs.len());
            // Filters in files of their own are a part of the workflow.
            let is_whole = matches!(whole.get(path), Some(Cow::Borrowed(_)));
            pipelines.jobs.push(reader.job_known(path, workflow, job, is_whole.then_some(&mut *over)));
        }
    }
    for (path, workflow) in &workflows {
        let Some(own) = places.get(path) else { continue };
        wait(path, workflow, own, &workflows, &places, &mut pipelines.jobs);
        inherit(workflow, own, &mut pipelines.jobs);
    }
    pipelines.gaps.append(&mut reader.gaps);
}

/// A workflow with the filters that stand in files of their own.
fn with_filters<'w>(workflow: &'w Workflow, read_more: ReadMore<'_>) -> Cow<'w, Workflow> {
    let mut whole = Cow::Borrowed(workflow);
    for (at, job) in workflow.jobs.iter().enumerate() {
        for (position, step) in job.steps.iter().enumerate() {
            let path = step.filter_file.as_ref().and_then(|file| within(&RepoPath::root(), file));
            let Some((path, text)) = path.and_then(|path| Some((path.clone(), read_more(&path)?))) else {
                continue;
            };
            let step = whole.to_mut().jobs.get_mut(at).and_then(|job| job.steps.get_mut(position));
            if let Some(step) = step {
                step.filters = filters_in(&path, &text);
            }
        }
    }
    whole
}

/// The workflow of the repository that a job runs in its place.
fn local(uses: &Spanned<String>) -> Option<RepoPath> {
    let path = uses.value.strip_prefix("./").or_else(|| uses.value.strip_prefix("$/"))?;
    RepoPath::new(path)
}

/// Whether others call it, and nothing else starts it: then its jobs are theirs.
fn is_template(workflow: &Workflow) -> bool {
    let mut events = workflow.triggers.iter().map(|trigger| trigger.event.value.as_str());
    workflow.triggers.iter().any(|trigger| trigger.event.value == "workflow_call")
        && events.all(|event| matches!(event, "workflow_call" | "workflow_dispatch"))
}

/// `needs`, and the workflows that `workflow_run` waits for.
fn wait(
    path: &RepoPath,
    workflow: &Workflow,
    own: &BTreeMap<String, usize>,
    workflows: &BTreeMap<&RepoPath, &Workflow>,
    places: &BTreeMap<&RepoPath, BTreeMap<String, usize>>,
    jobs: &mut [PipelineJob],
) {
    let at = |span| Location { path: path.clone(), span };
    for job in &workflow.jobs {
        let Some(position) = own.get(&job.id.value.to_ascii_lowercase()) else { continue };
        for needed in &job.needs {
            if let Some(other) = own.get(&needed.value.to_ascii_lowercase()) {
                jobs[*position].needs.push((*other, vec![at(needed.span)]));
            }
        }
        let awaited = workflow.triggers.iter().filter(|trigger| trigger.event.value == "workflow_run");
        let mut named = BTreeSet::new();
        for name in awaited.flat_map(|trigger| &trigger.workflows).filter(|name| named.insert(&name.value)) {
            for (other, _) in
                workflows.iter().filter(|(other, one)| **other != path && is_called(other, one, &name.value))
            {
                for awaited in places.get(*other).into_iter().flat_map(BTreeMap::values) {
                    jobs[*position].needs.push((*awaited, vec![at(name.span)]));
                }
            }
        }
    }
}

/// Whether a workflow is called so: by its name, or by its path where it has none.
fn is_called(path: &RepoPath, workflow: &Workflow, name: &str) -> bool {
    match &workflow.name {
        Some(own) => own.value == name,
        None => path.as_str() == name,
    }
}

/// A job does not run where one that it needs was left out, so it inherits what keeps that from running.
fn inherit(workflow: &Workflow, own: &BTreeMap<String, usize>, jobs: &mut [PipelineJob]) {
    // As often as jobs may stand behind each other; what is in a circle never runs.
    for _ in 0..DEEPEST {
        let mut is_done = true;
        for job in workflow.jobs.iter().filter(|job| !runs_anyway(job.condition.as_ref())) {
            let Some(position) = own.get(&job.id.value.to_ascii_lowercase()) else { continue };
            let needed: Vec<usize> = jobs[*position].needs.iter().map(|(other, _)| *other).collect();
            for other in
                needed.into_iter().filter(|other| other != position && own.values().any(|one| one == other))
            {
                let gates: Vec<Gate> = jobs[other]
                    .gates
                    .iter()
                    .filter(|gate| !gate.is_of_all && gate.acts.is_none())
                    .cloned()
                    .collect();
                for gate in
                    gates.into_iter().filter(|gate| !jobs[*position].gates.contains(gate)).collect::<Vec<_>>()
                {
                    jobs[*position].gates.push(gate);
                    is_done = false;
                }
            }
        }
        if is_done {
            break;
        }
    }
}

struct Reader<'f, 'w, 'r> {
    facts: &'f FactMap,
    workflows: &'w BTreeMap<&'w RepoPath, &'w Workflow>,
    recorder: Recorder<'r>,
    room: usize,
    gaps: Vec<Gap>,
    /// The commands of steps, by where these stand and by what their expressions are: most runs of a matrix, and most
    /// of those who use an action, say the same.
    commands: BTreeMap<Written, Rc<[ShellCommand]>>,
}

/// Where a script stands, and what each of its expressions is.
type Written = (RepoPath, Span, Vec<Option<String>>);

/// What names mean to the steps of a job.
#[derive(Debug, Clone, Default)]
struct Scope {
    matrix: BTreeMap<String, String>,
    inputs: BTreeMap<String, String>,
    env: BTreeMap<String, String>,
}

impl Scope {
    fn value(&self, inside: &str) -> Option<String> {
        constant(inside, &|name| {
            let (of, rest) = name.split_once('.')?;
            match of {
                "matrix" => self.matrix.get(rest).cloned(),
                "inputs" => self.inputs.get(rest).cloned(),
                "env" => self
                    .env
                    .iter()
                    .find(|(own, _)| own.eq_ignore_ascii_case(rest))
                    .map(|(_, value)| value.clone()),
                "github" if rest == "workspace" => Some(".".to_owned()),
                _ => None,
            }
        })
    }

    /// Whether constants alone say that a condition does not hold.
    fn rules_out(&self, condition: &Spanned<String>) -> bool {
        let text = condition.value.trim();
        let inside = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
        self.value(inside).as_deref() == Some("false")
    }

    fn fill(&self, text: &str) -> String {
        filled(text, &|inside| self.value(inside))
    }

    fn set(&mut self, env: &[Pair]) {
        for (name, value) in env {
            let value = self.fill(&value.value);
            self.env.insert(name.clone(), value);
        }
    }

    /// The inputs of something that is given some of them.
    fn given(&self, inputs: &[(String, Option<Spanned<String>>)], with: &[Pair]) -> BTreeMap<String, String> {
        let defaults =
            inputs.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?.value.clone())));
        let told = with.iter().map(|(name, value)| (name.as_str(), self.fill(&value.value)));
        defaults.chain(told).map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
    }
}

/// Where steps run.
#[derive(Clone, Copy)]
struct Place<'p> {
    file: &'p RepoPath,
    folder: Option<&'p Spanned<String>>,
    led_by: &'p [Location],
    depth: usize,
}

/// Folders into which something else is checked out than the root of this repository.
#[derive(Debug, Default)]
struct Checkouts {
    /// A folder of the runner, and whether it is this repository that lies there.
    folders: Vec<(RepoPath, bool)>,
}

impl Checkouts {
    fn of(steps: &[Step]) -> Self {
        let mut folders = Vec::new();
        for step in steps {
            let is_checkout =
                step.uses.as_ref().is_some_and(|uses| uses.value.starts_with("actions/checkout@"));
            if !is_checkout {
                continue;
            }
            let path = step.given("path").map_or("", |path| path.value.as_str());
            let is_own = step.given("repository").is_none_or(|name| name.value.contains("github.repository"));
            folders.extend(RepoPath::root().join(path).map(|path| (path, is_own)));
        }
        folders.sort_by_key(|(path, _)| std::cmp::Reverse(path.as_str().len()));
        Self { folders }
    }

    /// A folder of the runner, in the repository.
    fn in_repository(&self, folder: &RepoPath) -> Option<RepoPath> {
        let Some((root, is_own)) = self.folders.iter().find(|(root, _)| folder.is_within(root)) else {
            return Some(folder.clone());
        };
        let rest = folder.as_str().get(root.as_str().len()..)?.trim_start_matches('/');
        is_own.then(|| RepoPath::root().join(rest)).flatten()
    }
}

impl Reader<'_, '_, '_> {
    /// A job, as it was at another moment where nothing of it has changed.
    fn job_known(
        &mut self,
        path: &RepoPath,
        workflow: &Workflow,
        job: &Job,
        over: Option<&mut TakenOver>,
    ) -> PipelineJob {
        let Some(over) = over else { return self.job(path, workflow, job) };
        let name = &job.id.value;
        if let Some(known) = over.job(path, name).filter(|known| known.steps <= self.room) {
            self.room -= known.steps;
            self.gaps.extend_from_slice(&known.gaps);
            return known.job.clone();
        }
        self.recorder.touched.clear();
        let (room, gaps) = (self.room, self.gaps.len());
        let found = self.job(path, workflow, job);
        over.keep(path, name, || KeptJob {
            job: found.clone(),
            touched: std::mem::take(&mut self.recorder.touched),
            gaps: self.gaps[gaps..].to_vec(),
            steps: room - self.room,
        });
        found
    }

    fn job(&mut self, path: &RepoPath, workflow: &Workflow, job: &Job) -> PipelineJob {
        let at = |span| Location { path: path.clone(), span };
        let stem = path.file_name().rsplit_once('.').map_or(path.file_name(), |(stem, _)| stem);
        let mut found = PipelineJob {
            name: format!("{stem}/{}", job.id.value),
            short_name: job.id.value.clone(),
            ecosystem: Ecosystem::GitHub,
            declared_at: at(job.id.span),
            files: vec![path.clone()],
            does: Vec::new(),
            needs: Vec::new(),
            gates: of_triggers(path, &workflow.triggers, job.condition.as_ref()),
            is_certain: true,
        };
        let asking = Asking { file: path, workflow, steps: &job.steps };
        found.gates.extend(job.condition.as_ref().and_then(|condition| asking.gate(condition)));
        let mut scope = Scope { inputs: Scope::default().given(&workflow.inputs, &[]), ..Scope::default() };
        scope.set(&workflow.env);
        self.run_job(&mut found, (path, workflow), job, &scope, &[], 0);
        found
    }

    /// Goes through a job once for each run of its matrix.
    fn run_job(
        &mut self,
        found: &mut PipelineJob,
        (path, workflow): (&RepoPath, &Workflow),
        job: &Job,
        outer: &Scope,
        led_by: &[Location],
        depth: usize,
    ) {
        let before = found.does.len();
        let none = [Combination::new()];
        let runs =
            if job.matrix.combinations.is_empty() { none.as_slice() } else { &job.matrix.combinations };
        for run in runs {
            if self.room == 0 {
                found.is_certain = false;
                return;
            }
            self.room -= 1;
            let mut scope = outer.clone();
            scope.matrix = run.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect();
            scope.set(&job.env);
            if job.condition.as_ref().is_some_and(|condition| scope.rules_out(condition)) {
                continue;
            }
            if let Some(uses) = &job.uses {
                self.call(found, (path, job, uses), &scope, led_by, depth);
            }
            let folder = job.folder.as_ref().or(workflow.folder.as_ref());
            let place = Place { file: path, folder, led_by, depth };
            let asking = Asking { file: path, workflow, steps: &job.steps };
            self.steps(found, &job.steps, &scope, place, Some(&asking), &Checkouts::of(&job.steps));
        }
        if let Some(span) = job.matrix.unknown {
            found.is_certain = false;
            let what = "a matrix that an expression makes: what its runs build is not known";
            let gap = Gap::at(path, span, what);
            // Of a job that builds nothing nobody asks.
            if found.does.len() > before && !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
    }

    /// A workflow of the repository that a job runs in its place.
    fn call(
        &mut self,
        found: &mut PipelineJob,
        (path, job, uses): (&RepoPath, &Job, &Spanned<String>),
        scope: &Scope,
        led_by: &[Location],
        depth: usize,
    ) {
        let called =
            local(uses).filter(|local| local.parent().is_some_and(|folder| folder.as_str() == FOLDER));
        self.recorder.touched.extend(called.clone());
        let called = called.and_then(|path| self.workflows.get_key_value(&path));
        // GitHub runs none that calls itself.
        let is_open = |path: &RepoPath| led_by.iter().any(|place| place.path == *path);
        let called = called.filter(|(called, _)| depth < DEEPEST && ***called != *path && !is_open(called));
        let Some((called, workflow)) = called else {
            found.is_certain = false;
            let what = "a workflow that is not in this repository: what it builds is not known";
            self.gaps.push(Gap::at(path, uses.span, what));
            return;
        };
        if !found.files.contains(called) {
            found.files.push((*called).clone());
        }
        let mut inner = Scope { inputs: scope.given(&workflow.inputs, &job.with), ..Scope::default() };
        inner.set(&workflow.env);
        let mut led = vec![Location { path: path.clone(), span: uses.span }];
        led.extend(led_by.iter().cloned());
        for job in &workflow.jobs {
            self.run_job(found, (called, workflow), job, &inner, &led, depth + 1);
        }
    }

    fn steps(
        &mut self,
        found: &mut PipelineJob,
        steps: &[Step],
        scope: &Scope,
        place: Place<'_>,
        asking: Option<&Asking<'_>>,
        checkouts: &Checkouts,
    ) {
        for step in steps {
            if self.room == 0 {
                found.is_certain = false;
                return;
            }
            self.room -= 1;
            if step.condition.as_ref().is_some_and(|condition| scope.rules_out(condition)) {
                continue;
            }
            // Of steps that run for some files only, those files are what lets them run.
            let gate =
                step.condition.as_ref().zip(asking).and_then(|(condition, asking)| asking.gate(condition));
            let before = found.does.len();
            self.step(found, step, scope, place, checkouts);
            let Some(gate) = gate.filter(|_| found.does.len() > before) else { continue };
            let new = before..found.does.len();
            let same =
                |one: &&mut Gate| one.acts.is_some() && one.what == gate.what && one.globs == gate.globs;
            match found.gates.iter_mut().find(same) {
                Some(known) => known.acts.get_or_insert_default().extend(new),
                None => found.gates.push(Gate { acts: Some(new.collect()), ..gate }),
            }
        }
    }

    fn step(
        &mut self,
        found: &mut PipelineJob,
        step: &Step,
        outer: &Scope,
        place: Place<'_>,
        checkouts: &Checkouts,
    ) {
        let mut scope = outer.clone();
        scope.set(&step.env);
        let root = checkouts.in_repository(&RepoPath::root());
        if let Some(uses) = &step.uses {
            if let Some(local) = uses.value.strip_prefix("./").or_else(|| uses.value.strip_prefix("$/")) {
                return self.local_action(found, (step, uses), local, &scope, place, checkouts);
            }
            let given = |name: &str| step.given(name).map(|value| scope.fill(&value.value));
            let done = of_action(&uses.value, &given).into_iter();
            let folder = match step.given("working-directory").or(step.given("workdir")) {
                Some(written) => self.folder(&scope.fill(&written.value), checkouts),
                None => root,
            };
            let done = done.map(|deed| Done { deed, folder: None, span: uses.span }).collect();
            return self.recorder.note(
                found,
                done,
                (place.file, folder.as_ref()),
                place.led_by,
                &scope.env,
                0,
            );
        }
        if step.run.is_empty() {
            return;
        }
        if step.is_foreign {
            found.is_certain = false;
            return;
        }
        let written = step.folder.as_ref().or(place.folder);
        let folder = match written {
            Some(written) => self.folder(&scope.fill(&written.value), checkouts),
            None => root,
        };
        let mut environment = scope.env.clone();
        environment.insert("GITHUB_WORKSPACE".to_owned(), ".".to_owned());
        let values: Vec<Option<String>> = step.run.expressions().map(|inside| scope.value(inside)).collect();
        let key = (place.file.clone(), step.run.span(), values);
        let commands = self.commands.entry(key);
        let commands = commands.or_insert_with(|| step.run.commands(&|inside| scope.value(inside)).into());
        let done = Shell::new(environment.clone()).run(commands);
        self.recorder.note(found, done, (place.file, folder.as_ref()), place.led_by, &environment, 0);
    }

    /// A folder that steps run in, in the repository.
    fn folder(&self, written: &str, checkouts: &Checkouts) -> Option<RepoPath> {
        within(&RepoPath::root(), written).and_then(|folder| checkouts.in_repository(&folder))
    }

    /// The steps of an action of the repository.
    fn local_action(
        &mut self,
        found: &mut PipelineJob,
        (step, uses): (&Step, &Spanned<String>),
        local: &str,
        scope: &Scope,
        place: Place<'_>,
        checkouts: &Checkouts,
    ) {
        let folder = within(&RepoPath::root(), local).and_then(|folder| checkouts.in_repository(&folder));
        let files = ["action.yml", "action.yaml"].into_iter().filter_map(|name| folder.as_ref()?.join(name));
        let files: Vec<RepoPath> = files.collect();
        self.recorder.touched.extend(files.iter().cloned());
        let action = files.into_iter().find_map(|path| match &**self.facts.get(&path)? {
            Facts::Action(action) => Some((path, action)),
            _ => None,
        });
        let Some((path, action)) = action.filter(|_| place.depth < DEEPEST) else {
            found.is_certain = false;
            return;
        };
        if !found.files.contains(&path) {
            found.files.push(path.clone());
        }
        let action: &Action = action;
        // One that is a program may do anything.
        found.is_certain &= !action.steps.is_empty();
        let inner = Scope { inputs: scope.given(&action.inputs, &step.with), ..scope.clone() };
        let mut led_by = vec![Location { path: place.file.clone(), span: uses.span }];
        led_by.extend(place.led_by.iter().cloned());
        let place = Place { file: &path, folder: None, led_by: &led_by, depth: place.depth + 1 };
        self.steps(found, &action.steps, &inner, place, None, checkouts);
    }
}
