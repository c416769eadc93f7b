//! Budgets: what is spent of each at the end of a change, and what was at its beginning.

use std::collections::{BTreeMap, BTreeSet};

use crate::baseline::Baseline;
use crate::features::{Budget, BudgetNumber, BudgetOf, MILLION};
use crate::findings::{Excepted, Finding, of_configuration, sort};
use crate::insight::{Amount, Holder, Spending};
use crate::rules::{Declared, Level, Rule};
use crate::text::Span;

use super::{Base, Change, Repository};

/// How many parts of a number are listed.
const LISTED: usize = 5;

/// A limit that can be tighter, since today's number is better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tighter {
    /// Which budget, as people read it.
    pub name: String,
    /// Where the limit stands in the configuration.
    pub span: Span,
    /// What is to stand there.
    pub text: String,
    /// The limit that it has.
    pub before: String,
    /// The limit that it gets.
    pub now: String,
}

/// A budget, who is held to it, and how much there is.
struct Spent<'a> {
    budget: &'a Budget,
    holder: Holder<'a>,
    now: Amount,
    before: Option<Amount>,
}

/// The numbers at the beginning of a change: couplings as the later configuration sees them, and what was accepted
/// by its own.
struct Earlier<'a> {
    couplings: Spending<'a>,
    accepted: Spending<'a>,
}

impl<'a> Earlier<'a> {
    fn of(&self, number: BudgetNumber) -> &Spending<'a> {
        if number.is_of_graph() { &self.couplings } else { &self.accepted }
    }
}

impl Change {
    /// Tells the budgets that are not kept, and those that are nearly used up. `baselines` are the one that there is,
    /// and the one that the change started from.
    pub fn keep_to_budgets(
        &mut self,
        head: &Repository,
        base: Option<&Base>,
        (baseline, baseline_before): (Option<&Baseline>, Option<&Baseline>),
    ) {
        let budgets = head.configuration.budgets.all();
        let rule = |about: Declared| head.rules.about(about).filter(|rule| rule.level != Level::Off);
        let (broken, near) = (rule(Declared::BrokenBudgets), rule(Declared::NearBudgets));
        if budgets.is_empty() || (broken.is_none() && near.is_none()) {
            return;
        }
        let is_of_graph = budgets.iter().any(|budget| budget.number.is_of_graph());
        let has_exceptions = budgets.iter().any(|budget| budget.number == BudgetNumber::Exceptions);
        let own = base.and_then(Base::own);
        let own_verdict = own.filter(|_| has_exceptions).map(|own| own.repository.judge());
        let excepted_before = own_verdict.as_ref().map(|verdict| verdict.excepted.as_slice());
        let earlier = base.map(|base| Earlier {
            couplings: Spending::new(base.judged(), (&head.configuration, &[]), BTreeMap::new(), is_of_graph),
            accepted: Spending::new(
                own.map_or(base.judged(), |own| own.repository.judged()),
                (
                    own.map_or(&head.configuration, |own| &own.repository.configuration),
                    excepted_before.unwrap_or_default(),
                ),
                by_rule(baseline_before),
                false,
            ),
        });
        let excepted = std::mem::take(&mut self.verdict.excepted);
        let now = head.spending(&excepted, baseline, is_of_graph);
        // The strictest first: where two names mean one feature, one finding is enough, and that of the strictest.
        let mut budgets: Vec<&Budget> = budgets.iter().collect();
        budgets.sort_by_key(|budget| budget.allowed());
        let (mut told, mut broken_before) = (BTreeSet::new(), BTreeSet::new());
        for budget in budgets {
            let earlier_of = earlier.as_ref().map(|earlier| earlier.of(budget.number));
            for holder in now.holders(budget) {
                let Some(amount) = now.of(budget.number, holder) else { continue };
                let before = earlier_of.and_then(|earlier| earlier.of(budget.number, holder));
                let spent = Spent { budget, holder, now: amount, before };
                // What has no configuration to start from declares everything at once.
                if matches!(budget.of, BudgetOf::Change) && own.is_none() {
                    continue;
                }
                let is_first = spent.was_broken() && broken_before.insert(spent.key());
                if let (true, Some(rule), Some(earlier)) = (is_first && spent.is_mended(), broken, earlier_of)
                {
                    let was = Spent { now: before.unwrap_or(amount), before: None, ..spent };
                    self.gone.push(was.finding(rule, (earlier, None)));
                }
                let (fate, is_inherited) = spent.fate(head.configuration.budgets.near());
                let rule = match fate {
                    Fate::Kept => None,
                    Fate::Near => near,
                    Fate::Broken => broken,
                };
                let Some(rule) = rule else { continue };
                if told.insert(spent.key()) {
                    let finding = spent.finding(rule, (&now, earlier_of.filter(|_| before.is_some())));
                    let list = if is_inherited { &mut self.inherited } else { &mut self.verdict.findings };
                    list.push(finding);
                }
            }
        }
        self.verdict.excepted = excepted;
        sort(&mut self.verdict.findings);
        sort(&mut self.inherited);
    }

