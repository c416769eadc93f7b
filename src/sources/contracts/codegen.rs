//! What says where contracts lie and what code is generated from them: `buf.yaml`, `buf.work.yaml`, `buf.gen.yaml`
//! and `openapitools.json`.

use crate::sources::{Facts, template};
use crate::text::{RepoPath, Spanned, yaml};

use super::gap;

/// How many folders and runs are kept of one file.
const MOST: usize = 1_000;

/// What is told of one that is no YAML.
const BROKEN: &str = "a configuration of code generation that can't be read";

/// What one file states. Paths are seen from its folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Codegen {
    /// Folders from which contracts name each other.
    pub roots: Vec<Spanned<String>>,
    /// What is generated.
    pub runs: Vec<Run>,
}

/// One run of a generator.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The contracts, or folders of them; none for everything below the file's folder.
    pub inputs: Vec<Spanned<String>>,
    /// The folders that are written.
    pub outputs: Vec<Spanned<String>>,
}

/// Whether a file is one of these.
pub(super) fn is_named(name: &str) -> bool {
    matches!(name, "buf.yaml" | "buf.work.yaml" | "buf.gen.yaml" | "openapitools.json")
}

/// Reads one of these.
pub(super) fn read(path: &RepoPath, text: &str) -> Option<Facts> {
    if template::mark(text).is_some() {
        return Some(gap(template::WHAT));
    }
    let range = yaml::documents(text).into_iter().next()?;
    let Some(root) = yaml::parse(text, range, path).0 else { return Some(gap(BROKEN)) };
    let mut found = match path.file_name() {
        "buf.yaml" => Codegen { roots: modules(&root), runs: Vec::new() },
        "buf.work.yaml" => Codegen { roots: texts(root.get("directories")), runs: Vec::new() },
        "buf.gen.yaml" => Codegen { roots: Vec::new(), runs: vec![generated_by_buf(&root)] },
        _ => Codegen { roots: Vec::new(), runs: generated_by_openapi(&root) },
    };
    found.roots.truncate(MOST);
    found.runs.truncate(MOST);
    Some(Facts::Codegen(Box::new(found)))
}

fn texts(node: Option<&yaml::Node<'_>>) -> Vec<Spanned<String>> {
    node.map(yaml::Node::items).into_iter().flatten().filter_map(yaml::Node::spanned).take(MOST).collect()
}

/// The folders of a module's `.proto` files; its own where it names none.
fn modules(root: &yaml::Node<'_>) -> Vec<Spanned<String>> {
    let modules = root.get("modules").map(yaml::Node::items).into_iter().flatten();
    let named: Vec<Spanned<String>> = modules.filter_map(|one| one.get("path")?.spanned()).collect();
    let old = texts(root.at(&["build", "roots"]));
    let own = || vec![Spanned { value: ".".to_owned(), span: root.span }];
    [named, old].into_iter().find(|all| !all.is_empty()).unwrap_or_else(own)
}

fn generated_by_buf(root: &yaml::Node<'_>) -> Run {
    let plugins = root.get("plugins").map(yaml::Node::items).into_iter().flatten();
    let inputs = root.get("inputs").map(yaml::Node::items).into_iter().flatten();
    let inputs =
        inputs.filter_map(|one| one.get("directory").or_else(|| one.get("proto_file"))?.spanned()).take(MOST);
    Run {
        inputs: inputs.collect(),
        outputs: plugins.filter_map(|one| one.get("out")?.spanned()).take(MOST).collect(),
    }
}

fn generated_by_openapi(root: &yaml::Node<'_>) -> Vec<Run> {
    let runs = root.at(&["generator-cli", "generators"]).map(yaml::Node::entries);
    let path = |node: &yaml::Node<'_>, key: &str| {
        let mut path = node.get(key)?.spanned()?;
        path.value = path.value.replacen("#{cwd}/", "", 1);
        Some(path)
    };
    let runs = runs.into_iter().flatten().filter_map(|(_, run)| {
        let input = path(run, "inputSpec").or_else(|| path(run, "input-spec"))?;
        Some(Run { inputs: vec![input], outputs: vec![path(run, "output")?] })
    });
    runs.collect()
}
