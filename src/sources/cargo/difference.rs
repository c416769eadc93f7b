//! What differs between two texts of one `Cargo.toml`, as far as cargo builds anything anew for it.
//!
//! Source of the rules: what cargo keeps in its fingerprints, and hands to the compiler as `CARGO_PKG_…`.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

/// What a change of a manifest means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManifestDifference {
    /// The keys for which its own package is built anew, as they are written.
    pub package: BTreeSet<String>,
    /// Those that concern nothing but its tests.
    pub tests: BTreeSet<String>,
    /// Those that only a build script can see.
    pub metadata: BTreeSet<String>,
    /// Those for which everything in the workspace is built anew.
    pub workspace: BTreeSet<String>,
    /// The entries of `[workspace.dependencies]` that say something else.
    pub shared_dependencies: BTreeSet<String>,
    /// The fields of `[workspace.package]` that say something else.
    pub shared_fields: BTreeSet<String>,
    /// Whether `[workspace.lints]` says something else.
    pub shared_lints: bool,
}

/// What a member takes over from its workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inherited {
    /// The keys of dependencies, and whether only tests need each.
    pub dependencies: BTreeMap<String, bool>,
    /// The fields of `[package]`.
    pub fields: BTreeSet<String>,
    /// Whether it takes over the lints.
    pub lints: bool,
}

/// Keys of `[package]` that nothing is built anew for.
const IDLE_FIELDS: [&str; 9] = [
    "keywords",
    "categories",
    "publish",
    "include",
    "exclude",
    "default-run",
    "documentation",
    "resolver",
    "im-a-teapot",
];

/// Keys of `[package]` that say which tests there are.
const TEST_FIELDS: [&str; 3] = ["autotests", "autobenches", "autoexamples"];

/// The tables that only tests, benchmarks and examples need.
const TEST_TABLES: [&str; 5] = ["dev-dependencies", "dev_dependencies", "test", "bench", "example"];

/// What cargo takes from the root of a workspace for all of its members.
const TABLES_OF_ROOT: [&str; 4] = ["profile", "patch", "replace", "cargo-features"];

impl ManifestDifference {
    /// Compares two texts; one that is no TOML may mean anything, so that all of it counts.
    pub fn between(before: &str, now: &str) -> Self {
        let mut found = Self::default();
        let (Ok(before), Ok(now)) = (before.parse::<Table>(), now.parse::<Table>()) else {
            found.package.insert("Cargo.toml".to_owned());
            found.workspace.insert("Cargo.toml".to_owned());
            return found;
        };
        for key in differing(&before, &now) {
            let (a, b) = (before.get(key), now.get(key));
            match key {
                "package" | "project" => found.of_package(a, b),
                "workspace" => found.of_workspace(a, b),
                "target" => found.of_platforms(a, b),
                "badges" => {}
                key if TEST_TABLES.contains(&key) => drop(found.tests.insert(named(key, a, b))),
                key if TABLES_OF_ROOT.contains(&key) => drop(found.workspace.insert(named(key, a, b))),
                key => drop(found.package.insert(named(key, a, b))),
            }
        }
        found
    }

    fn of_package(&mut self, before: Option<&Value>, now: Option<&Value>) {
        if before.is_none() || now.is_none() {
            self.package.insert("[package]".to_owned());
        }
        for key in differing(&table(before), &table(now)) {
            let told = format!("[package] {key}");
            match key {
                "resolver" => drop(self.workspace.insert(told)),
                "metadata" => drop(self.metadata.insert(told)),
                key if IDLE_FIELDS.contains(&key) => {}
                key if TEST_FIELDS.contains(&key) => drop(self.tests.insert(told)),
                _ => drop(self.package.insert(told)),
            }
        }
    }

    fn of_workspace(&mut self, before: Option<&Value>, now: Option<&Value>) {
        let (a, b) = (table(before), table(now));
        for key in differing(&a, &b) {
            let (a, b) = (a.get(key), b.get(key));
            match key {
                // Who joins and who leaves is seen in the members themselves.
                "members" | "exclude" | "default-members" | "metadata" => {}
                "dependencies" => self.shared_dependencies.extend(keys(a, b)),
                "package" => {
                    let fields = keys(a, b);
                    self.shared_fields
                        .extend(fields.into_iter().filter(|key| !IDLE_FIELDS.contains(&key.as_str())));
                }
                "lints" => self.shared_lints = true,
                key => drop(self.workspace.insert(format!("[workspace] {key}"))),
            }
        }
    }

    /// `[target.….dependencies]` and its like.
    fn of_platforms(&mut self, before: Option<&Value>, now: Option<&Value>) {
        let (a, b) = (table(before), table(now));
        for platform in differing(&a, &b) {
            for key in keys(a.get(platform), b.get(platform)) {
                let told = format!("[target.{platform}.{key}]");
                match TEST_TABLES.contains(&key.as_str()) {
                    true => self.tests.insert(told),
                    false => self.package.insert(told),
                };
            }
        }
    }
}

/// The tables of `.cargo/config.toml` that change how people work and not what is built.
const IDLE_SETTINGS: [&str; 9] = [
    "alias",
    "cache",
    "cargo-new",
    "credential-alias",
    "future-incompat-report",
    "http",
    "install",
    "net",
    "term",
];

