//! Which features can be deployed alone, and what stands in the way of the others.

use watertight::Repository;
use watertight::features::Configuration;
use watertight::insight::{Links, Ships, shipping};
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, RepoPath};

/// Two binaries of two features, `cart` and `users`, of which each is a package; and what is said besides.
fn ships(configuration: &str, files: &[(&str, &str)]) -> Vec<(String, Ships, usize, usize, usize)> {
    let features = "[features.cart]\npaths = [\"cart\"]\n[features.users]\npaths = [\"users\"]\n";
    let text = format!("{features}{configuration}");
    let own = [
        ("Cargo.toml", "[workspace]\nmembers = [\"*/\"]\n"),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/main.rs", "fn main() {}\n"),
        ("users/Cargo.toml", "[package]\nname = \"users\"\n"),
        ("users/src/main.rs", "fn main() {}\n"),
        ("users/src/lib.rs", ""),
    ];
    let replaced = own.iter().filter(|(path, _)| !files.iter().any(|(other, _)| other == path));
    let snapshot = MemorySnapshot::new(replaced.copied().chain(files.iter().copied()));
    let path = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&path, &text);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-21").expect("a day");
    let repository = Repository::load(&snapshot, configuration, today, None).expect("a repository");
    let all = shipping(&repository.linked.graph, &repository.map, &Links::new());
    let told = repository.map.features.iter().zip(all).map(|(feature, one)| {
        let counts = (one.reaches.len(), one.packed_with.len(), one.assembled_in.len());
        (feature.name.clone(), one.ships(), counts.0, counts.1, counts.2)
    });
    told.collect()
}

/// An image of both binaries, in a folder of nobody.
const BOTH: (&str, &str) = (
    "images/Dockerfile",
    "FROM rust AS build\nWORKDIR /shop\nCOPY . .\nRUN cargo build --release\nFROM debian\n\
     COPY --from=build /shop/target/release/cart /cart\nCOPY --from=build /shop/target/release/users /users\n",
);

const COMPOSE: (&str, &str) = (
    "compose.yaml",
    "services:\n  shop:\n    build:\n      context: .\n      dockerfile: images/Dockerfile\n",
);

#[test]
fn who_needs_nobody_and_is_packed_with_nobody_deploys_alone() {
    let alone = |name: &str| (name.to_owned(), Ships::Alone, 0, 0, 0);
    assert_eq!(ships("", &[]), [alone("cart"), alone("users")]);
}

/// Who is needed by others is not bound by that.
#[test]
fn who_builds_on_another_does_not() {
    let needs = "[package]\nname = \"cart\"\n[dependencies]\nusers = { path = \"../users\" }\n";
    let told = ships("", &[("cart/Cargo.toml", needs)]);
    assert_eq!(told[0], ("cart".to_owned(), Ships::Together, 1, 0, 0));
    assert_eq!(told[1], ("users".to_owned(), Ships::Alone, 0, 0, 0));
}

#[test]
fn what_is_packed_together_is_shipped_together_unless_somebody_says_that_it_should() {
    let packed = ships("", &[BOTH, COMPOSE]);
    assert!(packed.iter().all(|one| one.1 == Ships::Together && one.2 == 0 && one.3 > 0), "{packed:?}");
    let assembled = ships("[assemblies]\npaths = [\"images\", \"compose.yaml\"]\n", &[BOTH, COMPOSE]);
    assert!(assembled.iter().all(|one| one.1 == Ships::Alone && one.3 == 0 && one.4 > 0), "{assembled:?}");
}

#[test]
fn a_library_ships_nothing_of_its_own() {
    let library = [(
        "cart/Cargo.toml",
        "[package]\nname = \"cart\"\n[lib]\n[[bin]]\nname = \"x\"\npath = \"../users/x.rs\"\n",
    )];
    assert_eq!(ships("", &library)[0].1, Ships::Alone, "a binary is a binary, wherever its source lies");
    let library = [
        ("cart/src/main.rs", ""),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\nautobins = false\n"),
        ("cart/src/lib.rs", ""),
    ];
    assert_eq!(ships("", &library)[0].1, Ships::Nothing);
}
