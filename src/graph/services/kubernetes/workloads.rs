//! What a manifest says of a workload: its images, settings, command lines, and what it is given.

use std::collections::BTreeMap;

use crate::sources::kubernetes::{
    Container, EnvFromSource, EnvValue, VolumeSource, Workload, expand_references,
};

use super::super::model::{KeptKind, Running, Said, Setting};
use super::super::names::ImageName;
use super::maps::Maps;
use super::places::At;

/// What one manifest says of a workload.
pub(super) fn fill(running: &mut Running, at: &At<'_>, workload: &Workload, maps: &Maps<'_>) {
    for container in &workload.containers {
        let image = container.image.as_ref();
        running.images.extend(image.map(|image| Said::new(image.value.clone(), at.location(image))));
    }
    let init = workload.init_containers.iter();
    running.init_images.extend(
        init.clone()
            .filter_map(|one| one.image.as_ref())
            .map(|image| Said::new(image.value.clone(), at.location(image))),
    );
    for container in workload.containers.iter().chain(init.clone()) {
        fill_settings(running, at, container, maps);
        for env in &container.env {
            if let EnvValue::SecretKey { secret, .. } = &env.value {
                let said = Said::new(secret.value.clone(), at.location(secret));
                running.secrets.push((at.kept(KeptKind::Secret, &secret.value), said));
            }
        }
        for from in container.env_from.iter().filter(|from| from.source == EnvFromSource::Secret) {
            let said = Said::new(from.name.value.clone(), at.location(&from.name));
            running.secrets.push((at.kept(KeptKind::Secret, &from.name.value), said));
        }
    }
    for container in init.filter(|container| only_looks(container)) {
        let words = container.command.iter().chain(&container.args);
        running.waiting.push(words.map(|word| Said::new(word.value.clone(), at.location(word))).collect());
    }
    for volume in &workload.volumes {
        match &volume.source {
            VolumeSource::Claim(name) => {
                let said = Said::new(name.value.clone(), at.location(name));
                running.volumes.push((at.kept(KeptKind::Claim, &name.value), said));
            }
            VolumeSource::Secret(name) => {
                let said = Said::new(name.value.clone(), at.location(name));
                running.secrets.push((at.kept(KeptKind::Secret, &name.value), said));
            }
            _ => {}
        }
    }
}

/// Whether a container has an image that everybody has, and a command: it prepares nothing of its own, but looks
/// whether somebody is there.
fn only_looks(container: &Container) -> bool {
    let image = container.image.as_ref().map(|image| ImageName::read(&image.value).last().to_owned());
    image.is_some_and(|image| LOOKERS.contains(&image.as_str())) && !container.command.is_empty()
}

/// Images of containers that only look whether somebody is there.
const LOOKERS: [&str; 7] = ["busybox", "alpine", "curl", "wait-for", "wait-for-it", "k8s-wait-for", "netcat"];

/// The variables and the command line of one container.
fn fill_settings(running: &mut Running, at: &At<'_>, container: &Container, maps: &Maps<'_>) {
    let mut settings: Vec<Setting> = Vec::new();
    for from in container.env_from.iter().filter(|from| from.source == EnvFromSource::ConfigMap) {
        let line = at.location(&from.name);
        for (key, mut value) in maps.get(&at.place, &from.name.value) {
            value.places.push(line.clone());
            let name = format!("{}{}", from.prefix.as_deref().unwrap_or_default(), key.value);
            settings.push(Setting { name, value });
        }
    }
    for env in &container.env {
        match &env.value {
            EnvValue::Literal(text) => {
                let value = Said::new(text.value.clone(), at.location(text));
                settings.push(Setting { name: env.name.value.clone(), value });
            }
            EnvValue::ConfigMapKey { map, key } => {
                for (known, mut value) in maps.get(&at.place, &map.value) {
                    if known.value == *key {
                        value.places.push(at.location(map));
                        settings.push(Setting { name: env.name.value.clone(), value });
                    }
                }
            }
            EnvValue::SecretKey { .. } | EnvValue::Other => {}
        }
    }
    let known: BTreeMap<String, String> =
        settings.iter().map(|one| (one.name.clone(), one.value.value.clone())).collect();
    let value_of = |name: &str| known.get(name).cloned();
    for setting in &mut settings {
        setting.value.value = expand_references(&setting.value.value, &value_of);
    }
    running.settings.extend(settings);
    let words = container.command.iter().chain(&container.args);
    let words: Vec<Said> =
        words.map(|word| Said::new(expand_references(&word.value, &value_of), at.location(word))).collect();
    if !words.is_empty() {
        running.commands.push(words);
    }
}
