//! Random small repositories against brute force, and random bytes against nothing at all.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use watertight::features::Configuration;
use watertight::findings::Finding;
use watertight::rules::Level;
use watertight::snapshot::{Cache, MemorySnapshot};
use watertight::text::{Date, RepoPath};
use watertight::{Base, Change, Repository, Verdict};

fn today() -> Date {
    Date::new("2026-11-21").expect("a date")
}

fn load(files: &[(String, Vec<u8>)]) -> Option<(Repository, Verdict)> {
    let snapshot = MemorySnapshot::new(files.iter().map(|(path, bytes)| (path, bytes.clone())));
    let file = RepoPath::new("watertight.toml")?;
    let text = files.iter().find(|(path, _)| path == "watertight.toml").map(|(_, bytes)| bytes.clone());
    let text = String::from_utf8(text.unwrap_or_default()).ok()?;
    let (configuration, faults) = Configuration::read(&file, &text);
    if !faults.is_empty() {
        return None;
    }
    let repository = Repository::load(&snapshot, configuration, today(), None).ok()?;
    repository.linked.graph.verify().expect("the invariants of the graph hold");
    let verdict = repository.judge();
    Some((repository, verdict))
}

/// What a package is, in a random repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Feature(usize),
    Shared,
    Assembly,
    TestSupport,
    Unassigned,
}

