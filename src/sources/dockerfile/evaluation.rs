//! From the stages that are needed to what is in an image.
//!
//! Invariant: each stage is gone through once, after those that it needs.

use crate::text::{Span, Spanned};

use super::cargo_command::{CargoBuild, CargoCommandWord};
use super::contents::{Base, BaseUse, Contents, ContextCopy};
use super::files::{Entry, Files, absolute};
use super::landing::landed;
use super::needed::Needed;
use super::scope::{MOST_VARIABLES, Scope};
use super::{Command, CopyStep, Dockerfile, ShellCommand, Stage, Step, StepKind};

/// How much that is unknown is told of one image; whoever wrote it has understood by then.
const MOST_UNKNOWN: usize = 500;

/// What is known of a stage after some of its steps.
#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    pub(super) stage: usize,
    pub(super) scope: Scope<'a>,
    /// The working directory.
    pub(super) folder: String,
    pub(super) files: Files,
    /// What lies in caches, and is seen only where they are mounted.
    pub(super) cached: Vec<Entry>,
    /// The cargo commands that ran, by their place in [`Contents::builds`].
    pub(super) ran: Vec<usize>,
    environment: Vec<(String, Spanned<String>)>,
    entrypoint: Option<&'a Command>,
    cmd: Option<&'a Command>,
    has_own_cmd: bool,
}

