//! One image, and what it may be called.

use std::collections::BTreeSet;

use crate::sources::dockerfile::{Contents, Dockerfile};
use crate::text::{Location, RepoPath, Span};

use super::super::model::Said;
use super::super::names::{ImageName, is_generic, plain};

/// An image that the repository builds.
#[derive(Debug)]
pub(in super::super) struct Image {
    pub(in super::super) dockerfile: RepoPath,
    /// The build context, as far as it is known.
    pub(in super::super) context: Option<RepoPath>,
    /// Whether somebody says what the context is.
    pub(in super::super) is_context_said: bool,
    pub(in super::super) target: Option<String>,
    pub(in super::super) contents: Contents,
    /// What it is called where it is built.
    pub(in super::super) called: BTreeSet<String>,
    /// The services for which it is built.
    pub(in super::super) services: BTreeSet<String>,
    /// The services whose images it is built with.
    pub(in super::super) built_with: Vec<(usize, Said)>,
    /// The names of further contexts that it is built with.
    pub(super) contexts: BTreeSet<String>,
    pub(in super::super) name: String,
    pub(in super::super) declared_at: Location,
    /// The binaries of the repository that land in it, by package and position, and the lines that say so.
    pub(in super::super) binaries: Vec<((usize, usize), Vec<Location>)>,
}

impl Image {
    pub(super) fn new(
        path: &RepoPath,
        file: &Dockerfile,
        target: Option<String>,
        contents: Contents,
    ) -> Self {
        let stage = match &target {
            None => file.stages.last(),
            Some(target) => file.stages.iter().find(|stage| {
                stage.name.as_ref().is_some_and(|name| name.value.eq_ignore_ascii_case(target))
            }),
        };
        let span = stage.map(|stage| stage.from.span).unwrap_or_default();
        Self {
            dockerfile: path.clone(),
            context: None,
            is_context_said: false,
            target,
            contents,
            called: BTreeSet::new(),
            services: BTreeSet::new(),
            built_with: Vec::new(),
            contexts: BTreeSet::new(),
            name: String::new(),
            declared_at: Location { path: path.clone(), span },
            binaries: Vec::new(),
        }
    }

    pub(in super::super) fn at(&self, span: Span) -> Location {
        Location { path: self.dockerfile.clone(), span }
    }

    /// What its Dockerfile says by its own name, or by the nearest folder that says something.
    pub(super) fn named_by_path(&self) -> Option<String> {
        let name = self.dockerfile.file_name();
        let lower = name.to_ascii_lowercase();
        for word in ["dockerfile", "containerfile"] {
            let rest = match lower.strip_prefix(word) {
                Some(rest) => &name[name.len() - rest.len()..],
                None => lower.strip_suffix(word).map_or("", |rest| &name[..rest.len()]),
            };
            let rest = rest.trim_matches(['.', '-', '_']);
            if !rest.is_empty() && !is_generic(rest) {
                return Some(rest.to_owned());
            }
        }
        let folder = self.dockerfile.parent()?;
        let parts: Vec<&str> = folder.parts().collect();
        parts.into_iter().rev().find(|part| !is_generic(part)).map(str::to_owned)
    }

    pub(super) fn own_name(&self, has_siblings: bool) -> String {
        let mut services = self.services.iter();
        let only_service = services.next().filter(|_| services.next().is_none());
        let mut binaries = self.contents.binaries.iter().filter(|one| !one.name.is_empty());
        let only_binary = binaries.next().filter(|_| binaries.next().is_none()).map(|one| &one.name);
        let base = self.named_by_path();
        if has_siblings {
            let own = only_service.or(self.target.as_ref()).or(only_binary);
            if let Some(own) = own {
                return own.clone();
            }
        }
        let mut called = self.called.iter().map(|called| ImageName::read(called).last().to_owned());
        let only_called = called.next().filter(|_| called.next().is_none());
        let other = only_service.or(only_binary).or(self.target.as_ref()).cloned();
        base.or(only_called).or(other).unwrap_or_else(|| self.named_by_folder())
    }

    /// The nearest folder, whatever it is called.
    fn named_by_folder(&self) -> String {
        let folder = self.dockerfile.parent();
        let name =
            folder.as_ref().map(|folder| folder.file_name().trim_start_matches('.')).unwrap_or_default();
        if name.is_empty() { "root".to_owned() } else { name.to_owned() }
    }

    /// Every name by which it may be meant, in one spelling.
    pub(super) fn aliases(&self) -> BTreeSet<String> {
        let services = self.services.iter().map(|name| plain(name));
        self.own_aliases().into_iter().chain(services).chain([plain(&self.name)]).collect()
    }

    /// Those that it has by its folder, its target and what lands in it, whoever runs it.
    pub(super) fn own_aliases(&self) -> BTreeSet<String> {
        let binaries = self.contents.binaries.iter().map(|one| one.name.as_str());
        let path = self.named_by_path();
        let own = self.target.as_deref().into_iter().chain(path.as_deref());
        own.chain(binaries).filter(|name| !name.is_empty()).map(plain).collect()
    }
}
