//! What commands and actions do to what the repository builds: build, push, test, deploy.
//!
//! Invariant: a pure function of words. Paths and names are as written; what of them is not known has a `$` or
//! [`UNKNOWN`] in it. Whether they mean anything in the repository is asked by whoever reads them.

mod actions;
mod cargo;
mod deploy;
mod docker;
mod options;
mod shell;

use std::collections::BTreeMap;

use crate::sources::compose::UNKNOWN;
use crate::sources::dockerfile::{CargoBuild, file_name};
use crate::text::Span;

pub use actions::of_action;
pub use shell::Shell;

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
    /// It runs a script of the repository, with arguments.
    Script(String, Vec<String>),
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

/// Programs that name others without running them.
const TALKERS: [&str; 26] = [
    "echo",
    "printf",
    "which",
    "type",
    "hash",
    "man",
    "grep",
    "rg",
    "apt",
    "apt-get",
    "brew",
    "pip",
    "pip3",
    "dnf",
    "yum",
    "apk",
    "snap",
    "kill",
    "pkill",
    "pgrep",
    "systemctl",
    "service",
    "usermod",
    "test",
    "[",
    "command",
];

/// What something else may start.
const STARTED: [&str; 6] = ["docker", "podman", "buildah", "cargo", "kubectl", "helm"];

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
        "maturin" => cargo::read_maturin(rest, span),
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
        // It writes down elsewhere what is in it.
        "dist" | "cargo-dist" => match rest.first().map(String::as_str) {
            Some("host" | "upload" | "publish") => vec![Deed::Publish(Published::Other)],
            _ => Vec::new(),
        },
        "goreleaser" | "release-plz" | "release-please" | "semantic-release" | "changeset" => {
            vec![Deed::Publish(Published::Release)]
        }
        "gh" if matches!(rest, [first, second, ..] if first == "release" && matches!(second.as_str(), "create" | "upload" | "edit")) =>
        {
            vec![Deed::Publish(Published::Release)]
        }
        "npm" | "pnpm" | "yarn" | "bun" | "npx" | "uv" | "poetry" | "twine" | "gem" | "dotnet"
        | "flutter" => match rest.iter().any(|word| matches!(word.as_str(), "publish" | "upload")) {
            true => vec![Deed::Publish(Published::Other)],
            false => vec![Deed::Unclear(shown(name, rest))],
        },
        "bash" | "sh" | "zsh" | "source" | "." => {
            let at = rest.iter().position(|word| !word.starts_with('-'));
            let script =
                at.and_then(|at| Some(Deed::Script(rest.get(at)?.clone(), rest.get(at + 1..)?.to_vec())));
            script.into_iter().collect()
        }
        _ if program.contains('/') && !program.starts_with('/') => {
            vec![Deed::Script(program.clone(), rest.to_vec())]
        }
        _ if name.contains(UNKNOWN) || name.contains('$') => vec![Deed::Unclear("a command".to_owned())],
        // A function, or a program that only starts another one: `retry docker push …`.
        _ if !TALKERS.contains(&name)
            && rest.first().is_some_and(|word| STARTED.contains(&word.as_str())) =>
        {
            of_words(rest, span)
        }
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

    use super::{Deed, Shell};
    use crate::sources::dockerfile::commands;

    fn deeds(text: &str) -> Vec<String> {
        let found =
            Shell::new(BTreeMap::from([("REGISTRY".to_owned(), "r.io".to_owned())])).run(&commands(text, 0));
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
            ("./ci/build.sh a", "Script(\"./ci/build.sh\", [\"a\"])"),
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
