//! The baseline as a file: begun, read, pruned, accepted, broken and merged.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use tempfile::TempDir;
use watertight::baseline::{Baseline, Entry};
use watertight::text::{Date, RepoPath, Span};

use crate::watertight::{Run, repository, run, write};

const FILE: &str = "watertight-baseline.toml";

const FEATURES: &str = "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\n[features.users]\npaths = [\"users\"]\n";

fn put(root: &Path, name: &str, dependencies: &[&str]) {
    let mut text = format!("[package]\nname = \"{name}\"\n");
    for dependency in dependencies {
        text += &format!("[dependencies.{dependency}]\npath = \"../{dependency}\"\n");
    }
    write(root, &format!("{name}/Cargo.toml"), text.as_bytes());
    write(root, &format!("{name}/src/lib.rs"), b"");
}

/// Cart builds on stock; text, which is nobody's, lets both into users.
fn shop() -> TempDir {
    let folder = repository(&[("watertight.toml", FEATURES)]);
    put(folder.path(), "cart", &["stock", "text"]);
    put(folder.path(), "stock", &["text"]);
    put(folder.path(), "users", &[]);
    put(folder.path(), "text", &["users"]);
    folder
}

fn text(folder: &TempDir) -> String {
    std::fs::read_to_string(folder.path().join(FILE)).expect("a baseline")
}

fn has_none(folder: &TempDir) -> bool {
    !folder.path().join(FILE).exists()
}

fn check(folder: &TempDir) -> Run {
    run(folder.path(), "check --today 2026-11-21")
}

fn baseline(folder: &TempDir, arguments: &str) -> Run {
    run(folder.path(), format!("baseline --today 2026-11-21 {arguments}").trim_end())
}

/// The blocks of a file, as text.
fn blocks(text: &str) -> Vec<String> {
    text.split("[[findings]]").skip(1).map(|block| block.trim().to_owned()).collect()
}

#[test]
fn it_is_green_on_the_first_day_and_red_on_the_first_new_finding() {
    let folder = shop();
    assert_eq!(check(&folder).code, 1);
    let begun = baseline(&folder, "");
    assert_eq!((begun.code, begun.messages.as_str()), (0, ""), "{}", begun.transcript());
    insta::assert_snapshot!(text(&folder));
    let green = check(&folder);
    assert_eq!(green.code, 0, "{}", green.transcript());
    assert!(green.output.contains("baseline: "), "{}", green.transcript());
    put(folder.path(), "stock", &["text", "users"]);
    let before = text(&folder);
    let red = check(&folder);
    assert_eq!(red.code, 1);
    assert!(red.output.contains("`stock` compiles against `users`"), "{}", red.transcript());
    assert!(!red.output.contains("`cart` compiles against `stock`"), "{}", red.transcript());
    assert_eq!(text(&folder), before, "check never writes it");
}

#[test]
fn check_writes_nothing() {
    let folder = shop();
    for arguments in ["check", "check --format json", "check --inherited", "check --all"] {
        run(folder.path(), arguments);
        assert!(has_none(&folder), "{arguments}");
    }
}

#[test]
fn it_can_not_grow_without_a_reason() {
    let folder = shop();
    baseline(&folder, "");
    put(folder.path(), "stock", &["text", "users"]);
    put(folder.path(), "cart", &["stock", "text", "users"]);
    let before = text(&folder);
    for arguments in ["", "--prune"] {
        let refused = baseline(&folder, arguments);
        assert_eq!((refused.code, text(&folder)), (1, before.clone()), "{}", refused.transcript());
        assert!(refused.output.contains("give a reason with `--accept`"), "{}", refused.transcript());
    }
    for blank in ["--accept=", "--accept=\t"] {
        assert_eq!((baseline(&folder, blank).code, text(&folder)), (2, before.clone()));
    }
    let other = baseline(&folder, "--accept=later --from cart --to users --rule private-unit");
    assert_eq!((other.code, text(&folder)), (1, before.clone()), "{}", other.transcript());
    let unknown = baseline(&folder, "--accept=later --rule unshared-cuopling");
    assert_eq!((unknown.code, text(&folder)), (2, before.clone()), "{}", unknown.transcript());
    for unknown in ["--from nobody", "--to nobody"] {
        let refused = baseline(&folder, &format!("--accept=later {unknown}"));
        assert_eq!((refused.code, text(&folder)), (2, before.clone()), "{}", refused.transcript());
    }
    let dry = baseline(&folder, "--accept=later --dry-run");
    assert_eq!(text(&folder), before, "{}", dry.transcript());
    assert!(dry.output.contains("would be added"), "{}", dry.transcript());
    let one = baseline(&folder, "--accept=later --from cart --to users");
    assert_eq!(one.code, 1, "the other is left: {}", one.transcript());
    assert_eq!(blocks(&text(&folder)).len(), blocks(&before).len() + 1);
    assert!(text(&folder).contains("accepted = 2026-11-21\nreason = \"later\"\n"), "{}", text(&folder));
    let rest = baseline(&folder, "--accept=sorry");
    assert_eq!(rest.code, 0, "{}", rest.transcript());
    let green = check(&folder);
    assert!(green.code == 0 && green.output.contains("accepted since"), "{}", green.transcript());
    // Again, it changes nothing.
    let before = text(&folder);
    assert_eq!((baseline(&folder, "").code, baseline(&folder, "--prune").code), (0, 0));
    assert_eq!(text(&folder), before);
}

