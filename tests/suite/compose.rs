//! What is read of compose files, and what the whole tool makes of them: one fixture for each construct.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use watertight::graph::compose_models;
use watertight::snapshot::{Snapshot, WorkTree};
use watertight::sources::compose::{ComposeFile, Named, Service, Variable};
use watertight::sources::settings::SettingsFile;
use watertight::sources::{Facts, Reading, read_all};
use watertight::text::{Fault, LineIndex, RepoPath, Span, Spanned};

use crate::watertight::{copied, folders, name, repository, run, testdata, write as write_file};

/// Writes facts of one file line by line.
struct Listing {
    text: String,
    lines: LineIndex,
    written: String,
}

impl Listing {
    fn new(folder: &Path, path: &RepoPath) -> Self {
        let bytes = std::fs::read(folder.join(path.as_str())).expect("a file");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let lines = LineIndex::new(&text);
        Self { text, lines, written: format!("    {path}\n") }
    }

    fn line(&mut self, depth: usize, text: &str) {
        writeln!(self.written, "{}{text}", "  ".repeat(depth)).expect("written");
    }

    /// A text, and its line.
    fn shown(&self, text: &Spanned<String>) -> String {
        format!("{:?} {}", text.value, self.at(text.span))
    }

    fn at(&self, span: Span) -> usize {
        assert!(self.text.get(span.range()).is_some(), "{span:?} lies in the file");
        self.lines.position(&self.text, span.start).line
    }

    fn all(&mut self, what: &str, texts: impl IntoIterator<Item = String>) {
        let texts: Vec<String> = texts.into_iter().collect();
        if !texts.is_empty() {
            self.line(4, &format!("{what} {}", texts.join(", ")));
        }
    }

    fn variables(&mut self, what: &str, variables: &[Variable]) {
        let shown = variables.iter().map(|one| match &one.value {
            Some(value) => format!("{}={}", one.name.value, self.shown(value)),
            None => format!("{} {}", one.name.value, self.at(one.name.span)),
        });
        let shown: Vec<String> = shown.collect();
        self.all(what, shown);
    }

    fn file(&mut self, file: &ComposeFile) {
        if let Some(name) = &file.name {
            self.line(3, &format!("name {}", self.shown(name)));
        }
        for include in &file.includes {
            let shown = |texts: &[Spanned<String>]| {
                texts.iter().map(|text| self.shown(text)).collect::<Vec<_>>().join(", ")
            };
            let (paths, files) = (shown(&include.paths), shown(&include.environment_files));
            let folder = include.project_directory.as_ref().map(|one| format!(" in {}", self.shown(one)));
            let files = if files.is_empty() { files } else { format!(" with {files}") };
            self.line(3, &format!("includes {paths}{}{files}", folder.unwrap_or_default()));
        }
        file.services.iter().for_each(|service| self.service(service));
        for (what, all) in [
            ("volume", &file.volumes),
            ("network", &file.networks),
            ("secret", &file.secrets),
            ("config", &file.configs),
        ] {
            all.iter().for_each(|one| self.named(what, one));
        }
        for unread in &file.unread {
            let place = unread.span.map(|span| self.at(span));
            self.line(3, &format!("unread: {} {place:?}", unread.what));
        }
    }

    fn named(&mut self, what: &str, one: &Named) {
        let external = if one.is_external { ", external" } else { "" };
        let given = one.given_name.as_ref().map(|given| format!(", called {}", self.shown(given)));
        let name = self.shown(&one.name);
        self.line(3, &format!("{what} {name}{external}{}", given.unwrap_or_default()));
    }

