//! What is budgeted, measured at one moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{
    Budget, BudgetNumber, BudgetOf, Configuration, FeatureId, MILLION, REACHING, owner_names, plain_owner,
};
use crate::findings::{Excepted, Finding, Judged};

use super::independence::Independence;
use super::metrics::{FeatureMetrics, Metrics, circles, metrics, reached_by_each};

/// How much there is of what a budget keeps low, as an exact fraction: dependent pairs of all pairs, units that are
/// reached of all pairs of units, or a count of 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// What there is.
    pub used: usize,
    /// Of how many.
    pub whole: usize,
}

impl Amount {
    fn count(used: usize) -> Self {
        Self { used, whole: 1 }
    }

    /// Whether it is more than so many millionths.
    pub fn is_above(self, allowed: i64) -> bool {
        self.scaled() > i128::from(allowed) * self.of()
    }

    /// Whether at most such a share (in millionths) of what is allowed is left, and there is something to use up.
    pub fn is_near(self, allowed: i64, share: i64) -> bool {
        let left = i128::from(allowed) * self.of() - self.scaled();
        let near = i128::from(share) * i128::from(allowed) * self.of();
        allowed > 0 && share > 0 && left * i128::from(MILLION) <= near
    }

    /// Whether it is more than another one.
    pub fn is_more_than(self, other: Self) -> bool {
        self.scaled() * other.of() > other.scaled() * self.of()
    }

    /// Whether so many millionths more were added to an earlier one.
    pub fn has_added(self, before: Self, allowed: i64) -> bool {
        let added = self.scaled() * before.of() - before.scaled() * self.of();
        added > i128::from(allowed) * self.of() * before.of()
    }

    /// How much more there may be where so many millionths are allowed, in parts of the whole; below zero, how much is
    /// too much.
    pub fn left(self, allowed: i64) -> i64 {
        let most = (i128::from(allowed) * self.of()).div_euclid(i128::from(MILLION));
        i64::try_from(most - self.used as i128).unwrap_or(i64::MAX)
    }

    /// In millionths, rounded up to hundredths of a percent where it is a share.
    pub fn rounded_up(self) -> i64 {
        rounded_up(self.scaled(), self.of())
    }

    /// How much was added to an earlier one, as [`Self::rounded_up`] has it.
    pub fn added_to(self, before: Self) -> i64 {
        rounded_up(self.scaled() * before.of() - before.scaled() * self.of(), self.of() * before.of())
    }

    fn scaled(self) -> i128 {
        self.used as i128 * i128::from(MILLION)
    }

    fn of(self) -> i128 {
        self.whole.max(1) as i128
    }
}

/// A fraction of millionths, rounded up to hundredths of a percent.
fn rounded_up(scaled: i128, of: i128) -> i64 {
    const STEP: i128 = 100;
    let steps = (scaled + of * STEP - 1).div_euclid(of * STEP);
    i64::try_from(steps * STEP).unwrap_or(i64::MAX)
}

/// Whom a budget is held by: one that is written once may be of several features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// The whole repository.
    Repository,
    /// A feature, by its name: it may have another place at another moment.
    Feature(&'a str),
    /// An owner.
    Owner(&'a str),
}

/// The numbers of one moment.
#[derive(Debug)]
pub struct Spending<'a> {
    judged: Judged<'a>,
    configuration: &'a Configuration,
    excepted: &'a [Excepted],
    /// The entries of the baseline, by rule.
    baseline: BTreeMap<String, usize>,
    /// `None` where nothing is budgeted that needs them: they cost several walks over the graph.
    metrics: Option<Metrics>,
}

impl<'a> Spending<'a> {
    /// Measures one moment: what exceptions of its configuration cover, how many entries of its baseline each rule has,
    /// and, if that is asked for, its graph.
    pub fn new(
        judged: Judged<'a>,
        (configuration, excepted): (&'a Configuration, &'a [Excepted]),
        baseline: BTreeMap<String, usize>,
        is_of_graph: bool,
    ) -> Self {
        let metrics = is_of_graph.then(|| metrics(judged.graph, judged.map));
        Self { judged, configuration, excepted, baseline, metrics }
    }

    /// Whom a budget is held by here.
    pub fn holders<'b>(&'b self, budget: &'b Budget) -> Vec<Holder<'b>> {
        let map = self.judged.map;
        match &budget.of {
            BudgetOf::Repository | BudgetOf::Change => vec![Holder::Repository],
            BudgetOf::Owner(owner) => vec![Holder::Owner(&owner.value)],
            BudgetOf::Features(names) => {
                let all = names.resolve(map).into_iter();
                all.map(|feature| Holder::Feature(&map.feature(feature).name)).collect()
            }
        }
    }

