//! Helm charts: what their values say that they run, and with which settings.
//!
//! Charts that are installed together, as one stands on the other, are one environment. Each part of a chart with an
//! image of its own is a workload. What a release is called is not known, so a chart's services are found by names
//! that its values say for certain, and by no others.

mod parts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::snapshot::Gap;
use crate::sources::Facts;
use crate::sources::helm::{Chart, Part};
use crate::sources::kubernetes::{EnvValue, EnvVar};
use crate::text::{Location, RepoPath, Spanned};

use super::super::super::Ecosystem;
use super::super::model::{Environment, Kept, KeptKind, Running, Said, Setting};
use super::groups::{join, root_of};
use super::places::Place;
use super::{Clusters, ServiceAt};

use parts::{named, whose};

/// How deep charts may stand on each other.
const DEEPEST: usize = 16;

/// How many settings the charts of a repository may have together.
const MOST_SETTINGS: usize = 200_000;

/// A chart, and which others of the repository it stands on.
struct Known<'f> {
    folder: RepoPath,
    says: &'f Chart,
    /// By the key of values that are for each; `None` for one of elsewhere.
    takes: BTreeMap<&'f str, Option<usize>>,
    /// What values say of it, by the keys that lead there, each with its file.
    parts: BTreeMap<&'f [String], Vec<(&'f RepoPath, &'f Part)>>,
}

impl Clusters {
    /// Adds what the charts of a repository run; environments are numbered from `first`, behind those of manifests.
    pub(super) fn install(&mut self, facts: &BTreeMap<RepoPath, Arc<Facts>>, first: usize) {
        let mut charts = known(facts);
        assign(&mut charts, facts, &mut self.gaps);
        let environments = self.families(&charts, first);
        let mut room = MOST_SETTINGS;
        for (chart, environment) in charts.iter().zip(environments) {
            let name = chart.says.name.as_ref().map_or_else(|| chart.folder.file_name(), |name| &name.value);
            if chart.says.is_library || name.is_empty() {
                continue;
            }
            self.charts.entry(name.to_ascii_lowercase()).or_insert_with(|| chart.folder.clone());
            self.install_one(chart, name, environment, &mut room);
        }
        if let (0, Some(first)) = (room, charts.first()) {
            let what =
                format!("Helm charts with more than {MOST_SETTINGS} settings, and not all are looked at");
            self.gaps.push(Gap::of(&first.folder, what));
        }
    }

    /// The environment of each chart: one for all that stand on each other.
    fn families(&mut self, charts: &[Known<'_>], first: usize) -> Vec<usize> {
        let mut joined: Vec<usize> = (0..charts.len()).collect();
        for (at, chart) in charts.iter().enumerate() {
            chart.takes.values().flatten().for_each(|child| join(&mut joined, at, *child));
        }
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let number = |at: usize| {
            *numbers.entry(root_of(&mut joined, at)).or_insert_with(|| {
                self.environments.push(Environment { label: charts[at].folder.to_string() });
                first + self.environments.len() - 1
            })
        };
        (0..charts.len()).map(number).collect()
    }

    fn install_one(&mut self, chart: &Known<'_>, name: &str, environment: usize, room: &mut usize) {
        let with_image = |all: &&Vec<(&RepoPath, &Part)>| all.iter().any(|(_, part)| part.image.is_some());
        let components: Vec<&[String]> =
            chart.parts.iter().filter(|(_, all)| with_image(all)).map(|(keys, _)| *keys).collect();
        let mut running: BTreeMap<&[String], Running> = BTreeMap::new();
        let mut names: BTreeMap<&[String], BTreeSet<String>> = BTreeMap::new();
        let mut loose = None;
        for (keys, all) in &chart.parts {
            let owner = whose(keys, &components);
            for (path, part) in all {
                let Some(owner) = owner else {
                    loose = loose.or(part.env.first().map(|one| (*path, one.span)));
                    continue;
                };
                let one = running.entry(owner).or_insert_with(|| {
                    let location = Location { path: (*path).clone(), span: place_of(part) };
                    let mut one =
                        Running::new(&named(name, owner), environment, Ecosystem::Kubernetes, location);
                    one.label = Some(chart.folder.to_string());
                    one
                });
                if let Some(image) = &part.image {
                    one.declared_at = declared(one, path, image);
                    one.images.push(said(image, path));
                }
                settings(one, path, &part.env, room);
                names.entry(owner).or_default().extend(part.names.iter().map(|name| name.value.clone()));
            }
        }
        if let Some((path, span)) = loose {
            let what =
                "settings of a Helm chart that stand beside no image: whose they are, only its templates say";
            self.gaps.push(Gap::at(path, span, what));
        }
        let place = Place { environment, folder: chart.folder.clone(), namespace: String::new() };
        for (keys, one) in running {
            for name in names.remove(keys).unwrap_or_default() {
                let (place, to) = (place.clone(), BTreeSet::from([self.running.len()]));
                let at = ServiceAt { place, to, external: None };
                self.services.entry(name.to_ascii_lowercase()).or_default().push(at);
            }
            self.running.push(one);
            self.places.push(place.clone());
        }
    }
}

/// The charts of a repository, in the order of their folders.
fn known(facts: &BTreeMap<RepoPath, Arc<Facts>>) -> Vec<Known<'_>> {
    let charts = facts.iter().filter_map(|(path, facts)| match &**facts {
        Facts::HelmChart(says) => Some((path.parent()?, says)),
        _ => None,
    });
    let charts: BTreeMap<RepoPath, &Chart> = charts.collect();
    let positions: BTreeMap<&RepoPath, usize> = charts.keys().zip(0..).collect();
    let take = |folder: &RepoPath, says: &'_ Chart| -> Vec<Option<usize>> {
        let each = says.dependencies.iter().map(|one| {
            let repository = one.repository.as_ref().map_or("", |text| text.value.as_str());
            let place = match repository.strip_prefix("file://") {
                Some(relative) => folder.join(relative),
                None => folder.join("charts").and_then(|charts| charts.join(&one.name.value)),
            };
            place.and_then(|place| positions.get(&place)).copied()
        });
        each.collect()
    };
    let each = charts.iter().map(|(folder, says)| {
        let keys = says.dependencies.iter().map(crate::sources::helm::Dependency::key);
        let takes = keys.zip(take(folder, says)).collect();
        Known { folder: folder.clone(), says, takes, parts: BTreeMap::new() }
    });
    each.collect()
}

