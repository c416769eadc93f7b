//! The GitHub Action: its steps run as GitHub documents that it runs them, on shallow checkouts of pull
//! requests and pushes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::schemas::{errors, sarif_schema};
use crate::server::{CATALOG, Server, couple};
use crate::tools::{succeed, tool};
use crate::watertight::{binary, git, write};
use crate::yaml::parsed;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn action() -> Value {
    parsed(&std::fs::read_to_string(root().join("action.yml")).expect("the action"))
}

fn steps() -> Vec<Value> {
    action()["runs"]["steps"].as_array().expect("steps").clone()
}

/// What expressions can ask for.
struct Context<'a> {
    inputs: &'a BTreeMap<String, String>,
    event: &'a Value,
    /// The outputs of the steps before, by their ids.
    steps: &'a BTreeMap<String, BTreeMap<String, String>>,
}

impl Context<'_> {
    /// A text with the expressions in it.
    fn text(&self, text: &str) -> String {
        let mut parts = text.split("${{");
        let mut resolved = parts.next().expect("a first part").to_owned();
        for part in parts {
            let (expression, rest) = part.split_once("}}").expect("an end");
            resolved += &self.value(expression);
            resolved += rest;
        }
        resolved
    }

    /// One value: `inputs.x`, `github.event.x.y`, `steps.x.outputs.y` or a literal. What is not there is
    /// empty, as GitHub says.
    fn value(&self, expression: &str) -> String {
        let expression = expression.trim();
        if let Some(literal) = expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            return literal.to_owned();
        }
        let names: Vec<&str> = expression.split('.').collect();
        match names.as_slice() {
            ["inputs", name] => self.inputs.get(*name).expect("a declared input").clone(),
            ["steps", id, "outputs", name] => {
                self.steps.get(*id).and_then(|outputs| outputs.get(*name)).cloned().unwrap_or_default()
            }
            ["github", "event", path @ ..] => {
                let value = path.iter().fold(self.event, |value, name| &value[*name]);
                value.as_str().unwrap_or_default().to_owned()
            }
            _ => panic!("GitHub may know `{expression}`; this test does not"),
        }
    }

    /// Whether a step runs: a condition without a function that asks for the state stands for success.
    fn is_met(&self, condition: &str, has_failed: bool) -> bool {
        let mut is_asked = false;
        let holds = condition.split("&&").all(|term| match term.trim() {
            "always()" => {
                is_asked = true;
                true
            }
            term => match (term.split_once("=="), term.split_once("!=")) {
                (Some((left, right)), _) => self.value(left) == self.value(right),
                (None, Some((left, right))) => self.value(left) != self.value(right),
                (None, None) => panic!("GitHub may know `{term}`; this test does not"),
            },
        });
        holds && (is_asked || !has_failed)
    }
}

/// What happens in a workflow that uses the action.
struct Job<'a> {
    checkout: &'a Path,
    event_name: &'a str,
    /// What is built: `refs/pull/1/merge`, `refs/heads/main`.
    reference: &'a str,
    event: Value,
    inputs: Vec<(&'a str, &'a str)>,
    /// The folders of the PATH before those of the system.
    path: Vec<PathBuf>,
    /// Whether the cache has what its key asks for.
    cache_hits: bool,
}

/// What a job left behind.
#[derive(Debug)]
struct Done {
    code: i32,
    log: String,
    summary: String,
    outputs: BTreeMap<String, String>,
    /// The outputs of the step that finds the base.
    since: String,
    /// The steps that ran, by their names; those of other actions with what they were given.
    ran: Vec<(String, BTreeMap<String, String>)>,
    /// Where temporary files are, while this lives.
    _temporary: tempfile::TempDir,
}

impl Done {
    fn has_run(&self, name: &str) -> bool {
        self.ran.iter().any(|(ran, _)| ran == name)
    }

    fn given(&self, name: &str) -> &BTreeMap<String, String> {
        &self.ran.iter().find(|(ran, _)| ran == name).unwrap_or_else(|| panic!("no {name}: {self:#?}")).1
    }

    fn sarif(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(&self.outputs["sarif"]).expect("SARIF")).expect("JSON")
    }
}

