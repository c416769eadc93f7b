//! `init`: from a repository in which nothing is declared to a gate that is green, and red for the first new coupling.

use std::collections::BTreeMap;
use std::path::Path;

use crate::watertight::{Run, commit_all, copied, folders, git, name, repository, run, testdata, write};

const CONFIGURATION: &str = "watertight.toml";

fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text of every file, by its path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(at) = pending.pop() {
        for entry in std::fs::read_dir(at).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => pending.push(path),
                false => {
                    let content = std::fs::read(&path).expect("a file");
                    found.insert(path.display().to_string(), content);
                }
            }
        }
    }
    found
}

/// What is proposed, without the comments that teach.
fn proposed(folder: &Path) -> String {
    let shown = run(folder, "init --stdout .");
    assert_eq!((shown.code, shown.messages.as_str()), (0, ""), "{}", shown.transcript());
    let lines = shown.output.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Does what the last lines of `init` say.
fn follow(folder: &Path, told: &Run) {
    let (_, edit) = told
        .output
        .split_once("To see it fail, add this to ")
        .unwrap_or_else(|| panic!("{}", told.transcript()));
    let (_, edit) = edit.split_once('`').expect("a file");
    let (file, rest) = edit.split_once('`').expect("a file");
    let lines: String =
        rest.lines().filter_map(|line| line.strip_prefix("    ")).map(|line| format!("{line}\n")).collect();
    let text = read(folder, file);
    let changed = match text.split_once("[dependencies]\n") {
        Some((before, after)) if told.output.contains("below `[dependencies]`") => {
            format!("{before}[dependencies]\n{lines}{after}")
        }
        _ => format!("{text}\n{lines}"),
    };
    write(folder, file, changed.as_bytes());
}

/// Every fixture: green at once, the same when it is run again, and red for the coupling that it names.
#[test]
fn each_proposal_is_green_final_and_red_for_a_new_coupling() {
    for fixture in folders(&testdata("proposals")) {
        let folder = copied(&fixture);
        let case = name(&fixture);
        insta::assert_snapshot!(format!("init__{case}"), proposed(folder.path()));
        let first = run(folder.path(), "init .");
        assert_eq!(first.code, 0, "{case}: {}", first.transcript());
        assert_eq!(run(folder.path(), "check .").code, 0, "{case}");
        let before = contents(folder.path());
        let again = run(folder.path(), "init .");
        assert!(again.output.starts_with("nothing new to declare"), "{case}: {}", again.transcript());
        assert_eq!((again.code, contents(folder.path())), (0, before), "{case}");
        follow(folder.path(), &first);
        let red = run(folder.path(), "check .");
        assert_eq!(red.code, 1, "{case}: {}", red.transcript());
        assert!(red.output.contains("deny[unshared-coupling]"), "{case}: {}", red.transcript());
    }
}

#[test]
fn a_new_repository_hears_what_was_done_and_how_to_see_it_fail() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    insta::assert_snapshot!(run(folder.path(), "init .").transcript());
    insta::assert_snapshot!("init__the_configuration_that_is_written", read(folder.path(), CONFIGURATION));
}

/// Dependencies between features that are there on the first day are known, and no other is.
#[test]
fn what_is_there_on_the_first_day_is_known() {
    let folder = copied(&testdata("proposals/library-workspace"));
    let first = run(folder.path(), "init .");
    assert_eq!(first.code, 0, "{}", first.transcript());
    assert!(
        first.output.contains("`watertight-baseline.toml`: 2 findings are known"),
        "{}",
        first.transcript()
    );
    assert!(read(folder.path(), "watertight-baseline.toml").contains("runtime-util"));
}

#[test]
fn a_dry_run_and_stdout_write_nothing() {
    let folder = copied(&testdata("proposals/library-workspace"));
    let before = contents(folder.path());
    let dry = run(folder.path(), "init --dry-run .");
    assert_eq!(dry.code, 0, "{}", dry.transcript());
    assert!(dry.output.contains("would be written"), "{}", dry.transcript());
    let printed = run(folder.path(), "init --stdout .").output;
    assert_eq!(contents(folder.path()), before);
    run(folder.path(), "init .");
    assert_eq!(read(folder.path(), CONFIGURATION), printed);
}