/// Goes through stages.
pub(super) struct Evaluation<'a> {
    file: &'a Dockerfile,
    needed: &'a Needed,
    global: &'a Scope<'a>,
    states: Vec<Option<State<'a>>>,
    /// The stages in which `cargo chef prepare` is run.
    pub(super) planners: Vec<usize>,
    pub(super) contents: Contents,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(file: &'a Dockerfile, needed: &'a Needed, global: &'a Scope<'a>) -> Self {
        let contents = Contents::default();
        Self { file, needed, global, states: Vec::new(), planners: Vec::new(), contents }
    }

    /// What the target's image holds.
    pub(super) fn contents(mut self, target: usize) -> Contents {
        for (at, stage) in self.file.stages.iter().enumerate().take(target + 1) {
            let state = self.needed.is_needed(at).then(|| self.stage(at, stage));
            self.states.push(state);
        }
        self.mark_plans();
        self.contents.stage = target;
        self.contents.is_onbuild = !self.file.on_build(target).is_empty();
        if let Some(Some(mut state)) = self.states.pop() {
            self.contents.entry = self.entry(&mut state);
            self.contents.binaries = landed(&state.files, &self.contents.builds);
            self.contents.environment = state.environment;
        }
        self.contents
    }

    /// What is copied into stages that only plan: nothing is built in them, nor in those that stand on them.
    fn mark_plans(&mut self) {
        let stands_on = |stage: usize, on: usize| {
            std::iter::successors(Some(stage), |at| self.needed.stands_on(*at)).any(|at| at == on)
        };
        let builds = self.contents.builds.iter().filter(|build| build.command != CargoCommandWord::Cook);
        let building: Vec<usize> = builds.map(|build| build.stage).collect();
        let only_plans = |planner: &usize| {
            !self.needed.is_in_image(*planner) && !building.iter().any(|stage| stands_on(*stage, *planner))
        };
        let planners: Vec<usize> = self.planners.iter().copied().filter(only_plans).collect();
        for copy in self.contents.copies.iter_mut().filter(|copy| planners.contains(&copy.stage)) {
            copy.is_plan_only = true;
        }
    }

    fn stage(&mut self, at: usize, stage: &'a Stage) -> State<'a> {
        let below = self.needed.stands_on(at);
        let mut state = match below.and_then(|below| self.states.get(below)).and_then(Option::as_ref) {
            Some(below) => State { stage: at, has_own_cmd: false, ..below.clone() },
            None => self.on_image(at, stage),
        };
        let inherited = below.map(|below| self.file.on_build(below)).unwrap_or_default();
        for step in inherited.into_iter().chain(&stage.steps) {
            self.step(&mut state, step);
        }
        state
    }

    fn on_image(&mut self, at: usize, stage: &Stage) -> State<'a> {
        let image = self.global.word(&stage.from.value);
        let how = if self.needed.is_in_image(at) { BaseUse::From } else { BaseUse::Builder };
        self.base(image.text, image.unknown.is_none(), stage.from.span, how, at);
        State {
            stage: at,
            scope: self.global.stage(),
            folder: "/".to_owned(),
            files: Files::default(),
            cached: Vec::new(),
            ran: Vec::new(),
            environment: Vec::new(),
            entrypoint: None,
            cmd: None,
            has_own_cmd: false,
        }
    }

    pub(super) fn unknown(&mut self, value: String, span: Span) {
        let known = &mut self.contents.unknown;
        let is_told = known.iter().any(|known| known.span == span && known.value == value);
        if !is_told && known.len() < MOST_UNKNOWN {
            known.push(Spanned { value, span });
        }
    }

    fn base(&mut self, value: String, is_known: bool, span: Span, how: BaseUse, stage: usize) {
        if value.eq_ignore_ascii_case("scratch") {
            return;
        }
        if !is_known {
            self.unknown(value.clone(), span);
        }
        self.contents.bases.push(Base { image: Spanned { value, span }, is_known, how, stage });
    }

    fn step(&mut self, state: &mut State<'a>, step: &'a Step) {
        match &step.kind {
            StepKind::Arg(argument) => state.scope.declare(argument),
            StepKind::Env(variables) => {
                for (name, value) in state.scope.set(variables) {
                    let is_full = state.environment.len() >= MOST_VARIABLES;
                    match state.environment.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = value,
                        None if is_full => {}
                        None => state.environment.push((name, value)),
                    }
                }
            }
            StepKind::Workdir(folder) => {
                state.folder = absolute(&state.folder, &state.scope.word(&folder.value).text);
            }
            StepKind::Copy(copy) => self.copy(state, copy),
            StepKind::Run(run) => self.run(state, run),
            StepKind::Entrypoint(command) => {
                state.entrypoint = Some(command);
                // What a stage below says to start is for its own entry point.
                state.cmd = state.cmd.filter(|_| state.has_own_cmd);
            }
            StepKind::Cmd(command) => {
                state.cmd = Some(command);
                state.has_own_cmd = true;
            }
            StepKind::OnBuild(_) => {}
        }
    }

    fn copy(&mut self, state: &mut State<'a>, copy: &CopyStep) {
        let target = state.scope.word(&copy.target.value).text;
        let is_folder = target.ends_with('/') || copy.sources.len() > 1;
        let destination = absolute(&state.folder, &target);
        if let Some(from) = copy.from.as_ref().filter(|from| self.other(state.stage, &from.value).is_none()) {
            let how = if self.needed.is_in_image(state.stage) { BaseUse::CopyFrom } else { BaseUse::Builder };
            return self.base(from.value.clone(), !from.value.contains('$'), from.span, how, state.stage);
        }
        for source in &copy.sources {
            let expanded = state.scope.word(&source.value);
            match &copy.from {
                Some(from) => {
                    let path = absolute("/", &expanded.text);
                    let other = self.other(state.stage, &from.value);
                    self.bring(state, other, (&path, source.span), &destination, is_folder);
                }
                None if is_remote(&expanded.text) => {}
                None if expanded.unknown.is_some() => self.unknown(expanded.text, source.span),
                None => {
                    let path = in_context(&expanded.text);
                    self.bring(state, None, (&path, source.span), &destination, is_folder);
                    let excludes = copy.excludes.iter().map(|pattern| state.scope.word(&pattern.value).text);
                    self.contents.copies.push(ContextCopy {
                        path: Spanned { value: path, span: source.span },
                        destination: destination.clone(),
                        excludes: excludes.collect(),
                        is_mount: false,
                        is_builder_only: !self.needed.is_in_image(state.stage),
                        is_plan_only: false,
                        stage: state.stage,
                    });
                }
            }
        }
    }

    /// The stage that `--from` means, if it is one of the file's.
    pub(super) fn other(&self, stage: usize, from: &str) -> Option<usize> {
        self.file.stage(from, stage)
    }

    /// The state of a stage that is done.
    pub(super) fn done(&self, stage: usize) -> Option<&State<'a>> {
        self.states.get(stage).and_then(Option::as_ref)
    }

    /// The images that a mount takes files from are needed only while it is there.
    pub(super) fn mounted_image(&mut self, stage: usize, from: &Spanned<String>) {
        self.base(from.value.clone(), !from.value.contains('$'), from.span, BaseUse::Builder, stage);
    }

    pub(super) fn mounted_files(&mut self, state: &State<'a>, path: Spanned<String>, destination: String) {
        self.contents.copies.push(ContextCopy {
            path,
            destination,
            excludes: Vec::new(),
            is_mount: true,
            is_builder_only: true,
            is_plan_only: false,
            stage: state.stage,
        });
    }

    pub(super) fn built(&mut self, state: &mut State<'a>, build: CargoBuild) -> usize {
        let at = self.contents.builds.len();
        self.contents.builds.push(build);
        state.ran.push(at);
        at
    }

    /// What a container starts with.
    fn entry(&mut self, state: &mut State<'a>) -> Option<Vec<String>> {
        let commands = match (state.entrypoint, state.cmd) {
            (Some(entry), Some(cmd)) if entry.is_exec && cmd.is_exec => vec![entry, cmd],
            (Some(entry), _) => vec![entry],
            (None, cmd) => vec![cmd?],
        };
        let firsts: Vec<_> = commands.into_iter().filter_map(main_command).collect();
        for command in &firsts {
            self.started(state, command);
        }
        let words = firsts.iter().flat_map(|command| state.scope.shell_words(&command.words));
        let words = words.map(|argument| argument.word.value);
        Some(words.skip_while(|word| word == "exec").collect())
    }

    /// A `cargo run` builds what it starts, so that is in the image as soon as it matters.
    fn started(&mut self, state: &mut State<'a>, command: &ShellCommand) {
        if command.name() == "cargo" {
            let folder = state.folder.clone();
            self.cargo(state, command, &folder);
        }
    }
}