/// The pairs of a file of commands, as `GITHUB_OUTPUT` is one.
fn pairs(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).expect("a file of commands");
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("no pair: {line}"));
        (name.to_owned(), value.to_owned())
    };
    text.lines().map(pair).collect()
}

impl Job<'_> {
    fn inputs(&self) -> BTreeMap<String, String> {
        let declared = action()["inputs"].as_object().expect("inputs").clone();
        let default = |input: &Value| input["default"].as_str().expect("a default that is a text").to_owned();
        let mut inputs: BTreeMap<String, String> =
            declared.iter().map(|(name, input)| (name.clone(), default(input))).collect();
        for (name, value) in &self.inputs {
            assert!(inputs.insert((*name).to_owned(), (*value).to_owned()).is_some(), "no input `{name}`");
        }
        inputs
    }

    fn run(&self) -> Done {
        let temporary = tempfile::tempdir().expect("a folder");
        let at = |name: &str| temporary.path().join(name);
        std::fs::create_dir(at("runner temp")).expect("a folder");
        std::fs::write(at("event.json"), self.event.to_string()).expect("a file");
        let inputs = self.inputs();
        let mut outputs = BTreeMap::new();
        let (mut ran, mut log, mut summary, mut code) = (Vec::new(), String::new(), String::new(), 0);
        for (number, step) in steps().iter().enumerate() {
            let context = Context { inputs: &inputs, event: &self.event, steps: &outputs };
            let texts = |of: &Value| -> BTreeMap<String, String> {
                let pairs = of.as_object().into_iter().flatten();
                pairs
                    .map(|(name, value)| (name.clone(), context.text(value.as_str().expect("a text"))))
                    .collect()
            };
            let condition = step["if"].as_str();
            if !condition.map_or(code == 0, |condition| context.is_met(condition, code != 0)) {
                continue;
            }
            let name = step["name"].as_str().expect("a name").to_owned();
            let mut told = BTreeMap::new();
            if step["uses"].is_string() {
                if name.contains("cache") && self.cache_hits {
                    told.insert("cache-hit".to_owned(), "true".to_owned());
                }
                ran.push((name, texts(&step["with"])));
            } else {
                let script = at(&format!("{number}.sh"));
                std::fs::write(&script, step["run"].as_str().expect("a script")).expect("a file");
                for file in ["output", "env", "path", "summary"] {
                    std::fs::write(at(file), "").expect("a file");
                }
                // How GitHub starts `shell: bash`.
                let mut bash = Command::new("bash");
                bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(script);
                let system = std::env::var_os("PATH").expect("a PATH");
                // Not the one that somebody has installed here.
                let others = std::env::split_paths(&system).filter(|path| !path.join("watertight").exists());
                let path = self.path.iter().cloned().chain(others);
                bash.current_dir(self.checkout).env_clear().envs(texts(&step["env"]));
                bash.env("PATH", std::env::join_paths(path).expect("a PATH")).env("HOME", at("home"));
                bash.env("GIT_CONFIG_NOSYSTEM", "1").env("CI", "true").env("GITHUB_ACTIONS", "true");
                bash.env("GITHUB_ACTION_PATH", root()).env("GITHUB_WORKSPACE", self.checkout);
                bash.env("GITHUB_EVENT_NAME", self.event_name).env("GITHUB_EVENT_PATH", at("event.json"));
                bash.env("GITHUB_REF", self.reference).env("GITHUB_BASE_REF", "main");
                bash.env("GITHUB_OUTPUT", at("output")).env("GITHUB_ENV", at("env"));
                bash.env("GITHUB_PATH", at("path")).env("GITHUB_STEP_SUMMARY", at("summary"));
                bash.env("RUNNER_TEMP", at("runner temp"))
                    .env("RUNNER_OS", "Linux")
                    .env("RUNNER_ARCH", "X64");
                let output = bash.output().expect("bash runs");
                log += &String::from_utf8_lossy(&output.stdout);
                log += &String::from_utf8_lossy(&output.stderr);
                summary += &std::fs::read_to_string(at("summary")).expect("a summary");
                told = pairs(&at("output"));
                ran.push((name, BTreeMap::new()));
                if code == 0 {
                    code = output.status.code().expect("an exit code");
                }
            }
            if let Some(id) = step["id"].as_str() {
                outputs.insert(id.to_owned(), told);
            }
        }
        let context = Context { inputs: &inputs, event: &self.event, steps: &outputs };
        let declared = action()["outputs"].as_object().expect("outputs").clone();
        let value = |output: &Value| context.text(output["value"].as_str().expect("an expression"));
        let results = declared.iter().map(|(name, output)| (name.clone(), value(output))).collect();
        let since = outputs.get("base").and_then(|base| base.get("since")).cloned().unwrap_or_default();
        Done { code, log, summary, outputs: results, since, ran, _temporary: temporary }
    }
}

