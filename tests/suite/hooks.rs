//! What stands before a commit, and the job for GitLab: run by git, by pre-commit and by a shell.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::server::{CATALOG, Server, couple, depend};
use crate::tools::{succeed, tool, wrong_with_junit};
use crate::watertight::{Run, binary, commit_all, copied, git, run, testdata, write};
use crate::yaml::parsed;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// This repository as it lies here, in a commit of its own: what pre-commit would clone.
fn this_repository() -> &'static Path {
    static COPY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let copy = COPY.get_or_init(|| {
        let copy = tempfile::tempdir().expect("a folder");
        let files = git(root(), "ls-files --cached --others --exclude-standard");
        for file in files.lines().filter(|file| root().join(file).is_file()) {
            write(copy.path(), file, &std::fs::read(root().join(file)).expect("a file"));
        }
        commit_all(copy.path());
        copy
    });
    copy.path()
}

/// The sample shop in a repository, with some hook before its commits.
struct Shop {
    folder: tempfile::TempDir,
    /// The home of whoever commits: empty, and no path that a program could make.
    home: tempfile::TempDir,
    /// Where programs of the hook are looked for first.
    path: Vec<PathBuf>,
    variables: Vec<(&'static str, PathBuf)>,
}

const USERS: &str = "services/users/api/Cargo.toml";

impl Shop {
    fn new() -> Self {
        let folder = copied(&testdata("monorepos/shop"));
        // So that a commit can break a rule by deleting.
        let configuration = std::fs::read_to_string(folder.path().join("watertight.toml")).expect("a file");
        let strict = configuration + "\n[rules]\nloosened-boundary = \"deny\"\n";
        write(folder.path(), "watertight.toml", strict.as_bytes());
        commit_all(folder.path());
        let home = tempfile::tempdir().expect("a folder");
        let path = vec![binary().parent().expect("a folder").to_owned()];
        Self { folder, home, path, variables: Vec::new() }
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program as a person would, with the hooks.
    fn ran(&self, program: &Path, arguments: &str) -> Run {
        let system = std::env::var_os("PATH").expect("a PATH");
        let others = std::env::split_paths(&system).filter(|path| !path.join("watertight").exists());
        let path = self.path.iter().cloned().chain(others);
        let mut command = Command::new(program);
        command.args(arguments.split(' ')).current_dir(self.at()).env_clear();
        command.env("PATH", std::env::join_paths(path).expect("a PATH"));
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for (name, value) in [("NAME", "Somebody"), ("EMAIL", "somebody@example.com")] {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("a program that runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let code = output.status.code().expect("an exit code");
        Run { code, output: text(output.stdout), messages: text(output.stderr) }
    }

    fn commits(&self, arguments: &str) {
        let before = git(self.at(), "rev-parse HEAD");
        let run = self.ran(Path::new("git"), &format!("commit --message=a {arguments}"));
        assert_eq!(run.code, 0, "{}", run.transcript());
        assert_ne!(git(self.at(), "rev-parse HEAD"), before);
    }

    /// A commit that the hook has to stop, and what it says.
    fn is_stopped(&self, arguments: &str) -> String {
        let before = git(self.at(), "rev-parse HEAD");
        let run = self.ran(Path::new("git"), &format!("commit --message=a {arguments}"));
        assert_eq!(run.code, 1, "{}", run.transcript());
        assert_eq!(git(self.at(), "rev-parse HEAD"), before);
        run.transcript()
    }

    /// Everything that a gate before a commit has to get right.
    fn is_guarded(&self) {
        let finding = "`catalog` compiles against `checkout`";
        let restore = |path: &str| {
            git(self.at(), &format!("checkout --quiet HEAD -- {path}"));
        };
        // What was there before stops nobody.
        write(self.at(), "NOTES.md", b"1\n");
        git(self.at(), "add NOTES.md");
        self.commits("--quiet");
        // What is staged does.
        depend(self.at(), CATALOG, "checkout-orders");
        git(self.at(), "add --all");
        let told = self.is_stopped("--quiet");
        assert!(told.contains(finding) && told.contains("1 new finding"), "{told}");
        // Mended in the work tree alone, it is still there in what would be committed.
        git(self.at(), &format!("restore --source=HEAD --worktree {CATALOG}"));
        self.is_stopped("--quiet");
        // Mended and staged, it is gone.
        write(self.at(), "NOTES.md", b"2\n");
        git(self.at(), "add --all");
        self.commits("--quiet");
        // What lies in the work tree and is not staged does not count.
        depend(self.at(), CATALOG, "checkout-orders");
        write(self.at(), "NOTES.md", b"3\n");
        git(self.at(), "add NOTES.md");
        self.commits("--quiet");
        assert_eq!(git(self.at(), "diff --name-only"), CATALOG, "it is still there");
        // Until git stages it: everything, or this file alone. Git uses another index for both.
        assert!(self.is_stopped("--quiet --all").contains(finding));
        assert!(self.is_stopped(&format!("--quiet {CATALOG}")).contains(finding));
        // A file alone is committed without what is staged beside it.
        git(self.at(), &format!("add {CATALOG}"));
        write(self.at(), "NOTES.md", b"4\n");
        self.commits("--quiet NOTES.md");
        assert_eq!(git(self.at(), "diff --cached --name-only"), CATALOG, "it is still staged");
        restore(CATALOG);
        // A commit that only deletes: one that opens a boundary, and one that harms nobody.
        git(self.at(), "rm --quiet services/users/feature.toml");
        assert!(self.is_stopped("--quiet").contains("this change opens a boundary"));
        restore("services/users/feature.toml");
        git(self.at(), "rm --quiet NOTES.md");
        self.commits("--quiet");
        // A file that can't be read is no yes.
        write(self.at(), USERS, b"[package\n");
        let run = self.ran(Path::new("git"), "commit --quiet --all --message=a");
        assert_ne!(run.code, 0, "{}", run.transcript());
        restore(USERS);
    }
}

/// The plain hook, where git looks for it.
fn with_git_hook() -> Shop {
    let shop = Shop::new();
    let hook = std::fs::read(root().join("ci/git-hooks/pre-commit")).expect("the hook");
    let place = shop.at().join(".git/hooks/pre-commit");
    write(shop.at(), ".git/hooks/pre-commit", &hook);
    let mode = std::fs::metadata(root().join("ci/git-hooks/pre-commit")).expect("the hook").permissions();
    std::fs::set_permissions(place, mode).expect("a mode");
    shop
}

#[test]
fn the_git_hook_guards_commits() {
    with_git_hook().is_guarded();
    // One folder of hooks for everybody, and a work tree of its own, where `.git` is a file.
    let shop = Shop::new();
    let hooks = root().join("ci/git-hooks");
    git(shop.at(), &format!("config core.hooksPath {}", hooks.display()));
    let other = tempfile::tempdir().expect("a folder");
    git(shop.at(), &format!("worktree add --quiet {}/tree -b other", other.path().display()));
    let tree = tempfile::Builder::new().prefix("unused").tempdir().expect("a folder");
    let place = other.path().join("tree");
    couple(&place, CATALOG, "checkout-orders");
    let moved = Shop { folder: tree, path: shop.path.clone(), ..Shop::new() };
    let run =
        moved.ran(Path::new("git"), &format!("-C {} commit --quiet --all --message=a", place.display()));
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(run.transcript().contains("1 new finding"), "{}", run.transcript());
}

#[test]
fn the_git_hook_guards_the_first_commit_and_tells_who_has_no_tool() {
    let shop = with_git_hook();
    git(shop.at(), "update-ref -d HEAD");
    git(shop.at(), "add --all");
    let run = shop.ran(Path::new("git"), "commit --quiet --message=a");
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(
        run.transcript().contains("there is no commit yet, so everything is new"),
        "{}",
        run.transcript()
    );
    let shop = Shop { path: Vec::new(), ..with_git_hook() };
    couple(shop.at(), CATALOG, "checkout-orders");
    let run = shop.ran(Path::new("git"), "commit --all --quiet --message=a");
    assert_eq!(run.code, 0, "{}", run.transcript());
    assert_eq!(run.messages, "watertight is not installed, so this commit is not checked\n");
    succeed(Command::new(tool("shellcheck")).arg(root().join("ci/git-hooks/pre-commit")));
}

/// Installs one of our hooks in the shop, by pre-commit.
fn install(hook: &str, mut shop: Shop, kept: &Path) -> Shop {
    let repository = this_repository();
    let revision = git(repository, "rev-parse HEAD");
    let configuration = format!(
        "repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n",
        repository.display()
    );
    write(shop.at(), ".pre-commit-config.yaml", configuration.as_bytes());
    commit_all(shop.at());
    shop.variables.push(("PRE_COMMIT_HOME", kept.to_owned()));
    let run = shop.ran(&tool("pre-commit"), "install --install-hooks");
    assert_eq!(run.code, 0, "{}", run.transcript());
    shop
}

#[test]
fn pre_commit_guards_commits_with_the_tool_that_is_installed() {
    succeed(
        Command::new(tool("pre-commit")).arg("validate-manifest").arg(root().join(".pre-commit-hooks.yaml")),
    );
    let kept = tempfile::tempdir().expect("a folder");
    install("watertight-system", Shop::new(), kept.path()).is_guarded();
}

#[test]
fn pre_commit_guards_the_first_commit() {
    let kept = tempfile::tempdir().expect("a folder");
    let shop = install("watertight-system", Shop::new(), kept.path());
    git(shop.at(), "update-ref -d HEAD");
    let first = || shop.ran(Path::new("git"), "commit --message=a");
    let stopped = first();
    assert_eq!(stopped.code, 1, "{}", stopped.transcript());
    let told = stopped.transcript();
    assert!(told.contains("there is no commit yet, so everything is new"), "{told}");
}

/// A `cargo` that builds what it installs without optimizing it, from the versions that are locked.
fn quick_cargo() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let cargo = env!("CARGO");
    let shim = format!(
        "#!/bin/sh\n[ \"$1\" = install ] || exec '{cargo}' \"$@\"\nshift\nexec '{cargo}' install --debug --locked \"$@\"\n"
    );
    write(folder.path(), "cargo", shim.as_bytes());
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path().join("cargo"), executable).expect("a mode");
    folder
}

/// Takes what was built of this repository out of a target folder, and leaves what it depends on: pre-commit
/// builds it below another path each time, so it would pile up.
fn without_own_builds(target: &Path) {
    for part in ["deps", "build", ".fingerprint"] {
        let Ok(entries) = std::fs::read_dir(target.join("debug").join(part)) else { continue };
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            let is_own = path.file_name().is_some_and(|name| name.to_string_lossy().contains("watertight"));
            match (is_own, path.is_dir()) {
                (false, _) => {}
                (true, true) => std::fs::remove_dir_all(path).expect("removed"),
                (true, false) => std::fs::remove_file(path).expect("removed"),
            }
        }
    }
}

/// pre-commit calls cargo, which builds a release. Here it builds quickly, beside what the tests are made of and
/// not among it: installing would put another binary in the place of the one under test. Dependencies are kept.
#[test]
fn pre_commit_builds_the_tool_and_guards_commits_with_it() {
    let (kept, cargo) = (tempfile::tempdir().expect("a folder"), quick_cargo());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("installed-by-pre-commit");
    std::fs::create_dir_all(&target).expect("a folder");
    let lock = std::fs::File::create(target.join("lock")).expect("a lock file");
    lock.lock().expect("a lock");
    let toolchain = Path::new(env!("CARGO")).parent().expect("a folder").to_owned();
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(&std::env::var_os("HOME").expect("a HOME")).join(".cargo"));
    // The tool that the other tests are about is not found.
    let shop = Shop {
        path: vec![cargo.path().to_owned(), toolchain],
        variables: vec![
            ("CARGO_HOME", home),
            ("CARGO_TARGET_DIR", target.clone()),
            ("CARGO_INCREMENTAL", "0".into()),
            ("CARGO_PROFILE_DEV_DEBUG", "0".into()),
        ],
        ..Shop::new()
    };
    let shop = install("watertight", shop, kept.path());
    without_own_builds(&target);
    // pre-commit asks at each commit for a `cargo` that works, and would download one if there was none.
    shop.is_guarded();
}

