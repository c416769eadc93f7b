//! `why`, `cut` and `order` on random small repositories against brute force, and through the binary.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use watertight::Repository;
use watertight::features::{Configuration, FeatureId, REACHING};
use watertight::graph::{CouplingId, CouplingKind, UnitId, UnitKind};
use watertight::insight::{Cut, Knife, Tie, Wait, cut, independence, order, plan, standing, why};
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, RepoPath};

/// What a package is, in a random repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Feature(usize),
    /// Part of a feature, and its published contract.
    Api(usize),
    Shared,
    Assembly,
    TestSupport,
    Unassigned,
}

#[derive(Debug, Clone)]
struct Sketch {
    roles: Vec<Role>,
    /// From, to, table.
    edges: Vec<(usize, usize, &'static str)>,
    /// The features that one responsibility lets know of each other.
    related: BTreeSet<usize>,
}

const FEATURES: usize = 4;

fn sketch() -> impl Strategy<Value = Sketch> {
    (3..8_usize).prop_flat_map(|count| {
        let role = prop_oneof![
            8 => (0..FEATURES).prop_map(Role::Feature),
            3 => (0..FEATURES).prop_map(Role::Api),
            2 => Just(Role::Shared),
            1 => Just(Role::Assembly),
            1 => Just(Role::TestSupport),
            3 => Just(Role::Unassigned),
        ];
        let table = prop_oneof![
            5 => Just("dependencies"),
            1 => Just("build-dependencies"),
            1 => Just("dev-dependencies"),
        ];
        (
            proptest::collection::vec(role, count),
            proptest::collection::vec((0..count, 0..count, table), 0..count * 2),
            proptest::collection::btree_set(0..FEATURES, 0..3),
        )
            .prop_map(|(roles, edges, related)| Sketch { roles, edges, related })
    })
}

impl Sketch {
    fn repository(&self) -> Repository {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for package in 0..self.roles.len() {
            let mut manifest = format!("[package]\nname = \"p{package}\"\n");
            for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
                let is_of =
                    |edge: &&(usize, usize, &str)| edge.0 == package && edge.1 != package && edge.2 == table;
                let to: BTreeSet<usize> = self.edges.iter().filter(is_of).map(|edge| edge.1).collect();
                manifest += &format!("[{table}]\n");
                to.iter().for_each(|to| manifest += &format!("p{to} = {{ path = \"../p{to}\" }}\n"));
            }
            files.push((format!("p{package}/Cargo.toml"), manifest.into_bytes()));
            files.push((format!("p{package}/src/lib.rs"), Vec::new()));
            files.push((format!("p{package}/build.rs"), Vec::new()));
        }
        let text = self.configuration();
        let snapshot = MemorySnapshot::new(files.iter().map(|(path, bytes)| (path, bytes.clone())));
        let file = RepoPath::new("watertight.toml").expect("a path");
        let (configuration, faults) = Configuration::read(&file, &text);
        assert!(faults.is_empty(), "{faults:?}");
        let today = Date::new("2026-11-28").expect("a date");
        Repository::load(&snapshot, configuration, today, None).expect("a repository")
    }

    fn configuration(&self) -> String {
        let of = |wanted: &dyn Fn(Role) -> bool| {
            let found = self.roles.iter().enumerate().filter(|(_, role)| wanted(**role));
            found.map(|(package, _)| format!("\"p{package}\"")).collect::<Vec<_>>().join(", ")
        };
        let mut text = "[responsibilities]\nr = \"something\"\n".to_owned();
        for feature in 0..FEATURES {
            text += &format!(
                "[features.f{feature}]\npaths = [{}]\napis = [{}]\n",
                of(&|role| role == Role::Feature(feature)),
                of(&|role| role == Role::Api(feature)),
            );
            if self.related.contains(&feature) {
                text += "responsibilities = [\"r\"]\n";
            }
        }
        for (name, role) in
            [("shared", Role::Shared), ("assemblies", Role::Assembly), ("test-support", Role::TestSupport)]
        {
            text += &format!("[{name}]\npaths = [{}]\n", of(&|found| found == role));
        }
        text
    }

    fn feature(&self, package: usize) -> Option<usize> {
        match self.roles[package] {
            Role::Feature(feature) | Role::Api(feature) => Some(feature),
            _ => None,
        }
    }

    fn is_end(&self, package: usize) -> bool {
        matches!(self.roles[package], Role::Assembly | Role::TestSupport)
    }

