//! Numbers as tables for a person.

use crate::insight::{FeatureMetrics, Ships};

use super::super::paint::{BOLD, DIM, paint};
use super::super::words::{enumerated, measured as measured_of};
use super::super::{Style, columns, counted, safe_line};
use super::{Measured, NAMED};

/// How many pairs of features are shown.
const PAIRS: usize = 10;

/// For a person: the repository, and then each feature, those that stand in the way of most first.
pub fn metrics(measured: &Measured<'_>, style: Style) -> String {
    let Measured { repository, metrics, excepted, baselined } = *measured;
    let totals = &metrics.totals;
    let mut text = String::new();
    let mut line = |name: &str, value: String, about: &str| {
        let about = if about.is_empty() { String::new() } else { format!("  {}", paint(about, DIM, style)) };
        text += &format!("{}{}{about}\n", paint(&format!("{name:<19}"), BOLD, style), safe_line(&value));
    };
    match totals.independence {
        Some(independence) => line("independence", measured_of(independence), ""),
        None => line("independence", "undefined below two features".to_owned(), ""),
    }
    if let Some(unshared) = totals.independence_unshared.filter(|one| Some(*one) != totals.independence) {
        line("  nothing shared", measured_of(unshared), "pairs without a common responsibility");
    }
    let total = totals.coupled();
    let kinds = totals.couplings.iter().map(|(kind, count)| format!("{count} {}", kind.word()));
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let kinds = if kinds.is_empty() { String::new() } else { format!(": {kinds}") };
    line("between features", format!("{}{kinds}", counted(total, "coupling", "couplings")), "");
    let propagation = totals.propagation;
    if let (Some(cost), Some(average)) = (propagation.cost(), propagation.average()) {
        let about = format!("a unit needs {} of {} on average", number_of(average, 1), propagation.units);
        line("propagation cost", format!("{} %", number_of(cost * 100.0, 1)), &about);
    }
    if let Some(normalized) = propagation.normalized() {
        let ccd = format!("{} (CCD {})", number_of(normalized, 2), propagation.reached);
        line("NCCD", ccd, "1 is a balanced tree; more is more entangled");
    }
    let circles = match totals.cycles {
        0 => "none".to_owned(),
        count => format!("{count}, the largest of {} features", totals.largest_cycle),
    };
    line("circles", circles, "");
    let affected = &totals.affected;
    if let (Some(median), Some((worst, unit))) = (affected.median, affected.worst.zip(metrics.worst)) {
        let unit = repository.linked.graph.unit(unit).shown();
        let value = format!("{median} of {} deployables, at worst {worst}", affected.deployables);
        line("a change affects", value, &format!("the worst is `{}`", safe_line(&unit)));
    }
    let ships = format!(
        "{} of {}",
        totals.alone,
        counted(totals.alone + totals.together, "feature that ships", "features that ship")
    );
    let nothing = match totals.nothing {
        0 => String::new(),
        1 => "1 ships nothing of its own".to_owned(),
        count => format!("{count} ship nothing of their own"),
    };
    line("deploys alone", ships, &nothing);
    line("accepted", format!("{excepted} by exceptions, {baselined} in the baseline"), "");
    let named = metrics.responsibilities.iter().map(|(id, features)| {
        let features = counted(*features, "feature", "features");
        format!("{} ({features})", repository.map.responsibility(*id).name)
    });
    let named: Vec<String> = named.collect();
    if !named.is_empty() {
        line("responsibilities", enumerated(&named, NAMED), "");
    }
    if metrics.by_feature.is_empty() {
        return text;
    }
    text.push('\n');
    text += &table(measured, style);
    text + &pairs(measured, style)
}

/// The pairs of features with most couplings, and of which kinds.
fn pairs(measured: &Measured<'_>, style: Style) -> String {
    let mut pairs: Vec<_> = measured.metrics.pairs.iter().collect();
    pairs.sort_by_key(|(_, kinds)| std::cmp::Reverse(kinds.values().sum::<usize>()));
    let shown = if style.all { pairs.len() } else { PAIRS };
    let rows: Vec<_> = pairs
        .iter()
        .take(shown)
        .map(|((from, to), kinds)| {
            let of = kinds.iter().map(|(kind, count)| format!("{count} {}", kind.word()));
            let of = of.collect::<Vec<_>>().join(", ");
            let names = [from, to].map(|feature| columns::name(measured.feature(*feature)));
            let [from, to] = names;
            ([from, to, of], None)
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut text =
        "\n".to_owned() + &columns::columns(["needs", "needed", "couplings"], &[0, 1, 2], &rows, style);
    if pairs.len() > shown {
        text += &format!("and {} more pairs; `--format csv` has all of them\n", pairs.len() - shown);
    }
    text
}

fn number_of(value: f64, places: usize) -> String {
    format!("{value:.places$}")
}

/// Each feature, those first that most others need.
fn table(measured: &Measured<'_>, style: Style) -> String {
    let metrics = measured.metrics;
    let mut features: Vec<&FeatureMetrics> = metrics.by_feature.iter().collect();
    features.sort_by_key(|one| {
        (
            std::cmp::Reverse(one.numbers.reached_by),
            std::cmp::Reverse(one.numbers.fan_in),
            measured.feature(one.feature),
        )
    });
    let head = [
        "feature",
        "units",
        "reaches",
        "reached by",
        "out",
        "in",
        "Ca",
        "Ce",
        "instability",
        "affects",
        "alone",
    ];
    let rows: Vec<_> = features
        .iter()
        .map(|one| {
            let instability = one.numbers.instability().map_or("-".to_owned(), |value| number_of(value, 2));
            let alone = match one.shipping.ships() {
                Ships::Alone => "yes",
                Ships::Together => "no",
                Ships::Nothing => "-",
            };
            let row = [
                columns::name(measured.feature(one.feature)),
                one.numbers.units.to_string(),
                one.numbers.reaches.to_string(),
                one.numbers.reached_by.to_string(),
                one.numbers.fan_out.to_string(),
                one.numbers.fan_in.to_string(),
                one.numbers.afferent.to_string(),
                one.numbers.efferent.to_string(),
                instability,
                one.numbers.affects.to_string(),
                alone.to_owned(),
            ];
            let because = measured.because(one).join("; ");
            (row, (!because.is_empty()).then(|| format!("not alone: {}", safe_line(&because))))
        })
        .collect();
    columns::columns(head, &[0], &rows, style)
}
