//! `Cargo.lock`: which package depends on which, as cargo last resolved it.

use toml::de::DeTable;

/// The packages of a lock file.
#[derive(Debug, Default)]
pub struct LockFile {
    /// In the file's order.
    pub packages: Vec<LockedPackage>,
}

/// One package of a lock file.
#[derive(Debug)]
pub struct LockedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it comes from elsewhere; packages of the repository have no source.
    pub is_third_party: bool,
    /// Whether `[replace]` puts a package of the repository in its place.
    pub is_replaced: bool,
    /// `name`, `name version` or `name version (source)`, whatever is unambiguous.
    pub dependencies: Vec<String>,
}

impl LockFile {
    /// Cargo writes this file, so what is not as cargo writes it is passed over.
    pub(super) fn read(root: &DeTable<'_>) -> Self {
        let packages = root.get("package").and_then(|value| value.get_ref().as_array());
        let read = |value: &toml::Spanned<toml::de::DeValue<'_>>| {
            let table = value.get_ref().as_table()?;
            let text = |key: &str| Some(table.get(key)?.get_ref().as_str()?.to_owned());
            let dependencies = table.get("dependencies").and_then(|list| list.get_ref().as_array());
            let names = dependencies.into_iter().flat_map(|list| list.iter());
            Some(LockedPackage {
                name: text("name")?,
                version: text("version")?,
                is_third_party: table.contains_key("source"),
                is_replaced: table.contains_key("replace"),
                dependencies: names.filter_map(|name| Some(name.get_ref().as_str()?.to_owned())).collect(),
            })
        };
        Self { packages: packages.into_iter().flat_map(|list| list.iter()).filter_map(read).collect() }
    }
}