    /// As which ties the step from one package to another can be walked.
    fn steps(&self, from: usize, to: usize) -> BTreeSet<Tie> {
        let is_call = matches!(self.roles[to], Role::Api(_)) && self.feature(from) != self.feature(to);
        let of = |edge: &(usize, usize, &'static str)| match edge.2 {
            "dev-dependencies" => Tie::Tests,
            _ if is_call => Tie::Calls,
            _ => Tie::Reaches,
        };
        self.edges.iter().filter(|edge| (edge.0, edge.1) == (from, to) && from != to).map(of).collect()
    }

    /// A package, and everything that it is built with; assemblies and test support put things together on purpose.
    fn built_with(&self, start: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([start]);
        let mut pending = vec![start];
        while let Some(from) = pending.pop() {
            let is_next = |to: &usize| self.steps(from, *to).contains(&Tie::Reaches) && !self.is_end(*to);
            let next = (0..self.roles.len()).filter(|to| !self.is_end(from) && is_next(to));
            pending.extend(next.filter(|to| found.insert(*to)));
        }
        found
    }

    /// Every way from some packages to others, found by trying all of them.
    fn ways(&self, from: &BTreeSet<usize>, to: &BTreeSet<usize>) -> BTreeSet<(Tie, Vec<usize>)> {
        let mut found = BTreeSet::new();
        for start in from {
            self.walk(&mut vec![*start], None, (from, to), &mut found);
        }
        found
    }

    fn walk(
        &self,
        path: &mut Vec<usize>,
        tie: Option<Tie>,
        ends: (&BTreeSet<usize>, &BTreeSet<usize>),
        found: &mut BTreeSet<(Tie, Vec<usize>)>,
    ) {
        let last = path[path.len() - 1];
        for next in 0..self.roles.len() {
            for step in self.steps(last, next) {
                let joined = match (tie, step) {
                    (None, step) => step,
                    (Some(Tie::Reaches), Tie::Reaches) => Tie::Reaches,
                    (Some(Tie::Reaches), Tie::Calls) => Tie::Calls,
                    (Some(Tie::Tests), Tie::Reaches) => Tie::Tests,
                    _ => continue,
                };
                if path.contains(&next) || ends.0.contains(&next) {
                    continue;
                }
                path.push(next);
                match ends.1.contains(&next) {
                    true => {
                        found.insert((joined, path.clone()));
                    }
                    false if self.is_end(next) => {}
                    false => self.walk(path, Some(joined), ends, found),
                }
                path.pop();
            }
        }
    }
}

fn packages(repository: &Repository) -> Vec<UnitId> {
    let units = repository.linked.graph.units();
    units.filter(|(_, unit)| unit.kind == UnitKind::Package).map(|(id, _)| id).collect()
}

fn features(repository: &Repository) -> Vec<(FeatureId, BTreeSet<UnitId>)> {
    let mut units: BTreeMap<FeatureId, BTreeSet<UnitId>> = BTreeMap::new();
    for (id, _) in repository.linked.graph.units() {
        if let Some(feature) = repository.map.feature_of(id) {
            units.entry(feature).or_default().insert(id);
        }
    }
    units.into_iter().collect()
}

/// Whether some units reach others without some couplings, by walking.
fn reaches(
    repository: &Repository,
    from: &BTreeSet<UnitId>,
    to: &BTreeSet<UnitId>,
    is_gone: &dyn Fn(CouplingId) -> bool,
) -> bool {
    let (graph, map) = (&repository.linked.graph, &repository.map);
    let mut seen = from.clone();
    let mut pending: Vec<UnitId> = from.iter().copied().collect();
    while let Some(unit) = pending.pop() {
        if to.contains(&unit) {
            return true;
        }
        let walked =
            graph.couplings_from(unit).filter(|id| !is_gone(*id) && map.reaches_along(graph, *id, &REACHING));
        pending.extend(walked.map(|id| graph.coupling(id).to).filter(|next| seen.insert(*next)));
    }
    false
}

