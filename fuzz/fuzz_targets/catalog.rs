//! Backstage catalogs: one text as two files of a repository that may lead to each other, read and linked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::graph::link;
use watertight::snapshot::MemorySnapshot;
use watertight::sources::{Facts, catalog, read_all};
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    catalog::has_marker(text.as_bytes());
    let path = RepoPath::new("a/catalog-info.yaml").expect("a path");
    if let Facts::Catalog(file) = catalog::read(&path, text) {
        check_spans(text, &file, 5 * text.len() + 1024 * 1024);
    }
    let files = ["a/catalog-info.yaml", "b/catalog-info.yml", "catalog/all.yaml"];
    let snapshot = MemorySnapshot::new(files.map(|path| (path, text.as_bytes())));
    let (listing, reading) = read_all(&snapshot, &|_, _| false, &|_| false, None);
    let linked = link(&snapshot, &listing, reading, &|_| false, &[], None);
    linked.graph.verify().expect("the invariants of the graph");
});
