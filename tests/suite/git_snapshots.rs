//! The work tree, the index and a commit: the same tree gives the same output, whatever shape its repository
//! has; and what can't be read of it ends in a clear message.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::watertight::{Run, binary, commit_all, copied, git, repository, run, testdata, write};

const CONFIGURATION: &str = "[features.app]\npaths = [\"crates/app\"]\n\n[features.base]\npaths = [\"crates/base\"]\n\n\
    [rules]\nunassigned-unit = \"off\"\nunmatched-selector = \"off\"\n";

const USES: &str = "[package]\nname = \"app\"\n\n[dependencies]\nbase = { path = \"../base\" }\n";

/// Two features, one of which uses the other: one finding.
fn two_features() -> tempfile::TempDir {
    repository(&[
        ("watertight.toml", CONFIGURATION),
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n"),
        ("crates/app/Cargo.toml", USES),
        ("crates/app/src/lib.rs", ""),
        ("crates/base/Cargo.toml", &package("base")),
        ("crates/base/src/lib.rs", ""),
    ])
}

/// The same, in one commit.
fn committed() -> tempfile::TempDir {
    let folder = two_features();
    commit_all(folder.path());
    folder
}

fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\n")
}

/// Checks in the three views, as text and as JSON; they must be the same. Gives the JSON.
fn same(folder: &Path) -> Value {
    for format in ["human", "json"] {
        let views = ["", " --staged", " --rev=HEAD"];
        let [tree, staged, commit] =
            views.map(|view| run(folder, &format!("check --all --format={format}{view}")).transcript());
        assert_eq!(tree, staged, "the index of {}", folder.display());
        assert_eq!(tree, commit, "the commit of {}", folder.display());
    }
    run(folder, "check --format=json --rev HEAD").json()
}

fn packages(report: &Value) -> u64 {
    report["summary"]["packages"].as_u64().expect("a number")
}

/// The paths of gaps or problems.
fn paths<'r>(report: &'r Value, of: &str) -> Vec<&'r str> {
    let all = report[of].as_array().expect("a list");
    all.iter().map(|one| one["path"].as_str().expect("a path")).collect()
}

/// That a run ended as it should, and said so.
#[track_caller]
fn says(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.transcript());
    let text = run.transcript();
    // Messages are wrapped and drawn with lines.
    let flat: Vec<&str> = text.split_whitespace().filter(|word| *word != "|").collect();
    let flat = flat.join(" ");
    for words in words {
        assert!(flat.contains(words), "no `{words}` in\n{text}");
    }
}

