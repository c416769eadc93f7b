//! Actions that build, push and deploy, by what they are given.

use crate::sources::dockerfile::commands;

use super::docker::assigned;
use super::{Deed, ImageBuild, Published, of_words};
use crate::text::Span;

/// What an action does. `given` says what it is given under a name, with its expressions filled in.
pub fn of_action(uses: &str, given: &dyn Fn(&str) -> Option<String>) -> Vec<Deed> {
    let name = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let list = |key: &str| -> Vec<String> {
        let text = given(key).unwrap_or_default();
        let items = text.split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty());
        items.map(str::to_owned).collect()
    };
    let lines = |key: &str| -> Vec<String> {
        let text = given(key).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let base = name.rsplit('/').next().unwrap_or_default();
    match name.as_str() {
        "docker/bake-action" | "depot/bake-action" => return vec![Deed::Bake],
        "softprops/action-gh-release"
        | "ncipollo/release-action"
        | "actions/upload-release-asset"
        | "goreleaser/goreleaser-action"
        | "taiki-e/upload-rust-binary-action"
        | "release-plz/action" => {
            return vec![Deed::Publish(Published::Release)];
        }
        "pypa/gh-action-pypi-publish"
            if given("repository-url")
                .or_else(|| given("repository_url"))
                .is_some_and(|url| url.contains("test.pypi")) =>
        {
            return Vec::new();
        }
        "pypa/gh-action-pypi-publish"
        | "js-devtools/npm-publish"
        | "changesets/action"
        | "katyo/publish-crates" => {
            return vec![Deed::Publish(Published::Other)];
        }
        "helm/chart-releaser-action" => return vec![Deed::Publish(Published::Other)],
        "aws-actions/amazon-ecs-deploy-task-definition" => return deploy(given("service"), None),
        "google-github-actions/deploy-cloudrun" => return deploy(given("service"), given("image")),
        "google-github-actions/deploy-cloud-functions" => return deploy(given("name"), None),
        "azure/webapps-deploy" => return deploy(given("app-name"), given("images")),
        "azure/container-apps-deploy-action" => {
            return deploy(given("containerappname"), given("imagetodeploy"));
        }
        "azure/k8s-deploy" => return lines("manifests").into_iter().map(Deed::Apply).collect(),
        "cloudflare/wrangler-action"
        | "amondnet/vercel-action"
        | "peaceiris/actions-gh-pages"
        | "actions/deploy-pages" => {
            return vec![Deed::Publish(Published::Other)];
        }
        "pyo3/maturin-action" => {
            let command = given("command").unwrap_or_else(|| "build".to_owned());
            let text = format!("maturin {command} {}", given("args").unwrap_or_default());
            return commands(&text, 0).iter().flat_map(|command| words_of(command.program())).collect();
        }
        "actions-rs/cargo"
        | "clechasseur/rs-cargo"
        | "houseabsolute/actions-rust-cross"
        | "actions-rust-cross" => {
            let command = given("command").unwrap_or_else(|| "build".to_owned());
            let text = format!("cargo {command} {}", given("args").unwrap_or_default());
            return commands(&text, 0).iter().flat_map(|command| words_of(command.program())).collect();
        }
        _ => {}
    }
    let is_build =
        matches!(base, "build-push-action" | "docker-build-push-action" | "buildah-build" | "kaniko-action")
            || (base == "publish-docker-action" && given("dockerfile").is_some());
    if is_build {
        let is_buildah = base == "buildah-build";
        let tags = match given("image") {
            Some(image) if is_buildah => vec![image],
            _ => list("tags"),
        };
        let dockerfile = ["file", "dockerfile", "containerfiles", "dockerfiles"].into_iter().find_map(given);
        let exports = given("outputs").unwrap_or_default();
        let push = match given("push").as_deref() {
            Some("true") => Some(true),
            Some("false") | None if exports.contains("push=true") || exports.contains("type=registry") => {
                Some(true)
            }
            Some("false") => Some(false),
            None => Some(base == "kaniko-action"),
            Some(_) => None,
        };
        return vec![Deed::BuildImage(ImageBuild {
            dockerfile: dockerfile.map(|file| file.trim().to_owned()),
            context: given("context").or_else(|| given("path")),
            target: given("target"),
            tags,
            arguments: lines("build-args").iter().filter_map(|line| assigned(line)).collect(),
            contexts: lines("build-contexts")
                .iter()
                .filter_map(|line| assigned(line))
                .map(|(name, _)| name)
                .collect(),
            push,
            is_of_action: true,
        })];
    }
    let words = ["deploy", "publish", "release"];
    let is_telling = !name.starts_with("actions/") && words.iter().any(|word| base.contains(word));
    is_telling.then(|| Deed::Unclear(name.clone())).into_iter().collect()
}

fn words_of(words: &[crate::text::Spanned<String>]) -> Vec<Deed> {
    let words: Vec<String> = words.iter().map(|word| word.value.clone()).collect();
    of_words(&words, Span::default())
}

fn deploy(name: Option<String>, image: Option<String>) -> Vec<Deed> {
    vec![Deed::Deploy { names: name.into_iter().collect(), images: image.into_iter().collect() }]
}