/// The event of a pull request. Its base is the commit at which `main` was when it was opened.
fn pull_request(server: &Server) -> Value {
    json!({
        "action": "synchronize",
        "number": 1,
        "pull_request": {
            "number": 1,
            "base": { "ref": "main", "sha": server.began },
            "head": { "ref": "change", "sha": server.head },
        },
        "repository": { "default_branch": "main" },
    })
}

fn with_binary() -> Vec<PathBuf> {
    vec![binary().parent().expect("a folder").to_owned()]
}

fn on_pull_request<'a>(checkout: &'a Path, event: Value) -> Job<'a> {
    Job {
        checkout,
        event_name: "pull_request",
        reference: "refs/pull/1/merge",
        event,
        inputs: Vec::new(),
        path: with_binary(),
        cache_hits: false,
    }
}

fn on_push<'a>(checkout: &'a Path, reference: &'a str, before: &str) -> Job<'a> {
    let event = json!({ "ref": reference, "before": before, "repository": { "default_branch": "main" } });
    Job { event_name: "push", reference, ..on_pull_request(checkout, event) }
}

const UPLOAD: &str = "Upload to code scanning";

#[test]
fn a_pull_request_fails_for_what_it_introduces_and_for_nothing_else() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("refs/pull/1/merge");
    let done = on_pull_request(checkout.path(), pull_request(&server)).run();
    assert_eq!(done.code, 1, "{done:#?}");
    let told = |name: &str| done.outputs[name].as_str();
    assert_eq!((told("verdict"), told("findings"), told("warnings")), ("findings", "1", "0"), "{done:#?}");
    // Sixteen that the shop has, and what went into `main` in the meantime.
    assert_eq!(told("inherited"), "17", "{done:#?}");
    assert!(told("independence").ends_with("/20"), "{done:#?}");
    // The base is the first parent of the merge, not the older commit that the event names.
    assert_eq!(done.since, server.main);
    assert_eq!(git(checkout.path(), "rev-list --count HEAD FETCH_HEAD"), "2", "one commit was fetched");
    // An annotation, at the line.
    assert!(done.log.contains("\n::error file=services/catalog/Cargo.toml,line=14,"), "{}", done.log);
    assert!(!done.log.contains("could not check"), "{}", done.log);
    assert!(done.summary.starts_with("### Not watertight: 1 new finding"), "{}", done.summary);
    let comment = std::fs::read_to_string(told("markdown")).expect("the comment");
    assert!(comment.starts_with("<!-- watertight -->"), "{comment}");
    assert!(comment.contains("`catalog` compiles against `checkout`"), "{comment}");
    // Code scanning gets it although the check has failed.
    assert_eq!(done.given(UPLOAD)["sarif_file"], done.outputs["sarif"]);
    let sarif = done.sarif();
    assert_eq!(errors(&sarif_schema(), &sarif), Vec::<String>::new());
    let states: Vec<&str> = sarif["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| result["baselineState"].as_str().expect("a state"))
        .collect();
    assert_eq!(states.iter().filter(|state| **state == "new").count(), 1, "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == "unchanged").count(), 17, "{states:?}");
}

#[test]
fn a_pull_request_that_introduces_nothing_passes() {
    let server = Server::with(|folder| {
        // It even takes one away, which code scanning must not show as open.
        let manifest = "services/users/api/Cargo.toml";
        let before = std::fs::read_to_string(folder.join(manifest)).expect("a manifest");
        write(folder, manifest, before.replace("fulfilment-shipping.workspace = true\n", "").as_bytes());
    });
    let checkout = server.checkout("refs/pull/1/merge");
    let done = on_pull_request(checkout.path(), pull_request(&server)).run();
    assert_eq!(done.code, 0, "{done:#?}");
    assert_eq!((done.outputs["verdict"].as_str(), done.outputs["findings"].as_str()), ("clean", "0"));
    assert!(done.summary.starts_with("### Watertight"), "{}", done.summary);
    assert!(!done.log.contains("::error"), "{}", done.log);
    assert!(done.has_run(UPLOAD));
    let sarif = done.sarif();
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(!results.is_empty() && results.iter().all(|result| result["baselineState"] == "unchanged"));
    let all = Path::new(&done.outputs["sarif"]).with_file_name("all.sarif");
    let all = std::fs::read_to_string(all).expect("all results");
    assert!(all.contains("\"baselineState\": \"absent\""), "nothing was there to be left out");
}

/// Who checks out the branch itself, and not its merge, is compared with the base that the event names.
#[test]
fn the_head_of_a_pull_request_is_compared_with_its_base() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("change");
    let done = on_pull_request(checkout.path(), pull_request(&server)).run();
    assert_eq!((done.code, done.outputs["findings"].as_str()), (1, "1"), "{done:#?}");
    assert_eq!(done.since, server.began);
}

