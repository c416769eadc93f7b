//! What a release is made of: archives, checksums, the workflow that makes them, and the container image.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::tools::{succeed, tool};
use crate::watertight::{binary, copy, repository, run, write};
use crate::yaml::parsed;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Lists an archive as JSON: each path with its mode and its SHA-256.
const LIST: &str = "
import hashlib, json, sys, tarfile, zipfile
found = {}
path = sys.argv[1]
if path.endswith('.zip'):
    archive = zipfile.ZipFile(path)
    for entry in archive.infolist():
        data = archive.read(entry)
        found[entry.filename] = [oct(entry.external_attr >> 16 & 0o777), hashlib.sha256(data).hexdigest()]
else:
    archive = tarfile.open(path)
    for entry in archive:
        data = archive.extractfile(entry).read()
        found[entry.name] = [oct(entry.mode), hashlib.sha256(data).hexdigest()]
        assert (entry.mtime, entry.uid, entry.gid, entry.uname) == (0, 0, 0, ''), entry
json.dump(found, sys.stdout)
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn workflow() -> Value {
    let path = root().join(".github/workflows/release.yml");
    parsed(&std::fs::read_to_string(path).expect("the workflow"))
}

/// The script of a step, by the step's name.
fn script(job: &str, name: &str) -> String {
    let workflow = workflow();
    let steps = workflow["jobs"][job]["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step `{name}`"));
    step["run"].as_str().expect("a script").to_owned()
}

