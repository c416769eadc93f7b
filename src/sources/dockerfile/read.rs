//! From instructions to stages.
//!
//! Invariant: what can't be read keeps nothing else from being read, and is a fault only where no builder
//! could build the file.

use crate::text::{Fault, RepoPath, Span};

use super::instructions::{arguments, command, copy, environment, from, run};
use super::lines::{self, Instruction};
use super::pieced::Pieced;
use super::{Arg, Dockerfile, Stage, Step, StepKind, words};

/// How long a file may be, in bytes; far above every file that is built.
const LARGEST: usize = 1024 * 1024;

/// How many stages a file may have.
const MOST_STAGES: usize = 500;

/// What no file without a stage is built of.
const INSTRUCTIONS: [&str; 17] = [
    "RUN",
    "CMD",
    "LABEL",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
    "MAINTAINER",
    "FROM",
];

impl Dockerfile {
    /// Reads the whole text. `None` if nothing of it can be read.
    pub fn read(path: &RepoPath, text: &str) -> (Option<Self>, Vec<Fault>) {
        if text.len() > LARGEST {
            let size = text.len();
            let fault = Fault::of(path, format!("the file has {size} bytes; at most {LARGEST} are read"));
            return (None, vec![fault.help("shorten it, or take it out with `[scan] exclude`")]);
        }
        let lines = lines::split(text);
        let file = Self { global_args: Vec::new(), stages: Vec::new(), escape: lines.escape };
        let mut reader = Reader { path, file, faults: Vec::new(), stray: None, is_over: false };
        for instruction in &lines.instructions {
            if !reader.is_over {
                reader.read(instruction);
            }
        }
        reader.finish()
    }
}

struct Reader<'p> {
    path: &'p RepoPath,
    file: Dockerfile,
    faults: Vec<Fault>,
    /// The first instruction that no stage stands before.
    stray: Option<(String, Span)>,
    /// Whether there were too many stages.
    is_over: bool,
}

/// The keyword of an instruction in capitals, and what stands behind it.
fn parted(line: &Pieced) -> (String, Pieced) {
    let (keyword, rest) = words::first(line.text());
    (keyword.to_ascii_uppercase(), line.part(rest..line.text().len()))
}

