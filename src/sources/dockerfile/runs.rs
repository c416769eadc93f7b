//! What a `RUN` builds, copies and moves.
//!
//! Invariant: what lies in a mount is seen only while it is mounted.

use std::sync::Arc;

use crate::text::{Span, Spanned};

use super::cargo_command::{self, Argument, CargoBuild, CargoCommandWord};
use super::evaluation::{Evaluation, State, in_context};
use super::files::{What, absolute, parted, within};
use super::landing::{by_shape, find, profile_folder};
use super::program::assigned;
use super::shell::{Loop, ShellCommand};
use super::transfer::{self, Transfer};
use super::{Mount, RunStep};

/// What looking at a command takes from the room that there is for one image.
const COST: usize = 256;

/// How many cargo commands are told of one image.
const MOST_BUILDS: usize = 500;

/// How often a command in loops is looked at.
const MOST_ROUNDS: usize = 64;

impl<'a> Evaluation<'a> {
    pub(super) fn run(&mut self, state: &mut State<'a>, run: &RunStep) {
        let mut mounted = Vec::new();
        for mount in &run.mounts {
            let Some(target) = mount.target.as_ref().or(mount.source.as_ref()) else { continue };
            let target = absolute(&state.folder, &state.scope.word(&target.value).text);
            match mount.kind.as_str() {
                "bind" => self.bind(state, mount, &target),
                "cache" => uncover(state, &target),
                "tmpfs" => {}
                _ => continue,
            }
            mounted.push((mount.kind.as_str(), target));
        }
        for command in &run.commands {
            for round in rounds(state, &command.loops) {
                for (variable, value) in round {
                    state.scope.set_local(variable, value);
                }
                if state.scope.spend(COST + command.words.len()) {
                    self.command(state, command);
                }
            }
        }
        state.scope.forget_locals();
        // The inner ones first: a cache in what is bound keeps what it holds.
        mounted.sort_by_key(|(_, target)| std::cmp::Reverse(target.len()));
        for (kind, target) in mounted {
            let left = state.files.remove(&target);
            if kind == "cache" {
                state.cached.extend(left);
            }
        }
    }

    fn bind(&mut self, state: &mut State<'a>, mount: &Mount, target: &str) {
        let written = mount.source.as_ref();
        let span = written.map_or(mount.span, |source| source.span);
        let source = state.scope.word(written.map_or("/", |source| &source.value));
        let Some(from) = &mount.from else {
            return match source.unknown {
                Some(_) => self.unknown(source.text, span),
                None => {
                    let path = Spanned { value: in_context(&source.text), span };
                    self.mounted_files(state, path, target.to_owned());
                }
            };
        };
        match self.other(state.stage, &from.value) {
            Some(other) => {
                let path = absolute("/", &source.text);
                self.bring(state, Some(other), (&path, span), target, false);
            }
            None => self.mounted_image(state.stage, from),
        }
    }

    /// Brings what a path of a stage that is done, or of the build context, means to a place in this one.
    pub(super) fn bring(
        &mut self,
        state: &mut State<'a>,
        from: Option<usize>,
        (path, span): (&str, Span),
        target: &str,
        is_folder: bool,
    ) {
        let other = from.and_then(|other| self.done(other));
        let found = match other {
            Some(other) => find(&other.files, path, &other.ran, &self.contents.builds),
            None => by_shape(path, &[], &[]).into_iter().collect(),
        };
        let may_be_binary = other.is_some_and(|other| !other.files.entries().is_empty());
        if found.is_empty() && may_be_binary && parted(path).1.contains('$') {
            self.unknown(path.to_owned(), span);
        }
        for one in found {
            let place = match (&one.what, is_folder) {
                (What::Binary { .. }, true) if one.below.is_empty() => within(target, parted(path).1),
                _ => within(target, &one.below),
            };
            let spans = std::iter::once(span).chain(one.spans).collect();
            state.files.add(place, one.what, spans);
        }
    }

    fn command(&mut self, state: &mut State<'a>, command: &ShellCommand) {
        if command.words.is_empty() {
            for (name, value) in &command.assignments {
                let value = state.scope.shell_word(&value.value).known();
                state.scope.set_local(name, value);
            }
            return;
        }
        let folder = match &command.folder {
            Some(to) => absolute(&state.folder, &state.scope.shell_word(to).text),
            None => state.folder.clone(),
        };
        match command.name() {
            "export" | "declare" | "local" | "readonly" => export(state, command),
            "cargo" | "cross" => self.cargo(state, command, &folder),
            "cp" | "mv" | "ln" | "install" | "rm" | "find" => self.transfer(state, command, &folder),
            _ => {}
        }
    }

    pub(super) fn cargo(&mut self, state: &mut State<'a>, command: &ShellCommand, folder: &str) {
        let words = state.scope.shell_words(command.program());
        if words.get(1).is_some_and(|argument| argument.word.value == "clean") {
            state.files.remove(&absolute(folder, "target"));
            return;
        }
        let is_plan = |pair: &[Argument]| matches!(pair, [chef, prepare] if chef.word.value == "chef" && prepare.word.value == "prepare");
        if words.windows(2).any(is_plan) {
            self.planners.push(state.stage);
        }
        let Some(read) = cargo_command::read(&words, folder, state.stage) else { return };
        if self.contents.builds.len() >= MOST_BUILDS {
            return;
        }
        for unknown in read.unknown {
            self.unknown(unknown.value, unknown.span);
        }
        let places = places(state, command, &read.build);
        let is_binary = read.build.command != CargoCommandWord::Cook && !read.build.is_without_bins;
        let build = self.built(state, read.build);
        for place in places.into_iter().filter(|_| is_binary) {
            state.files.add(place.clone(), What::Output { build, source_path: place }, Vec::new());
        }
    }

