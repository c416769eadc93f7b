//! Shell scripts of the repository that jobs run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::sources::dockerfile::ShellCommand;
use crate::sources::pipelines::Script;
use crate::sources::pipelines::deeds::{Deed, Done, Shell, is_known};
use crate::text::{Location, RepoPath};

use super::{Act, PipelineJob, ReadMore, within};

/// How deep a script may run others.
const DEEPEST: usize = 3;

/// How large a script may be, in bytes.
const LARGEST: usize = 256 * 1024;

/// How many things one job may do.
const MOST_ACTS: usize = 1_000;

/// How many scripts one job may run.
const MOST_SCRIPTS: usize = 100;

/// Adds what was done somewhere to a job; scripts in it are read.
pub(super) struct Recorder<'r> {
    pub(super) read_more: ReadMore<'r>,
    /// The actions, workflows and scripts that were asked for, there or not.
    pub(super) touched: BTreeSet<RepoPath>,
    scripts: BTreeSet<(RepoPath, Option<RepoPath>, BTreeMap<String, String>)>,
    /// What each script says, and `None` for what is none: jobs run the same ones.
    commands: BTreeMap<RepoPath, Option<Rc<[ShellCommand]>>>,
}

impl<'r> Recorder<'r> {
    pub(super) fn new(read_more: ReadMore<'r>) -> Self {
        Self { read_more, touched: BTreeSet::new(), scripts: BTreeSet::new(), commands: BTreeMap::new() }
    }

    /// Notes what was done in a file, from a folder on, with the lines that lead there.
    pub(super) fn note(
        &mut self,
        job: &mut PipelineJob,
        done: Vec<Done>,
        (file, folder): (&RepoPath, Option<&RepoPath>),
        led_by: &[Location],
        environment: &BTreeMap<String, String>,
        depth: usize,
    ) {
        for Done { deed, folder: went, span } in done {
            let folder = match &went {
                None => folder.cloned(),
                Some(went) => folder.and_then(|folder| within(folder, went)),
            };
            let mut places = vec![Location { path: file.clone(), span }];
            places.extend(led_by.iter().cloned());
            if let Deed::Script(path, arguments) = &deed {
                let path = folder.as_ref().and_then(|folder| within(folder, path));
                if let Some(path) = path.filter(|_| depth < DEEPEST)
                    && self.run(job, (&path, arguments), folder.as_ref(), &places, environment, depth)
                {
                    continue;
                }
            }
            job.is_certain &= super::is_clear(&deed) && folder.is_some();
            let act = Act { deed, folder, places };
            if job.does.len() >= MOST_ACTS {
                job.is_certain = false;
                continue;
            }
            // What is not known is told line by line.
            let is_told = matches!(&act.deed, Deed::Publish(_) | Deed::Unclear(_));
            let is_same = |known: &Act| {
                known.deed == act.deed
                    && known.folder == act.folder
                    && (!is_told || known.places.first() == act.places.first())
            };
            // A push under a name that nobody knows is one of what was built last, each time.
            let is_of_last = matches!(&act.deed, Deed::Push(name) if !is_known(name))
                && job.does.last().is_some_and(|last| matches!(last.deed, Deed::BuildImage(_)));
            if is_of_last || !job.does.iter().any(is_same) {
                job.does.push(act);
            }
        }
    }

    /// Reads a script; `false` if there is none that a shell reads.
    fn run(
        &mut self,
        job: &mut PipelineJob,
        (path, arguments): (&RepoPath, &[String]),
        folder: Option<&RepoPath>,
        places: &[Location],
        environment: &BTreeMap<String, String>,
        depth: usize,
    ) -> bool {
        let mut environment = environment.clone();
        let numbered = arguments.iter().take(9).enumerate();
        environment.extend(numbered.map(|(at, argument)| ((at + 1).to_string(), argument.clone())));
        let key = (path.clone(), folder.cloned(), environment.clone());
        if job.files.contains(path) && self.scripts.contains(&key) {
            return true;
        }
        if self.scripts.len() >= MOST_SCRIPTS * 20 || job.files.len() >= MOST_SCRIPTS {
            return false;
        }
        let Some(commands) = self.commands(path) else { return false };
        self.scripts.insert(key);
        if !job.files.contains(path) {
            job.files.push(path.clone());
        }
        let done = Shell::new(environment.clone()).run(&commands);
        self.note(job, done, (path, folder), places, &environment, depth + 1);
        true
    }

    /// The commands of a script of the repository.
    fn commands(&mut self, path: &RepoPath) -> Option<Rc<[ShellCommand]>> {
        self.touched.insert(path.clone());
        if let Some(known) = self.commands.get(path) {
            return known.clone();
        }
        let text = (self.read_more)(path).filter(|text| text.len() <= LARGEST);
        let text = text.filter(|text| is_shell(path, text));
        let commands = text.map(|text| Rc::from(Script::file(&text).commands(&|_| None)));
        self.commands.insert(path.clone(), commands.clone());
        commands
    }
}

fn is_shell(path: &RepoPath, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    match first.strip_prefix("#!") {
        Some(program) => {
            program.split(['/', ' ']).any(|word| matches!(word, "sh" | "bash" | "dash" | "zsh" | "ksh"))
        }
        None => path.file_name().ends_with(".sh") || path.file_name().ends_with(".bash"),
    }
}
