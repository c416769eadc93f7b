//! GitLab's pipelines: files that include each other, jobs that extend others, stages that wait for those before.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::pipelines::deeds::Shell;
use crate::sources::pipelines::github::{Combination, Listed, Pair};
use crate::sources::pipelines::gitlab::{Include, Job, Line, Lines, PipelineFile, Rule, read};
use crate::sources::pipelines::patterns::Dialect;
use crate::text::{Location, RepoPath, Span, is_glob};

use super::super::Ecosystem;
use super::gates::of_list;
use super::scripts::Recorder;
use super::{FactMap, Gate, MOST_JOBS, PipelineJob, Pipelines, ReadMore};

/// How many files one pipeline may be made of; GitLab allows 150.
const MOST_FILES: usize = 500;

/// How many others one job may extend at once.
const MOST_BASES: usize = 50;

/// How many lines of other jobs one job may run, and how many rules of others it may have.
const MOST_REFERRED: usize = 1_000;

/// How deep jobs may extend each other; GitLab allows eleven.
const DEEPEST: usize = 11;

/// The stages where nobody names any.
const STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];

/// Adds the jobs of the pipeline at the root, and of those that it starts.
pub(super) fn add(facts: &FactMap, read_more: ReadMore<'_>, pipelines: &mut Pipelines) {
    let roots = [".gitlab-ci.yml", ".gitlab-ci.yaml"].into_iter().filter_map(RepoPath::new);
    let Some(root) = roots.into_iter().find(|path| facts.contains_key(path)) else { return };
    let mut pending = vec![vec![root]];
    let mut started = BTreeSet::new();
    while let Some(files) = pending.pop() {
        if !started.insert(files.clone()) || started.len() > MOST_FILES {
            continue;
        }
        let pipeline = Pipeline::read(&files, facts, read_more, pipelines);
        pending.extend(pipeline.children(pipelines));
        pipeline.add(read_more, pipelines);
    }
}

/// A job with everything that it extends.
#[derive(Debug, Clone)]
struct Whole {
    job: Job,
    file: RepoPath,
    /// The files of what it extends.
    files: BTreeSet<RepoPath>,
    /// The files of keys that it takes from others.
    taken: BTreeMap<Key, RepoPath>,
}

/// What a job may take from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Stage,
    Needs,
    Rules,
    Only,
    Except,
    Before,
    Script,
    After,
    Children,
}

impl Whole {
    /// The file in which a key stands.
    fn file_of(&self, key: Key) -> &RepoPath {
        self.taken.get(&key).unwrap_or(&self.file)
    }

    fn at(&self, key: Key, span: Span) -> Location {
        Location { path: self.file_of(key).clone(), span }
    }
}

/// One pipeline, of all its files.
struct Pipeline {
    stages: Vec<String>,
    variables: Vec<Pair>,
    /// What runs before and after the script of jobs that say nothing else, and the file that says so.
    before: Option<(RepoPath, Lines)>,
    after: Option<(RepoPath, Lines)>,
    jobs: BTreeMap<String, Whole>,
    /// The names of jobs, in the order of the files.
    order: Vec<String>,
}

