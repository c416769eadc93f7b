//! `Cargo.toml` as it is written: nothing inherited, nothing discovered.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::text::toml::{Table, tables, wrong_type};
use crate::text::{Fault, RepoPath, Span, Spanned};
use crate::text::{is_glob, path_glob};

use super::dependency::{self, Dependency, Requirement, plain_strings};

/// What one `Cargo.toml` states.
#[derive(Debug, Default)]
pub struct Manifest {
    /// `[package]`, if it is there.
    pub package: Option<Package>,
    /// `[workspace]`, if it is there.
    pub workspace: Option<WorkspaceTable>,
    /// Every dependency, in the file's order.
    pub dependencies: Vec<Dependency>,
    /// `[features]`, in the order of the names.
    pub cargo_features: Vec<(String, Vec<String>)>,
    /// The targets that are written down; others are discovered from the files.
    pub targets: DeclaredTargets,
    /// `[patch.<source>]`
    pub patches: Vec<Patch>,
}

/// `[package]`.
#[derive(Debug)]
pub struct Package {
    /// Its name, and where it is given.
    pub name: Spanned<String>,
    /// Its version; `None` where the manifest has none, which means 0.0.0.
    pub version: Option<Inheritable>,
    /// Its edition; `None` means 2015.
    pub edition: Option<Inheritable>,
    /// `resolver`, which counts in a workspace's root only.
    pub resolver: Option<String>,
    /// `workspace = …`: the folder of the workspace's root, if it is pointed to.
    pub workspace: Option<Spanned<String>>,
    /// `build`: the path of the build script; `Some(None)` where it is switched off.
    pub build: Option<Option<String>>,
    /// `links`: the native library that the package links.
    pub links: Option<String>,
    /// Whether there is a `[package.metadata.watertight]`, which declares a feature. They are rare,
    /// so the room that reads declarations parses the file again.
    pub has_declaration: bool,
}

/// A field that may be written as `field.workspace = true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inheritable {
    /// The value itself.
    Here(String),
    /// `workspace = true`.
    FromWorkspace,
}

/// `[workspace]`.
#[derive(Debug)]
pub struct WorkspaceTable {
    /// `members`: folders or globs.
    pub members: Vec<Spanned<String>>,
    /// `default-members`: folders or globs; none where it is not said.
    pub default_members: Vec<Spanned<String>>,
    /// `exclude`: folders.
    pub exclude: Vec<String>,
    /// `resolver`.
    pub resolver: Option<String>,
    /// `[workspace.dependencies]`: by key, the whole entry and what it asks for.
    pub dependencies: BTreeMap<String, (Span, Requirement)>,
    /// `[workspace.package] version`.
    pub version: Option<String>,
    /// `[workspace.package] edition`.
    pub edition: Option<String>,
}

/// The targets that a manifest writes down.
#[derive(Debug, Default)]
pub struct DeclaredTargets {
    /// `[lib]`
    pub lib: Option<LibTable>,
    /// `[[bin]]`
    pub bins: Vec<BinTable>,
    /// `autolib = …`, if it is said.
    pub autolib: Option<bool>,
    /// `autobins = …`, if it is said.
    pub autobins: Option<bool>,
    /// The paths of `[[test]]`, `[[bench]]` and `[[example]]` that are written down.
    pub test_paths: Vec<String>,
}

/// `[lib]`.
#[derive(Debug, Default)]
pub struct LibTable {
    /// `name`
    pub name: Option<String>,
    /// `path`
    pub path: Option<String>,
    /// `proc-macro`
    pub is_proc_macro: bool,
}

/// `[[bin]]`.
#[derive(Debug)]
pub struct BinTable {
    /// `name`, and where it is given.
    pub name: Spanned<String>,
    /// `path`
    pub path: Option<String>,
    /// `required-features`
    pub required_features: Vec<String>,
}

/// One entry of a `[patch.<source>]` table.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The source that is patched: `crates-io`, a registry's name, or a URL; `None` for `[replace]`,
    /// which names packages of any source.
    pub source: Option<String>,
    /// The name that the entry is given.
    pub key: Spanned<String>,
    /// What it is replaced with.
    pub requirement: Requirement,
}

