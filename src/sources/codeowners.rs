//! `CODEOWNERS`: who answers for which files, as GitHub and GitLab read it.
//!
//! Invariant: a line that can't be read says nothing, as on the forges themselves; it is never a
//! problem, since a gate must not fail over a line that nobody depends on. What one file costs is
//! bounded: its size, its sections, the length and the wildcards of its patterns.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::text::{Fault, RepoPath};

use super::{Facts, Source};

/// Where the file may lie, the one that counts first. GitHub and GitLab look in different orders; this
/// is GitHub's with GitLab's own folder behind it.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// What GitHub reads at most, in bytes.
const LARGEST: usize = 3 * 1024 * 1024;

/// How many sections are read: every file that is asked about is matched in each of them.
const MOST_SECTIONS: usize = 256;

/// How long a pattern may be, in bytes.
const LONGEST_PATTERN: usize = 1_000;

/// How many wildcards a pattern may have.
const MOST_WILDCARDS: usize = 16;

/// How many wildcards the patterns of one matcher may have together: what a regular expression of them
/// costs grows with each.
const WILDCARDS_OF_MATCHER: usize = 1_000;

/// How many wildcards all patterns may have together; far above every file that a person wrote.
const WILDCARDS_OF_FILE: usize = 50_000;

/// Reads `CODEOWNERS`.
#[derive(Debug)]
pub(super) struct CodeOwnersSource;

impl Source for CodeOwnersSource {
    fn recognises(&self, folder: &str, name: &str) -> bool {
        name == "CODEOWNERS" && matches!(folder, "" | ".github" | "docs" | ".gitlab")
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        match CodeOwners::read(text) {
            Ok(owners) => (Some(Facts::CodeOwners(Arc::new(owners))), Vec::new()),
            Err(why) => {
                let fault = Fault::of(path, why);
                (None, vec![fault.help("shorten it, or take it out with `[scan] exclude`")])
            }
        }
    }
}

/// Who answers for which files.
#[derive(Debug, Default)]
pub struct CodeOwners {
    sections: Vec<Section>,
    names: BTreeSet<String>,
}

impl CodeOwners {
    /// The file that counts; without one, nobody owns anything.
    pub fn in_force(facts: &BTreeMap<RepoPath, Arc<Facts>>) -> Arc<Self> {
        let owners_at = |place: &str| match facts.get(place)?.as_ref() {
            Facts::CodeOwners(owners) => Some(Arc::clone(owners)),
            _ => None,
        };
        PLACES.into_iter().find_map(owners_at).unwrap_or_default()
    }

    /// Reads the whole text.
    ///
    /// # Errors
    /// Why it is not read at all, as a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > LARGEST {
            let (size, most) = (text.len(), LARGEST / 1024 / 1024);
            return Err(format!("the file has {size} bytes; GitHub reads at most {most} MiB, and so do we"));
        }
        let drafts = Drafts::of(text);
        if drafts.sections.len() > MOST_SECTIONS {
            return Err(format!("the file has more than {MOST_SECTIONS} sections"));
        }
        if drafts.wildcards() > WILDCARDS_OF_FILE {
            return Err(format!("the patterns of this file have more than {WILDCARDS_OF_FILE} wildcards"));
        }
        let names = drafts.sections.iter().flatten().flat_map(|line| line.owners.clone()).collect();
        let sections = drafts.sections.into_iter().map(Section::new).collect();
        Ok(Self { sections, names })
    }

    /// The owners of a file as they are written, with a space between several; `None` if it has none.
    pub fn of(&self, path: &RepoPath) -> Option<String> {
        let mut owners: Vec<&str> = Vec::new();
        for owner in self.sections.iter().flat_map(|section| section.owners_of(path)) {
            if !owners.contains(&owner.as_str()) {
                owners.push(owner);
            }
        }
        (!owners.is_empty()).then(|| owners.join(" "))
    }

    /// Everybody who owns anything, sorted.
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }
}

/// A pattern and its owners.
#[derive(Debug)]
struct Line {
    pattern: String,
    owners: Vec<String>,
}

impl Line {
    /// How many wildcards its pattern has.
    fn wildcards(&self) -> usize {
        self.pattern.matches(['*', '?']).count()
    }
}

/// The lines of each section, before they can be asked.
#[derive(Debug)]
struct Drafts {
    sections: Vec<Vec<Line>>,
}

