//! Which units were found, and which line says where each belongs: for a person as a table, for a program as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Repository;
use crate::features::{Feature, FeatureId, Role};
use crate::graph::{Unit, UnitId, UnitKind};
use crate::text::{Location, nearest_or};

use super::graph_json::{EvidenceRecord, UnitRecord, evidence, unit_record};
use super::paint::{BOLD, DIM, YELLOW, paint, wrapped};
use super::pretty::to_json;
use super::{Style, Texts, counted, safe_line};

/// The version of these formats.
const VERSION: u32 = 1;

/// How wide a column may become.
const WIDEST: usize = 44;

/// Which units are wanted.
#[derive(Debug, Clone, Default)]
pub struct UnitChoice {
    /// Only those that nothing assigns.
    pub unassigned: bool,
    /// Only those of this feature, or of what is nested in it.
    pub feature: Option<String>,
    /// Only those of this kind.
    pub kind: Option<UnitKind>,
}

impl UnitChoice {
    fn units<'r>(&self, repository: &'r Repository) -> Vec<(UnitId, &'r Unit)> {
        let map = &repository.map;
        let is_of = |id: UnitId, wanted: &String| {
            let name = map.feature_of(id).map(|feature| map.feature(feature).name.as_str());
            name.and_then(|name| name.strip_prefix(wanted.as_str()))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_chosen = |(id, unit): &(UnitId, &Unit)| {
            (!self.unassigned || map.role(*id) == Role::Unassigned)
                && self.feature.as_ref().is_none_or(|wanted| is_of(*id, wanted))
                && self.kind.is_none_or(|kind| kind == unit.kind)
        };
        repository.linked.graph.units().filter(is_chosen).collect()
    }

    /// The nearest name of a feature, where the one that is wanted is not there.
    ///
    /// # Errors
    /// What to do, as a sentence.
    pub fn check(&self, repository: &Repository) -> Result<(), String> {
        let features = &repository.map.features;
        let is_there = |wanted: &String| {
            features.iter().any(|one| one.name == *wanted || one.name.starts_with(&format!("{wanted}/")))
        };
        match self.feature.as_ref().filter(|wanted| !is_there(wanted)) {
            None => Ok(()),
            Some(wanted) => {
                let names = features.iter().map(|one| one.name.as_str());
                Err(nearest_or(wanted, names, "`watertight features` lists them"))
            }
        }
    }
}

#[derive(Serialize)]
struct Units<'a> {
    version: u32,
    units: Vec<UnitRecord<'a>>,
}

/// The units as one JSON document.
pub fn units_json(repository: &Repository, choice: &UnitChoice, texts: &Texts<'_>) -> String {
    let units = choice.units(repository);
    let units = units.into_iter().map(|(id, _)| unit_record(repository, texts, id, None)).collect();
    to_json(&Units { version: VERSION, units })
}

/// The units as a table: what each is, where it belongs, and which line says so.
pub fn units(repository: &Repository, choice: &UnitChoice, texts: &Texts<'_>, style: Style) -> String {
    let rows: Vec<[String; 4]> =
        choice.units(repository).into_iter().map(|(id, unit)| row(repository, texts, id, unit)).collect();
    let all = repository.linked.graph.units().len();
    let mut text = String::new();
    if !rows.is_empty() {
        text += &table(&["kind", "unit", "belongs to", "by"], &rows, style);
        text.push('\n');
    }
    text += &match rows.len() == all {
        true => format!("{}\n", counted(all, "unit", "units")),
        false => format!("{} of {}\n", rows.len(), counted(all, "unit", "units")),
    };
    if choice.unassigned && !rows.is_empty() {
        text += &wrapped(
            "packages and images that the repository builds should belong somewhere: `watertight init` proposes \
             where. Datastores, secrets and what runs an image of others need not",
            "",
            "",
            style,
        );
    }
    text
}

fn row(repository: &Repository, texts: &Texts<'_>, id: UnitId, unit: &Unit) -> [String; 4] {
    let map = &repository.map;
    let belongs = match map.role(id) {
        Role::Feature(feature) if map.is_api(id) => format!("{} (its API)", map.feature(feature).name),
        _ => map.role_name(id),
    };
    let by = match map.assigned_by(id) {
        Some(location) => said_at(location, texts),
        None => format!("nothing; it is at {}", place(&unit.declared_at, texts)),
    };
    [unit.kind.word().to_owned(), unit.name.clone(), belongs, by].map(|cell| safe_line(&cell))
}

fn place(location: &Location, texts: &Texts<'_>) -> String {
    format!("{}:{}", location.path, texts.position(&location.path, location.span).line)
}

/// A line, and what stands there.
fn said_at(location: &Location, texts: &Texts<'_>) -> String {
    let text = texts.safe(&location.path);
    let written = text.get(location.span.start as usize..location.span.end as usize).unwrap_or_default();
    let written = written.lines().next().unwrap_or_default();
    format!("{} {written}", place(location, texts))
}

/// Columns as wide as what stands in them; the last one may be as long as it likes.
fn table(head: &[&str; 4], rows: &[[String; 4]], style: Style) -> String {
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.max().unwrap_or_default().max(head[at].len()).min(WIDEST)
    };
    let widths = [width(0), width(1), width(2)];
    let line = |cells: [&str; 4]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  "));
        format!("{}{}", padded.collect::<String>(), cells[3]).trim_end().to_owned() + "\n"
    };
    let mut text = paint(line(*head).trim_end(), DIM, style) + "\n";
    for [kind, name, belongs, by] in rows {
        text += &line([kind, name, belongs, by]);
    }
    text
}