fn gone(cut: &Cut) -> BTreeSet<CouplingId> {
    cut.couplings().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn why_finds_every_way_and_the_shortest_first(sketch in sketch(), ends in any::<(usize, usize, bool)>()) {
        let repository = sketch.repository();
        let units = packages(&repository);
        let count = sketch.roles.len();
        // Two packages, or two features as a whole.
        let part = |seed: usize| -> BTreeSet<usize> {
            match ends.2 {
                true => BTreeSet::from([seed % count]),
                false => (0..count).filter(|at| sketch.feature(*at) == Some(seed % FEATURES)).collect(),
            }
        };
        let (from, to) = (part(ends.0), part(ends.1));
        prop_assume!(from.is_disjoint(&to) && !from.is_empty() && !to.is_empty());
        let as_units = |part: &BTreeSet<usize>| part.iter().map(|at| units[*at]).collect::<BTreeSet<_>>();
        let found = why(&repository.linked.graph, &repository.map, (&as_units(&from), &as_units(&to)), 10_000);
        let position = |unit: UnitId| units.iter().position(|known| *known == unit).expect("a package");
        let told: Vec<(Tie, Vec<usize>)> = found
            .ways
            .iter()
            .map(|way| {
                let first = position(way.hops[0].from);
                (way.tie, std::iter::once(first).chain(way.hops.iter().map(|hop| position(hop.to))).collect())
            })
            .collect();
        let all = sketch.ways(&from, &to);
        prop_assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), all.clone());
        prop_assert_eq!(told.len(), all.len());
        prop_assert!(told.is_sorted_by_key(|(_, way)| way.len()));
        prop_assert!(!found.has_more);
        for way in &found.ways {
            prop_assert!(way.hops.iter().all(|hop| !hop.couplings.is_empty()));
            prop_assert!(way.hops.windows(2).all(|pair| pair[0].to == pair[1].from));
        }
        // The shortest of each sense is the first of it, whatever the limit is.
        let few = why(&repository.linked.graph, &repository.map, (&as_units(&from), &as_units(&to)), 1);
        for tie in Tie::ALL {
            let shortest = all.iter().filter(|(known, _)| *known == tie).map(|(_, way)| way.len()).min();
            let told = few.ways.iter().find(|way| way.tie == tie).map(|way| way.hops.len() + 1);
            prop_assert_eq!(told, shortest);
        }
    }

    #[test]
    fn a_cut_is_the_smallest_that_there_is(sketch in sketch()) {
        let repository = sketch.repository();
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let mut pairs: BTreeSet<(UnitId, UnitId)> = BTreeSet::new();
        for (_, coupling) in graph.couplings().filter(|(id, _)| map.reaches_along(graph, *id, &REACHING)) {
            pairs.insert((coupling.from, coupling.to));
        }
        let pairs: Vec<_> = pairs.into_iter().collect();
        prop_assume!(pairs.len() <= 12);
        let lines = |(from, to): (UnitId, UnitId)| graph.couplings_between(from, to)
            .filter(|id| map.reaches_along(graph, *id, &REACHING))
            .count();
        for (one, from) in features(&repository) {
            for (other, to) in features(&repository).into_iter().filter(|(other, _)| *other != one) {
                let without = |chosen: usize| {
                    let is_gone = |id: CouplingId| {
                        let coupling = graph.coupling(id);
                        let at = pairs.iter().position(|pair| *pair == (coupling.from, coupling.to));
                        at.is_some_and(|at| chosen >> at & 1 == 1)
                    };
                    !reaches(&repository, &from, &to, &is_gone)
                };
                let smallest = (0..1_usize << pairs.len())
                    .filter(|chosen| without(*chosen))
                    .map(|chosen| (0..pairs.len()).filter(|at| chosen >> at & 1 == 1).map(|at| lines(pairs[at])).sum())
                    .min();
                let found = cut(Knife::new(graph, map, true), (&from, &to), &|_| false);
                prop_assert!(!found.is_empty(), "{:?} {:?}", one, other);
                for found in found {
                    prop_assert_eq!(Some(found.places()), smallest);
                    let gone = gone(&found);
                    prop_assert!(!reaches(&repository, &from, &to, &|id| gone.contains(&id)));
                }
            }
        }
    }

    #[test]
    fn what_a_responsibility_excuses_is_cut_only_if_that_is_wanted(sketch in sketch()) {
        let repository = sketch.repository();
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let is_excused = |id: &CouplingId| {
            let coupling = graph.coupling(*id);
            let features = (map.feature_of(coupling.from), map.feature_of(coupling.to));
            matches!(features, (Some(one), Some(other)) if one != other && map.is_excused(one, coupling.to))
        };
        let found = plan(Knife::new(graph, map, false), 100);
        for step in &found.steps {
            prop_assert!(!step.cut.couplings().any(|id| is_excused(&id)));
        }
        // With all of it, nothing is left: packages are no part of each other.
        let all = plan(Knife::new(graph, map, true), 100);
        let last = all.steps.last().map_or(&all.before, |step| &step.after);
        prop_assert_eq!(last.coupled(), 0);
        prop_assert!(!all.has_more);
    }

    #[test]
    fn each_step_of_a_plan_is_worth_what_it_says(sketch in sketch()) {
        let repository = sketch.repository();
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let found = plan(Knife::new(graph, map, true), 100);
        let mut removed: BTreeSet<CouplingId> = BTreeSet::new();
        let mut before = independence(graph, map);
        prop_assert_eq!(found.before.independence, before);
        for step in &found.steps {
            removed.extend(step.cut.couplings());
            let without = graph.clone().without(&|id| removed.contains(&id));
            let after = independence(&without, map);
            prop_assert_eq!(step.after.independence, after);
            let gained = after.map_or(0, |it| it.independent) - before.map_or(0, |it| it.independent);
            prop_assert_eq!(step.gain, gained);
            prop_assert!(step.gain > 0);
            for feature in &step.freed {
                let all = features(&repository);
                let own = &all.iter().find(|(one, _)| one == feature).expect("a feature").1;
                let others = all.iter().filter(|(one, _)| one != feature).flat_map(|(_, units)| units.clone()).collect();
                prop_assert!(!reaches(&repository, own, &others, &|id| removed.contains(&id)));
            }
            before = after;
        }
        // Without a circle, no single pair of units pays more for its lines than the first step.
        if let (Some(first), true) = (found.steps.first(), found.before.circles.is_empty()) {
            for (_, coupling) in graph.couplings() {
                let pair: BTreeSet<CouplingId> = graph
                    .couplings_between(coupling.from, coupling.to)
                    .filter(|id| map.reaches_along(graph, *id, &REACHING))
                    .collect();
                let gain = found.before.coupled() - standing(graph, map, &|id| pair.contains(&id)).coupled();
                prop_assert!(gain * first.cut.places() <= first.gain * pair.len().max(1));
            }
        }
    }

    #[test]
    fn servers_come_before_their_clients(sketch in sketch()) {
        let repository = sketch.repository();
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let found = order(graph, map);
        let level_of = |feature: FeatureId| {
            found.levels.iter().position(|level| level.iter().any(|batch| batch.features.contains(&feature)))
        };
        let broken: BTreeSet<usize> = found.circles.iter().flat_map(|circle| circle.to_break.clone()).collect();
        for (at, wait) in found.waits.iter().enumerate().filter(|(at, _)| !broken.contains(at)) {
            prop_assert!(level_of(wait.client) > level_of(wait.server), "{} {:?}", at, wait);
        }
        // Who waits for whom: found by walking.
        let mut waits: BTreeSet<(usize, usize)> = BTreeSet::new();
        for start in 0..sketch.roles.len() {
            let Some(client) = sketch.feature(start) else { continue };
            for from in sketch.built_with(start) {
                for to in (0..sketch.roles.len()).filter(|to| sketch.steps(from, *to).contains(&Tie::Calls)) {
                    waits.extend(sketch.feature(to).filter(|server| *server != client).map(|server| (client, server)));
                }
            }
        }
        let name = |feature: FeatureId| map.feature(feature).name[1..].parse::<usize>().expect("a number");
        let told: BTreeSet<_> = found.waits.iter().map(|wait| (name(wait.client), name(wait.server))).collect();
        prop_assert_eq!(told, waits.clone());
        // No smaller set of waits makes an order possible: every order of the features is tried.
        let lines = |wait: &(usize, usize)| {
            let is_it = |one: &&Wait| (name(one.client), name(one.server)) == *wait;
            found.waits.iter().find(is_it).map_or(0, |one| one.lines(graph))
        };
        let mut least = usize::MAX;
        permutations(&mut (0..FEATURES).collect(), 0, &mut |order: &[usize]| {
            let place = |feature: usize| order.iter().position(|one| *one == feature);
            let broken = waits.iter().filter(|(client, server)| place(*client) < place(*server));
            least = least.min(broken.map(lines).sum());
        });
        let told: usize = broken.iter().map(|at| found.waits[*at].lines(graph)).sum();
        prop_assert_eq!(told, least);
        prop_assert_eq!(found.circles.is_empty(), least == 0);
    }
}

