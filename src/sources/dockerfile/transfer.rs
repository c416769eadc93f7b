//! Which files a command of a shell copies or moves.

use super::cargo_command::Argument;
use super::program::file_name;

/// How many words the braces of one word may become.
const MOST_BRACES: usize = 64;

/// What a command does with files.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Transfer<'w> {
    /// `cp`, `install`, `ln`, `mv`
    Copy {
        /// What, each with the word that says it.
        sources: Vec<(String, &'w ArgumentWord)>,
        /// Where to.
        target: String,
        /// Whether that is surely a folder.
        is_folder: bool,
        /// Whether the source is gone afterwards.
        moves: bool,
    },
    /// `rm`
    Remove(Vec<String>),
}

/// A word as it is written, with its place.
pub(super) type ArgumentWord = crate::text::Spanned<String>;

/// Reads a command; `None` if it does nothing with files that we follow.
pub(super) fn read(words: &[Argument]) -> Option<Transfer<'_>> {
    let (first, rest) = words.split_first()?;
    match file_name(&first.word.value) {
        name @ ("cp" | "mv" | "ln" | "install") => copy(name, rest, None),
        "find" => found(rest),
        "rm" => {
            let paths = rest.iter().map(|argument| argument.word.value.as_str());
            let paths = paths.filter(|path| !path.starts_with('-')).flat_map(braces);
            Some(Transfer::Remove(paths.collect()))
        }
        _ => None,
    }
}

/// `find folder … -exec cp {} target \;`
fn found(words: &[Argument]) -> Option<Transfer<'_>> {
    let folder = words.first()?;
    let at = words.iter().position(|argument| argument.word.value == "-exec")?;
    let command = words.get(at + 1..)?;
    let end = command.iter().position(|argument| matches!(argument.word.value.as_str(), ";" | "+"));
    let command = command.get(..end.unwrap_or(command.len()))?;
    let (first, rest) = command.split_first()?;
    match file_name(&first.word.value) {
        name @ ("cp" | "mv" | "install") => copy(name, rest, Some(folder)),
        _ => None,
    }
}

/// Options that a word follows.
fn is_valued(name: &str, word: &str) -> bool {
    match name {
        "install" => matches!(word, "-m" | "-o" | "-g" | "-S" | "--mode" | "--owner" | "--group"),
        _ => matches!(word, "-S"),
    }
}

fn copy<'w>(name: &str, words: &'w [Argument], found: Option<&'w Argument>) -> Option<Transfer<'w>> {
    let (mut paths, mut target) = (Vec::new(), None);
    let mut words = words.iter();
    while let Some(argument) = words.next() {
        let text = argument.word.value.as_str();
        match text {
            "-d" if name == "install" => return None,
            "-t" | "--target-directory" => target = words.next().map(|argument| argument.word.value.clone()),
            _ if is_valued(name, text) => _ = words.next(),
            _ if text.starts_with("--target-directory=") => {
                target = text.split_once('=').map(|(_, folder)| folder.to_owned());
            }
            _ if text.starts_with('-') && text.len() > 1 => {}
            "{}" => paths.extend(found.map(|folder| (format!("{}/*", folder.word.value), &folder.word))),
            _ => paths.extend(braces(text).into_iter().map(|path| (path, &argument.word))),
        }
    }
    let is_told = target.is_some();
    let target = target.or_else(|| paths.pop().map(|(path, _)| path))?;
    let is_folder = is_told || target.ends_with('/') || paths.len() > 1 || found.is_some();
    (!paths.is_empty()).then(|| Transfer::Copy { sources: paths, target, is_folder, moves: name == "mv" })
}

/// How long a word with braces may be, in bytes.
const LONGEST: usize = 1_000;

/// `a{b,c}d` is `abd` and `acd`.
pub(super) fn braces(text: &str) -> Vec<String> {
    let mut words = vec![text.to_owned()];
    if text.len() > LONGEST {
        return words;
    }
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match list(word) {
            Some((before, members, after)) if words.len() < MOST_BRACES => {
                let members: Vec<String> =
                    members.iter().map(|one| format!("{before}{one}{after}")).collect();
                words.splice(at..=at, members);
            }
            _ => at += 1,
        }
    }
    words.truncate(MOST_BRACES);
    words
}

/// The first list in braces that holds no other one, with what stands around it.
fn list(word: &str) -> Option<(String, Vec<String>, String)> {
    let end = word.match_indices('}').find_map(|(close, _)| {
        let open = word.get(..close)?.rfind('{')?;
        let is_variable = word.get(..open)?.ends_with('$');
        (!is_variable && word.get(open..close)?.contains(',')).then_some((open, close))
    });
    let (open, close) = end?;
    let members = word.get(open + 1..close)?.split(',').map(str::to_owned).collect();
    Some((word.get(..open)?.to_owned(), members, word.get(close + 1..)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Argument, Transfer, braces, read};
    use crate::text::{Span, Spanned};

    #[test]
    fn files_are_copied_moved_and_removed() {
        let cases = [
            ("cp -a x y", "x -> y"),
            ("cp x y z/", "x y -> z/ folder"),
            ("cp -t z x y", "x y -> z folder"),
            ("cp a/{x,y} z", "a/x a/y -> z folder"),
            ("mv x y", "x -> y moved"),
            ("ln -sf x y", "x -> y"),
            ("install -D -m 755 -o root x y", "x -> y"),
            ("install --target-directory=z x", "x -> z folder"),
            ("find d -type f -exec mv {} z ;", "d/* -> z folder moved"),
            ("rm -rf x {y,z}", "rm x y z"),
            ("install -d x", ""),
            ("cp x", ""),
            ("find d -delete", ""),
        ];
        for (text, expected) in cases {
            let argument = |word: &str| Argument {
                word: Spanned { value: word.to_owned(), span: Span::default() },
                is_known: true,
            };
            let words: Vec<Argument> = text.split(' ').map(argument).collect();
            let shown = match read(&words) {
                Some(Transfer::Copy { sources, target, is_folder, moves }) => {
                    let sources: Vec<String> = sources.into_iter().map(|(path, _)| path).collect();
                    let folder = if is_folder { " folder" } else { "" };
                    let moved = if moves { " moved" } else { "" };
                    format!("{} -> {target}{folder}{moved}", sources.join(" "))
                }
                Some(Transfer::Remove(paths)) => format!("rm {}", paths.join(" ")),
                None => String::new(),
            };
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn braces_become_words() {
        assert_eq!(braces("a{b,c}d{e,f}"), ["abde", "abdf", "acde", "acdf"]);
        assert_eq!(braces("{a,b{c,d}}"), ["a", "bc", "a", "bd"]);
        assert_eq!(braces("${a,b} {c} {}"), ["${a,b} {c} {}"]);
        assert!(braces(&"{a,b}".repeat(100)).len() <= 64);
    }
}
