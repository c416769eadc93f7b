//! Every shell block of the documentation does what the page says.
//!
//! The blocks of a page run in order, in one clone of the sample monorepo that is on a branch and has
//! `origin/main` to compare with. A comment directly before a block says what is special about it:
//!
//! * `<!-- exits with 1 -->`: one of its commands does, and the others with 0;
//! * `<!-- not run: … -->`: why it can't be;
//! * `<!-- where nothing is declared -->`, before the first block of a page: in the sample without its declarations;
//! * `<!-- among the samples -->`, before the first block of a page: in a folder with all sample monorepos;
//! * `<!-- printed -->`, before a block of text: the block of commands before it prints this; `…` stands for
//!   what is left out.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::{Block, blocks, pages, root};
use crate::ci_pages::separate;
use crate::server::Server;
use crate::watertight::{binary, copied, git, write};

/// Pages whose blocks run in `tests/suite/ci_pages.rs`, each with the servers and variables that it needs.
fn is_run_elsewhere(page: &str) -> bool {
    page.starts_with("docs/ci/") || ["docs/changes.md", "docs/baseline.md"].contains(&page)
}

/// How many of the blocks there may be that nobody runs.
const MOST_MARKED: usize = 12;

fn is_shell(block: &Block) -> bool {
    ["sh", "bash", "shell", "console", "zsh"].contains(&block.language.as_str())
}

/// What a comment before a block says.
#[derive(Debug, PartialEq, Eq)]
enum Mark {
    NotRun,
    Bare,
    Samples,
    Exits(i32),
    Printed,
}

fn mark(block: &Block) -> Result<Option<Mark>, String> {
    let Some(text) = &block.mark else { return Ok(None) };
    if text == "printed" {
        return Ok(Some(Mark::Printed));
    }
    if text == "where nothing is declared" {
        return Ok(Some(Mark::Bare));
    }
    if text == "among the samples" {
        return Ok(Some(Mark::Samples));
    }
    if let Some(code) = text.strip_prefix("exits with ") {
        return code.parse().map(|code| Some(Mark::Exits(code))).map_err(|_| format!("no exit code: {text}"));
    }
    match text.strip_prefix("not run") {
        Some(reason) if reason.trim_start_matches(':').trim().len() > 4 => Ok(Some(Mark::NotRun)),
        Some(_) => Err(format!("no reason: {text}")),
        None => Ok(None),
    }
}

/// What a block did: all that it printed, and what is wrong with that.
fn run(block: &Block, mark: Option<&Mark>, place: &Path, tools: &Path) -> (String, Vec<String>) {
    let commands = separate(&block.text);
    let out = tempfile::tempdir().expect("a folder");
    let at = |number: usize| out.path().join(number.to_string()).display().to_string();
    // One shell, so that a command can use what another one has set, and each with its exit code.
    let mut script = "set -u\n".to_owned();
    for (number, command) in commands.iter().enumerate() {
        script += &format!("{{\n{command}\n}} >{0}.said 2>&1 </dev/null\necho $? >{0}.code\n", at(number));
    }
    script += &format!("pwd >{}", at(commands.len()));
    let system = std::env::var_os("PATH").expect("a PATH");
    let paths = [tools.to_owned()].into_iter().chain(std::env::split_paths(&system));
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(place)
        .env_clear()
        .env("PATH", std::env::join_paths(paths).expect("a PATH"))
        .env("HOME", tools)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Somebody")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "somebody@example.com")))
        .output()
        .expect("bash runs");
    let mut wrong = Vec::new();
    if !output.stderr.is_empty() {
        wrong.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let wanted = match mark {
        Some(Mark::Exits(code)) => *code,
        _ => 0,
    };
    let (mut said, mut is_seen) = (String::new(), wanted == 0);
    for (number, command) in commands.iter().enumerate() {
        let read = |what: &str| std::fs::read_to_string(format!("{}.{what}", at(number))).unwrap_or_default();
        let (text, code) = (read("said"), read("code").trim().parse::<i32>().unwrap_or(-1));
        is_seen |= code == wanted;
        if code != 0 && code != wanted {
            wrong.push(format!("`{command}` exits with {code}:\n{text}"));
        }
        said += &text;
    }
    if !is_seen {
        wrong.push(format!("nothing exits with {wanted}:\n{said}"));
    }
    (said, wrong)
}

/// Whether all parts of a text stand in another one, in order; lines of `…` stand between the parts.
fn is_printed(shown: &str, said: &str) -> bool {
    let is_gap = |line: &&str| line.trim() == "…";
    let lines: Vec<&str> = shown.lines().collect();
    let mut rest = said;
    lines.split(|line| is_gap(line)).map(|part| part.join("\n")).filter(|part| !part.trim().is_empty()).all(
        |part| {
            let part = part.trim_matches('\n');
            let found = rest.find(part);
            rest = found.map_or("", |at| &rest[at + part.len()..]);
            found.is_some()
        },
    )
}

/// What a page did.
#[derive(Default)]
struct Told {
    run: usize,
    elsewhere: usize,
    marked: Vec<String>,
    printed: usize,
    wrong: Vec<String>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::with(|folder| write(folder, "HARMLESS.md", b"-\n")))
}

