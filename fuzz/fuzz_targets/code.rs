//! Rust sources: whatever stands there, reading ends, every index leads somewhere, and every place lies in the text; what
//! is kept of it for the next run comes back as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watertight::sources::rust::code::{RustFile, has_word, read_code};

fuzz_target!(|text: &str| {
    let file = read_code(text);
    let scopes = file.scopes.len();
    let is_scope = |at: u32| (at as usize) < scopes;
    assert!(file.scopes.iter().all(|scope| is_scope(scope.parent)));
    assert!(file.imports.iter().all(|one| is_scope(one.scope) && (one.at as usize) < text.len()));
    assert!(file.items.iter().all(|one| is_scope(one.scope) && !file.words.of(one.name).is_empty()));
    assert!(file.declarations.iter().all(|one| is_scope(one.scope)));
    assert!(file.included.iter().all(|one| is_scope(one.scope)));
    let mut places = 0;
    for (mention, all) in file.mentioned() {
        assert!(is_scope(mention.scope) && all.len() == mention.count as usize);
        assert!(!file.words_of(mention.path).0.is_empty());
        assert!(all.iter().all(|at| text.is_char_boundary(*at as usize) && (*at as usize) < text.len()));
        places += all.len();
    }
    assert_eq!(places, file.places.len());
    let kept = postcard::to_stdvec(&file).expect("what was read can be kept");
    assert_eq!(postcard::from_bytes::<RustFile>(&kept).expect("what was kept can be read"), file);
    assert!(file.loose.is_sorted());
    has_word(&file.loose, "users");
});
