//! What became of a repository: for a person as a table with sparklines, for programs as JSON and CSV.

mod json;
mod spark;
mod table;

use std::fmt::Write as _;

use crate::graph::CouplingKind;
use crate::insight::Totals;
use crate::{Every, History};

use super::metrics::{TOTALS, exact, number};

pub use json::{history_json, history_schema};
pub use table::history;

/// A history, and what a person should know about how it came about.
#[derive(Debug, Clone, Copy)]
pub struct ToldHistory<'h> {
    /// What was measured.
    pub history: &'h History,
    /// What the repository is called; empty if it has no name.
    pub name: &'h str,
    /// Which commits became points.
    pub every: Every,
    /// Whether each commit was measured by its own configuration.
    pub is_by_own: bool,
    /// Sentences without a full stop.
    pub notes: &'h [String],
}

/// A number that is drawn over time.
pub struct Series {
    /// What it is, in a few words.
    pub name: &'static str,
    /// What follows each number: ` %`, or nothing.
    pub unit: &'static str,
    /// How many places are shown.
    pub places: usize,
    /// Whether it is better when it rises; `None` where it is neither.
    pub is_good: Option<bool>,
    /// The number; `None` where it is not defined.
    pub value: fn(&Totals) -> Option<f64>,
}

impl Series {
    /// A value as it is shown.
    pub fn told(&self, value: f64) -> String {
        format!("{value:.places$}{unit}", places = self.places, unit = self.unit)
    }
}

/// Those that are shown to a person, in order.
pub const SERIES: [Series; 11] = [
    Series {
        name: "independence",
        unit: " %",
        places: 1,
        is_good: Some(true),
        value: |all| Some(all.independence?.share() * 100.0),
    },
    Series {
        name: "  nothing shared",
        unit: " %",
        places: 1,
        is_good: Some(true),
        value: |all| Some(all.independence_unshared?.share() * 100.0),
    },
    Series {
        name: "between features",
        unit: "",
        places: 0,
        is_good: Some(false),
        value: |all| Some(exact(all.coupled())),
    },
    Series {
        name: "propagation cost",
        unit: " %",
        places: 1,
        is_good: Some(false),
        value: |all| Some(all.propagation.cost()? * 100.0),
    },
    Series {
        name: "NCCD",
        unit: "",
        places: 2,
        is_good: Some(false),
        value: |all| all.propagation.normalized(),
    },
    Series {
        name: "circles",
        unit: "",
        places: 0,
        is_good: Some(false),
        value: |all| Some(exact(all.cycles)),
    },
    Series {
        name: "a change affects",
        unit: "",
        places: 0,
        is_good: Some(false),
        value: |all| all.affected.median.map(exact),
    },
    Series {
        name: "  at worst",
        unit: "",
        places: 0,
        is_good: Some(false),
        value: |all| all.affected.worst.map(exact),
    },
    Series {
        name: "deploys alone",
        unit: "",
        places: 0,
        is_good: Some(true),
        value: |all| Some(exact(all.alone)),
    },
    Series { name: "features", unit: "", places: 0, is_good: None, value: |all| Some(exact(all.features)) },
    Series { name: "units", unit: "", places: 0, is_good: None, value: |all| Some(exact(all.units)) },
];

/// One line for each point, and one column for each number.
pub fn history_csv(told: &ToldHistory<'_>) -> String {
    let mut text = "commit,day,author,subject,tags".to_owned();
    for one in &TOTALS {
        let _ = write!(text, ",{}", one.name);
    }
    for kind in CouplingKind::ALL {
        let _ = write!(text, ",couplings_{}", kind.word());
    }
    text += ",baseline,problems,error\n";
    for point in &told.history.points {
        let logged = &point.logged;
        let cells = [&logged.author, &logged.subject, &point.tags.join(" ")].map(|one| super::csv_cell(one));
        let _ = write!(text, "{},{},{}", logged.commit.whole(), logged.day(), cells.join(","));
        let moment = point.measured.as_ref().ok();
        for one in &TOTALS {
            let value = moment.and_then(|moment| (one.value)(&moment.totals));
            let _ = write!(text, ",{}", value.map(number).unwrap_or_default());
        }
        for kind in CouplingKind::ALL {
            let count = moment.map(|moment| moment.totals.couplings.get(&kind).copied().unwrap_or_default());
            let _ = write!(text, ",{}", count.map(|count| count.to_string()).unwrap_or_default());
        }
        let baseline = moment.and_then(|moment| moment.baseline);
        let of = |count: Option<usize>| count.map(|count| count.to_string()).unwrap_or_default();
        let error = point.measured.as_ref().err().map(|why| super::csv_cell(why)).unwrap_or_default();
        let problems = of(moment.map(|moment| moment.problems));
        let _ = writeln!(text, ",{},{problems},{error}", of(baseline));
    }
    text
}
