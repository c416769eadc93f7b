//! `[impact]`: what a change of a file that no unit holds affects.

use toml::de::DeValue;

use crate::graph::CouplingGraph;
use crate::text::toml::{Table, Value, wrong_type};
use crate::text::{Fault, Location, RepoPath, Span, Spanned, nearest};

use super::super::selection::{Names, Selector};
use super::super::selector::{PathMatcher, PathSelector, Unmatched};
use super::super::{FeatureMap, UnitSet};

/// What files mean whose names say nothing.
#[derive(Debug, Default)]
pub struct ImpactSection {
    selectors: Vec<PathSelector>,
    /// The entry of each selector.
    of_selector: Vec<usize>,
    entries: Vec<(Spanned<String>, Affects)>,
    matcher: PathMatcher,
}

/// What a file affects.
#[derive(Debug, Clone)]
pub enum Affects {
    /// Every unit.
    Everything,
    /// No unit.
    Nothing,
    /// These features and units.
    These(Vec<Selector>),
}

/// The two words, and what they stand for.
const WORDS: [(&str, Affects); 2] = [("everything", Affects::Everything), ("nothing", Affects::Nothing)];

impl ImpactSection {
    /// Reads `[impact]`.
    pub(super) fn read(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        let mut found = Self::default();
        for (key, value) in root.table("impact", faults).iter().flat_map(Table::entries) {
            let written = Spanned { value: key.value.to_owned(), span: key.span };
            let selectors = PathSelector::read(written.clone(), root.file(), faults);
            let Some(affects) = affects(key.value, value, root.file(), faults) else { continue };
            for selector in selectors {
                found.selectors.push(selector);
                found.of_selector.push(found.entries.len());
            }
            found.entries.push((written, affects));
        }
        found.matcher = PathMatcher::new(&found.selectors);
        found
    }

    /// What a file is declared to affect: the glob with the longest text before its first `*` decides.
    pub fn of(&self, path: &RepoPath) -> Option<(&Spanned<String>, &Affects)> {
        let named = path.with_ancestors().filter(|part| !part.is_empty());
        let found = named.flat_map(|part| self.matcher.naming(part));
        // Of equals, the one that stands first.
        let best = found.max_by_key(|at| (self.selectors[*at].precision, std::cmp::Reverse(*at)))?;
        self.entries.get(*self.of_selector.get(best)?).map(|(written, affects)| (written, affects))
    }

    /// The units that some selectors name.
    pub fn units(selectors: &[Selector], graph: &CouplingGraph, map: &FeatureMap) -> Vec<UnitSet> {
        selectors.iter().map(|selector| selector.resolve(graph, map)).collect()
    }

    /// The names in it that mean nothing.
    pub(crate) fn unmatched(
        &self,
        file: &RepoPath,
        graph: &CouplingGraph,
        map: &FeatureMap,
    ) -> Vec<Unmatched> {
        let mut found = Vec::new();
        for (glob, affects) in &self.entries {
            let Affects::These(selectors) = affects else { continue };
            let names = selectors.iter().flat_map(Selector::names);
            for name in names.filter(|name| !name.is_category() && name.is_unmatched(graph, map)) {
                found.push(Unmatched {
                    written: name.written.value.clone(),
                    place: format!("`{}` of `[impact]`", glob.value),
                    wanted: name.wanted(),
                    location: Location { path: file.clone(), span: name.written.span },
                    nearest: name.nearest(graph, map),
                });
            }
        }
        found
    }
}

fn affects(key: &str, value: &Value<'_>, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<Affects> {
    match value.get_ref() {
        DeValue::String(word) => {
            let found = WORDS.into_iter().find(|(known, _)| known == word).map(|(_, affects)| affects);
            if found.is_none() {
                let fault = Fault::of(file, format!("unknown word `{word}` in `[impact]`"));
                let fault = fault.at(Span::new(value.span()), "not known");
                faults.push(fault.help(match nearest(word, ["everything", "nothing"]) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "write `everything`, `nothing`, or a list of features and units: `\"{key}\" = [\"{word}\"]`"
                    ),
                }));
            }
            found
        }
        DeValue::Array(items) if !items.is_empty() => {
            let read = items.iter().map(|item| Selector::read(item, key, file, Names::Bare, faults));
            read.collect::<Vec<_>>().into_iter().collect::<Option<Vec<Selector>>>().map(Affects::These)
        }
        DeValue::Array(_) => {
            let fault = Fault::of(file, format!("`{key}` in `[impact]` names no feature and no unit"));
            let fault = fault.at(Span::new(value.span()), "this list is empty");
            faults.push(fault.help(format!("write `\"{key}\" = \"nothing\"` if it affects nothing")));
            None
        }
        _ => {
            let wanted = "`everything`, `nothing`, or a list of features and units";
            faults.push(wrong_type(value, key, wanted, file));
            None
        }
    }
}
