//! What is called otherwise at a later moment: features, units and their folders.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{CouplingGraph, Unit, UnitId};

use super::FeatureMap;

/// The names that changed between two moments.
///
/// A name counts only if it meant nothing of its sort before, and what it was before means nothing now:
/// what is exchanged or used again is not the same.
#[derive(Debug, Default)]
pub struct Renamed {
    /// What was told otherwise, by how it is told now, and the other way round.
    former: Words,
    later: Words,
}

/// Words, and what to say instead of each.
#[derive(Debug, Default)]
struct Words {
    features: BTreeMap<String, String>,
    /// Names, with their kind and without.
    units: BTreeMap<String, String>,
    paths: BTreeMap<String, String>,
}

/// What a unit is named by, besides its kind.
type NamesOf = fn(&Unit) -> [&str; 2];

impl Renamed {
    /// Compares two moments. `is_now` says which unit of the later one each of the earlier ones is.
    pub fn new(
        (earlier, before): (&CouplingGraph, &FeatureMap),
        (later, now): (&CouplingGraph, &FeatureMap),
        is_now: &[Option<UnitId>],
    ) -> Self {
        let is_now = |unit: UnitId| is_now.get(unit.index()).copied().flatten();
        let same: Vec<(UnitId, UnitId)> =
            earlier.units().filter_map(|(was, _)| Some((was, is_now(was)?))).collect();
        let mut renamed = Self::default();
        for (was, is) in features(before, now, &same) {
            renamed.former.features.insert(is.clone(), was.clone());
            renamed.later.features.insert(was, is);
        }
        // A bare name is a feature's before it is a unit's.
        let is_feature =
            |map: &FeatureMap, name: &str| map.features.iter().any(|feature| feature.name == name);
        let names: NamesOf = |unit| [&unit.name, &unit.short_name];
        for (was, is) in changed(earlier, later, &same, names) {
            if !is_feature(before, was) && !is_feature(now, is) {
                renamed.former.units.insert(is.to_owned(), was.to_owned());
                renamed.later.units.insert(was.to_owned(), is.to_owned());
            }
        }
        let paths: NamesOf = |unit| [unit.path.as_str(); 2];
        for (was, is) in changed(earlier, later, &same, paths) {
            renamed.former.paths.insert(is.to_owned(), was.to_owned());
            renamed.later.paths.insert(was.to_owned(), is.to_owned());
        }
        // With its kind, a unit is named exactly.
        for (was, is) in same {
            let (was, is) = (earlier.unit(was).identity(), later.unit(is).identity());
            if was != is {
                renamed.former.units.insert(is.clone(), was.clone());
                renamed.later.units.insert(was, is);
            }
        }
        renamed
    }

    /// What a feature was called.
    pub fn feature_was<'n>(&'n self, name: &'n str) -> &'n str {
        self.former.features.get(name).map_or(name, String::as_str)
    }

    /// A text of the later moment in the words of the earlier one.
    pub fn told_before(&self, text: &str) -> String {
        self.former.retold(text)
    }

    /// A text of the earlier moment in the words of the later one.
    pub fn told_now(&self, text: &str) -> String {
        self.later.retold(text)
    }
}

impl Words {
    /// A text with words exchanged. Names, paths and globs are words; what stands around them is not.
    fn retold(&self, text: &str) -> String {
        if let Some(word) = self.instead_of(text) {
            return word;
        }
        let is_around = |character: char| character.is_whitespace() || "`\"',;()[]{}".contains(character);
        let told = text.split_inclusive(is_around).map(|part| {
            let word = part.trim_end_matches(is_around);
            let rest = &part[word.len()..];
            format!("{}{rest}", self.instead_of(word).as_deref().unwrap_or(word))
        });
        told.collect()
    }

    fn instead_of(&self, word: &str) -> Option<String> {
        match word.split_once(':') {
            Some(("feature", name)) => self.features.get(name).map(|name| format!("feature:{name}")),
            Some(("path", path)) => self.paths.get(path).map(|path| format!("path:{path}")),
            Some(_) => self.units.get(word).cloned(),
            None => {
                let all = [&self.features, &self.units, &self.paths];
                all.into_iter().find_map(|words| words.get(word)).cloned()
            }
        }
    }
}

/// The names of units that are others now, and mean only one thing on either side.
fn changed<'g>(
    earlier: &'g CouplingGraph,
    later: &'g CouplingGraph,
    same: &[(UnitId, UnitId)],
    names: NamesOf,
) -> BTreeSet<(&'g str, &'g str)> {
    let all = |graph: &'g CouplingGraph| -> BTreeSet<&str> {
        graph.units().flat_map(|(_, unit)| names(unit)).collect()
    };
    let (known, left) = (all(earlier), all(later));
    let pairs =
        same.iter().flat_map(|(was, is)| names(earlier.unit(*was)).into_iter().zip(names(later.unit(*is))));
    let pairs: BTreeSet<(&str, &str)> =
        pairs.filter(|(was, is)| !known.contains(is) && !left.contains(was)).collect();
    let count = |name: fn(&(&'g str, &'g str)) -> &'g str| {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        pairs.iter().for_each(|pair| *count.entry(name(pair)).or_default() += 1);
        count
    };
    let (of_was, of_is) = (count(|pair| pair.0), count(|pair| pair.1));
    pairs.iter().copied().filter(|(was, is)| of_was[was] == 1 && of_is[is] == 1).collect()
}

/// Features that are called otherwise now: what they had before belonged to one feature that is no more.
/// What they took from others besides has moved.
fn features(before: &FeatureMap, now: &FeatureMap, same: &[(UnitId, UnitId)]) -> Vec<(String, String)> {
    fn has(map: &FeatureMap, name: &str) -> bool {
        map.features.iter().any(|feature| feature.name == name)
    }
    let mut former: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (was, is) in same {
        if let (Some(was), Some(is)) = (before.feature_of(*was), now.feature_of(*is)) {
            former.entry(&now.feature(is).name).or_default().insert(&before.feature(was).name);
        }
    }
    let renamed = former.into_iter().filter_map(|(name, former)| {
        let mut lost = former.into_iter().filter(|former| !has(now, former));
        let (only, more) = (lost.next()?, lost.next());
        (more.is_none() && !has(before, name)).then(|| (only.to_owned(), name.to_owned()))
    });
    renamed.collect()
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn words_are_exchanged_whole_and_at_once() {
        let words = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
        };
        let words = Words {
            features: words(&[("a", "b"), ("b", "a")]),
            units: words(&[("a", "u"), ("package:a", "package:v"), ("package:c", "package:c (x/c)")]),
            paths: words(&[("x/y", "z")]),
        };
        for (before, after) in [
            ("`a` -> `b`", "`b` -> `a`"),
            ("package:a, feature:a, ab, a-b, a/b, x/y, x", "package:v, feature:b, ab, a-b, a/b, z, x"),
            ("package:c", "package:c (x/c)"),
            ("path:x/y a", "path:z b"),
            ("", ""),
        ] {
            assert_eq!(words.retold(before), after);
        }
    }
}
