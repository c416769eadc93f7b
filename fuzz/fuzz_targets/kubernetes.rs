//! Kubernetes manifests, and the references in their texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::kubernetes;
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    kubernetes::has_marker(text.as_bytes());
    let path = RepoPath::new("k8s/a.yaml").expect("a path");
    let read = kubernetes::read(&path, text);
    check_spans(text, &read, 5 * text.len() + 1024 * 1024);
    let value = |name: &str| (name.len() < 5).then(|| name.repeat(300));
    let expanded = kubernetes::expand_references(text, &value);
    assert!(expanded.len() <= text.len() + 5_000, "{} bytes of {}", expanded.len(), text.len());
});