    /// The limits that today's numbers are better than. Nothing becomes looser, and what a change may do stays as it
    /// is written.
    pub fn tighter(&self, head: &Repository, baseline: Option<&Baseline>) -> Vec<Tighter> {
        let budgets = head.configuration.budgets.all();
        let is_of_graph = budgets.iter().any(|budget| budget.number.is_of_graph());
        let now = head.spending(&self.verdict.excepted, baseline, is_of_graph);
        let tighter = |budget: &Budget| {
            let holders = now.holders(budget).into_iter();
            let amounts = holders.filter_map(|holder| now.of(budget.number, holder));
            let today = amounts.map(Amount::rounded_up).max()?;
            let limit = if budget.number.is_floor() { MILLION - today } else { today };
            (today < budget.allowed()).then(|| Tighter {
                name: budget.name(),
                span: budget.written,
                text: budget.rewritten(&head.configuration.text[budget.written.range()], limit),
                before: budget.shown(budget.limit),
                now: budget.shown(limit),
            })
        };
        let lasting = budgets.iter().filter(|budget| !matches!(budget.of, BudgetOf::Change));
        lasting.filter_map(tighter).collect()
    }
}

impl Repository {
    /// What can be budgeted, measured; its graph only if that is asked for.
    pub fn spending<'a>(
        &'a self,
        excepted: &'a [Excepted],
        baseline: Option<&Baseline>,
        is_of_graph: bool,
    ) -> Spending<'a> {
        Spending::new(self.judged(), (&self.configuration, excepted), by_rule(baseline), is_of_graph)
    }
}

/// How many entries of a baseline each rule has.
fn by_rule(baseline: Option<&Baseline>) -> BTreeMap<String, usize> {
    let mut by_rule = BTreeMap::new();
    for entry in baseline.iter().flat_map(|baseline| &baseline.entries) {
        *by_rule.entry(entry.rule.clone()).or_default() += 1;
    }
    by_rule
}

/// What became of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is kept, with room to spare.
    Kept,
    /// It is nearly used up.
    Near,
    /// It is not kept.
    Broken,
}