/// Gives what values say to the charts of which they say it: to that beside which they lie, or to one that it
/// stands on.
fn assign<'f>(charts: &mut [Known<'f>], facts: &'f BTreeMap<RepoPath, Arc<Facts>>, gaps: &mut Vec<Gap>) {
    let folders: BTreeMap<RepoPath, usize> =
        charts.iter().enumerate().map(|(at, chart)| (chart.folder.clone(), at)).collect();
    let mut beside: BTreeSet<&RepoPath> = BTreeSet::new();
    for (path, facts) in facts {
        let Facts::HelmValues(values) = &**facts else { continue };
        let Some(chart) = path.parent().and_then(|folder| folders.get(&folder)) else {
            let around = path.with_ancestors().skip(1).find_map(|folder| folders.get_key_value(folder));
            match around {
                // Examples and tests of a chart, most of the time: told once.
                Some((chart, _)) => beside.extend([chart]),
                None if values.parts.iter().any(|part| part.image.is_some()) => {
                    gaps.push(Gap::of(path, "values of a Helm chart that lies elsewhere: they are not read"));
                }
                None => {}
            }
            continue;
        };
        for part in &values.parts {
            let (mut at, mut keys) = (Some(*chart), part.keys.as_slice());
            for _ in 0..DEEPEST {
                let Some((key, rest)) = keys.split_first() else { break };
                let Some(child) = at.and_then(|at| charts[at].takes.get(key.as_str())) else { break };
                (at, keys) = (*child, rest);
            }
            if let Some(at) = at {
                charts[at].parts.entry(keys).or_default().push((path, part));
            }
        }
    }
    let more = "a Helm chart with more values in folders below it: those are not read";
    gaps.extend(beside.into_iter().map(|chart| Gap::of(chart, more)));
}

fn said(text: &Spanned<String>, path: &RepoPath) -> Said {
    Said::new(text.value.clone(), Location { path: path.clone(), span: text.span })
}

/// Where a part is declared before its image is met.
fn place_of(part: &Part) -> crate::text::Span {
    let env = part.env.first().map(|one| one.span);
    let name = part.names.first().map(|one| one.span);
    part.image.as_ref().map(|image| image.span).or(env).or(name).unwrap_or_default()
}

/// Where a part is declared: at its first image.
fn declared(one: &Running, path: &RepoPath, image: &Spanned<String>) -> Location {
    match one.images.is_empty() {
        true => Location { path: path.clone(), span: image.span },
        false => one.declared_at.clone(),
    }
}

fn settings(running: &mut Running, path: &RepoPath, env: &[EnvVar], room: &mut usize) {
    for variable in env {
        match &variable.value {
            EnvValue::Literal(text) => {
                let Some(left) = room.checked_sub(1) else { continue };
                *room = left;
                running.settings.push(Setting { name: variable.name.value.clone(), value: said(text, path) });
            }
            EnvValue::SecretKey { secret, .. } => {
                let kept = Kept {
                    environment: None,
                    namespace: String::new(),
                    name: secret.value.clone(),
                    what: KeptKind::Secret,
                };
                running.secrets.push((kept, said(secret, path)));
            }
            EnvValue::ConfigMapKey { .. } | EnvValue::Other => {}
        }
    }
}
