//! What lies between two moments.

use std::cmp::Ordering;

use super::super::independence::Independence;
use super::moment::{Edge, Moment};

/// Couplings from one feature to another.
pub type Edges = Vec<Edge>;

/// What lies between two moments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Difference {
    /// Couplings that came.
    pub came: Edges,
    /// Couplings that went.
    pub went: Edges,
    /// Features that came, sorted.
    pub features_came: Vec<String>,
    /// Features that went, sorted.
    pub features_went: Vec<String>,
    /// By how much independence rose, in shares of 1; `None` where it was not defined at both.
    pub independence: Option<f64>,
    /// How many more ordered pairs of features are coupled; negative if fewer.
    pub coupled_pairs: i64,
    /// How many more inputs could not be read; negative if fewer. What can't be read is missing in all other numbers.
    pub problems: i64,
}

impl Difference {
    /// Whether nothing lies between them.
    pub fn is_none(&self) -> bool {
        self.came.is_empty()
            && self.went.is_empty()
            && self.features_came.is_empty()
            && self.features_went.is_empty()
            && self.coupled_pairs == 0
    }

    /// How large it is, to compare it with others: by how many points independence changed, and then by how many
    /// couplings there are more or less.
    pub fn size(&self) -> (f64, usize) {
        (self.independence.unwrap_or_default().abs(), self.came.len() + self.went.len())
    }

    /// The larger one first.
    pub fn by_size(&self, other: &Self) -> Ordering {
        let ((one, few), (two, more)) = (self.size(), other.size());
        two.total_cmp(&one).then(more.cmp(&few))
    }
}

/// What lies between two moments.
pub fn turn(before: &Moment, now: &Moment) -> Difference {
    let share = |of: Option<Independence>| of.map(Independence::share);
    let coupled = |of: Option<Independence>| {
        of.map_or(0, |one| i64::try_from(one.pairs - one.independent).unwrap_or(i64::MAX))
    };
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (was, is) = (before.totals.independence, now.totals.independence);
    let names = |moment: &Moment| moment.features.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let (features_went, features_came) = apart(&names(before), &names(now), &|one, other| one.cmp(other));
    let (went, came) = apart(&before.edges, &now.edges, &|one, other| one.key().cmp(&other.key()));
    Difference {
        came,
        went,
        features_came,
        features_went,
        independence: share(is).zip(share(was)).map(|(is, was)| is - was),
        coupled_pairs: coupled(is) - coupled(was),
        problems: number(now.problems) - number(before.problems),
    }
}

/// What only the one of two sorted lists has, and what only the other.
fn apart<T: Clone>(one: &[T], other: &[T], order: &dyn Fn(&T, &T) -> Ordering) -> (Vec<T>, Vec<T>) {
    let lacks = |all: &[T], wanted: &T| all.binary_search_by(|one| order(one, wanted)).is_err();
    let left = |all: &[T], others: &[T]| all.iter().filter(|one| lacks(others, one)).cloned().collect();
    (left(one, other), left(other, one))
}
