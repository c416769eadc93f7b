//! Proposals for random repositories hold what they promise.

use proptest::prelude::*;
use watertight::baseline::{Baseline, Entry, may_hold};
use watertight::features::{Configuration, Role};
use watertight::graph::UnitKind;
use watertight::proposal::extended;
use watertight::rules::Level;
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, RepoPath};
use watertight::{Change, Repository};

/// Parts of paths: what only holds others, what says something, and what says nothing.
const PARTS: [&str; 18] = [
    "services",
    "crates",
    "libs",
    "src",
    "tests",
    "e2e",
    "tools",
    "common",
    "utils",
    "cart",
    "cart-api",
    "cart_core",
    "users",
    "users-client",
    "pay",
    "Pay.API",
    "fuzz",
    "vendor",
];

/// One package or image of a random repository.
#[derive(Debug, Clone)]
struct Draft {
    path: Vec<usize>,
    is_image: bool,
    has_binary: bool,
    /// Positions of others, modulo their number.
    uses: Vec<(usize, bool)>,
}

fn draft() -> impl Strategy<Value = Draft> {
    let path = prop::collection::vec(0..PARTS.len(), 1..4);
    let uses = prop::collection::vec((0usize..40, any::<bool>()), 0..5);
    (path, prop::bool::weighted(0.2), any::<bool>(), uses)
        .prop_map(|(path, is_image, has_binary, uses)| Draft { path, is_image, has_binary, uses })
}

/// The files of a repository. What would lie in one folder lies in several.
fn files(drafts: &[Draft]) -> Vec<(String, String)> {
    let folder = |at: usize| {
        let parts: Vec<&str> = drafts[at].path.iter().map(|part| PARTS[*part]).collect();
        format!("{}/n{at}", parts.join("/"))
    };
    let mut files = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        if draft.is_image {
            files.push((format!("{}/Dockerfile", folder(at)), "FROM scratch\nCOPY . /\n".to_owned()));
            continue;
        }
        let name = |at: usize| {
            format!("{}-{at}", PARTS[drafts[at].path[drafts[at].path.len() - 1]].replace('.', "-"))
        };
        let mut manifest = format!("[package]\nname = \"{}\"\nedition = \"2024\"\n", name(at));
        for is_test in [false, true] {
            manifest += if is_test { "[dev-dependencies]\n" } else { "[dependencies]\n" };
            let mut named = std::collections::BTreeSet::new();
            // Only to earlier ones: cargo refuses circles.
            for (to, _) in draft.uses.iter().filter(|(_, test)| *test == is_test) {
                let to = to % (at + 1);
                if to != at && !drafts[to].is_image && named.insert(to) {
                    let up = "../".repeat(draft.path.len() + 1);
                    manifest += &format!("{} = {{ path = \"{up}{}\" }}\n", name(to), folder(to));
                }
            }
        }
        files.push((format!("{}/Cargo.toml", folder(at)), manifest));
        let root = if draft.has_binary { "main.rs" } else { "lib.rs" };
        files.push((format!("{}/src/{root}", folder(at)), String::new()));
    }
    files
}

fn load(snapshot: &MemorySnapshot, text: &str) -> Repository {
    let path = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&path, text);
    assert!(faults.is_empty(), "{text}\n{faults:#?}");
    let today = Date::new("2026-11-24").expect("a date");
    Repository::load(snapshot, configuration, today, None).expect("no faults")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_proposal_places_what_it_says_and_is_green_and_final(drafts in prop::collection::vec(draft(), 1..24)) {
        let files = files(&drafts);
        let snapshot = MemorySnapshot::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let bare = load(&snapshot, "");
        let proposal = bare.propose();
        let text = extended("", &proposal).expect("a text");
        let repository = load(&snapshot, &text);
        // What is counted as placed is placed, and nothing else is left than what is said.
        let (graph, map) = (&repository.linked.graph, &repository.map);
        let left: Vec<_> = graph
            .units()
            .filter(|(id, unit)| matches!(unit.kind, UnitKind::Package | UnitKind::Image) && map.role(*id) == Role::Unassigned)
            .map(|(id, _)| id)
            .collect();
        prop_assert_eq!(&left, &proposal.unplaced, "{}", text);
        let named: Vec<&str> = proposal.features.iter().map(|feature| feature.name.as_str()).collect();
        let inhabited: Vec<&str> =
            map.inhabited().into_iter().map(|feature| map.feature(feature).name.as_str()).collect();
        prop_assert_eq!(named, inhabited, "{}", text);
        // Shares count places by the role that they then have.
        let count = |role: fn(Role) -> bool| {
            graph.units().filter(|(id, unit)| unit.kind == UnitKind::Package && role(map.role(*id))).count()
        };
        prop_assert!(count(|role| role == Role::Shared) <= proposal.shares.shared);
        // Again, it proposes nothing.
        prop_assert!(repository.propose().is_empty(), "{}\n{:#?}", text, repository.propose());
        // With what is there today written down, it is green: nothing is wrong with the configuration itself.
        let mut baseline = Baseline::new(repository.today);
        let found = repository.judge().findings;
        let held = found.iter().filter(|finding| may_hold(finding, &repository.rules));
        baseline.entries = held.map(|finding| Entry::of(finding, "there", None)).collect();
        let mut change = Change::of_everything(&repository);
        change.accept(&baseline, None, &repository.rules);
        let denied: Vec<&str> = change
            .verdict
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Deny)
            .map(|finding| finding.message.as_str())
            .collect();
        prop_assert!(denied.is_empty(), "{}\n{:#?}", text, denied);
    }

    /// Where a person has declared a part, the proposal touches only the rest.
    #[test]
    fn what_is_declared_keeps_its_role(
        drafts in prop::collection::vec(draft(), 2..16),
        at in 0usize..16,
        form in 0usize..5,
    ) {
        let files = files(&drafts);
        let snapshot = MemorySnapshot::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let folder = files[at % files.len()].0.split('/').next().expect("a folder");
        let glob = match form {
            0 => folder.to_owned(),
            1 => format!("*/{}", PARTS[at % PARTS.len()]),
            2 => format!("**/{}/**", PARTS[at % PARTS.len()]),
            3 => format!("{}*", &folder[..1]),
            _ => format!("**/n{at}"),
        };
        let before = format!("# by hand\n[features.mine]   # ours\npaths = [ \"{glob}\" ]\n");
        let declared = load(&snapshot, &before);
        let text = extended(&before, &declared.propose()).expect("a text");
        prop_assert!(text.starts_with("# by hand\n[features.mine]   # ours\n"), "{}", text);
        let repository = load(&snapshot, &text);
        for (id, unit) in declared.linked.graph.units() {
            if declared.map.role(id) != Role::Unassigned {
                let name = |repository: &Repository| repository.map.role_name(id);
                prop_assert_eq!(name(&declared), name(&repository), "{}\n{}", unit.identity(), text);
            }
        }
        prop_assert!(repository.propose().is_empty(), "{}\n{:#?}\n{:#?}\n{:#?}", text, repository.propose(), declared.propose(), files);
    }
}
