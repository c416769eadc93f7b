//! What commands and actions do to what the repository builds: build, push, test, deploy.
//!
//! Invariant: a pure function of words. Paths and names are as written; what of them is not known has a `$` or
//! [`UNKNOWN`] in it. Whether they mean anything in the repository is asked by whoever reads them.

mod actions;
mod cargo;
mod deploy;
mod docker;
mod options;

use std::collections::BTreeMap;

use crate::sources::compose::UNKNOWN;
use crate::sources::dockerfile::{CargoBuild, ShellCommand, expand_unquoted, file_name};
use crate::text::{Span, Spanned};

pub use actions::of_action;

/// What is done, and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// What.
    pub deed: Deed,
    /// The folder that paths in it are relative to, as the script went there: `None` for where it was started.
    pub folder: Option<String>,
    /// The command or the action.
    pub span: Span,
}

/// What a command or an action does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// It builds an image.
    BuildImage(ImageBuild),
    /// It pushes an image, by its name.
    Push(String),
    /// It gives an image another name.
    Tag {
        /// The name that it has.
        from: String,
        /// The name that it gets.
        to: String,
    },
    /// It builds what a bake file describes.
    Bake,
    /// It builds, pushes or starts services of compose files; without any, all of them.
    Compose {
        /// The files.
        files: Vec<String>,
        /// The services.
        services: Vec<String>,
        /// What it does to them.
        what: ComposeVerb,
    },
    /// It runs cargo.
    Cargo(CargoVerb, Box<CargoBuild>),
    /// It gives manifests to a cluster: a file or a folder.
    Apply(String),
    /// It deploys a chart.
    Chart(String),
    /// It deploys what is called so, with images where it names them.
    Deploy {
        /// The names of services or workloads.
        names: Vec<String>,
        /// The images.
        images: Vec<String>,
    },
    /// It runs a script of the repository.
    Script(String),
    /// It publishes something that no manifest here names.
    Publish(Published),
    /// It may do anything: what it runs is not read.
    Unclear(String),
}

/// What is built as an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageBuild {
    /// The Dockerfile, where it is named.
    pub dockerfile: Option<String>,
    /// The build context, where it is named.
    pub context: Option<String>,
    /// The stage, where one is named.
    pub target: Option<String>,
    /// Its names.
    pub tags: Vec<String>,
    /// Build arguments.
    pub arguments: BTreeMap<String, String>,
    /// Names of further contexts.
    pub contexts: Vec<String>,
    /// Whether it is pushed at once; `None` where that is not known.
    pub push: Option<bool>,
    /// Whether the Dockerfile lies in the context unless it is named with a folder, as actions have it; commands look
    /// from where they run.
    pub is_of_action: bool,
}

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// A release, of what has been built before.
    Release,
    /// A package of another package manager, a chart, a site.
    Other,
}

/// What compose does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComposeVerb {
    /// `build`
    Build,
    /// `push`
    Push,
    /// `up`, `run`, `create`
    Up,
}

/// What cargo does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CargoVerb {
    /// It builds binaries.
    Build,
    /// It builds, and runs or looks at what it built: tests, checks, lints, documentation.
    Check,
    /// It publishes packages.
    Publish,
}

/// Whether all of a text is known.
pub fn is_known(text: &str) -> bool {
    !text.contains(['$', '`', UNKNOWN])
}

/// How many things one script may do.
const MOST: usize = 2_000;

/// How many turns of loops are looked at.
const MOST_TURNS: usize = 64;

