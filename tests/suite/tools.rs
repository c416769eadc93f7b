//! Tools and schemas that are no part of this repository: taken from registries when the tests run, once, and
//! kept below `target/`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The package of a registry that carries the schema of SARIF which OASIS published, and its version.
const SARIF_PACKAGE: (&str, &str) = ("serde-sarif", "=0.8.0");

/// The schema's SHA-256. It is that of the OASIS standard, with typing mistakes in descriptions mended.
const SARIF_SCHEMA: &str = "af47e7b67f24efe74076621fd3a5fbe7398add9e84fe820c971219a385895cea";

/// The package that carries the schema of JUnit's XML as Jenkins reads it.
const JUNIT_PACKAGE: &str = "pytest==9.2.0";

/// Where everything is kept: another list of tools gets another folder.
fn folder() -> PathBuf {
    let wanted = include_str!("../tools/requirements.txt").to_owned()
        + include_str!("../tools/junit_schema.py")
        + JUNIT_PACKAGE
        + SARIF_SCHEMA;
    named("tools", &wanted)
}

/// A folder whose name changes with what is wanted in it.
fn named(what: &str, wanted: &str) -> PathBuf {
    // FNV-1a: it only has to change with the text.
    let name = wanted.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{what}-{name:016x}"))
}

/// The folder, with everything in it. Several test processes may ask at once: one makes it.
fn made() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = folder();
        std::fs::create_dir_all(&folder).expect("a folder");
        let lock = File::create(folder.join("lock")).expect("a lock file");
        lock.lock().expect("a lock");
        let done = folder.join("done");
        if !done.exists() {
            make(&folder);
            std::fs::write(done, "").expect("written");
        }
        folder
    })
}

fn make(folder: &Path) {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools");
    succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("python")));
    let pip = || {
        let mut pip = Command::new(folder.join("python/bin/python"));
        pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
        pip
    };
    succeed(pip().args(["install", "--requirement"]).arg(tools.join("requirements.txt")));
    let archives = folder.join("archives");
    let archive = ["download", "--no-deps", "--no-binary", "pytest", JUNIT_PACKAGE, "--dest"];
    succeed(pip().args(archive).arg(&archives));
    let archive =
        std::fs::read_dir(&archives).expect("a folder").next().expect("an archive").expect("an entry");
    succeed(
        Command::new(folder.join("python/bin/python"))
            .arg(tools.join("junit_schema.py"))
            .arg(archive.path())
            .arg(folder.join("junit.xsd")),
    );
    let schema = sarif_schema(folder);
    let is_that = "import hashlib, sys; found = hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest(); \
                   sys.exit(found != sys.argv[2] and 'this is another schema: ' + found)";
    succeed(Command::new("python3").args(["-c", is_that]).arg(&schema).arg(SARIF_SCHEMA));
    std::fs::copy(schema, folder.join("sarif.json")).expect("the schema of SARIF");
}

/// Lets cargo fetch the package, which is not built, and says where its schema lies.
fn sarif_schema(folder: &Path) -> PathBuf {
    let (name, version) = SARIF_PACKAGE;
    let package = folder.join("schemas");
    std::fs::create_dir_all(package.join("src")).expect("a folder");
    std::fs::write(package.join("src/lib.rs"), "").expect("written");
    let manifest = format!(
        "[package]\nname = \"schemas\"\nedition = \"2024\"\n[dependencies]\n{name} = \"{version}\"\n[workspace]\n"
    );
    std::fs::write(package.join("Cargo.toml"), manifest).expect("written");
    let metadata = succeed(
        Command::new(env!("CARGO")).args(["metadata", "--format-version", "1"]).current_dir(&package),
    );
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let found = packages.iter().find(|package| package["name"] == name).expect("the package");
    let manifest = Path::new(found["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("src").join("schema.json")
}

/// Mermaid with what it needs of a page, by exact versions and hashes, and the script that reads with it.
const MERMAID: [(&str, &str); 3] = [
    ("package.json", include_str!("../tools/mermaid/package.json")),
    ("package-lock.json", include_str!("../tools/mermaid/package-lock.json")),
    ("parse.mjs", include_str!("../tools/mermaid/parse.mjs")),
];

/// The command that reads Mermaid documents, whose files are its arguments.
pub(crate) fn mermaid_reader() -> Command {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let folder = MADE.get_or_init(|| {
        let folder = named("mermaid", &MERMAID.map(|(_, text)| text).concat());
        std::fs::create_dir_all(&folder).expect("a folder");
        let lock = File::create(folder.join("lock")).expect("a lock file");
        lock.lock().expect("a lock");
        if !folder.join("done").exists() {
            MERMAID.iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).expect("written"));
            succeed(Command::new("npm").args(["ci", "--ignore-scripts", "--silent"]).current_dir(&folder));
            std::fs::write(folder.join("done"), "").expect("written");
        }
        folder
    });
    let mut node = Command::new("node");
    node.arg(folder.join("parse.mjs"));
    node
}

/// Runs a command that has to succeed, and gives its output.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?} failed; the tests of the integrations need python3 with venv, cargo, node with npm, Graphviz \
         and a network for their first run:\n{}{messages}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A program of the virtual environment: `pre-commit`, `check-jsonschema`, `shellcheck`, `taplo`.
pub(crate) fn tool(name: &str) -> PathBuf {
    made().join("python/bin").join(name)
}

/// The schema of SARIF 2.1.0 that OASIS published.
pub(crate) fn sarif_schema_text() -> String {
    std::fs::read_to_string(made().join("sarif.json")).expect("the schema")
}

/// What is wrong with a document, by the schema of JUnit's XML; nothing if it is valid.
pub(crate) fn wrong_with_junit(document: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/validate_xsd.py");
    let output = Command::new(made().join("python/bin/python"))
        .arg(script)
        .arg(made().join("junit.xsd"))
        .stdin(File::open(document).expect("a document"))
        .output()
        .expect("python runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
