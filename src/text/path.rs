//! Paths inside the repository, the same on every platform.

use std::fmt;
use std::sync::Arc;

/// A path inside the repository: relative to its root, `/` between the parts, no `.` or `..`.
///
/// The root itself is the empty path and shows as `.`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    /// The root of the repository.
    pub fn root() -> Self {
        Self(Arc::from(""))
    }

    /// Reads a relative path and resolves `.` and `..` by its text alone.
    ///
    /// `None` if it is absolute or leads out of the repository.
    pub fn new(path: &str) -> Option<Self> {
        Self::root().join(path)
    }

    /// Takes a path that is already in normal form, as the walk of a tree produces it.
    pub(crate) fn from_normal(path: &str) -> Self {
        debug_assert_eq!(Self::new(path).as_ref().map(Self::as_str), Some(path));
        Self(Arc::from(path))
    }

    /// `relative`, seen from this folder. `None` if it is absolute or leads out of the repository.
    pub fn join(&self, relative: &str) -> Option<Self> {
        if relative.starts_with('/') || Self::is_drive(relative) {
            return None;
        }
        let mut parts: Vec<&str> = self.parts().collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(Arc::from(parts.join("/"))))
    }

    /// The path as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts between the slashes; none for the root.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The last part; empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that this path lies in; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        Some(match self.0.rfind('/') {
            Some(slash) => Self(Arc::from(&self.0[..slash])),
            None => Self::root(),
        })
    }

    /// This path and each folder around it, the nearest first; the root comes last, as `""`.
    pub fn with_ancestors(&self) -> impl Iterator<Item = &str> {
        let mut next = Some(&*self.0);
        std::iter::from_fn(move || {
            let current = next?;
            next = match current.rfind('/') {
                Some(slash) => Some(&current[..slash]),
                None if current.is_empty() => None,
                None => Some(""),
            };
            Some(current)
        })
    }

    /// Whether a text begins with a drive, as absolute paths do on Windows; a repository path never does.
    pub fn is_drive(path: &str) -> bool {
        let mut chars = path.chars();
        chars.next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && chars.next() == Some(':')
            && chars.next().is_none_or(|next| matches!(next, '/' | '\\'))
    }

    /// Whether this is `folder` or something below it.
    pub fn is_within(&self, folder: &Self) -> bool {
        let folder = &*folder.0;
        folder.is_empty()
            || self.0.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "." } else { &self.0 })
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).unwrap()
    }

    #[test]
    fn joins_resolve_dots_and_never_leave_the_repository() {
        let folder = path("crates/cart");
        assert_eq!(folder.join("../users/./src").unwrap().as_str(), "crates/users/src");
        assert_eq!(folder.join("../..").unwrap(), RepoPath::root());
        assert_eq!(folder.join("../../.."), None);
        assert_eq!(folder.join("/etc"), None);
        assert_eq!(folder.join("C:/x"), None);
    }

    #[test]
    fn ancestors_run_from_the_path_itself_to_the_root() {
        let all: Vec<_> = path("a/b/c").with_ancestors().map(str::to_owned).collect();
        assert_eq!(all, ["a/b/c", "a/b", "a", ""]);
        assert_eq!(RepoPath::root().with_ancestors().collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn within_compares_whole_parts() {
        assert!(path("a/b").is_within(&path("a")));
        assert!(path("a").is_within(&path("a")));
        assert!(path("a").is_within(&RepoPath::root()));
        assert!(!path("ab").is_within(&path("a")));
    }
}
