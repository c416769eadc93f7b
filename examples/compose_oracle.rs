//! Compares what watertight makes of compose files with what `docker-compose config` makes of them:
//!
//! ```text
//! cargo run --release --example compose_oracle -- path/to/checkouts [path/to/another …]
//! cargo run --example compose_oracle -- --write testdata/sources/compose
//! ```
//!
//! Each folder below a given one is one repository (or the given one itself, if it is one, or holds a compose
//! file). `*.md` files are looked through for compose files as well, each a repository of its own. Needs
//! docker-compose 1.27 or newer, and no engine. The projects are copied into a temporary folder before, and
//! with them what they ask for and is not there: folders to build, files of variables, variables that must be
//! set. Of the copies, what is newer than docker-compose and none of our business is taken out. What it then
//! still refuses is counted and left. Exits with 1 if anything differs.
//!
//! With `--write`, what docker-compose says is written to `expected-config.json` in each fixture, which a test
//! holds the fixtures against.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it runs docker-compose and copies files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::{Map, Value, json};
use watertight::graph::{ComposeModel, compose_models};
use watertight::snapshot::{Snapshot, WorkTree};
use watertight::sources::compose::UNKNOWN;
use watertight::sources::{Facts, Reading, read_all};

/// How comparing went.
#[derive(Debug, Default)]
struct Count {
    projects: usize,
    refused: usize,
    services: usize,
    fields: usize,
    differences: usize,
    /// Why files were refused, and how often.
    reasons: BTreeMap<String, usize>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_writing = arguments.iter().any(|argument| argument == "--write");
    let folders: Vec<PathBuf> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let mut count = Count::default();
    for folder in folders.iter().flat_map(|folder| repositories(folder)) {
        compare(&folder, &folder, is_writing, &mut count);
        for (name, text) in examples(&folder) {
            let alone = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(alone.path().join("compose.yaml"), text).expect("written");
            compare(alone.path(), Path::new(&name), false, &mut count);
        }
    }
    count.reasons.iter().for_each(|(reason, times)| println!("refused {times} times: {reason}"));
    let Count { projects, refused, services, fields, differences, .. } = count;
    println!("{projects} projects, {services} services, {fields} fields compared, {differences} differences");
    println!("{refused} projects refused by docker-compose");
    if differences == 0 && fields > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn repositories(folder: &Path) -> Vec<PathBuf> {
    let entries =
        || std::fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    let is_one = folder.join(".git").exists()
        || entries().any(|path| {
            path.is_file() && path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
        });
    if is_one {
        return vec![folder.to_path_buf()];
    }
    let mut found: Vec<PathBuf> = entries().filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// The compose files in the Markdown pages of a folder: blocks of YAML with top-level services.
fn examples(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    let mut pages: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.sort();
    let mut found = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap_or_default();
        let mut block: Option<String> = None;
        for (at, line) in text.lines().enumerate() {
            match (&mut block, line.trim()) {
                (None, "```yaml" | "```yml") => block = Some(String::new()),
                (Some(text), "```") => {
                    if text.starts_with("services:") || text.contains("\nservices:") {
                        found.push((format!("{}:{}", page.display(), at + 1), std::mem::take(text)));
                    }
                    block = None;
                }
                (Some(text), _) => {
                    text.push_str(line);
                    text.push('\n');
                }
                _ => {}
            }
        }
    }
    found
}

/// Compares all projects of one repository.
fn compare(folder: &Path, shown: &Path, is_writing: bool, count: &mut Count) {
    let tree = WorkTree::open(folder).expect("a folder");
    let reading = read_all(&tree as &dyn Snapshot, &|_, _| false, &|_| false, None).1;
    let models = compose_models(&reading);
    if models.is_empty() && !is_writing {
        return;
    }
    // Deep, so that paths that lead out of the repository lead nowhere.
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let copy = temporary.path().canonicalize().expect("a folder").join("1/2/3/4/5/6/repository");
    std::fs::create_dir_all(&copy).expect("a folder");
    mirror(folder, &copy, &reading, &models);
    let mut written = Vec::new();
    for model in &models {
        let theirs = config(&copy, model);
        let ours = serde_json::to_value(model).expect("JSON");
        match &theirs {
            Ok(theirs) => differences(shown, model, &ours["services"], theirs, count),
            Err(reason) => {
                count.refused += 1;
                *count.reasons.entry(reason.clone()).or_default() += 1;
            }
        }
        written.push(json!({ "files": model.files, "services": theirs.ok() }));
    }
    if is_writing {
        let text = serde_json::to_string_pretty(&written).expect("JSON");
        std::fs::write(folder.join("expected-config.json"), text + "\n").expect("written");
    }
}

/// Copies what compose files and files of variables there are.
fn mirror(folder: &Path, copy: &Path, reading: &Reading, models: &[ComposeModel]) {
    let files = models.iter().flat_map(|model| model.files.iter().cloned());
    let facts =
        reading.facts.iter().filter(|(_, facts)| matches!(***facts, Facts::Compose(_) | Facts::Settings(_)));
    let paths: BTreeSet<String> = facts.map(|(path, _)| path.to_string()).chain(files).collect();
    for path in paths {
        let target = copy.join(&path);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        std::fs::copy(folder.join(&path), target).expect("copied");
    }
}

/// What `docker-compose config` says, in the shape of [`ComposeModel`]; or why it says nothing.
fn config(copy: &Path, model: &ComposeModel) -> Result<Value, String> {
    let folder = copy.join(&model.files[0]);
    let folder = folder.parent().expect("a folder");
    let files: Vec<PathBuf> = model.files.iter().map(|file| copy.join(file)).collect();
    let mut must_be_set = BTreeSet::new();
    for _ in 0..200 {
        let mut command = Command::new("docker-compose");
        command.args(files.iter().flat_map(|file| [Path::new("-f"), file]));
        if let Some(stand_in) = stand_in(&folder.join(".env")) {
            command.arg("--env-file").arg(stand_in);
        }
        command.args(["--project-directory", folder.to_str().expect("UTF-8"), "--profile", "none", "config"]);
        command.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").expect("a PATH"));
        command.envs(must_be_set.iter().map(|name: &String| (name, UNKNOWN.to_string())));
        let output = command.output().expect("docker-compose runs");
        if output.status.success() {
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            let read: Value = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
            return Ok(services(&read["services"], copy));
        }
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_new = match message.contains("Missing mandatory value") {
            true => {
                let before = must_be_set.len();
                must_be_set.extend(files.iter().flat_map(|file| mandatory(file)));
                must_be_set.len() > before
            }
            false => provided(&message) || newer(&message).is_some_and(|key| taken_out(&files, &key)),
        };
        if !is_new {
            return Err(reason(&message, copy));
        }
    }
    Err("asks for too many files".to_owned())
}

/// The variables without which a file can't be started.
fn mandatory(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let braced = text.split("${").skip(1).filter_map(|rest| {
        let end = rest.find(|one: char| !(one.is_ascii_alphanumeric() || one == '_'))?;
        (rest[end..].starts_with(":?") || rest[end..].starts_with('?')).then(|| rest[..end].to_owned())
    });
    braced.collect()
}

/// The key that docker-compose is too old to know, if we don't read it either.
fn newer(message: &str) -> Option<String> {
    const OURS: [&str; 7] =
        ["additional_contexts", "dockerfile_inline", "env_file", "include", "path", "required", "service"];
    let says =
        ["contains unsupported option", "Unsupported config option", "does not match any of the regexes"];
    let line = message.lines().find(|line| says.iter().any(|said| line.contains(said)))?;
    let key = match line.contains("does not match") {
        true => line.split("' does not match").next()?.rsplit('\'').next()?,
        false => line.rsplit('\'').nth(1)?,
    };
    (!OURS.contains(&key)).then(|| key.to_owned())
}

/// Takes a key with all that is below it out of some files; tells whether it was there.
fn taken_out(files: &[PathBuf], key: &str) -> bool {
    let mut is_found = false;
    for file in files {
        let text = std::fs::read_to_string(file).expect("a text");
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let mut below: Option<usize> = None;
        let mut kept = String::new();
        for line in text.lines() {
            let is_inside = below.is_some_and(|of| line.trim().is_empty() || indentation(line) > of);
            if is_inside {
                continue;
            }
            below = line.trim_start().starts_with(&format!("{key}:")).then(|| indentation(line));
            match below {
                Some(_) => is_found = true,
                None => kept.push_str(&format!("{line}\n")),
            }
        }
        std::fs::write(file, kept).expect("written");
    }
    is_found
}

/// What people copy a file of variables from, if it is not there itself.
fn stand_in(path: &Path) -> Option<PathBuf> {
    let endings = ["example", "sample", "template", "dist", "default"];
    let mut others = endings.iter().map(|ending| PathBuf::from(format!("{}.{ending}", path.display())));
    if path.exists() { None } else { others.find(|other| other.exists()) }
}

/// Makes what docker-compose asks for and the repository does not hold, or holds as something that is no
/// compose file.
fn provided(message: &str) -> bool {
    let between = |start: &str, end: &str| {
        let rest = message.split_once(start)?.1;
        Some(PathBuf::from(rest.split_once(end)?.0.trim()))
    };
    if let Some(folder) = between("build path ", " either does not exist") {
        return !folder.exists() && std::fs::create_dir_all(folder).is_ok();
    }
    if let Some(file) = between("Couldn't find env file: ", "\n") {
        let _ = std::fs::create_dir_all(file.parent().expect("a folder"));
        return match stand_in(&file) {
            Some(other) => std::fs::copy(other, file).is_ok(),
            None => std::fs::write(file, "").is_ok(),
        };
    }
    false
}

/// The line that says what is wrong, without what is of this machine.
fn reason(message: &str, copy: &Path) -> String {
    let lines: Vec<&str> = message.lines().filter(|line| !line.contains("variable is not set")).collect();
    let line = match lines.first() {
        Some(first) if first.contains("is invalid because") => lines.get(1).unwrap_or(first),
        Some(first) => first,
        None => "nothing is said",
    };
    line.replace(copy.to_str().expect("UTF-8"), "").chars().take(160).collect()
}

/// Services as `docker-compose config` prints them, in our shape.
fn services(read: &Value, copy: &Path) -> Value {
    let Some(read) = read.as_object() else { return json!({}) };
    Value::Object(read.iter().map(|(name, service)| (name.clone(), service_of(service, copy))).collect())
}

fn service_of(service: &Value, copy: &Path) -> Value {
    json!({
        "image": service.get("image").map(text),
        "build": service.get("build").map(|build| build_of(build, copy)),
        "depends_on": keys(&service["depends_on"]),
        "links": keys(&service["links"]),
        "environment": variables(&service["environment"]),
        "entrypoint": words(&service["entrypoint"]),
        "command": words(&service["command"]),
        "volumes": volumes(&service["volumes"]),
        "volumes_from": volumes_from(&service["volumes_from"]),
        "secrets": sources(&service["secrets"]),
        "networks": networks(&service["networks"]),
    })
}

fn build_of(build: &Value, copy: &Path) -> Value {
    let context = text(if build.is_string() { build } else { &build["context"] });
    json!({
        "context": relative(&context, copy),
        "dockerfile": build.get("dockerfile").map(text),
        "target": build.get("target").map(text),
        "args": variables(&build["args"]),
    })
}

/// A path as it is seen from the copy, if it is one near it.
fn relative(path: &str, copy: &Path) -> String {
    let home = std::env::var("HOME").unwrap_or_default();
    if let Some(rest) = path.strip_prefix(&home).filter(|rest| !home.is_empty() && rest.starts_with('/')) {
        return format!("~{rest}");
    }
    let near = |(up, folder): (usize, &Path)| {
        let rest = Path::new(path).strip_prefix(folder).ok()?;
        // The temporary folders are above the repository, and nothing else of this machine is near.
        let parts = std::iter::repeat_n("..", up).chain(rest.iter().filter_map(|part| part.to_str()));
        (up < 7).then(|| parts.collect::<Vec<_>>().join("/"))
    };
    copy.ancestors().enumerate().find_map(near).unwrap_or_else(|| path.to_owned())
}

/// A scalar as text; `$$` is how a `$` is printed. What nobody sets is empty.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.replace("$$", "$").replace(UNKNOWN, ""),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn keys(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(entries) => entries.keys().cloned().collect(),
        Value::Array(items) => items.iter().map(text).collect(),
        _ => BTreeSet::new(),
    }
}

