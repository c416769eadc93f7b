//! What stands behind the keyword of an instruction.

use std::ops::Range;

use crate::text::{Span, Spanned};

use super::lines::{Heredoc, ending};
use super::pieced::Pieced;
use super::{Arg, Command, CopyStep, Mount, RunStep, shell, words};

/// The image of a `FROM`, and the name behind `AS`.
pub(super) fn from(rest: &Pieced) -> Option<(Spanned<String>, Option<Spanned<String>>)> {
    let (_, start) = words::flags(rest.text());
    let rest = rest.part(start..rest.text().len());
    let mut words = words::split_plainly(rest.text()).into_iter().map(|range| rest.spanned(range));
    let image = words.next()?;
    let name = words.next().filter(|word| word.value.eq_ignore_ascii_case("as")).and_then(|_| words.next());
    Some((image, name))
}

/// Where a word is split at its first `=`.
fn equation(rest: &Pieced, word: Range<usize>) -> (Range<usize>, Option<Range<usize>>) {
    match rest.text().get(word.clone()).and_then(|text| text.find('=')) {
        Some(at) => (word.start..word.start + at, Some(word.start + at + 1..word.end)),
        None => (word, None),
    }
}

/// The arguments of an `ARG`.
pub(super) fn arguments(rest: &Pieced) -> Vec<Arg> {
    let argument = |word| {
        let (name, default) = equation(rest, word);
        Arg { name: rest.spanned(name), default: default.map(|range| rest.spanned(range)) }
    };
    words::split(rest.text()).into_iter().map(argument).collect()
}

/// The variables of an `ENV`: `A=b C=d`, or `A b` with one of them.
pub(super) fn environment(rest: &Pieced) -> Vec<(Spanned<String>, Spanned<String>)> {
    let (first, behind) = words::first(rest.text());
    if !first.contains('=') {
        let name = rest.spanned(0..first.len());
        let value = rest.spanned(behind..rest.text().len());
        return if first.is_empty() { Vec::new() } else { vec![(name, value)] };
    }
    let variable = |word| match equation(rest, word) {
        (name, Some(value)) => Some((rest.spanned(name), rest.spanned(value))),
        (_, None) => None,
    };
    words::split(rest.text()).into_iter().filter_map(variable).collect()
}

/// A flag's name and value.
fn flag(rest: &Pieced, word: Range<usize>) -> (String, Spanned<String>, Span) {
    let span = rest.span(word.clone());
    let (name, value) = equation(rest, word);
    let value = value.map_or(Spanned { value: String::new(), span }, |range| rest.spanned(range));
    (rest.text().get(name).unwrap_or_default().to_ascii_lowercase(), value, span)
}

/// `COPY` and `ADD`; `None` if it says too little.
pub(super) fn copy(is_add: bool, rest: &Pieced, heredocs: &[Heredoc]) -> Option<CopyStep> {
    let (flags, start) = words::flags(rest.text());
    let (mut from, mut excludes) = (None, Vec::new());
    for (name, value, _) in flags.into_iter().map(|word| flag(rest, word)) {
        match name.as_str() {
            "--from" => from = Some(value),
            "--exclude" => excludes.push(value),
            _ => {}
        }
    }
    let rest = rest.part(start..rest.text().len());
    let mut arguments: Vec<Spanned<String>> = match words::json_list(&rest) {
        Some(members) => members.into_iter().map(Pieced::into_spanned).collect(),
        None => words::split_plainly(rest.text()).into_iter().map(|range| rest.spanned(range)).collect(),
    };
    let target = arguments.pop()?;
    if arguments.is_empty() {
        return None;
    }
    if !heredocs.is_empty() {
        arguments.retain(|argument| ending(&argument.value).is_none());
    }
    Some(CopyStep { from, sources: arguments, target, is_add, excludes })
}

/// `RUN`.
pub(super) fn run(rest: &Pieced, heredocs: &[Heredoc]) -> RunStep {
    let (flags, start) = words::flags(rest.text());
    let mounts = flags.into_iter().filter_map(|word| mount(rest, word)).collect();
    let rest = rest.part(start..rest.text().len());
    RunStep { commands: run_commands(&rest, heredocs), mounts }
}

fn run_commands(rest: &Pieced, heredocs: &[Heredoc]) -> Vec<shell::ShellCommand> {
    match heredocs {
        [] => command(rest).commands,
        [only] if ending(rest.text()).is_some() => {
            // A script in another language says nothing that we can read.
            let is_shell = only.body.text().strip_prefix("#!").is_none_or(|rest| {
                let line = rest.lines().next().unwrap_or_default();
                line.trim_end().ends_with("sh") || line.contains("sh ")
            });
            if is_shell { shell::read(&only.body) } else { Vec::new() }
        }
        several => {
            let mut script = rest.clone();
            let end = rest.whole().range().end;
            script.push_for("\n", Span::new(end..end));
            for heredoc in several {
                script.push_part(&heredoc.with_end, 0..heredoc.with_end.text().len());
            }
            shell::read(&script)
        }
    }
}