#[test]
fn what_is_mended_is_a_warning_and_is_pruned() {
    let folder = shop();
    baseline(&folder, "");
    let before = text(&folder);
    put(folder.path(), "cart", &["text"]);
    let warned = check(&folder);
    assert_eq!(warned.code, 0);
    assert!(
        warned.output.contains("1 entry of the baseline matches no finding any more"),
        "{}",
        warned.transcript()
    );
    assert_eq!(baseline(&folder, "").code, 0);
    assert_eq!(text(&folder), before, "not without `--prune`");
    let dry = baseline(&folder, "--prune --dry-run");
    assert!(dry.output.contains("would be taken out") && text(&folder) == before, "{}", dry.transcript());
    assert_eq!(baseline(&folder, "--prune").code, 0);
    assert_eq!(blocks(&text(&folder)).len(), blocks(&before).len() - 1);
    assert!(
        text(&folder).contains(&before[before.find("first = ").expect("first")..][..9]),
        "where it began stays"
    );
    assert!(!check(&folder).output.contains("stale-baseline"));
}

#[test]
fn members_shrink_and_may_not_come_back() {
    let folder = shop();
    baseline(&folder, "");
    assert!(text(&folder).contains("\"cart\",\n    \"stock\",\n"), "{}", text(&folder));
    put(folder.path(), "stock", &[]);
    assert_eq!(check(&folder).code, 0, "a part of it is no new finding");
    let pruned = baseline(&folder, "--prune");
    assert!(
        pruned.code == 0 && pruned.output.contains("taken out or made smaller"),
        "{}",
        pruned.transcript()
    );
    assert!(!text(&folder).contains("\"stock\",\n"), "{}", text(&folder));
    put(folder.path(), "stock", &["text"]);
    assert_eq!(check(&folder).code, 1);
    // Accepted again, there is one block for it and not two.
    let accepted = baseline(&folder, "--accept=back");
    assert_eq!(accepted.code, 0, "{}", accepted.transcript());
    assert_eq!(check(&folder).code, 0);
    assert_eq!(baseline(&folder, "--prune").code, 0);
    let hidden = blocks(&text(&folder)).into_iter().filter(|block| block.contains("hidden-coupling")).count();
    assert_eq!(hidden, 1, "{}", text(&folder));
}

#[test]
fn what_is_wrong_with_the_configuration_is_no_part_of_it() {
    let folder = shop();
    write(
        folder.path(),
        "watertight.toml",
        format!("{FEATURES}[shared]\npaths = [\"nowhere\"]\n").as_bytes(),
    );
    let begun = baseline(&folder, "");
    assert!(!text(&folder).contains("unmatched-selector"), "{}", begun.transcript());
    let red = check(&folder);
    assert!(red.code == 1 && red.output.contains("unmatched-selector"), "{}", red.transcript());
}

#[test]
fn where_nothing_is_wrong_it_is_begun_empty() {
    let folder = shop();
    put(folder.path(), "cart", &[]);
    put(folder.path(), "stock", &[]);
    let begun = baseline(&folder, "");
    assert_eq!(begun.code, 0, "{}", begun.transcript());
    assert!(blocks(&text(&folder)).is_empty());
    put(folder.path(), "cart", &["stock"]);
    assert_eq!((baseline(&folder, "").code, check(&folder).code), (1, 1));
    // A dry run begins nothing.
    std::fs::remove_file(folder.path().join(FILE)).expect("removed");
    let dry = baseline(&folder, "--dry-run");
    assert!(dry.output.contains("would be written: 1 finding") && has_none(&folder), "{}", dry.transcript());
    // To accept or prune what is not there begins it too, and says so.
    for arguments in ["--staged", "--rev HEAD"] {
        assert_eq!(baseline(&folder, arguments).code, 2);
    }
    assert!(has_none(&folder));
}

