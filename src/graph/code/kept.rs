//! What packages said in an earlier run: nothing of a package is followed again as long as its sources, and those of
//! the packages that it looks into, are the same.
//!
//! Invariant: what is kept has a name that is made of all that it depends on: the sources, what manifests say of the
//! package, and what is asked. A package whose sources lie elsewhere too is not kept.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::snapshot::{Cache, ContentKey};

use super::Question;
use super::packages::TargetKind;
use super::said::{Locals, Said};
use super::sources::Sources;

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The packages of which globs take everything, by their places among the locals.
    globbed: Vec<usize>,
    /// What names the sources of all other packages that were looked into.
    others: [u8; 32],
    /// What each target says.
    said: Vec<Said>,
}

impl Kept {
    /// The packages that are looked into besides: those of which globs take everything, and those that are opened.
    fn others(&self, locals: &Locals, question: &Question<'_>) -> BTreeSet<usize> {
        looked_into(self.globbed.iter().filter_map(|place| locals.package(*place)), locals, question)
    }
}

fn looked_into(
    globbed: impl Iterator<Item = usize>,
    locals: &Locals,
    question: &Question<'_>,
) -> BTreeSet<usize> {
    let opened = locals.all().filter(|package| question.wanted.opened.contains(package));
    globbed.chain(opened).filter(|package| *package != locals.own()).collect()
}

/// What is known of packages from an earlier run.
pub(super) fn known(
    asked: &BTreeSet<usize>,
    question: &Question<'_>,
    sources: &mut Sources<'_>,
    cache: &Cache,
) -> BTreeMap<usize, Vec<Said>> {
    if cache.file().is_none() {
        return BTreeMap::new();
    }
    sources.name(asked.iter().flat_map(|at| question.files[*at].iter().copied()));
    let found = |at: &usize| {
        let locals = question.locals(*at);
        let kept: Kept = postcard::from_bytes(&cache.get(&key(*at, &locals, question, sources))?).ok()?;
        let is_sound = kept.said.len() == question.targets(*at).len()
            && kept.said.iter().all(|said| said.is_sound(&locals));
        is_sound.then_some((*at, locals, kept))
    };
    let kept: Vec<(usize, Locals, Kept)> = asked.par_iter().filter_map(found).collect();
    let others: BTreeSet<usize> =
        kept.iter().flat_map(|(_, locals, kept)| kept.others(locals, question)).collect();
    sources.name(others.iter().flat_map(|at| question.files[*at].iter().copied()));
    let is_as_before = |(_, locals, kept): &(usize, Locals, Kept)| {
        digest_of(&kept.others(locals, question), question, sources) == kept.others
    };
    let known: BTreeMap<usize, Vec<Said>> =
        kept.into_iter().filter(is_as_before).map(|(at, _, kept)| (at, kept.said)).collect();
    for at in known.keys() {
        sources.are_known(&question.files[*at]);
    }
    known
}

/// Keeps what a package says for the next run.
pub(super) fn keep(
    locals: &Locals,
    globbed: &BTreeSet<usize>,
    said: Vec<Said>,
    (question, sources): (&Question<'_>, &mut Sources<'_>),
    cache: &Cache,
) -> Vec<Said> {
    let others = looked_into(globbed.iter().copied(), locals, question);
    sources.name(others.iter().flat_map(|at| question.files[*at].iter().copied()));
    let kept = Kept {
        globbed: globbed.iter().filter_map(|package| locals.place(*package)).collect(),
        others: digest_of(&others, question, sources),
        said,
    };
    cache.put(key(locals.own(), locals, question, sources), || postcard::to_stdvec(&kept).ok());
    kept.said
}

/// What names everything by which packages are looked into.
fn digest_of(packages: &BTreeSet<usize>, question: &Question<'_>, sources: &Sources<'_>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for at in packages {
        add_package(&mut hasher, *at, &question.locals(*at), question);
        hasher.update(sources.digest(&question.files[*at]));
    }
    hasher.finalize().into()
}

/// What names all that the answer of a package depends on, apart from what it looks into.
fn key(at: usize, locals: &Locals, question: &Question<'_>, sources: &Sources<'_>) -> ContentKey {
    let mut hasher = Sha256::new();
    add_package(&mut hasher, at, locals, question);
    for other in locals.all() {
        let is_opened = question.wanted.opened.contains(&other);
        hasher.update([u8::from(is_opened), u8::from(question.is_wanted(at, other))]);
    }
    hasher.update(sources.digest(&question.files[at]));
    ContentKey::of_digest(hasher.finalize().into())
}

/// What manifests say of a package that matters for what its sources mean.
fn add_package(hasher: &mut Sha256, at: usize, locals: &Locals, question: &Question<'_>) {
    let package = &question.cargo.packages[at];
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(package.folder.as_str());
    add(&package.edition);
    add(package.library.as_ref().map_or("", |library| &library.name));
    for target in question.targets(at) {
        add(match target.kind {
            TargetKind::Library => "library",
            TargetKind::Binary(_) => "binary",
            TargetKind::Test => "test",
            TargetKind::Build => "build",
        });
        add(target.root.as_str());
    }
    for dependency in &package.dependencies {
        let Some(to) = dependency.target else { continue };
        add(question.cargo.packages[to].library.as_ref().map_or("", |library| &library.name));
        add(dependency.rename.as_deref().unwrap_or_default());
        add(&format!("{:?} {:?}", dependency.section, locals.place(to)));
    }
}