/// Whether anything is built otherwise for a change of `.cargo/config.toml`.
pub fn settings_matter(before: &str, now: &str) -> bool {
    match (before.parse::<Table>(), now.parse::<Table>()) {
        (Ok(before), Ok(now)) => differing(&before, &now).iter().any(|key| !IDLE_SETTINGS.contains(key)),
        _ => true,
    }
}

impl Inherited {
    /// What a manifest takes over.
    pub fn of(text: &str) -> Self {
        let mut found = Self::default();
        let Ok(root) = text.parse::<Table>() else { return found };
        let package = table(root.get("package").or_else(|| root.get("project")));
        found.fields =
            package.iter().filter(|(_, value)| inherits(value)).map(|(key, _)| key.clone()).collect();
        found.lints = root.get("lints").is_some_and(inherits);
        found.add(&root);
        table(root.get("target")).values().filter_map(Value::as_table).for_each(|table| found.add(table));
        found
    }

    fn add(&mut self, holder: &Table) {
        for (section, is_dev) in [
            ("dependencies", false),
            ("build-dependencies", false),
            ("build_dependencies", false),
            ("dev-dependencies", true),
            ("dev_dependencies", true),
        ] {
            let entries = holder.get(section).and_then(Value::as_table).into_iter().flatten();
            for (key, _) in entries.filter(|(_, value)| inherits(value)) {
                let only_tests = self.dependencies.entry(key.clone()).or_insert(is_dev);
                *only_tests &= is_dev;
            }
        }
    }
}

fn inherits(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn table(value: Option<&Value>) -> Table {
    value.and_then(Value::as_table).cloned().unwrap_or_default()
}

/// The keys whose values are not the same.
fn differing<'t>(before: &'t Table, now: &'t Table) -> BTreeSet<&'t str> {
    let all = before.keys().chain(now.keys());
    all.filter(|key| before.get(*key) != now.get(*key)).map(String::as_str).collect()
}

fn keys(before: Option<&Value>, now: Option<&Value>) -> Vec<String> {
    let (before, now) = (table(before), table(now));
    differing(&before, &now).into_iter().map(str::to_owned).collect()
}

/// A table with the only key in it that differs, or by itself.
fn named(key: &str, before: Option<&Value>, now: Option<&Value>) -> String {
    match keys(before, now).as_slice() {
        [only] => format!("[{key}] {only}"),
        _ => format!("[{key}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Inherited, ManifestDifference};

    fn differs(before: &str, now: &str) -> String {
        let found = ManifestDifference::between(before, now);
        let mut told: Vec<String> = Vec::new();
        for (word, keys) in [
            ("package", &found.package),
            ("tests", &found.tests),
            ("metadata", &found.metadata),
            ("workspace", &found.workspace),
            ("shared", &found.shared_dependencies),
            ("fields", &found.shared_fields),
        ] {
            told.extend(keys.iter().map(|key| format!("{word}: {key}")));
        }
        told.extend(found.shared_lints.then(|| "lints".to_owned()));
        told.join(", ")
    }

    #[test]
    fn only_what_says_something_else_counts() {
        let base = "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n";
        for (now, expected) in [
            ("# x\n[dependencies]\nb = '1'\n[package]\nname = \"a\"\n", ""),
            ("[package]\nname = \"a\"\nkeywords = [\"x\"]\n[dependencies]\nb = \"1\"\n", ""),
            (
                "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[dependencies]\nb = \"1\"\n",
                "package: [package] version",
            ),
            ("[package]\nname = \"a\"\n[dependencies]\nb = \"2\"\n", "package: [dependencies] b"),
            (
                "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n[dev-dependencies]\nc = \"1\"\n",
                "tests: [dev-dependencies] c",
            ),
            (
                "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n[profile.release]\nlto = true\n",
                "workspace: [profile] release",
            ),
            (
                "[package]\nname = \"a\"\n[dependencies]\nb = \"1\"\n[target.'cfg(unix)'.dev-dependencies]\nx = \"1\"\n",
                "tests: [target.cfg(unix).dev-dependencies]",
            ),
            ("[package\n", "package: Cargo.toml, workspace: Cargo.toml"),
        ] {
            assert_eq!(differs(base, now), expected, "{now}");
        }
    }

    #[test]
    fn the_root_of_a_workspace_is_told_key_by_key() {
        let base = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nx = \"1\"\ny = \"1\"\n[workspace.package]\nversion = \"1.0.0\"\n";
        for (now, expected) in [
            (base.replace("y = \"1\"", "y = \"2\""), "shared: y"),
            (base.replace("\"a\"", "\"a\", \"b\""), ""),
            (base.replace("1.0.0", "1.0.1"), "fields: version"),
            (
                base.replace("[workspace]\n", "[workspace]\nresolver = \"2\"\n"),
                "workspace: [workspace] resolver",
            ),
            (format!("{base}[workspace.lints.rust]\nunsafe_code = \"forbid\"\n"), "lints"),
        ] {
            assert_eq!(differs(base, &now), expected, "{now}");
        }
    }

    #[test]
    fn what_is_inherited_is_known_by_its_key() {
        let found = Inherited::of(
            "[package]\nname = \"a\"\nversion.workspace = true\n[lints]\nworkspace = true\n[dependencies]\nx.workspace = true\n[dev-dependencies]\nx.workspace = true\ny = { workspace = true }\n",
        );
        assert!(found.lints && found.fields.contains("version"));
        assert_eq!(
            found.dependencies.into_iter().collect::<Vec<_>>(),
            [("x".into(), false), ("y".into(), true)]
        );
    }
}
