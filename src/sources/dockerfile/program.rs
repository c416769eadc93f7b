//! Which program a command is about: not the one that only starts another.

use crate::text::Spanned;

/// The last part of a path.
pub(in crate::sources) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// How many words belong to a program that only starts the one behind them.
pub(in crate::sources) fn wrapper(words: &[Spanned<String>]) -> Option<usize> {
    let name = file_name(&words.first()?.value);
    let valued: &[&str] = match name {
        "exec" | "command" | "nohup" | "time" | "mold" | "setarch" | "xvfb-run" | "builtin" | "gosu"
        | "su-exec" => &[],
        "tini" | "dumb-init" | "catatonit" => &["-p", "-e", "-r", "--rewrite"],
        "env" => &["-u", "-C", "--unset", "--chdir"],
        "sudo" => &["-u", "-g", "--user", "--group"],
        "nice" => &["-n"],
        "timeout" => &["-k", "-s"],
        "ionice" => &["-c", "-n"],
        "stdbuf" => &["-i", "-o", "-e"],
        _ => return None,
    };
    let mut at = 1;
    while let Some(word) = words.get(at).map(|word| word.value.as_str()) {
        match word {
            "--" => return Some(at + 1),
            _ if valued.contains(&word) => at += 2,
            _ if word.starts_with('-') || (name == "env" && assigned(word).is_some()) => at += 1,
            _ => break,
        }
    }
    // The first word of these is no program, but how long, or who.
    let has_word = matches!(name, "timeout" | "gosu" | "su-exec" | "setarch");
    Some(at + usize::from(has_word))
}

/// The name and the value of `NAME=value`.
pub(in crate::sources) fn assigned(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let mut bytes = name.bytes();
    let begins = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let is_name = begins && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, value))
}
