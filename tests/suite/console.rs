//! The options of every command, its help, and what goes to which stream.

use std::collections::BTreeMap;
use std::process::Command;

use crate::watertight::{Run, binary, commit_all, repository, run, testdata};

/// Runs it in the sample, with an environment.
fn run_with(environment: &[(&str, &str)], arguments: &str) -> Run {
    let output = Command::new(binary())
        .args(arguments.split(' '))
        .current_dir(testdata("monorepos/shop"))
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    Run { code, output: text(output.stdout), messages: text(output.stderr) }
}

/// The names of all commands, as the help of the whole lists them.
fn commands() -> Vec<String> {
    let help = run(&testdata(""), "-h").output;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    let names: Vec<String> = names.filter(|name| name != "help").collect();
    assert!(names.len() >= 9, "{names:?}");
    names
}

#[test]
fn every_help_fits_a_narrow_terminal() {
    for command in commands().iter().map(String::as_str).chain([""]) {
        for option in ["-h", "--help"] {
            let help = run(&testdata(""), format!("{command} {option}").trim());
            assert_eq!((help.code, help.messages.as_str()), (0, ""), "{command}");
            assert!(help.output.is_ascii(), "{command}: {}", help.output);
            let long = help.output.lines().find(|line| line.len() > 80);
            assert_eq!(long, None, "{command} {option}");
        }
    }
}

#[test]
fn every_help_begins_with_the_task_and_has_examples_and_exit_codes() {
    // What is told in prose ends with an `s`, what is asked of the tool does not.
    let is_imperative = |line: &str| {
        let verb = line.split(' ').next().unwrap_or_default();
        verb.starts_with(|first: char| first.is_ascii_uppercase()) && !verb.ends_with('s')
    };
    for command in commands().iter().map(String::as_str).chain([""]) {
        let help = run(&testdata(""), format!("{command} --help").trim()).output;
        assert!(is_imperative(&help), "{help}");
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("no examples: {help}"));
        let examples = examples.lines().take_while(|line| !line.is_empty());
        for example in examples {
            assert!(example.starts_with("  ") && example.contains("watertight "), "wrapped: {example}");
            assert!(example.contains(command), "{command}: {example}");
        }
        let codes = help.split("Exit codes:\n").nth(1).unwrap_or_else(|| panic!("no exit codes: {help}"));
        assert!(codes.contains("  0  ") && codes.contains("  2  "), "{codes}");
        for option in ["--quiet", "--verbose", "--color <WHEN>"] {
            assert!(help.contains(option), "{command}: {option}");
        }
    }
}

#[test]
fn what_is_written_wrong_gets_its_nearest_and_a_hint() {
    for (arguments, near) in [
        ("chek", "'check'"),
        ("check --formt json", "'--format'"),
        ("check --quite", "'--quiet'"),
        ("check --format jsn", "'json'"),
        ("check --report sarf=out.sarif", "`sarif`"),
        ("check --color alway", "'always'"),
        ("may cart stock --kind cod", "'code'"),
        ("graph --level package", "'packages'"),
        ("completions bas", "'bash'"),
    ] {
        let refused = run_with(&[], arguments);
        assert_eq!((refused.code, refused.output.as_str()), (2, ""), "{arguments}");
        assert!(refused.messages.starts_with("error: "), "{}", refused.messages);
        assert!(refused.messages.contains(near), "{}", refused.messages);
        let command = arguments.split(' ').next().filter(|word| *word != "chek");
        let help =
            command.map_or("watertight help`".to_owned(), |command| format!("watertight help {command}`"));
        let last = refused.messages.lines().last().unwrap_or_default();
        assert!(last.starts_with("  help: `") && last.contains(&help), "{}", refused.messages);
    }
}

#[test]
fn without_a_command_the_help_says_which_there_are() {
    let output = Command::new(binary()).env_clear().output().expect("the binary runs");
    let messages = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && messages.contains("Commands:\n  init "), "{messages}");
}