impl Pipeline {
    fn read(files: &[RepoPath], facts: &FactMap, read_more: ReadMore<'_>, into: &mut Pipelines) -> Self {
        let mut pipeline = Self {
            stages: STAGES.map(str::to_owned).to_vec(),
            variables: Vec::new(),
            before: None,
            after: None,
            jobs: BTreeMap::new(),
            order: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for file in files {
            pipeline.take(file, facts, read_more, into, &mut seen, 0);
        }
        let mut whole: BTreeMap<String, Whole> = BTreeMap::new();
        for name in pipeline.jobs.keys() {
            pipeline.extend(name, &mut whole, &mut Vec::new());
        }
        pipeline.jobs = whole;
        pipeline
    }

    /// Takes a file, after those that it includes: what it says itself comes last, and counts.
    fn take(
        &mut self,
        path: &RepoPath,
        facts: &FactMap,
        read_more: ReadMore<'_>,
        into: &mut Pipelines,
        seen: &mut BTreeSet<RepoPath>,
        depth: usize,
    ) {
        if seen.len() >= MOST_FILES || depth > 100 || !seen.insert(path.clone()) {
            return;
        }
        let known = facts.get(path).map(|facts| &**facts);
        let more = match known {
            Some(Facts::GitLab(_)) => None,
            _ => read_more(path).and_then(|text| {
                let (file, faults) = read(path, &text);
                into.problems.extend(faults);
                file
            }),
        };
        let file: &PipelineFile = match (known, &more) {
            (Some(Facts::GitLab(file)), _) => file,
            (_, Some(file)) => file,
            _ => return,
        };
        for include in &file.includes {
            match included(include) {
                Some(other) => self.take(&other, facts, read_more, into, seen, depth + 1),
                None => {
                    let what = "a part of the pipeline that lies elsewhere: its jobs are not known";
                    into.gaps.push(Gap::at(path, include.span, what));
                }
            }
        }
        if let Some(stages) = &file.stages {
            self.stages = [&[STAGES[0].to_owned()], stages.as_slice(), &[STAGES[4].to_owned()]].concat();
        }
        self.variables.extend(file.variables.iter().cloned());
        for (own, other) in [(&mut self.before, &file.default.before), (&mut self.after, &file.default.after)]
        {
            if let Some(lines) = other {
                *own = Some((path.clone(), lines.clone()));
            }
        }
        for job in &file.jobs {
            let name = job.id.value.clone();
            // A job that two files declare is one, with the keys of both.
            let files = BTreeSet::from([path.clone()]);
            let job = Whole { job: job.clone(), file: path.clone(), files, taken: BTreeMap::new() };
            let job = match self.jobs.remove(&name) {
                Some(known) => over(job, &known),
                None => {
                    self.order.push(name.clone());
                    job
                }
            };
            self.jobs.insert(name, job);
        }
    }

    /// Makes a job with what it extends, the last one first; once for each. `open` are those that are being made.
    fn extend<'p>(&'p self, name: &'p str, whole: &mut BTreeMap<String, Whole>, open: &mut Vec<&'p str>) {
        let Some(own) = self.jobs.get(name) else { return };
        if whole.contains_key(name) || open.contains(&name) || open.len() > DEEPEST {
            return;
        }
        open.push(name);
        let mut found = own.clone();
        for base in own.job.extends.iter().rev().take(MOST_BASES) {
            self.extend(&base.value, whole, open);
            if let Some(base) = whole.get(&base.value) {
                found = over(found, base);
            }
        }
        open.pop();
        whole.insert(name.to_owned(), found);
    }

    /// The pipelines that jobs start.
    fn children(&self, into: &mut Pipelines) -> Vec<Vec<RepoPath>> {
        let mut found = Vec::new();
        for whole in
            self.order.iter().filter_map(|name| self.jobs.get(name)).filter(|whole| is_run(&whole.job))
        {
            let mut files = Vec::new();
            for child in &whole.job.children {
                match included(child) {
                    Some(path) => files.push(path),
                    None => {
                        let what = "a pipeline that lies elsewhere, or is made while this one runs: its jobs are not known";
                        into.gaps.push(Gap::at(whole.file_of(Key::Children), child.span, what));
                    }
                }
            }
            if !files.is_empty() {
                found.push(files);
            }
        }
        found
    }

    fn add(&self, read_more: ReadMore<'_>, into: &mut Pipelines) {
        let mut recorder = Recorder::new(read_more);
        let names: Vec<&String> = self
            .order
            .iter()
            .filter(|name| self.jobs.get(*name).is_some_and(|one| is_run(&one.job)))
            .collect();
        let first = into.jobs.len();
        let place: BTreeMap<&str, usize> =
            names.iter().take(MOST_JOBS).enumerate().map(|(at, name)| (name.as_str(), first + at)).collect();
        for name in names.iter().take(MOST_JOBS) {
            let Some(whole) = self.jobs.get(*name) else { continue };
            let job = self.job(whole, &place, &mut recorder);
            into.jobs.push(job);
        }
    }