/// What commands do, in order, with the variables that are set around them. Variables that they set themselves are
/// known from there on.
pub fn of_commands(commands: &[ShellCommand], environment: &BTreeMap<String, String>) -> Vec<Done> {
    let mut variables = environment.clone();
    let mut found: Vec<Done> = Vec::new();
    for command in commands {
        for turn in turns(command) {
            let value = |name: &str| {
                let turn =
                    turn.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned());
                turn.or_else(|| variables.get(name).cloned())
            };
            let words: Vec<String> = split(command.program(), &value);
            let folder = command.folder.as_deref().map(|folder| expand_unquoted(folder, &value).text);
            for deed in of_words(&words, command.span) {
                let done = Done { deed, folder: folder.clone(), span: command.span };
                if found.len() < MOST && !found.contains(&done) {
                    found.push(done);
                }
            }
        }
        let exported =
            command.words.first().is_some_and(|word| word.value == "export" || word.value == "local");
        let set = command.words.iter().filter(|_| exported).filter_map(|word| {
            let (name, value) = word.value.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        let own = command.assignments.iter().filter(|_| command.words.is_empty());
        let own = own.map(|(name, value)| (name.clone(), value.value.clone()));
        for (name, value) in own.chain(set).collect::<Vec<_>>() {
            let value = expand_unquoted(&value, &|name| variables.get(name).cloned());
            match value.known() {
                Some(value) => variables.insert(name, value),
                None => variables.remove(&name),
            };
        }
    }
    found
}

/// The values of the loops around a command, turn by turn.
fn turns(command: &ShellCommand) -> Vec<Vec<(&str, &str)>> {
    let mut all: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
    for one in &command.loops {
        if one.values.is_empty() || one.values.iter().any(|value| !is_known(&value.value)) {
            continue;
        }
        let each = all.iter().flat_map(|turn| {
            let values = one.values.iter();
            values.map(move |value| {
                [turn.as_slice(), &[(one.variable.as_str(), value.value.as_str())]].concat()
            })
        });
        all = each.take(MOST_TURNS).collect();
    }
    all
}

/// Words with their variables. One that is a variable alone may hold several: `cargo build $FLAGS`.
fn split(words: &[Spanned<String>], value: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for word in words {
        let expanded = expand_unquoted(&word.value, value);
        let is_variable = word.value.starts_with('$') && expanded.unknown.is_none();
        match is_variable && expanded.text.contains(char::is_whitespace) {
            true => found.extend(expanded.text.split_whitespace().map(str::to_owned)),
            false => found.push(expanded.text),
        }
    }
    found
}

/// What one command does.
fn of_words(words: &[String], span: Span) -> Vec<Deed> {
    let Some(program) = words.first() else { return Vec::new() };
    let rest = words.get(1..).unwrap_or_default();
    let name = file_name(program);
    match name {
        "docker" | "podman" | "buildah" | "nerdctl" | "depot" | "img" | "docker-compose"
        | "podman-compose" | "skopeo" | "crane" | "executor" | "regctl" | "oras" | "ko" | "pack" => {
            docker::read(name, rest)
        }
        "cargo" | "cross" => cargo::read(words, span),
        "kubectl" | "oc" | "helm" | "helm3" | "helmfile" | "argocd" | "aws" | "gcloud" | "az" | "fly"
        | "flyctl" | "skaffold" | "nomad" | "kapp" | "wrangler" | "vercel" | "railway" | "serverless"
        | "sls" | "sam" | "ecs-deploy" | "copilot" => deploy::read(name, rest),
        "terraform" | "tofu" | "terragrunt" | "pulumi" | "cdk" | "ansible-playbook" => {
            let acts = ["apply", "up", "deploy"].iter().any(|verb| rest.iter().any(|word| word == verb));
            (acts || name == "ansible-playbook").then(|| Deed::Unclear(name.to_owned())).into_iter().collect()
        }
        "make" | "just" | "task" | "earthly" | "bazel" | "bazelisk" | "nix" | "mage" | "dagger" | "moon"
        | "nx" | "turbo" | "lerna" | "gradle" | "gradlew" | "mvn" | "mvnw" | "tox" | "nox" | "invoke"
        | "rake" => {
            vec![Deed::Unclear(shown(name, rest))]
        }
        "goreleaser" | "dist" | "cargo-dist" | "release-plz" | "release-please" | "semantic-release"
        | "changeset" => vec![Deed::Publish(Published::Release)],
        "gh" if matches!(rest, [first, second, ..] if first == "release" && matches!(second.as_str(), "create" | "upload")) =>
        {
            vec![Deed::Publish(Published::Release)]
        }
        "npm" | "pnpm" | "yarn" | "bun" | "npx" | "uv" | "poetry" | "twine" | "gem" | "dotnet"
        | "flutter" => match rest.iter().any(|word| matches!(word.as_str(), "publish" | "upload")) {
            true => vec![Deed::Publish(Published::Other)],
            false => vec![Deed::Unclear(shown(name, rest))],
        },
        "bash" | "sh" | "zsh" | "source" | "." => {
            let script = rest.iter().find(|word| !word.starts_with('-'));
            script.map(|path| Deed::Script(path.clone())).into_iter().collect()
        }
        _ if program.contains('/') && !program.starts_with('/') => vec![Deed::Script(program.clone())],
        _ if name.contains(UNKNOWN) || name.contains('$') => vec![Deed::Unclear("a command".to_owned())],
        "python" | "python3" | "node" | "deno" | "ruby" | "perl" | "go" | "ruff" | "pytest" | "cmake"
        | "ctest" => {
            vec![Deed::Unclear(shown(name, rest))]
        }
        _ => Vec::new(),
    }
}

/// A command, short enough to be told.
fn shown(name: &str, rest: &[String]) -> String {
    let plain = rest.iter().find(|word| !word.starts_with('-') && !word.contains('=') && word.len() < 40);
    match plain {
        Some(word) if is_known(word) => format!("{name} {word}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Deed, of_commands};
    use crate::sources::dockerfile::commands;

    fn deeds(text: &str) -> Vec<String> {
        let found =
            of_commands(&commands(text, 0), &BTreeMap::from([("REGISTRY".to_owned(), "r.io".to_owned())]));
        found.iter().map(|done| shown(&done.deed)).collect()
    }

    fn shown(deed: &Deed) -> String {
        match deed {
            Deed::BuildImage(build) => format!(
                "build {} in {} for {} as {} push {:?}",
                build.dockerfile.as_deref().unwrap_or("-"),
                build.context.as_deref().unwrap_or("-"),
                build.target.as_deref().unwrap_or("-"),
                build.tags.join(","),
                build.push,
            ),
            Deed::Cargo(verb, build) => {
                let names = build.packages.iter().chain(&build.bins).map(|name| name.value.as_str());
                format!("{verb:?} {}", names.collect::<Vec<_>>().join(","))
            }
            deed => format!("{deed:?}"),
        }
    }

    #[test]
    fn images_are_built_and_pushed() {
        let cases = [
            ("docker build .", "build - in . for - as  push Some(false)"),
            (
                "docker buildx build --platform=linux/amd64 -f a/Dockerfile --target run -t x/y:1 --push a",
                "build a/Dockerfile in a for run as x/y:1 push Some(true)",
            ),
            (
                "TAG=7; docker build -t $REGISTRY/a:$TAG ctx",
                "build - in ctx for - as r.io/a:7 push Some(false)",
            ),
            ("podman build -ta -fF .", "build F in . for - as a push Some(false)"),
            (
                "/kaniko/executor --context . --dockerfile b/Dockerfile --destination r/b",
                "build b/Dockerfile in . for - as r/b push Some(true)",
            ),
            ("docker push $REGISTRY/a:$X", "Push(\"r.io/a:$X\")"),
            ("skopeo copy docker-archive:x docker://r/a:1", "Push(\"r/a:1\")"),
            ("docker tag a b", "Tag { from: \"a\", to: \"b\" }"),
            (
                "docker compose -f a.yml -f b.yml build --pull web",
                "Compose { files: [\"a.yml\", \"b.yml\"], services: [\"web\"], what: Build }",
            ),
            ("docker buildx bake -f x.hcl --push a b", "Bake"),
        ];
        for (text, expected) in cases {
            assert_eq!(deeds(text), [expected], "{text}");
        }
    }

    #[test]
    fn cargo_builds_checks_and_publishes() {
        let cases = [
            ("cargo build --release -p a --bin b", "Build a,b"),
            ("cargo test -p a", "Check a"),
            ("cargo +stable nextest run --workspace", "Check "),
            ("cargo clippy --all-targets -- -D warnings", "Check "),
            ("cargo publish -p a", "Publish a"),
            ("cross build -p c --target x", "Build c"),
        ];
        for (text, expected) in cases {
            assert_eq!(deeds(text), [expected], "{text}");
        }
        for text in ["cargo install cargo-deny", "cargo fmt --check", "cargo --version", "cargo deny check"] {
            assert_eq!(deeds(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn manifests_charts_and_services_are_deployed() {
        let cases = [
            ("kubectl apply -n x -f k8s/a.yaml", "Apply(\"k8s/a.yaml\")"),
            ("kubectl apply -k overlays/prod", "Apply(\"overlays/prod\")"),
            (
                "kubectl set image deployment/api api=r/api:1",
                "Deploy { names: [\"api\"], images: [\"r/api:1\"] }",
            ),
            ("kubectl rollout restart deploy api", "Deploy { names: [\"api\"], images: [] }"),
            ("helm upgrade --install api ./charts/api --set a=b", "Chart(\"./charts/api\")"),
            (
                "aws ecs update-service --cluster c --service api --force-new-deployment",
                "Deploy { names: [\"api\"], images: [] }",
            ),
            ("gcloud run deploy api --image r/api", "Deploy { names: [\"api\"], images: [\"r/api\"] }"),
            ("./ci/build.sh a", "Script(\"./ci/build.sh\")"),
            ("make docker-push", "Unclear(\"make docker-push\")"),
        ];
        for (text, expected) in cases {
            assert_eq!(deeds(text), [expected], "{text}");
        }
        assert_eq!(deeds("kubectl get pods; helm repo add a b; echo docker build ."), Vec::<String>::new());
    }

    #[test]
    fn loops_are_gone_through() {
        let text = "for s in a b; do docker push $REGISTRY/$s; done";
        assert_eq!(deeds(text), ["Push(\"r.io/a\")", "Push(\"r.io/b\")"]);
    }
}
