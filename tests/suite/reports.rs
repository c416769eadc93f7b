//! The formats of a report on the sample monorepo, and the files that they go to.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::watertight::{Run, binary, repository, run, testdata};

fn shop(arguments: &str) -> Run {
    run(&testdata("monorepos/shop"), arguments)
}

/// Whether a document is what a schema says.
fn assert_valid(schema: &str, document: &str) {
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let validator = jsonschema::validator_for(&parse(schema)).expect("a schema");
    let document = parse(document);
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_sample_is_told_in_every_format() {
    for format in ["sarif", "github", "gitlab", "junit", "markdown", "compact"] {
        let run = shop(&format!("check --format {format}"));
        assert_eq!((run.code, run.messages.as_str()), (1, ""), "{}", run.transcript());
        // The rules of a SARIF log are the documents that `explain` shows.
        let shown = match format {
            "sarif" => {
                let mut log = run.json();
                let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
                assert!(rules.as_array().expect("rules").iter().all(|rule| {
                    rule["help"]["markdown"].as_str().is_some_and(|help| help.contains("## How to fix it"))
                }));
                for result in log["runs"][0]["results"].as_array_mut().expect("results") {
                    // Its number changes with each rule that there is more.
                    let index = result["ruleIndex"].take().as_u64().expect("a number");
                    assert_eq!(rules[usize::try_from(index).expect("small")]["id"], result["ruleId"]);
                }
                serde_json::to_string_pretty(&log).expect("JSON")
            }
            _ => run.output,
        };
        insta::assert_snapshot!(format, shown);
    }
}

const CART: (&str, &str) = ("cart/Cargo.toml", "[package]\nname = \"cart\"\n");
const CART_CODE: (&str, &str) = ("cart/src/lib.rs", "");

#[test]
fn json_is_what_its_schema_says_and_the_schema_is_documented() {
    let schema = shop("schema");
    assert_eq!((schema.code, schema.messages.as_str()), (0, ""));
    assert_valid(&schema.output, &shop("check --format json").output);
    let broken = repository(&[
        ("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n"),
        ("cart/Cargo.toml", "[package\n"),
    ]);
    assert_valid(&schema.output, &run(broken.path(), "check --format json").output);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.schema.json");
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        written, schema.output,
        "docs/report.schema.json is out of date: `cargo run -- schema > docs/report.schema.json`"
    );
}

#[test]
fn a_clean_run_has_a_case_that_passes() {
    let clean = repository(&[("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n"), CART, CART_CODE]);
    let run = run(clean.path(), "check --format junit");
    assert_eq!(run.code, 0);
    let report = quick_junit::Report::deserialize_from_str(&run.output).expect("JUnit XML");
    assert_eq!((report.tests, report.failures, report.errors), (1, 0, 0), "{}", run.output);
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn several_reports_go_to_files_and_one_line_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = testdata("monorepos/shop");
    let arguments = format!("check {} --report sarif=out.sarif --report markdown=comment.md", shop.display());
    let files_only = run(folder.path(), &arguments);
    assert_eq!(
        files_only.transcript(),
        "--- stderr ---\n11 findings, 5 warnings in 5 features, 17 packages, 11 services, 121 couplings; independence 9 of \
         20 (45 %); written to `out.sarif`, `comment.md`\n--- exit 1 ---\n"
    );
    assert_eq!(read(folder.path(), "out.sarif"), run(&shop, "check --format sarif").output);
    assert_eq!(read(folder.path(), "comment.md"), run(&shop, "check --format markdown").output);
    // Nothing else is left behind.
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2);
    let both = run(folder.path(), &format!("{arguments} --format json"));
    assert_eq!(both.output, run(&shop, "check --format json").output);
    assert_eq!(both.messages, "");
    let without_path = run(folder.path(), &format!("{arguments} --report compact"));
    assert_eq!(without_path.output, run(&shop, "check --format compact").output);
}