fn variables(value: &Value) -> Value {
    let empty = Map::new();
    let entries = value.as_object().unwrap_or(&empty).iter();
    let entries = entries.map(|(name, value)| {
        (name.replace("$$", "$"), if value.is_null() { Value::Null } else { Value::String(text(value)) })
    });
    Value::Object(entries.collect())
}

fn words(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => text(other),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The named ones.
fn volumes(value: &Value) -> BTreeSet<String> {
    let named = items(value).iter().filter_map(|mount| match mount {
        // A variable that nobody sets leads to the folder itself.
        Value::Object(mount) if mount.get("type").is_some_and(|kind| kind == "volume") => {
            mount.get("source").map(text).filter(|source| source != ".")
        }
        Value::String(written) => {
            let (source, _) = written.split_once(':')?;
            (!source.contains('/') && source != ".").then(|| source.to_owned())
        }
        _ => None,
    });
    named.collect()
}

fn volumes_from(value: &Value) -> BTreeSet<String> {
    let all = items(value).iter().map(text).filter(|text| !text.starts_with("container:"));
    let service = |text: String| {
        let name = text.strip_prefix("service:").unwrap_or(&text);
        name.split(':').next().unwrap_or_default().to_owned()
    };
    all.map(service).collect()
}

fn sources(value: &Value) -> BTreeSet<String> {
    items(value).iter().map(|one| if one.is_object() { text(&one["source"]) } else { text(one) }).collect()
}

fn networks(value: &Value) -> Value {
    let of_list = keys(value).into_iter().map(|name| {
        let aliases = value.get(name.as_str()).map(|network| keys(&network["aliases"])).unwrap_or_default();
        (name, json!(aliases))
    });
    Value::Object(of_list.collect())
}

/// Prints what differs, field by field.
fn differences(shown: &Path, model: &ComposeModel, ours: &Value, theirs: &Value, count: &mut Count) {
    count.projects += 1;
    let names: BTreeSet<&String> =
        [ours, theirs].iter().filter_map(|all| all.as_object()).flat_map(Map::keys).collect();
    for name in names {
        count.services += 1;
        let empty = Map::new();
        let fields = |all: &Value| all.get(name.as_str()).and_then(Value::as_object).cloned();
        let (own, other) = (fields(ours), fields(theirs));
        if own.is_none() || other.is_none() {
            count.differences += 1;
            let side = if own.is_none() { "only docker-compose" } else { "only watertight" };
            println!("{} {}: {name}: {side}", shown.display(), model.files.join(" + "));
        }
        for (field, other) in other.as_ref().unwrap_or(&empty) {
            count.fields += 1;
            let own = own.as_ref().and_then(|own| own.get(field)).unwrap_or(&Value::Null);
            if own != other {
                count.differences += 1;
                println!("{} {}: {name}.{field}:", shown.display(), model.files.join(" + "));
                println!("  watertight:     {own}\n  docker-compose: {other}");
            }
        }
    }
}