    fn transfer(&mut self, state: &mut State<'a>, command: &ShellCommand, folder: &str) {
        let words = state.scope.shell_words(command.program());
        match transfer::read(&words) {
            Some(Transfer::Remove(paths)) => {
                for path in paths {
                    state.files.remove(&absolute(folder, &path));
                }
            }
            Some(Transfer::Copy { sources, target, is_folder, moves }) => {
                let target = absolute(folder, &target);
                for (path, word) in sources {
                    let path = absolute(folder, &path);
                    self.move_within(state, (&path, word.span), &target, is_folder);
                    if moves {
                        state.files.remove(&path);
                    }
                }
            }
            None => {}
        }
    }

    fn move_within(
        &mut self,
        state: &mut State<'a>,
        (path, span): (&str, Span),
        target: &str,
        is_folder: bool,
    ) {
        let found = find(&state.files, path, &state.ran, &self.contents.builds);
        let file = parted(path).1;
        if found.is_empty() && file.contains('$') && path.contains("/target/") {
            self.unknown(path.to_owned(), span);
        }
        for one in found {
            let spans: Vec<Span> = std::iter::once(span).chain(one.spans).collect();
            let is_file = matches!(one.what, What::Binary { .. }) && one.below.is_empty();
            if is_file {
                let place = if is_folder { within(target, file) } else { target.to_owned() };
                state.files.add(place, one.what, spans);
                continue;
            }
            // A folder goes into the target if that is there, and else becomes it.
            if !file.contains('*') {
                let inside = within(&within(target, file), &one.below);
                state.files.add(inside, one.what.clone(), spans.clone());
            }
            state.files.add(within(target, &one.below), one.what, spans);
        }
    }
}

/// What lies in a cache is seen where it is mounted.
fn uncover(state: &mut State<'_>, target: &str) {
    let mut cache = super::files::Files::default();
    cache.put_back(std::mem::take(&mut state.cached));
    state.files.put_back(cache.remove(target));
    state.cached = cache.entries().to_vec();
}

/// What the variables of loops are, round by round; one round without any where there is no loop.
fn rounds<'c>(state: &State<'_>, loops: &'c [Arc<Loop>]) -> Vec<Vec<(&'c str, Option<String>)>> {
    let mut rounds = vec![Vec::new()];
    for one in loops {
        let values = state.scope.shell_words(&one.values);
        let mut next = Vec::new();
        for round in &rounds {
            for argument in &values {
                for word in transfer::braces(&argument.word.value) {
                    if next.len() < MOST_ROUNDS {
                        let mut round: Vec<(&str, Option<String>)> = Clone::clone(round);
                        round.push((&one.variable, argument.is_known.then_some(word)));
                        next.push(round);
                    }
                }
            }
        }
        rounds = next;
    }
    rounds
}

fn export(state: &mut State<'_>, command: &ShellCommand) {
    for word in command.words.iter().skip(1) {
        if let Some((name, value)) = assigned(&word.value) {
            let value = state.scope.shell_word(value).known();
            state.scope.set_local(name, value);
        }
    }
}

/// What a variable is for one command; an unknown one stays as it would be written.
fn variable(state: &State<'_>, command: &ShellCommand, name: &str) -> Option<String> {
    let in_front =
        command.assignments.iter().find(|(own, _)| own == name).map(|(_, value)| value.value.as_str());
    // `env A=b cargo build` has them among its words.
    let told = |word: &'_ Spanned<String>| assigned(&word.value).is_some_and(|(own, _)| own == name);
    let by_env = command.words.iter().find(|word| told(word)).and_then(|word| assigned(&word.value));
    match in_front.or(by_env.map(|(_, value)| value)) {
        Some(value) => Some(state.scope.shell_word(value).text),
        None => state.scope.get(name),
    }
}

/// The folders in which a build leaves its binaries.
fn places(state: &State<'_>, command: &ShellCommand, build: &CargoBuild) -> Vec<String> {
    let variable = |name: &str| variable(state, command, name);
    let mut places: Vec<String> = build.output.iter().map(|folder| absolute(&build.folder, folder)).collect();
    if build.command == CargoCommandWord::Install {
        let root = places.pop().or_else(|| variable("CARGO_INSTALL_ROOT")).or_else(|| variable("CARGO_HOME"));
        // Where official images have it, and where it is without them.
        let roots = root
            .map_or_else(|| vec!["/usr/local/cargo".to_owned(), "/root/.cargo".to_owned()], |one| vec![one]);
        return roots.iter().map(|root| within(root, "bin")).collect();
    }
    let told = build.target_dir.clone().or_else(|| variable("CARGO_TARGET_DIR"));
    let mut folders = vec![absolute(&build.folder, told.as_deref().unwrap_or("target"))];
    if let (None, Some(manifest)) = (&told, &build.manifest_path) {
        let (folder, _) = parted(&manifest.value);
        folders.push(within(&absolute(&build.folder, folder), "target"));
    }
    let triple = build.triple.clone().or_else(|| variable("CARGO_BUILD_TARGET"));
    let profile = profile_folder(&build.profile);
    places.extend(folders.iter().map(|folder| match &triple {
        Some(triple) => format!("{folder}/{triple}/{profile}"),
        None => format!("{folder}/{profile}"),
    }));
    places
}