#[test]
fn colours_go_where_they_are_wanted() {
    for (environment, option, has_colour) in [
        (&[][..], "", false),
        (&[("TERM", "xterm")], "", false),
        (&[], " --color always", true),
        (&[("NO_COLOR", "1")], " --color=always", true),
        (&[("CLICOLOR_FORCE", "1")], "", true),
        (&[("CLICOLOR_FORCE", "1")], " --color never", false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], "", false),
        (&[("CLICOLOR_FORCE", "0")], "", false),
    ] {
        for command in ["check", "--help", "chek"] {
            let told = run_with(environment, &format!("{command}{option}"));
            let is_coloured = told.output.contains('\u{1b}') || told.messages.contains('\u{1b}');
            assert_eq!(is_coloured, has_colour, "{environment:?} {command}{option}: {}", told.transcript());
        }
    }
    for command in ["explain unshared-coupling", "rules --prove", "may catalog users"] {
        let told = run_with(&[], &format!("{command} --color always"));
        assert!(told.output.contains('\u{1b}'), "{}", told.transcript());
    }
    let json = run_with(&[], "check --format json --color always");
    assert!(!json.output.contains('\u{1b}'), "a document has none");
    let broken = repository(&[("watertight.toml", "[fetures]\n"), ("Cargo.toml", "")]);
    let refused = run(broken.path(), "check --color always");
    assert!(refused.messages.contains('\u{1b}'), "{}", refused.transcript());
}

/// What a file gets has no colours, whatever the terminal is to have.
#[test]
fn a_report_in_a_file_has_no_colours() {
    let folder = repository(&[]);
    let file = folder.path().join("report.txt");
    run_with(&[], &format!("check --color always --report human={}", file.display()));
    let report = std::fs::read_to_string(file).expect("a report");
    assert!(report.contains("deny[") && report.is_ascii(), "{report}");
}