#[test]
fn a_merge_group_is_compared_with_its_base() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("refs/pull/1/merge");
    let event = json!({ "merge_group": { "base_sha": server.main, "head_sha": "-" } });
    let job = Job { event_name: "merge_group", ..on_pull_request(checkout.path(), event) };
    let done = job.run();
    assert_eq!((done.code, done.outputs["findings"].as_str()), (1, "1"), "{done:#?}");
    assert_eq!(done.since, server.main);
}

#[test]
fn a_push_is_compared_with_what_was_there_before() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    // Two commits were pushed; the first of them has the coupling.
    let checkout = server.checkout("change");
    let done = on_push(checkout.path(), "refs/heads/change", &server.began).run();
    assert_eq!((done.code, done.outputs["findings"].as_str()), (1, "1"), "{done:#?}");
    assert_eq!(done.since, server.began);
    // The second alone introduces nothing.
    let before = git(server.made.path(), "rev-parse change~1");
    let checkout = server.checkout("change");
    let done = on_push(checkout.path(), "refs/heads/change", &before).run();
    assert_eq!((done.code, done.outputs["findings"].as_str()), (0, "0"), "{done:#?}");
    // A new branch is compared with the branch that it will be merged into.
    let zeros = "0".repeat(40);
    let checkout = server.checkout("change");
    let done = on_push(checkout.path(), "refs/heads/change", &zeros).run();
    assert_eq!((done.code, done.since.as_str()), (1, server.main.as_str()), "{done:#?}");
    // The first push of all has nothing to be compared with; neither has a run that somebody starts.
    let checkout = server.checkout("main");
    let everything = [
        on_push(checkout.path(), "refs/heads/main", &zeros),
        Job { event_name: "workflow_dispatch", ..on_pull_request(checkout.path(), json!({})) },
        Job { inputs: vec![("since", "none")], ..on_push(checkout.path(), "refs/heads/main", &server.began) },
    ];
    for job in everything {
        let done = job.run();
        assert_eq!((done.code, done.since.as_str()), (1, ""), "{done:#?}");
        assert_eq!((done.outputs["findings"].as_str(), done.outputs["inherited"].as_str()), ("12", "0"));
    }
}

#[test]
fn a_base_that_is_named_is_fetched_by_its_name() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("refs/pull/1/merge");
    let job = Job { inputs: vec![("since", "main")], ..on_pull_request(checkout.path(), json!({})) };
    let done = job.run();
    assert_eq!((done.code, done.since.as_str()), (1, server.main.as_str()), "{done:#?}");
    for wrong in ["no-such-branch", "--upload-pack=touch${IFS}pwned"] {
        let job = Job { inputs: vec![("since", wrong)], ..on_pull_request(checkout.path(), json!({})) };
        let done = job.run();
        assert_eq!((done.code, done.outputs["verdict"].as_str()), (2, ""), "{done:#?}");
        assert!(done.log.contains("::error title=watertight: could not check::"), "{}", done.log);
        assert!(!done.has_run("Check") && !done.has_run(UPLOAD), "{done:#?}");
    }
    assert!(!checkout.path().join("pwned").exists());
}