    fn job(&self, whole: &Whole, place: &BTreeMap<&str, usize>, recorder: &mut Recorder<'_>) -> PipelineJob {
        let job = &whole.job;
        let at = |span| Location { path: whole.file.clone(), span };
        let mut found = PipelineJob {
            name: job.id.value.clone(),
            short_name: job.id.value.clone(),
            ecosystem: Ecosystem::GitLab,
            declared_at: at(job.id.span),
            files: whole.files.iter().cloned().collect(),
            does: Vec::new(),
            needs: self.needs(whole, place),
            gates: self.gates(whole),
            is_certain: job.children.is_empty(),
        };
        let none = [Combination::new()];
        let runs = if job.matrix.is_empty() { none.as_slice() } else { &job.matrix };
        for run in runs {
            let mut environment: BTreeMap<String, String> = BTreeMap::new();
            environment.insert("CI_PROJECT_DIR".to_owned(), ".".to_owned());
            let own = self.variables.iter().chain(&job.variables).chain(run);
            environment.extend(own.map(|(name, value)| (name.clone(), value.value.clone())));
            let lines = [
                (Key::Before, &job.before, self.before.as_ref()),
                (Key::Script, &job.script, None),
                (Key::After, &job.after, self.after.as_ref()),
            ];
            let lines = lines.map(|(key, own, default)| match own {
                Some(lines) => Some((whole.file_of(key), lines)),
                None => default.map(|(file, lines)| (file, lines)),
            });
            let mut room = MOST_REFERRED;
            // One shell runs the first two, and another one what comes after.
            let mut shell = Shell::new(environment.clone());
            for (at, (file, lines)) in lines.into_iter().enumerate().filter_map(|(at, one)| Some((at, one?)))
            {
                if at == 2 {
                    shell = Shell::new(environment.clone());
                }
                self.run(&mut found, (file, lines), &mut shell, recorder, (0, &mut room));
            }
        }
        found
    }

    fn run(
        &self,
        found: &mut PipelineJob,
        (file, lines): (&RepoPath, &Lines),
        shell: &mut Shell,
        recorder: &mut Recorder<'_>,
        (depth, room): (usize, &mut usize),
    ) {
        for line in &lines.0 {
            match line {
                Line::Own(script) => {
                    let done = shell.run(&script.commands(&|_| None));
                    recorder.note(found, done, (file, Some(&RepoPath::root())), &[], &shell.variables, 0);
                }
                Line::Of { job, key } if depth < DEEPEST && *room > 0 => {
                    *room -= 1;
                    let Some(other) = self.jobs.get(job) else { continue };
                    let (key, lines) = match key.as_str() {
                        "before_script" => (Key::Before, &other.job.before),
                        "after_script" => (Key::After, &other.job.after),
                        _ => (Key::Script, &other.job.script),
                    };
                    if let Some(lines) = lines {
                        self.run(
                            found,
                            (other.file_of(key), lines),
                            shell,
                            recorder,
                            (depth + 1, &mut *room),
                        );
                    }
                }
                Line::Of { .. } => found.is_certain = false,
            }
        }
    }

    /// What a job waits for: what it names, or else all of the last stage before it that has any.
    fn needs(&self, whole: &Whole, place: &BTreeMap<&str, usize>) -> Vec<(usize, Vec<Location>)> {
        if let Some(needs) = &whole.job.needs {
            let at = |span| vec![whole.at(Key::Needs, span)];
            let named =
                needs.iter().filter_map(|name| Some((*place.get(name.value.as_str())?, at(name.span))));
            return named.collect();
        }
        let stage = |job: &Job| {
            let name = job.stage.as_ref().map_or("test", |stage| stage.value.as_str());
            self.stages.iter().position(|one| one == name)
        };
        let Some(own) = stage(&whole.job) else { return Vec::new() };
        let before = place.iter().filter_map(|(name, position)| {
            let other = self.jobs.get(*name)?;
            Some((stage(&other.job).filter(|other| *other < own)?, *position))
        });
        let before: Vec<(usize, usize)> = before.collect();
        let last = before.iter().map(|(stage, _)| *stage).max();
        let place = match &whole.job.stage {
            Some(stage) => whole.at(Key::Stage, stage.span),
            None => Location { path: whole.file.clone(), span: whole.job.id.span },
        };
        let waits = before.into_iter().filter(|(stage, _)| Some(*stage) == last);
        waits.map(|(_, position)| (position, vec![place.clone()])).collect()
    }