/// A repository of nothing but what a configuration says.
fn declared(text: &str) -> Repository {
    let snapshot = MemorySnapshot::new([("watertight.toml", text)]);
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&file, text);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-28").expect("a date");
    Repository::load(&snapshot, configuration, today, None).expect("a repository")
}

fn coupling(from: &str, to: &str, kind: &str) -> String {
    format!(
        "[[couplings]]\nfrom = \"service:{from}\"\nto = \"service:{to}\"\nkind = \"{kind}\"\nreason = \"-\"\n"
    )
}

/// Where everything is coupled to everything, no single line is worth anything.
#[test]
fn a_plan_opens_a_circle_in_which_no_single_line_pays() {
    const MANY: usize = 25;
    let mut text = String::new();
    for one in 0..MANY {
        text += &format!("[features.f{one}]\nunits = [\"service:s{one}\"]\n");
    }
    for one in 0..MANY {
        for other in (0..MANY).filter(|other| *other != one) {
            text += &coupling(&format!("s{one}"), &format!("s{other}"), "release");
        }
    }
    let repository = declared(&text);
    let found = plan(Knife::new(&repository.linked.graph, &repository.map, false), 1_000);
    assert_eq!(found.before.coupled(), MANY * (MANY - 1));
    let last = found.steps.last().expect("a step");
    assert_eq!((last.after.coupled(), found.has_more), (0, false));
    assert!(last.after.circles.is_empty());
}

