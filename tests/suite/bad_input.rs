//! Input that can't be read: a problem that points at it, and everything else still checked.

use std::path::Path;

use crate::watertight::{Run, copied, folders, name, repository, run, testdata, write};

/// What every broken fixture is checked with: its two sound packages are two features.
const CONFIGURATION: &str = "[features.app]\npaths = [\"crates/app\"]\n\n[features.base]\npaths = [\"crates/base\"]\n\n\
    [rules]\nunassigned-unit = \"off\"\nunmatched-selector = \"off\"\n";

fn check(folder: &Path) -> Run {
    write(folder, "watertight.toml", CONFIGURATION.as_bytes());
    run(folder, "check")
}

#[test]
fn each_broken_fixture_is_reported_and_the_rest_is_checked() {
    for fixture in folders(&testdata("invalid")) {
        let copy = copied(&fixture);
        let graph = run(copy.path(), "graph --level packages --format json .");
        assert_eq!(graph.code, 2, "{}: {}", name(&fixture), graph.transcript());
        let graph = graph.json();
        let couplings = graph["couplings"].as_array().expect("couplings");
        let is_sound = |coupling: &&serde_json::Value| {
            coupling["from"] == "package:app" && coupling["to"] == "package:base"
        };
        assert_eq!(couplings.iter().filter(is_sound).count(), 1, "{}: app -> base is lost", name(&fixture));
        insta::assert_snapshot!(format!("broken-{}", name(&fixture)), check(copy.path()).transcript());
    }
}

/// A workspace of two packages, one of which uses the other.
fn sound() -> tempfile::TempDir {
    repository(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n"),
        (
            "crates/app/Cargo.toml",
            "[package]\nname = \"app\"\n\n[dependencies]\nbase = { path = \"../base\" }\n",
        ),
        ("crates/app/src/lib.rs", ""),
        ("crates/base/Cargo.toml", "[package]\nname = \"base\"\n"),
        ("crates/base/src/lib.rs", ""),
    ])
}

#[test]
fn problems_alone_exit_with_2_and_with_findings_with_1() {
    let folder = sound();
    assert_eq!(check(folder.path()).code, 1);
    write(folder.path(), "crates/base/Cargo.toml", b"[package\nname = 1");
    let run = check(folder.path());
    assert_eq!(run.code, 2, "{}", run.transcript());
    write(folder.path(), "crates/base/Cargo.toml", b"[package]\nname = \"base\"\n");
    write(folder.path(), "crates/broken/Cargo.toml", b"[package\nname = 1");
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(run.output.contains("problem"), "{}", run.transcript());
}

#[test]
fn what_is_broken_on_purpose_can_be_excluded_and_is_counted() {
    let folder = sound();
    write(folder.path(), "testdata/broken/Cargo.toml", b"[package\nname = 1");
    write(
        folder.path(),
        "watertight.toml",
        b"[shared]\npaths = [\"crates\"]\n\n[scan]\nexclude = [\"testdata\"]\n",
    );
    let run = run(folder.path(), "check");
    assert_eq!(run.code, 0, "{}", run.transcript());
    assert!(run.output.contains("1 file excluded"), "{}", run.transcript());
}

#[test]
fn a_huge_manifest_is_a_problem_and_is_not_read() {
    let folder = sound();
    let file = folder.path().join("crates/huge/Cargo.toml");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    // Sparse: 100 MB that take no room on the disk.
    std::fs::File::create(file).expect("a file").set_len(100_000_000).expect("a size");
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(
        run.output.contains("the file has 100000000 bytes; at most 16 MiB are read"),
        "{}",
        run.transcript()
    );
}

#[test]
fn deep_nesting_and_long_lines_end_in_a_problem() {
    let folder = sound();
    write(folder.path(), "crates/deep/Cargo.toml", format!("x = {}", "[".repeat(200_000)).as_bytes());
    write(folder.path(), "crates/dotted/Cargo.toml", format!("{}x = 1", "a.".repeat(200_000)).as_bytes());
    write(
        folder.path(),
        "crates/long/Cargo.toml",
        format!("[package]\nname = \"{}\"", "n".repeat(2_000_000)).as_bytes(),
    );
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.messages);
    assert!(run.output.contains("crates/deep/Cargo.toml"), "no problem is told");
}

#[test]
fn names_from_the_repository_can_not_control_the_terminal() {
    let folder = sound();
    let evil = "[package]\nname = \"app\"\n\n[target.\"\\u001b[31mred\\u202e\".dependencies]\nbase = { path = \"../base\" }\n";
    write(folder.path(), "crates/app/Cargo.toml", evil.as_bytes());
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.transcript());
    assert!(!run.output.contains(['\u{1b}', '\u{202e}']), "{:?}", run.output);
    assert!(run.output.contains("red"), "{}", run.transcript());
}

#[test]
fn long_globs_and_deep_platforms_are_refused() {
    let folder = sound();
    let members = format!("[workspace]\nmembers = [\"crates/*\", \"{}\"]\n", "?".repeat(300_000));
    write(folder.path(), "Cargo.toml", members.as_bytes());
    let deep = format!("cfg({}unix{})", "not(".repeat(100_000), ")".repeat(100_000));
    let app = format!(
        "[package]\nname = \"app\"\n[target.\"{deep}\".dependencies]\nbase = {{ path = \"../base\" }}\n"
    );
    write(folder.path(), "crates/app/Cargo.toml", app.as_bytes());
    assert_eq!(check(folder.path()).code, 1);
    assert_eq!(run(folder.path(), "graph . --build-sets").code, 2);
    let long = format!("[features.a]\napis = [\"{0}\"]\npaths = [\"{0}\"]\n", "?".repeat(200_000));
    write(folder.path(), "watertight.toml", long.as_bytes());
    assert_eq!(run(folder.path(), "check").code, 2);
}

