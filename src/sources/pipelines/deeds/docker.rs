//! Commands that build, name and push images.

use super::options::Options;
use super::{ComposeVerb, Deed, ImageBuild, Published};

pub(super) fn read(program: &str, words: &[String]) -> Vec<Deed> {
    let words: Vec<String> = match program {
        // docker's own options stand before what it is to do.
        "docker" | "podman" | "nerdctl" | "buildah" => without_globals(words),
        _ => words.to_vec(),
    };
    let text = |at: usize| words.get(at).map_or("", String::as_str);
    let behind = |count: usize| words.get(count..).unwrap_or_default();
    match (program, text(0), text(1)) {
        ("docker-compose" | "podman-compose", ..) => compose(&words),
        ("docker" | "podman" | "nerdctl", "compose", _) => compose(behind(1)),
        ("docker" | "podman" | "nerdctl", "buildx" | "builder", "build" | "b")
        | ("docker" | "podman" | "nerdctl", "image", "build") => vec![build(behind(2))],
        ("docker" | "podman" | "nerdctl" | "depot" | "img", "build", _) | ("buildah", "bud" | "build", _) => {
            vec![build(behind(1))]
        }
        ("docker", "buildx", "bake") | ("depot", "bake", _) => vec![Deed::Bake],
        ("docker", "buildx", "imagetools") if text(2) == "create" => {
            let options = Options::read(behind(3), &|name| matches!(name, "t" | "tag" | "f" | "file"));
            let names: Vec<Deed> =
                options.all(&["t", "tag"]).map(|name| Deed::Push(name.to_owned())).collect();
            if names.is_empty() { vec![Deed::Push("$".to_owned())] } else { names }
        }
        ("docker" | "podman" | "nerdctl", "push", _) | ("buildah" | "img", "push", _) => pushed(behind(1)),
        ("docker" | "podman", "image" | "manifest", "push") => pushed(behind(2)),
        ("docker" | "podman" | "nerdctl" | "buildah" | "img", "tag", _) => tagged(behind(1)),
        ("docker" | "podman", "image", "tag") => tagged(behind(2)),
        ("skopeo", "copy", _) => {
            let options =
                Options::read(behind(1), &|name| name.starts_with("src-") || name.starts_with("dest-"));
            let to = options.arguments.last().and_then(|to| to.strip_prefix("docker://"));
            to.map(|to| Deed::Push(to.to_owned())).into_iter().collect()
        }
        ("crane" | "regctl", "copy" | "cp", _) => {
            let options = Options::read(behind(1), &|_| false);
            options.arguments.last().map(|to| Deed::Push((*to).to_owned())).into_iter().collect()
        }
        ("crane", "push", _) => {
            let options = Options::read(behind(1), &|_| false);
            options.arguments.last().map(|to| Deed::Push((*to).to_owned())).into_iter().collect()
        }
        ("oras", "push", _) => vec![Deed::Publish(Published::Other)],
        ("executor", ..) => vec![kaniko(&words)],
        ("ko" | "pack", "build" | "publish" | "apply", _) => {
            vec![Deed::Unclear(format!("{program} {}", text(0)))]
        }
        _ => Vec::new(),
    }
}

fn without_globals(words: &[String]) -> Vec<String> {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
        at += match word.as_str() {
            "--storage-driver" | "--storage-opt" | "--runroot" | "-H" | "--host" | "-c" | "--context"
            | "-l" | "--log-level" | "--config" | "--root" => 2,
            _ => 1,
        };
    }
    words.get(at..).unwrap_or_default().to_vec()
}

/// Options of a build that have no value.
const FLAGS: [&str; 17] = [
    "push",
    "load",
    "pull",
    "no-cache",
    "q",
    "quiet",
    "rm",
    "force-rm",
    "squash",
    "D",
    "debug",
    "check",
    "call",
    "compress",
    "layers",
    "all-platforms",
    "lint",
];