/// A package that is new is all that is proposed, and it goes where it belongs.
#[test]
fn a_new_package_is_all_that_is_new() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    assert_eq!(run(folder.path(), "init .").code, 0);
    // A library that only `billing` uses, and a service of its own.
    let workspace = read(folder.path(), "Cargo.toml");
    let workspace =
        workspace.replace("members = [", "members = [\n    \"libs/taxes\",\n    \"services/search\",");
    write(folder.path(), "Cargo.toml", workspace.as_bytes());
    write(folder.path(), "libs/taxes/Cargo.toml", b"[package]\nname = \"taxes\"\nedition = \"2024\"\n");
    write(folder.path(), "libs/taxes/src/lib.rs", b"");
    let search = "[package]\nname = \"search\"\nedition = \"2024\"\n\n[dependencies]\nlog = { path = \"../../libs/log\" }\n";
    write(folder.path(), "services/search/Cargo.toml", search.as_bytes());
    write(folder.path(), "services/search/src/main.rs", b"fn main() {}\n");
    let billing = read(folder.path(), "services/billing/Cargo.toml");
    let billing =
        billing.replace("[dependencies]\n", "[dependencies]\ntaxes = { path = \"../../libs/taxes\" }\n");
    write(folder.path(), "services/billing/Cargo.toml", billing.as_bytes());
    let before = read(folder.path(), CONFIGURATION);
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 0, "{}", told.transcript());
    let after = read(folder.path(), CONFIGURATION);
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().filter(|line| !old.contains(line) && !line.is_empty()).collect();
    let expected = [
        "paths = [\"libs/invoices\", \"services/billing\", \"libs/taxes\"]",
        "[features.search]  # 1 package, with a binary",
        "paths = [\"services/search\"]",
    ];
    assert_eq!(new, expected, "{after}");
    assert!(run(folder.path(), "init .").output.starts_with("nothing new"));
}

/// What a person wrote keeps its comments, its order and its form.
#[test]
fn what_a_person_wrote_is_kept() {
    let written = "# Ours.\n\n[rules]\nunassigned-unit = \"deny\"   # be strict\n\n\
                   [shared] # on purpose\npaths = [\n  \"libs/log\",  # everybody logs\n]\n\n\
                   [features]\nmailer = { paths = [\"services/mailer\"], owner = \"@us/mail\" } # inline\n";
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    write(folder.path(), CONFIGURATION, written.as_bytes());
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 0, "{}", told.transcript());
    let after = read(folder.path(), CONFIGURATION);
    insta::assert_snapshot!(after);
    assert!(!folder.path().join("watertight-baseline.toml").exists(), "a gate that is there is not widened");
    assert!(run(folder.path(), "init .").output.starts_with("nothing new"));
}

/// A coupling that came since then is not forgiven by running `init` again.
#[test]
fn again_forgives_nothing() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    let first = run(folder.path(), "init .");
    follow(folder.path(), &first);
    write(folder.path(), "libs/fresh/Cargo.toml", b"[package]\nname = \"fresh\"\nedition = \"2024\"\n");
    write(folder.path(), "libs/fresh/src/lib.rs", b"");
    let workspace =
        read(folder.path(), "Cargo.toml").replace("members = [", "members = [\n    \"libs/fresh\",");
    write(folder.path(), "Cargo.toml", workspace.as_bytes());
    let again = run(folder.path(), "init .");
    assert_eq!(again.code, 1, "{}", again.transcript());
    assert!(again.output.contains("watertight baseline --accept"), "{}", again.transcript());
    assert_eq!(run(folder.path(), "check .").code, 1);
}

#[test]
fn force_begins_anew() {
    let folder = copied(&testdata("proposals/library-workspace"));
    write(
        folder.path(),
        CONFIGURATION,
        b"[features.everything]\npaths = [\"runtime*\", \"benches\", \"tests-integration\"]\n",
    );
    assert!(run(folder.path(), "init .").output.starts_with("nothing new"));
    let told = run(folder.path(), "init --force .");
    assert_eq!(told.code, 0, "{}", told.transcript());
    assert!(!read(folder.path(), CONFIGURATION).contains("features.everything"));
}

/// A baseline that is there is a gate, wherever its configuration lies: nothing is added to it.
#[test]
fn a_baseline_that_is_there_grows_by_nothing() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    run(folder.path(), "init .");
    let first = run(folder.path(), "init --dry-run --force .");
    run(folder.path(), "baseline .");
    follow(folder.path(), &first);
    let baseline = read(folder.path(), "watertight-baseline.toml");
    // Emptied, removed, or moved elsewhere: each is a first configuration beside a baseline.
    for text in ["", "# ours\n"] {
        write(folder.path(), CONFIGURATION, text.as_bytes());
        let told = run(folder.path(), "init .");
        assert_eq!(told.code, 1, "{}", told.transcript());
        assert_eq!(read(folder.path(), "watertight-baseline.toml"), baseline);
    }
}

