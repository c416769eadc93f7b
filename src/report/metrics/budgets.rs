//! The numbers of today as limits, to begin with.

use std::fmt::Write as _;

use crate::features::{BudgetNumber, MILLION, REACHING};
use crate::insight::{Holder, Spending};

/// A section `[budgets]` with the numbers of today, to begin with.
pub fn metrics_budgets(spending: &Spending<'_>) -> String {
    let limit = |number: BudgetNumber| {
        let today = spending.of(number, Holder::Repository)?.rounded_up();
        // Who has no baseline yet may begin one.
        if number == BudgetNumber::Baseline && today == 0 {
            return None;
        }
        let limit = if number.is_floor() { MILLION - today } else { today };
        let shown = number.shown(limit);
        Some(if number.is_share() { format!("\"{shown}\"") } else { shown })
    };
    let mut text = "# What there is today: `watertight check` fails where one of these gets worse, and `watertight check \
                    --ratchet`\n# tightens them where it gets better. They stand at their limits on purpose, so that \
                    none is near.\n[budgets]\nnear = \"0 %\"\n"
        .to_owned();
    for number in [
        BudgetNumber::Independence,
        BudgetNumber::IndependenceUnshared,
        BudgetNumber::PropagationCost,
        BudgetNumber::Circles,
        BudgetNumber::Baseline,
        BudgetNumber::Exceptions,
    ] {
        if let Some(limit) = limit(number) {
            let _ = writeln!(text, "{} = {limit}", number.key());
        }
    }
    let kinds = REACHING.iter().filter_map(|kind| {
        limit(BudgetNumber::Couplings(*kind)).map(|limit| format!("{} = {limit}", kind.word()))
    });
    let _ = writeln!(text, "couplings = {{ {} }}", kinds.collect::<Vec<_>>().join(", "));
    text
}
