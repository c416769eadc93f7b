//! One entry of a dependency table, as it is written.

use toml::de::{DeTable, DeValue};

use crate::text::toml::{Table, Value, boolean, string, strings, wrong_type};
use crate::text::{Fault, RepoPath, Span, Spanned, nearest};

/// Which table a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// `[dependencies]`
    Normal,
    /// `[dev-dependencies]`
    Dev,
    /// `[build-dependencies]`
    Build,
}

/// A dependency as one package declares it.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The name that the package gives it: the key of the entry.
    pub key: Spanned<String>,
    /// The whole entry, from the key to the end of the value.
    pub span: Span,
    /// The table that it stands in.
    pub section: Section,
    /// The `cfg(…)` or target triple of a `[target.….dependencies]` table.
    pub platform: Option<Spanned<String>>,
    /// What is asked for.
    pub requirement: Requirement,
}

/// What an entry asks for; the same in a member and in `[workspace.dependencies]`.
#[derive(Debug, Clone, Default)]
pub struct Requirement {
    /// `workspace = true`: the rest stands in `[workspace.dependencies]`.
    pub inherits: bool,
    /// `package = …`: the real name, where the key is another.
    pub package: Option<String>,
    /// `path = …`: relative to the folder of the manifest.
    pub path: Option<Spanned<String>>,
    /// `version = …`, or the entry itself where it is a string.
    pub version: Option<String>,
    /// `git = …`
    pub git: Option<String>,
    /// `registry = …` or `registry-index = …`
    pub registry: Option<String>,
    /// `optional = …`
    pub optional: bool,
    /// `default-features = …`, if it is said.
    pub default_features: Option<bool>,
    /// `features = […]`
    pub features: Vec<String>,
}

impl Requirement {
    pub(super) fn read(value: &Value<'_>, key: &str, file: &RepoPath, faults: &mut Vec<Fault>) -> Self {
        match value.get_ref() {
            DeValue::String(version) => Self { version: Some(version.to_string()), ..Self::default() },
            DeValue::Table(entries) => {
                let read = Self::from_table(entries, file, faults);
                read.check(entries, key, file, Span::new(value.span()), faults);
                read
            }
            _ => {
                faults.push(wrong_type(value, key, "a version or a table", file));
                Self::default()
            }
        }
    }

    /// What names no source at all, cargo refuses; most likely a key is misspelt, and the coupling that
    /// it stands for would be missed.
    fn check(&self, entries: &DeTable<'_>, key: &str, file: &RepoPath, span: Span, faults: &mut Vec<Fault>) {
        if let Some(path) = self.path.as_ref().filter(|path| is_absolute(&path.value)) {
            let message = format!("the path of `{key}` is absolute");
            let fault = Fault::of(file, message).at(path.span, "another folder on every machine");
            faults.push(fault.help("say it relative to the folder of this manifest"));
        }
        let names_source =
            self.inherits || self.path.is_some() || self.git.is_some() || self.version.is_some();
        if names_source {
            return;
        }
        let fault = Fault::of(file, format!("`{key}` names neither a version nor a place"));
        let sources = ["workspace", "path", "git", "version"];
        let near = Table::new(entries, file).entries().into_iter().find_map(|(written, _)| {
            let near = nearest(written.value, sources).filter(|near| *near != written.value)?;
            Some((written, near))
        });
        faults.push(match near {
            Some((written, near)) => {
                fault.at(written.span, "not known").help(format!("did you mean `{near}`?"))
            }
            None => fault
                .at(span, "no `workspace = true`, `path`, `git` or `version`")
                .help("cargo refuses this; say where the package comes from"),
        });
    }

    /// Goes through what is there once: manifests have many entries, and each has few of these keys.
    /// Where a key has two spellings, the first one in the order of the names counts.
    fn from_table(entries: &DeTable<'_>, file: &RepoPath, faults: &mut Vec<Fault>) -> Self {
        let mut read = Self::default();
        for (key, value) in entries {
            let key = &**key.get_ref();
            match key {
                "workspace" => read.inherits = boolean(value, key, file, faults) == Some(true),
                "package" => read.package = plain_string(value, key, file, faults),
                "path" => read.path = string(value, key, file, faults),
                "version" => read.version = plain_string(value, key, file, faults),
                "git" => read.git = plain_string(value, key, file, faults),
                "registry" | "registry-index" if read.registry.is_none() => {
                    read.registry = plain_string(value, key, file, faults);
                }
                "optional" => read.optional = boolean(value, key, file, faults) == Some(true),
                "default-features" | "default_features" if read.default_features.is_none() => {
                    read.default_features = boolean(value, key, file, faults);
                }
                "features" => {
                    let found = strings(value, key, file, faults).into_iter();
                    read.features = found.map(|found| found.value).collect();
                }
                _ => {}
            }
        }
        read
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || RepoPath::is_drive(path)
}

/// A string whose place doesn't matter.
fn plain_string(value: &Value<'_>, key: &str, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<String> {
    string(value, key, file, faults).map(|found| found.value)
}

/// An array of strings whose places don't matter.
pub(super) fn plain_strings(
    table: &Table<'_, '_>,
    key: &'static str,
    faults: &mut Vec<Fault>,
) -> Vec<String> {
    table.strings(key, faults).into_iter().map(|found| found.value).collect()
}

/// Both spellings of a table that holds dependencies; cargo still reads the one with `_`.
const SECTIONS: [(&str, Section); 5] = [
    ("dependencies", Section::Normal),
    ("dev-dependencies", Section::Dev),
    ("dev_dependencies", Section::Dev),
    ("build-dependencies", Section::Build),
    ("build_dependencies", Section::Build),
];

/// Every dependency of a manifest, the platform-specific ones included, in the file's order.
pub(super) fn read_all(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<Dependency> {
    let mut found = Vec::new();
    read_sections(root, None, &mut found, faults);
    if let Some(targets) = root.table("target", faults) {
        for (platform, value) in targets.entries() {
            let platform = Spanned { value: platform.value.to_owned(), span: platform.span };
            if let Some(table) = crate::text::toml::table(value, "target", root.file(), faults) {
                read_sections(&table, Some(&platform), &mut found, faults);
            }
        }
    }
    found.sort_by_key(|dependency| dependency.span);
    found
}

fn read_sections(
    table: &Table<'_, '_>,
    platform: Option<&Spanned<String>>,
    found: &mut Vec<Dependency>,
    faults: &mut Vec<Fault>,
) {
    for (name, section) in SECTIONS {
        let Some(entries) = table.table(name, faults) else {
            continue;
        };
        let entries = entries.entries();
        found.reserve(entries.len());
        for (key, value) in entries {
            found.push(Dependency {
                key: Spanned { value: key.value.to_owned(), span: key.span },
                span: key.span.to(Span::new(value.span())),
                section,
                platform: platform.cloned(),
                requirement: Requirement::read(value, key.value, table.file(), faults),
            });
        }
    }
}
