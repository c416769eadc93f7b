//! `[budgets]`: numbers that a repository keeps to, and what one change may do to them.

use toml::de::DeValue;

use crate::graph::CouplingKind;
use crate::text::toml::{Table, Value, table, wrong_type};
use crate::text::{Fault, Location, RepoPath, Span, Spanned, nearest};

use super::super::owner_names::{owner_names, plain_owner};
use super::super::selector::{FeaturePattern, Unmatched};
use super::super::{FeatureId, FeatureMap};

/// One whole in the unit of shares and limits: they are whole millionths, so that nothing is rounded where it decides.
pub const MILLION: i64 = 1_000_000;

/// How much of what a budget allows may be left before it is near, where nobody says: 5 %.
const NEAR: i64 = MILLION / 20;

/// The largest number that a count may be limited to.
const MOST: i64 = 1_000_000_000;

/// Everything that is budgeted.
#[derive(Debug, Default)]
pub struct Budgets {
    all: Vec<Budget>,
    /// In millionths.
    near: i64,
    /// Whether there is a section for them, were it empty.
    pub is_written: bool,
}

/// A number, and what it has to keep to.
#[derive(Debug, Clone)]
pub struct Budget {
    /// What is measured.
    pub number: BudgetNumber,
    /// Of what it is measured.
    pub of: BudgetOf,
    /// What is written, in millionths: of the whole for a share, of one for a count.
    pub limit: i64,
    /// The value, as it stands in the configuration.
    pub written: Span,
    /// The line that says so.
    pub declared_at: Location,
}

/// What can be budgeted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BudgetNumber {
    /// The share of independent pairs of features: the only ones that have to be high.
    Independence,
    /// The same, leaving out pairs that name a common responsibility.
    IndependenceUnshared,
    /// Couplings of a kind between features; of a feature, those that lead from it.
    Couplings(CouplingKind),
    /// The share of all units that one of them reaches on average.
    PropagationCost,
    /// Circles of features.
    Circles,
    /// Entries of the baseline.
    Baseline,
    /// Findings that exceptions cover.
    Exceptions,
    /// Other features that a feature needs directly.
    FanOut,
    /// Other features that need it directly.
    FanIn,
    /// Other features that it reaches.
    Reaches,
    /// Deployables that a change to one of its units affects at most.
    Affects,
}

/// Of what a number is measured.
#[derive(Debug, Clone)]
pub enum BudgetOf {
    /// Of the whole repository.
    Repository,
    /// Of each feature that a name means, by itself.
    Features(FeatureNames),
    /// Of an owner.
    Owner(Spanned<String>),
    /// Of what one change does to the whole repository.
    Change,
}

/// The features that a name or a glob means.
#[derive(Debug, Clone)]
pub struct FeatureNames(FeaturePattern);

impl FeatureNames {
    /// The features of this repository that are meant, in order.
    pub fn resolve(&self, map: &FeatureMap) -> Vec<FeatureId> {
        let all = map.features.iter().enumerate();
        let meant = all.filter(|(_, feature)| !feature.is_external && self.0.is_match(&feature.name));
        meant.map(|(at, _)| FeatureId::new(at)).collect()
    }
}

impl BudgetNumber {
    /// Whether it is a share of a whole, and not a count.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Independence | Self::IndependenceUnshared | Self::PropagationCost)
    }

    /// Whether more of it is better.
    pub fn is_floor(self) -> bool {
        matches!(self, Self::Independence | Self::IndependenceUnshared)
    }

    /// Whether it is read from the graph, and not from what was found.
    pub fn is_of_graph(self) -> bool {
        !matches!(self, Self::Baseline | Self::Exceptions)
    }

    /// Its key, with the kind of coupling behind a dot.
    pub fn key(self) -> String {
        match self {
            Self::Couplings(kind) => format!("couplings.{}", kind.word()),
            other => other.word().to_owned(),
        }
    }

    /// So many millionths of it as people read them: `70 %`, or `40`.
    pub fn shown(self, limit: i64) -> String {
        if self.is_share() { format!("{} %", hundredths(limit)) } else { (limit / MILLION).to_string() }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Independence => "independence",
            Self::IndependenceUnshared => "independence-unshared",
            Self::Couplings(_) => "couplings",
            Self::PropagationCost => "propagation-cost",
            Self::Circles => "circles",
            Self::Baseline => "baseline",
            Self::Exceptions => "exceptions",
            Self::FanOut => "fan-out",
            Self::FanIn => "fan-in",
            Self::Reaches => "reaches",
            Self::Affects => "affects",
        }
    }
}

