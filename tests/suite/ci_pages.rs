//! Every command on the pages of docs/ci, and on those about changes and the baseline, does what the page says.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::server::{CATALOG, Server, couple};
use crate::tools::{succeed, tool};
use crate::watertight::{binary, git, run, write};
use crate::yaml::parsed;

/// One fenced block of a page.
struct Block {
    language: String,
    text: String,
}

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(name);
    std::fs::read_to_string(path).expect("a page")
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block { language: language.to_owned(), text: String::new() });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    found
}

impl Block {
    /// The commands in it, as the system that reads it would run them.
    fn commands(&self) -> Vec<String> {
        match self.language.as_str() {
            "sh" => separate(&self.text),
            "yaml" => {
                let mut found = Vec::new();
                collect(&parsed(&self.text), &mut found);
                found
            }
            "groovy" => {
                let lines = self.text.lines().map(str::trim);
                let command = |line: &str| Some(line.strip_prefix("sh '")?.strip_suffix('\'')?.to_owned());
                lines.filter_map(command).collect()
            }
            "dockerfile" => {
                let lines = self.text.lines();
                lines.filter_map(|line| line.strip_prefix("RUN ")).map(str::to_owned).collect()
            }
            "text" | "toml" => Vec::new(),
            other => panic!("a block of `{other}`: are there commands in it?"),
        }
    }
}

/// The commands of a script: a line, or as many lines as a shell needs for one.
pub(crate) fn separate(script: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut command = String::new();
    for line in script.lines() {
        command += &format!("{line}\n");
        let is_whole = Command::new("sh").args(["-n", "-c", &command]).stderr(Stdio::null()).status();
        if is_whole.expect("sh runs").success() {
            commands.push(std::mem::take(&mut command).trim_end().to_owned());
        }
    }
    assert!(command.is_empty(), "not a whole command: {command}");
    commands
}