impl Manifest {
    pub(super) fn read(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        let package = root.table("package", faults).or_else(|| root.table("project", faults));
        Self {
            targets: DeclaredTargets::read(root, package.as_ref(), faults),
            package: package.and_then(|table| Package::read(&table, root, faults)),
            workspace: root.table("workspace", faults).map(|table| WorkspaceTable::read(&table, faults)),
            dependencies: dependency::read_all(root, faults),
            cargo_features: read_features(root, faults),
            patches: read_patches(root, faults),
        }
    }
}

impl Manifest {
    /// The folders that its dependencies, patches and literal members name, as they are written.
    pub(super) fn named_folders(&self) -> impl Iterator<Item = &str> {
        let workspace = self.workspace.as_ref();
        let shared =
            workspace.into_iter().flat_map(|table| table.dependencies.values()).map(|(_, asked)| asked);
        let own = self.dependencies.iter().map(|dependency| &dependency.requirement);
        let patches = self.patches.iter().map(|patch| &patch.requirement);
        let asked = own.chain(shared).chain(patches);
        let members = workspace.into_iter().flat_map(|table| &table.members);
        asked.filter_map(|asked| asked.path.as_ref()).chain(members).map(|path| path.value.as_str())
    }

    /// Whether a glob of its `members` names the folder of another manifest.
    pub(super) fn names_member(&self, folder: &RepoPath, manifest: &RepoPath) -> bool {
        let members = self.workspace.iter().flat_map(|table| &table.members);
        members.filter(|member| is_glob(&member.value)).any(|member| {
            let matcher = folder.join(&member.value).and_then(|pattern| path_glob(pattern.as_str()).ok());
            let parent = manifest.parent();
            matcher.zip(parent).is_some_and(|(matcher, parent)| matcher.is_match(parent.as_str()))
        })
    }
}

impl Package {
    fn read(table: &Table<'_, '_>, root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let Some(name) = table.string("name", faults) else {
            let span = root.entry_span("package").unwrap_or_default();
            let fault = Fault::of(root.file(), "this package has no name");
            faults.push(fault.at(span, "`name` is missing").help("add `name = \"…\"`"));
            return None;
        };
        let is_allowed = |character: char| character.is_alphanumeric() || "-_".contains(character);
        if name.value.is_empty() || !name.value.chars().all(is_allowed) {
            let message = "this is no name for a package";
            let fault = Fault::of(table.file(), message).at(name.span, "letters, digits, `-` and `_`");
            faults.push(fault.help("cargo refuses it; rename the package"));
            return None;
        }
        let mut plain = |key| table.string(key, faults).map(|found| found.value);
        let (resolver, links) = (plain("resolver"), plain("links"));
        let workspace = table.string("workspace", faults);
        let build = table.get("build").map(|value| match value.get_ref() {
            DeValue::Boolean(false) => None,
            DeValue::String(path) => Some(path.to_string()),
            // `true`, or several scripts: there is one.
            _ => Some("build.rs".to_owned()),
        });
        Some(Self {
            name,
            version: inheritable(table, "version", faults),
            edition: inheritable(table, "edition", faults),
            resolver,
            workspace,
            build,
            links,
            has_declaration: has_declaration(table),
        })
    }
}

fn inheritable(table: &Table<'_, '_>, key: &'static str, faults: &mut Vec<Fault>) -> Option<Inheritable> {
    let value = table.get(key)?;
    match value.get_ref() {
        DeValue::String(text) => Some(Inheritable::Here(text.to_string())),
        DeValue::Table(_) => Some(Inheritable::FromWorkspace),
        _ => {
            faults.push(wrong_type(value, key, "a string", table.file()));
            None
        }
    }
}

/// Other tools keep what they like under `metadata`, so only our own table is looked for.
fn has_declaration(package: &Table<'_, '_>) -> bool {
    package
        .get("metadata")
        .and_then(|value| value.get_ref().as_table())
        .is_some_and(|metadata| metadata.contains_key("watertight"))
}