/// What a whole repository can be held to, besides couplings.
const OF_REPOSITORY: [BudgetNumber; 6] = [
    BudgetNumber::Independence,
    BudgetNumber::IndependenceUnshared,
    BudgetNumber::PropagationCost,
    BudgetNumber::Circles,
    BudgetNumber::Baseline,
    BudgetNumber::Exceptions,
];

/// The same of a feature.
const OF_FEATURE: [BudgetNumber; 4] =
    [BudgetNumber::FanOut, BudgetNumber::FanIn, BudgetNumber::Reaches, BudgetNumber::Affects];

impl Budget {
    /// How people read it: the key, and of what.
    pub fn name(&self) -> String {
        let key = self.number.key();
        match &self.of {
            BudgetOf::Repository => format!("`{key}`"),
            BudgetOf::Features(names) => format!("`{key}` of feature `{}`", names.0.written.value),
            BudgetOf::Owner(owner) => format!("`{key}` of owner `{}`", owner.value),
            BudgetOf::Change => format!("`{key}` of a change"),
        }
    }

    /// Whether an earlier one is about the same, which may have been called otherwise then.
    pub fn is_about_the_same(&self, earlier: &Self, told_before: &dyn Fn(&str) -> String) -> bool {
        let is_of_same = match (&self.of, &earlier.of) {
            (BudgetOf::Repository, BudgetOf::Repository) | (BudgetOf::Change, BudgetOf::Change) => true,
            (BudgetOf::Features(now), BudgetOf::Features(was)) => {
                told_before(&now.0.written.value) == was.0.written.value
            }
            (BudgetOf::Owner(now), BudgetOf::Owner(was)) => {
                plain_owner(&now.value) == plain_owner(&was.value)
            }
            _ => false,
        };
        is_of_same && self.number == earlier.number
    }

    /// How much of what has to be low there may be, in millionths: features that depend on each other where
    /// independence has to be high. A change may add so much.
    pub fn allowed(&self) -> i64 {
        match (self.number.is_floor(), &self.of) {
            (true, BudgetOf::Change) => -self.limit,
            (true, _) => MILLION - self.limit,
            (false, _) => self.limit,
        }
    }

    /// A limit as people read it.
    pub fn shown(&self, limit: i64) -> String {
        self.number.shown(limit)
    }

    /// The text of another limit, in the form in which this one is written: `"70 %"`, `0.7` or `40`.
    pub fn rewritten(&self, written: &str, limit: i64) -> String {
        let quote = written.chars().next().filter(|first| "\"'".contains(*first));
        match (self.number.is_share(), quote) {
            (false, _) => (limit / MILLION).to_string(),
            (true, Some(quote)) => {
                let space = if written.contains(' ') { " " } else { "" };
                format!("{quote}{}{space}%{quote}", hundredths(limit))
            }
            // A whole number would have another meaning.
            (true, None) if limit % MILLION == 0 => format!("{}.0", limit / MILLION),
            (true, None) => {
                let digits = format!("{limit:06}");
                format!("0.{}", digits.trim_end_matches('0'))
            }
        }
    }
}

/// Millionths as a number of hundredths, with as many digits as it needs.
fn hundredths(limit: i64) -> String {
    let (whole, rest) = (limit.abs() / 10_000, limit.abs() % 10_000);
    let sign = if limit < 0 { "-" } else { "" };
    match rest {
        0 => format!("{sign}{whole}"),
        rest => format!("{sign}{whole}.{}", format!("{rest:04}").trim_end_matches('0')),
    }
}