#[test]
fn what_can_not_be_checked_fails_with_another_message_than_findings() {
    // A configuration with an error: nothing is known of the change.
    let server = Server::with(|folder| write(folder, "watertight.toml", b"[features.cart]\npathes = []\n"));
    let checkout = server.checkout("refs/pull/1/merge");
    let done = on_pull_request(checkout.path(), pull_request(&server)).run();
    assert_eq!((done.code, done.outputs["verdict"].as_str()), (2, "error"), "{done:#?}");
    assert!(done.log.contains("pathes"), "{}", done.log);
    assert!(done.log.contains("::error title=watertight: could not check::"), "{}", done.log);
    assert_eq!(done.summary, "### watertight could not check\n");
    for name in ["findings", "sarif", "markdown"] {
        assert_eq!(done.outputs[name], "", "{name}");
    }
    assert!(!done.has_run(UPLOAD), "there is nothing to upload");
    // A manifest that can't be read: the rest was checked, and is reported.
    let server = Server::with(|folder| write(folder, "tools/new/Cargo.toml", b"[package\n"));
    let checkout = server.checkout("refs/pull/1/merge");
    let done = on_pull_request(checkout.path(), pull_request(&server)).run();
    assert_eq!((done.code, done.outputs["verdict"].as_str()), (2, "problems"), "{done:#?}");
    assert!(done.log.contains("::error title=watertight: could not check everything::"), "{}", done.log);
    assert_eq!(done.outputs["findings"], "0");
    assert!(done.has_run(UPLOAD), "{done:#?}");
    assert_eq!(done.sarif()["runs"][0]["invocations"][0]["executionSuccessful"], false);
    // A tool that does not run at all.
    let job = Job {
        inputs: vec![("binary", "/no/such/watertight")],
        ..on_pull_request(checkout.path(), json!({}))
    };
    let done = job.run();
    assert_eq!((done.code, done.has_run("Check")), (2, false), "{done:#?}");
}

#[test]
fn every_input_arrives() {
    let server = Server::with(|folder| {
        couple(folder, CATALOG, "checkout-orders");
        let configuration = std::fs::read_to_string(folder.join("watertight.toml")).expect("a configuration");
        write(folder, "ci/its own.toml", configuration.as_bytes());
    });
    let checkout = server.checkout("refs/pull/1/merge");
    let comment = checkout.path().join("a comment.md");
    let job = Job {
        inputs: vec![
            ("path", "services/catalog"),
            ("config", "ci/its own.toml"),
            ("owner", "@shop/users\n@shop/storefront\n"),
            ("args", "--inherited\n--today=2026-11-21\n"),
            ("markdown", "a comment.md"),
            ("sarif", "false"),
            ("binary", binary().to_str().expect("UTF-8")),
        ],
        path: Vec::new(),
        ..on_pull_request(checkout.path(), pull_request(&server))
    };
    let done = job.run();
    // What the change introduces belongs to the catalog and the checkout, and to nobody who was asked for.
    assert_eq!((done.code, done.outputs["findings"].as_str()), (0, "0"), "{done:#?}");
    assert!(done.outputs["inherited"].parse::<u32>().expect("a number") < 17, "{done:#?}");
    assert_eq!(done.outputs["markdown"], "a comment.md");
    assert!(comment.exists());
    assert!(!done.has_run(UPLOAD));
    // An argument that does not exist is an error, so it did arrive.
    let job = Job {
        inputs: vec![("args", "--no-such-argument")],
        ..on_pull_request(checkout.path(), pull_request(&server))
    };
    let done = job.run();
    assert_eq!((done.code, done.outputs["verdict"].as_str()), (2, "error"), "{done:#?}");
    assert!(done.log.contains("--no-such-argument"), "{}", done.log);
}