#[test]
fn a_checksum_beside_a_package_of_ours_hides_nothing() {
    let folder = sound();
    write(folder.path(), "crates/base/.cargo-checksum.json", b"{}");
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.transcript());
}

#[test]
fn a_library_that_git_ignores_keeps_its_couplings() {
    let folder = sound();
    write(folder.path(), ".gitignore", b"crates/base/src/lib.rs\n");
    let run = check(folder.path());
    assert_eq!(run.code, 1, "{}", run.transcript());
}

#[test]
fn a_misspelt_source_of_a_dependency_is_a_problem() {
    let folder = sound();
    let app = b"[package]\nname = \"app\"\n[dependencies]\nbase.worksapce = true\nother = {}\n";
    write(folder.path(), "crates/app/Cargo.toml", app);
    let run = check(folder.path());
    assert_eq!(run.code, 2, "{}", run.transcript());
    assert!(run.output.contains("did you mean `workspace`?"), "{}", run.transcript());
    assert!(run.output.contains("`other` names neither a version nor a place"), "{}", run.transcript());
}

#[cfg(unix)]
mod on_unix {
    use super::{check, sound};
    use crate::watertight::{run, write};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn loops_of_links_and_links_that_lead_out_are_not_followed() {
        let folder = sound();
        let outside = tempfile::tempdir().expect("a folder");
        write(outside.path(), "secret/Cargo.toml", b"[package]\nname = \"secret\"\n");
        symlink("..", folder.path().join("crates/loop")).expect("a link");
        symlink(outside.path().join("secret"), folder.path().join("crates/out")).expect("a link");
        write(folder.path(), "crates/file/src/lib.rs", b"");
        let manifest = folder.path().join("crates/file/Cargo.toml");
        symlink(outside.path().join("secret/Cargo.toml"), manifest).expect("a link");
        check(folder.path());
        let run = run(folder.path(), "check --format json");
        let report = run.json();
        assert_eq!((run.code, &report["summary"]["packages"]), (1, &serde_json::json!(2)), "{report:#}");
        let problems = report["problems"].as_array().expect("problems");
        assert_eq!(problems.len(), 1, "{report:#}");
        assert_eq!(problems[0]["path"], "crates/file/Cargo.toml");
        assert!(!run.transcript().contains("secret"), "{report:#}");
    }

    #[test]
    fn a_link_to_a_file_inside_is_a_file() {
        let folder = sound();
        write(folder.path(), "shared/manifest.toml", b"[package]\nname = \"linked\"\n");
        write(folder.path(), "crates/linked/src/lib.rs", b"");
        let manifest = folder.path().join("crates/linked/Cargo.toml");
        symlink("../../shared/manifest.toml", manifest).expect("a link");
        let run = check(folder.path());
        assert!(run.output.contains("3 packages"), "{}", run.transcript());
    }

    #[test]
    fn a_pipe_named_like_a_manifest_does_not_hang() {
        let folder = sound();
        std::fs::create_dir_all(folder.path().join("crates/pipe")).expect("a folder");
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join("crates/pipe/Cargo.toml"))
            .status()
            .expect("mkfifo runs");
        assert!(made.success());
        let run = check(folder.path());
        assert_eq!(run.code, 1, "{}", run.transcript());
        assert!(run.output.contains("no regular file"), "{}", run.transcript());
    }

    #[test]
    fn an_ignore_file_that_never_ends_is_not_read() {
        let folder = sound();
        symlink("/dev/zero", folder.path().join("crates/.gitignore")).expect("a link");
        assert_eq!(check(folder.path()).code, 1);
    }

    #[test]
    fn a_report_that_can_not_be_written_is_no_green() {
        let folder = sound();
        write(folder.path(), "watertight.toml", b"[shared]\npaths = [\"crates\"]\n");
        let full = std::path::Path::new("/dev/full");
        if !full.exists() {
            return;
        }
        let status = std::process::Command::new(crate::watertight::binary())
            .arg("check")
            .current_dir(folder.path())
            .stdout(std::fs::OpenOptions::new().write(true).open(full).expect("a device"))
            .status()
            .expect("it runs");
        assert_eq!(status.code(), Some(2));
    }

    #[test]
    fn a_folder_that_can_not_be_read_is_a_problem() {
        let folder = sound();
        write(folder.path(), "crates/closed/Cargo.toml", b"[package]\nname = \"closed\"\n");
        let closed = folder.path().join("crates/closed");
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).expect("permissions");
        let is_root = std::fs::read_dir(&closed).is_ok();
        let run = run(folder.path(), "graph --level packages --format json .");
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        if is_root {
            // Nothing is closed to the super user: then the folder is simply read.
            assert_eq!(run.code, 0, "{}", run.transcript());
        } else {
            assert_eq!(run.code, 2, "{}", run.transcript());
            assert!(run.output.contains("could not be listed"), "{}", run.transcript());
        }
    }

    // Other systems refuse such a name.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_manifest_under_a_path_that_is_not_utf_8_is_a_problem() {
        use std::os::unix::ffi::OsStrExt;
        let folder = sound();
        let odd = folder.path().join("crates").join(std::ffi::OsStr::from_bytes(b"odd-\xff"));
        std::fs::create_dir_all(&odd).expect("a folder");
        std::fs::write(odd.join("Cargo.toml"), "[package]\nname = \"odd\"\n").expect("a file");
        let run = check(folder.path());
        assert!(run.output.contains("is not UTF-8, so it is not read"), "{}", run.transcript());
    }
}