fn build(words: &[String]) -> Deed {
    let options = Options::read(words, &|name| !FLAGS.contains(&name) && name != "help");
    let outputs: Vec<&str> = options.all(&["o", "output"]).collect();
    let push = options.has("push")
        || outputs.iter().any(|output| output.contains("push=true") || output.contains("type=registry"));
    Deed::BuildImage(ImageBuild {
        dockerfile: options.last(&["f", "file"]),
        context: options.arguments.last().map(|context| (*context).to_owned()),
        target: options.last(&["target"]),
        tags: options.all(&["t", "tag"]).map(str::to_owned).collect(),
        arguments: options.all(&["build-arg"]).filter_map(assigned).collect(),
        contexts: options.all(&["build-context"]).filter_map(assigned).map(|(name, _)| name).collect(),
        push: Some(push),
        is_of_action: false,
    })
}

pub(super) fn assigned(text: &str) -> Option<(String, String)> {
    text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
}

fn kaniko(words: &[String]) -> Deed {
    let flags = [
        "cache",
        "no-push",
        "cleanup",
        "force",
        "single-snapshot",
        "use-new-run",
        "reproducible",
        "insecure",
    ];
    let options = Options::read(words, &|name| !flags.contains(&name));
    let tags: Vec<String> = options.all(&["d", "destination"]).map(str::to_owned).collect();
    Deed::BuildImage(ImageBuild {
        dockerfile: options.last(&["f", "dockerfile"]),
        context: options
            .last(&["c", "context"])
            .map(|context| context.trim_start_matches("dir://").to_owned()),
        target: options.last(&["target"]),
        push: Some(!tags.is_empty() && !options.has("no-push")),
        arguments: options.all(&["build-arg"]).filter_map(assigned).collect(),
        tags,
        // It looks for the Dockerfile in the context.
        is_of_action: true,
        contexts: Vec::new(),
    })
}

fn pushed(words: &[String]) -> Vec<Deed> {
    let options = Options::read(words, &|name| {
        matches!(
            name,
            "authfile" | "creds" | "tls-verify" | "format" | "platform" | "digestfile" | "storage-driver"
        )
    });
    options.arguments.first().map(|image| Deed::Push((*image).to_owned())).into_iter().collect()
}

fn tagged(words: &[String]) -> Vec<Deed> {
    let options = Options::read(words, &|_| false);
    match options.arguments.as_slice() {
        [from, others @ ..] => {
            let tag = |to: &&str| Deed::Tag { from: (*from).to_owned(), to: (*to).to_owned() };
            others.iter().map(tag).collect()
        }
        [] => Vec::new(),
    }
}

fn compose(words: &[String]) -> Vec<Deed> {
    let verbs = ["build", "push", "up", "run", "create", "bundle"];
    let Some(at) = words.iter().position(|word| verbs.contains(&word.as_str())) else { return Vec::new() };
    let (before, after) = words.split_at(at);
    let globals = Options::read(before, &|name| {
        matches!(
            name,
            "f" | "file" | "p" | "project-name" | "env-file" | "profile" | "project-directory" | "ansi"
        )
    });
    let own = Options::read(after.get(1..).unwrap_or_default(), &|name| {
        matches!(
            name,
            "build-arg"
                | "progress"
                | "scale"
                | "t"
                | "timeout"
                | "e"
                | "v"
                | "u"
                | "w"
                | "entrypoint"
                | "name"
                | "wait-timeout"
                | "exit-code-from"
                | "m"
                | "memory"
                | "ssh"
                | "builder"
                | "attach"
                | "no-attach"
        )
    });
    let what = match words.get(at).map(String::as_str) {
        Some("build") if own.has("push") => ComposeVerb::Push,
        Some("build") => ComposeVerb::Build,
        Some("push") => ComposeVerb::Push,
        _ => ComposeVerb::Up,
    };
    let mut services: Vec<String> = own.arguments.iter().map(|name| (*name).to_owned()).collect();
    if words.get(at).is_some_and(|verb| verb == "run") {
        services.truncate(1);
    }
    let files = globals.all(&["f", "file"]).map(str::to_owned).collect();
    vec![Deed::Compose { files, services, what }]
}
