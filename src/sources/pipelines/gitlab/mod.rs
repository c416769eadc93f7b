//! GitLab CI: `.gitlab-ci.yml`, and what it includes of the repository.
//!
//! Invariant: keys that say nothing about what is built, shipped, or when are not read; `docs/pipelines.md` lists
//! each of GitLab's own.

mod jobs;

use crate::sources::{Facts, Source};
use crate::text::{Fault, RepoPath, Span, Spanned, yaml};

use super::Script;
use super::github::{Combination, Listed, Pair};

/// A file of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineFile {
    /// `include`
    pub includes: Vec<Include>,
    /// `stages`, in order; `None` where it is not said.
    pub stages: Option<Vec<String>>,
    /// `variables`, for all jobs.
    pub variables: Vec<Pair>,
    /// What runs before and after the script of every job that says nothing else: `default`, or the same keys at the
    /// top.
    pub default: Defaults,
    /// Jobs, and what others extend.
    pub jobs: Vec<Job>,
}

/// What holds for jobs that say nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Defaults {
    /// `before_script`
    pub before: Option<Lines>,
    /// `after_script`
    pub after: Option<Lines>,
}

/// Another file of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// The file, from the root of the repository; `None` for what lies elsewhere: another project, a template, a URL.
    pub local: Option<String>,
    /// Where it is named.
    pub span: Span,
}

/// The lines of a script; some are those of other jobs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines(pub Vec<Line>);

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What a shell is told.
    Own(Script),
    /// `!reference [job, key]`
    Of {
        /// The job.
        job: String,
        /// `script`, `before_script` or `after_script`.
        key: String,
    },
}

/// A job, or what others extend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Job {
    /// Its name.
    pub id: Spanned<String>,
    /// `extends`
    pub extends: Vec<Spanned<String>>,
    /// `stage`
    pub stage: Option<Spanned<String>>,
    /// `needs`; an empty list waits for nothing.
    pub needs: Option<Vec<Spanned<String>>>,
    /// `rules`
    pub rules: Option<Vec<Rule>>,
    /// `only:changes`, with the place of the key.
    pub only: Option<Listed>,
    /// `except:changes`
    pub except: Option<Listed>,
    /// `before_script`
    pub before: Option<Lines>,
    /// `script`
    pub script: Option<Lines>,
    /// `after_script`
    pub after: Option<Lines>,
    /// `variables`
    pub variables: Vec<Pair>,
    /// `parallel:matrix`: what each run is given.
    pub matrix: Vec<Combination>,
    /// `trigger:include`: files whose jobs it runs in its place.
    pub children: Vec<Include>,
}

/// One rule of when a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `changes`
    pub changes: Option<Listed>,
    /// Whether it also depends on something that is no file of the change.
    pub has_condition: bool,
    /// Whether the job does not run where it holds.
    pub is_never: bool,
    /// `!reference [job, rules]`, whose rules stand in its place.
    pub of: Option<String>,
}

/// Reads `.gitlab-ci.yml`. What it includes is asked for when its name is known.
#[derive(Debug)]
pub(in crate::sources) struct GitLabSource;

impl Source for GitLabSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        matches!(name, ".gitlab-ci.yml" | ".gitlab-ci.yaml")
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (file, faults) = read(path, text);
        (file.map(|file| Facts::GitLab(Box::new(file))), faults)
    }
}

/// Reads one file of a pipeline. The first of two documents may be the declaration of inputs.
pub fn read(path: &RepoPath, text: &str) -> (Option<PipelineFile>, Vec<Fault>) {
    let mut found: Option<PipelineFile> = None;
    let mut all = Vec::new();
    for range in yaml::documents(text).into_iter().take(2) {
        let (tree, faults) = yaml::parse(text, range, path);
        let is_broken = tree.is_none() && !faults.is_empty();
        all.extend(faults);
        if is_broken {
            return (None, all);
        }
        if let Some(tree) = tree.filter(yaml::Node::is_map) {
            found = Some(jobs::file(&tree, text));
        }
    }
    (found, all)
}