#[test]
fn two_reports_can_not_share_a_place() {
    for arguments in ["check --format json --report compact", "check --report json --report compact"] {
        let run = shop(arguments);
        assert_eq!((run.code, run.output.as_str()), (2, ""));
        assert!(
            run.messages.starts_with("error: two reports want the standard output\n"),
            "{}",
            run.messages
        );
    }
    let same = shop("check --report json=out --report compact=out");
    assert_eq!((same.code, same.output.as_str()), (2, ""));
    assert!(same.messages.starts_with("error: two reports want `out`\n"), "{}", same.messages);
    let spelt = shop("check --report json=out --report compact=./out");
    assert!(spelt.code == 2 && spelt.messages.starts_with("error: two reports want"), "{}", spelt.messages);
    for wrong in ["--report yaml=out", "--report json="] {
        let run = shop(&format!("check {wrong}"));
        assert_eq!((run.code, run.output.as_str()), (2, ""), "{}", run.transcript());
    }
}

#[test]
fn a_report_that_can_not_be_written_is_an_error_and_the_others_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = testdata("monorepos/shop");
    std::fs::create_dir(folder.path().join("taken")).expect("a folder");
    for bad in ["missing/out.json", "taken"] {
        let arguments = format!("check {} --report json={bad} --report compact=out.txt", shop.display());
        let run = run(folder.path(), &arguments);
        assert_eq!((run.code, run.output.as_str()), (2, ""), "{}", run.transcript());
        assert!(run.messages.starts_with(&format!("error: `{bad}` can't be written: ")), "{}", run.messages);
        assert!(run.messages.ends_with("; written to `out.txt`\n"), "{}", run.messages);
        assert_eq!(read(folder.path(), "out.txt").lines().count(), 16);
        std::fs::remove_file(folder.path().join("out.txt")).expect("removed");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_and_a_device_stays_one() {
    let full = shop("check --report json=/dev/full --format compact");
    assert_eq!(full.code, 2);
    assert!(
        full.messages.starts_with("error: `/dev/full` can't be written: No space left"),
        "{}",
        full.messages
    );
    assert_eq!(full.output.lines().count(), 16);
    let null = shop("check --report json=/dev/null");
    assert_eq!(null.code, 1, "{}", null.transcript());
    let is_file = std::fs::metadata("/dev/null").expect("a device").is_file();
    assert!(!is_file);
    // What goes to a pipe arrives there.
    let piped = shop("check --report compact=/dev/stdout");
    assert_eq!(piped.output, shop("check --format compact").output);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_a_link_keeps_leading_to_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let shop = testdata("monorepos/shop");
    let mode = |name: &str| folder.path().join(name).metadata().expect("a file").permissions().mode() & 0o777;
    let write = || run(folder.path(), &format!("check {} --report json=out.json", shop.display()));
    write();
    assert_eq!(mode("out.json") & 0o600, 0o600);
    let real = folder.path().join("real.json");
    std::fs::write(&real, "old").expect("a file");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("a mode");
    std::fs::remove_file(folder.path().join("out.json")).expect("removed");
    symlink("real.json", folder.path().join("out.json")).expect("a link");
    assert_eq!(write().code, 1);
    assert!(folder.path().join("out.json").symlink_metadata().expect("a link").is_symlink());
    assert_eq!(mode("real.json"), 0o640);
    assert!(read(folder.path(), "real.json").starts_with("{\n"));
    // What is protected from writing stays what it is.
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o444)).expect("a mode");
    std::fs::remove_file(folder.path().join("out.json")).expect("removed");
    let refused = run(folder.path(), &format!("check {} --report compact=real.json", shop.display()));
    assert_eq!(refused.code, 2, "{}", refused.transcript());
    assert!(read(folder.path(), "real.json").starts_with("{\n"));
}

#[test]
fn the_summary_of_a_job_is_appended_where_github_wants_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = folder.path().join("summary.md");
    std::fs::write(&summary, "# Before\n").expect("a file");
    let check = |arguments: &[&str]| {
        let mut command = Command::new(binary());
        command.arg("check").args(arguments).current_dir(testdata("monorepos/shop")).env_clear();
        command.env("GITHUB_STEP_SUMMARY", &summary).output().expect("the binary runs")
    };
    // Nobody asked for it.
    check(&["--format", "json"]);
    assert_eq!(read(folder.path(), "summary.md"), "# Before\n");
    let run = check(&["--format", "github"]);
    assert_eq!(run.status.code(), Some(1));
    let written = read(folder.path(), "summary.md");
    assert!(written.starts_with("# Before\n### Not watertight: 11 findings, 5 warnings\n"), "{written}");
    std::fs::write(&summary, "x".repeat(1024 * 1024)).expect("a file");
    let run = check(&["--format", "github"]);
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(read(folder.path(), "summary.md").len(), 1024 * 1024);
}