#[test]
fn circles_of_more_features_than_a_word_has_bits_are_found() {
    const MANY: usize = 70;
    let mut text = String::new();
    for one in 0..MANY {
        text += &format!("[features.f{one}]\nunits = [\"service:s{one}\", \"service:t{one}\"]\n");
        // From one unit of a feature to the other unit of the next: nothing is reached beyond that.
        let next = if one % 35 == 34 { one - 34 } else { one + 1 };
        text += &coupling(&format!("s{one}"), &format!("t{next}"), "release");
    }
    let repository = declared(&text);
    let found = standing(&repository.linked.graph, &repository.map, &|_| false);
    assert_eq!(found.coupled(), MANY);
    assert_eq!(found.circles.iter().map(Vec::len).collect::<Vec<_>>(), [35, 35]);
    let one_less = repository.linked.graph.couplings().map(|(id, _)| id).next();
    let less = standing(&repository.linked.graph, &repository.map, &|id| Some(id) == one_less);
    assert_eq!(less.circles.len(), 1);
}

#[test]
fn who_waits_for_a_unit_of_no_feature_waits_for_what_that_waits_for() {
    let text = "[features.a]\nunits = [\"service:a\"]\n[features.b]\nunits = [\"service:b\"]\n".to_owned()
        + &coupling("a", "migrate", "start")
        + &coupling("migrate", "b", "start");
    let repository = declared(&text);
    let found = order(&repository.linked.graph, &repository.map);
    let waits: Vec<_> = found.waits.iter().map(|wait| (wait.client.index(), wait.server.index())).collect();
    assert_eq!(waits, [(0, 1)]);
    assert_eq!(found.levels.len(), 2);
}

fn permutations(all: &mut Vec<usize>, at: usize, tell: &mut dyn FnMut(&[usize])) {
    if at == all.len() {
        return tell(all);
    }
    for next in at..all.len() {
        all.swap(at, next);
        permutations(all, at + 1, tell);
        all.swap(at, next);
    }
}

#[test]
fn a_binary_can_not_be_cut_from_its_package_only_moved() {
    let files = [
        ("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2024\"\n"),
        ("a/src/lib.rs", ""),
        ("a/src/main.rs", "fn main() {}\n"),
    ];
    let snapshot = MemorySnapshot::new(files);
    let file = RepoPath::new("watertight.toml").expect("a path");
    let text = "[features.one]\ndeployables = [\"binary:a\"]\n[features.two]\npaths = [\"a\"]\n";
    let (configuration, faults) = Configuration::read(&file, text);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-28").expect("a date");
    let repository = Repository::load(&snapshot, configuration, today, None).expect("a repository");
    let all = features(&repository);
    let knife = Knife::new(&repository.linked.graph, &repository.map, true);
    assert_eq!(cut(knife, (&all[0].1, &all[1].1), &|_| false), Vec::<Cut>::new());
    let kinds: Vec<CouplingKind> = repository.linked.graph.couplings().map(|(_, one)| one.kind).collect();
    assert_eq!(kinds, [CouplingKind::Code]);
}
