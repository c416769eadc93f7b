//! Commands that deploy.

use super::options::Options;
use super::{Deed, Published};

pub(super) fn read(program: &str, words: &[String]) -> Vec<Deed> {
    // What is only tried deploys nothing.
    let is_dry = |word: &String| {
        word.strip_prefix("--dry-run").is_some_and(|rest| !matches!(rest, "=none" | "=false"))
    };
    if words.iter().any(is_dry) {
        return Vec::new();
    }
    match program {
        "kubectl" | "oc" => kubectl(words),
        "helm" | "helm3" => helm(words),
        "kapp" => {
            let options = Options::read(words, &|name| matches!(name, "a" | "f" | "n" | "file" | "app"));
            options.all(&["f", "file"]).map(|path| Deed::Apply(path.to_owned())).collect()
        }
        _ => named(program, words),
    }
}

fn kubectl(words: &[String]) -> Vec<Deed> {
    let options = Options::read(words, &|name| {
        matches!(
            name,
            "f" | "filename"
                | "k"
                | "kustomize"
                | "n"
                | "namespace"
                | "context"
                | "kubeconfig"
                | "cluster"
                | "o"
                | "output"
                | "l"
                | "selector"
                | "p"
                | "patch"
                | "type"
                | "timeout"
                | "user"
                | "token"
                | "server"
                | "s"
        )
    });
    let arguments = options.arguments.as_slice();
    match arguments {
        ["apply" | "create" | "replace", ..] => {
            let paths = options.all(&["f", "filename", "k", "kustomize"]);
            let files =
                paths.flat_map(|path| path.split(',')).filter(|path| *path != "-" && !path.contains("://"));
            files.map(|path| Deed::Apply(path.to_owned())).collect()
        }
        ["set", "image", rest @ ..] => {
            let (images, names): (Vec<&str>, Vec<&str>) = rest.iter().partition(|word| word.contains('='));
            let images =
                images.iter().filter_map(|image| image.split_once('=')).map(|(_, image)| image.to_owned());
            vec![Deed::Deploy { names: workloads(&names), images: images.collect() }]
        }
        ["rollout", "restart", rest @ ..] => {
            vec![Deed::Deploy { names: workloads(rest), images: Vec::new() }]
        }
        _ => Vec::new(),
    }
}

/// `deployment/api`, or `deployment api`.
fn workloads(words: &[&str]) -> Vec<String> {
    match words {
        [one] => one.rsplit_once('/').map(|(_, name)| name.to_owned()).into_iter().collect(),
        [kind, names @ ..] if !kind.contains('/') => names.iter().map(|name| (*name).to_owned()).collect(),
        several => {
            several.iter().filter_map(|one| one.rsplit_once('/')).map(|(_, name)| name.to_owned()).collect()
        }
    }
}

fn helm(words: &[String]) -> Vec<Deed> {
    let flags = [
        "i",
        "install",
        "atomic",
        "wait",
        "wait-for-jobs",
        "debug",
        "dry-run",
        "create-namespace",
        "force",
        "reuse-values",
        "reset-values",
        "dependency-update",
        "devel",
        "skip-crds",
        "cleanup-on-fail",
        "no-hooks",
        "reset-then-reuse-values",
        "generate-name",
        "g",
    ];
    let options = Options::read(words, &|name| !flags.contains(&name));
    match options.arguments.as_slice() {
        ["upgrade" | "install", _, chart, ..] => vec![Deed::Chart((*chart).to_owned())],
        ["install", chart] => vec![Deed::Chart((*chart).to_owned())],
        ["push", ..] => vec![Deed::Publish(Published::Other)],
        _ => Vec::new(),
    }
}

/// Platforms that deploy what they know by a name.
fn named(program: &str, words: &[String]) -> Vec<Deed> {
    let flags = [
        "force-new-deployment",
        "quiet",
        "q",
        "allow-unauthenticated",
        "now",
        "remote-only",
        "prod",
        "detach",
    ];
    let options = Options::read(words, &|name| !flags.contains(&name));
    let arguments = options.arguments.as_slice();
    let image = options.last(&["image", "image-uri", "i"]);
    let deploy = |name: Option<String>| {
        vec![Deed::Deploy { names: name.into_iter().collect(), images: image.clone().into_iter().collect() }]
    };
    match (program, arguments) {
        ("aws", ["ecs", "update-service", ..]) => deploy(options.last(&["service"])),
        ("aws", ["ecs", "register-task-definition", ..]) => Vec::new(),
        ("aws", ["lambda", "update-function-code", ..]) => deploy(options.last(&["function-name"])),
        ("gcloud", [.., "run", "deploy", name] | [.., "functions", "deploy", name]) => {
            deploy(Some((*name).to_owned()))
        }
        ("gcloud", [.., "run", "services", "update", name]) => deploy(Some((*name).to_owned())),
        ("gcloud", ["app", "deploy", ..]) => vec![Deed::Unclear("gcloud app deploy".to_owned())],
        ("az", ["containerapp" | "webapp" | "functionapp", ..]) => {
            match arguments.iter().any(|word| matches!(*word, "update" | "up" | "create" | "set" | "deploy"))
            {
                true => deploy(options.last(&["n", "name"])),
                false => Vec::new(),
            }
        }
        ("fly" | "flyctl", ["deploy", ..]) => deploy(options.last(&["a", "app"])),
        ("argocd", ["app", "sync" | "set", name, ..]) => deploy(Some((*name).to_owned())),
        ("ecs-deploy" | "copilot", _) => deploy(options.last(&["n", "service-name", "name"])),
        ("nomad", ["run" | "job", ..]) | ("skaffold", ["run" | "build" | "deploy", ..]) => {
            vec![Deed::Unclear(program.to_owned())]
        }
        ("helmfile", [.., "apply" | "sync"]) => vec![Deed::Unclear("helmfile".to_owned())],
        ("wrangler" | "vercel" | "railway" | "serverless" | "sls" | "sam", _) => {
            let acts = ["deploy", "publish", "up"];
            let does = arguments.iter().any(|word| acts.contains(word))
                || (program == "vercel" && arguments.is_empty());
            does.then_some(Deed::Publish(Published::Other)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