/// Runs git with something on its input.
fn git_with(folder: &Path, arguments: &str, input: &[u8]) -> String {
    let mut git = Command::new("git")
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git runs");
    git.stdin.take().expect("an input").write_all(input).expect("written");
    let output = git.wait_with_output().expect("git ends");
    assert!(output.status.success(), "git {arguments}");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// Runs git where it has to fail.
fn git_fails(folder: &Path, arguments: &str) {
    let status = Command::new("git")
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(!status.expect("git runs").success(), "git {arguments} should fail");
}

/// Runs the binary with arguments and an environment.
fn run_in(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).env_clear().envs(environment.iter().copied());
    let output = command.output().expect("the binary runs");
    Run {
        code: output.status.code().expect("an exit code, not a signal"),
        output: String::from_utf8(output.stdout).expect("UTF-8"),
        messages: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Says why a test proves nothing on this machine.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
fn skipped(why: &str) {
    println!("skipped: {why}");
}

/// Where a loose object lies.
fn loose(folder: &Path, revision: &str) -> std::path::PathBuf {
    let id = git(folder, &format!("rev-parse {revision}"));
    folder.join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn overwrite(path: &Path, content: &[u8]) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, content).expect("written");
}

// ---- The same tree ----

#[test]
fn every_shape_of_a_repository_gives_the_same_output() {
    let shop = copied(&testdata("monorepos/shop"));
    let top = shop.path();
    commit_all(top);
    let report = same(top);
    assert!(packages(&report) > 10);
    git(top, "update-index --index-version 4");
    assert_eq!(same(top), report, "a compressed index");
    git(top, "update-index --split-index");
    write(top, "README.md", b"changed");
    git(top, "add README.md");
    git(top, "commit --quiet --message=two");
    assert_eq!(same(top), report, "an index in two parts");
    git(top, "gc --quiet");
    assert_eq!(same(top), report, "packed");
    let others = tempfile::tempdir().expect("a folder");
    let at = |name: &str| others.path().join(name);
    git(top, &format!("worktree add --quiet --detach {}", at("linked").display()));
    assert_eq!(same(&at("linked")), report, "a linked work tree, and a detached HEAD");
    git(top, &format!("clone --quiet --bare . {}", at("bare").display()));
    assert_eq!(run(&at("bare"), "check --format=json --rev main").json(), report, "bare");
    says(&run(&at("bare"), "check --rev main --since main"), 0, &["no new findings"]);
    git(&at("bare"), "worktree add --quiet ../of-bare main");
    assert_eq!(same(&at("of-bare")), report, "a work tree of a bare repository");
    git(top, &format!("clone --quiet --shared . {}", at("shared").display()));
    assert_eq!(same(&at("shared")), report, "objects that lie in another repository");
}

#[test]
fn fixtures_look_the_same_in_each_view() {
    for fixture in [
        "invalid/manifest-that-does-not-parse",
        "invalid/manifest-that-is-not-utf-8",
        "invalid/dependency-cycle",
        "rules/unshared-coupling/bad-code",
        "rules/hidden-coupling",
    ] {
        let from = testdata(fixture);
        if !from.is_dir() {
            continue;
        }
        let copy = copied(&from);
        if !copy.path().join("watertight.toml").is_file() {
            write(copy.path(), "watertight.toml", CONFIGURATION.as_bytes());
        }
        commit_all(copy.path());
        same(copy.path());
    }
}

#[test]
fn hashes_may_be_longer() {
    let folder = two_features();
    git(folder.path(), "init --quiet --object-format=sha256");
    commit_all(folder.path());
    let report = same(folder.path());
    git(folder.path(), "gc --quiet");
    assert_eq!(same(folder.path()), report);
    says(&run(folder.path(), "check --since HEAD"), 0, &["no new findings"]);
    git(folder.path(), "remote add origin https://example.com/shop.git");
    let unknown = format!("check --since {}", "12".repeat(32));
    says(&run(folder.path(), &unknown), 2, &["is no commit of this clone", "git fetch origin 1212"]);
}

#[test]
fn the_root_is_the_nearest_folder_with_a_configuration_in_that_snapshot() {
    let folder = two_features();
    let top = folder.path();
    for path in ["crates/app/Cargo.toml", "crates/base/Cargo.toml", "Cargo.toml"] {
        let content = std::fs::read(top.join(path)).expect("a file");
        write(top, &format!("sub/{path}"), &content);
        write(top, &format!("linked/{path}"), &content);
    }
    write(top, "linked/conf/here.toml", CONFIGURATION.as_bytes());
    std::os::unix::fs::symlink("conf/here.toml", top.join("linked/watertight.toml")).expect("a link");
    commit_all(top);
    let before = same(&top.join("sub/crates/app"));
    assert_eq!(packages(&before), 4 + 2, "sub has no configuration yet");
    assert_eq!(packages(&same(&top.join("linked/crates"))), 2, "a link is a configuration too");
    write(top, "sub/watertight.toml", CONFIGURATION.as_bytes());
    commit_all(top);
    assert_eq!(packages(&same(&top.join("sub/crates/app"))), 2);
    assert_eq!(packages(&run(top, "check sub --format=json --rev=HEAD~1").json()), 6);
    says(&run(top, "check sub --since=HEAD~1"), 0, &["the base has no configuration of its own"]);
}

#[test]
fn symbolic_links_are_followed_inside_and_never_out() {
    use std::os::unix::fs::symlink;
    let folder = two_features();
    let top = folder.path();
    let outside = repository(&[("Cargo.toml", &package("outside"))]);
    write(top, "real/Cargo.toml", package("linked").as_bytes());
    let out = format!("../../../{}/Cargo.toml", outside.path().file_name().expect("a name").display());
    let absolute = outside.path().join("Cargo.toml");
    for (name, target) in [
        ("inside", "../../real/Cargo.toml"),
        ("out", &*out),
        ("absolute", absolute.to_str().expect("UTF-8")),
        ("circle", "Cargo.toml"),
        ("dangling", "nothing"),
    ] {
        std::fs::create_dir(top.join("crates").join(name)).expect("a folder");
        symlink(target, top.join("crates").join(name).join("Cargo.toml")).expect("a link");
    }
    symlink("../real", top.join("crates/folder")).expect("a link");
    symlink(outside.path(), top.join("crates/folder-out")).expect("a link");
    let more = "\nlinked = { path = \"../folder\" }\noutside = { path = \"../folder-out\" }\n";
    write(top, "crates/app/Cargo.toml", format!("{USES}{more}").as_bytes());
    commit_all(top);
    let report = same(top);
    let problems = paths(&report, "problems");
    for path in ["absolute", "circle", "dangling", "out"] {
        assert!(problems.contains(&&*format!("crates/{path}/Cargo.toml")), "{path}: {problems:?}");
    }
    assert!(!problems.contains(&"crates/inside/Cargo.toml"), "{problems:?}");
    assert!(!report.to_string().contains("`outside` ("), "{report}");
    assert_eq!(packages(&report), 4, "app, base, linked, and linked through a link");
}

#[test]
fn what_git_tracks_is_there_even_if_it_is_ignored() {
    let folder = two_features();
    let top = folder.path();
    write(top, ".gitignore", b"\xef\xbb\xbfcrates/base\r\nvendor/\nt/*\n!t/kept\n");
    for name in ["vendor/tracked", "vendor/not", "t/kept", "t/not"] {
        let name = name.replace('/', "-");
        write(top, &format!("{}/Cargo.toml", name.replacen('-', "/", 1)), package(&name).as_bytes());
    }
    write(top, "t/kept/.gitignore", b"*\n");
    git(top, "init --quiet");
    git(top, "add --all");
    git(top, "add --force crates/base vendor/tracked t/kept");
    git(top, "commit --quiet --message=all");
    assert_eq!(packages(&same(top)), 4);
    // The folders around the root have their say.
    write(top, "vendor/inner/watertight.toml", CONFIGURATION.as_bytes());
    for name in ["a", "b"] {
        write(top, &format!("vendor/inner/{name}/Cargo.toml"), package(name).as_bytes());
    }
    git(top, "add --force vendor/inner/watertight.toml vendor/inner/a");
    git(top, "commit --quiet --message=inner");
    let inner = same(&top.join("vendor/inner"));
    assert_eq!(packages(&inner), 1, "the untracked one is ignored by the folder above");
}

#[test]
fn line_endings_and_marks_do_not_matter() {
    let folder = committed();
    let top = folder.path();
    git(top, "config core.autocrlf true");
    std::fs::remove_dir_all(top.join("crates")).expect("removed");
    git(top, "checkout --quiet .");
    let text = std::fs::read_to_string(top.join("crates/app/Cargo.toml")).expect("a file");
    assert!(text.contains("\r\n"), "{text:?}");
    says(&run(top, "check --since HEAD"), 0, &["no new findings"]);
    same(top);
    git(top, "config core.autocrlf false");
    for path in ["watertight.toml", "crates/app/Cargo.toml"] {
        let content = std::fs::read(top.join(path)).expect("a file");
        write(top, path, &[b"\xef\xbb\xbf", &*content].concat());
    }
    write(top, "crates/odd/Cargo.toml", b"[package]\nname = \"\xff\"\n");
    write(top, "crates/app/src/lib.rs", b"\xff\xfe\x00");
    commit_all(top);
    assert_eq!(paths(&same(top), "problems"), ["crates/odd/Cargo.toml"]);
}

#[test]
fn names_may_be_anything() {
    use std::os::unix::ffi::OsStrExt;
    let folder = two_features();
    let top = folder.path();
    for name in [":::", "a\nb", " ", "-x", "*", "tab\there", "ünï", "a\\b", "\"", "crates/ünï"] {
        write(top, &format!("{name}/Cargo.toml"), format!("{}[workspace]\n", package("odd")).as_bytes());
    }
    for name in [&b"\xff\xfe"[..], b"x\xffy"] {
        let path = top.join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir(&path).expect("a folder");
        std::fs::write(path.join("Cargo.toml"), package("unnameable")).expect("a file");
    }
    commit_all(top);
    let report = same(top);
    assert!(packages(&report) >= 12, "{report}");
    assert_eq!(report["summary"]["problems"], 2, "{report}");
}

#[test]
fn submodules_and_clones_inside_are_told_and_not_read() {
    let other = committed();
    let folder = committed();
    let top = folder.path();
    git(top, &format!("submodule --quiet add {} crates/sub", other.path().display()));
    git(top, "commit --quiet --message=sub");
    let report = same(top);
    assert_eq!(paths(&report, "gaps"), ["crates/sub"]);
    assert_eq!(packages(&report), 2);
    assert_eq!(packages(&same(&top.join("crates/sub"))), 2, "a submodule can be checked itself");
    let clone = tempfile::tempdir().expect("a folder");
    git(clone.path(), &format!("clone --quiet {} clone", top.display()));
    let clone = clone.path().join("clone");
    assert_eq!(same(&clone), report, "not initialised");
    std::fs::remove_dir(clone.join("crates/sub")).expect("removed");
    assert_eq!(same(&clone), report, "its folder is not there");
    git(&clone, &format!("clone --quiet {} crates/nested", other.path().display()));
    let nested = run(&clone, "check --format=json").json();
    assert_eq!(paths(&nested, "gaps"), ["crates/nested", "crates/sub"]);
    assert_eq!(packages(&nested), 2);
    assert!(nested["gaps"].to_string().contains("a repository of its own"), "{nested}");
    assert_eq!(run(&clone, "check --format=json --staged").json(), report);
    // What the outer repository tracks is its own, whatever lies beside it.
    std::fs::rename(clone.join("crates/nested/.git"), clone.join("crates/app/.git")).expect("moved");
    std::fs::remove_dir_all(clone.join("crates/nested")).expect("removed");
    assert_eq!(same(&clone), report);
}

#[test]
fn a_sparse_checkout_is_whole() {
    use std::os::unix::fs::symlink;
    let folder = two_features();
    let top = folder.path();
    write(top, "other/deep/x/Cargo.toml", format!("{}[workspace]\n", package("deep")).as_bytes());
    for (link, target) in [
        ("crates/app/in", "../../other/deep/x"),
        ("other/back/Cargo.toml", "../../crates/app/real.toml"),
        ("crates/app/there/Cargo.toml", "../../../other/deep/x/Cargo.toml"),
    ] {
        write(top, &format!("{link}.beside"), b"");
        symlink(target, top.join(link)).expect("a link");
    }
    write(top, "crates/app/real.toml", format!("{}[workspace]\n", package("back")).as_bytes());
    commit_all(top);
    let whole = same(top);
    assert_eq!(packages(&whole), 5, "{whole}");
    for arguments in ["--cone", "--cone --sparse-index"] {
        git(top, &format!("sparse-checkout set {arguments} crates/app"));
        assert!(!top.join("other").exists());
        assert_eq!(same(top), whole, "{arguments}");
    }
    // What is there in spite of it counts as it lies there.
    write(top, "other/deep/x/Cargo.toml", b"[package\n");
    let report = run(top, "check --format=json").json();
    assert!(paths(&report, "problems").contains(&"other/deep/x/Cargo.toml"), "{report}");
    std::fs::remove_dir_all(top.join("other")).expect("removed");
    git(top, "sparse-checkout set --no-cone /* !/crates/base/*");
    assert_eq!(same(top), whole, "patterns");
    git(top, "sparse-checkout disable");
    git(top, "update-index --skip-worktree crates/base/Cargo.toml");
    std::fs::remove_file(top.join("crates/base/Cargo.toml")).expect("removed");
    assert_eq!(same(top), whole, "a file that git was told to pass over");
}

// ---- What is staged ----

#[test]
fn what_is_staged_is_neither_the_disk_nor_the_commit() {
    let folder = committed();
    let top = folder.path();
    let without = package("app");
    write(top, "crates/app/Cargo.toml", without.as_bytes());
    says(&run(top, "check"), 0, &["0 couplings"]);
    says(&run(top, "check --staged"), 1, &["1 coupling"]);
    git(top, "add crates/app");
    write(top, "crates/app/Cargo.toml", b"[broken");
    says(&run(top, "check --staged"), 0, &["0 couplings"]);
    says(&run(top, "check --staged --since HEAD"), 0, &["gone: 1 finding"]);
    says(&run(top, "check --rev HEAD"), 1, &["1 coupling"]);
    says(&run(top, "check"), 2, &["problem"]);
    git(top, "checkout --quiet HEAD .");
    // Meant to be added, and not yet.
    write(top, "crates/new/Cargo.toml", package("new").as_bytes());
    git(top, "add --intent-to-add crates/new/Cargo.toml");
    assert_eq!(packages(&run(top, "check --format=json --staged").json()), 2);
    assert_eq!(packages(&run(top, "check --format=json").json()), 3);
    git(top, "add crates/new/Cargo.toml");
    assert_eq!(packages(&run(top, "check --format=json --staged").json()), 3);
    // Deleted there, and still on the disk.
    git(top, "rm --quiet --cached crates/new/Cargo.toml crates/app/Cargo.toml");
    assert_eq!(packages(&run(top, "check --format=json --staged").json()), 1);
    assert_eq!(packages(&run(top, "check --format=json").json()), 3);
    git(top, "reset --quiet --hard");
    // A conflict.
    git(top, "checkout --quiet -b theirs");
    write(top, "crates/base/Cargo.toml", b"[package]\nname = \"base\" # theirs\n");
    git(top, "commit --quiet --all --message=theirs");
    git(top, "checkout --quiet main");
    write(top, "crates/base/Cargo.toml", b"[package]\nname = \"base\" # ours\n");
    git(top, "commit --quiet --all --message=ours");
    git_fails(top, "-c user.name=S -c user.email=s@example.com merge theirs");
    let report = run(top, "check --format=json --staged").json();
    assert_eq!(paths(&report, "problems"), ["crates/base/Cargo.toml"]);
    assert_eq!(packages(&report), 2, "our side is read");
    says(&run(top, "check --staged --since HEAD"), 2, &["a merge left this file in conflict"]);
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let folder = two_features();
    let top = folder.path();
    git(top, "init --quiet");
    says(&run(top, "check --staged"), 2, &["no `watertight.toml`"]);
    git(top, "add --all");
    says(&run(top, "check --staged --since HEAD"), 1, &["there is no commit yet", "1 new finding"]);
    says(&run(top, "check --since HEAD"), 1, &["1 new finding"]);
    says(&run(top, "check --rev HEAD"), 2, &["there is no commit yet"]);
    says(&run(top, "check --since main"), 2, &["`main` is no commit of this clone"]);
}

// ---- Hooks ----

fn hook(folder: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("hooks").join(name);
    std::fs::create_dir_all(folder.join("hooks")).expect("a folder");
    let binary = binary().display();
    std::fs::write(&path, format!("#!/bin/sh\n{}", script.replace("watertight", &format!("'{binary}'"))))
        .expect("a hook");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

#[test]
fn a_hook_sees_what_is_about_to_be_committed() {
    let folder = two_features();
    let top = folder.path();
    write(top, "crates/app/Cargo.toml", package("app").as_bytes());
    commit_all(top);
    let log = |name: &str| std::fs::read_to_string(top.join(".git").join(name)).unwrap_or_default();
    let both = "watertight check --staged --since HEAD >.git/here 2>&1 || code=1\n\
        watertight check \"$PWD/crates\" --staged --since HEAD >.git/named 2>&1 || code=1\nexit $code\n";
    hook(&top.join(".git"), "pre-commit", both);
    write(top, "crates/app/Cargo.toml", USES.as_bytes());
    git_fails(top, "-c user.name=S -c user.email=s@example.com commit --quiet --all --message=a");
    for name in ["here", "named"] {
        assert!(log(name).contains("1 new finding"), "{name}: {}", log(name));
    }
    // Only a part is committed, which is not the part that is staged.
    git(top, "add crates/app");
    write(top, "crates/base/Cargo.toml", b"[package]\nname = \"base\" # changed\n");
    git(top, "commit --quiet --message=part crates/base/Cargo.toml");
    for name in ["here", "named"] {
        assert!(log(name).contains("no new findings"), "{name}: {}", log(name));
    }
    // Another repository is not the one that git speaks of.
    let other = committed();
    let index = top.join(".git/index");
    let index = [("GIT_INDEX_FILE", index.to_str().expect("UTF-8"))];
    let named = run_in(top, &["check", "--staged", other.path().to_str().expect("UTF-8")], &index);
    says(&named, 1, &["1 finding"]);
}

/// What a push brings lies beside the repository until its hook has agreed.
#[test]
fn a_server_hook_sees_what_a_push_brings() {
    let folder = two_features();
    let top = folder.path();
    write(top, "crates/app/Cargo.toml", package("app").as_bytes());
    commit_all(top);
    let server = tempfile::tempdir().expect("a folder");
    let bare = server.path().join("bare");
    git(top, &format!("clone --quiet --bare . {}", bare.display()));
    hook(&bare, "pre-receive", "read old new name\nwatertight check --rev $new --since $old >log 2>&1\n");
    write(top, "crates/app/Cargo.toml", USES.as_bytes());
    git(top, "commit --quiet --all --message=edge");
    for kind in ["loose", "packed"] {
        if kind == "packed" {
            git(&bare, "config receive.unpackLimit 1");
        }
        git_fails(top, &format!("push --quiet {} main", bare.display()));
        let log = std::fs::read_to_string(bare.join("log")).expect("a log");
        assert!(log.contains("1 new finding"), "{kind}: {log}");
    }
    write(top, "crates/app/Cargo.toml", package("app").as_bytes());
    git(top, "commit --quiet --all --message=mended");
    git(top, &format!("push --quiet {} main", bare.display()));
}

// ---- Commits ----

#[test]
fn a_commit_is_named_as_git_names_it() {
    let folder = committed();
    let top = folder.path();
    git(top, "commit --quiet --allow-empty --message=two");
    git(top, "tag --annotate --message=t v1.0");
    git(top, "tag a-blob HEAD:Cargo.toml");
    git(top, "tag --annotate --message=t tag-of-tree HEAD^{tree}");
    git(top, "branch feature/one");
    git(top, "remote add origin https://example.com/shop.git");
    let hash = git(top, "rev-parse HEAD");
    for name in
        ["v1.0", "v1.0^{}", "feature/one", "refs/heads/main", "@", "HEAD~1", "HEAD@{0}", &hash, &hash[..9]]
    {
        let run = run(top, &format!("check --rev={name}"));
        says(&run, 1, &["1 finding in 2 features"]);
    }
    for (name, words) in [
        ("v1.1", "did you mean `v1.0`?"),
        ("mian", "did you mean `main`?"),
        ("feature/on", "did you mean `feature/one`?"),
        ("a-blob", "`a-blob` is a blob and no commit"),
        ("HEAD:", "`HEAD:` is a tree and no commit"),
        ("HEAD:Cargo.toml", "is a blob and no commit"),
        ("tag-of-tree", "`tag-of-tree` is a tree and no commit"),
        ("main..v1.0", "is no commit of this clone"),
        ("HEAD~9", "is no commit of this clone"),
        ("HEAD~99999999999999999999", "is no commit of this clone"),
        ("HEAD^2", "is no commit of this clone"),
        ("", "is no commit of this clone"),
        ("-x", "is no commit of this clone"),
        ("@{u}", "is no commit of this clone"),
        (&"12".repeat(20), "git fetch origin 1212"),
        ("1212121", "give the whole hash"),
    ] {
        for run in [run(top, &format!("check --rev={name}")), run(top, &format!("check --since={name}"))] {
            says(&run, 2, &[words]);
            for wrong in ["origin `", "origin -", "..v1.0:"] {
                assert!(!run.messages.contains(wrong), "nobody can run this: {}", run.messages);
            }
        }
    }
    // Two objects, and one beginning of their names.
    let mut ids: Vec<String> = Vec::new();
    let twins = (0..200).find_map(|number| {
        let id = git_with(top, "hash-object -w --stdin", format!("{number}").as_bytes());
        let is_twin = ids.iter().any(|known| known[..4] == id[..4]);
        ids.push(id);
        is_twin.then(|| ids[ids.len() - 1][..4].to_owned())
    });
    if let Some(twins) = twins {
        says(
            &run(top, &format!("check --rev={twins}")),
            2,
            &[&format!("`{twins}` is no commit of this clone")],
        );
    }
}

/// As services that run checks clone: one commit, without what it is compared with.
#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let folder = two_features();
    let top = folder.path();
    write(top, "crates/app/Cargo.toml", package("app").as_bytes());
    commit_all(top);
    git(top, "checkout --quiet -b change");
    write(top, "crates/app/Cargo.toml", USES.as_bytes());
    git(top, "commit --quiet --all --message=edge");
    git(top, "checkout --quiet main");
    write(top, "README.md", b"main goes on");
    commit_all(top);
    git(top, "checkout --quiet -b merged");
    git(top, "merge --quiet --no-edit change");
    let base = git(top, "rev-parse main");
    let clones = tempfile::tempdir().expect("a folder");
    let clone = |name: &str, branch: &str| {
        let arguments = format!("clone --quiet --depth=1 --branch={branch} file://{} {name}", top.display());
        git(clones.path(), &arguments);
        clones.path().join(name)
    };
    let suggested = |run: &Run| -> String {
        let start = run.messages.find("`git fetch").expect("a command") + "`git ".len();
        let length = run.messages[start..].find('`').expect("its end");
        run.messages[start..start + length].to_owned()
    };
    // The merge commit: the base that the service names is one of its parents.
    let merge = clone("merge", "merged");
    for named in [&*base, "origin/main"] {
        let missing = run(&merge, &format!("check --since {named}"));
        says(&missing, 2, &["is no commit of this clone", "fetch it first"]);
        git(&merge, &suggested(&missing));
        says(&run(&merge, &format!("check --since {named}")), 1, &["1 new finding"]);
    }
    let short = run(&merge, "check --since other");
    says(&short, 2, &["other:refs/remotes/origin/other`, and name it `origin/other`"]);
    // The change itself: where it began is not known before more was fetched.
    let change = clone("change", "change");
    let missing = run(&change, "check --since main");
    says(&missing, 2, &["and name it `origin/main`"]);
    git(&change, &suggested(&missing));
    let near = run(&change, "check --since origin/main");
    says(&near, 1, &["1 new finding", "this clone is shallow", "`git fetch --deepen=50`"]);
    git(&change, "fetch --quiet --deepen=50");
    git(&change, "fetch --quiet --deepen=50 origin main:refs/remotes/origin/main");
    let exact = run(&change, "check --since origin/main");
    says(&exact, 1, &["1 new finding"]);
    assert!(!exact.output.contains("shallow"), "{}", exact.transcript());
    says(&run(&clone("past", "main"), "check --since HEAD~1"), 2, &["this clone is shallow", "--deepen"]);
}

#[test]
fn a_clone_without_contents_says_so_and_fetches_nothing() {
    let folder = committed();
    git(folder.path(), "config uploadpack.allowFilter true");
    let clones = tempfile::tempdir().expect("a folder");
    let origin = folder.path().display();
    git(clones.path(), &format!("clone --quiet --bare --filter=blob:none file://{origin} blobs"));
    let blobs = clones.path().join("blobs");
    let objects = || git(&blobs, "count-objects -v");
    let before = objects();
    says(&run(&blobs, "check --rev main"), 2, &["`watertight.toml`", "is not in this clone"]);
    write(clones.path(), "own.toml", CONFIGURATION.as_bytes());
    let checked = run(&blobs, "check --rev main --config ../own.toml");
    says(&checked, 2, &["crates/app/Cargo.toml", "is not in this clone", "3 problems"]);
    assert_eq!(objects(), before, "nothing was fetched");
    git(clones.path(), &format!("clone --quiet --bare --filter=tree:0 file://{origin} trees"));
    let trees = run(&clones.path().join("trees"), "check --rev main");
    says(&trees, 2, &["can't be listed", "is not in this clone"]);
    // The base is not there, and the change is.
    let work = clones.path().join("work");
    git(clones.path(), &format!("clone --quiet --filter=blob:none file://{origin} work"));
    write(&work, "crates/app/Cargo.toml", package("app").as_bytes());
    git(&work, "commit --quiet --all --message=x");
    std::fs::remove_dir_all(work.join(".git/objects/pack")).expect("removed");
    let since = run(&work, "check --since HEAD~1");
    says(&since, 2, &["`HEAD~1` is no commit of this clone"]);
}

// ---- Damage ----

/// A commit of what `committed` holds, and a crafted entry of its root.
fn crafted(folder: &Path, entries: &[(&str, &str, &str)]) -> String {
    let root = git(folder, "ls-tree HEAD");
    let own = root.lines().map(|line| {
        let (about, name) = line.split_once('\t').expect("a tab");
        let parts: Vec<&str> = about.split(' ').collect();
        (parts[0].trim_start_matches('0').to_owned(), name.to_owned(), parts[2].to_owned())
    });
    let added =
        entries.iter().map(|(mode, name, id)| ((*mode).to_owned(), (*name).to_owned(), (*id).to_owned()));
    let tree = tree(folder, &own.chain(added).collect::<Vec<_>>());
    let commit = format!("tree {tree}\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\ncrafted\n");
    git_with(folder, "hash-object -t commit -w --literally --stdin", commit.as_bytes())
}

fn tree(folder: &Path, entries: &[(String, String, String)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend(format!("{mode} {name}\0").into_bytes());
        bytes.extend(
            (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("hexadecimal")),
        );
    }
    git_with(folder, "hash-object -t tree -w --literally --stdin", &bytes)
}

fn one(mode: &str, name: &str, id: &str) -> Vec<(String, String, String)> {
    vec![(mode.to_owned(), name.to_owned(), id.to_owned())]
}

#[test]
fn crafted_trees_are_told_and_lead_nowhere() {
    let folder = committed();
    let top = folder.path();
    let check = |entries: &[(&str, &str, &str)]| run(top, &format!("check --rev {}", crafted(top, entries)));
    let manifest = git_with(top, "hash-object -w --stdin", package("crafted").as_bytes());
    let sound = tree(top, &one("100644", "Cargo.toml", &manifest));
    for name in ["..", "a/b", "", "."] {
        let refused = check(&[("100644", name, &manifest)]);
        says(&refused, 2, &["can't be listed", "names a file as git does not allow"]);
        let inner = tree(top, &one("40000", name, &sound));
        says(
            &check(&[("40000", "inner", &inner)]),
            1,
            &["inner: what lies here could not be listed", "1 finding"],
        );
    }
    let inside = check(&[("40000", ".git", &sound)]);
    says(&inside, 1, &["2 packages"]);
    for (entry, words) in [
        (("40000", "wrong", &*manifest), "wrong: what lies here could not be listed"),
        (("40000", "wrong", &*git(top, "rev-parse HEAD")), "is a commit and no tree"),
        (("40000", "wrong", &*"12".repeat(20)), "is not in this clone"),
    ] {
        says(&check(&[entry]), 1, &[words, "1 problem"]);
    }
    for (mode, id, words) in [
        ("100644", &*sound, "this is no regular file"),
        ("100644", &*"12".repeat(20), "is not in this clone"),
        ("120000", &*sound, "this is no regular file"),
    ] {
        let inner = tree(top, &one(mode, "Cargo.toml", id));
        says(&check(&[("40000", "wrong", &inner)]), 1, &[words]);
    }
    for length in [5_000, 20_000_000] {
        let target = git_with(top, "hash-object -w --stdin", "x/".repeat(length / 2).as_bytes());
        let inner = tree(top, &one("120000", "Cargo.toml", &target));
        says(
            &check(&[("40000", "link", &inner)]),
            1,
            &["link/Cargo.toml: this is no regular file", "1 problem"],
        );
    }
    let twice = [("40000", "twice", &*sound), ("40000", "twice", &*sound), ("100644", "twice", &*manifest)];
    says(&check(&twice), 1, &["3 packages"]);
    let mut deep = sound;
    for _ in 0..12 {
        deep = tree(top, &one("40000", &"d".repeat(400), &deep));
    }
    says(&check(&[("40000", "deep", &deep)]), 1, &["1 problem", "makes a path of more than 4096 bytes"]);
}

/// A few objects that describe a tree of billions of files.
#[test]
fn a_bomb_of_trees_ends_soon() {
    let folder = committed();
    let top = folder.path();
    let manifest = git_with(top, "hash-object -w --stdin", package("bomb").as_bytes());
    for (width, levels, length) in [(10, 12, 1), (20_000, 2, 5)] {
        let mut next = tree(top, &one("100644", "Cargo.toml", &manifest));
        for _ in 0..levels {
            let entries =
                (0..width).map(|number| ("40000".to_owned(), format!("{number:0length$}"), next.clone()));
            next = tree(top, &entries.collect::<Vec<_>>());
        }
        let commit = crafted(top, &[("40000", "bomb", &next)]);
        let start = Instant::now();
        let run = bounded(top, &["check", "--rev", &commit]);
        says(&run, 2, &["what lies here could not be listed", "256 MiB"]);
        assert!(start.elapsed() < Duration::from_secs(30), "{width} {levels}: {:?}", start.elapsed());
    }
}

/// Runs with 2 GiB of memory at most, where that can be said.
fn bounded(folder: &Path, arguments: &[&str]) -> Run {
    let limit = "ulimit -v 2097152 2>/dev/null; exec \"$0\" \"$@\"";
    let output = Command::new("/bin/sh")
        .args(["-c", limit])
        .arg(binary())
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the binary runs");
    Run {
        code: output.status.code().expect("an exit code, not a signal"),
        output: String::from_utf8(output.stdout).expect("UTF-8"),
        messages: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// What becomes of the bytes of a sound file.
type Damage = fn(&[u8]) -> Vec<u8>;

#[test]
fn a_damaged_object_is_told() {
    let folder = committed();
    let top = folder.path();
    let damages: [(&str, Damage); 4] = [
        ("cut", |sound| sound[..sound.len() / 2].to_vec()),
        ("empty", |_| Vec::new()),
        ("noise", |_| (0..=255).collect()),
        ("flipped", |sound| {
            sound.iter().enumerate().map(|(at, byte)| if at == 12 { !byte } else { *byte }).collect()
        }),
    ];
    for revision in ["HEAD:crates/base/Cargo.toml", "HEAD:crates", "HEAD^{tree}", "HEAD"] {
        let path = loose(top, revision);
        let sound = std::fs::read(&path).expect("an object");
        for (what, damage) in damages {
            overwrite(&path, &damage(&sound));
            let commit = run(top, "check --rev HEAD");
            says(&commit, 2, &[]);
            for wrong in ["write `watertight.toml`", "git fetch origin HEAD", "rev-spec"] {
                assert!(!commit.transcript().contains(wrong), "{revision} {what}: {}", commit.transcript());
            }
            assert!(commit.transcript().contains("can't be read") || commit.transcript().contains("listed"));
            says(&run(top, "check"), 1, &["1 finding in"]);
            let since = run(top, "check --since HEAD");
            if revision == "HEAD:crates/base/Cargo.toml" {
                says(&since, 0, &["no new findings"]);
                says(
                    &run(top, "check --staged"),
                    2,
                    &["crates/base/Cargo.toml: the file can't be read", "1 problem"],
                );
                says(&run(top, "check --staged --since HEAD"), 2, &["can't be read"]);
            } else {
                says(&since, 2, &["can't be read"]);
                says(&run(top, "check --staged"), 1, &["1 finding in"]);
            }
        }
        overwrite(&path, &sound);
    }
}

#[test]
fn a_damaged_pack_is_told() {
    let folder = committed();
    let top = folder.path();
    git(top, "gc --quiet");
    let packs = top.join(".git/objects/pack");
    let files: Vec<_> =
        std::fs::read_dir(&packs).expect("packs").map(|entry| entry.expect("an entry").path()).collect();
    let ending = |ending: &str| {
        files.iter().find(|path| path.extension().is_some_and(|it| it == ending)).expect("one")
    };
    for (ending, keep) in [("pack", 12), ("pack", 200), ("pack", 400), ("idx", 1000), ("idx", 0)] {
        let path = files.iter().find(|path| path.extension().is_some_and(|it| it == ending)).expect("one");
        let sound = std::fs::read(path).expect("a file");
        overwrite(path, &sound[..keep.min(sound.len())]);
        for arguments in ["check --rev HEAD", "check --since HEAD", "check --staged"] {
            let run = run(top, arguments);
            says(&run, 2, &[]);
            let text = run.transcript();
            assert!(!text.contains("write `watertight.toml`") && !text.contains("fetch origin"), "{text}");
        }
        says(&run(top, "check"), 1, &["1 finding in"]);
        overwrite(path, &sound);
    }
    overwrite(ending("pack"), &[0xff; 5000]);
    says(&run(top, "check --rev HEAD"), 2, &["can't be read"]);
}

#[test]
fn a_damaged_index_or_repository_is_told() {
    let folder = committed();
    let top = folder.path();
    let index = top.join(".git/index");
    let sound = std::fs::read(&index).expect("an index");
    let mut version = sound.clone();
    version[7] = 9;
    for damaged in [&sound[..200], &sound[..5], &[], &[7; 300], &sound[..sound.len() - 20], &version] {
        overwrite(&index, damaged);
        let staged = run(top, "check --staged");
        says(&staged, 2, &["the index of git can't be read", "git fsck"]);
        says(&run(top, "check"), 1, &["the index of git can't be read", "1 finding, 1 problem"]);
        says(&run(top, "check --rev HEAD"), 1, &["1 finding in"]);
    }
    std::fs::remove_file(&index).expect("removed");
    std::fs::create_dir(&index).expect("a folder");
    says(&run(top, "check --staged"), 2, &["the index of git can't be read"]);
    std::fs::remove_dir(&index).expect("removed");
    overwrite(&index, &sound);
    for (file, content) in
        [("HEAD", "noise\n"), ("HEAD", &*format!("{}\n", "12".repeat(20))), ("config", "[[[\n")]
    {
        let path = top.join(".git").join(file);
        let before = std::fs::read(&path).expect("a file");
        overwrite(&path, content.as_bytes());
        says(&run(top, "check"), 1, &["1 finding in"]);
        says(&run(top, "check --rev HEAD"), 2, &["can't be read"]);
        says(&run(top, "check --since HEAD"), 2, &["can't be read"]);
        overwrite(&path, &before);
    }
    std::fs::remove_dir_all(top.join(".git")).expect("removed");
    for garbage in [None, Some("noise"), Some("gitdir: /nonexistent/x")] {
        match garbage {
            None => std::fs::create_dir(top.join(".git")).expect("a folder"),
            Some(text) => {
                let _ = std::fs::remove_dir_all(top.join(".git"));
                overwrite(&top.join(".git"), text.as_bytes());
            }
        }
        says(&run(top, "check"), 1, &["1 finding in"]);
        says(&run(top, "check --staged"), 2, &["the git repository of `.` can't be read"]);
        says(&run(top, "check --rev HEAD"), 2, &["the git repository of `.` can't be read"]);
        says(&run(top, "check --since HEAD"), 2, &["compares with a commit"]);
    }
    std::fs::remove_file(top.join(".git")).expect("removed");
    says(&run(top, "check"), 1, &["1 finding in"]);
    says(&run(top, "check --staged"), 2, &["no git repository"]);
    says(&run(top, "check --since HEAD"), 2, &["there is no git repository here"]);
}

#[test]
fn references_that_cannot_be_read_are_no_missing_commit() {
    let folder = two_features();
    let top = folder.path();
    let made =
        Command::new("git").args(["init", "--quiet", "--ref-format=reftable"]).current_dir(top).output();
    if !made.expect("git runs").status.success() {
        return;
    }
    commit_all(top);
    says(&run(top, "check"), 1, &["1 finding in"]);
    says(&run(top, "check --staged"), 1, &["1 finding in"]);
    says(&run(top, "check --since HEAD"), 2, &["reftable", "git refs migrate"]);
    says(&run(top, "check --rev HEAD"), 2, &["reftable", "git refs migrate"]);
    says(&run(top, &format!("check --rev {}", git(top, "rev-parse HEAD"))), 1, &["1 finding in"]);
}

/// Git refuses to run what somebody else's repository configures. Nothing is run here, so it can be read.
#[test]
fn whose_repository_it_is_does_not_matter() {
    let folder = committed();
    let top = folder.path();
    let changed = Command::new("chown").args(["-R", "12345:12345"]).arg(top).output();
    if !changed.is_ok_and(|output| output.status.success()) {
        skipped("only root can give a folder away");
        return;
    }
    same(top);
    says(&run(top, "check --since HEAD"), 0, &["no new findings"]);
}

#[test]
fn no_process_is_started_and_no_network_used() {
    let folder = committed();
    let top = folder.path();
    let run = |arguments: &str| {
        Command::new("strace")
            .args(["-f", "-qq", "-o", "trace", "-e", "trace=execve,connect,socket,fork,vfork"])
            .arg(binary())
            .args(arguments.split(' '))
            .current_dir(top)
            .output()
    };
    if !run("--version").is_ok_and(|output| output.status.success()) {
        skipped("there is no strace here, or it is not allowed");
        return;
    }
    for arguments in
        ["check", "check --staged", "check --rev HEAD", "check --since HEAD", "check --since nothing"]
    {
        run(arguments).expect("strace runs");
        let trace = std::fs::read_to_string(top.join("trace")).expect("a trace");
        // Of a thread that ends while strace still turns to it, strace knows no call at all.
        let calls = trace.lines().filter(|line| !line.ends_with(" ???( <detached ...>"));
        assert_eq!(calls.count(), 1, "only the binary itself: {trace}");
    }
}

// ---- Files that can't be written ----

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_damages_nothing() {
    let folder = committed();
    let top = folder.path();
    std::fs::create_dir(top.join("folder")).expect("a folder");
    for path in ["/dev/full", "nothing/report.json", "folder", "/proc/report.json", "Cargo.toml/report.json"]
    {
        let run = run(top, &format!("check --report json={path}"));
        says(&run, 2, &[&format!("error: `{path}` can't be written")]);
    }
    let full = Command::new("/bin/sh")
        .args(["-c", "exec \"$0\" check >/dev/full"])
        .arg(binary())
        .current_dir(top)
        .output()
        .expect("the binary runs");
    assert_eq!(full.status.code(), Some(2), "{}", String::from_utf8_lossy(&full.stderr));
    assert!(String::from_utf8_lossy(&full.stderr).contains("can't be written"));
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = committed();
    let top = folder.path();
    let disk = top.join("disk");
    std::fs::create_dir(&disk).expect("a folder");
    let mount = |arguments: &[&str]| {
        let done = Command::new("mount").args(arguments).arg(&disk).output();
        done.is_ok_and(|output| output.status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=32k", "tmpfs"]) {
        skipped("only root can mount a small disk");
        return;
    }
    let result = std::panic::catch_unwind(|| {
        std::fs::write(disk.join("report.json"), "old").expect("written");
        std::fs::write(disk.join("fill"), vec![0; 28 * 1024]).expect("written");
        says(&run(top, "check --report json=disk/report.json"), 2, &["can't be written"]);
        assert_eq!(std::fs::read_to_string(disk.join("report.json")).expect("a file"), "old");
        assert_eq!(std::fs::read_dir(&disk).expect("a folder").count(), 2, "nothing is left behind");
        std::fs::remove_file(disk.join("fill")).expect("removed");
        says(&run(top, "check --report json=disk/report.json"), 1, &[]);
        assert!(mount(&["-o", "remount,ro"]));
        let before = std::fs::read(disk.join("report.json")).expect("a file");
        says(&run(top, "check --report json=disk/report.json"), 2, &["can't be written"]);
        assert_eq!(std::fs::read(disk.join("report.json")).expect("a file"), before);
    });
    let unmounted = Command::new("umount").arg(&disk).status().expect("umount runs");
    assert!(unmounted.success());
    if let Err(panic) = result {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn a_baseline_is_whole_whenever_its_writer_is_killed() {
    let folder = committed();
    let top = folder.path();
    let file = top.join("watertight-baseline.toml");
    assert_eq!(run(top, "baseline").code, 0);
    let new = std::fs::read_to_string(&file).expect("a baseline");
    let old = new.replace("there before the gate", &"another reason, ".repeat(2000));
    assert_ne!(old, new);
    let took = {
        let start = Instant::now();
        assert_eq!(run(top, "baseline --dry-run").code, 0);
        start.elapsed()
    };
    let mut seen = [0, 0];
    for number in 0..30_u32 {
        let has_old = number % 2 == 0;
        match has_old {
            true => std::fs::write(&file, &old).expect("written"),
            false => std::fs::remove_file(&file).unwrap_or_default(),
        }
        let mut child = Command::new(binary())
            .args(["baseline"])
            .current_dir(top)
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        std::thread::sleep(took * number / 22);
        child.kill().expect("killed");
        child.wait().expect("ended");
        match std::fs::read_to_string(&file) {
            Ok(text) if text == new => seen[1] += 1,
            Ok(text) if has_old && text == old => seen[0] += 1,
            Err(_) if !has_old => seen[0] += 1,
            other => panic!("neither the old file nor the new one: {other:?}"),
        }
    }
    assert!(seen[0] > 0, "killed before it was written at least once: {seen:?}");
}