    fn gates(&self, whole: &Whole) -> Vec<Gate> {
        let gate = |file: &RepoPath, list: &Listed, what: &str, dialect: Dialect| {
            let gate = of_list(file, list, what.to_owned(), dialect);
            Gate { is_of_all: false, ..gate }
        };
        let mut gates: Vec<Gate> = Vec::new();
        let own = whole.job.rules.as_deref().unwrap_or_default();
        let mut room = MOST_REFERRED;
        let rules = self.rules(whole.file_of(Key::Rules), own, 0, &mut room);
        let running: Vec<(&RepoPath, &Rule)> = rules.into_iter().filter(|(_, rule)| !rule.is_never).collect();
        // Any rule is enough: one that asks for no file lets the job run for all of them.
        if running.iter().all(|(_, rule)| rule.changes.is_some()) {
            for (file, rule) in running {
                let Some(list) = &rule.changes else { continue };
                let one = gate(file, list, "`changes` of its rules", Dialect::Any);
                match gates.first_mut() {
                    Some(all) => all.globs.extend(one.globs),
                    None => gates.push(one),
                }
            }
        }
        let (only, except) = (whole.file_of(Key::Only), whole.file_of(Key::Except));
        gates.extend(whole.job.only.iter().map(|list| gate(only, list, "`only:changes`", Dialect::Any)));
        let ignored = whole.job.except.iter();
        gates.extend(ignored.map(|list| gate(except, list, "`except:changes`", Dialect::GitHubIgnore)));
        gates
    }

    /// Rules with the files that they stand in, and those of other jobs in the place of what refers to them.
    fn rules<'p>(
        &'p self,
        file: &'p RepoPath,
        rules: &'p [Rule],
        depth: usize,
        room: &mut usize,
    ) -> Vec<(&'p RepoPath, &'p Rule)> {
        let mut found = Vec::new();
        for rule in rules {
            let of = rule.of.as_ref().filter(|_| depth < DEEPEST && *room > 0);
            match of.and_then(|name| self.jobs.get(name)) {
                Some(other) => {
                    *room -= 1;
                    let of_other = other.job.rules.as_deref().unwrap_or_default();
                    found.extend(self.rules(other.file_of(Key::Rules), of_other, depth + 1, room));
                }
                None => found.push((file, rule)),
            }
        }
        found
    }
}

/// The file that is included, if it is one of the repository and known by its name.
fn included(include: &Include) -> Option<RepoPath> {
    let local = include.local.as_ref().filter(|local| !is_glob(local) && !local.contains('$'))?;
    RepoPath::root().join(local)
}

/// Whether it is a job, and not only something that others extend.
fn is_run(job: &Job) -> bool {
    !job.id.value.starts_with('.')
}

/// A job with what another one says beyond it.
fn over(own: Whole, base: &Whole) -> Whole {
    let Whole { mut job, file, mut files, mut taken } = own;
    let other = &base.job;
    files.extend(base.files.iter().cloned());
    let names: BTreeSet<String> = job.variables.iter().map(|(name, _)| name.clone()).collect();
    let more = other.variables.iter().filter(|(name, _)| !names.contains(name)).cloned();
    job.variables = more.chain(job.variables.clone()).collect();
    let mut take = |key: Key, is_taken: bool| {
        if is_taken {
            taken.insert(key, base.file_of(key).clone());
        }
    };
    take(Key::Stage, inherited(&mut job.stage, &other.stage));
    take(Key::Needs, inherited(&mut job.needs, &other.needs));
    take(Key::Rules, inherited(&mut job.rules, &other.rules));
    take(Key::Only, inherited(&mut job.only, &other.only));
    take(Key::Except, inherited(&mut job.except, &other.except));
    take(Key::Before, inherited(&mut job.before, &other.before));
    take(Key::Script, inherited(&mut job.script, &other.script));
    take(Key::After, inherited(&mut job.after, &other.after));
    if job.matrix.is_empty() {
        job.matrix.clone_from(&other.matrix);
    }
    if job.children.is_empty() {
        job.children.clone_from(&other.children);
        take(Key::Children, !job.children.is_empty());
    }
    Whole { job, file, files, taken }
}

/// Takes a value where there is none; says whether it did.
fn inherited<T: Clone>(own: &mut Option<T>, other: &Option<T>) -> bool {
    let is_taken = own.is_none() && other.is_some();
    if is_taken {
        own.clone_from(other);
    }
    is_taken
}
