//! Files that mean the same in every repository, by their names.

/// What a file that no unit holds is for, by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usual {
    /// Everything below its folder is built with it: a toolchain, the settings of cargo.
    Toolchain,
    /// Nothing that is built, tested or deployed is made of it.
    Nothing,
    /// Nobody knows.
    Unknown,
}

/// Files for people, and for tools that only look on, in any folder; lower case.
const IDLE_NAMES: [&str; 18] = [
    ".editorconfig",
    ".git-blame-ignore-revs",
    ".gitattributes",
    ".gitignore",
    ".mailmap",
    ".pre-commit-config.yaml",
    ".pre-commit-hooks.yaml",
    ".rustfmt.toml",
    ".clippy.toml",
    ".typos.toml",
    "codeowners",
    "clippy.toml",
    "deny.toml",
    "feature.toml",
    "renovate.json",
    "rustfmt.toml",
    "typos.toml",
    "watertight.toml",
];

/// How the names of such files begin, directly in the folder of a package; lower case.
const IDLE_BEGINNINGS: [&str; 12] = [
    "authors",
    "changelog",
    "changes",
    "code_of_conduct",
    "contributing",
    "contributors",
    "copying",
    "copyright",
    "license",
    "notice",
    "readme",
    "security",
];

/// Folders at the root that only pipelines, editors and people read.
const IDLE_FOLDERS: [&str; 10] = [
    ".azuredevops/",
    ".buildkite/",
    ".circleci/",
    ".github/",
    ".gitlab/",
    ".idea/",
    ".vscode/",
    ".watertight/",
    "doc/",
    "docs/",
];

/// Files at the root that only pipelines read.
const IDLE_AT_ROOT: [&str; 6] = [
    ".gitlab-ci.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "jenkinsfile",
    "watertight-baseline.toml",
];

/// What a file is for, by its path.
pub(super) fn usual(path: &str) -> Usual {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_settings = folder == ".cargo" || folder.ends_with("/.cargo");
    match name {
        "rust-toolchain" | "rust-toolchain.toml" => Usual::Toolchain,
        "config" | "config.toml" if is_settings => Usual::Toolchain,
        _ if is_idle(path) => Usual::Nothing,
        _ if folder.is_empty() && is_idle_in_package(name) => Usual::Nothing,
        name if name.ends_with(".md") || name.ends_with(".adoc") || name.ends_with(".rst") => Usual::Nothing,
        _ => Usual::Unknown,
    }
}

/// Whether nothing is made of a file, wherever it lies.
pub(super) fn is_idle(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_at_root = !path.contains('/') && IDLE_AT_ROOT.contains(&name.as_str());
    is_at_root
        || IDLE_NAMES.contains(&name.as_str())
        || IDLE_FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// Whether nothing is made of a file directly in the folder of a package.
pub(super) fn is_idle_in_package(inside: &str) -> bool {
    let lower = inside.to_ascii_lowercase();
    !inside.contains('/') && IDLE_BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
}
