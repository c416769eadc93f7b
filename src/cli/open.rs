//! Finding the repository, the moment of it that is meant, and its configuration.

mod past;

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::baseline::{BASELINE_FILE, Baseline};
use crate::features::{CONFIGURATION_FILE, Configuration, Depth};
use crate::graph::READER;
use crate::proposal::extended;
use crate::report::{Texts, counted, faults};
use crate::snapshot::{
    Cache, Commit, DAMAGED, Git, GitFiles, ReadFailure, Snapshot, Unfound, WorkTree, find_root, names_beside,
    read_outside,
};
use crate::text::{Date, Fault, RepoPath, nearest};
use crate::{Loading, Repository};

use super::console::Console;
use super::{CacheChoice, How, Outcome};

pub(super) use past::changed_together;

/// The files that are meant, and what configures them.
pub(super) struct Opened<'c> {
    console: &'c Console,
    pub(super) snapshot: Box<dyn Snapshot>,
    /// Where the files lie in git, or why there is no git repository.
    pub(super) git: Result<InGit, String>,
    /// Its name in messages, and its text; `None` if there is none.
    pub(super) configuration: Option<(RepoPath, String)>,
    pub(super) is_outside: bool,
    /// What is proposed where nothing is declared, as the text that `init` would write.
    proposed: OnceCell<(RepoPath, String)>,
    /// What a person should know about how far history could be read.
    history: RefCell<String>,
    /// The folder on the disk, where cargo would be asked.
    pub(super) folder: Option<PathBuf>,
    /// How much is asked of sources.
    depth: Depth,
    /// What was read of sources before.
    cache: Cache,
}

/// A place in a git repository.
pub(super) struct InGit {
    pub(super) repository: Arc<Git>,
    /// The folder that is the root of what is read.
    pub(super) prefix: RepoPath,
    /// The commit that is read; `None` for what lies in the folder or is staged.
    commit: Option<Commit>,
}

impl InGit {
    /// The commit that is read, or that what is read comes after; `None` before the first one. Asked only
    /// where a change is judged: it takes longer than reading many manifests.
    pub(super) fn head(&self) -> Result<Option<Commit>, Unfound> {
        self.commit.map_or_else(|| self.repository.head(), |commit| Ok(Some(commit)))
    }
}

impl<'c> Opened<'c> {
    /// Opens what the arguments name.
    pub(super) fn new(path: Option<&Path>, how: &How, console: &'c Console) -> Result<Self, Outcome> {
        let start = path.unwrap_or(Path::new("."));
        let opened = match (how.staged, &how.rev) {
            (false, None) => {
                let is_meant = path.is_some() || how.config.is_some();
                Self::work_tree(start, path.is_some(), is_meant, console)?
            }
            (_, rev) => Self::from_git(start, rev.as_deref(), path.is_some(), console)?,
        };
        let opened = opened.keeping(&how.cache)?;
        match &how.config {
            Some(file) => opened.with_named(file),
            None => opened.with_own(),
        }
    }

    /// `is_meant`: who names a folder or a configuration means it, with a mark or without: an unpacked archive
    /// has none.
    fn work_tree(
        start: &Path,
        is_named: bool,
        is_meant: bool,
        console: &'c Console,
    ) -> Result<Self, Outcome> {
        let root = match find_root(start) {
            Some(root) => root,
            None if is_meant => start.to_path_buf(),
            None => return Err(no_repository(start)),
        };
        let tree = WorkTree::open(&root).map_err(|why| {
            let help = nearby(start, "name a folder that is there: `watertight check path/to/repository`");
            Outcome::refused(&format!("`{}` can't be opened: {why}", start.to_string_lossy()), &help)
        })?;
        let folder = tree.root().to_path_buf();
        // A folder that only looks like a git repository is checked as it lies there.
        let none = || "there is no git repository here".to_owned();
        let found = Git::discover(&folder, is_named);
        let found = found.map_err(|why| format!("the git repository here can't be read: {why}"));
        let (tree, git) = match found.and_then(|found| found.map(Arc::new).ok_or_else(none)) {
            Err(why) => (tree, Err(why)),
            Ok(repository) => {
                let tree = tree.with_git(&repository);
                let git = tree.prefix().cloned().map(|prefix| InGit { repository, prefix, commit: None });
                (tree, git.ok_or_else(none))
            }
        };
        Ok(Self {
            depth: Depth::default(),
            cache: Cache::off(),
            console,
            snapshot: Box::new(tree),
            git,
            configuration: None,
            is_outside: false,
            proposed: OnceCell::new(),
            history: RefCell::default(),
            folder: Some(folder),
        })
    }

