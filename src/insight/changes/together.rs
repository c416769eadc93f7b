//! What changes in the same commits, and what ties it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::features::{ChangedTogether, ChangesSection, FeatureId, FeatureMap, ResponsibilityId};
use crate::graph::{CommonCommits, CouplingGraph, CouplingKind, UnitId};

use super::{CountedCommit, PastChanges};

/// How many pairs are counted at most: far more than anybody reads.
const MOST_PAIRS: usize = 1 << 20;

/// How many commits are told of each pair.
const NEWEST: usize = 3;

/// Two that change in the same commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together<T> {
    /// The one that comes first.
    pub one: T,
    /// The other.
    pub other: T,
    /// Commits that change both: the support.
    pub shared: usize,
    /// Commits that change the one.
    pub of_one: usize,
    /// Commits that change the other.
    pub of_other: usize,
    /// All commits that change anything.
    pub commits: usize,
    /// The newest commits that change both, as positions in the history.
    pub newest: Vec<usize>,
    /// Why nobody needs to wonder, if there is a reason.
    pub tie: Option<Tie>,
}

/// Why two change together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// Both units belong to one feature, or one is a part of the other.
    OneFeature,
    /// The features name a responsibility that goes through all of their units.
    Responsibility(ResponsibilityId),
    /// They are coupled directly, in one direction or the other.
    Coupling(CouplingKind),
}

/// Counts are far below what a floating point number holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of commits are far below 2^53")]
fn exact(count: usize) -> f64 {
    count as f64
}

impl<T> Together<T> {
    /// Of the commits that change the one, the share that changes the other: confidence, from 0 to 1.
    pub fn confidence(&self) -> f64 {
        exact(self.shared) / exact(self.of_one)
    }

    /// The same the other way round.
    pub fn confidence_back(&self) -> f64 {
        exact(self.shared) / exact(self.of_other)
    }

    /// The commits that change both, by the average of those that change one: code-maat's degree of coupling, from 0 to 1.
    pub fn degree(&self) -> f64 {
        2.0 * exact(self.shared) / exact(self.of_one + self.of_other)
    }

    /// How many times as often they change together as two would that know nothing of each other.
    pub fn lift(&self) -> f64 {
        exact(self.shared) * exact(self.commits) / (exact(self.of_one) * exact(self.of_other))
    }

    /// In enough commits, in a large enough share of those of the one that changes less, and more often than by chance.
    fn is_told(&self, settings: &ChangesSection) -> bool {
        let fewer = self.of_one.min(self.of_other);
        self.shared >= settings.support
            && self.shared * 100 >= settings.confidence * fewer
            && self.shared * self.commits > self.of_one * self.of_other
    }
}

/// The features that change together, those first that most commits change.
pub fn features_together(
    history: &PastChanges,
    (graph, map): (&CouplingGraph, &FeatureMap),
    settings: &ChangesSection,
) -> Vec<Together<FeatureId>> {
    let mut found = together(history, settings, &|commit| commit.features(map));
    let mut coupled: BTreeMap<(FeatureId, FeatureId), CouplingKind> = BTreeMap::new();
    for (id, coupling) in graph.couplings().filter(|(_, one)| one.kind != CouplingKind::Change) {
        let ends = map.feature_of(coupling.from).zip(map.feature_of(coupling.to));
        if let (Some((from, to)), Some(kind)) = (ends, map.kind(graph, id)) {
            coupled.entry((from.min(to), from.max(to))).or_insert(kind);
        }
    }
    for pair in &mut found {
        let kind = coupled.get(&(pair.one, pair.other)).copied();
        pair.tie = responsibility(map, pair.one, pair.other).or(kind.map(Tie::Coupling));
    }
    found
}