#[test]
fn a_broken_file_is_an_error_that_points_at_it() {
    let folder = shop();
    baseline(&folder, "");
    let sound = text(&folder);
    let faults = [
        (sound.replace("version = 1\n", ""), "has no `version`"),
        (sound.replace("version = 1\n", "version = 2\n"), "of version 2"),
        (sound.replace("version = 1\n", "version = \"1\"\n"), "version"),
        (sound.replace("first = ", "frist = "), "frist"),
        (sound.replacen("kind = ", "kidn = ", 1), "kidn"),
        (sound.replacen("rule = ", "rules = ", 1), "rules"),
        (sound.replacen("reason = \"there before the gate\"", "reason = \" \"", 1), "gives no reason"),
        (sound.replacen("reason = \"there before the gate\"", "reason = 1", 1), "reason"),
        (sound.replacen("begun = 2026-11-21", "begun = 2026-02-30", 1), "begun"),
        (sound.replacen("first = ", "first = -", 1), "first"),
        (sound.replace("[[findings]]", "[findings]"), "findings"),
        ("[[findings".to_owned(), ""),
        ("findings = 1".to_owned(), "findings"),
        (String::new(), "has no `version`"),
    ];
    for (broken, told) in faults {
        assert_ne!(broken, sound, "{told}");
        write(folder.path(), FILE, broken.as_bytes());
        for command in ["check", "baseline", "baseline --prune", "baseline --accept=why"] {
            let run = run(folder.path(), command);
            assert_eq!((run.code, run.output.as_str()), (2, ""), "{command}: {broken}\n{}", run.transcript());
            assert!(
                run.messages.contains(told) && run.messages.contains(FILE),
                "{told}: {}",
                run.transcript()
            );
            assert_eq!(text(&folder), broken, "what is not understood is not written over");
        }
    }
    write(folder.path(), FILE, &[0xff, 0xfe]);
    assert_eq!(check(&folder).code, 2);
}

#[test]
fn a_conflict_says_what_to_do_and_prune_mends_it() {
    let folder = shop();
    baseline(&folder, "");
    let sound = text(&folder);
    let (head, last) = sound.split_at(sound.rfind("[[findings]]").expect("a block"));
    let gone = last.replace("\"package:", "\"package:former-");
    for conflict in [
        format!("{head}<<<<<<< ours\n{last}=======\n{gone}>>>>>>> theirs\n"),
        format!("{head}<<<<<<< ours\n=======\n{last}>>>>>>> theirs\n"),
        format!("{head}<<<<<<< ours\n{gone}||||||| base\n{last}=======\n{last}>>>>>>> theirs\n"),
        format!("{head}<<<<<<< ours\r\n{last}=======\r\n{gone}>>>>>>> theirs\r\n"),
    ] {
        write(folder.path(), FILE, conflict.as_bytes());
        let red = check(&folder);
        assert_eq!(red.code, 2);
        assert!(red.messages.contains("watertight baseline --prune"), "{}", red.transcript());
        assert_eq!(baseline(&folder, "").code, 2, "only `--prune` mends it");
        let mended = baseline(&folder, "--prune");
        assert_eq!((mended.code, text(&folder)), (0, sound.clone()), "{}", mended.transcript());
    }
}

#[test]
fn a_reason_in_a_marked_line_is_no_conflict() {
    let folder = shop();
    baseline(&folder, "");
    put(folder.path(), "stock", &["text", "users"]);
    let accepted = run(folder.path(), "baseline --accept=a\n<<<<<<<\n=======\n[[findings]]");
    assert_eq!(accepted.code, 0, "{}", accepted.transcript());
    assert_eq!(check(&folder).code, 0);
}

// Properties.

fn file() -> RepoPath {
    RepoPath::new(FILE).expect("a path")
}

fn today() -> Date {
    Date::new("2026-11-21").expect("a date")
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z:/ -]{1,12}",
        "\\PC{1,8}",
        proptest::collection::vec(any::<char>(), 1..8).prop_map(String::from_iter),
        Just("\"\"\"\\\n\t\r\u{0}\u{202e}\u{7f}]]\n[[findings]]\n<<<<<<< ours\n=======\n".to_owned()),
        Just("a -> b -> c".to_owned()),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let reason = hostile().prop_map(|reason| format!("r{reason}"));
    let date = proptest::option::of(Just(today()));
    let option = || proptest::option::of(hostile());
    let members = proptest::collection::btree_set(hostile(), 0..4);
    (hostile(), (option(), option(), option(), option()), members, reason, date).prop_map(
        |(rule, (kind, from, to, about), members, reason, accepted)| Entry {
            rule,
            kind,
            from,
            to,
            about,
            members: members.into_iter().collect(),
            reason,
            accepted,
            span: Span::default(),
        },
    )
}