impl Budgets {
    /// Whether nothing is budgeted.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Budget] {
        &self.all
    }

    /// How much of what a budget allows may be left before it is near, in millionths.
    pub fn near(&self) -> i64 {
        self.near
    }

    /// Reads `[budgets]`.
    pub(super) fn read(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        let Some(section) = root.table("budgets", faults) else { return Self::default() };
        let mut all = Vec::new();
        budgets_of(&section, &BudgetOf::Repository, &OF_REPOSITORY, (&mut all, faults));
        let near = section.get("near").and_then(|value| share(value, "near", Sign::Any, root.file(), faults));
        for (key, value) in section.table("features", faults).iter().flat_map(Table::entries) {
            let written = Spanned { value: key.value.to_owned(), span: key.span };
            let names = FeaturePattern::read(written, root.file(), faults);
            let Some(table) = table(value, key.value, root.file(), faults) else { continue };
            let Some(names) = names else { continue };
            let of = BudgetOf::Features(FeatureNames(names));
            budgets_of(&table, &of, &OF_FEATURE, (&mut all, faults));
            table.deny_unknown(&format!("the budgets of feature `{}`", key.value), faults);
        }
        for (key, value) in section.table("owners", faults).iter().flat_map(Table::entries) {
            let Some(table) = table(value, key.value, root.file(), faults) else { continue };
            let of = BudgetOf::Owner(Spanned { value: key.value.to_owned(), span: key.span });
            numbers_of(&table, &of, &[BudgetNumber::Exceptions], (&mut all, faults));
            table.deny_unknown(&format!("the budgets of owner `{}`", key.value), faults);
        }
        if let Some(change) = section.table("change", faults) {
            budgets_of(&change, &BudgetOf::Change, &OF_REPOSITORY, (&mut all, faults));
            change.deny_unknown("`[budgets.change]`", faults);
        }
        section.deny_unknown("`[budgets]`", faults);
        all.sort_by_key(|budget| budget.written);
        Self { all, near: near.unwrap_or(NEAR), is_written: true }
    }

    /// The names in it that mean nothing.
    pub(crate) fn unmatched(&self, file: &RepoPath, map: &FeatureMap) -> Vec<Unmatched> {
        let mut found: Vec<Unmatched> = Vec::new();
        for budget in &self.all {
            let (written, wanted, near) = match &budget.of {
                BudgetOf::Features(names) if names.resolve(map).is_empty() => {
                    let own = map.features.iter().filter(|feature| !feature.is_external);
                    let known = own.map(|feature| feature.name.as_str());
                    let written = &names.0.written;
                    (written, "feature", nearest(&written.value, known))
                }
                BudgetOf::Owner(owner) => {
                    let is_meant = |known: &&str| plain_owner(known) == plain_owner(&owner.value);
                    if map.owners().flat_map(owner_names).any(|known| is_meant(&known)) {
                        continue;
                    }
                    (owner, "owner", nearest(&owner.value, map.owners().flat_map(owner_names)))
                }
                _ => continue,
            };
            // One name with several budgets is one typo.
            if found.last().is_some_and(|last| last.location.span == written.span) {
                continue;
            }
            found.push(Unmatched {
                written: written.value.clone(),
                place: "`[budgets]`".to_owned(),
                wanted,
                location: Location { path: file.clone(), span: written.span },
                nearest: near.map(str::to_owned),
            });
        }
        found
    }
}

/// Couplings by kind, and these numbers.
fn budgets_of(
    section: &Table<'_, '_>,
    of: &BudgetOf,
    numbers: &[BudgetNumber],
    (all, faults): (&mut Vec<Budget>, &mut Vec<Fault>),
) {
    numbers_of(section, of, numbers, (all, faults));
    let Some(couplings) = section.table("couplings", faults) else { return };
    let kinds = CouplingKind::ALL.map(|kind| (kind.word(), BudgetNumber::Couplings(kind)));
    for (key, number) in kinds {
        all.extend(budget(&couplings, key, of, number, faults));
    }
    couplings.deny_unknown("`couplings` of `[budgets]`", faults);
}

fn numbers_of(
    section: &Table<'_, '_>,
    of: &BudgetOf,
    numbers: &[BudgetNumber],
    (all, faults): (&mut Vec<Budget>, &mut Vec<Fault>),
) {
    for number in numbers {
        all.extend(budget(section, number.word(), of, *number, faults));
    }
}

fn budget(
    section: &Table<'_, '_>,
    key: &'static str,
    of: &BudgetOf,
    number: BudgetNumber,
    faults: &mut Vec<Fault>,
) -> Option<Budget> {
    let value = section.get(key)?;
    let span = section.entry_span(key)?;
    let sign = match (number.is_floor(), of) {
        (true, BudgetOf::Change) => Sign::Fall,
        _ => Sign::Any,
    };
    let limit = match number.is_share() {
        true => share(value, key, sign, section.file(), faults),
        false => count(value, key, section.file(), faults),
    };
    let declared_at = Location { path: section.file().clone(), span };
    Some(Budget { number, of: of.clone(), limit: limit?, written: Span::new(value.span()), declared_at })
}

/// Which shares make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// From nothing to all.
    Any,
    /// By how much something may fall.
    Fall,
}