impl Drafts {
    /// Sorts the lines into sections; sections of one name are one. What stands above all headings is a
    /// section without a name.
    fn of(text: &str) -> Self {
        let mut sections = vec![Vec::new()];
        let mut known = BTreeMap::new();
        let (mut current, mut default) = (0, Vec::new());
        for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with('#')) {
            if let Some((name, owners)) = heading(line) {
                current = *known.entry(name.to_lowercase()).or_insert_with(|| {
                    sections.push(Vec::new());
                    sections.len() - 1
                });
                default = owners;
            } else if let Some(line) = read_line(line, &default) {
                sections[current].push(line);
            }
        }
        Self { sections }
    }

    fn wildcards(&self) -> usize {
        self.sections.iter().flatten().map(Line::wildcards).sum()
    }
}

/// The name and the default owners of `[Section]`, `^[Optional]` and `[Section][2] @owner`.
fn heading(line: &str) -> Option<(&str, Vec<String>)> {
    let (name, rest) = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((count, rest)) if count.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        Some(_) => return None,
        None => rest,
    };
    // `[a-z]*.rs` is no heading, but a pattern that GitHub doesn't support.
    let is_heading = !name.trim().is_empty() && (rest.is_empty() || rest.starts_with(char::is_whitespace));
    is_heading.then(|| (name.trim(), words(rest).filter(|word| is_owner(word)).map(str::to_owned).collect()))
}

/// A pattern and who owns what it matches; `None` for what says nothing.
fn read_line(line: &str, default: &[String]) -> Option<Line> {
    let (pattern, rest) = split_pattern(line);
    let pattern = supported(pattern)?;
    let owners: Vec<String> = words(rest).map(str::to_owned).collect();
    match owners.is_empty() {
        true => Some(Line { pattern, owners: default.to_vec() }),
        // GitHub skips the whole line, so that an earlier one may count.
        false => owners.iter().all(|owner| is_owner(owner)).then_some(Line { pattern, owners }),
    }
}

/// Splits a line after its pattern: at the first space that no backslash escapes.
fn split_pattern(line: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = line.char_indices().find(|(_, one)| {
        let is_end = one.is_whitespace() && !is_escaped;
        is_escaped = *one == '\\' && !is_escaped;
        is_end
    });
    line.split_at(end.map_or(line.len(), |(at, _)| at))
}

/// The words up to an inline comment.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().take_while(|word| !word.starts_with('#'))
}

/// Whether a word has the shape of an owner: `@user`, `@org/team`, `@@role`, or an address.
fn is_owner(word: &str) -> bool {
    word.contains('@') && !word.ends_with('@')
}

/// A pattern as the matcher takes it; `None` for what the forges don't support. Braces stand for
/// themselves there, and for alternatives in the matcher.
fn supported(pattern: &str) -> Option<String> {
    if pattern.is_empty() || pattern.len() > LONGEST_PATTERN || pattern.starts_with('!') {
        return None;
    }
    let pattern = without_stars_at_end(pattern);
    // A matcher asks all patterns of one ending one by one, unless a class hides the ending from it.
    let hides_ending = pattern.contains(['*', '?']) && !is_ending(&pattern);
    let mut taken = String::with_capacity(pattern.len());
    let mut is_escaped = false;
    for one in pattern.chars() {
        match one {
            '[' | ']' if !is_escaped => return None,
            '{' | '}' if !is_escaped => taken.extend(['\\', one]),
            '.' if hides_ending => {
                taken.truncate(taken.len() - usize::from(is_escaped));
                taken.push_str("[.]");
            }
            _ => taken.push(one),
        }
        is_escaped = one == '\\' && !is_escaped;
    }
    let wildcards = taken.matches(['*', '?']).count();
    (wildcards <= MOST_WILDCARDS && !is_escaped).then_some(taken)
}

/// `a/**` as `/a/`: all that is in a folder is the same, and needs no wildcard.
fn without_stars_at_end(pattern: &str) -> Cow<'_, str> {
    let folder = pattern.strip_suffix("/**").map(|folder| folder.trim_start_matches('/'));
    let is_plain =
        |folder: &&str| !folder.is_empty() && !["\\", "/", "**"].iter().any(|end| folder.ends_with(end));
    match folder.filter(is_plain) {
        Some(folder) => Cow::Owned(format!("/{folder}/")),
        None => Cow::Borrowed(pattern),
    }
}

/// Whether a pattern is `*.rs` and the like, which costs nothing.
fn is_ending(pattern: &str) -> bool {
    pattern.strip_prefix("*.").is_some_and(|ending| !ending.contains(['*', '?', '/', '.', '\\']))
}

