//! What a target says: its modules, and what they refer to, apart from the tree by which that was found out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text::{Location, RepoPath, Span};

use super::gather::{Ends, Referred};
use super::names::To;
use super::packages::Target;
use super::tree::{Name, Names, Tree};

/// One target, and what it says.
pub(super) struct ReadTarget {
    pub(super) target: Target,
    /// The packages that it says something of.
    pub(super) locals: Locals,
    pub(super) said: Said,
}

/// A package, and then those that it depends on: by their places here it says something of them.
#[derive(Debug, Clone)]
pub(super) struct Locals(Vec<usize>);

/// What a target says.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    /// The files that places are in.
    #[serde(with = "as_texts")]
    files: Vec<RepoPath>,
    /// The first is the root.
    pub(super) modules: Vec<SaidModule>,
    pub(super) refers: Vec<Refers>,
}

/// A module.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SaidModule {
    /// The module around it; the root's own is itself.
    pub(super) parent: usize,
    pub(super) name: String,
    /// Its file; the first, where a condition decides between several.
    pub(super) file: u32,
    pub(super) declared_at: Place,
    /// The `cfg` that it depends on, also by what is around it.
    pub(super) condition: Option<String>,
    /// Whether it is compiled for tests only.
    pub(super) is_test: bool,
}

/// What a module refers to, once for each end.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refers {
    pub(super) module: usize,
    pub(super) aim: Aim,
    /// Whether that is there for tests only.
    pub(super) is_test: bool,
    /// By the name of the item, every place, in order.
    pub(super) items: Vec<(String, Vec<Place>)>,
    /// Links in documentation.
    pub(super) in_docs: usize,
    /// The module in which what is referred to was looked up, where that is known.
    pub(super) through: Option<usize>,
}

/// Where references lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Aim {
    /// Another module of the same target.
    Module(usize),
    /// Another package, by its place among the locals, and where in its library, if that is opened and shows it.
    Package { local: usize, inside: Option<Inside> },
}

/// A place in an opened library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Inside {
    /// The module that defines what is referred to.
    pub(super) module: usize,
    /// The one in which it is looked up.
    pub(super) door: Option<usize>,
}

/// Some bytes of one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) file: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Locals {
    /// Of a package and what it depends on.
    pub(super) fn new(package: usize, others: impl Iterator<Item = usize>) -> Self {
        let mut locals = vec![package];
        for other in others {
            if !locals.contains(&other) {
                locals.push(other);
            }
        }
        Self(locals)
    }

    pub(super) fn own(&self) -> usize {
        self.0.first().copied().unwrap_or(usize::MAX)
    }

    /// Where a package is among them.
    pub(super) fn place(&self, package: usize) -> Option<usize> {
        self.0.iter().position(|known| *known == package)
    }

    pub(super) fn package(&self, place: usize) -> Option<usize> {
        self.0.get(place).copied()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = usize> {
        self.0.iter().copied()
    }
}

impl Said {
    /// `inside` is asked where words behind a package's name lead to.
    pub(super) fn new(
        tree: &Tree,
        names: &Names,
        locals: &Locals,
        found: BTreeMap<Ends, Referred>,
        inside: &dyn Fn(usize, &[Name]) -> Option<Inside>,
    ) -> Self {
        let mut files: Vec<RepoPath> = tree.parts.iter().map(|part| part.path.clone()).collect();
        let mut places: BTreeMap<RepoPath, u32> = files.iter().cloned().zip(0..).collect();
        let mut file = |path: &RepoPath| {
            *places.entry(path.clone()).or_insert_with(|| {
                files.push(path.clone());
                u32::try_from(files.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let modules = tree.modules.iter().map(|module| SaidModule {
            parent: module.parent,
            name: names.text(module.name).to_owned(),
            file: file(&module.file),
            declared_at: Place {
                file: file(&module.declared_at.path),
                start: module.declared_at.span.start,
                end: module.declared_at.span.end,
            },
            condition: module.condition.as_deref().map(str::to_owned),
            is_test: module.is_test,
        });
        let modules = modules.collect();
        let mut refers: BTreeMap<(usize, Aim, bool, Option<usize>), Referred> = BTreeMap::new();
        for ((module, to, is_test, through), referred) in found {
            let aim = match to {
                To::Module(other) | To::Item(other, _) => Aim::Module(other),
                To::Package(package, words) => match locals.place(package) {
                    Some(local) => Aim::Package { local, inside: inside(package, &words) },
                    None => continue,
                },
                To::Elsewhere => continue,
            };
            refers.entry((module, aim, is_test, through)).or_default().add(referred);
        }
        let refers = refers.into_iter().map(|((module, aim, is_test, through), referred)| {
            let items = referred.items.into_iter().map(|(name, mut places)| {
                places.sort_unstable();
                places.dedup();
                (name, places)
            });
            Refers { module, aim, is_test, items: items.collect(), in_docs: referred.in_docs, through }
        });
        let refers = refers.collect();
        Self { files, modules, refers }
    }

    pub(super) fn file(&self, file: u32) -> RepoPath {
        self.files.get(file as usize).cloned().unwrap_or_else(RepoPath::root)
    }

    pub(super) fn location(&self, place: Place) -> Location {
        let span = Span::new(place.start as usize..place.end as usize);
        Location { path: self.file(place.file), span }
    }

    /// Whether everything that is meant by its place is there: what is kept may have been written by anybody.
    pub(super) fn is_sound(&self, locals: &Locals) -> bool {
        let is_file = |file: u32| (file as usize) < self.files.len();
        let is_module = |module: usize| module < self.modules.len();
        let is_aim = |aim: Aim| match aim {
            Aim::Module(module) => is_module(module),
            Aim::Package { local, .. } => locals.package(local).is_some(),
        };
        let is_place = |place: &Place| is_file(place.file) && place.start <= place.end;
        !self.modules.is_empty()
            && self.modules.iter().enumerate().all(|(at, module)| {
                (module.parent < at || at == 0 && module.parent == 0)
                    && is_file(module.file)
                    && is_place(&module.declared_at)
            })
            && self.refers.iter().all(|refers| {
                is_module(refers.module)
                    && is_aim(refers.aim)
                    && refers.through.iter().all(|module| is_module(*module))
                    && refers.items.iter().all(|(_, places)| places.iter().all(is_place))
            })
    }
}

/// Paths as texts.
mod as_texts {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::text::RepoPath;

    pub(super) fn serialize<S: Serializer>(paths: &[RepoPath], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(RepoPath::as_str))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<RepoPath>, D::Error> {
        let texts: Vec<&'d str> = Vec::deserialize(deserializer)?;
        let paths = texts.into_iter().map(|text| {
            let path = RepoPath::new(text).filter(|path| path.as_str() == text);
            path.ok_or_else(|| serde::de::Error::custom("no path of the repository"))
        });
        paths.collect()
    }
}