    fn service(&mut self, service: &Service) {
        self.line(3, &format!("service {}", self.shown(&service.name)));
        let texts = |texts: &[Spanned<String>]| -> Vec<String> {
            texts.iter().map(|text| self.shown(text)).collect()
        };
        let entries = [
            ("image", texts(service.image.as_slice())),
            ("names", texts(&service.other_names)),
            ("entrypoint", texts(&service.entrypoint)),
            ("command", texts(&service.command)),
        ];
        entries.into_iter().for_each(|(what, texts)| self.all(what, texts));
        self.all("profiles", service.profiles.clone());
        if let Some(build) = &service.build {
            let texts =
                [("context", &build.context), ("dockerfile", &build.dockerfile), ("target", &build.target)];
            let texts = texts.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?)));
            let mut shown: Vec<String> =
                texts.map(|(what, text)| format!("{what} {}", self.shown(text))).collect();
            shown.extend(build.is_inline.then(|| "inline".to_owned()));
            shown.extend(build.contexts.iter().map(|(name, text)| format!("{name}={}", self.shown(text))));
            self.line(4, &format!("build {}", shown.join(", ")));
            self.variables("args", &build.arguments);
        }
        let extends = service.extends.iter().map(|extends| {
            let file = extends.file.as_ref().map(|file| format!(" of {}", self.shown(file)));
            format!("{}{}", self.shown(&extends.service), file.unwrap_or_default())
        });
        let extends: Vec<String> = extends.collect();
        self.all("extends", extends);
        self.uses(service);
        self.variables("environment", &service.environment);
        let resets = service.resets.iter().map(|keys| format!("[{}]", keys.join(" ")));
        self.all("takes away", resets);
    }

    /// What a service uses of others.
    fn uses(&mut self, service: &Service) {
        let waits = service.depends_on.iter().map(|one| {
            let how = if one.is_required { "" } else { " if it is there" };
            format!("{}{how}", self.shown(&one.service))
        });
        let links = service.links.iter().map(|link| {
            let alias = link.alias.as_ref().map(|alias| format!(" as {alias}"));
            format!("{}{}", self.shown(&link.service), alias.unwrap_or_default())
        });
        let joins =
            service.joins.iter().map(|join| format!("{:?} of {}", join.what, self.shown(&join.service)));
        let mounts = service.mounts.iter().map(|mount| {
            let source = mount.source.as_ref().map_or("nothing".to_owned(), |source| self.shown(source));
            format!("{:?} {source} at {}", mount.kind, mount.target.as_deref().unwrap_or("?"))
        });
        let grants = |grants: &[watertight::sources::compose::Grant]| -> Vec<String> {
            let shown = grants.iter().map(|grant| {
                let target = grant.target.as_ref().map(|target| format!(" at {target}"));
                format!("{}{}", self.shown(&grant.source), target.unwrap_or_default())
            });
            shown.collect()
        };
        let networks = service.networks.iter().map(|one| {
            let aliases = if one.aliases.is_empty() {
                String::new()
            } else {
                format!(" as {}", one.aliases.join(", "))
            };
            format!("{}{aliases}", self.shown(&one.name))
        });
        let files = service.environment_files.iter().map(|file| {
            let required = if file.is_required { "" } else { " if it is there" };
            let raw = if file.is_raw { " as it is" } else { "" };
            format!("{}{required}{raw}", self.shown(&file.path))
        });
        let all: [(&str, Vec<String>); 8] = [
            ("depends on", waits.collect()),
            ("links", links.collect()),
            ("joins", joins.collect()),
            ("mounts", mounts.collect()),
            ("networks", networks.collect()),
            ("secrets", grants(&service.secrets)),
            ("configs", grants(&service.configs)),
            ("env_file", files.collect()),
        ];
        all.into_iter().for_each(|(what, texts)| self.all(what, texts));
    }

    fn settings(&mut self, file: &SettingsFile) {
        for one in &file.variables {
            let literal = if one.is_literal { ", literal" } else { "" };
            self.line(3, &format!("{}={}{literal}", one.name.value, self.shown(&one.value)));
        }
    }

    fn fault(&mut self, fault: &Fault) {
        let place = fault.span.map_or("the whole file".to_owned(), |span| self.at(span).to_string());
        self.line(3, &format!("fault: {} {place}", fault.message));
    }
}

fn read(folder: &Path) -> Reading {
    let tree = WorkTree::open(folder).expect("a folder");
    read_all(&tree as &dyn Snapshot, &|_, _| false, &|_| false, None).1
}