fn of(entries: Vec<Entry>, first: usize) -> Baseline {
    let mut baseline = Baseline { file: file(), begun: today(), first, entries };
    baseline.tidy();
    baseline
}

/// As it is, but for the places in the file.
fn plain(baseline: &Baseline) -> Vec<Entry> {
    baseline.entries.iter().map(|entry| Entry { span: Span::default(), ..entry.clone() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_what_is_read(entries in proptest::collection::vec(entry(), 0..6), first in 0..999_usize) {
        let written = of(entries, first);
        let text = written.text();
        let read = Baseline::read(&file(), &text).expect("it can be read");
        prop_assert_eq!(plain(&read), plain(&written));
        prop_assert_eq!((read.begun, read.first), (written.begun, written.first));
        prop_assert_eq!(read.text(), text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}", wounds in proptest::collection::vec((any::<u16>(), any::<char>()), 1..5)) {
        let _ = Baseline::read(&file(), &text);
        let mut sound: Vec<char> = numbered(0..3).text().chars().collect();
        for (at, with) in wounds {
            let at = usize::from(at) % sound.len();
            sound[at] = with;
        }
        let sound = String::from_iter(sound);
        let _ = (Baseline::read(&file(), &sound), Baseline::read_merged(&file(), &sound));
    }
}

/// A baseline of findings with numbers.
fn numbered(numbers: impl IntoIterator<Item = usize>) -> Baseline {
    let entry = |number: usize| Entry {
        rule: ["unshared-coupling", "hidden-coupling", "start-order"][number % 3].to_owned(),
        kind: Some("code".to_owned()),
        from: Some(format!("package:p{:02}", number / 3)),
        to: Some(format!("package:q{:02}", number % 7)),
        about: None,
        members: if number % 3 == 1 { vec![format!("f{}", number % 5), "g".to_owned()] } else { Vec::new() },
        reason: "there before the gate".to_owned(),
        accepted: None,
        span: Span::default(),
    };
    of(numbers.into_iter().map(entry).collect(), 100)
}

/// What git makes of two branches, and whether it reports a conflict.
fn merged(base: &str, ours: &str, theirs: &str) -> (String, bool) {
    let folder = repository(&[("base", base), ("ours", ours), ("theirs", theirs)]);
    let output = Command::new("git")
        .args(["merge-file", "-p", "ours", "base", "theirs"])
        .current_dir(folder.path())
        .output()
        .expect("git runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code() != Some(0))
}

fn keys(baseline: &Baseline) -> BTreeSet<String> {
    baseline.entries.iter().map(Entry::shown).collect()
}

/// Whether two branches remove or add blocks that are the same or stand side by side in the base.
fn are_adjacent(base: &Baseline, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> bool {
    let order: Vec<String> = base.entries.iter().map(Entry::shown).collect();
    let positions = |left: &BTreeSet<String>| -> Vec<usize> {
        order.iter().enumerate().filter(|(_, key)| !left.contains(*key)).map(|(at, _)| at).collect()
    };
    let (ours, theirs) = (positions(ours), positions(theirs));
    ours.iter().any(|one| theirs.iter().any(|other| one.abs_diff(*other) <= 1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_branches_that_prune_merge_to_what_both_left(
        count in 1..40_usize,
        ours in proptest::collection::btree_set(0..40_usize, 0..6),
        theirs in proptest::collection::btree_set(0..40_usize, 0..6),
    ) {
        let without = |gone: &BTreeSet<usize>| numbered((0..count).filter(|number| !gone.contains(number)));
        let (base, ours, theirs) = (numbered(0..count), without(&ours), without(&theirs));
        let (text, is_conflict) = merged(&base.text(), &ours.text(), &theirs.text());
        let left: BTreeSet<String> = keys(&ours).intersection(&keys(&theirs)).cloned().collect();
        if is_conflict {
            prop_assert!(are_adjacent(&base, &keys(&ours), &keys(&theirs)), "{}", text);
            let read = Baseline::read_merged(&file(), &text).expect("both sides can be read");
            // Nothing that either side left out for good is needed; nothing that both have is lost.
            prop_assert!(left.is_subset(&keys(&read)), "{}", text);
            prop_assert!(keys(&read).is_subset(&keys(&base)), "{}", text);
            let mut pruned = read.clone();
            pruned.entries.retain(|entry| left.contains(&entry.shown()));
            prop_assert_eq!(pruned.text(), numbered_text(&base, &left));
        } else {
            prop_assert_eq!(text, numbered_text(&base, &left));
        }
    }
}

fn numbered_text(base: &Baseline, left: &BTreeSet<String>) -> String {
    let mut base = base.clone();
    base.entries.retain(|entry| left.contains(&entry.shown()));
    base.text()
}
