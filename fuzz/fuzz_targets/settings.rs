//! Files of environment variables, and what a build context leaves out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::dockerignore::DockerIgnore;
use watertight::sources::settings::SettingsFile;

fuzz_target!(|text: &str| {
    let file = SettingsFile::read(text);
    for (name, value) in &file.variables {
        assert_eq!(text.get(name.span.range()), Some(name.value.as_str()));
        assert_eq!(text.get(value.span.range()), Some(value.value.as_str()));
        assert!(file.get(&name.value).is_some());
    }
    assert!(file.variables.len() <= text.len());
    let ignored = DockerIgnore::read(text);
    for path in ["a", "services/cart/src/main.rs", "../a", "/", ""].into_iter().chain(text.lines().take(20)) {
        ignored.excludes(path);
    }
});