#[test]
fn quiet_tells_what_fails_and_nothing_else() {
    let (loud, quiet) = (run_with(&[], "check"), run_with(&[], "check --quiet"));
    assert_eq!((quiet.code, quiet.messages.as_str()), (1, ""));
    assert!(loud.output.contains("warn[") && !quiet.output.contains("warn["), "{}", quiet.output);
    assert!(!quiet.output.contains("independence"), "{}", quiet.output);
    let denied = |output: &str| {
        output.lines().filter(|line| line.starts_with("deny[")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(denied(&quiet.output), denied(&loud.output));
    let compact = run_with(&[], "-q check --format compact").output;
    assert_eq!(compact.lines().count(), 11, "{compact}");
    assert_eq!(
        run_with(&[], "check -q --format json").output,
        run_with(&[], "check --format json").output,
        "a program gets everything"
    );

    let cart = "[features.cart]\npaths = [\"cart\"]\n";
    let package = ("cart/Cargo.toml", "[package]\nname = \"cart\"\n");
    let clean = repository(&[("watertight.toml", cart), package, ("cart/src/lib.rs", "")]);
    assert_eq!(run(clean.path(), "check -q").transcript(), "--- exit 0 ---\n");
    assert_eq!(run(clean.path(), "check -q --report json=out.json").transcript(), "--- exit 0 ---\n");
    assert_eq!(run(clean.path(), "check -q -v").transcript(), "--- exit 0 ---\n");

    let broken = repository(&[("watertight.toml", cart), ("cart/Cargo.toml", "[package\n")]);
    let told = run(broken.path(), "check -q");
    assert!(told.code == 2 && told.output.starts_with("problem"), "{}", told.transcript());
    let noted = run(broken.path(), "baseline -q");
    assert_eq!(noted.messages, "", "a warning is no error");
    let refused = run(broken.path(), "check -q nowhere");
    assert!(refused.messages.starts_with("error: `nowhere`"), "{}", refused.transcript());
}

#[test]
fn verbose_tells_what_was_read_what_was_skipped_and_how_long_it_took() {
    let large = "# \n".repeat(6 * 1024 * 1024);
    let folder = repository(&[
        ("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n[scan]\nexclude = [\"old/**\"]\n[tags]\n"),
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("cart/src/lib.rs", ""),
        ("cart/Dockerfile", "FROM scratch\n"),
        ("old/Cargo.toml", "[package\n"),
        ("large/Cargo.toml", &large),
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n"),
        ("chart/templates/service.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Name }}\n"),
        ("other/.git/HEAD", "ref: refs/heads/main\n"),
        ("other/Cargo.toml", "[package]\nname = \"other\"\n"),
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/objects/info/none", ""),
        (".git/refs/none", ""),
    ]);
    let told = run(folder.path(), "check --verbose");
    assert_eq!(told.output, run(folder.path(), "check").output, "the report is the same");
    let messages = &told.messages;
    for part in [
        "1 Cargo manifest",
        "1 Dockerfile",
        "skipped: old/Cargo.toml: `[scan] exclude` names it\n",
        "skipped: large/Cargo.toml: the file has 18874368 bytes; at most 16 MiB are read\n",
        "skipped: chart",
        "skipped: other: a repository of its own, which is not read\n",
    ] {
        assert!(messages.contains(part), "{part}: {messages}");
    }
    let (_, times) = messages.split_once("time: ").expect("times");
    let stages = ["opening", "walking and reading", "linking", "assigning", "judging", "reporting"];
    let at: BTreeMap<usize, &str> =
        stages.iter().map(|stage| (times.find(stage).expect("a stage"), *stage)).collect();
    assert_eq!(at.into_values().collect::<Vec<_>>(), stages);
    for command in ["graph", "rules", "rules --prove", "may cart cart2 --in .", "baseline --dry-run"] {
        let told = run(folder.path(), &format!("{command} -v"));
        assert!(told.messages.contains("skipped: old/Cargo.toml"), "{command}: {}", told.transcript());
        assert!(told.messages.ends_with(" in all\n"), "{command}: {}", told.transcript());
    }
}

#[test]
fn the_time_for_what_a_change_is_compared_with_is_told_too() {
    let cart = "[features.cart]\npaths = [\"cart\"]\n";
    let folder =
        repository(&[("watertight.toml", cart), ("cart/Cargo.toml", "[package]\nname = \"cart\"\n")]);
    commit_all(folder.path());
    let told = run(folder.path(), "check --since HEAD --verbose");
    assert!(told.messages.contains(", reading the base "), "{}", told.transcript());
}

/// What is told of a run that could not go on is how far it came.
#[test]
fn an_error_comes_before_what_verbose_tells() {
    let folder = repository(&[("watertight.toml", "[fetures.cart]\n"), ("Cargo.toml", "")]);
    let told = run(folder.path(), "check --verbose");
    let (error, time) = told.messages.split_once("time: ").expect("times");
    assert!(error.starts_with("error") && time.starts_with("opening "), "{}", told.transcript());
}

#[cfg(unix)]
#[test]
fn a_path_that_is_skipped_cannot_control_a_terminal() {
    let folder = repository(&[
        ("watertight.toml", "[features.cart]\npaths = [\"cart\"]\n[scan]\nexclude = [\"old/**\"]\n"),
        ("old/a\u{1b}[31m\n::error::b/Cargo.toml", ""),
    ]);
    let told = run(folder.path(), "check --verbose");
    assert!(told.messages.contains("skipped: old/a?[31m ::error::b/Cargo.toml"), "{}", told.messages);
}

#[test]
fn completions_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run_with(&[], &format!("completions {shell}"));
        assert_eq!((script.code, script.messages.as_str()), (0, ""));
        for word in commands().iter().map(String::as_str).chain(["staged", "quiet", "build-sets"]) {
            assert!(script.output.contains(word), "{shell}: {word}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_a_command() {
    let script = run_with(&[], "completions bash").output;
    let asked = script + "\n_watertight watertight ch watertight\necho \"${COMPREPLY[@]}\"\n";
    let output = Command::new("bash")
        .args(["-c", &format!("COMP_WORDS=(watertight ch) COMP_CWORD=1\n{asked}")])
        .output()
        .expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "check\n", "{output:?}");
}

#[test]
fn there_is_a_manual_page_of_every_command() {
    let page = run_with(&[], "man");
    assert!(page.output.contains(".TH watertight 1") && page.output.contains("Exit codes:"));
    let folder = repository(&[]);
    let written = run(folder.path(), "man --out share/man1");
    assert_eq!((written.code, written.output.as_str()), (0, ""), "{}", written.transcript());
    let pages = folder.path().join("share/man1");
    let read = |name: &str| std::fs::read_to_string(pages.join(name)).expect("a page");
    assert_eq!(read("watertight.1"), page.output);
    let all = commands();
    for command in &all {
        let page = read(&format!("watertight-{command}.1"));
        assert!(page.contains(&format!(".TH watertight-{command} 1")), "{page}");
        assert!(page.contains("Exit codes:") && page.contains("Examples:"), "{command}");
    }
    let files = std::fs::read_dir(&pages).expect("a folder").count();
    assert_eq!(files, all.len() + 1);
    let refused = run(folder.path(), "man --out share/man1/watertight.1");
    assert_eq!(refused.code, 2, "{}", refused.transcript());
    assert!(refused.messages.contains("can't be written"), "{}", refused.transcript());
}