#[derive(Debug, Clone)]
struct Plan {
    roles: Vec<Role>,
    /// From, to, table.
    edges: Vec<(usize, usize, &'static str)>,
    /// Which features name each responsibility, and the packages that it goes through.
    responsibilities: Vec<(Vec<usize>, Vec<usize>)>,
}

const FEATURES: usize = 3;

fn plan() -> impl Strategy<Value = Plan> {
    (3..9_usize).prop_flat_map(|count| {
        let role = prop_oneof![
            6 => (0..FEATURES).prop_map(Role::Feature),
            2 => Just(Role::Shared),
            1 => Just(Role::Assembly),
            1 => Just(Role::TestSupport),
            4 => Just(Role::Unassigned),
        ];
        let table = prop_oneof![
            4 => Just("dependencies"),
            1 => Just("build-dependencies"),
            1 => Just("dev-dependencies"),
        ];
        let named = proptest::collection::vec(0..FEATURES, 0..3);
        let through = proptest::collection::vec(0..count, 0..2);
        (
            proptest::collection::vec(role, count),
            proptest::collection::vec((0..count, 0..count, table), 0..count * 3),
            proptest::collection::vec((named, through), 0..3),
        )
            .prop_map(|(roles, edges, responsibilities)| Plan { roles, edges, responsibilities })
    })
}

impl Plan {
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for package in 0..self.roles.len() {
            let mut manifest = format!("[package]\nname = \"p{package}\"\n");
            for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
                let to = self
                    .edges
                    .iter()
                    .filter(|(from, to, kind)| *from == package && to != from && *kind == table);
                let to: BTreeSet<usize> = to.map(|(_, to, _)| *to).collect();
                manifest += &format!("[{table}]\n");
                to.iter().for_each(|to| manifest += &format!("p{to} = {{ path = \"../p{to}\" }}\n"));
            }
            files.push((format!("p{package}/Cargo.toml"), manifest.into_bytes()));
            files.push((format!("p{package}/src/lib.rs"), Vec::new()));
        }
        files.push(("watertight.toml".to_owned(), self.configuration().into_bytes()));
        files
    }

    fn configuration(&self) -> String {
        let of = |wanted: &dyn Fn(Role) -> bool| {
            let found = self.roles.iter().enumerate().filter(|(_, role)| wanted(**role));
            found.map(|(package, _)| format!("\"p{package}\"")).collect::<Vec<_>>().join(", ")
        };
        let mut text = String::new();
        for feature in 0..FEATURES {
            let named =
                self.responsibilities.iter().enumerate().filter(|(_, (who, _))| who.contains(&feature));
            let named: Vec<_> = named.map(|(at, _)| format!("\"r{at}\"")).collect();
            let paths = of(&|role| role == Role::Feature(feature));
            text += &format!(
                "[features.f{feature}]\npaths = [{paths}]\nresponsibilities = [{}]\n",
                named.join(", ")
            );
        }
        for (name, role) in
            [("shared", Role::Shared), ("assemblies", Role::Assembly), ("test-support", Role::TestSupport)]
        {
            text += &format!("[{name}]\npaths = [{}]\n", of(&|found| found == role));
        }
        for (at, (_, through)) in self.responsibilities.iter().enumerate() {
            let through: Vec<_> = self.through(through).map(|package| format!("\"p{package}\"")).collect();
            text += &format!("[responsibilities.r{at}]\n");
            if !through.is_empty() {
                text += &format!("through = [{}]\n", through.join(", "));
            }
        }
        text
    }

    /// Only packages of features: what embodies a responsibility by itself has a test of its own.
    fn through<'a>(&'a self, packages: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        packages.iter().copied().filter(|package| matches!(self.roles[*package], Role::Feature(_)))
    }

    fn is_excused(&self, from: usize, to: usize, package: usize) -> bool {
        self.responsibilities.iter().any(|(who, through)| {
            let through: Vec<_> = self.through(through).collect();
            who.contains(&from) && who.contains(&to) && (through.is_empty() || through.contains(&package))
        })
    }

    fn production(&self) -> BTreeSet<(usize, usize)> {
        let edges = self.edges.iter().filter(|(from, to, table)| from != to && *table != "dev-dependencies");
        edges.map(|(from, to, _)| (*from, *to)).collect()
    }

    /// Walks every simple path from a package, and tells each.
    fn paths(&self, path: &mut Vec<usize>, tell: &mut dyn FnMut(&[usize])) {
        tell(path);
        let Some(last) = path.last().copied() else { return };
        for (_, next) in self.production().into_iter().filter(|(from, _)| *from == last) {
            if !path.contains(&next) {
                path.push(next);
                self.paths(path, tell);
                path.pop();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hidden_couplings_are_those_that_brute_force_finds(plan in plan()) {
        let (_, verdict) = load(&plan.files()).expect("a sound configuration");
        let found: BTreeMap<(String, String), BTreeSet<String>> = verdict
            .findings
            .iter()
            .filter(|finding| finding.rule == "hidden-coupling")
            .map(|finding| {
                let unit = |party: &Option<watertight::findings::Party>| party.as_ref().unwrap().unit.clone();
                let let_in = finding.lets_in.iter().map(|one| one.feature.clone()).collect();
                ((unit(&finding.from), unit(&finding.to)), let_in)
            })
            .collect();
        let mut expected: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for start in 0..plan.roles.len() {
            let Role::Feature(from) = plan.roles[start] else { continue };
            plan.paths(&mut vec![start], &mut |path| {
                let [_, inner @ .., last, end] = path else { return };
                let Role::Feature(to) = plan.roles[*end] else { return };
                let is_nobodys = |package: &usize| matches!(plan.roles[*package], Role::Shared | Role::Unassigned);
                let is_hidden = inner.iter().all(is_nobodys) && plan.roles[*last] == Role::Unassigned;
                if is_hidden && from != to && !plan.is_excused(from, to, *end) {
                    let edge = (format!("p{last}"), format!("p{end}"));
                    expected.entry(edge).or_default().insert(format!("f{from}"));
                }
            });
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn unshared_couplings_are_those_that_brute_force_finds(plan in plan()) {
        let (_, verdict) = load(&plan.files()).expect("a sound configuration");
        let found = verdict.findings.iter().filter(|finding| finding.rule == "unshared-coupling");
        let found: BTreeSet<(String, String)> = found
            .map(|finding| (finding.from.as_ref().unwrap().unit.clone(), finding.to.as_ref().unwrap().unit.clone()))
            .collect();
        let expected = plan.production().into_iter().filter(|(from, to)| {
            match (plan.roles[*from], plan.roles[*to]) {
                (Role::Feature(a), Role::Feature(b)) => a != b && !plan.is_excused(a, b, *to),
                _ => false,
            }
        });
        let expected = expected.map(|(from, to)| (format!("p{from}"), format!("p{to}"))).collect();
        prop_assert_eq!(found, expected);
    }

    /// Four rules together are complete: nothing is reported exactly when brute force finds nothing.
    #[test]
    fn four_rules_together_report_nothing_exactly_when_there_is_nothing(plan in plan()) {
        // Test support in production is told by a rule of its own; here it would be a way out.
        let mut plan = plan;
        plan.roles.iter_mut().filter(|role| **role == Role::TestSupport).for_each(|role| *role = Role::Shared);
        let (_, verdict) = load(&plan.files()).expect("a sound configuration");
        let rules = ["unshared-coupling", "hidden-coupling", "shared-depends-on-feature", "depends-on-assembly"];
        let is_silent = !verdict.findings.iter().any(|finding| rules.contains(&finding.rule.as_str()));
        let mut is_right = true;
        // (a) A path between features without a common responsibility, through units of nobody.
        for start in 0..plan.roles.len() {
            let Role::Feature(from) = plan.roles[start] else { continue };
            plan.paths(&mut vec![start], &mut |path| {
                let [_, inner @ .., end] = path else { return };
                let Role::Feature(to) = plan.roles[*end] else { return };
                let is_nobodys = inner.iter().all(|package| !matches!(plan.roles[*package], Role::Feature(_)));
                is_right &= !is_nobodys || from == to || plan.is_excused(from, to, *end);
            });
        }
        for (from, to) in plan.production() {
            // (b) A shared unit that builds on a feature.
            is_right &= !(plan.roles[from] == Role::Shared && matches!(plan.roles[to], Role::Feature(_)));
            // (c) Anything but an assembly that builds on one: features, shared units, and what is unassigned.
            is_right &= !(plan.roles[from] != Role::Assembly && plan.roles[to] == Role::Assembly);
        }
        prop_assert_eq!(is_silent, is_right);
    }

    /// How many pairs of features hang on a coupling, against every simple path.
    #[test]
    fn the_pairs_that_a_coupling_joins_are_those_that_brute_force_counts(plan in plan()) {
        let (_, verdict) = load(&plan.files()).expect("a sound configuration");
        let is_walked = |package: &usize| !matches!(plan.roles[*package], Role::Assembly | Role::TestSupport);
        let mut reached: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for start in 0..plan.roles.len() {
            plan.paths(&mut vec![start], &mut |path| {
                if path.iter().all(is_walked) && let Some(end) = path.last() {
                    reached.entry(start).or_default().insert(*end);
                }
            });
        }
        let feature = |package: &usize| match plan.roles[*package] {
            Role::Feature(feature) => Some(feature),
            _ => None,
        };
        let package = |party: &Option<watertight::findings::Party>| party.as_ref().unwrap().unit[1..].parse::<usize>().unwrap();
        for finding in verdict.findings.iter().filter(|finding| finding.rule == "unshared-coupling") {
            let (from, to) = (package(&finding.from), package(&finding.to));
            let reaching: BTreeSet<usize> = reached.iter().filter(|(_, ends)| ends.contains(&from)).filter_map(|(start, _)| feature(start)).collect();
            let ends: BTreeSet<usize> = reached[&to].iter().filter_map(feature).collect();
            let pairs = reaching.iter().flat_map(|one| ends.iter().map(move |other| (one, other))).filter(|(one, other)| one != other);
            prop_assert_eq!(finding.weight, pairs.count());
        }
    }

    #[test]
    fn independence_is_what_brute_force_counts(plan in plan()) {
        let (_, verdict) = load(&plan.files()).expect("a sound configuration");
        let inhabited: BTreeSet<usize> = plan.roles.iter().filter_map(|role| match role {
            Role::Feature(feature) => Some(*feature),
            _ => None,
        }).collect();
        let mut dependent = BTreeSet::new();
        for start in 0..plan.roles.len() {
            let Role::Feature(from) = plan.roles[start] else { continue };
            plan.paths(&mut vec![start], &mut |path| {
                let is_walked = path.iter().all(|package| !matches!(plan.roles[*package], Role::Assembly | Role::TestSupport));
                if let (Some(Role::Feature(to)), true) = (path.last().map(|end| plan.roles[*end]), is_walked)
                    && from != to
                {
                    dependent.insert((from, to));
                }
            });
        }
        let pairs = inhabited.len() * inhabited.len().saturating_sub(1);
        let expected = (inhabited.len() >= 2).then_some((pairs - dependent.len(), pairs));
        prop_assert_eq!(verdict.independence.map(|now| (now.independent, now.pairs)), expected);
    }
}

/// Two repositories under one configuration: the packages and what each is are the same, the edges are not.
fn two_plans() -> impl Strategy<Value = (Plan, Plan)> {
    plan().prop_flat_map(|base| {
        let count = base.roles.len();
        let table = prop_oneof![Just("dependencies"), Just("build-dependencies"), Just("dev-dependencies")];
        let more = proptest::collection::vec((0..count, 0..count, table), 0..5);
        let fewer = proptest::collection::vec(any::<proptest::sample::Index>(), 0..5);
        (Just(base), more, fewer).prop_map(|(base, more, fewer)| {
            let mut head = base.clone();
            for index in fewer {
                if !head.edges.is_empty() {
                    head.edges.remove(index.index(head.edges.len()));
                }
            }
            head.edges.extend(more);
            (base, head)
        })
    })
}

/// What a change from one repository to another introduces.
fn change(before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) -> Change {
    let file = RepoPath::new("watertight.toml").expect("a path");
    let open = |files: &[(String, Vec<u8>)]| {
        let text =
            files.iter().find(|(path, _)| path == "watertight.toml").expect("a configuration").1.clone();
        let (configuration, faults) = Configuration::read(&file, &String::from_utf8(text).expect("UTF-8"));
        assert!(faults.is_empty(), "{faults:#?}");
        (MemorySnapshot::new(files.iter().map(|(path, bytes)| (path, bytes.clone()))), configuration)
    };
    let ((earlier, own), (later, configuration)) = (open(before), open(after));
    let head =
        Repository::load_to_compare(&later, configuration, today(), None).expect("a sound configuration");
    let base = Base::load(&earlier, Some(own), &head, &Cache::off(), &[]);
    head.judge_change(&base)
}

/// Key and members: what makes a finding the same.
type Known = (String, BTreeSet<String>);

fn known(finding: &Finding) -> Known {
    (finding.key.clone(), finding.members.iter().cloned().collect())
}

fn sorted(findings: impl IntoIterator<Item = Finding>) -> Vec<Known> {
    let mut all: Vec<Known> = findings.into_iter().map(|finding| known(&finding)).collect();
    all.sort();
    all
}

/// The documented rule, from two full judgements: those of the second that no finding of the first had
/// with the same key and all of its members.
fn difference(before: &[Finding], after: &[Finding]) -> Vec<Known> {
    let before: Vec<Known> = before.iter().map(known).collect();
    let is_known =
        |one: &Known| before.iter().any(|(key, members)| *key == one.0 && one.1.is_subset(members));
    let mut new: Vec<Known> = after.iter().map(known).filter(|one| !is_known(one)).collect();
    new.sort();
    new
}

/// The same repository with other names: packages are called otherwise in their folders, or lie elsewhere
/// under their names.
fn otherwise(files: &[(String, Vec<u8>)], is_moved: bool) -> Vec<(String, Vec<u8>)> {
    let package = |part: &str| {
        part.starts_with('p') && part.len() > 1 && part[1..].bytes().all(|one| one.is_ascii_digit())
    };
    files
        .iter()
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.clone()).expect("UTF-8");
            let new_path = match path.split_once('/') {
                Some((folder, rest)) if is_moved && package(folder) => format!("moved-{folder}/{rest}"),
                _ => path.clone(),
            };
            let mut told = String::new();
            let mut word = String::new();
            // Paths stand behind `../`, and in the configuration alone; all else is names.
            for character in text.chars().chain(['\n']) {
                if character.is_ascii_alphanumeric() {
                    word.push(character);
                    continue;
                }
                let is_path = told.ends_with("../") || path == "watertight.toml";
                if package(&word) && is_path == is_moved {
                    told += if is_moved { "moved-" } else { "new-" };
                    told += &word;
                } else if package(&word) && !is_path && !is_moved {
                    told += &format!("new-{word}");
                } else {
                    told += &word;
                }
                word.clear();
                told.push(character);
            }
            (new_path, told.into_bytes())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_change_introduces_is_the_difference_of_two_judgements((base, head) in two_plans()) {
        let change = change(&base.files(), &head.files());
        let (_, before) = load(&base.files()).expect("a sound configuration");
        let (_, after) = load(&head.files()).expect("a sound configuration");
        // A test coupling that an edge of production hid is not new when that one goes.
        let is_of = |from: &str, to: &str, is_test: bool| {
            let is_it = |(one, other, table): &(usize, usize, &str)| {
                format!("package:p{one}") == from && format!("package:p{other}") == to && (*table == "dev-dependencies") == is_test
            };
            base.edges.iter().any(is_it)
        };
        let mut expected = difference(&before.findings, &after.findings);
        expected.retain(|(key, _)| {
            let ends = key.strip_prefix("unshared-test-coupling test ").and_then(|ends| ends.split_once(" -> "));
            ends.is_none_or(|(from, to)| !(is_of(from, to, true) && is_of(from, to, false)))
        });
        prop_assert_eq!(sorted(change.verdict.findings.clone()), expected);
        // Nothing is lost: what is not new is inherited.
        let all = change.verdict.findings.iter().chain(&change.inherited).cloned();
        prop_assert_eq!(sorted(all), sorted(after.findings.clone()));
        // What is gone was there, and nothing of its key with any of its members is there now.
        for gone in &change.gone {
            let (key, members) = known(gone);
            prop_assert!(before.findings.iter().any(|one| known(one) == (key.clone(), members.clone())));
            let is_left = |one: &Finding| {
                let now = known(one);
                now.0 == key && (members.is_empty() || now.1.intersection(&members).next().is_some())
            };
            prop_assert!(!after.findings.iter().any(is_left), "{key}");
        }
        prop_assert_eq!(change.independence_before, before.independence);
    }

    #[test]
    fn mending_introduces_nothing(base in plan(), fewer in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8)) {
        let mut head = base.clone();
        for index in fewer {
            if !head.edges.is_empty() {
                head.edges.remove(index.index(head.edges.len()));
            }
        }
        let change = change(&base.files(), &head.files());
        // A responsibility that nothing uses any more is idle since then: told, and it fails nothing.
        let new: Vec<&Finding> =
            change.verdict.findings.iter().filter(|finding| finding.level == Level::Deny).collect();
        prop_assert!(new.is_empty(), "{:#?}", new);
        let about_couplings = change.verdict.findings.iter().filter(|finding| finding.weight > 0);
        prop_assert_eq!(about_couplings.count(), 0);
        prop_assert!(change.problems.is_empty(), "{:#?}", change.problems);
    }

    #[test]
    fn what_is_only_called_or_placed_otherwise_introduces_nothing(plan in plan(), is_moved in any::<bool>()) {
        let files = plan.files();
        let change = change(&files, &otherwise(&files, is_moved));
        prop_assert!(change.verdict.findings.is_empty(), "{:#?}", change.verdict.findings);
        prop_assert!(change.gone.is_empty(), "{:#?}", change.gone);
        let (_, before) = load(&files).expect("a sound configuration");
        prop_assert_eq!(change.inherited.len(), before.findings.len());
    }
}

/// Folders and globs of which many match each other.
const FOLDERS: [&str; 7] = ["a", "a/x", "a/x/one", "a/xy", "b", "b/x", "b/y-two"];
const GLOBS: [&str; 12] =
    ["a", "a/*", "a/x", "a/x*", "a/x/**", "*", "**", "b/{x,y-two}", "b/?", "*/x", "b/", "a/x/one"];

/// A glob against one path, part by part, the slow way.
fn glob_names(glob: &str, path: &str) -> bool {
    fn part(glob: &[u8], text: &[u8]) -> bool {
        match (glob.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), _) => part(&glob[1..], text) || (!text.is_empty() && part(glob, &text[1..])),
            (Some(b'?'), Some(_)) => part(&glob[1..], &text[1..]),
            (Some(a), Some(b)) if a == b => part(&glob[1..], &text[1..]),
            _ => false,
        }
    }
    if glob == "**" {
        return true;
    }
    let (globs, parts): (Vec<_>, Vec<_>) = (glob.split('/').collect(), path.split('/').collect());
    globs.len() == parts.len()
        && globs.iter().zip(parts).all(|(glob, text)| part(glob.as_bytes(), text.as_bytes()))
}

