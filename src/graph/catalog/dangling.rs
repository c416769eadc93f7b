//! References that lead nowhere, as far as a repository can know: what one catalog names may be described in another
//! repository. So a name is told only where it is nearly one that is described here, and a file only where it would
//! have to lie here.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Listing;
use crate::sources::catalog::{Entity, EntityKind, EntityName};
use crate::text::{Location, RepoPath, is_glob, nearest};

use super::force::Files;

/// How many references that mean nothing are compared with what there is.
const SUGGESTED: usize = 1_000;

/// How long a word is at least that can be misspelt: shorter ones are mostly other words.
const SHORTEST: usize = 4;

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangling {
    /// The entity that names it, as a position among all.
    pub by: usize,
    /// The field in which it stands.
    pub field: &'static str,
    /// As it is written, or as it is meant.
    pub written: String,
    /// Whether it names a file, and not an entity.
    pub is_file: bool,
    /// What is most likely meant.
    pub nearest: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// Where what is most likely meant is described.
    pub near: Option<Location>,
}

/// Finds what leads nowhere.
pub(super) fn find(
    kept: &[(&RepoPath, &Entity)],
    files: &Files<'_>,
    listing: &Listing,
    is_there: &dyn Fn(&RepoPath) -> bool,
) -> Vec<Dangling> {
    let known = Known::new(kept, files);
    let mut found = Vec::new();
    let mut room = SUGGESTED;
    for (by, (path, entity)) in kept.iter().enumerate() {
        let at = |span| Location { path: (*path).clone(), span };
        for reference in &entity.references {
            let Some(name) = reference.means(entity).filter(|name| !known.all.contains(name)) else {
                continue;
            };
            let near = known.near(&name, &mut room);
            found.extend(near.map(|(nearest, near)| Dangling {
                by,
                field: reference.field.word(),
                written: written(reference.kind.as_ref(), reference.namespace.as_deref(), &reference.name),
                is_file: false,
                nearest: Some(nearest),
                location: at(reference.span),
                near,
            }));
        }
        let lacks = |path: &RepoPath| !listing.contains(path.as_str()) && !is_there(path);
        let definition = entity.definition.iter().map(|one| ("definition", &one.written, &one.path));
        let targets = entity.targets.iter().filter(|_| !entity.is_optional);
        let targets = targets.map(|one| ("targets", &one.written, &one.path));
        for (field, text, file) in definition.chain(targets) {
            let Some(file) = file.as_ref().filter(|file| !is_glob(file.as_str()) && lacks(file)) else {
                continue;
            };
            found.push(Dangling {
                by,
                field,
                written: text.value.clone(),
                is_file: true,
                nearest: near_file(file, listing),
                location: at(text.span),
                near: None,
            });
        }
    }
    found
}

/// A reference in one line.
fn written(kind: Option<&EntityKind>, namespace: Option<&str>, name: &str) -> String {
    let kind = kind.map(|kind| format!("{}:", kind.word())).unwrap_or_default();
    let namespace = namespace.map(|namespace| format!("{namespace}/")).unwrap_or_default();
    format!("{kind}{namespace}{name}")
}

/// A file beside the one that is not there, with nearly its name.
fn near_file(file: &RepoPath, listing: &Listing) -> Option<String> {
    let folder = file.parent()?;
    let beside = listing.files_below(&folder).iter().filter(|one| one.parent().as_ref() == Some(&folder));
    nearest(file.file_name(), beside.map(RepoPath::file_name)).map(str::to_owned)
}

/// What is described in this repository.
struct Known<'k> {
    /// Everything that any file describes, in force or not.
    all: BTreeSet<EntityName>,
    /// The namespaces and names of each kind that is in force.
    by_kind: BTreeMap<&'k EntityKind, BTreeMap<(String, String), Location>>,
}

impl<'k> Known<'k> {
    fn new(kept: &[(&RepoPath, &'k Entity)], files: &Files<'_>) -> Self {
        let mut by_kind: BTreeMap<&EntityKind, BTreeMap<(String, String), Location>> = BTreeMap::new();
        for (path, entity) in kept {
            let location = Location { path: (*path).clone(), span: entity.name.span };
            let name = entity.identity();
            by_kind.entry(&entity.kind).or_default().insert((name.namespace, name.name), location);
        }
        Self { all: files.entities().map(Entity::identity).collect(), by_kind }
    }

    /// What a name that means nothing most likely means: one of the same kind and namespace that is spelt nearly so or
    /// does not say a word twice, or one of its very name in the only other namespace that has it.
    fn near(&self, name: &EntityName, room: &mut usize) -> Option<(String, Option<Location>)> {
        *room = room.checked_sub(1)?;
        let of_kind = self.by_kind.get(&name.kind)?;
        let own = || of_kind.keys().filter(|(namespace, _)| *namespace == name.namespace);
        let own_names = || own().map(|(_, name)| name.as_str());
        let once = without_doubled_words(&name.name);
        let found = own_names().find(|known| *known == once);
        let found =
            found.or_else(|| nearest(&name.name, own_names()).filter(|near| is_typo(&name.name, near)));
        let location =
            |namespace: &str, name: &str| of_kind.get(&(namespace.to_owned(), name.to_owned())).cloned();
        if let Some(near) = found {
            return Some((near.to_owned(), location(&name.namespace, near)));
        }
        let mut others = of_kind.keys().filter(|(_, other)| *other == name.name);
        let (namespace, other) = others.next().filter(|_| others.next().is_none())?;
        Some((format!("{}:{namespace}/{other}", name.kind.word()), location(namespace, other)))
    }
}

/// `apps-service-service` is `apps-service`.
fn without_doubled_words(name: &str) -> String {
    let mut words: Vec<&str> = name.split('-').collect();
    words.dedup();
    words.join("-")
}

/// Whether two names differ as a slip of the pen does: in one word of several letters, and not by a number, by which
/// people tell things apart.
fn is_typo(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split(['-', '_', '.']).map(str::to_owned).collect::<Vec<String>>();
    let (one, other) = (words(one), words(other));
    let differing: Vec<(&String, &String)> =
        one.iter().zip(&other).filter(|(one, other)| one != other).collect();
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    match differing.as_slice() {
        [(one_word, other_word)] if one.len() == other.len() => {
            let is_near = nearest(one_word, [other_word.as_str()]).is_some();
            is_near && one_word.chars().count() >= SHORTEST && digits(one_word) == digits(other_word)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_typo, without_doubled_words};

    #[test]
    fn a_slip_of_the_pen_is_no_other_thing() {
        assert!(is_typo("paymnets-api", "payments-api"));
        assert!(!is_typo("db-1", "db-2") && !is_typo("queue-eu1", "queue-eu2"));
        assert!(!is_typo("cart-api", "cart-ap-i") && !is_typo("web", "wed"));
        assert!(!is_typo("one-lighthouse-ci", "one-lighthouse-spa") && !is_typo("a-cart-web", "a-cart-api"));
        assert_eq!(without_doubled_words("a-service-service"), "a-service");
    }
}