fn judge(name: &str, page: &str) -> Told {
    let mut told = Told::default();
    let mut place: Option<(tempfile::TempDir, tempfile::TempDir)> = None;
    let mut said = String::new();
    for block in blocks(page) {
        let where_it_is = format!("{name}:{}", block.line);
        let mark = match mark(&block) {
            Ok(mark) => mark,
            Err(why) => {
                told.wrong.push(format!("{where_it_is}: {why}"));
                continue;
            }
        };
        match (is_shell(&block), &mark) {
            (false, Some(Mark::Printed)) if !is_run_elsewhere(name) => {
                told.printed += 1;
                if !is_printed(&block.text, &said) {
                    told.wrong.push(format!("{where_it_is}: this is not what is printed:\n{said}"));
                }
            }
            (false, _) => {}
            (true, Some(Mark::NotRun)) => {
                told.marked.push(format!("{where_it_is}: {}", block.mark.as_deref().unwrap_or_default()))
            }
            (true, _) if is_run_elsewhere(name) => told.elsewhere += 1,
            (true, mark) => {
                let (clone, tools) = place.get_or_insert_with(|| {
                    let tools = tempfile::tempdir().expect("a folder");
                    std::os::unix::fs::symlink(binary(), tools.path().join("watertight")).expect("a link");
                    if *mark == Some(Mark::Samples) {
                        return (copied(&root().join("testdata/monorepos")), tools);
                    }
                    let clone = server().clone_of_change();
                    git(clone.path(), "branch --quiet --force main origin/main");
                    if *mark == Some(Mark::Bare) {
                        git(clone.path(), "rm --quiet watertight.toml services/users/feature.toml");
                    }
                    (clone, tools)
                });
                let (text, wrong) = run(&block, mark.as_ref(), clone.path(), tools.path());
                said = text;
                told.run += 1;
                told.wrong.extend(wrong.into_iter().map(|why| format!("{where_it_is}: {why}")));
            }
        }
    }
    told
}

#[test]
fn every_shell_block_does_what_the_page_says() {
    let mut all = Told::default();
    for (name, page) in pages() {
        if ["docs/contributing.md", "docs/changelog.md"].contains(&name.as_str()) {
            continue;
        }
        let told = judge(&name, &page);
        all.run += told.run;
        all.elsewhere += told.elsewhere;
        all.printed += told.printed;
        all.marked.extend(told.marked);
        all.wrong.extend(told.wrong);
    }
    println!(
        "shell blocks: {} run here, {} run in ci_pages, {} marked as not run; {} outputs compared",
        all.run,
        all.elsewhere,
        all.marked.len(),
        all.printed
    );
    for marked in &all.marked {
        println!("  {marked}");
    }
    assert!(all.wrong.is_empty(), "{}", all.wrong.join("\n"));
    assert!(all.marked.len() <= MOST_MARKED, "{:#?}", all.marked);
    assert!(all.run >= 15, "only {} blocks were run", all.run);
}

/// What the test above would say of pages that are wrong.
#[test]
fn a_block_that_does_something_else_is_seen() {
    let wrong = |page: &str| judge("docs/page.md", page).wrong.join("\n");
    assert_eq!(
        wrong(
            "```sh\ntrue\nx=1\n```\n\n```sh\ntest -f watertight.toml\ngit rev-parse --quiet origin/main\n```\n"
        ),
        ""
    );
    assert!(wrong("```sh\ntrue\nfalse\ntrue\n```\n").contains("`false` exits with 1"));
    assert!(wrong("```sh\necho $unset\n```\n").contains("unbound"));
    assert!(wrong("<!-- exits with 1 -->\n```sh\ntrue\n```\n").contains("nothing exits with 1"));
    assert!(wrong("<!-- exits with 1 -->\n```sh\nexit 2\n```\n").contains("exits with"));
    assert_eq!(wrong("<!-- exits with 1 -->\n```sh\nwatertight check\ntrue\n```\n"), "");
    assert!(wrong("<!-- not run -->\n```sh\nfalse\n```\n").contains("no reason"));
    assert!(wrong("<!-- not run: -->\n```sh\nfalse\n```\n").contains("no reason"));
    assert_eq!(wrong("<!-- not run: needs Docker -->\n```sh\nfalse\n```\n"), "");
    // A comment that does not stand directly before the block is none.
    assert!(
        wrong("<!-- not run: needs Docker -->\n\nSome text.\n\n```sh\nfalse\n```\n").contains("exits with 1")
    );
    let shown =
        |text: &str| format!("```sh\nprintf 'a\\nb\\nc\\n'\n```\n\n<!-- printed -->\n```text\n{text}\n```\n");
    assert_eq!(wrong(&shown("a\n…\nc")), "");
    assert!(wrong(&shown("c\n…\na")).contains("not what is printed"));
    assert!(root().join("docs/SUMMARY.md").exists());
}