/// The command that a container is there for: the one that takes the shell's place, or the first that is a
/// program.
fn main_command(command: &Command) -> Option<&ShellCommand> {
    let first_word = |command: &ShellCommand| command.words.first().map_or("", |word| &word.value).to_owned();
    let all = &command.commands;
    let by_exec = all.iter().find(|command| first_word(command) == "exec");
    let program = || all.iter().find(|command| !SHELL_OWN.contains(&first_word(command).as_str()));
    by_exec.or_else(program).or(all.first())
}

/// What a shell does itself; and a command of assignments alone, which has no word.
const SHELL_OWN: [&str; 10] = ["", "cd", "export", "set", "ulimit", "umask", "source", ".", "trap", ":"];

/// What is fetched, and is no file of the context.
fn is_remote(source: &str) -> bool {
    source.contains("://") || source.starts_with("git@") || source.starts_with("github.com/")
}

/// A path below the build context.
pub(super) fn in_context(path: &str) -> String {
    let path = absolute("/", path);
    match path.trim_start_matches('/') {
        "" => ".".to_owned(),
        path => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Dockerfile, MOST_UNKNOWN, MOST_VARIABLES};
    use crate::text::RepoPath;

    #[test]
    fn many_variables_and_unknown_words_cost_no_more_than_one_pass() {
        let variables: Vec<String> = (0..100_000).map(|at| format!("A{at:x}=b")).collect();
        let copies: String = (0..10_000).map(|at| format!("COPY $B{at:x} b\n")).collect();
        let text = format!("FROM a\nENV {}\n{copies}", variables.join(" "));
        let (file, faults) = Dockerfile::read(&RepoPath::new("Dockerfile").unwrap(), &text);
        assert_eq!(faults, []);
        let built = file.unwrap().built(None, &BTreeMap::new()).unwrap();
        assert_eq!((built.environment.len(), built.unknown.len()), (MOST_VARIABLES, MOST_UNKNOWN));
    }
}
