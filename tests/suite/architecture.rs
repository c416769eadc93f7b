//! The project's own architecture: each room of `src/` imports only from the rooms above it.

use std::collections::BTreeMap;
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

/// The rooms that a source file names after `crate::`, in imports and in paths; those at the crate's
/// root (`crate::Repository`) are the pipeline's.
fn imports(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|next: char| !(next.is_alphanumeric() || next == '_')).unwrap_or(name.len());
            let room = &name[..end];
            found.push(if ROOMS.contains(&room) { room } else { "pipeline" }.to_owned());
        }
    }
    found
}

/// The entries of a group of imports, up to its closing brace; groups inside belong to their entry.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut entries) = (0_usize, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                entries.push(group[start..at].trim());
                return entries;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                entries.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    entries
}

#[test]
fn each_room_imports_only_from_the_rooms_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order: BTreeMap<&str, usize> = ROOMS.iter().enumerate().map(|(at, room)| (*room, at)).collect();
    let mut checked = 0;
    for file in files(&root) {
        let relative = file.strip_prefix(&root).expect("below src").with_extension("");
        let room = relative.iter().next().and_then(|part| part.to_str()).expect("a room");
        if matches!(room, "main" | "lib") {
            continue;
        }
        let own = order.get(room).unwrap_or_else(|| panic!("`{room}` is no room: add it to the order"));
        for import in imports(&std::fs::read_to_string(&file).expect("a source file")) {
            checked += 1;
            assert!(
                order[import.as_str()] <= *own,
                "{} imports from `{import}`, which lies below `{room}`",
                file.display()
            );
        }
    }
    assert!(checked > 100, "only {checked} imports were seen: the check does not see them");
}

#[test]
fn the_check_sees_an_import_from_below() {
    assert_eq!(imports("use crate::{text::Span, report};"), ["text", "report"]);
    assert_eq!(imports("use crate::{text::{Fault, Span}, report};"), ["text", "report"]);
    assert_eq!(imports("fn x(y: crate::cli::Exit) {}"), ["cli"]);
    assert_eq!(imports("use crate::Repository;"), ["pipeline"]);
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["src", "tests", "examples", "benches"].iter().flat_map(|folder| files(&root.join(folder))) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        assert!(text.starts_with("//!"), "{} has no `//!` at its top", file.display());
    }
}
