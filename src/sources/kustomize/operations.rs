//! Operations of JSON 6902: which of them change what runs, and with which settings.

use memchr::memmem;

use crate::sources::kubernetes::{Shapes, kept, read_container, read_variable};
use crate::text::yaml::{self, Node};
use crate::text::{Fault, RepoPath, Spanned};

use super::facts::{Change, Literal, Operation};

/// Whether a file could hold operations on containers or config maps. Most files hold no such path.
pub fn has_operations(bytes: &[u8]) -> bool {
    let has = |what: &str| memmem::find(bytes, what.as_bytes()).is_some();
    has("op") && (has("/containers/") || has("/initContainers/") || has("/data/"))
}

/// Reads the operations of a file; `None` if it is no list of operations.
pub fn read_operations(path: &RepoPath, text: &str) -> Option<Vec<Operation>> {
    let range = yaml::documents(text).into_iter().next()?;
    let (root, _) = yaml::parse(text, range, path);
    let root = root?;
    let first = root.items().first()?;
    first.get("op").and_then(Node::text)?;
    first.get("path").and_then(Node::text)?;
    let mut shapes = Shapes::taken_by("kustomize", path, text.len());
    Some(operations(&mut shapes, &root).0)
}

/// The operations of a list that change anything of ours, and what is wrong with it.
pub(super) fn operations(shapes: &mut Shapes<'_>, root: &Node<'_>) -> (Vec<Operation>, Vec<Fault>) {
    let found = root.items().iter().filter_map(|item| operation(shapes, item)).collect();
    (found, shapes.take_faults())
}

/// One operation, if it puts something there that is ours.
fn operation(shapes: &mut Shapes<'_>, item: &Node<'_>) -> Option<Operation> {
    let op = shapes.text(item, "op")?;
    let path = shapes.text(item, "path")?;
    if !matches!(op.value.as_str(), "add" | "replace") {
        return None;
    }
    let value = item.get("value")?;
    Some(Operation { span: path.span, change: change(shapes, &path.value, value)? })
}

/// What stands at a place, by the way that leads there.
fn change(shapes: &mut Shapes<'_>, pointer: &str, value: &Node<'_>) -> Option<Change> {
    let parts: Vec<String> = pointer.split('/').skip(1).map(unescaped).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if let ["data", key] = parts.as_slice() {
        let key = Spanned { value: (*key).to_owned(), span: value.span };
        let value = shapes.copied(value)?;
        let kept = Spanned { value: kept(&key.value, value.value), span: value.span };
        return Some(Change::Data(Literal { key, value: Some(kept).filter(|text| !text.value.is_empty()) }));
    }
    let at = parts.iter().position(|part| matches!(*part, "containers" | "initContainers"))?;
    if parts.get(at.checked_sub(1)?) != Some(&"spec") {
        return None;
    }
    let is_init = parts.get(at) == Some(&"initContainers");
    let (position, rest) = parts.get(at + 1..)?.split_first()?;
    if rest.is_empty() {
        let container = Box::new(read_container(shapes, value));
        return Some(Change::Container { is_init, container });
    }
    let container = position.parse().ok()?;
    match rest {
        ["image"] => Some(Change::Image { container, is_init, image: shapes.copied(value)? }),
        ["env"] => {
            let all = value.items().iter().filter(|item| item.is_map());
            Some(Change::Env(all.filter_map(|item| read_variable(shapes, item)).collect()))
        }
        ["env", variable, "value"] => {
            let variable = variable.parse().ok()?;
            Some(Change::EnvValue { container, is_init, variable, value: shapes.copied(value)? })
        }
        ["env", _] if value.is_map() => Some(Change::Env(vec![read_variable(shapes, value)?])),
        ["args" | "command"] => {
            let all = value.items().iter().filter(|item| item.is_scalar());
            Some(Change::Words(all.filter_map(|item| shapes.copied(item)).collect()))
        }
        ["args" | "command", _] if value.is_scalar() => Some(Change::Words(vec![shapes.copied(value)?])),
        _ => None,
    }
}

/// `~1` stands for `/`, and `~0` for `~`.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