/// The units that change together, those first that most commits change.
pub fn units_together(
    history: &PastChanges,
    (graph, map): (&CouplingGraph, &FeatureMap),
    settings: &ChangesSection,
) -> Vec<Together<UnitId>> {
    let mut found = together(history, settings, &|commit| commit.meant().collect());
    let tie = |one: UnitId, other: UnitId| {
        let features = map.feature_of(one).zip(map.feature_of(other));
        let is_part = |part: UnitId, whole: UnitId| {
            graph.unit(part).parent == Some(whole) || graph.unit(whole).runs.contains(&part)
        };
        if features.is_some_and(|(one, other)| one == other) || is_part(one, other) || is_part(other, one) {
            return Some(Tie::OneFeature);
        }
        let shared = features.and_then(|(one, other)| responsibility(map, one, other));
        let mut couplings = graph.couplings_between(one, other).chain(graph.couplings_between(other, one));
        let kind = couplings.find_map(|id| map.kind(graph, id).filter(|kind| *kind != CouplingKind::Change));
        shared.or(kind.map(Tie::Coupling))
    };
    for pair in &mut found {
        pair.tie = tie(pair.one, pair.other);
    }
    found
}

/// The features that nothing but their changes ties, in names.
pub fn untied(
    history: &PastChanges,
    found: &[Together<FeatureId>],
    map: &FeatureMap,
) -> Vec<ChangedTogether> {
    let named = |pair: &Together<FeatureId>| ChangedTogether {
        one: map.feature(pair.one).name.clone(),
        other: map.feature(pair.other).name.clone(),
        common: Arc::new(CommonCommits {
            shared: pair.shared,
            of_from: pair.of_one,
            of_to: pair.of_other,
            newest: pair.newest.iter().map(|at| history.commits[*at].told.clone()).collect(),
        }),
    };
    found.iter().filter(|pair| pair.tie.is_none()).map(named).collect()
}

fn responsibility(map: &FeatureMap, one: FeatureId, other: FeatureId) -> Option<Tie> {
    let theirs = &map.feature(other).responsibilities;
    let mut common = map.feature(one).responsibilities.iter().filter(|own| theirs.contains(own));
    common.find(|own| map.responsibility(**own).goes_through_any()).map(|own| Tie::Responsibility(*own))
}

