//! What images are built on, and with what.

use std::collections::BTreeMap;

use crate::sources::dockerfile::BaseUse;
use crate::text::{Location, RepoPath};

use super::super::CouplingKind;
use super::End;
use super::drafts::Drafting;
use super::model::Resolved;
use super::names::{is_generic, is_manifest};

impl Drafting<'_> {
    /// Images that are built on others.
    pub(super) fn build_with(&mut self) {
        for at in 0..self.images.all.len() {
            let own = End::Draft(self.of_image[at]);
            for (other, how, place) in self.images.built_on(at) {
                let base = End::Draft(self.of_image[other]);
                self.link(own, base, CouplingKind::Build, vec![place]);
                // What stands on an image ships all that is in it.
                if how == BaseUse::From {
                    self.drafts[self.of_image[at].0].runs.push(base);
                }
            }
            for (running, service) in self.images.all[at].built_with.clone() {
                let Resolved::To(found) = self.stage.named(running, &service.value) else { continue };
                for other in found {
                    if let Some(image) = self.images.of_build(other, 0) {
                        let to = End::Draft(self.of_image[image]);
                        self.link(own, to, CouplingKind::Build, service.places.clone());
                    }
                }
            }
        }
    }

    /// Images that copy what lies in the folder of something else. What a binary is built with is told by its
    /// package, and by what the Dockerfile copies of it.
    pub(super) fn build_from_folders(&mut self) {
        let folders = self.folders();
        for at in 0..self.images.all.len() {
            let image = &self.images.all[at];
            let Some(context) = image.context.clone() else { continue };
            let own = image.dockerfile.parent().unwrap_or_else(RepoPath::root);
            let copies: Vec<(RepoPath, Location)> = image
                .contents
                .copies
                .iter()
                .filter(|copy| !copy.is_plan_only && !is_manifest(&copy.path.value))
                .filter_map(|copy| Some((context.join(&copy.path.value)?, image.at(copy.path.span))))
                .collect();
            let is_rust = !image.binaries.is_empty();
            for (path, place) in copies {
                let mut around = path.with_ancestors().filter(|folder| !folder.is_empty());
                let Some((folder, ends)) = around.find_map(|folder| folders.get_key_value(folder)) else {
                    continue;
                };
                // Where several images lie in one folder, it is not the folder of one of them.
                let [end] = ends.as_slice() else { continue };
                let is_own = RepoPath::new(folder)
                    .is_none_or(|folder| own.is_within(&folder) || folder.is_within(&own));
                let is_told_by_packages = || {
                    let mut packages = self.cargo.packages.iter().map(|package| &package.folder);
                    packages.any(|package| package.is_within(&path) || path.is_within(package))
                };
                if !is_own && (!is_rust || !is_told_by_packages()) {
                    let from = End::Draft(self.of_image[at]);
                    self.link(from, *end, CouplingKind::Build, vec![place]);
                }
            }
        }
    }

    /// The folders that are those of one thing: of an image, or else of a package.
    fn folders(&self) -> BTreeMap<String, Vec<End>> {
        let mut folders: BTreeMap<String, Vec<End>> = BTreeMap::new();
        for (at, image) in self.images.all.iter().enumerate() {
            let folder = image.dockerfile.parent().filter(|folder| !is_generic(folder.file_name()));
            if let Some(folder) = folder.filter(|folder| !folder.as_str().is_empty()) {
                folders.entry(folder.as_str().to_owned()).or_default().push(End::Draft(self.of_image[at]));
            }
        }
        for (at, package) in self.cargo.packages.iter().enumerate() {
            let folder = package.folder.as_str();
            if !folder.is_empty() && !folders.contains_key(folder) {
                folders.entry(folder.to_owned()).or_default().push(End::Package(at));
            }
        }
        folders
    }
}