    /// How much there is; `None` where the number means nothing here: independence of one feature.
    pub fn of(&self, number: BudgetNumber, holder: Holder<'_>) -> Option<Amount> {
        let dependent = |one: Independence| Amount { used: one.pairs - one.independent, whole: one.pairs };
        match number {
            BudgetNumber::Baseline => return Some(Amount::count(self.baseline.values().sum())),
            BudgetNumber::Exceptions => return Some(Amount::count(self.excepted_of(holder).count())),
            _ => {}
        }
        let metrics = self.metrics.as_ref()?;
        if let Holder::Feature(name) = holder {
            let Some(feature) = self.feature(name) else { return Some(Amount::count(0)) };
            return Some(Amount::count(match number {
                BudgetNumber::FanOut => feature.numbers.fan_out,
                BudgetNumber::FanIn => feature.numbers.fan_in,
                BudgetNumber::Reaches => feature.numbers.reaches,
                BudgetNumber::Affects => feature.numbers.affects,
                number => self.couplings(number, holder).values().sum(),
            }));
        }
        match number {
            BudgetNumber::Independence => metrics.totals.independence.map(dependent),
            BudgetNumber::IndependenceUnshared => metrics.totals.independence_unshared.map(dependent),
            BudgetNumber::PropagationCost => {
                let whole = metrics.totals.propagation.units * metrics.totals.propagation.units;
                (whole > 0).then_some(Amount { used: metrics.totals.propagation.reached, whole })
            }
            BudgetNumber::Circles => Some(Amount::count(metrics.totals.cycles)),
            number => Some(Amount::count(self.couplings(number, holder).values().sum())),
        }
    }

    /// What makes up a number, each with how much of it: what to look at first.
    pub fn parts(&self, number: BudgetNumber, holder: Holder<'_>) -> BTreeMap<String, usize> {
        let Judged { graph, map } = self.judged;
        let mut parts = BTreeMap::new();
        let name = |feature: FeatureId| map.feature(feature).name.clone();
        let of_features = |features: Vec<String>| features.into_iter().map(|one| (format!("`{one}`"), 1));
        match (number, holder) {
            (BudgetNumber::Baseline, _) => {
                parts.extend(self.baseline.iter().map(|(rule, count)| (format!("`{rule}`"), *count)));
            }
            (BudgetNumber::Exceptions, _) => {
                for excepted in self.excepted_of(holder) {
                    let written = self.configuration.exceptions.get(excepted.exception);
                    let written = written.map(|one| one.written.as_str()).unwrap_or_default();
                    let part = format!("the exception from `{}` for {written}", excepted.finding.rule);
                    *parts.entry(part).or_default() += 1;
                }
            }
            (BudgetNumber::Couplings(_), _) => parts = self.couplings(number, holder),
            (BudgetNumber::Independence | BudgetNumber::IndependenceUnshared, _) => {
                let is_meant = |one: FeatureId, other: FeatureId| {
                    let named = &map.feature(other).responsibilities;
                    let mut own = map.feature(one).responsibilities.iter();
                    number == BudgetNumber::Independence || !own.any(|shared| named.contains(shared))
                };
                for feature in self.features() {
                    let one = feature.feature;
                    let reached = feature.shipping.reaches.iter().filter(|other| is_meant(one, **other));
                    parts.extend(
                        reached.map(|other| (format!("`{}` reaches `{}`", name(one), name(*other)), 1)),
                    );
                }
            }
            (BudgetNumber::PropagationCost, _) => {
                // That each unit reaches itself is nobody's doing.
                for (unit, count) in reached_by_each(graph, map).into_iter().filter(|(_, count)| *count > 1) {
                    parts.insert(
                        format!("units that `{}` reaches, itself included", graph.unit(unit).name),
                        count,
                    );
                }
            }
            (BudgetNumber::Circles, _) => {
                for circle in circles(graph, map) {
                    let names: Vec<String> =
                        circle.into_iter().map(|one| format!("`{}`", name(one))).collect();
                    parts.insert(names.join(", "), 1);
                }
            }
            (BudgetNumber::FanOut | BudgetNumber::FanIn, Holder::Feature(feature)) => {
                let is_out = number == BudgetNumber::FanOut;
                let pairs = self.metrics.iter().flat_map(|metrics| &metrics.pairs);
                for ((from, to), kinds) in pairs {
                    let (own, other) = if is_out { (from, to) } else { (to, from) };
                    let count: usize = kinds
                        .iter()
                        .filter(|(kind, _)| REACHING.contains(kind))
                        .map(|(_, count)| count)
                        .sum();
                    if map.feature(*own).name == feature && count > 0 {
                        parts.insert(format!("`{}`", name(*other)), 1);
                    }
                }
            }
            (BudgetNumber::Reaches, Holder::Feature(feature)) => {
                let reached = self.feature(feature).map(|one| one.shipping.reaches.clone());
                parts.extend(of_features(reached.unwrap_or_default().into_iter().map(name).collect()));
            }
            (BudgetNumber::Affects, Holder::Feature(feature)) => {
                let widest =
                    self.feature(feature).and_then(|one| one.widest.map(|unit| (unit, one.numbers.affects)));
                parts.extend(widest.map(|(unit, count)| (graph.unit(unit).shown(), count)));
            }
            _ => {}
        }
        parts
    }

