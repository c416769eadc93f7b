//! Dockerfiles: the stages of an image, what is copied into them, and what is run there.
//!
//! Invariant: what is read stays as it is written, with the place of each word; what the words come to
//! with variables is asked of [`Dockerfile::built`]. Whatever syntax is newer than this reader is passed
//! over: only what no builder could build is a fault.

mod cargo_command;
mod cargo_options;
mod contents;
mod evaluation;
mod expand;
mod files;
mod instructions;
mod landing;
mod lines;
mod needed;
mod pieced;
mod program;
mod read;
mod runs;
mod scope;
mod script;
mod shell;
mod tokens;
mod transfer;
mod words;

use crate::text::{Fault, RepoPath, Span, Spanned};

use super::{Facts, Source};

pub use cargo_command::{CargoBuild, CargoCommandWord};
pub use contents::{Base, BaseUse, Contents, ContextCopy, LandedBinary};
pub use expand::{Expanded, expand, expand_unquoted};
pub use shell::{Loop, ShellCommand, commands};

pub(in crate::sources) use cargo_command::{Argument, read as read_cargo};
pub(in crate::sources) use pieced::Pieced;
pub(in crate::sources) use program::file_name;
pub(in crate::sources) use shell::read as commands_of;

/// Reads Dockerfiles.
#[derive(Debug)]
pub(super) struct DockerfileSource;

impl Source for DockerfileSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        is_dockerfile(name)
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let (file, faults) = Dockerfile::read(path, text);
        (file.map(|file| Facts::Dockerfile(Box::new(file))), faults)
    }
}

/// Endings behind `Dockerfile.` of what is none: a template that makes one, a list, a text about it, a
/// program.
const OTHER_ENDINGS: [&str; 33] = [
    "dockerignore",
    "j2",
    "jinja",
    "jinja2",
    "tmpl",
    "tpl",
    "template",
    "erb",
    "in",
    "mustache",
    "hbs",
    "ejs",
    "gotmpl",
    "md",
    "txt",
    "rst",
    "adoc",
    "rs",
    "py",
    "go",
    "js",
    "ts",
    "sh",
    "rb",
    "java",
    "json",
    "yaml",
    "yml",
    "toml",
    "orig",
    "bak",
    "rej",
    "swp",
];

/// Whether a file is a Dockerfile by its name.
pub fn is_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if OTHER_ENDINGS.contains(&ending) || name.ends_with('~') {
        return false;
    }
    let is_named = |word: &str| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-'])) || ending == word
    };
    is_named("dockerfile") || is_named("containerfile")
}

/// A Dockerfile as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Dockerfile {
    /// The arguments above the first stage.
    pub global_args: Vec<Arg>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// What takes its meaning from a character: `\`, or what `# escape=` says.
    pub escape: char,
}

/// `ARG name=default`.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// The argument's name.
    pub name: Spanned<String>,
    /// Its value if the build is told none, as it is written.
    pub default: Option<Spanned<String>>,
}

/// From one `FROM` to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What is written behind `AS`.
    pub name: Option<Spanned<String>>,
    /// The image or the stage that it stands on, as it is written.
    pub from: Spanned<String>,
    /// The `FROM` instruction.
    pub span: Span,
    /// What follows, in order.
    pub steps: Vec<Step>,
}

/// An instruction in a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The whole instruction, without heredocs.
    pub span: Span,
    /// What it says.
    pub kind: StepKind,
}

/// What an instruction says. Those that say nothing about what is built, or that aren't known, are not
/// told.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `ARG`, one of those in the instruction.
    Arg(Arg),
    /// `ENV`: names and values, as they are written.
    Env(Vec<(Spanned<String>, Spanned<String>)>),
    /// `WORKDIR`.
    Workdir(Spanned<String>),
    /// `COPY` and `ADD`.
    Copy(CopyStep),
    /// `RUN`.
    Run(RunStep),
    /// `ENTRYPOINT`.
    Entrypoint(Command),
    /// `CMD`.
    Cmd(Command),
    /// `ONBUILD`: what is done first in each stage that stands on this one.
    OnBuild(Box<Step>),
}

/// `COPY` and `ADD`.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyStep {
    /// The stage or image of `--from`; the build context if there is none.
    pub from: Option<Spanned<String>>,
    /// What is copied, as it is written; what stands in a heredoc is left out.
    pub sources: Vec<Spanned<String>>,
    /// Where to, as it is written.
    pub target: Spanned<String>,
    /// Whether it is `ADD`.
    pub is_add: bool,
    /// The patterns of `--exclude`.
    pub excludes: Vec<Spanned<String>>,
}

/// `RUN`.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStep {
    /// What is run, heredocs included.
    pub commands: Vec<ShellCommand>,
    /// What is there while it runs.
    pub mounts: Vec<Mount>,
}

/// `--mount`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mount {
    /// `bind`, `cache`, `secret`, `ssh`, `tmpfs`.
    pub kind: String,
    /// The stage or image that a `bind` takes it from; the build context if there is none.
    pub from: Option<Spanned<String>>,
    /// What of it; all if there is none.
    pub source: Option<Spanned<String>>,
    /// Where it is put.
    pub target: Option<Spanned<String>>,
    /// The whole flag.
    pub span: Span,
}

/// What a container runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Whether it is written as a JSON list, and no shell starts it.
    pub is_exec: bool,
    /// The commands; those that a shell is told with `-c` in place of the shell.
    pub commands: Vec<ShellCommand>,
}

#[cfg(test)]
mod tests {
    use super::is_dockerfile;

    #[test]
    fn dockerfiles_go_by_their_names() {
        for name in [
            "Dockerfile",
            "dockerfile",
            "Containerfile",
            "Dockerfile.web",
            "web.Dockerfile",
            "web.dockerfile",
            "Containerfile.dev",
            "Dockerfile-py",
            "DOCKERFILE",
            "Dockerfile.x86_64",
        ] {
            assert!(is_dockerfile(name), "{name}");
        }
        for name in [
            "Dockerfile.dockerignore",
            "Dockerfile.j2",
            "web.Dockerfile.tmpl",
            "Dockerfile.md",
            "Dockerfile.rs",
            "dockerfile.go",
            "Dockerfiles",
            "MyDockerfile",
            "Dockerfile_",
            ".dockerignore",
            "Dockerfile~",
        ] {
            assert!(!is_dockerfile(name), "{name}");
        }
    }
}