#[derive(Serialize)]
struct Features<'a> {
    version: u32,
    features: Vec<FeatureRecord<'a>>,
    /// What belongs to no feature, by its role.
    others: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct FeatureRecord<'a> {
    name: &'a str,
    about: Option<&'a str>,
    owner: Option<&'a str>,
    responsibilities: Vec<&'a str>,
    /// Whether it lives in another repository; not there if it does not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_external: bool,
    declared_at: EvidenceRecord,
    /// The identities of its units.
    units: Vec<String>,
    /// Those of them that are its published contract.
    apis: Vec<String>,
}

/// What each feature holds.
struct Holdings<'r> {
    repository: &'r Repository,
    by_role: BTreeMap<Role, Vec<UnitId>>,
}

impl<'r> Holdings<'r> {
    fn new(repository: &'r Repository) -> Self {
        let mut by_role: BTreeMap<Role, Vec<UnitId>> = BTreeMap::new();
        for (id, _) in repository.linked.graph.units() {
            by_role.entry(repository.map.role(id)).or_default().push(id);
        }
        Self { repository, by_role }
    }

    fn of(&self, role: Role) -> &[UnitId] {
        self.by_role.get(&role).map(Vec::as_slice).unwrap_or_default()
    }

    fn features(&self) -> impl Iterator<Item = (&'r Feature, &[UnitId])> {
        let features = self.repository.map.features.iter().enumerate();
        features.map(|(at, feature)| (feature, self.of(Role::Feature(FeatureId::new(at)))))
    }

    /// Roles that are no feature's, with their units.
    fn others(&self) -> impl Iterator<Item = (String, &[UnitId])> {
        let others = self.by_role.iter().filter(|(role, _)| !matches!(role, Role::Feature(_)));
        others.map(|(role, units)| (self.repository.map.name_of_role(*role), units.as_slice()))
    }

    fn identities(&self, units: &[UnitId]) -> Vec<String> {
        units.iter().map(|id| self.repository.linked.graph.unit(*id).identity()).collect()
    }

    /// One line for each kind of unit: how many, and their names.
    fn lines(&self, units: &[UnitId], style: Style) -> String {
        let Repository { linked, map, .. } = self.repository;
        let mut kinds: BTreeMap<(UnitKind, bool), Vec<String>> = BTreeMap::new();
        for id in units {
            let unit = linked.graph.unit(*id);
            kinds.entry((unit.kind, map.is_api(*id))).or_default().push(safe_line(&unit.name));
        }
        let lines = kinds.into_iter().map(|((kind, is_api), names)| {
            let word = if is_api { format!("{} (API)", kind.word()) } else { kind.word().to_owned() };
            let first = format!("  {word:<13} ");
            wrapped(&names.join(", "), &first, &" ".repeat(first.len()), style)
        });
        lines.collect()
    }
}

/// The features as one JSON document.
pub fn features_json(repository: &Repository, texts: &Texts<'_>) -> String {
    let holdings = Holdings::new(repository);
    let features = holdings.features().map(|(feature, units)| {
        let apis: Vec<UnitId> = units.iter().copied().filter(|id| repository.map.is_api(*id)).collect();
        let named = feature.responsibilities.iter();
        FeatureRecord {
            name: &feature.name,
            about: feature.about.as_deref(),
            owner: feature.owner.as_deref(),
            responsibilities: named.map(|id| repository.map.responsibility(*id).name.as_str()).collect(),
            is_external: feature.is_external,
            declared_at: evidence(&feature.declared_at, texts),
            units: holdings.identities(units),
            apis: holdings.identities(&apis),
        }
    });
    let others = holdings.others().map(|(name, units)| (name, holdings.identities(units)));
    to_json(&Features { version: VERSION, features: features.collect(), others: others.collect() })
}

/// The features for a person: what each is for, whose it is, what it holds, and where it is declared.
pub fn features(repository: &Repository, texts: &Texts<'_>, style: Style) -> String {
    let holdings = Holdings::new(repository);
    let mut text = String::new();
    for (feature, units) in holdings.features() {
        let named = feature.responsibilities.iter();
        let named: Vec<&str> = named.map(|id| repository.map.responsibility(*id).name.as_str()).collect();
        let about = [
            feature.owner.clone(),
            feature.is_external.then(|| "in another repository".to_owned()),
            (!named.is_empty()).then(|| format!("answers for {}", named.join(", "))),
            Some(place(&feature.declared_at, texts)),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        text += &format!(
            "{}  {}\n",
            paint(&safe_line(&feature.name), BOLD, style),
            paint(&safe_line(&about.join("; ")), DIM, style)
        );
        if let Some(about) = &feature.about {
            text += &wrapped(&safe_line(about), "  ", "  ", style);
        }
        text += &match units.is_empty() {
            true => "  nothing yet\n".to_owned(),
            false => holdings.lines(units, style),
        };
        text.push('\n');
    }
    for (role, units) in holdings.others() {
        text += &format!("{}\n{}\n", paint(&safe_line(&role), YELLOW, style), holdings.lines(units, style));
    }
    let count = repository.map.features.len();
    text + &format!(
        "{} of {}; `watertight units --feature NAME` says which line assigns each\n",
        counted(count, "feature", "features"),
        counted(repository.linked.graph.units().len(), "unit", "units")
    )
}
