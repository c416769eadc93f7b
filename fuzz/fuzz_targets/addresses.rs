//! Addresses in settings and commands: each line of the input is one of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::addresses::{Setting, mentions, waits};
use watertight_fuzz::{PLANTED, holds_password};

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.lines().collect();
    let settings = lines.iter().map(|line| {
        let (name, value) = line.split_once('=').unwrap_or(("", line));
        Setting { name, value }
    });
    // A value of several lines as well.
    let whole = Setting { name: "", value: text };
    let settings: Vec<Setting<'_>> = settings.chain([whole]).collect();
    let found = mentions(&settings);
    assert!(found.len() <= 2 * text.len() + 64);
    for mention in &found {
        assert!(settings[mention.index].value.get(mention.range.clone()).is_some(), "{mention:?}");
    }
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let by_line = waits(&lines);
    let by_word = waits(&words);
    for (words, waits) in [(&lines, &by_line), (&words, &by_word)] {
        for wait in waits {
            assert!(words[wait.index].get(wait.range.clone()).is_some(), "{wait:?}");
        }
    }
    if holds_password(text) {
        let told = format!("{found:?}{by_line:?}{by_word:?}");
        assert!(!told.contains(PLANTED), "a password is told: {told}");
    }
});
