//! Which image a name means.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::addresses::Store;

use super::super::model::Running;
use super::super::names::{ImageName, is_public, plain};
use super::binaries::programs;
use super::{Image, Images};

/// Which image a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Meant {
    One(usize),
    Several(BTreeSet<usize>),
    None,
}

/// By which names images may be meant.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// By what they are called where they are built, without tag and digest.
    full: BTreeMap<String, BTreeSet<usize>>,
    /// The same without the registry.
    repository: BTreeMap<String, BTreeSet<usize>>,
    /// By the last part of it.
    last: BTreeMap<String, BTreeSet<usize>>,
    /// By their folders, targets and binaries.
    own: BTreeMap<String, BTreeSet<usize>>,
    /// By those, and by the services that they are built for.
    alias: BTreeMap<String, BTreeSet<usize>>,
    /// The aliases of each.
    aliases: Vec<BTreeSet<String>>,
}

impl Names {
    fn of(images: &[Image]) -> Self {
        let mut names = Self::default();
        let add = |map: &mut BTreeMap<String, BTreeSet<usize>>, name: String, at: usize| {
            map.entry(name).or_default().insert(at);
        };
        for (at, image) in images.iter().enumerate() {
            for called in &image.called {
                let name = ImageName::read(called);
                add(&mut names.full, name.full().to_owned(), at);
                add(&mut names.repository, name.repository().to_owned(), at);
                add(&mut names.last, plain(name.last()), at);
            }
            image.own_aliases().into_iter().for_each(|alias| add(&mut names.own, alias, at));
            let aliases = image.aliases();
            aliases.iter().for_each(|alias| add(&mut names.alias, alias.clone(), at));
            names.aliases.push(aliases);
        }
        names
    }
}

fn get(map: &BTreeMap<String, BTreeSet<usize>>, name: &str) -> BTreeSet<usize> {
    map.get(name).cloned().unwrap_or_default()
}

impl Images {
    /// Names each image, and notes by which names it may be meant.
    fn name(&mut self) {
        let mut siblings: BTreeMap<&str, usize> = BTreeMap::new();
        for image in &self.all {
            *siblings.entry(image.dockerfile.as_str()).or_default() += 1;
        }
        let has_siblings =
            |image: &Image| siblings.get(image.dockerfile.as_str()).is_some_and(|count| *count > 1);
        let names: Vec<String> = self.all.iter().map(|image| image.own_name(has_siblings(image))).collect();
        self.all.iter_mut().zip(names).for_each(|(image, name)| image.name = name);
        self.names = Names::of(&self.all);
    }

    /// What images are called by those that run them: a name that nothing else explains, on a service whose
    /// command starts a binary that lands in one image alone.
    pub(super) fn learn_names(&mut self, running: &[Running]) {
        self.name();
        let mut learnt = Vec::new();
        for one in running.iter().filter(|one| one.builds.is_empty()) {
            let [image] = one.images.as_slice() else { continue };
            if is_public(&image.value) || self.meant(&image.value, &one.name) != Meant::None {
                continue;
            }
            let programs = programs(&one.commands);
            let ships =
                |image: &Image| image.contents.binaries.iter().any(|binary| programs.contains(&binary.name));
            let mut shipping = (0..self.all.len()).filter(|at| ships(&self.all[*at]));
            if let (Some(at), None) = (shipping.next(), shipping.next()) {
                learnt.push((at, image.value.clone()));
            }
        }
        if !learnt.is_empty() {
            learnt.into_iter().for_each(|(at, called)| {
                self.all[at].called.insert(called);
            });
            self.name();
        }
    }

    /// Which image of the repository a name means to a service of some name.
    pub(in super::super) fn meant(&self, written: &str, service: &str) -> Meant {
        let is_called = |at: &usize| self.all[*at].called.contains(written);
        let name = ImageName::read(written);
        let same = get(&self.names.repository, name.repository());
        let called: BTreeSet<usize> = same.iter().copied().filter(is_called).collect();
        for candidates in [called, same] {
            match self.narrowed(candidates, &name, service) {
                Meant::None => {}
                found => return found,
            }
        }
        if is_public(written) || Store::of_image(written).is_some() {
            return Meant::None;
        }
        let alias = plain(name.last());
        let tries = [&self.names.last, &self.names.alias].map(|map| get(map, &alias));
        let tries = tries.into_iter().chain([get(&self.names.alias, without_version(&alias))]);
        self.first(tries, &name, service)
    }

    /// Which image of the repository another one stands on. A name of somebody else's registry is not enough:
    /// many images are built on public ones of their name.
    pub(super) fn meant_as_base(&self, written: &str) -> Meant {
        let name = ImageName::read(written);
        match self.narrowed(get(&self.names.full, name.full()), &name, "") {
            Meant::None if is_public(written) || Store::of_image(written).is_some() => Meant::None,
            Meant::None => {
                let alias = plain(name.last());
                let tries =
                    [alias.as_str(), without_version(&alias)].map(|alias| get(&self.names.own, alias));
                self.first(tries.into_iter(), &name, "")
            }
            found => found,
        }
    }

    /// What the first candidates mean of which any is there.
    fn first(
        &self,
        tries: impl Iterator<Item = BTreeSet<usize>>,
        name: &ImageName<'_>,
        service: &str,
    ) -> Meant {
        let mut found = tries.map(|candidates| self.narrowed(candidates, name, service));
        found.find(|meant| *meant != Meant::None).unwrap_or(Meant::None)
    }

    /// One of several candidates, if the tag or the name of the service tells which.
    fn narrowed(&self, candidates: BTreeSet<usize>, name: &ImageName<'_>, service: &str) -> Meant {
        let mut each = candidates.iter();
        match (each.next(), each.next()) {
            (None, _) => return Meant::None,
            (Some(one), None) => return Meant::One(*one),
            _ => {}
        }
        let service_alias = plain(service);
        let ends_alike = |at: &usize| {
            let last =
                |tag: Option<&str>| tag.and_then(|tag| tag.rsplit_once('-')).map(|(_, last)| last.to_owned());
            let own = last(name.tag());
            own.is_some()
                && self.all[*at].called.iter().any(|called| last(ImageName::read(called).tag()) == own)
        };
        let is_for = |at: &usize| self.all[*at].services.contains(service);
        let is_named = |at: &usize| self.names.aliases[*at].contains(&service_alias);
        let tests: [&dyn Fn(&usize) -> bool; 3] = [&ends_alike, &is_for, &is_named];
        for test in tests {
            let left: Vec<usize> = candidates.iter().copied().filter(|at| test(at)).collect();
            if let [one] = left.as_slice() {
                return Meant::One(*one);
            }
        }
        Meant::Several(candidates)
    }
}

/// `compute-node-v17` as `compute-node`.
fn without_version(name: &str) -> &str {
    match name.rsplit_once("-v") {
        Some((name, version)) if !version.is_empty() && version.bytes().all(|one| one.is_ascii_digit()) => {
            name
        }
        _ => name,
    }
}