#[test]
fn nothing_that_comes_from_outside_is_executed() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("refs/pull/1/merge");
    let evil = "x\";touch pwned;$(touch pwned)`touch pwned`";
    for name in ["path", "since", "config", "owner", "args", "markdown", "binary"] {
        let job =
            Job { inputs: vec![(name, evil)], ..on_pull_request(checkout.path(), pull_request(&server)) };
        let done = job.run();
        assert_ne!(done.code, 0, "{name}: {done:#?}");
        assert!(!checkout.path().join("pwned").exists(), "{name}");
    }
    for (place, event) in [
        ("a base", json!({ "pull_request": { "base": { "sha": evil }, "head": { "sha": evil } } })),
        ("a push", json!({ "before": evil, "repository": { "default_branch": evil } })),
        ("a branch", json!({ "before": "0", "repository": { "default_branch": evil } })),
        ("a group", json!({ "merge_group": { "base_sha": evil } })),
    ] {
        let done = on_pull_request(checkout.path(), event).run();
        assert_eq!(done.code, 2, "{place}: {done:#?}");
        assert!(!checkout.path().join("pwned").exists(), "{place}");
    }
}

/// Stands for cargo, which would take minutes: it checks what it is asked for, and where.
const CARGO: &str = r#"#!/bin/sh
set -eu
[ "$*" = "install --locked --path . --root $ROOT" ]
[ "$PWD" = "$GITHUB_ACTION_PATH" ]
case "$CARGO_TARGET_DIR" in "$RUNNER_TEMP"/*) ;; *) exit 1 ;; esac
mkdir -p "$ROOT/bin"
ln -s "$BUILT" "$ROOT/bin/watertight"
echo 'cargo was asked to build'
"#;

#[test]
fn without_a_watertight_it_is_built_once_and_kept() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let checkout = server.checkout("refs/pull/1/merge");
    let stub = tempfile::tempdir().expect("a folder");
    let text = CARGO.replace("$BUILT", binary().to_str().expect("UTF-8"));
    write(stub.path(), "cargo", text.as_bytes());
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(stub.path().join("cargo"), executable).expect("a mode");
    let job = |cache_hits| Job {
        path: vec![stub.path().to_owned()],
        cache_hits,
        ..on_pull_request(checkout.path(), pull_request(&server))
    };
    let done = job(false).run();
    assert!(done.log.contains("cargo was asked to build"), "{}", done.log);
    assert_eq!((done.code, done.outputs["findings"].as_str()), (1, "1"), "{done:#?}");
    let cache = done.given("Take what was built before from the cache");
    assert!(cache["path"].ends_with("runner temp/watertight-tool"), "{cache:?}");
    let hash = cache["key"].strip_prefix("watertight-Linux-X64-").expect("system and machine in the key");
    assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{cache:?}");
    // Nothing is built where the cache has it. (Here it has nothing, so that the check can't run.)
    let done = job(true).run();
    assert!(!done.has_run("Build watertight") && !done.log.contains("cargo was asked"), "{done:#?}");
    assert_eq!(done.given("Take what was built before from the cache")["key"], cache["key"]);
    assert_eq!(done.outputs["verdict"], "error");
}

#[test]
fn the_action_is_valid_pinned_and_takes_nothing_into_its_scripts() {
    let check = ["--builtin-schema", "vendor.github-actions"];
    succeed(Command::new(tool("check-jsonschema")).args(check).arg(root().join("action.yml")));
    let text = std::fs::read_to_string(root().join("action.yml")).expect("the action");
    let uses: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("uses:")).collect();
    assert_eq!(uses.len(), 2);
    for line in uses {
        let (name, rest) = line.split_once('@').expect("a version");
        let (commit, version) = rest.split_once(" # v").unwrap_or_else(|| panic!("no version: {name}"));
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
        assert!(
            version.split('.').count() == 3 && version.split('.').all(|part| part.parse::<u32>().is_ok())
        );
    }
    for step in steps().iter().filter(|step| step["run"].is_string()) {
        let run = step["run"].as_str().expect("a script");
        assert!(!run.contains("${{"), "an expression becomes a part of a script: {run}");
        assert_eq!(step["shell"], "bash");
    }
}

#[test]
fn the_scripts_are_clean() {
    let folder = root().join("ci/github");
    let mut scripts: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "sh"));
    assert_eq!(scripts.len(), 4, "{scripts:?}");
    for script in &scripts {
        let text = std::fs::read_to_string(script).expect("a script");
        assert!(text.contains("\nset -euo pipefail\n"), "{}", script.display());
        let name = script.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        assert!(std::fs::read_to_string(root().join("action.yml")).expect("the action").contains(name));
    }
    succeed(Command::new(tool("shellcheck")).args(&scripts));
}