/// The globs that a written one stands for.
fn alternatives(written: &str) -> Vec<String> {
    let plain = if written == "**" { written } else { written.trim_end_matches('/').trim_end_matches("/**") };
    match plain.split_once('{') {
        None => vec![plain.to_owned()],
        Some((before, rest)) => {
            let (inside, after) = rest.split_once('}').unwrap();
            inside.split(',').map(|one| format!("{before}{one}{after}")).collect()
        }
    }
}

fn covers(glob: &str, folder: &str) -> bool {
    let parts: Vec<&str> = folder.split('/').collect();
    (1..=parts.len()).any(|length| glob_names(glob, &parts[..length].join("/")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn assignment_is_what_brute_force_decides(
        claims in proptest::collection::vec((0..GLOBS.len(), 0..4_usize), 1..6),
        nearby in proptest::option::of((0..FOLDERS.len(), 0..3_usize)),
    ) {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for (at, folder) in FOLDERS.iter().enumerate() {
            files.push((format!("{folder}/Cargo.toml"), format!("[package]\nname = \"p{at}\"\n").into_bytes()));
            files.push((format!("{folder}/src/lib.rs"), Vec::new()));
        }
        let mut text = String::new();
        for owner in 0..4 {
            let paths: Vec<_> = claims.iter().filter(|(_, who)| *who == owner).map(|(at, _)| format!("{:?}", GLOBS[*at])).collect();
            let table = if owner == 3 { "shared".to_owned() } else { format!("features.f{owner}") };
            text += &format!("[{table}]\npaths = [{}]\n", paths.join(", "));
        }
        files.push(("watertight.toml".to_owned(), text.into_bytes()));
        if let Some((at, owner)) = nearby {
            files.push((format!("{}/feature.toml", FOLDERS[at]), format!("feature = \"f{owner}\"\n").into_bytes()));
        }
        let (repository, _) = load(&files).expect("a sound configuration");
        for (id, unit) in repository.linked.graph.units() {
            let folder = unit.path.as_str();
            let near = nearby.filter(|(at, _)| folder == FOLDERS[*at] || folder.starts_with(&format!("{}/", FOLDERS[*at])));
            let ranked = claims.iter().flat_map(|(at, owner)| {
                alternatives(GLOBS[*at]).into_iter().filter(|glob| covers(glob, folder)).map(move |glob| {
                    let literal = glob.find(['*', '?']).unwrap_or(glob.len());
                    ((literal, literal == glob.len()), *owner)
                })
            });
            let ranked: Vec<_> = ranked.collect();
            let best = ranked.iter().map(|(rank, _)| *rank).max();
            let winners: BTreeSet<usize> = match near {
                Some((_, owner)) => BTreeSet::from([owner]),
                None => ranked.iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, owner)| *owner).collect(),
            };
            let names: BTreeSet<String> = winners
                .iter()
                .map(|owner| if *owner == 3 { "shared".to_owned() } else { format!("f{owner}") })
                .collect();
            let is_contested = repository.map.contests.iter().any(|contest| contest.unit == id);
            prop_assert_eq!(is_contested, names.len() > 1, "{}", folder);
            let role = repository.map.role_name(id);
            prop_assert!(if names.is_empty() { role == "unassigned" } else { names.contains(&role) }, "{} is {}", folder, role);
        }
    }
}