    /// What is staged, or a commit.
    fn from_git(
        start: &Path,
        revision: Option<&str>,
        is_named: bool,
        console: &'c Console,
    ) -> Result<Self, Outcome> {
        let shown = start.to_string_lossy();
        let found = Git::discover(start, is_named);
        let found = found.map_err(|why| {
            let what = format!("the git repository of `{shown}` can't be read: {why}");
            Outcome::refused(&what, "`git status` says what is wrong with it")
        })?;
        let Some(repository) = found.map(Arc::new) else {
            let what =
                format!("no git repository at `{shown}`: what is staged or committed is read from git");
            return Err(Outcome::refused(
                &what,
                "without `--staged` and `--rev`, the files that lie there are read",
            ));
        };
        let damaged = |why: String| Outcome::refused(&why, DAMAGED);
        let commit = revision.map(|revision| repository.commit(revision)).transpose();
        let commit = commit.map_err(|unfound| unfound_commit(&unfound))?;
        let files = |prefix: &RepoPath| match &commit {
            None => GitFiles::staged(&repository, prefix).map_err(damaged),
            Some(commit) => GitFiles::of_commit(&repository, commit, prefix)
                .map_err(|why| damaged(format!("the files of {} can't be listed: {why}", commit.short()))),
        };
        let whole = files(&RepoPath::root())?;
        let is_root = |folder: &&str| {
            let path = RepoPath::new(folder).and_then(|folder| folder.join(CONFIGURATION_FILE));
            path.is_some_and(|path| whole.has(&path))
        };
        let within = within(&repository, start);
        let prefix = within.with_ancestors().find(is_root).and_then(RepoPath::new);
        let prefix = prefix.unwrap_or_else(RepoPath::root);
        let files = if prefix == RepoPath::root() { whole } else { files(&prefix)? };
        let git = Ok(InGit { repository, prefix, commit });
        Ok(Self {
            depth: Depth::default(),
            cache: Cache::off(),
            console,
            snapshot: Box::new(files),
            git,
            configuration: None,
            is_outside: false,
            proposed: OnceCell::new(),
            history: RefCell::default(),
            folder: None,
        })
    }

    /// A configuration that lies in the repository is a part of the moment that is read.
    fn with_named(mut self, file: &Path) -> Result<Self, Outcome> {
        let inside = self.path_inside(file);
        let found = inside.and_then(|path| read_own(&*self.snapshot, &path).ok().flatten());
        match found {
            Some((path, text)) => {
                self.configuration = Some((path, text));
                Ok(self)
            }
            None => self.with_outside(file),
        }
    }

    /// The path of a file below the root of what is read.
    fn path_inside(&self, file: &Path) -> Option<RepoPath> {
        let root = match (&self.folder, &self.git) {
            (Some(folder), _) => folder.clone(),
            (None, Ok(git)) => git.repository.top()?.join(git.prefix.as_str()),
            (None, Err(_)) => return None,
        };
        let name = file.file_name()?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        let inside = folder.join(name).strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        RepoPath::new(&inside)
    }

    fn with_outside(mut self, file: &Path) -> Result<Self, Outcome> {
        let bytes = read_outside(file).map_err(|failure| {
            let what = format!("`{}` can't be read: {failure}", file.to_string_lossy());
            Outcome::refused(&what, &nearby(file, "name a file by its way from the folder where you are"))
        })?;
        let text =
            String::from_utf8(bytes).map_err(|_| Unread::not_utf_8(&file.to_string_lossy()).outcome())?;
        // Evidence is told by the name that the user gave, as far as that is a path in UTF-8.
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or(CONFIGURATION_FILE);
        let path = file.to_str().and_then(RepoPath::new);
        let path = path.or_else(|| RepoPath::new(name)).unwrap_or_else(RepoPath::root);
        self.configuration = Some((path, text));
        self.is_outside = true;
        Ok(self)
    }