/// What the keys that hold commands say, in the order of the document.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(pairs) => {
            for (key, value) in pairs {
                let is_command = ["run", "script", "command", "entry"].contains(&key.as_str());
                match value {
                    Value::String(text) if is_command => found.push(text.trim_end().to_owned()),
                    Value::Array(list) if is_command => {
                        found.extend(list.iter().map(|one| one.as_str().expect("a text").to_owned()));
                    }
                    value => collect(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// What can't run in a test. It is replaced by a program that only says how it was called.
const REPLACED: [(&str, &str); 2] =
    [("cargo", "builds the tool, which takes minutes"), ("gh", "writes on a page of GitHub")];

/// What is not run at all, for the same reason: it would change the machine of whoever runs the tests.
const NEVER: [&str; 1] = ["apt-get update &&"];

/// A place in which the commands of one block run.
struct Place {
    folder: tempfile::TempDir,
    tools: tempfile::TempDir,
    /// What a system says in variables.
    variables: Vec<(&'static str, String)>,
    input: String,
}

/// What a command did.
#[derive(Debug)]
struct Ran {
    command: String,
    code: i32,
    said: String,
}

impl Place {
    fn new(folder: tempfile::TempDir) -> Self {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let tools = tempfile::tempdir().expect("a folder");
        for (name, _) in REPLACED {
            write(tools.path(), name, format!("#!/bin/sh\necho \"called: {name} $*\"\n").as_bytes());
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(tools.path().join(name), executable).expect("a mode");
        }
        symlink(binary(), tools.path().join("watertight")).expect("a link");
        symlink(tool("pre-commit"), tools.path().join("pre-commit")).expect("a link");
        // The pages say `path/to/watertight` for a clone of this repository.
        if !folder.path().join("HEAD").exists() {
            std::fs::create_dir_all(folder.path().join("path/to")).expect("a folder");
            let clone = folder.path().join("path/to/watertight");
            symlink(env!("CARGO_MANIFEST_DIR"), clone).expect("a link");
            write(folder.path(), ".git/info/exclude", b"path\n");
        }
        Self { folder, tools, variables: Vec::new(), input: String::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs all commands of a block in one shell, so that one can use what another one has set.
    fn run(&self, block: &Block) -> Vec<Ran> {
        let commands = block.commands();
        let out = tempfile::tempdir().expect("a folder");
        let mut script = String::new();
        for (number, command) in commands.iter().enumerate() {
            assert!(!NEVER.iter().any(|never| command.starts_with(never)), "{command}");
            let at = |what: &str| out.path().join(format!("{number}.{what}")).display().to_string();
            script += &format!("{{\n{command}\n}} >{} 2>&1\necho $? >{}\n", at("said"), at("code"));
        }
        let file = out.path().join("script");
        std::fs::write(&file, script).expect("a script");
        std::fs::write(out.path().join("input"), &self.input).expect("an input");
        let system = std::env::var_os("PATH").expect("a PATH");
        let paths = [self.tools.path().to_owned()].into_iter().chain(std::env::split_paths(&system));
        let mut shell = Command::new("sh");
        shell.arg(file).current_dir(self.path()).env_clear();
        shell.stdin(std::fs::File::open(out.path().join("input")).expect("an input"));
        shell.env("PATH", std::env::join_paths(paths).expect("a PATH"));
        shell.env("HOME", self.tools.path()).env("PRE_COMMIT_HOME", self.tools.path().join("kept"));
        shell.env("GIT_CONFIG_NOSYSTEM", "1");
        for (name, value) in [("NAME", "Somebody"), ("EMAIL", "somebody@example.com")] {
            shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        shell.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let told = succeed(&mut shell);
        assert_eq!(told, "");
        let read = |number: usize, what: &str| {
            std::fs::read_to_string(out.path().join(format!("{number}.{what}"))).expect("a result")
        };
        let ran = |(number, command): (usize, String)| Ran {
            command,
            code: read(number, "code").trim().parse().expect("a number"),
            said: read(number, "said"),
        };
        commands.into_iter().enumerate().map(ran).collect()
    }
}

/// What a command has to do: how it begins, its exit code, and what it says among other things.
type Expected<'a> = (&'a str, i32, &'a str);

fn assert_did(ran: &[Ran], expected: &[Expected<'_>]) {
    assert_eq!(ran.len(), expected.len(), "{ran:#?}");
    for (ran, (command, code, says)) in ran.iter().zip(expected) {
        assert!(ran.command.starts_with(command), "not `{command}`: {ran:#?}");
        assert_eq!(ran.code, *code, "{ran:#?}");
        assert!(ran.said.contains(says), "{ran:#?}");
    }
}

fn server() -> Server {
    Server::with(|folder| couple(folder, CATALOG, "checkout-orders"))
}

/// The blocks of a page that have commands, and how many there are of them.
fn with_commands(name: &str) -> Vec<Block> {
    let mut blocks = blocks(&page(name));
    blocks.retain(|block| !block.commands().is_empty());
    blocks
}

/// The one finding of the change.
const FOUND: &str = "1 new finding in 5 features";

const INSTALL: Expected<'_> =
    ("cargo install", 0, "called: cargo install --locked --path path/to/watertight\n");

/// A page that nobody looks at would be one that nobody tests.
#[test]
fn every_page_is_tested_here_and_linked_from_the_index() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    let tested = [
        "README.md",
        "affected.md",
        "git-hook.md",
        "github-actions.md",
        "gitlab-ci.md",
        "other.md",
        "pre-commit.md",
    ];
    assert_eq!(names, tested);
    for name in &tested[1..] {
        assert!(page("README.md").contains(&format!("]({name})")), "{name}");
    }
    for (document, link) in [("README.md", "docs/ci/README.md"), ("docs/architecture.md", "ci/README.md")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
        let text = std::fs::read_to_string(path).expect("a document");
        assert!(text.contains(&format!("]({link})")), "{document} does not link {link}");
    }
}

#[test]
fn the_commands_of_the_index_work() {
    let server = server();
    let blocks = with_commands("README.md");
    assert_eq!(blocks.len(), 1);
    assert_did(&Place::new(server.clone_of_change()).run(&blocks[0]), &[INSTALL]);
}

#[test]
fn the_commands_about_changes_work() {
    let server = server();
    let blocks = with_commands("../changes.md");
    let [three, shallow] = blocks.as_slice() else { panic!("two blocks") };
    let assert_are = |place: &Place, [branch, staged, commit]: [(i32, &str); 3]| {
        let expected = [
            ("watertight check --since origin/main ", branch.0, branch.1),
            ("watertight check --since HEAD --staged ", staged.0, staged.1),
            ("watertight check --since HEAD~1 --rev HEAD ", commit.0, commit.1),
        ];
        assert_did(&place.run(three), &expected);
    };
    let (none, one, two) = ((0, "no new findings"), (1, "1 new finding"), (1, "2 new findings"));
    let place = Place::new(server.clone_of_change());
    assert_are(&place, [one, none, none]);
    couple(place.path(), "services/users/api/Cargo.toml", "fulfilment-shipping");
    git(place.path(), "add --all");
    assert_are(&place, [two, one, none]);
    git(place.path(), "commit --quiet --message=coupled");
    assert_are(&place, [two, none, one]);
    let expected = [("git fetch --depth=1", 0, ""), ("watertight check", 1, "this clone is shallow")];
    assert_did(&Place::new(server.checkout("change")).run(shallow), &expected);
}

/// A block of a few commands.
fn block_of(commands: &[&String]) -> Block {
    let lines = commands.iter().map(|command| format!("{command}\n"));
    Block { language: "sh".to_owned(), text: lines.collect() }
}

#[test]
fn the_commands_about_the_baseline_work() {
    let server = Server::with(|folder| write(folder, "HARMLESS.md", b"-\n"));
    let blocks = with_commands("../baseline.md");
    let [all, merged] = blocks.as_slice() else { panic!("two blocks") };
    let [begin, check, show, prune, carry, accept] = &all.commands()[..] else { panic!("six commands") };
    let place = Place::new(server.clone_of_change());
    let manifest = "services/checkout/Cargo.toml";
    let read = |path: &str| std::fs::read_to_string(place.path().join(path)).expect("a file");
    let coupled = read(manifest);
    let clean = coupled.replace("users-store = { path = \"../users/store\" }\n", "");
    assert_ne!(coupled, clean);
    write(place.path(), manifest, clean.as_bytes());
    let expected = [
        ("watertight baseline", 0, "`watertight-baseline.toml` written"),
        ("watertight check", 0, "baseline: "),
        ("watertight check --baselined", 0, "known deny[unshared-coupling]"),
        ("watertight baseline --prune ", 0, "is as it was"),
        ("watertight baseline --prune --since HEAD", 0, "is as it was"),
    ];
    assert_did(&place.run(&block_of(&[begin, check, show, prune, carry])), &expected);
    let begun = read("watertight-baseline.toml");
    // The first new one is red, until there is a reason.
    write(place.path(), manifest, coupled.as_bytes());
    let expected = [
        ("watertight check", 1, "1 finding"),
        ("watertight baseline", 1, "1 finding is not in it"),
        ("watertight baseline --accept", 0, "1 added"),
        ("watertight check", 0, "1 accepted since"),
        ("watertight baseline", 0, "is as it was"),
    ];
    assert_did(&place.run(&block_of(&[check, begin, accept, check, begin])), &expected);
    // What is mended never fails, and is taken out on request.
    write(place.path(), manifest, clean.as_bytes());
    let expected =
        [("watertight check", 0, "stale-baseline"), ("watertight baseline --prune", 0, "it holds")];
    assert_did(&place.run(&block_of(&[check, prune])), &expected);
    assert_eq!(read("watertight-baseline.toml"), begun);
    // Two branches that add side by side.
    git(place.path(), "add --all");
    git(place.path(), "commit --quiet --message=begun");
    for (branch, manifest) in [("one", CATALOG), ("other", "crates/catalog-products/Cargo.toml")] {
        git(place.path(), &format!("checkout --quiet -b {branch} change"));
        couple(place.path(), manifest, "checkout-orders");
        assert_eq!(run(place.path(), "baseline --accept later").code, 0);
        git(place.path(), &format!("commit --quiet --all --message={branch}"));
    }
    assert_did(&place.run(&block_of(&[&"git merge one".to_owned()])), &[("git merge", 1, "CONFLICT")]);
    assert_did(&place.run(merged), &[("watertight baseline --prune", 0, "written anew")]);
    assert!(!read("watertight-baseline.toml").contains("<<<<<<<"));
    assert_did(&place.run(&block_of(&[check])), &[("watertight check", 0, "2 accepted since")]);
    // What can't be read is told apart.
    write(place.path(), "watertight-baseline.toml", b"version = 0\n");
    let expected = [("watertight baseline", 2, ""), ("watertight check", 2, "")];
    assert_did(&place.run(&block_of(&[begin, check])), &expected);
}

#[test]
fn the_commands_for_a_git_hook_work() {
    let server = server();
    let blocks = with_commands("git-hook.md");
    let [shared, own, asked, pushed] = blocks.as_slice() else { panic!("four blocks") };
    for (block, expected) in [
        (shared, vec![("mkdir", 0, ""), ("cp", 0, ""), ("git config core.hooksPath", 0, "")]),
        (own, vec![("cp", 0, "")]),
    ] {
        let place = Place::new(server.clone_of_change());
        assert_did(&place.run(block), &expected);
        // And then it stops who commits a coupling.
        couple(place.path(), "services/users/api/Cargo.toml", "fulfilment-shipping");
        let commit = Block { language: "sh".to_owned(), text: "git commit --all --message=no\n".to_owned() };
        let ran = place.run(&commit);
        assert_did(&ran, &[("git commit", 1, "1 new finding")]);
        assert_eq!(git(place.path(), "rev-parse HEAD"), server.head);
    }
    let place = Place::new(server.clone_of_change());
    assert_did(&place.run(asked), &[("watertight check", 0, "no new findings")]);
    couple(place.path(), "services/users/api/Cargo.toml", "fulfilment-shipping");
    git(place.path(), "add --all");
    assert_did(&place.run(asked), &[("watertight check", 1, "1 new finding")]);
    // On the server, in the bare repository.
    for (old, new, code, says) in
        [(&server.began, &server.head, 1, FOUND), (&server.head, &server.head, 0, "no new findings")]
    {
        let bare = tempfile::tempdir().expect("a folder");
        git(bare.path(), &format!("clone --quiet --bare file://{} .", server.bare.path().display()));
        let mut place = Place::new(bare);
        place.input = format!("{old} {new} refs/heads/change\n");
        let ran = in_a_shell_of_its_own(&place, pushed);
        assert_did(&ran, &[("while read", code, says)]);
    }
}

/// `exit` ends a hook, and must not end the shell that collects results.
fn in_a_shell_of_its_own(place: &Place, block: &Block) -> Vec<Ran> {
    let text = block.text.replace('\'', "'\\''");
    let mut ran =
        place.run(&Block { language: "sh".to_owned(), text: format!("sh -c '{}'\n", text.trim_end()) });
    ran[0].command = block.text.clone();
    ran
}

/// The page's `.pre-commit-config.yaml`, with this repository in the place of the one that it names.
fn pre_commit_configuration(block: &Block) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let configuration = parsed(&block.text);
    let named = configuration["repos"][0]["repo"].as_str().expect("a repository");
    let revision = configuration["repos"][0]["rev"].as_str().expect("a revision");
    let head = git(root, "rev-parse HEAD");
    block.text.replace(named, root.to_str().expect("UTF-8")).replace(revision, &head)
}

#[test]
fn the_commands_for_pre_commit_work() {
    let server = server();
    let page = page("pre-commit.md");
    let all = blocks(&page);
    let configurations: Vec<&Block> = all.iter().filter(|block| block.language == "yaml").collect();
    let hooks: Vec<Value> =
        configurations.iter().map(|one| parsed(&one.text)["repos"][0]["hooks"][0]["id"].clone()).collect();
    assert_eq!(hooks, ["watertight", "watertight-system"]);
    let blocks = with_commands("pre-commit.md");
    let [install, look, whole] = blocks.as_slice() else { panic!("three blocks") };
    let place = Place::new(server.clone_of_change());
    let configuration = pre_commit_configuration(configurations[1]);
    write(place.path(), ".pre-commit-config.yaml", configuration.as_bytes());
    git(place.path(), "add .pre-commit-config.yaml");
    assert_did(&place.run(install), &[("pre-commit install", 0, "pre-commit installed at")]);
    couple(place.path(), "services/users/api/Cargo.toml", "fulfilment-shipping");
    git(place.path(), "add --all");
    let expected = [
        ("watertight check --staged --since HEAD --inherited", 1, "1 new finding"),
        ("git commit --no-verify", 0, "to be mended"),
    ];
    assert_did(&place.run(look), &expected);
    let expected = [
        ("pre-commit run", 0, "watertight......"),
        ("watertight check --since origin/main", 1, "2 new findings"),
    ];
    assert_did(&place.run(whole), &expected);
}

#[test]
fn the_commands_for_gitlab_work() {
    let server = server();
    let blocks = with_commands("gitlab-ci.md");
    let [image, job] = blocks.as_slice() else { panic!("two blocks") };
    let [build, packages] = &image.commands()[..] else { panic!("two commands") };
    assert_eq!(build, "cargo install --locked --path /watertight --root /out");
    assert!(packages.starts_with(NEVER[0]), "{packages}");
    // GitLab clones 20 commits; none but the newest is the least that a job may get.
    let place = Place::new(server.checkout("change")).with("CI_MERGE_REQUEST_DIFF_BASE_SHA", &server.began);
    assert_did(&place.run(job), &[("git fetch", 0, ""), ("watertight check", 1, FOUND)]);
    let report = std::fs::read_to_string(place.path().join("gl-code-quality-report.json")).expect("a report");
    assert!(report.contains("`catalog` compiles against `checkout`"), "{report}");
}

#[test]
fn the_commands_for_other_systems_work() {
    let server = server();
    let blocks = with_commands("other.md");
    let [whole, shallow, jenkins, buildkite, circle, azure] = blocks.as_slice() else { panic!("six blocks") };
    let clone = || Place::new(server.clone_of_change());
    let place = clone();
    let expected = [("BASE=", 0, ""), ("git fetch", 0, ""), ("watertight check", 1, FOUND)];
    assert_did(&place.run(whole), &expected);
    for report in ["watertight.xml", "watertight.sarif"] {
        assert!(place.path().join(report).exists(), "{report}");
    }
    // The commits in between are not there, so what others did in the meantime is told of.
    let place = Place::new(server.checkout("change"));
    assert_did(
        &place.run(shallow),
        &[("git fetch", 0, ""), ("watertight check", 1, "this clone is shallow")],
    );
    for (block, variable) in [(jenkins, "CHANGE_TARGET"), (buildkite, "BUILDKITE_PULL_REQUEST_BASE_BRANCH")] {
        let place = clone().with(variable, "main");
        assert_did(&place.run(block), &[("git fetch", 0, ""), ("watertight check", 1, FOUND)]);
        assert!(place.path().join("watertight.xml").exists());
    }
    let place = clone();
    assert_did(&place.run(circle), &[("git fetch", 1, FOUND)]);
    assert!(place.path().join("test-results/watertight.xml").exists());
    let place = clone().with("SYSTEM_PULLREQUEST_TARGETBRANCHNAME", "main");
    assert_did(&place.run(azure), &[("mkdir", 1, FOUND)]);
    assert!(
        place.path().join("watertight.xml").exists() && place.path().join("sarif/watertight.sarif").exists()
    );
}

#[test]
fn the_commands_for_github_work() {
    let server = server();
    let blocks = with_commands("github-actions.md");
    let [comment, by_hand, begin] = blocks.as_slice() else { panic!("three blocks") };
    let clone = || Place::new(server.clone_of_change());
    let place = clone().with("NUMBER", "7").with("GITHUB_REPOSITORY", "shop/shop");
    let called =
        "called: gh pr comment 7 --repo shop/shop --edit-last --create-if-none --body-file comment.md\n";
    assert_did(&place.run(comment), &[("gh pr comment", 0, called)]);
    // `fetch-depth: 2`
    let two = server.checkout("refs/pull/1/merge");
    git(two.path(), "fetch --quiet --depth=2 origin refs/pull/1/merge");
    let expected =
        [("cargo install", 0, "called: cargo install --locked --git"), ("watertight check", 1, FOUND)];
    assert_did(&Place::new(two).run(by_hand), &expected);
    let place = clone();
    let expected =
        [("watertight baseline", 0, ""), ("git add", 0, ""), ("git commit", 0, "watertight-baseline.toml")];
    assert_did(&place.run(begin), &expected);
    let check = Block { language: "sh".to_owned(), text: "watertight check\n".to_owned() };
    assert_did(&place.run(&check), &[("watertight check", 0, "baseline: ")]);
}

/// Jobs for what the change affects: the catalog alone, and what ships it.
#[test]
fn the_commands_for_what_is_affected_work() {
    let server = server();
    let blocks = with_commands("affected.md");
    let [workflow, names, other] = blocks.as_slice() else { panic!("three blocks") };
    let two = server.checkout("refs/pull/1/merge");
    git(two.path(), "fetch --quiet --depth=2 origin refs/pull/1/merge");
    let place = Place::new(two);
    let output = place.path().join("output").display().to_string();
    let place = place
        .with("GITHUB_OUTPUT", &output)
        .with("PACKAGE", "catalog")
        .with("AFFECTED", "success")
        .with("TEST", "skipped");
    let expected = [
        ("test=$(", 0, ""),
        ("cargo test", 0, "called: cargo test --package catalog\n"),
        ("test \"$AFFECTED\"", 0, ""),
    ];
    assert_did(&place.run(workflow), &expected);
    let written = std::fs::read_to_string(&output).expect("an output");
    let matrices: Vec<Value> =
        written.lines().filter_map(|line| serde_json::from_str(line.split_once('=')?.1).ok()).collect();
    assert_eq!(matrices.len(), 2, "{written}");
    for matrix in &matrices {
        assert!(!matrix["include"].as_array().expect("jobs").is_empty(), "{written}");
    }
    let expected =
        [("watertight impact", 0, ""), ("if [ -s packages.txt ]", 0, "called: cargo test --package ")];
    assert_did(&Place::new(server.clone_of_change()).run(names), &expected);
    let expected = [("git fetch", 0, ""), ("watertight impact", 0, ""), ("while read", 0, "to be shipped: ")];
    assert_did(&Place::new(server.clone_of_change()).run(other), &expected);
}

/// What a person would paste is what those systems accept.
#[test]
fn the_jobs_on_the_pages_are_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, systems) in [
        ("gitlab-ci.md", vec!["gitlab-ci", "gitlab-ci"]),
        ("other.md", vec!["buildkite", "circle-ci", "azure-pipelines"]),
    ] {
        let mut all = blocks(&page(name));
        all.retain(|block| block.language == "yaml");
        assert_eq!(all.len(), systems.len(), "{name}");
        for (block, system) in all.iter().zip(systems) {
            write(folder.path(), "job.yml", block.text.as_bytes());
            let check = ["--builtin-schema".to_owned(), format!("vendor.{system}")];
            let mut tool = Command::new(tool("check-jsonschema"));
            succeed(tool.args(check).arg(folder.path().join("job.yml")));
        }
    }
}

#[test]
fn the_workflow_for_what_is_affected_is_valid() {
    let page = page("affected.md");
    let all = blocks(&page);
    let workflow = all.iter().find(|block| block.language == "yaml").expect("a workflow");
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "affected.yml", workflow.text.as_bytes());
    let check = ["--builtin-schema", "vendor.github-workflows"];
    succeed(Command::new(tool("check-jsonschema")).args(check).arg(folder.path().join("affected.yml")));
}

/// What a person would paste is what GitHub accepts, and every action is pinned.
#[test]
fn the_workflows_on_the_page_for_github_are_valid() {
    let page = page("github-actions.md");
    let all = blocks(&page);
    let yaml: Vec<&Block> = all.iter().filter(|block| block.language == "yaml").collect();
    let [workflow, step, job, by_hand] = yaml.as_slice() else { panic!("four blocks") };
    let folder = tempfile::tempdir().expect("a folder");
    let valid = |name: &str, text: &str| -> PathBuf {
        write(folder.path(), name, text.as_bytes());
        let file = folder.path().join(name);
        let check = ["--builtin-schema", "vendor.github-workflows"];
        succeed(Command::new(tool("check-jsonschema")).args(check).arg(&file));
        file
    };
    // As the page says: the step behind the check, the job behind that.
    valid("whole.yml", &format!("{}{}{}", workflow.text, step.text, job.text));
    valid("by-hand.yml", &format!("on: pull_request\n{}", by_hand.text));
    let uses = page.lines().filter_map(|line| line.trim_start().strip_prefix("- uses: "));
    let pinned = |line: &str| {
        let commit = line.split(['@', ' ']).nth(1).unwrap_or_default();
        commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let uses: Vec<&str> = uses.collect();
    assert!(uses.len() == 5 && uses.iter().all(|line| pinned(line)), "{uses:#?}");
    for block in [workflow, job, by_hand] {
        assert!(block.text.contains("permissions:"), "{}", block.text);
    }
}
