//! The project's own architecture: each room of `src/` imports only from the rooms above it.

use std::path::{Path, PathBuf};

/// The rooms in the order in which data flows. `pipeline` is the map of `lib.rs` on one screen.
const ROOMS: [&str; 14] = [
    "text", "snapshot", "sources", "graph", "features", "proposal", "rules", "findings", "insight",
    "baseline", "pipeline", "report", "draw", "cli",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_check_of_this_repository_passes_without_an_exception() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let configuration = std::fs::read_to_string(root.join("watertight.toml")).expect("its configuration");
    assert!(!configuration.contains("[[exceptions]]") && !configuration.contains("[[corrections]]"));
    let folders = std::fs::read_dir(root.join("src")).expect("the rooms").flatten();
    let folders = folders.filter(|entry| entry.path().is_dir());
    assert_eq!(folders.count(), ROOMS.len(), "each folder of `src` is a room");
    for (at, room) in ROOMS.into_iter().enumerate() {
        assert!(configuration.contains(&format!("[features.{room}]")), "`{room}` is no feature");
        // One that is forgotten would be a hole.
        let below: Vec<String> = ROOMS[at + 1..].iter().map(|other| format!("\"feature:{other}\"")).collect();
        let rule = format!("from = \"feature:{room}\", to = {{ any = [{}] }}", below.join(", "));
        assert!(below.is_empty() || configuration.contains(&rule), "`{room}` may import from below: {rule}");
    }
    let (output, code) = checked(root);
    assert_eq!(code, Some(0), "{output}");
    assert!(output.contains("in 14 features"), "{output}");
}

#[test]
fn an_import_from_below_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().expect("a folder");
    let places = files(&root.join("src"))
        .into_iter()
        .map(|file| file.strip_prefix(root).expect("below the root").to_path_buf());
    for file in places.chain(["Cargo.toml", "watertight.toml"].map(PathBuf::from)) {
        let to = copy.path().join(&file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(root.join(&file), to).expect("a copy");
    }
    let first = copy.path().join("src/text/date.rs");
    let text = std::fs::read_to_string(&first).expect("a source");
    std::fs::write(&first, format!("{text}\nfn wrong(_: crate::Repository) {{}}\n")).expect("a change");
    let (output, code) = checked(copy.path());
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("deny[text-looks-down]"), "{output}");
    assert!(output.contains("src/text/date.rs"), "{output}");
}

fn checked(root: &Path) -> (String, Option<i32>) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_watertight"));
    let output = command.arg("check").arg(root).env_clear().output().expect("the binary runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["src", "tests", "examples", "benches"].iter().flat_map(|folder| files(&root.join(folder))) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        assert!(text.starts_with("//!"), "{} has no `//!` at its top", file.display());
    }
}
