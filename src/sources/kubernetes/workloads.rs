//! Workloads: the pods that an object starts.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::ObjectKind;
use super::containers::{containers, name_or_place};
use super::facts::{HostAlias, Volume, VolumeSource, Workload};
use super::shapes::Shapes;

/// Where the template of the pods lies; a pod is its own.
fn template_of(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::Pod => &[],
        ObjectKind::CronJob => &["spec", "jobTemplate", "spec", "template"],
        _ => &["spec", "template"],
    }
}

/// What an object starts. A patch may say nothing of it, and an Argo rollout may point to another workload.
pub(super) fn workload(shapes: &mut Shapes<'_>, kind: ObjectKind, root: &Node<'_>) -> Workload {
    let mut found = Workload::default();
    if let Some(template) = shapes.map_at(root, template_of(kind)) {
        if let Some(metadata) = shapes.map(template, "metadata") {
            found.labels = shapes.pairs(metadata, "labels");
        }
        if let Some(spec) = shapes.map(template, "spec") {
            pod(shapes, spec, &mut found);
        }
    }
    if kind == ObjectKind::StatefulSet
        && let Some(spec) = shapes.map(root, "spec")
    {
        found.claim_templates = claim_templates(shapes, spec);
    }
    found
}

fn pod(shapes: &mut Shapes<'_>, spec: &Node<'_>, found: &mut Workload) {
    found.containers = containers(shapes, spec, "containers").into_iter().map(|(one, _)| one).collect();
    for (container, runs_on) in containers(shapes, spec, "initContainers") {
        let list = if runs_on { &mut found.containers } else { &mut found.init_containers };
        list.push(container);
    }
    for node in shapes.maps(spec, "volumes") {
        volume(shapes, node, &mut found.volumes);
    }
    for node in shapes.maps(spec, "imagePullSecrets") {
        found.pull_secrets.extend(shapes.text(node, "name"));
    }
    // The second is the first one's old name.
    let account = shapes.text(spec, "serviceAccountName");
    found.service_account = account.or_else(|| shapes.text(spec, "serviceAccount"));
    found.host_network = spec.get("hostNetwork").is_some_and(Node::is_true);
    for node in shapes.maps(spec, "hostAliases") {
        let (ip, hostnames) = (shapes.text(node, "ip"), shapes.texts(node, "hostnames"));
        found.host_aliases.push(HostAlias { ip, hostnames });
    }
}

fn claim_templates(shapes: &mut Shapes<'_>, spec: &Node<'_>) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    for node in shapes.maps(spec, "volumeClaimTemplates") {
        if let Some(metadata) = shapes.map(node, "metadata") {
            found.extend(shapes.text(metadata, "name"));
        }
    }
    found
}

fn volume(shapes: &mut Shapes<'_>, node: &Node<'_>, found: &mut Vec<Volume>) {
    let name = name_or_place(shapes, node);
    let Some(projected) = shapes.map(node, "projected") else {
        let source = volume_source(shapes, node, "secretName");
        found.push(Volume { name, source });
        return;
    };
    for part in shapes.maps(projected, "sources") {
        // Inside of a projection a secret has a name like everything else.
        let source = volume_source(shapes, part, "name");
        if shapes.copied_again(&name) {
            found.push(Volume { name: name.clone(), source });
        }
    }
}

/// Makes a source of its name.
type MakeSource = fn(Spanned<String>) -> VolumeSource;

fn volume_source(shapes: &mut Shapes<'_>, node: &Node<'_>, secret_name: &str) -> VolumeSource {
    let kinds: [(&str, &str, MakeSource); 5] = [
        ("persistentVolumeClaim", "claimName", VolumeSource::Claim),
        ("secret", secret_name, VolumeSource::Secret),
        ("configMap", "name", VolumeSource::ConfigMap),
        ("hostPath", "path", VolumeSource::HostPath),
        ("csi", "driver", VolumeSource::Csi),
    ];
    for (key, name, source) in kinds {
        if let Some(inner) = shapes.map(node, key) {
            return shapes.text(inner, name).map_or(VolumeSource::Other, source);
        }
    }
    // It may be empty: `emptyDir:` alone is nothing to Kubernetes, and means one to whoever wrote it.
    if node.get("emptyDir").is_some() { VolumeSource::EmptyDir } else { VolumeSource::Other }
}
