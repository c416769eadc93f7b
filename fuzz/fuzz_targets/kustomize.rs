//! Kustomizations, with the patches in them, patches of operations, and values of Helm charts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::{helm, kustomize};
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    let path = RepoPath::new("k8s/kustomization.yaml").expect("a path");
    let most = 5 * text.len() + 1024 * 1024;
    check_spans(text, &kustomize::read(&path, text), most);
    kustomize::has_operations(text.as_bytes());
    check_spans(text, &kustomize::read_operations(&path, text), most);
    check_spans(text, &helm::read_chart(&path, text), most);
    check_spans(text, &helm::read_values(&path, text), most);
});