/// The facts of each file of a fixture.
fn facts(folder: &Path) -> String {
    let reading = read(folder);
    let mut all: BTreeMap<RepoPath, Listing> = BTreeMap::new();
    for (path, facts) in &reading.facts {
        let mut listing = Listing::new(folder, path);
        match &**facts {
            Facts::Compose(file) => listing.file(file),
            Facts::Settings(file) => listing.settings(file),
            Facts::Unread(unread) => {
                let place = unread.span.map(|span| listing.at(span));
                listing.line(3, &format!("unread: {} {place:?}", unread.what));
            }
            _ => continue,
        }
        all.insert(path.clone(), listing);
    }
    for fault in &reading.problems {
        let path = RepoPath::new(&fault.path).expect("a path");
        all.entry(path.clone()).or_insert_with(|| Listing::new(folder, &path)).fault(fault);
    }
    all.into_values().map(|listing| listing.written).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("?")
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn place(value: &Value) -> String {
    match value["line"].as_u64() {
        Some(line) => format!("{}:{line}", text(value, "path")),
        None => text(value, "path").to_owned(),
    }
}

/// What the whole tool makes of a fixture.
fn graph(folder: &Path) -> String {
    // A folder is a repository if it has a configuration.
    write_file(folder, "watertight.toml", b"");
    let ran = run(folder, "graph --level services --format json");
    let graph = ran.json();
    let mut written = String::new();
    for unit in items(&graph["units"]) {
        let runs: Vec<&str> = items(&unit["runs"]).iter().filter_map(Value::as_str).collect();
        let runs = if runs.is_empty() { String::new() } else { format!(", runs {}", runs.join(", ")) };
        writeln!(written, "    {} at {}{runs}", text(unit, "id"), place(&unit["declared_at"]))
            .expect("written");
    }
    for coupling in items(&graph["couplings"]) {
        let evidence: Vec<String> = items(&coupling["evidence"]).iter().map(place).collect();
        let ends = format!("{} -> {}", text(coupling, "from"), text(coupling, "to"));
        writeln!(written, "    {ends} {}: {}", text(coupling, "kind"), evidence.join(", ")).expect("written");
    }
    for (what, key) in [("gap", "gaps"), ("problem", "problems")] {
        for one in items(&graph[key]) {
            let said = one["what"].as_str().or(one["message"].as_str()).unwrap_or("?");
            writeln!(written, "    {what}: {said} {}", place(one)).expect("written");
        }
    }
    writeln!(written, "    exit {}", ran.code).expect("written");
    written
}

#[test]
fn each_fixture_states_what_it_is_named_for_and_is_linked() {
    let root = testdata("sources/compose");
    let mut golden = String::new();
    for fixture in folders(&root) {
        // A folder of its own: the root of a repository is looked for upward.
        let repository = copied(&fixture);
        let (facts, graph) = (facts(repository.path()), graph(repository.path()));
        write!(golden, "{}\n  facts\n{facts}  graph\n{graph}", name(&fixture)).expect("written");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&root);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("facts", golden));
}

/// `examples/compose_oracle.rs` writes what docker-compose makes of each fixture; without services where it
/// refuses the files.
#[test]
fn each_fixture_is_joined_as_docker_compose_does() {
    let (mut compared, mut refused) = (0, 0);
    for fixture in folders(&testdata("sources/compose")) {
        let expected = std::fs::read_to_string(fixture.join("expected-config.json")).expect("a file");
        let expected: Vec<Value> = serde_json::from_str(&expected).expect("JSON");
        let models = compose_models(&read(copied(&fixture).path()));
        let ours: Vec<Value> =
            models.iter().map(|model| serde_json::to_value(model).expect("JSON")).collect();
        let files = |all: &[Value]| all.iter().map(|one| one["files"].clone()).collect::<Vec<_>>();
        assert_eq!(files(&ours), files(&expected), "{}", fixture.display());
        for (ours, expected) in ours.iter().zip(&expected) {
            if expected["services"].is_null() {
                refused += 1;
                continue;
            }
            compared += 1;
            assert_eq!(ours, expected, "{}", fixture.display());
        }
    }
    assert!(compared > 25 && refused > 5, "{compared} compared, {refused} refused");
}

#[test]
fn what_is_no_text_or_too_large_is_a_problem_only_by_the_name_of_a_compose_file() {
    let folder = repository(&[("good/compose.yaml", "services:\n  web:\n    image: shop/web\n")]);
    let mut large = b"services:\n  a:\n    image: x\n".to_vec();
    large.resize(17 * 1024 * 1024, b'#');
    let mut binary = b"\x7fELF\0\xff\nservices:\n".to_vec();
    binary.extend((0..=255).cycle().take(4_096));
    for (name, bytes) in [("large", &large), ("binary", &binary)] {
        write_file(folder.path(), &format!("{name}/x.yaml"), bytes);
        write_file(folder.path(), &format!("{name}/compose.yaml"), bytes);
    }
    insta::assert_snapshot!(graph(folder.path()), @r"
    service:web at good/compose.yaml:2
    gap: a YAML file that is too large to look into, or can't be read binary/x.yaml
    gap: a YAML file that is too large to look into, or can't be read large/x.yaml
    problem: line 1 of this file is not UTF-8 binary/compose.yaml
    problem: the file has 17825792 bytes; at most 16 MiB are read large/compose.yaml
    exit 2
    ");
}