impl Reader<'_> {
    fn fault(&mut self, span: Span, message: impl Into<String>, label: &str, help: &str) {
        self.faults.push(Fault::of(self.path, message).at(span, label).help(help));
    }

    fn read(&mut self, instruction: &Instruction) {
        let (keyword, rest) = parted(&instruction.line);
        for name in instruction.heredocs.iter().filter_map(|heredoc| heredoc.missing.as_deref()) {
            let help = format!("end it with a line that holds `{name}` and nothing else");
            self.fault(instruction.span, "a heredoc does not end before the file does", "begins here", &help);
        }
        if keyword == "FROM" {
            return self.stage(instruction.span, &rest);
        }
        if keyword == "ARG" && self.file.stages.is_empty() {
            return self.file.global_args.extend(arguments(&rest));
        }
        let kinds = self.steps(&keyword, &rest, instruction);
        match self.file.stages.last_mut() {
            Some(stage) => {
                let step = |kind| Step { span: instruction.span, kind };
                stage.steps.extend(kinds.into_iter().map(step));
            }
            None if self.stray.is_none() && INSTRUCTIONS.contains(&keyword.as_str()) => {
                self.stray = Some((keyword, instruction.span));
            }
            None => {}
        }
    }

    fn stage(&mut self, span: Span, rest: &Pieced) {
        let Some((image, name)) = from(rest) else {
            return self.fault(span, "a `FROM` says no image", "of what?", "name an image or a stage");
        };
        if self.file.stages.len() < MOST_STAGES {
            return self.file.stages.push(Stage { name, from: image, span, steps: Vec::new() });
        }
        self.is_over = true;
        let message = format!("the file has more than {MOST_STAGES} stages; the rest is not read");
        self.fault(span, message, "this one is too many", "split the file");
    }

    fn steps(&mut self, keyword: &str, rest: &Pieced, instruction: &Instruction) -> Vec<StepKind> {
        match keyword {
            "ARG" => arguments(rest).into_iter().map(|arg: Arg| StepKind::Arg(arg)).collect(),
            "ENV" => vec![StepKind::Env(environment(rest))],
            "WORKDIR" => vec![StepKind::Workdir(rest.clone().into_spanned())],
            "COPY" | "ADD" => {
                let Some(step) = copy(keyword == "ADD", rest, &instruction.heredocs) else {
                    let message = format!("`{keyword}` needs something to copy and where to");
                    let help = "write what to copy, and then where to";
                    self.fault(instruction.span, message, "one of them is not there", help);
                    return Vec::new();
                };
                vec![StepKind::Copy(step)]
            }
            "RUN" => vec![StepKind::Run(run(rest, &instruction.heredocs))],
            "ENTRYPOINT" => vec![StepKind::Entrypoint(command(rest))],
            "CMD" => vec![StepKind::Cmd(command(rest))],
            "ONBUILD" => self.on_build(rest, instruction),
            _ => Vec::new(),
        }
    }

    fn on_build(&mut self, rest: &Pieced, instruction: &Instruction) -> Vec<StepKind> {
        let (keyword, rest) = parted(rest);
        if keyword == "ONBUILD" {
            return Vec::new();
        }
        let kinds = self.steps(&keyword, &rest, instruction).into_iter();
        kinds.map(|kind| StepKind::OnBuild(Box::new(Step { span: instruction.span, kind }))).collect()
    }

    fn finish(mut self) -> (Option<Dockerfile>, Vec<Fault>) {
        if let (Some((keyword, span)), true) = (self.stray.take(), self.file.stages.is_empty()) {
            let message = format!("the file has no `FROM`, so `{keyword}` has nothing to work on");
            let help = "begin with `FROM`, or take the file out with `[scan] exclude`";
            self.fault(span, message, "stands in no stage", help);
        }
        (Some(self.file), self.faults)
    }
}

#[cfg(test)]
mod tests {
    use super::Dockerfile;
    use crate::text::RepoPath;

    fn faults(text: &str) -> Vec<String> {
        let (_, faults) = Dockerfile::read(&RepoPath::new("Dockerfile").unwrap(), text);
        let of = |fault: crate::text::Fault| {
            let place = fault.span.map_or("", |span| &text[span.range()]);
            format!("{} at {place}", fault.message)
        };
        faults.into_iter().map(of).collect()
    }

    #[test]
    fn what_no_builder_could_build_is_a_fault() {
        let cases = [
            ("RUN a", "the file has no `FROM`, so `RUN` has nothing to work on at RUN a"),
            ("FROM\n", "a `FROM` says no image at FROM"),
            ("FROM a\nCOPY b", "`COPY` needs something to copy and where to at COPY b"),
            (
                "FROM a\nONBUILD ADD --link b",
                "`ADD` needs something to copy and where to at ONBUILD ADD --link b",
            ),
            ("FROM a\nRUN <<X b\nc", "a heredoc does not end before the file does at RUN <<X b"),
        ];
        for (text, expected) in cases {
            assert_eq!(faults(text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_newer_or_says_nothing_is_none() {
        for text in [
            "",
            "# nothing",
            "ARG A",
            "FROM a\nNEW --x=[y {z}\nRUN --device=a b\nCOPY --new=x a b",
            "not a Dockerfile at all",
            "FROM scratch",
            "FROM a\nRUN cat <<X\nb\nX\n",
            "FROM a\nRUN \"open",
        ] {
            assert_eq!(faults(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let (file, faults) = Dockerfile::read(&RepoPath::root(), &"#\n".repeat(600_000));
        assert!(file.is_none() && faults.len() == 1);
        assert_eq!(faults[0].message, "the file has 1200000 bytes; at most 1048576 are read");
        assert_eq!(self::faults(&"FROM a\n".repeat(510)).len(), 1, "told once");
    }
}