/// What `--force` leaves is what its check has seen.
#[test]
fn force_leaves_no_old_baseline() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    let first = run(folder.path(), "init --dry-run .");
    let manifest = read(folder.path(), "services/billing/Cargo.toml");
    follow(folder.path(), &first);
    assert_eq!(run(folder.path(), "init .").code, 0);
    assert!(read(folder.path(), "watertight-baseline.toml").contains("gateway-routes"));
    write(folder.path(), "services/billing/Cargo.toml", manifest.as_bytes());
    assert_eq!(run(folder.path(), "init --force .").code, 0);
    follow(folder.path(), &first);
    assert_eq!(run(folder.path(), "check .").code, 1, "the old coupling is new again");
    write(folder.path(), "watertight-baseline.toml", b"garbage [");
    assert_eq!(run(folder.path(), "init --force .").code, 0);
    assert_eq!(run(folder.path(), "check .").code, 0);
}

/// A new service that uses the insides of several features is no assembly because it does.
#[test]
fn a_new_service_that_uses_several_features_is_red() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    run(folder.path(), "init .");
    let portal = "[package]\nname = \"portal\"\nedition = \"2024\"\n\n[dependencies]\n\
                  invoices = { path = \"../../libs/invoices\" }\ntemplates = { path = \"../../libs/templates\" }\n\
                  gateway-routes = { path = \"../../libs/gateway-routes\" }\n";
    write(folder.path(), "services/portal/Cargo.toml", portal.as_bytes());
    write(folder.path(), "services/portal/src/main.rs", b"fn main() {}\n");
    let workspace =
        read(folder.path(), "Cargo.toml").replace("members = [", "members = [\n    \"services/portal\",");
    write(folder.path(), "Cargo.toml", workspace.as_bytes());
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 1, "{}", told.transcript());
    assert!(read(folder.path(), CONFIGURATION).contains("[features.portal]"));
}

/// Its libraries are shared, or for tests: that makes a service neither.
#[test]
fn a_service_is_a_feature_whatever_its_libraries_are() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    let declared = "[features.mailer]\npaths = [\"services/mailer\"]\n\n[shared]\npaths = [\"libs\"]\n";
    write(folder.path(), CONFIGURATION, declared.as_bytes());
    run(folder.path(), "init .");
    let after = read(folder.path(), CONFIGURATION);
    assert!(after.contains("[features.billing]") && after.contains("[features.gateway]"), "{after}");
    assert!(after.contains("paths = [\"libs\"]"), "{after}");
}

#[test]
fn line_endings_marks_and_inline_tables_are_kept() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    write(
        folder.path(),
        CONFIGURATION,
        "\u{feff}# ours\r\n[features.mailer]\r\npaths = [\"services/mailer\"]\r\n".as_bytes(),
    );
    assert_eq!(run(folder.path(), "init .").code, 0);
    let after = read(folder.path(), CONFIGURATION);
    assert!(after.starts_with("\u{feff}# ours\r\n"), "{after:?}");
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
    write(folder.path(), CONFIGURATION, b"features = { mailer = { paths = [\"services/mailer\"] } }\n");
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 0, "{}", told.transcript());
    assert!(
        read(folder.path(), CONFIGURATION).contains("gateway = {"),
        "{}",
        read(folder.path(), CONFIGURATION)
    );
}

/// The sample, without what is declared there: what is proposed is what its people declare.
#[test]
fn the_sample_gets_the_features_that_it_has() {
    let shop = copied(&testdata("monorepos/shop"));
    for file in ["watertight.toml", "services/users/feature.toml"] {
        std::fs::remove_file(shop.path().join(file)).expect("removed");
    }
    insta::assert_snapshot!(proposed(shop.path()));
    assert_eq!(run(shop.path(), "init .").code, 0);
}

/// The repository of the tool itself is full of fixtures that are broken, or declare something, on purpose.
#[test]
fn a_repository_full_of_fixtures_is_green_at_once() {
    let folder = copied(&testdata("proposals/tests-and-tools"));
    write(folder.path(), "testdata/a/feature.toml", b"feature = \"a\"\nresponsibilities = [\"none\"]\n");
    write(folder.path(), "testdata/a/Cargo.toml", b"[package]\nname = \"a\"\n");
    write(folder.path(), "testdata/b/Cargo.toml", b"[package\n");
    write(folder.path(), "testdata/c/feature.toml", b"feature = \"a\"\nunits = [\"nothing\"]\n");
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 0, "{}", told.transcript());
    assert!(
        read(folder.path(), CONFIGURATION).contains("exclude = [\"testdata\", \"tests/broken/Cargo.toml\"]")
    );
}

