//! Containers: what they run, with which variables, and what they mount.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::credentials::kept;
use super::facts::{Container, EnvFrom, EnvFromSource, EnvValue, EnvVar, Mount, Port};
use super::shapes::Shapes;

/// Containers in the order of the file, those of `initContainers` with whether they run as long as the pod.
pub(super) fn containers(shapes: &mut Shapes<'_>, spec: &Node<'_>, key: &str) -> Vec<(Container, bool)> {
    let nodes = shapes.maps(spec, key);
    let mut read = |node| {
        let is_always = shapes.text(node, "restartPolicy").is_some_and(|policy| policy.value == "Always");
        (container(shapes, node), is_always)
    };
    nodes.into_iter().map(&mut read).collect()
}

pub(super) fn container(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Container {
    Container {
        name: name_or_place(shapes, node),
        image: shapes.text(node, "image"),
        command: shapes.texts(node, "command"),
        args: shapes.texts(node, "args"),
        env: env(shapes, node),
        env_from: env_from(shapes, node),
        mounts: mounts(shapes, node),
        ports: ports(shapes, node, "containerPort"),
    }
}

/// The `name` of an entry; an empty text at its place if it has none.
pub(super) fn name_or_place(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Spanned<String> {
    shapes.text(node, "name").unwrap_or(Spanned { value: String::new(), span: node.span })
}

fn env(shapes: &mut Shapes<'_>, container: &Node<'_>) -> Vec<EnvVar> {
    let nodes = shapes.maps(container, "env");
    nodes.into_iter().filter_map(|node| variable(shapes, node)).collect()
}

/// One variable.
pub(super) fn variable(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Option<EnvVar> {
    let Some(name) = shapes.text(node, "name") else {
        shapes.tell(node.span, "this variable has no `name`".to_owned());
        return None;
    };
    Some(EnvVar { value: env_value(shapes, node, &name), name, span: node.span })
}

fn env_value(shapes: &mut Shapes<'_>, node: &Node<'_>, name: &Spanned<String>) -> EnvValue {
    if let Some(from) = shapes.map(node, "valueFrom") {
        return env_source(shapes, from).unwrap_or(EnvValue::Other);
    }
    let text = shapes.text(node, "value").unwrap_or(Spanned { value: String::new(), span: name.span });
    EnvValue::Literal(Spanned { value: kept(&name.value, text.value), span: text.span })
}

fn env_source(shapes: &mut Shapes<'_>, from: &Node<'_>) -> Option<EnvValue> {
    if let Some(node) = shapes.map(from, "configMapKeyRef") {
        let map = shapes.text(node, "name")?;
        return Some(EnvValue::ConfigMapKey { map, key: shapes.word(node, "key").unwrap_or_default() });
    }
    let node = shapes.map(from, "secretKeyRef")?;
    let secret = shapes.text(node, "name")?;
    Some(EnvValue::SecretKey { secret, key: shapes.word(node, "key").unwrap_or_default() })
}

fn env_from(shapes: &mut Shapes<'_>, container: &Node<'_>) -> Vec<EnvFrom> {
    let sources = [("configMapRef", EnvFromSource::ConfigMap), ("secretRef", EnvFromSource::Secret)];
    let mut found = Vec::new();
    for node in shapes.maps(container, "envFrom") {
        for (key, source) in sources {
            let Some(reference) = shapes.map(node, key) else { continue };
            if let Some(name) = shapes.text(reference, "name") {
                found.push(EnvFrom { source, name, prefix: shapes.word(node, "prefix") });
            }
        }
    }
    found
}

fn mounts(shapes: &mut Shapes<'_>, container: &Node<'_>) -> Vec<Mount> {
    let mut found = Vec::new();
    // Devices are volumes that are not mounted but handed through.
    for (key, place) in [("volumeMounts", "mountPath"), ("volumeDevices", "devicePath")] {
        for node in shapes.maps(container, key) {
            if let Some(volume) = shapes.text(node, "name") {
                found.push(Mount { volume, path: shapes.text(node, place) });
            }
        }
    }
    found
}

/// The ports of a container or a service whose number is one; in a template it may be anything.
pub(super) fn ports(shapes: &mut Shapes<'_>, node: &Node<'_>, key: &str) -> Vec<Port> {
    let mut found = Vec::new();
    for node in shapes.maps(node, "ports") {
        let Some(port) = shapes.text(node, key) else { continue };
        let Ok(number) = port.value.parse() else { continue };
        let port = Spanned { value: number, span: port.span };
        found.push(Port { name: shapes.text(node, "name"), port, target: shapes.text(node, "targetPort") });
    }
    found
}
