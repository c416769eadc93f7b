//! What a change of `Cargo.lock` means to each member: whether what is locked for it is another.
//!
//! The file names no Cargo features: what a new version of a third-party crate asks of others is not seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::graph::cargo::CargoPackage;
use crate::sources::cargo::{LockFile, LockedPackage, Section};

/// A lock file, with whom each package depends on.
pub(super) struct Locked {
    packages: Vec<LockedPackage>,
    needs: Vec<Vec<usize>>,
    needed_by: Vec<Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
}

/// What distinguishes one locked package from another.
type Identity<'l> = (&'l str, &'l str, Option<&'l str>, Option<&'l str>);

/// For each locked package whether it leads to another that is marked, and by which step.
pub(super) struct Marked {
    /// The next step; itself, where it is marked.
    next: Vec<Option<usize>>,
}

impl Locked {
    pub(super) fn new(file: LockFile) -> Self {
        let packages = file.packages;
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, package) in packages.iter().enumerate() {
            by_name.entry(package.name.clone()).or_default().push(at);
        }
        let mut locked =
            Self { needs: Vec::new(), needed_by: vec![Vec::new(); packages.len()], packages, by_name };
        for at in 0..locked.packages.len() {
            let needs = locked.packages[at].dependencies.iter().flat_map(|written| locked.named(written));
            let needs: BTreeSet<usize> = needs.collect();
            needs.iter().for_each(|to| locked.needed_by[*to].push(at));
            locked.needs.push(needs.into_iter().collect());
        }
        locked
    }

    /// What an entry of `dependencies` means: `name`, `name version` or `name version (source)`.
    fn named(&self, written: &str) -> Vec<usize> {
        let mut parts = written.splitn(3, ' ');
        let name = parts.next().unwrap_or_default();
        let (version, source) = (parts.next(), parts.next());
        let source = source.map(|source| source.trim_matches(['(', ')']));
        let is_it = |at: &&usize| {
            let package = &self.packages[**at];
            version.is_none_or(|version| package.version == version)
                && source.is_none_or(|source| package.source.as_deref() == Some(source))
        };
        self.by_name.get(name).into_iter().flatten().filter(is_it).copied().collect()
    }

    fn identity(&self, at: usize) -> Identity<'_> {
        let package = &self.packages[at];
        (&package.name, &package.version, package.source.as_deref(), package.checksum.as_deref())
    }

    fn is_third_party(&self, at: usize) -> bool {
        self.packages[at].is_third_party()
    }

    /// The entry of a package of the repository.
    fn entry_of(&self, package: &CargoPackage) -> Option<usize> {
        let of_name = self.by_name.get(&package.name.value)?.iter().copied();
        let own: Vec<usize> = of_name.filter(|at| !self.is_third_party(*at)).collect();
        let version = package.version.to_string();
        let exact = own.iter().find(|at| self.packages[**at].version == version);
        exact.or(own.first().filter(|_| own.len() == 1)).copied()
    }

    /// The third-party crates of a name.
    pub(super) fn third_party(&self, name: &str) -> impl Iterator<Item = usize> {
        let found = self.by_name.get(name).into_iter().flatten().copied();
        found.filter(|at| self.is_third_party(*at))
    }

    /// Everything that some third-party crates depend on, themselves included.
    pub(super) fn closure(&self, start: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let (mut seen, mut pending) = (BTreeSet::new(), start.into_iter().collect::<Vec<_>>());
        while let Some(next) = pending.pop().filter(|next| self.is_third_party(*next)) {
            if seen.insert(next) {
                pending.extend(self.needs[next].iter().filter(|at| self.is_third_party(**at)));
            }
        }
        seen
    }

    /// The third-party crates that are not locked so, or not with the same dependencies, in another file.
    pub(super) fn changed_since(&self, before: &Self) -> BTreeSet<usize> {
        let mut known: HashMap<Identity<'_>, BTreeSet<Identity<'_>>> = HashMap::new();
        for at in 0..before.packages.len() {
            known.insert(before.identity(at), before.needs_of(at));
        }
        // What needs something new leads to that anyway.
        let needs_otherwise = |now: &BTreeSet<Identity<'_>>, was: &BTreeSet<Identity<'_>>| {
            let mut new = now.difference(was).peekable();
            let is_less = new.peek().is_none() && now.len() < was.len();
            is_less || new.any(|one| known.contains_key(one))
        };
        let is_changed = |at: &usize| match known.get(&self.identity(*at)) {
            None => true,
            Some(was) => needs_otherwise(&self.needs_of(*at), was),
        };
        (0..self.packages.len()).filter(|at| self.is_third_party(*at)).filter(is_changed).collect()
    }

    fn needs_of(&self, at: usize) -> BTreeSet<Identity<'_>> {
        self.needs[at].iter().map(|to| self.identity(*to)).collect()
    }

    /// Which third-party crates lead to marked ones, over third-party crates alone: what the repository's own
    /// packages hand on is told by how they are built.
    pub(super) fn marked(&self, marked: &BTreeSet<usize>) -> Marked {
        let mut next = vec![None; self.packages.len()];
        let mut pending: Vec<usize> = marked.iter().copied().collect();
        marked.iter().for_each(|at| next[*at] = Some(*at));
        let mut first = 0;
        while let Some(at) = pending.get(first).copied() {
            first += 1;
            for from in &self.needed_by[at] {
                if next[*from].is_none() && self.is_third_party(*from) {
                    next[*from] = Some(at);
                    pending.push(*from);
                }
            }
        }
        Marked { next }
    }

    /// The third-party crates that a package of the repository needs itself, and whether only its tests do.
    pub(super) fn needs_of_member(&self, package: &CargoPackage) -> Vec<(usize, bool)> {
        let Some(entry) = self.entry_of(package) else { return Vec::new() };
        let mut sections: BTreeMap<&str, bool> = BTreeMap::new();
        for dependency in &package.dependencies {
            let is_dev = dependency.section == Section::Dev;
            *sections.entry(&dependency.package).or_insert(is_dev) &= is_dev;
        }
        let is_dev = |at: usize| sections.get(self.packages[at].name.as_str()).copied().unwrap_or(false);
        let needs = self.needs[entry].iter().filter(|at| self.is_third_party(**at));
        needs.map(|at| (*at, is_dev(*at))).collect()
    }

    /// The name of a crate, and its version where it has several.
    pub(super) fn shown(&self, at: usize) -> String {
        let package = &self.packages[at];
        format!("`{}` {}", package.name, package.version)
    }

    pub(super) fn name(&self, at: usize) -> &str {
        &self.packages[at].name
    }

    /// The versions that a name is locked to.
    fn versions(&self, name: &str) -> String {
        let found = self.by_name.get(name).into_iter().flatten();
        let mut versions: Vec<&str> = found.map(|at| self.packages[*at].version.as_str()).collect();
        versions.sort_unstable();
        versions.join(", ")
    }

    /// What is locked otherwise than before, in words: `serde` 1.0.1 → 1.0.2.
    pub(super) fn told(&self, at: usize, before: &Self) -> String {
        let package = &self.packages[at];
        match before.versions(&package.name) {
            versions if versions.is_empty() => format!("{} is new", self.shown(at)),
            versions if versions.split(", ").any(|version| version == package.version) => {
                format!("{} is locked otherwise", self.shown(at))
            }
            versions => format!("`{}` {versions} -> {}", package.name, package.version),
        }
    }
}

impl Marked {
    pub(super) fn leads(&self, at: usize) -> bool {
        self.next[at].is_some()
    }

    /// The marked one that it leads to; itself, if it is.
    pub(super) fn end(&self, at: usize) -> usize {
        let mut current = at;
        while let Some(next) = self.next[current].filter(|next| *next != current) {
            current = next;
        }
        current
    }
}