    fn with_own(mut self) -> Result<Self, Outcome> {
        let own = read_named(&*self.snapshot, CONFIGURATION_FILE);
        self.configuration = own.map_err(Unread::outcome)?;
        Ok(self)
    }

    /// What the repository is called: the folder that it lies in. Empty where that has no name.
    pub(super) fn name(&self) -> String {
        let top = || self.git.as_ref().ok().and_then(|git| git.repository.top());
        let folder = self.folder.clone().or_else(top);
        let name = folder.as_deref().and_then(Path::file_name);
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The same files with another configuration at the root.
    pub(super) fn configured(mut self, text: String) -> Self {
        self.configuration = RepoPath::new(CONFIGURATION_FILE).map(|path| (path, text));
        self
    }

    /// The baseline beside the configuration; `None` if there is none.
    pub(super) fn baseline(&self) -> Result<Option<Baseline>, Outcome> {
        match read_baseline(&*self.snapshot) {
            Err(unread) => Err(unread.outcome()),
            Ok(None) => Ok(None),
            Ok(Some((_, Ok(baseline)))) => Ok(Some(baseline)),
            Ok(Some((_, Err(faults)))) => Err(self.errors(&faults)),
        }
    }

    /// The texts that evidence points into.
    pub(super) fn texts(&self) -> Texts<'_> {
        let prefix = self.git.as_ref().map_or_else(|_| RepoPath::root(), |git| git.prefix.clone());
        let texts = Texts::new(&*self.snapshot).within(prefix);
        match &self.configuration {
            // What is not written yet, or lies elsewhere.
            Some((path, text)) if self.is_outside || path.as_str() == CONFIGURATION_FILE => {
                texts.with(path.clone(), text)
            }
            _ => match self.proposed.get() {
                Some((path, text)) => texts.with(path.clone(), text),
                None => texts,
            },
        }
    }

    /// Reads the configuration and the repository; where there is none, with the features that `init` would
    /// propose.
    pub(super) fn load(&self, how: &How) -> Result<Repository, Outcome> {
        let repository = self.load_declared(how)?;
        match self.configuration {
            Some(_) => Ok(repository),
            None => self.with_proposed(repository),
        }
    }

    /// The configuration that counts: the one that is there, or what `init` would propose. With the repository that says
    /// so.
    pub(super) fn law(&self, how: &How) -> Result<((RepoPath, String), Repository), Outcome> {
        let repository = self.load(how)?;
        let configuration = &repository.configuration;
        Ok(((configuration.file.clone(), configuration.text.clone()), repository))
    }

    /// As [`Self::load`], with what is declared alone.
    pub(super) fn load_declared(&self, how: &How) -> Result<Repository, Outcome> {
        let cargo = self.folder.as_deref().and_then(|folder| how.cargo.chosen(folder));
        let loading = Loading { cargo: cargo.as_ref(), ..self.loading() };
        self.loaded(how, loading)
    }

