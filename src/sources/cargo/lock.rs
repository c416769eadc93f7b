//! `Cargo.lock`: which package depends on which, as cargo last resolved it.

use toml::de::DeTable;

/// The packages of a lock file.
#[derive(Debug, Default)]
pub struct LockFile {
    /// In the file's order.
    pub packages: Vec<LockedPackage>,
}

/// One package of a lock file.
#[derive(Debug, Clone)]
pub struct LockedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; packages of the repository have no source.
    pub source: Option<String>,
    /// What its archive is checked against.
    pub checksum: Option<String>,
    /// Whether `[replace]` puts a package of the repository in its place.
    pub is_replaced: bool,
    /// `name`, `name version` or `name version (source)`, whatever is unambiguous.
    pub dependencies: Vec<String>,
}

impl LockedPackage {
    /// Whether it comes from elsewhere.
    pub fn is_third_party(&self) -> bool {
        self.source.is_some()
    }
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
                source: text("source"),
                checksum: text("checksum"),
                is_replaced: table.contains_key("replace"),
                dependencies: names.filter_map(|name| Some(name.get_ref().as_str()?.to_owned())).collect(),
            })
        };
        let mut packages: Vec<LockedPackage> =
            packages.into_iter().flat_map(|list| list.iter()).filter_map(read).collect();
        // Older files keep the checksums apart, and the first package under another name.
        packages.extend(root.get("root").and_then(read));
        let apart = root.get("metadata").and_then(|value| value.get_ref().as_table());
        for package in packages.iter_mut().filter(|package| package.checksum.is_none()) {
            let source = package.source.as_deref().unwrap_or_default();
            let key = format!("checksum {} {} ({source})", package.name, package.version);
            let text = apart.and_then(|table| table.get(key.as_str())?.get_ref().as_str());
            package.checksum = text.map(str::to_owned);
        }
        Self { packages }
    }
}