/// Manifests to damage: everything that the reader knows stands in one of them.
const MANIFESTS: [&str; 3] = [
    "[workspace]\nmembers = [\"crates/*\", \"x\"]\nexclude = [\"y\"]\nresolver = \"2\"\n[workspace.package]\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace.dependencies]\na = { path = \"crates/a\", default-features = false, features = [\"f\"] }\n[patch.crates-io]\nb = { path = \"crates/b\" }\n[replace]\n\"b:1.0.0\" = { path = \"crates/b\" }\n",
    "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\nbuild = \"build.rs\"\nautobins = false\n[package.metadata.watertight]\nfeature = \"f\"\n[lib]\nname = \"a\"\nproc-macro = true\n[[bin]]\nname = \"tool\"\npath = \"src/tool.rs\"\nrequired-features = [\"f\"]\n[features]\nf = [\"dep:b\", \"b?/g\"]\n",
    "[package]\nname = \"b\"\n[dependencies]\na = { workspace = true, optional = true }\nc = \"1\"\n[target.'cfg(any(unix, windows))'.dev-dependencies]\na = { path = \"../a\", package = \"a\" }\n[build-dependencies]\nd = { git = \"https://example.org/d\" }\n",
];

const CONFIGURATION: &str = "[responsibilities]\nr = { about = \"x\", through = [\"crates/a\"] }\n[features.f]\npaths = [\"crates/*\"]\nresponsibilities = [\"r\"]\napis = [\"a\"]\n[features.\"n/*\"]\neach = \"crates/*\"\n[shared]\npaths = [\"x/**\"]\n[rules]\nunshared-coupling = \"warn\"\n[scan]\nexclude = [\"y\"]\n\
    [features.g]\nunits = [\"datastore:d\"]\nconsumes = [\"f\"]\nconsumers = [\"n/*\"]\nexposes = [\"b\"]\ntags = [\"t\"]\n\
    [deployments.all]\ndeployables = [\"b\"]\n[tags]\nt = [\"{a,b}\", \"kind:package\"]\n\
    [[exceptions]]\nrule = \"x-uses-y\"\nfrom = \"f\"\nto = { not = \"path:x/**\" }\nreason = \"-\"\nuntil = 2026-12-01\n\
    [[couplings]]\nfrom = \"f\"\nto = \"datastore:d\"\nkind = \"data\"\nreason = \"-\"\n\
    [[couplings]]\nfrom = \"g\"\nto = \"f\"\nkind = \"call\"\nreason = \"-\"\n\
    [[corrections]]\nfrom = \"g\"\nto = \"f\"\nas = \"no-order\"\nkind = \"call\"\nreason = \"-\"\n\
    [rules.short-one]\nsummary = \"s\"\ncondition.reach = { of = \"units\", kinds = [\"code\"], more-than = 1 }\n";