/// The targets that are built.
fn targets() -> Vec<String> {
    let workflow = workflow();
    let rows = workflow["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().expect("rows").clone();
    rows.iter().map(|row| row["target"].as_str().expect("a target").to_owned()).collect()
}

/// A checkout of all that a release takes in, on a machine where `python` is there.
struct Checkout {
    folder: tempfile::TempDir,
    programs: tempfile::TempDir,
}

impl Checkout {
    fn new() -> Self {
        let (folder, programs) = (repository(&[]), repository(&[]));
        for file in ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            std::fs::copy(root().join(file), folder.path().join(file)).expect("a copy");
        }
        let log = format!("# Changelog\n\n## {VERSION}, 2026-11-24\n\n* New.\n\n## 0.0.1\n\n* Old.\n");
        write(folder.path(), "CHANGELOG.md", log.as_bytes());
        std::fs::create_dir_all(folder.path().join("ci")).expect("a folder");
        copy(&root().join("ci"), &folder.path().join("ci"));
        let path = std::env::var_os("PATH").expect("a PATH");
        let python = std::env::split_paths(&path).map(|folder| folder.join("python3"));
        let python = python.into_iter().find(|path| path.exists()).expect("python3");
        std::os::unix::fs::symlink(python, programs.path().join("python")).expect("a link");
        Self { folder, programs }
    }

    /// A small program that tells what the tool tells: the tool with all that a debugger wants takes long to
    /// compress.
    fn with_binary(self, path: &str) -> Self {
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", binary().display());
        write(self.folder.path(), path, script.as_bytes());
        succeed(Command::new("chmod").arg("+x").arg(self.folder.path().join(path)));
        self
    }

    /// Runs a script as a step of a workflow runs it.
    fn step(&self, script: &str, environment: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").expect("a PATH");
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:{path}", self.programs.path().display()))
            .envs(environment.iter().copied())
            .output()
            .expect("bash runs")
    }

    fn succeeds(&self, script: &str, environment: &[(&str, &str)]) -> String {
        let output = self.step(script, environment);
        assert!(output.status.success(), "{script}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Packs for a target, as the workflow does, and gives the archive.
    fn packed(&self, target: &str) -> PathBuf {
        let printed = self.succeeds(&script("build", "Pack it"), &[("TARGET", target)]);
        self.folder.path().join(printed.trim())
    }
}

fn listed(archive: &Path) -> BTreeMap<String, (String, String)> {
    let list = succeed(Command::new("python3").args(["-c", LIST]).arg(archive));
    serde_json::from_str(&list).expect("JSON")
}

#[test]
fn an_archive_holds_all_that_belongs_to_the_tool() {
    for (target, program, ending) in [
        ("x86_64-unknown-linux-musl", "watertight", "tgz"),
        ("x86_64-pc-windows-msvc", "watertight.exe", "zip"),
    ] {
        let checkout = Checkout::new().with_binary(&format!("target/{target}/release/{program}"));
        let archive = checkout.packed(target);
        let name = format!("watertight-{target}-v{VERSION}");
        assert_eq!(
            archive.file_name().and_then(|name| name.to_str()),
            Some(format!("{name}.{ending}").as_str())
        );
        let content = listed(&archive);
        let mut pages: BTreeSet<String> = content.keys().cloned().collect();
        for path in [
            program,
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "CHANGELOG.md",
            "completions/_watertight",
            "completions/_watertight.ps1",
            "completions/watertight.bash",
            "completions/watertight.elv",
            "completions/watertight.fish",
            "man/watertight.1",
            "man/watertight-check.1",
        ] {
            let inside = format!("{name}/{path}");
            assert!(pages.remove(&inside), "{path}: {content:?}");
            let (mode, _) = &content[&inside];
            assert_eq!(mode, if path == program { "0o755" } else { "0o644" }, "{path}");
        }
        assert!(pages.iter().all(|path| path.starts_with(&format!("{name}/man/watertight-"))), "{pages:?}");

        let first = std::fs::read(&archive).expect("an archive");
        assert_eq!(std::fs::read(checkout.packed(target)).expect("an archive"), first, "the same bytes");

        checkout.succeeds(&format!("cd dist && sha256sum --check {name}.{ending}.sha256"), &[]);
        let tag = format!("v{VERSION}");
        checkout.succeeds(
            &script("publish", "Checksums, and what changed"),
            &[("GITHUB_REF_NAME", tag.as_str())],
        );
        checkout.succeeds("cd dist && sha256sum --check --strict SHA256SUMS", &[]);
        let there = std::fs::read_dir(checkout.folder.path().join("dist")).expect("a folder").count();
        assert_eq!(there, 2, "the archive and the list");
        let notes = std::fs::read_to_string(checkout.folder.path().join("notes.md")).expect("notes");
        assert_eq!(notes, "* New.\n");
    }
}

#[test]
fn what_was_changed_on_its_way_is_not_published() {
    let target = "x86_64-unknown-linux-gnu";
    let checkout = Checkout::new().with_binary(&format!("target/{target}/release/watertight"));
    let archive = checkout.packed(target);
    std::fs::write(&archive, "another").expect("written");
    let output = checkout.step("python ci/release/package.py sums dist", &[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not what was packed"), "{output:?}");
    assert!(!output.status.success());
    std::fs::remove_file(archive.with_extension("tgz.sha256")).expect("removed");
    assert!(!checkout.step("python ci/release/package.py sums dist", &[]).status.success());
}

#[test]
fn a_tag_that_is_another_version_is_no_release() {
    let checkout = Checkout::new();
    let check = script("check", "The tag is the version, and the changelog knows it");
    let tag = format!("v{VERSION}");
    assert_eq!(checkout.succeeds(&check, &[("GITHUB_REF_NAME", &tag)]), "* New.\n");
    for tag in ["v99.0.0", VERSION] {
        let output = checkout.step(&check, &[("GITHUB_REF_NAME", tag)]);
        assert!(!output.status.success(), "{tag}: {output:?}");
    }
    write(checkout.folder.path(), "CHANGELOG.md", b"# Changelog\n\n## Unreleased\n\n* New.\n");
    let output = checkout.step(&check, &[("GITHUB_REF_NAME", &tag)]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("has no section"), "{output:?}");
}

/// Runners bring different versions of Python; the oldest decides.
#[test]
fn the_script_runs_with_an_old_python() {
    let check = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))";
    succeed(Command::new("python3").args(["-c", check]).arg(root().join("ci/release/package.py")));
}

/// What `cargo binstall` looks for, by the template of the manifest, is what is packed.
#[test]
fn binstall_finds_the_archives() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let manifest: toml::Table = toml::from_str(&manifest).expect("TOML");
    let binstall = &manifest["package"]["metadata"]["binstall"];
    for target in targets() {
        let program = if target.contains("windows") { "watertight.exe" } else { "watertight" };
        let own = binstall["overrides"].get(&target).and_then(|own| own.get("pkg-fmt"));
        let format = own.unwrap_or(&binstall["pkg-fmt"]).as_str().expect("a format");
        let filled = |template: &toml::Value| {
            let values = [
                ("{ repo }", "https://example.com/watertight"),
                ("{ name }", "watertight"),
                ("{ bin }", "watertight"),
                ("{ binary-ext }", if target.contains("windows") { ".exe" } else { "" }),
                ("{ version }", VERSION),
                ("{ target }", target.as_str()),
                ("{ archive-format }", format),
            ];
            let template = template.as_str().expect("a template").to_owned();
            values.iter().fold(template, |text, (name, value)| text.replace(name, value))
        };
        let checkout = Checkout::new().with_binary(&format!("target/{target}/release/{program}"));
        let archive = checkout.packed(&target);
        let name = archive.file_name().and_then(|name| name.to_str()).expect("a name");
        assert_eq!(
            filled(&binstall["pkg-url"]),
            format!("https://example.com/watertight/releases/download/v{VERSION}/{name}")
        );
        let program = filled(&binstall["bin-dir"]);
        assert!(listed(&archive).contains_key(&program), "{program}");
    }
}

#[test]
fn every_platform_is_built() {
    let built: BTreeSet<String> = targets().into_iter().collect();
    let wanted = [
        "aarch64-apple-darwin",
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-musl",
        "x86_64-apple-darwin",
        "x86_64-pc-windows-msvc",
        "x86_64-unknown-linux-gnu",
        "x86_64-unknown-linux-musl",
    ];
    assert_eq!(built.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
}

/// What a workflow may do, and whose code it runs, is written down to the commit.
#[test]
fn the_workflow_is_valid_pinned_and_may_do_no_more_than_it_has_to() {
    let path = root().join(".github/workflows/release.yml");
    let check = ["--builtin-schema", "vendor.github-workflows"];
    succeed(Command::new(tool("check-jsonschema")).args(check).arg(&path));
    let workflow = workflow();
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    let jobs = workflow["jobs"].as_object().expect("jobs");
    for (name, job) in jobs {
        let may = job["permissions"].as_object().expect("permissions of its own");
        let writes = may.values().filter(|one| *one == "write").count();
        assert_eq!(writes, if name == "publish" { 3 } else { 0 }, "{name}");
        assert!(job["timeout-minutes"].is_u64(), "{name}");
        for step in job["steps"].as_array().expect("steps") {
            if let Some(used) = step["uses"].as_str() {
                let (_, commit) = used.split_once('@').expect("a version");
                assert!(commit.len() == 40 && commit.bytes().all(|one| one.is_ascii_hexdigit()), "{used}");
            }
            if step["uses"].as_str().is_some_and(|used| used.starts_with("actions/checkout@")) {
                assert_eq!(step["with"]["persist-credentials"], false);
            }
            if let Some(run) = step["run"].as_str() {
                assert!(!run.contains("${{"), "an expression becomes a part of a script: {run}");
                let folder = repository(&[("step.sh", run)]);
                let script = folder.path().join("step.sh");
                succeed(Command::new(tool("shellcheck")).args(["--shell", "bash"]).arg(script));
            }
        }
    }
}

/// The image is read by the tool itself: it ships the binary, and copies what that needs.
#[test]
fn the_container_image_ships_the_binary() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).expect("a file");
    let dockerfile = read("Dockerfile");
    let folder = repository(&[
        ("Dockerfile", &dockerfile),
        (".dockerignore", &read(".dockerignore")),
        ("Cargo.toml", &read("Cargo.toml")),
        ("src/main.rs", ""),
        ("src/lib.rs", ""),
        ("watertight.toml", "[features.tool]\npaths = [\".\"]\n"),
    ]);
    let graph = run(folder.path(), "graph --level units --format json");
    assert_eq!((graph.code, graph.messages.as_str()), (0, ""), "{}", graph.transcript());
    let json = graph.json();
    let units = json["units"].as_array().expect("units");
    let image = units.iter().find(|unit| unit["id"] == "image:watertight").expect("an image");
    assert_eq!(image["runs"], serde_json::json!(["binary:watertight/watertight"]), "{json:#}");
    assert_eq!(json["gaps"], serde_json::json!([]));
    assert_eq!(run(folder.path(), "check").code, 0);
    // The README shows the lines that the Dockerfile does.
    let line = "docker run --rm -v \"$PWD:/repository:ro\" watertight check";
    assert!(dockerfile.contains(line) && read("README.md").contains(line));
}