    /// What was read of its sources before.
    pub(super) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// How it is loaded.
    pub(super) fn loading(&self) -> Loading<'_> {
        Loading { code: self.depth, cache: &self.cache, watch: self.console, ..Loading::default() }
    }

    fn with_proposed(&self, repository: Repository) -> Result<Repository, Outcome> {
        // Only what is there already can be in the way.
        let text = extended("", &repository.propose()).unwrap_or_default();
        let path = RepoPath::new(CONFIGURATION_FILE).unwrap_or_else(RepoPath::root);
        let (path, text) = self.proposed.get_or_init(|| (path, text));
        let (configuration, faults) = Configuration::read(path, text);
        if !faults.is_empty() {
            return Err(self.errors(&faults));
        }
        let repository = repository.configured(configuration).map_err(|faults| self.errors(&faults))?;
        let loading = self.loading();
        Ok(repository.with_code(&*self.snapshot, loading))
    }

    /// The same, with what was read of its sources before. It never lies in the repository: what is kept there would be
    /// trusted, and a pull request could bring it.
    fn keeping(self, choice: &CacheChoice) -> Result<Self, Outcome> {
        if choice.no_cache {
            return Ok(self);
        }
        let root = self.folder.clone().or_else(|| self.git.as_ref().ok()?.repository.top());
        let Some(root) = root else { return Ok(self) };
        let folder = match &choice.cache {
            Some(folder) => match is_inside(folder, &root) {
                false => Some(folder.clone()),
                true => {
                    let what = format!("`{}` lies in the repository", folder.to_string_lossy());
                    let help = "name a folder outside of it: what is kept there is trusted";
                    return Err(Outcome::refused(&what, help));
                }
            },
            None => Cache::usual_folder().filter(|folder| !is_inside(folder, &root)),
        };
        let Some(folder) = folder else { return Ok(self) };
        let cache = Cache::open(&folder, READER, &root.to_string_lossy());
        Ok(Self { cache, ..self })
    }

    /// As it is, to be asked of sources as deep as an answer needs it.
    pub(super) fn asking(self, depth: Depth) -> Self {
        Self { depth, ..self }
    }

    /// What a person should know about how an answer came about.
    pub(super) fn notice(&self, how: &How, repository: &Repository) -> String {
        let mut notice = how.cargo.notice() + &self.history_notice();
        if self.proposed.get().is_some() {
            let count = counted(repository.map.features.len(), "feature is", "features are");
            notice += &format!(
                "note: no `{CONFIGURATION_FILE}`: {count} proposed from what is here; `watertight init` writes \
                 them down\n"
            );
        }
        self.console.notice(notice)
    }

    /// As [`Self::load`], to be compared with what a change started from.
    pub(super) fn load_to_compare(&self, how: &How) -> Result<Repository, Outcome> {
        self.loaded(how, Loading { is_to_compare: true, ..self.loading() })
    }

    fn loaded(&self, how: &How, loading: Loading<'_>) -> Result<Repository, Outcome> {
        let (configuration, mut found) = match &self.configuration {
            Some((path, text)) => Configuration::read(path, text),
            None => (Configuration::empty(), Vec::new()),
        };
        if !found.is_empty() {
            found.sort();
            return Err(self.errors(&found));
        }
        let today = how.today.unwrap_or_else(Date::today);
        let repository = Repository::load_as(&*self.snapshot, configuration, today, loading);
        let repository = repository.map_err(|mut faults| {
            faults.sort();
            self.errors(&faults)
        })?;
        Ok(match repository.wants_history() {
            true => self.changing_together(repository),
            false => repository,
        })
    }

    /// As [`Self::load`], to be asked what a change affects.
    pub(super) fn load_to_ask_of_change(&self, how: &How) -> Result<Repository, Outcome> {
        let cargo = self.folder.as_deref().and_then(|folder| how.cargo.chosen(folder));
        let loading = Loading { cargo: cargo.as_ref(), is_to_compare: true, ..self.loading() };
        let repository = self.loaded(how, loading)?;
        match self.configuration {
            Some(_) => Ok(repository),
            None => self.with_proposed(repository),
        }
    }

    /// The path of a file that need not be there: from the working folder, if it lies in what is read, or else
    /// from the root of that.
    pub(super) fn path_named(&self, written: &str) -> Option<RepoPath> {
        let written = written.replace('\\', "/");
        let here = || -> Option<RepoPath> {
            let root = self.folder.clone().or_else(|| {
                let git = self.git.as_ref().ok()?;
                Some(git.repository.top()?.join(git.prefix.as_str()))
            })?;
            let here = Path::new(".").canonicalize().ok()?;
            let inside = here.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
            RepoPath::new(&inside)
        };
        let from_root = RepoPath::new(&written);
        let from_here = here().filter(|here| !here.as_str().is_empty()).and_then(|here| here.join(&written));
        let is_there = |path: &RepoPath| self.snapshot.read(path) != Err(ReadFailure::Missing);
        match (from_here, from_root) {
            (Some(here), Some(root)) if is_there(&root) && !is_there(&here) => Some(root),
            (Some(here), _) => Some(here),
            (None, root) => root,
        }
    }

    pub(super) fn errors(&self, found: &[Fault]) -> Outcome {
        Outcome::error(faults("error", found, &self.texts(), self.console.style_of_messages()))
    }
}