fn together<T: Copy + Ord + std::hash::Hash>(
    history: &PastChanges,
    settings: &ChangesSection,
    changed: &dyn Fn(&CountedCommit) -> BTreeSet<T>,
) -> Vec<Together<T>> {
    let changed: Vec<(usize, BTreeSet<T>)> = history
        .commits
        .iter()
        .enumerate()
        .filter(|(_, commit)| !commit.is_of_bot)
        .map(|(at, commit)| (at, changed(commit)))
        .filter(|(_, changed)| !changed.is_empty())
        .collect();
    let mut of_each: HashMap<T, usize> = HashMap::new();
    for one in changed.iter().flat_map(|(_, changed)| changed) {
        *of_each.entry(*one).or_default() += 1;
    }
    let mut pairs: HashMap<(T, T), (usize, Vec<usize>)> = HashMap::new();
    for (at, changed) in &changed {
        // Who changes less often than that can't change together often enough.
        let often: Vec<T> = changed.iter().copied().filter(|one| of_each[one] >= settings.support).collect();
        for (position, one) in often.iter().enumerate() {
            for other in &often[position + 1..] {
                if pairs.len() >= MOST_PAIRS && !pairs.contains_key(&(*one, *other)) {
                    continue;
                }
                let (shared, newest) = pairs.entry((*one, *other)).or_default();
                *shared += 1;
                if newest.len() < NEWEST {
                    newest.push(*at);
                }
            }
        }
    }
    let commits = changed.len();
    let pairs = pairs.into_iter().map(|((one, other), (shared, newest))| Together {
        one,
        other,
        shared,
        of_one: of_each[&one],
        of_other: of_each[&other],
        commits,
        newest,
        tie: None,
    });
    let mut found: Vec<Together<T>> = pairs.filter(|pair| pair.is_told(settings)).collect();
    found.sort_by_key(|pair| {
        (std::cmp::Reverse(pair.shared), pair.of_one + pair.of_other, pair.one, pair.other)
    });
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{CountedCommit, PastChanges, Touch};
    use super::{Together, together};
    use crate::features::ChangesSection;
    use crate::graph::UnitId;

    fn history(commits: &[&[usize]]) -> PastChanges {
        let touch = |unit: &usize| Touch { unit: UnitId::new(*unit), is_of_tests: false, is_release: false };
        let commit = |units: &&[usize]| CountedCommit {
            told: String::new(),
            seconds: 0,
            is_of_bot: false,
            touches: units.iter().map(touch).collect(),
        };
        PastChanges { commits: commits.iter().map(commit).collect(), ..PastChanges::default() }
    }

    fn found(commits: &[&[usize]], support: usize, confidence: usize) -> Vec<Together<UnitId>> {
        let mut settings = ChangesSection::default();
        (settings.support, settings.confidence) = (support, confidence);
        together(&history(commits), &settings, &|commit| commit.meant().collect())
    }

    #[test]
    fn measures_are_those_of_their_sources() {
        let found = found(&[&[0, 1], &[0, 1], &[0, 1], &[0], &[0], &[2], &[2], &[1]], 3, 30);
        let [pair] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((pair.shared, pair.of_one, pair.of_other, pair.commits), (3, 5, 4, 8));
        let measures = [pair.confidence(), pair.confidence_back(), pair.degree(), pair.lift()];
        // 3/5, 3/4, 3/((5 + 4)/2), and 3·8/(5·4).
        for (measure, expected) in measures.into_iter().zip([0.6, 0.75, 2.0 / 3.0, 1.2]) {
            assert!((measure - expected).abs() < 1e-12, "{measures:?}");
        }
        assert_eq!(pair.newest, [0, 1, 2]);
    }

    #[test]
    fn what_changes_in_nearly_every_commit_changes_with_everything_by_chance() {
        let often: Vec<&[usize]> = vec![&[0, 1], &[0, 1], &[0, 1], &[0, 1], &[0], &[0]];
        assert_eq!(found(&often, 3, 30), []);
    }

    #[test]
    fn counts_are_those_of_trying_every_pair() {
        // A generator of numbers that are random enough, and the same each time.
        let mut state = 1_u64;
        let mut next = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..50 {
            let commits: Vec<Vec<usize>> = (0..40)
                .map(|_| {
                    let units: BTreeSet<u64> = (0..next(5)).map(|_| next(8)).collect();
                    units.into_iter().map(|unit| usize::try_from(unit).expect("a small number")).collect()
                })
                .collect();
            let slices: Vec<&[usize]> = commits.iter().map(Vec::as_slice).collect();
            let (support, confidence) = (1 + next(5), 1 + next(100));
            let (support, confidence) = (
                usize::try_from(support).expect("a small number"),
                usize::try_from(confidence).expect("a small number"),
            );
            let all = commits.iter().filter(|commit| !commit.is_empty()).count();
            let of = |units: &[usize]| {
                commits.iter().filter(|commit| units.iter().all(|unit| commit.contains(unit))).count()
            };
            let mut expected = BTreeSet::new();
            for one in 0..8 {
                for other in one + 1..8 {
                    let (shared, of_one, of_other) = (of(&[one, other]), of(&[one]), of(&[other]));
                    let is_told = shared >= support
                        && shared * 100 >= confidence * of_one.min(of_other)
                        && shared * all > of_one * of_other;
                    if is_told {
                        expected.insert((one, other, shared, of_one, of_other));
                    }
                }
            }
            let found: BTreeSet<_> = found(&slices, support, confidence)
                .into_iter()
                .map(|pair| (pair.one.index(), pair.other.index(), pair.shared, pair.of_one, pair.of_other))
                .collect();
            assert_eq!(found, expected);
        }
    }
}
