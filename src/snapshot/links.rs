//! Symbolic links, followed inside of a snapshot and never out of it.

use crate::text::RepoPath;

use super::ReadFailure;

/// What lies at a path.
pub(super) enum Node {
    File,
    Folder,
    /// A link, and what it says.
    Link(String),
    Missing,
}

/// How many links one path may lead over, as on Linux: more of them go round in a circle.
const MOST_LINKS: usize = 40;

/// Where the file of a path really lies, every link on the way followed.
///
/// A link that leads out of the snapshot, or that names a place from the root of the file system, leads
/// nowhere: the same repository lies elsewhere on another machine.
pub(super) fn resolve(
    path: &RepoPath,
    node: &dyn Fn(&RepoPath) -> Result<Node, ReadFailure>,
) -> Result<RepoPath, ReadFailure> {
    let mut ahead: Vec<String> = path.parts().map(str::to_owned).collect();
    ahead.reverse();
    let mut current = RepoPath::root();
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        if part == ".." {
            current = current.parent().ok_or(ReadFailure::NotAFile)?;
            continue;
        }
        let next = current.join(&part).ok_or(ReadFailure::NotAFile)?;
        match node(&next)? {
            Node::Folder => current = next,
            Node::File if ahead.is_empty() => return Ok(next),
            Node::File | Node::Missing => return Err(ReadFailure::Missing),
            Node::Link(target) => {
                links += 1;
                if links > MOST_LINKS || target.starts_with('/') || RepoPath::is_drive(&target) {
                    return Err(ReadFailure::NotAFile);
                }
                let parts = target.split('/').filter(|part| !matches!(*part, "" | "."));
                ahead.extend(parts.rev().map(str::to_owned));
            }
        }
    }
    Err(ReadFailure::NotAFile)
}

#[cfg(test)]
mod tests {
    use super::{Node, resolve};
    use crate::snapshot::ReadFailure;
    use crate::text::RepoPath;

    fn resolved(path: &str) -> Result<String, ReadFailure> {
        let node = |path: &RepoPath| {
            Ok(match path.as_str() {
                "a" | "a/b" => Node::Folder,
                "a/file" => Node::File,
                "a/b/up" => Node::Link("../file".to_owned()),
                "folder" => Node::Link("./a/".to_owned()),
                "out" => Node::Link("../secret".to_owned()),
                "a/b/far" => Node::Link("../../../secret".to_owned()),
                "absolute" => Node::Link("/etc/passwd".to_owned()),
                "drive" => Node::Link("C:/x".to_owned()),
                "self" => Node::Link("self".to_owned()),
                "one" => Node::Link("two".to_owned()),
                "two" => Node::Link("one".to_owned()),
                _ => Node::Missing,
            })
        };
        resolve(&RepoPath::new(path).expect("a path"), &node).map(|path| path.to_string())
    }

    #[test]
    fn links_are_followed_inside() {
        assert_eq!(resolved("a/file"), Ok("a/file".to_owned()));
        assert_eq!(resolved("a/b/up"), Ok("a/file".to_owned()));
        assert_eq!(resolved("folder/file"), Ok("a/file".to_owned()));
        assert_eq!(resolved("folder/b/up"), Ok("a/file".to_owned()));
    }

    #[test]
    fn links_lead_nowhere_else() {
        for path in ["out", "a/b/far", "absolute", "drive", "self", "one", "a", "folder"] {
            assert_eq!(resolved(path), Err(ReadFailure::NotAFile), "{path}");
        }
        for path in ["a/file/more", "a/none"] {
            assert_eq!(resolved(path), Err(ReadFailure::Missing), "{path}");
        }
    }
}