fn mount(rest: &Pieced, word: Range<usize>) -> Option<Mount> {
    let value_at = word.start + "--mount=".len();
    let is_mount = rest.text().get(word.start..value_at)?.eq_ignore_ascii_case("--mount=");
    let mut mount = Mount {
        kind: "bind".to_owned(),
        from: None,
        source: None,
        target: None,
        span: rest.span(word.clone()),
    };
    let mut at = value_at;
    for field in rest.text().get(value_at..word.end)?.split(',') {
        let (key, value) = equation(rest, at..at + field.len());
        at += field.len() + 1;
        let key = rest.text().get(key).unwrap_or_default().trim_matches('"').to_ascii_lowercase();
        let value = value.map(|range| rest.spanned(range));
        match key.as_str() {
            "type" => mount.kind = value.map_or_else(String::new, |kind| kind.value.to_ascii_lowercase()),
            "from" => mount.from = value,
            "source" | "src" => mount.source = value,
            "target" | "dst" | "destination" => mount.target = value,
            _ => {}
        }
    }
    is_mount.then_some(mount)
}

/// What is run, as a list or for a shell.
pub(super) fn command(rest: &Pieced) -> Command {
    match words::json_list(rest) {
        Some(members) => Command { is_exec: true, commands: shell::exec(members) },
        None => Command { is_exec: false, commands: shell::read(rest) },
    }
}

#[cfg(test)]
mod tests {
    use super::{Pieced, arguments, copy, environment, from, mount};

    fn plain(text: &str) -> Pieced {
        Pieced::plain(text, 0)
    }

    #[test]
    fn images_and_names() {
        let cases = [
            ("a", Some(("a", ""))),
            ("--platform=$P a as b", Some(("a", "b"))),
            ("a AS", Some(("a", ""))),
            ("--platform=x", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let found = from(&plain(text));
            let found =
                found.map(|(image, name)| (image.value, name.map_or(String::new(), |name| name.value)));
            assert_eq!(found, expected.map(|(image, name)| (image.to_owned(), name.to_owned())), "{text}");
        }
    }

    #[test]
    fn arguments_and_variables() {
        let found = arguments(&plain("A B=c D=\"e f\" G="));
        let shown =
            found.iter().map(|one| (one.name.value.as_str(), one.default.as_ref().map(|one| &*one.value)));
        let expected = [("A", None), ("B", Some("c")), ("D", Some("\"e f\"")), ("G", Some(""))];
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        let variables = |text: &str| -> Vec<(String, String)> {
            environment(&plain(text)).into_iter().map(|(name, value)| (name.value, value.value)).collect()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(variables("A=b C='d e'"), [pair("A", "b"), pair("C", "'d e'")]);
        assert_eq!(variables("A b c=d"), [pair("A", "b c=d")]);
        assert_eq!(variables(""), []);
    }

    #[test]
    fn copies() {
        let shown = |text: &str| {
            let copy = copy(false, &plain(text), &[])?;
            let sources: Vec<String> = copy.sources.into_iter().map(|source| source.value).collect();
            let from = copy.from.map_or(String::new(), |from| from.value);
            Some(format!("{from}:{}>{}", sources.join(","), copy.target.value))
        };
        let cases = [
            ("a b c/", Some(":a,b>c/")),
            ("--link --from=x --chown=a:b a b", Some("x:a>b")),
            ("[\"a b\", \"c\"]", Some(":a b>c")),
            ("--from=x [\"a\", \"c\"]", Some("x:a>c")),
            ("a", None),
            ("--from=x a", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn mounts() {
        let shown = |text: &str| {
            let mount = mount(&plain(text), 0..text.len())?;
            let [from, source, target] = [mount.from, mount.source, mount.target]
                .map(|word| word.map_or(String::new(), |word| word.value));
            Some(format!("{} {from} {source} {target}", mount.kind))
        };
        assert_eq!(shown("--mount=type=cache,target=/a,id=x").as_deref(), Some("cache   /a"));
        assert_eq!(shown("--mount=from=a,src=b,dst=c,rw").as_deref(), Some("bind a b c"));
        assert_eq!(shown("--network=none"), None);
        assert_eq!(shown("--mount"), None);
    }
}
