//! Dockerfiles, and what is in the image of each of their stages.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use watertight::sources::dockerfile::Dockerfile;
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    let path = RepoPath::new("Dockerfile").expect("a path");
    let (file, faults) = Dockerfile::read(&path, text);
    check_spans(text, &(&file, &faults), 20 * text.len() + 1_000);
    let Some(file) = file else { return };
    let none = BTreeMap::new();
    let names = file.global_args.iter().map(|arg| arg.name.value.clone());
    let some: BTreeMap<String, String> = names.zip(["a", "../b", "$A", ""].map(str::to_owned)).collect();
    for arguments in [&none, &some] {
        let by_number = (0..file.stages.len()).map(|at| at.to_string());
        let by_name = file.stages.iter().filter_map(|stage| Some(stage.name.as_ref()?.value.clone()));
        // A file of very many stages is no more than more of the same.
        for target in by_number.take(20).chain(by_name.take(20)) {
            check_spans(text, &file.built(Some(&target), arguments), 100 * text.len() + 10_000);
        }
        check_spans(text, &file.built(None, arguments), 100 * text.len() + 10_000);
    }
});