    fn features(&self) -> &[FeatureMetrics] {
        self.metrics.as_ref().map(|metrics| metrics.by_feature.as_slice()).unwrap_or_default()
    }

    fn feature(&self, name: &str) -> Option<&FeatureMetrics> {
        self.features().iter().find(|one| self.judged.map.feature(one.feature).name == name)
    }

    /// Couplings of a kind between features, or from one, by pair.
    fn couplings(&self, number: BudgetNumber, holder: Holder<'_>) -> BTreeMap<String, usize> {
        let BudgetNumber::Couplings(kind) = number else { return BTreeMap::new() };
        let map = self.judged.map;
        let pairs = self.metrics.iter().flat_map(|metrics| &metrics.pairs);
        let counted = pairs.filter_map(|((from, to), kinds)| {
            let (from, to) = (&map.feature(*from).name, &map.feature(*to).name);
            let is_meant = !matches!(holder, Holder::Feature(name) if name != from);
            Some((format!("`{from}` -> `{to}`"), *kinds.get(&kind).filter(|_| is_meant)?))
        });
        counted.collect()
    }

    fn excepted_of<'b>(&'b self, holder: Holder<'b>) -> impl Iterator<Item = &'a Excepted> + 'b {
        self.excepted.iter().filter(move |excepted| match holder {
            Holder::Owner(owner) => self.answer_for(&excepted.finding).contains(&plain_owner(owner)),
            _ => true,
        })
    }

    /// Who answers for what a finding is about: whoever owns where the coupling starts, or, in a circle, each of those
    /// who own a part of it.
    fn answer_for(&self, finding: &Finding) -> BTreeSet<String> {
        let owners: Vec<&str> = match &finding.from {
            Some(from) => from.owner.iter().map(String::as_str).collect(),
            None => finding.cuts.iter().filter_map(|(from, _)| self.judged.map.owner(*from)).collect(),
        };
        owners.into_iter().flat_map(owner_names).map(plain_owner).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, MILLION};

    #[test]
    fn amounts_are_compared_without_rounding() {
        let third = Amount { used: 1, whole: 3 };
        assert!(third.is_above(333_333) && !third.is_above(333_334));
        assert_eq!(third.rounded_up(), 333_400);
        assert!(third.is_more_than(Amount { used: 333, whole: 1_000 }));
        assert!(!third.is_more_than(Amount { used: 2, whole: 6 }));
        // From a third to a half is one sixth.
        let half = Amount { used: 1, whole: 2 };
        assert!(half.has_added(third, 166_666) && !half.has_added(third, 166_667));
        assert!(!third.has_added(half, 0));
        // A pair of 20,100 is less than a hundredth of a percent, and not nothing.
        let [less, more] = [6_030, 6_031].map(|used| Amount { used, whole: 20_100 });
        assert!(more.has_added(less, 0) && more.added_to(less) == 100);
        assert_eq!([third.left(333_340), third.left(333_333), half.left(1_000_000)], [0, -1, 1]);
        let none = Amount { used: 0, whole: 0 };
        assert!(!none.is_above(0) && !none.is_more_than(none) && none.rounded_up() == 0);
    }

    #[test]
    fn what_allows_nothing_is_never_near() {
        let count = Amount::count;
        let near = |used: usize, allowed: i64, share: i64| count(used).is_near(allowed * MILLION, share);
        assert!(near(38, 40, 50_000) && !near(37, 40, 50_000));
        assert!(near(3, 3, 50_000) && !near(2, 3, 50_000));
        assert!(!near(0, 0, 50_000) && !near(3, 3, 0));
        assert_eq!(count(7).rounded_up(), 7 * MILLION);
    }
}