/// The text of a baseline, and the baseline itself or what is wrong with it.
type ReadBaseline = (String, Result<Baseline, Vec<Fault>>);

/// The baseline of a snapshot; `None` if there is none.
pub(super) fn read_baseline(snapshot: &dyn Snapshot) -> Result<Option<ReadBaseline>, Unread> {
    let own = read_named(snapshot, BASELINE_FILE)?;
    Ok(own.map(|(path, text)| {
        let read = Baseline::read(&path, &text);
        (text, read)
    }))
}

/// A file at the root, as text.
fn read_named(snapshot: &dyn Snapshot, name: &str) -> Result<Option<(RepoPath, String)>, Unread> {
    RepoPath::new(name).map_or(Ok(None), |path| read_own(snapshot, &path))
}

/// A file of the repository, as text; `None` if it is not there.
pub(super) fn read_own(
    snapshot: &dyn Snapshot,
    path: &RepoPath,
) -> Result<Option<(RepoPath, String)>, Unread> {
    match snapshot.read(path) {
        Err(ReadFailure::Missing) => Ok(None),
        Err(failure) => {
            Err(Unread { what: format!("`{path}` can't be read: {failure}"), help: unread_help(&failure) })
        }
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some((path.clone(), text))),
            Err(_) => Err(Unread::not_utf_8(path.as_str())),
        },
    }
}

/// A file of ours that can't be read.
pub(super) struct Unread {
    /// What happened.
    pub(super) what: String,
    /// What to do about it.
    help: &'static str,
}

impl Unread {
    fn not_utf_8(path: &str) -> Self {
        Self { what: format!("`{path}` is not UTF-8"), help: "save it as UTF-8" }
    }

    pub(super) fn outcome(self) -> Outcome {
        Outcome::refused(&self.what, self.help)
    }
}

/// What to do about a file of ours: it can't be taken out, since without it nothing is checked.
fn unread_help(failure: &ReadFailure) -> &'static str {
    match failure {
        ReadFailure::Damaged(_) => DAMAGED,
        ReadFailure::TooLarge(_) => "shorten it",
        ReadFailure::Refused(_) => "make it readable for whoever runs the check",
        ReadFailure::Missing | ReadFailure::NotAFile => "put a text file there",
    }
}

/// What lies beside a path that is not there and has nearly its name, or what to do else.
fn nearby(path: &Path, otherwise: &str) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let names = names_beside(path);
    match nearest(&name, names.iter().map(String::as_str)).filter(|near| *near != name) {
        Some(near) => format!("did you mean `{}`?", path.with_file_name(near).to_string_lossy()),
        None => otherwise.to_owned(),
    }
}

/// A commit that is not there, as an error.
pub(super) fn unfound_commit(unfound: &Unfound) -> Outcome {
    Outcome::refused(&unfound.message, &unfound.help)
}

/// The folder of a repository that a folder on the disk is; its top, if it is none of its work tree.
fn within(repository: &Git, start: &Path) -> RepoPath {
    let relative = || {
        let start = start.canonicalize().ok()?;
        let inside = start.strip_prefix(repository.top()?).ok()?.to_str()?.replace('\\', "/");
        RepoPath::new(&inside)
    };
    relative().unwrap_or_else(RepoPath::root)
}

fn no_repository(start: &Path) -> Outcome {
    let shown = start.to_string_lossy();
    if Git::discover(start, false).is_ok_and(|git| git.is_some()) {
        let what = format!("`{shown}` is a bare repository: no files lie there");
        return Outcome::refused(&what, "say which commit: `--rev main`");
    }
    Outcome::refused(
        &format!(
            "no repository at `{shown}`: no folder from there upward holds `{CONFIGURATION_FILE}` or `.git`"
        ),
        "name the folder of one: `watertight check path/to/repository`",
    )
}

/// Whether a folder, which need not be there, lies in another one.
fn is_inside(folder: &Path, root: &Path) -> bool {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let there = absolute.ancestors().find_map(|one| one.canonicalize().ok());
    there.is_some_and(|there| there.starts_with(root.canonicalize().unwrap_or_else(|_| root.to_path_buf())))
}