/// Whether a pattern matches files alone: `docs/*` does not take what lies in folders of `docs`, other
/// than in a `.gitignore`.
fn is_of_files(pattern: &str) -> bool {
    pattern.ends_with("/*")
}

/// Lines among which the last one that matches decides.
#[derive(Debug)]
struct Section {
    /// The owners that each line names.
    owners: Vec<Vec<String>>,
    /// The last line of each pattern.
    lines: BTreeMap<String, usize>,
    /// Patterns that match a file, or a folder with all that is in it; the last matchers come last.
    everything: Vec<Gitignore>,
    /// Patterns that match files alone.
    files: Vec<Gitignore>,
}

impl Section {
    fn new(drafts: Vec<Line>) -> Self {
        // Of equal patterns only the last one can decide.
        let lines: BTreeMap<String, usize> =
            drafts.iter().enumerate().map(|(at, line)| (line.pattern.clone(), at)).collect();
        let is_last = |(at, line): &(usize, &Line)| lines.get(&line.pattern) == Some(at);
        let last = drafts.iter().enumerate().filter(is_last).map(|(_, line)| line);
        let (files, everything): (Vec<&Line>, Vec<&Line>) = last.partition(|line| is_of_files(&line.pattern));
        let (files, everything) = (matchers(&files), matchers(&everything));
        Self { owners: drafts.into_iter().map(|line| line.owners).collect(), lines, everything, files }
    }

    /// The owners of a file by the last line that matches it.
    fn owners_of(&self, path: &RepoPath) -> &[String] {
        let folders = path.with_ancestors().skip(1).filter(|folder| !folder.is_empty());
        let by_folder = folders.filter_map(|folder| self.last(&self.everything, folder, true));
        let by_file = [&self.everything, &self.files].into_iter();
        let by_file = by_file.filter_map(|matchers| self.last(matchers, path.as_str(), false));
        by_folder.chain(by_file).max().map_or(&[], |line| &self.owners[line])
    }

    /// The last line that matches a path by itself.
    fn last(&self, matchers: &[Gitignore], path: &str, is_folder: bool) -> Option<usize> {
        let mut matched = matchers.iter().rev().map(|matcher| matcher.matched(path, is_folder));
        let pattern = matched.find_map(|found| found.inner().map(|glob| glob.original()))?;
        self.lines.get(pattern).copied()
    }
}

/// One matcher for all lines, as far as its regular expression doesn't grow too large.
fn matchers(lines: &[&Line]) -> Vec<Gitignore> {
    let mut all = Vec::new();
    let (mut start, mut wildcards) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        if wildcards + line.wildcards() > WILDCARDS_OF_MATCHER {
            all.extend(matcher(&lines[start..at]));
            (start, wildcards) = (at, 0);
        }
        wildcards += line.wildcards();
    }
    all.extend(matcher(&lines[start..]));
    all
}

