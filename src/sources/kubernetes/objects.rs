//! Objects: what one document states, and the entries of a list.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::ObjectKind;
use super::containers::ports;
use super::credentials::kept;
use super::facts::{Backend, Body, Object, ServiceBody};
use super::kinds::Meaning;
use super::shapes::{Shapes, is_deleted};
use super::workloads::workload;

/// What a document or an entry says that it is; `None` if it is none of ours.
pub(super) fn meaning(node: &Node<'_>) -> Option<Meaning> {
    let version = node.get("apiVersion").and_then(Node::text)?;
    Meaning::of(version, node.get("kind").and_then(Node::text)?)
}

/// Reads a document. Lists in lists are not entered: nobody writes them, and aliases could make them endless.
pub(super) fn objects(shapes: &mut Shapes<'_>, meaning: Meaning, root: &Node<'_>) -> Vec<Object> {
    let of_all = match meaning {
        Meaning::Object(kind) => return object(shapes, kind, root).into_iter().collect(),
        Meaning::List(of_all) => of_all,
    };
    let mut found = Vec::new();
    for item in shapes.maps(root, "items") {
        let kind = match self::meaning(item) {
            Some(Meaning::Object(kind)) => Some(kind),
            _ if item.get("kind").is_none() => of_all,
            _ => None,
        };
        found.extend(kind.and_then(|kind| object(shapes, kind, item)));
    }
    found
}

/// An object; `None` if it has no name, or is a patch that takes it out.
fn object(shapes: &mut Shapes<'_>, kind: ObjectKind, root: &Node<'_>) -> Option<Object> {
    let metadata = shapes.map(root, "metadata")?;
    let name = shapes.text(metadata, "name");
    let name = name.or_else(|| shapes.text(metadata, "generateName"))?;
    if is_deleted(root) {
        return None;
    }
    let namespace = shapes.text(metadata, "namespace");
    let labels = shapes.pairs(metadata, "labels");
    Some(Object { kind, name, namespace, labels, body: body(shapes, kind, root) })
}

fn body(shapes: &mut Shapes<'_>, kind: ObjectKind, root: &Node<'_>) -> Body {
    match kind {
        ObjectKind::Service => Body::Service(service(shapes, root)),
        ObjectKind::Ingress => Body::Ingress(ingress(shapes, root)),
        ObjectKind::HttpRoute | ObjectKind::GrpcRoute => Body::Ingress(route(shapes, root)),
        ObjectKind::ConfigMap => Body::ConfigMap(config_map(shapes, root)),
        ObjectKind::Secret => Body::Secret(secret(shapes, root)),
        ObjectKind::PersistentVolumeClaim => Body::Claim,
        _ => Body::Workload(Box::new(workload(shapes, kind, root))),
    }
}

fn service(shapes: &mut Shapes<'_>, root: &Node<'_>) -> ServiceBody {
    let Some(spec) = shapes.map(root, "spec") else { return ServiceBody::default() };
    ServiceBody {
        selector: shapes.pairs(spec, "selector"),
        external_name: shapes.text(spec, "externalName"),
        ports: ports(shapes, spec, "port"),
    }
}

/// Each backend of an ingress: the default one, and those of its paths.
fn ingress(shapes: &mut Shapes<'_>, root: &Node<'_>) -> Vec<Backend> {
    let Some(spec) = shapes.map(root, "spec") else { return Vec::new() };
    let mut found = Vec::new();
    for key in ["defaultBackend", "backend"] {
        found.extend(ingress_backend(shapes, spec, key));
    }
    for rule in shapes.maps(spec, "rules") {
        let Some(http) = shapes.map(rule, "http") else { continue };
        for path in shapes.maps(http, "paths") {
            found.extend(ingress_backend(shapes, path, "backend"));
        }
    }
    found
}

/// A backend as `networking.k8s.io/v1` has it, or as everything before had it.
fn ingress_backend(shapes: &mut Shapes<'_>, node: &Node<'_>, key: &str) -> Option<Backend> {
    let backend = shapes.map(node, key)?;
    let (service, port) = match shapes.map(backend, "service") {
        Some(service) => (shapes.text(service, "name")?, service.at(&["port", "name"])),
        None => (shapes.text(backend, "serviceName")?, backend.get("servicePort")),
    };
    // The load balancer of AWS takes this for the name of an annotation.
    let is_service = port.and_then(Node::text) != Some("use-annotation");
    is_service.then_some(Backend { service, namespace: None })
}

/// Each backend of a route: where its rules lead, and what gets a copy.
fn route(shapes: &mut Shapes<'_>, root: &Node<'_>) -> Vec<Backend> {
    let Some(spec) = shapes.map(root, "spec") else { return Vec::new() };
    let mut found = Vec::new();
    for rule in shapes.maps(spec, "rules") {
        for reference in shapes.maps(rule, "backendRefs") {
            found.extend(route_backend(shapes, reference));
        }
        for filter in shapes.maps(rule, "filters") {
            if let Some(reference) = shapes.map_at(filter, &["requestMirror", "backendRef"]) {
                found.extend(route_backend(shapes, reference));
            }
        }
    }
    found
}

fn route_backend(shapes: &mut Shapes<'_>, reference: &Node<'_>) -> Option<Backend> {
    let kind = reference.get("kind").and_then(Node::text).unwrap_or("Service");
    let group = reference.get("group").and_then(Node::text).unwrap_or_default();
    if kind != "Service" || !group.is_empty() {
        return None;
    }
    let service = shapes.text(reference, "name")?;
    Some(Backend { service, namespace: shapes.text(reference, "namespace") })
}

fn config_map(shapes: &mut Shapes<'_>, root: &Node<'_>) -> Vec<(Spanned<String>, Option<Spanned<String>>)> {
    let mut found = Vec::new();
    if let Some(data) = shapes.map(root, "data") {
        for (key, value) in data.entries() {
            let Some(key) = shapes.copied(key) else { continue };
            let value = value_of(shapes, &key.value, value);
            found.push((key, value));
        }
    }
    found.extend(keys(shapes, root, "binaryData").into_iter().map(|key| (key, None)));
    found
}

/// What is kept of a value of a `ConfigMap`.
fn value_of(shapes: &mut Shapes<'_>, key: &str, value: &Node<'_>) -> Option<Spanned<String>> {
    if !value.is_scalar() {
        let message = format!("`data` holds {}, and Kubernetes takes a map of texts here", value.what());
        shapes.tell(value.span, message);
    }
    let text = shapes.copied(value)?;
    let value = kept(key, text.value);
    (!value.is_empty()).then_some(Spanned { value, span: text.span })
}

/// The keys of a `Secret`; its values are not looked at.
fn secret(shapes: &mut Shapes<'_>, root: &Node<'_>) -> Vec<Spanned<String>> {
    let mut found = keys(shapes, root, "data");
    found.extend(keys(shapes, root, "stringData"));
    found
}

fn keys(shapes: &mut Shapes<'_>, root: &Node<'_>, key: &str) -> Vec<Spanned<String>> {
    let Some(map) = shapes.map(root, key) else { return Vec::new() };
    map.entries().iter().filter_map(|(key, _)| shapes.copied(key)).collect()
}
