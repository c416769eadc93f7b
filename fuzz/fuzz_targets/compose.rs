//! Compose files, and the variables in their texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::compose;
use watertight::text::RepoPath;
use watertight_fuzz::check_spans;

fuzz_target!(|text: &str| {
    compose::has_marker(text.as_bytes());
    for path in ["docker-compose.yml", "deploy/services.yml"] {
        let path = RepoPath::new(path).expect("a path");
        let read = compose::read(&path, text);
        // Aliases may repeat what they stand for, but not without end.
        check_spans(text, &read, 5 * text.len() + 1024 * 1024);
    }
    let value = |name: &str| match name.len() {
        1 => Some(name.to_owned()),
        2 => Some(String::new()),
        3 => Some("$A".to_owned()),
        4 => Some("x".repeat(2_000)),
        _ => None,
    };
    let filled = compose::interpolated(text, &value);
    // `$A` may become three bytes, those that stand for what is unknown; and long values are few.
    assert!(filled.len() <= 2 * text.len() + 5_000, "{} bytes of {}", filled.len(), text.len());
});