/// A matcher for these lines, but those that are no globs.
fn matcher(lines: &[&Line]) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for line in lines {
        // What is no glob says nothing, as everywhere in this file.
        let _ = builder.add_line(None, &line.pattern);
    }
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::{CodeOwners, CodeOwnersSource, LARGEST, MOST_SECTIONS, RepoPath, Source};

    fn owner(text: &str, path: &str) -> Option<String> {
        CodeOwners::read(text).unwrap().of(&RepoPath::new(path).unwrap())
    }

    #[track_caller]
    fn assert_owner(text: &str, path: &str, expected: &str) {
        assert_eq!(owner(text, path).unwrap_or_default(), expected, "{path} by {text:?}");
    }

    #[test]
    fn is_recognised_where_a_forge_looks_for_it() {
        let is = |folder, name| CodeOwnersSource.recognises(folder, name);
        assert!(is("", "CODEOWNERS") && is(".github", "CODEOWNERS"));
        assert!(is("docs", "CODEOWNERS") && is(".gitlab", "CODEOWNERS"));
        assert!(!is("src", "CODEOWNERS") && !is("a/docs", "CODEOWNERS") && !is("", "codeowners"));
    }

    #[test]
    fn the_last_line_that_matches_decides() {
        let text = "* @all\n/crates/ @crates\n/crates/cart/ @cart @shop\n*.md @docs\n";
        assert_owner(text, "Cargo.toml", "@all");
        assert_owner(text, "crates/users/Cargo.toml", "@crates");
        assert_owner(text, "crates/cart/src/lib.rs", "@cart @shop");
        assert_owner(text, "crates/cart/README.md", "@docs");
        // A folder further down decides nothing if its line stands above.
        assert_owner("/a/b/ @b\n/a/ @a\n", "a/b/c", "@a");
        assert_owner("/a @one\n/b @two\n/a @three\n", "a/x", "@three");
    }

    #[test]
    fn a_pattern_without_owners_takes_them_away() {
        let text = "/apps/ @apps\n/apps/github\n";
        assert_owner(text, "apps/github/Cargo.toml", "");
        assert_owner(text, "apps/cart/Cargo.toml", "@apps");
        assert_owner("/a @a\n/a # nobody\n", "a/x", "");
    }

    #[test]
    fn patterns_mean_what_the_forges_document() {
        assert_owner("docs/* @d", "docs/index.md", "@d");
        assert_owner("docs/* @d", "docs/app/index.md", "");
        assert_owner("docs/** @d", "docs/app/index.md", "@d");
        assert_owner("apps/ @a", "x/apps/y/z", "@a");
        assert_owner("/apps/ @a", "x/apps/y", "");
        assert_owner("apps/ @a", "apps", "");
        assert_owner("**/logs @l", "build/logs/x", "@l");
        assert_owner("docs/** @d", "x/docs/y", "");
        assert_owner("**/docs/** @d", "x/docs/y", "@d");
        assert_owner("** @d", "x/docs/y", "@d");
        assert_owner("/** @d", "x/docs/y", "@d");
        assert_owner("**/** @d", "x", "@d");
        assert_owner("/a/*.toml @t", "a/Cargo.toml", "@t");
        assert_owner("/a/*\\.toml @t", "a/Cargo.toml", "@t");
        assert_owner("/a/*.toml @t", "a/Cargo-toml", "");
        assert_owner("*.js @j", "a/b.js", "@j");
        assert_owner("a/b @ab", "x/a/b", "");
        assert_owner("CRATES @c", "crates/x", "");
        assert_owner("/a{b,c} @x", "ab", "");
        assert_owner("/a{b,c} @x", "a{b,c}/d", "@x");
        assert_owner("/ @x", "a", "");
    }

    #[test]
    fn comments_and_escaped_spaces() {
        let text = "# @nobody\n\n  /a\\ b/ @ab\t@c # and @why\r\n\\#c @hash\n";
        assert_owner(text, "a b/c", "@ab @c");
        assert_owner(text, "#c", "@hash");
        assert_owner("/a#b @x", "a#b", "@x");
        assert_owner("/a mail@example.com", "a", "mail@example.com");
    }

    #[test]
    fn lines_that_the_forges_skip_say_nothing() {
        for line in ["!/a @b", "/[ab] @b", "[ab]* @b", "/a nobody", "/a @b nobody", "/a\\", "/a @"] {
            assert_owner(&format!("/a @a\n{line}\n"), "a", "@a");
        }
    }

    #[test]
    fn each_section_is_judged_by_itself() {
        let text = "* @all\n[Docs][2] @docs\n*.md\n/a/ @a\n^[Optional] @optional\n/a/x\n[DOCS] @more\n/a/b\n";
        assert_owner(text, "x.rs", "@all");
        assert_owner(text, "x.md", "@all @docs");
        assert_owner(text, "a/x", "@all @a @optional");
        assert_owner(text, "a/b", "@all @more");
        assert_owner("[A] @a\n* @b\n[B]\n* @b\n", "x", "@b");
        assert_owner("[A]\n* @b\n/x\n", "x", "");
    }

    #[test]
    fn everybody_who_is_named_is_known() {
        let owners = CodeOwners::read("* @all\n[Docs] @docs\n*.md\n/a a@b.c @all # @not\n").unwrap();
        assert_eq!(owners.names().iter().collect::<Vec<_>>(), ["@all", "@docs", "a@b.c"]);
    }

    #[test]
    fn what_would_cost_too_much_is_not_read() {
        assert!(CodeOwners::read(&"#".repeat(LARGEST)).is_ok());
        assert!(CodeOwners::read(&"#".repeat(LARGEST + 1)).is_err());
        let sections: String = (0..=MOST_SECTIONS).map(|at| format!("[{at}]\n")).collect();
        assert!(CodeOwners::read(&sections).is_err());
        let wildcards: String = (0..6_000).map(|at| format!("a*b*c*d*e*f*g*h*i*j*k*{at} @x\n")).collect();
        assert!(CodeOwners::read(&wildcards).is_err());
        assert_owner(&format!("/a @a\n/a{} @b\n", "*".repeat(500)), "a", "@a");
    }
}
