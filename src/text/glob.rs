//! Globs over paths, the same everywhere and bounded.

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSetBuilder};

/// How long a glob may be, in bytes: far above what anybody writes, far below what a regex refuses.
const LONGEST: usize = 1_000;

/// Whether a path has glob characters.
pub fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

/// Reads a glob whose `*` stays within one part of a path.
///
/// # Errors
/// What is wrong with it, in a few words.
pub fn glob(text: &str) -> Result<Glob, String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    let glob = glob.map_err(|error| error.kind().to_string())?;
    // A set says what a single matcher would panic at.
    GlobSetBuilder::new().add(glob.clone()).build().map_err(|error| error.kind().to_string())?;
    Ok(glob)
}

/// As [`glob`], ready to match.
///
/// # Errors
/// What is wrong with it, in a few words.
pub fn path_glob(text: &str) -> Result<GlobMatcher, String> {
    glob(text).map(|glob| glob.compile_matcher())
}
