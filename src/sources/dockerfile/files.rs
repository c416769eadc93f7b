//! Where binaries of cargo lie in a stage.
//!
//! Invariant: how many places are known is bounded, however often folders are copied into each other.

/// `path`, seen from a folder, without `.`, `..` and what ends it. What begins with a variable is taken
/// for absolute.
pub(super) fn absolute(folder: &str, path: &str) -> String {
    let is_absolute = path.starts_with(['/', '$', '~']) || path.get(1..3).is_some_and(|drive| drive == ":\\");
    let joined = if is_absolute { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            "~" if parts.is_empty() => parts.push("root"),
            part => parts.push(part),
        }
    }
    let root = if joined.starts_with('$') { "" } else { "/" };
    format!("{root}{}", parts.join("/"))
}