/// A rule in a file, to damage.
const RULE: &str = "id = \"x-uses-y\"\nlevel = \"warn\"\nsummary = \"s\"\nmessage = \"`{from.who}` {verb} {to}: {lack}\"\nlabel = \"{conditions}\"\nhelp = [\"ask {apis}\"]\nexplanation = \"\"\"\n## A\n\n* b &#27; `c`\n\"\"\"\n\
    [condition.coupling]\nkinds = [\"code\", \"data\"]\nfrom = { any = [\"feature\", { all = [\"tag:t\", { not = \"owner:x\" }] }] }\nto = \"path:crates/{a,b}\"\nwhen = [\"exposed\"]\nunless = [\"same-feature\"]\nlets-in = { kinds = [\"code\"], through = \"shared\" }\n";

/// Cuts, repeats and overwrites bytes.
fn damage(text: &str, wounds: &[(u8, u16, u16, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (kind, from, length, byte) in wounds {
        if bytes.is_empty() {
            break;
        }
        let from = usize::from(*from) % bytes.len();
        let to = (from + usize::from(*length) % 24).min(bytes.len());
        match kind % 3 {
            0 => drop(bytes.drain(from..to)),
            1 => bytes[from] = *byte,
            _ => {
                let part = bytes[from..to].to_vec();
                bytes.splice(from..from, part);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic_and_are_told_the_same_twice(
        wounds in proptest::collection::vec(proptest::collection::vec(any::<(u8, u16, u16, u8)>(), 0..6), 5),
        // A damaged configuration mostly ends the run before any manifest is read.
        is_configuration_damaged in proptest::bool::weighted(0.2),
    ) {
        let files = vec![
            ("Cargo.toml".to_owned(), damage(MANIFESTS[0], &wounds[0])),
            ("crates/a/Cargo.toml".to_owned(), damage(MANIFESTS[1], &wounds[1])),
            ("crates/a/src/lib.rs".to_owned(), Vec::new()),
            ("crates/b/Cargo.toml".to_owned(), damage(MANIFESTS[2], &wounds[2])),
            ("crates/b/src/lib.rs".to_owned(), Vec::new()),
            ("crates/b/src/main.rs".to_owned(), Vec::new()),
            (".watertight/rules/x-uses-y.toml".to_owned(), damage(RULE, if is_configuration_damaged { &wounds[4] } else { &[] })),
            ("watertight.toml".to_owned(), damage(CONFIGURATION, if is_configuration_damaged { &wounds[3] } else { &[] })),
        ];
        let tell = |files: &[(String, Vec<u8>)]| load(files).map(|(repository, verdict)| {
            // guppy is asked as well: what it is given must never make it panic.
            let options = watertight::graph::cargo::BuildOptions::default();
            let sets = watertight::graph::cargo::build_sets(&repository.linked.cargo, &options);
            let proofs = watertight::insight::prove(repository.judged(), repository.law(), &verdict.findings);
            let proofs: Vec<_> = proofs.into_iter().map(|proof| (proof.rule.id.clone(), proof.power)).collect();
            let names = watertight::features::NameIndex::new(&repository.linked.graph, &repository.map);
            let ends = names.meaning("f", None).zip(names.meaning("g", None));
            let kind = watertight::graph::CouplingKind::Code;
            let answer = ends.map(|(from, to)| watertight::insight::may(repository.judged(), repository.law(), from, to, kind));
            let drawn = repository.rules.get("x-uses-y").map(watertight::report::explanation_markdown);
            format!("{:?} {:?} {:?} {proofs:?} {answer:?} {drawn:?}", repository.linked.problems, verdict, sets)
        });
        let told = tell(&files);
        prop_assert!(told.is_some() || is_configuration_damaged || wounds[1].len() + wounds[2].len() > 0);
        prop_assert_eq!(told, tell(&files));
    }
}