impl Spent<'_> {
    /// What became of it, and whether it was so before, and no better.
    fn fate(&self, near: i64) -> (Fate, bool) {
        let allowed = self.budget.allowed();
        if matches!(self.budget.of, BudgetOf::Change) {
            let is_broken = self.before.is_some_and(|before| self.now.has_added(before, allowed));
            return (if is_broken { Fate::Broken } else { Fate::Kept }, false);
        }
        let fate = |amount: Amount| match amount.is_above(allowed) {
            true => Fate::Broken,
            false if amount.is_near(allowed, near) => Fate::Near,
            false => Fate::Kept,
        };
        // What is worse than before is new, however bad that was.
        let is_inherited = self.before.is_some_and(|before| !self.now.is_more_than(before));
        (fate(self.now), is_inherited)
    }

    /// Whether it was broken before; what one change may do never was.
    fn was_broken(&self) -> bool {
        let is_lasting = !matches!(self.budget.of, BudgetOf::Change);
        is_lasting && self.before.is_some_and(|before| before.is_above(self.budget.allowed()))
    }

    /// Whether it was broken before, and is not any more.
    fn is_mended(&self) -> bool {
        self.was_broken() && !self.now.is_above(self.budget.allowed())
    }

    /// What findings about it are known by: its number, and who is held to it.
    fn key(&self) -> String {
        let key = self.budget.number.key();
        match (self.holder, &self.budget.of) {
            (Holder::Feature(feature), _) => format!("{key} of feature {feature}"),
            (Holder::Owner(owner), _) => format!("{key} of owner {owner}"),
            (Holder::Repository, BudgetOf::Change) => format!("{key} of a change"),
            (Holder::Repository, _) => key,
        }
    }

    /// `now` is where the number comes from, `before` what it is compared with.
    fn finding(&self, rule: &Rule, (now, before): (&Spending<'_>, Option<&Spending<'_>>)) -> Finding {
        let Budget { number, declared_at, .. } = self.budget;
        let key = number.key();
        let name = match self.holder {
            Holder::Feature(feature) => format!("`{key}` of feature `{feature}`"),
            Holder::Owner(owner) => format!("`{key}` of owner `{owner}`"),
            Holder::Repository => self.budget.name(),
        };
        let names = [
            ("name", name),
            ("reason", self.sentence()),
            ("limit", self.budget.shown(self.budget.limit)),
            ("place", self.where_to_look()),
        ];
        let details = details(
            &now.parts(*number, self.holder),
            before.map(|before| before.parts(*number, self.holder)).as_ref(),
        );
        Finding { details, ..of_configuration(rule, &names, &self.key(), declared_at.clone()) }
    }

    /// The number, the limit, and what lies between them.
    fn sentence(&self) -> String {
        let Budget { number, .. } = self.budget;
        let allowed = self.budget.allowed();
        if let (BudgetOf::Change, Some(before)) = (&self.budget.of, self.before) {
            let (less, most) = match number.is_floor() {
                true => ("less", "may be lost"),
                false => ("more", "may be added"),
            };
            let allowed = match allowed {
                0 => format!("nothing {most}"),
                allowed => format!("{} {most}", self.points(allowed)),
            };
            let way = format!("{} → {}", self.amount(before), self.amount(self.now));
            let way = if number.is_share() { format!(", {way}") } else { format!(" ({way})") };
            let added = self.points(self.now.added_to(before));
            return format!("{added} {less} than before{way}, where {allowed}");
        }
        let (most, over) = match number.is_floor() {
            true => ("the least", "too few"),
            false => ("the most", "too many"),
        };
        let parts = |count: i64| match (number.is_share(), count) {
            (false, count) => count.to_string(),
            (true, 1) => "1 pair".to_owned(),
            (true, count) => format!("{count} pairs"),
        };
        let left = match self.now.left(allowed) {
            0 => "nothing left".to_owned(),
            left @ 1.. => format!("{} left", parts(left)),
            less => format!("{} {over}", parts(-less)),
        };
        format!("{} where {} is {most}, {left}", self.amount(self.now), self.budget.shown(self.budget.limit))
    }

    /// How much there is: of shares, with what is counted, since what decides is not rounded.
    fn amount(&self, amount: Amount) -> String {
        let Amount { used, whole } = amount;
        let rounded = amount.rounded_up();
        match self.budget.number {
            number if number.is_floor() => {
                let independent = whole - used;
                format!("{independent} of {whole} pairs ({})", self.budget.shown(MILLION - rounded))
            }
            BudgetNumber::PropagationCost => {
                format!("{used} of {whole} pairs of units ({})", self.budget.shown(rounded))
            }
            _ => self.budget.shown(rounded),
        }
    }

    /// A difference: of shares, in points.
    fn points(&self, difference: i64) -> String {
        let shown = self.budget.shown(difference);
        match shown.strip_suffix(" %") {
            Some("1") => "1 point".to_owned(),
            Some(number) => format!("{number} points"),
            None => shown,
        }
    }

    /// What shows more of it.
    fn where_to_look(&self) -> String {
        let why = |from: &str, to: &str| format!("`watertight why {from} {to}` shows by which lines");
        match (self.budget.number, self.holder) {
            (BudgetNumber::Couplings(_), Holder::Feature(feature)) => why(feature, "OTHER"),
            (BudgetNumber::Couplings(_), _) => why("FEATURE", "OTHER"),
            (BudgetNumber::FanOut | BudgetNumber::Reaches, Holder::Feature(feature)) => why(feature, "OTHER"),
            (BudgetNumber::FanIn, Holder::Feature(feature)) => why("OTHER", feature),
            (BudgetNumber::Affects, _) => {
                "`watertight impact --files FILE` shows what is deployed again".to_owned()
            }
            (BudgetNumber::Baseline, _) => {
                "mend what the baseline holds, then `watertight baseline --prune`".to_owned()
            }
            (BudgetNumber::Exceptions, _) => "mend what exceptions cover, and remove them".to_owned(),
            _ => "`watertight cut` plans which lines to cut first".to_owned(),
        }
    }
}

/// The parts that became more, and then the largest.
fn details(now: &BTreeMap<String, usize>, before: Option<&BTreeMap<String, usize>>) -> Vec<String> {
    let added = |part: &String, count: usize| {
        before.map_or(0, |before| count.saturating_sub(before.get(part).copied().unwrap_or_default()))
    };
    let mut parts: Vec<(usize, usize, &String)> =
        now.iter().map(|(part, count)| (added(part, *count), *count, part)).collect();
    parts.sort_by_key(|(added, count, part)| (std::cmp::Reverse((*added, *count)), *part));
    let told = parts.iter().take(LISTED).map(|(added, count, part)| match (added, count) {
        (0, 1) => (*part).clone(),
        (0, count) => format!("{part}: {count}"),
        (added, count) if added == count => match count {
            1 => format!("{part}: new"),
            count => format!("{part}: {count}, all new"),
        },
        (added, count) => format!("{part}: {count}, of which {added} new"),
    });
    let mut told: Vec<String> = told.collect();
    if let Some(more @ 1..) = parts.len().checked_sub(LISTED) {
        told.push(format!("and {more} more"));
    }
    told
}