#[test]
fn a_configuration_with_errors_is_not_touched() {
    let folder = copied(&testdata("proposals/library-workspace"));
    write(folder.path(), CONFIGURATION, b"[features.a]\npathes = [\"runtime\"]\n");
    let told = run(folder.path(), "init .");
    assert_eq!(told.code, 2, "{}", told.transcript());
    assert!(told.messages.contains("unknown key `pathes`"), "{}", told.transcript());
    assert_eq!(read(folder.path(), CONFIGURATION), "[features.a]\npathes = [\"runtime\"]\n");
}

#[test]
fn where_nothing_is_found_nothing_is_written() {
    let folder = repository(&[(".git/HEAD", ""), ("README.md", "# Nothing\n")]);
    let told = run(folder.path(), "init");
    assert_eq!(told.code, 2);
    insta::assert_snapshot!(told.transcript());
    assert!(!folder.path().join(CONFIGURATION).exists());
}

#[test]
fn asking_needs_somebody_to_answer() {
    let folder = copied(&testdata("proposals/library-workspace"));
    let told = run(folder.path(), "init --interactive .");
    assert_eq!((told.code, told.output.as_str()), (2, ""));
    assert!(told.messages.contains("no terminal to answer on"), "{}", told.messages);
    assert!(!folder.path().join(CONFIGURATION).exists());
}

/// Every command but `check` works on what would be proposed, and says so; `check` does not become green.
#[test]
fn without_a_configuration_everything_but_check_works_on_the_proposal() {
    let folder = copied(&testdata("proposals/services-with-private-libraries"));
    commit_all(folder.path());
    for arguments in [
        "graph .",
        "graph --staged .",
        "graph --rev HEAD .",
        "units .",
        "features .",
        "may billing mailer --in .",
        "rules .",
        "rules --prove .",
        "explain unshared-coupling --in .",
        "baseline --dry-run .",
    ] {
        let told = run(folder.path(), arguments);
        let note = "note: no `watertight.toml`: 3 features are proposed from what is here; `watertight init` writes them down\n";
        assert_eq!(told.messages, note, "{arguments}: {}", told.transcript());
        assert_ne!(told.code, 2, "{arguments}: {}", told.transcript());
    }
    assert_eq!(run(folder.path(), "may invoices templates --in .").code, 1);
    for arguments in ["check .", "check --since HEAD .", "check --staged .", "check --rev HEAD ."] {
        let told = run(folder.path(), arguments);
        assert_eq!((told.code, told.output.as_str()), (2, ""), "{arguments}");
        assert!(told.messages.contains("`watertight init`"), "{arguments}: {}", told.messages);
    }
}

/// Deleting the configuration of a green repository does not make the gate green.
#[test]
fn deleting_the_configuration_is_no_green() {
    let folder = copied(&testdata("proposals/library-workspace"));
    run(folder.path(), "init .");
    commit_all(folder.path());
    git(folder.path(), "rm --quiet watertight.toml");
    assert_eq!(run(folder.path(), "check --staged --since HEAD .").code, 2);
}

/// Names that mean something in TOML, in globs and on terminals.
#[test]
fn hostile_names_are_written_so_that_they_mean_themselves() {
    let folder = repository(&[
        (".git/HEAD", ""),
        ("a[b]c/Cargo.toml", "[package]\nname = \"one\"\n"),
        ("a[b]c/src/main.rs", ""),
        ("say \"hi\"/Cargo.toml", "[package]\nname = \"two\"\n"),
        ("say \"hi\"/src/main.rs", ""),
        ("x#y/Cargo.toml", "[package]\nname = \"three\"\n"),
        ("x#y/src/main.rs", ""),
        ("x*y/Dockerfile", "FROM scratch\n"),
        ("\u{1b}[31mred/Dockerfile", "FROM scratch\n"),
    ]);
    insta::assert_snapshot!(proposed(folder.path()));
    let told = run(folder.path(), "init");
    assert!(!told.output.contains('\u{1b}'), "{}", told.transcript());
    assert_eq!(told.code, 0, "{}", told.transcript());
    let units = run(folder.path(), "units --format json").json();
    let units = units["units"].as_array().expect("units").iter();
    let unassigned: Vec<&str> = units
        .filter(|unit| unit["role"] == "unassigned")
        .map(|unit| unit["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(unassigned, ["\u{1b}[31mred/Dockerfile"]);
}