impl WorkspaceTable {
    fn read(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Self {
        let package = table.table("package", faults);
        let mut field =
            |key| package.as_ref().and_then(|table| table.string(key, faults)).map(|found| found.value);
        let (version, edition) = (field("version"), field("edition"));
        let shared = table.table("dependencies", faults);
        let entries = shared.map(|table| table.entries()).unwrap_or_default();
        let dependencies = entries.into_iter().map(|(key, value)| {
            let requirement = Requirement::read(value, key.value, table.file(), faults);
            let span = key.span.to(Span::new(value.span()));
            (key.value.to_owned(), (span, requirement))
        });
        Self {
            dependencies: dependencies.collect(),
            members: table.strings("members", faults),
            default_members: table.strings("default-members", faults),
            exclude: plain_strings(table, "exclude", faults),
            resolver: table.string("resolver", faults).map(|found| found.value),
            version,
            edition,
        }
    }
}

impl DeclaredTargets {
    fn read(root: &Table<'_, '_>, package: Option<&Table<'_, '_>>, faults: &mut Vec<Fault>) -> Self {
        let mut switch = |key| package.and_then(|table| table.boolean(key, faults));
        let (autolib, autobins) = (switch("autolib"), switch("autobins"));
        let lib = root.table("lib", faults).map(|table| LibTable {
            name: table.string("name", faults).map(|found| found.value),
            path: table.string("path", faults).map(|found| found.value),
            is_proc_macro: table
                .boolean("proc-macro", faults)
                .or_else(|| table.boolean("proc_macro", faults))
                .unwrap_or(false),
        });
        let bins = match root.get("bin") {
            Some(value) => tables(value, "bin", root.file(), faults),
            None => Vec::new(),
        };
        let bins = bins.iter().filter_map(|table| {
            Some(BinTable {
                name: table.string("name", faults)?,
                path: table.string("path", faults).map(|found| found.value),
                required_features: plain_strings(table, "required-features", faults),
            })
        });
        let bins = bins.collect();
        // What is wrong with them is cargo's business: nothing is coupled by their paths.
        let tests = ["test", "bench", "example"].into_iter().filter_map(|key| root.get(key));
        let tests = tests.flat_map(|value| tables(value, "test", root.file(), &mut Vec::new()));
        let test_paths = tests.filter_map(|table| table.get("path")?.get_ref().as_str().map(str::to_owned));
        Self { bins, lib, autolib, autobins, test_paths: test_paths.collect() }
    }
}

fn read_features(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<(String, Vec<String>)> {
    let Some(table) = root.table("features", faults) else {
        return Vec::new();
    };
    let mut read: Vec<_> = table
        .entries()
        .into_iter()
        .map(|(key, value)| {
            let needs = crate::text::toml::strings(value, key.value, root.file(), faults);
            (key.value.to_owned(), needs.into_iter().map(|need| need.value).collect())
        })
        .collect();
    read.sort();
    read
}

pub(super) fn read_patches(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Patch> {
    let mut patches = read_replacements(root, faults);
    let Some(sources) = root.table("patch", faults) else { return patches };
    for (source, value) in sources.entries() {
        let Some(table) = crate::text::toml::table(value, source.value, root.file(), faults) else {
            continue;
        };
        patches.extend(table.entries().into_iter().map(|(key, value)| Patch {
            source: Some(source.value.to_owned()),
            requirement: Requirement::read(value, key.value, root.file(), faults),
            key: Spanned { value: key.value.to_owned(), span: key.span },
        }));
    }
    patches
}

/// `[replace]`, the older way: `"name:version" = { path = "…" }`.
fn read_replacements(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Patch> {
    let Some(table) = root.table("replace", faults) else { return Vec::new() };
    let entries = table.entries().into_iter().map(|(key, value)| Patch {
        source: None,
        requirement: Requirement::read(value, key.value, root.file(), faults),
        key: Spanned { value: key.value.to_owned(), span: key.span },
    });
    entries.collect()
}