/// A share, as `"70 %"` or `0.7`, in millionths.
fn share(value: &Value<'_>, key: &str, sign: Sign, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<i64> {
    let (percent, number) = if key == "near" { ("5 %", "0.05") } else { ("70 %", "0.7") };
    let (wanted, example) = match sign {
        Sign::Any => {
            ("a share from 0 to 100 %", format!("write `{key} = \"{percent}\"`, or `{key} = {number}`"))
        }
        Sign::Fall => (
            "a share from -100 % to 0: by how much it may fall",
            format!("write `{key} = \"-1 %\"`, or `{key} = 0` if it may not fall"),
        ),
    };
    let read = match value.get_ref() {
        DeValue::String(text) => text.strip_suffix('%').and_then(|text| millionths(text.trim(), 4)),
        DeValue::Float(number) => millionths(number.as_str(), 6),
        // Nobody knows whether 1 is one hundredth or all.
        DeValue::Integer(number) if number.as_str() == "0" => Some(0),
        _ => None,
    };
    let range = match sign {
        Sign::Any => 0..=MILLION,
        Sign::Fall => -MILLION..=0,
    };
    let found = read.filter(|share| range.contains(share));
    if found.is_none() {
        let mut fault = wrong_type(value, key, wanted, file).help(example);
        if read.is_some() {
            fault.label = "out of range".to_owned();
        } else if value.get_ref().is_str() {
            fault.label = "no share".to_owned();
        } else if let DeValue::Integer(number) = value.get_ref() {
            fault.label = "of what?".to_owned();
            fault = fault.help(match sign {
                Sign::Any => format!("write `{key} = \"{} %\"`", number.as_str()),
                Sign::Fall => format!("write `{key} = \"-{} %\"`", number.as_str().trim_start_matches('-')),
            });
        }
        faults.push(fault);
    }
    found
}

/// A decimal number in millionths, of which it already is so many powers of ten; `None` for what is finer.
fn millionths(text: &str, power: usize) -> Option<i64> {
    let (is_negative, digits) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => (false, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let rest_is_fine = rest.len() <= power || rest[power..].bytes().all(|byte| byte == b'0');
    // Ten digits are far more than any share has.
    if !is_number(whole) || !is_number(rest) || !rest_is_fine || whole.len() > 10 {
        return None;
    }
    let rest: String = rest.chars().chain("000000".chars()).take(power).collect();
    let found = format!("{whole}{rest}").parse::<i64>().ok()?;
    Some(if is_negative { -found } else { found })
}

/// A whole number from 0 on, in millionths.
fn count(value: &Value<'_>, key: &str, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<i64> {
    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<i64>().ok());
    let number = number.filter(|number| (0..=MOST).contains(number));
    if number.is_none() {
        let mut fault = wrong_type(value, key, "a whole number from 0 on", file);
        if value.get_ref().as_integer().is_some() {
            fault.label = "out of range".to_owned();
        }
        faults.push(fault);
    }
    number.map(|number| number * MILLION)
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::{MILLION, hundredths, millionths};
    use crate::text::RepoPath;

    #[test]
    fn shares_are_exact() {
        for (text, power, wanted) in [
            ("70", 4, Some(700_000)),
            ("70.5", 4, Some(705_000)),
            ("-1", 4, Some(-10_000)),
            ("+0.0001", 4, Some(1)),
            ("0.00001", 4, None),
            ("0.10000000000", 6, Some(100_000)),
            ("1.0", 6, Some(MILLION)),
            ("1e-1", 6, None),
            ("", 4, None),
            (".5", 4, None),
            ("5.", 4, None),
            ("99999999999", 4, None),
            ("1٠", 4, None),
        ] {
            assert_eq!(millionths(text, power), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (limit, percent) in
            [(0, "0"), (714_200, "71.42"), (MILLION, "100"), (-5_000, "-0.5"), (1, "0.0001")]
        {
            assert_eq!(hundredths(limit), percent);
            assert_eq!(millionths(percent, 4), Some(limit));
        }
    }

    #[test]
    fn a_limit_keeps_its_form() {
        let text = "[budgets]\nindependence = '70%'\npropagation-cost = 0.5\ncircles = 1_0\n";
        let file = RepoPath::new("watertight.toml").expect("a path");
        let (configuration, faults) = Configuration::read(&file, text);
        assert_eq!(faults, []);
        let rewritten = |limit: i64| -> Vec<String> {
            let all = configuration.budgets.all().iter();
            all.map(|one| one.rewritten(&text[one.written.range()], limit)).collect()
        };
        assert_eq!(rewritten(714_200), ["'71.42%'", "0.7142", "0"]);
        assert_eq!(rewritten(MILLION), ["'100%'", "1.0", "1"]);
        assert_eq!(rewritten(0), ["'0%'", "0.0", "0"]);
    }
}