/// The job for GitLab, run in a clone of one commit with the variables that GitLab documents.
struct Job {
    clone: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Job {
    fn run(&self) -> Run {
        let job = template()["watertight"].clone();
        let lines = job["script"].as_array().expect("a list").iter();
        let script: Vec<&str> = lines.map(|line| line.as_str().expect("a text")).collect();
        let system = std::env::var_os("PATH").expect("a PATH");
        let own = binary().parent().expect("a folder").to_owned();
        let path = [own].into_iter().chain(std::env::split_paths(&system));
        // How GitLab's runner starts a script.
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", &script.join("\n")]).current_dir(self.clone.path()).env_clear();
        shell.env("PATH", std::env::join_paths(path).expect("a PATH")).env("HOME", "/nonexistent");
        shell.env("GIT_CONFIG_NOSYSTEM", "1").env("CI", "true").env("GITLAB_CI", "true");
        shell.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = shell.output().expect("a shell");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let code = output.status.code().expect("an exit code");
        Run { code, output: text(output.stdout), messages: text(output.stderr) }
    }

    /// The files that the job hands over. They are what GitLab reads.
    fn reports(&self) -> Vec<PathBuf> {
        let reports = template()["watertight"]["artifacts"]["reports"].clone();
        let of = |name: &str| self.clone.path().join(reports[name].as_str().expect("a path"));
        let [quality, junit] = ["codequality", "junit"].map(of);
        let text = std::fs::read_to_string(&quality).expect("a report");
        let entries: Value = serde_json::from_str(&text).expect("JSON");
        assert!(entries.is_array(), "{text}");
        assert_eq!(wrong_with_junit(&junit), "");
        vec![quality, junit]
    }
}

fn template() -> Value {
    let file = root().join("ci/gitlab/watertight.gitlab-ci.yml");
    parsed(&std::fs::read_to_string(file).expect("the template"))
}

#[test]
fn the_job_for_gitlab_is_valid_and_hands_over_its_reports_when_it_has_failed() {
    let check = ["--builtin-schema", "vendor.gitlab-ci"];
    let file = root().join("ci/gitlab/watertight.gitlab-ci.yml");
    succeed(Command::new(tool("check-jsonschema")).args(check).arg(file));
    let job = template()["watertight"].clone();
    assert_eq!(job["artifacts"]["when"], "always");
    let rules: Vec<&str> = job["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|rule| rule["if"].as_str().expect("one"))
        .collect();
    assert_eq!(
        rules,
        [r#"$CI_PIPELINE_SOURCE == "merge_request_event""#, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"]
    );
}

#[test]
fn the_job_for_gitlab_fails_a_merge_request_for_what_it_introduces() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let merge_request = |server: &Server| Job {
        clone: server.checkout("change"),
        variables: vec![
            ("CI_PIPELINE_SOURCE", "merge_request_event".to_owned()),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", server.began.clone()),
            ("CI_COMMIT_SHA", server.head.clone()),
        ],
    };
    let job = merge_request(&server);
    let run = job.run();
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(run.output.contains("1 new finding"), "{}", run.transcript());
    for report in job.reports() {
        let text = std::fs::read_to_string(report).expect("a report");
        assert!(text.contains("`catalog` compiles against `checkout`"), "{text}");
    }
    // In a pipeline for merged results, what others did in the meantime is no part of the change.
    let mut job = Job { clone: server.checkout("refs/pull/1/merge"), ..merge_request(&server) };
    job.variables.push(("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", server.main.clone()));
    let run = job.run();
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(run.output.contains("1 new finding"), "{}", run.transcript());
    let harmless = Server::with(|folder| write(folder, "NOTES.md", b"-\n"));
    let job = merge_request(&harmless);
    let run = job.run();
    assert_eq!(run.code, 0, "{}", run.transcript());
    assert!(job.reports().iter().all(|report| report.exists()));
    // "Could not check" is told apart.
    let broken = Server::with(|folder| write(folder, "watertight.toml", b"[features\n"));
    let run = merge_request(&broken).run();
    assert_eq!(run.code, 2, "{}", run.transcript());
    // A base that the server does not have ends the job.
    let mut job = merge_request(&server);
    job.variables[1].1 = "1".repeat(40);
    let run = job.run();
    assert_ne!(run.code, 0, "{}", run.transcript());
}

#[test]
fn the_job_for_gitlab_checks_everything_on_the_default_branch() {
    let server = Server::with(|folder| couple(folder, CATALOG, "checkout-orders"));
    let job = Job {
        clone: server.checkout("main"),
        variables: vec![
            ("CI_PIPELINE_SOURCE", "push".to_owned()),
            ("CI_COMMIT_BRANCH", "main".to_owned()),
            ("CI_DEFAULT_BRANCH", "main".to_owned()),
        ],
    };
    let everything = job.run();
    assert_eq!(everything.code, 1, "{}", everything.transcript());
    assert!(everything.output.contains("12 findings, 5 warnings"), "{}", everything.transcript());
    for report in job.reports() {
        let text = std::fs::read_to_string(report).expect("a report");
        assert!(text.contains("`storefront` compiles against"), "{text}");
    }
    // As the page says: with a baseline it is green.
    assert_eq!(run(job.clone.path(), "baseline").code, 0);
    let known = job.run();
    assert_eq!(known.code, 0, "{}", known.transcript());
}
