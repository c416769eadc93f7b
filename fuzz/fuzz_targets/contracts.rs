//! Contracts, what is generated from them, and the texts in quotes of build scripts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::contracts;
use watertight::sources::rust::{generation, made_by_macro};
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

/// Which file it is, by the first byte.
const NAMES: [&str; 7] = [
    "a.proto",
    "openapi.json",
    "api/a.yaml",
    "buf.yaml",
    "buf.work.yaml",
    "buf.gen.yaml",
    "openapitools.json",
];

fuzz_target!(|text: &str| {
    let name = NAMES[text.bytes().next().map_or(0, usize::from) % NAMES.len()];
    let path = RepoPath::new(name).expect("a path");
    contracts::has_marker(text.as_bytes());
    let read = contracts::read(&path, text);
    check_spans(text, &read, 2 * text.len() + 1024);
    check_spans(text, &(generation(text), made_by_macro(text)), 2 * text.len() + 1024);
});
