//! What is read of Kubernetes manifests: one fixture for each feature, listed with the lines where it stands.

use std::path::Path;

use watertight::sources::kubernetes::{
    Body, Container, EnvFrom, EnvFromSource, EnvValue, EnvVar, Object, Port, VolumeSource, Workload,
    has_marker, read,
};
use watertight::text::{RepoPath, Spanned};

use crate::golden::{Listing, facts};
use crate::watertight::name;

impl Listing<'_> {
    /// A text, and its line and column.
    fn shown(&self, text: &Spanned<String>) -> String {
        format!("{:?} {}", text.value, self.place(text.span))
    }

    fn shown_all(&self, texts: &[Spanned<String>]) -> String {
        texts.iter().map(|text| self.shown(text)).collect::<Vec<_>>().join(", ")
    }

    /// A line for something that may not be there.
    fn optional(&mut self, depth: usize, what: &str, text: Option<&Spanned<String>>) {
        if let Some(text) = text {
            self.line(depth, &format!("{what} {}", self.shown(text)));
        }
    }

    fn labels(&mut self, depth: usize, what: &str, labels: &[(String, String)]) {
        if !labels.is_empty() {
            let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            self.line(depth, &format!("{what} {}", labels.join(" ")));
        }
    }

    fn object(&mut self, object: &Object) {
        let kind = object.kind.name();
        let what = if object.kind.is_workload() { "workload " } else { "" };
        self.line(2, &format!("{what}{kind} {}", self.shown(&object.name)));
        self.optional(3, "namespace", object.namespace.as_ref());
        self.labels(3, "labels", &object.labels);
        match &object.body {
            Body::Workload(workload) => self.workload(workload),
            Body::Service(service) => {
                self.labels(3, "selector", &service.selector);
                self.optional(3, "external name", service.external_name.as_ref());
                self.ports(3, &service.ports);
            }
            Body::Ingress(backends) => {
                for backend in backends {
                    self.line(3, &format!("backend {}", self.shown(&backend.service)));
                    self.optional(4, "namespace", backend.namespace.as_ref());
                }
            }
            Body::ConfigMap(entries) => {
                for (key, value) in entries {
                    let value = value.as_ref().map_or("nothing".to_owned(), |value| self.shown(value));
                    self.line(3, &format!("key {}: {value}", self.shown(key)));
                }
            }
            Body::Secret(keys) => self.line(3, &format!("keys {}", self.shown_all(keys))),
            Body::Claim => {}
        }
    }

    fn workload(&mut self, workload: &Workload) {
        self.labels(3, "pod labels", &workload.labels);
        for (what, containers) in
            [("container", &workload.containers), ("init container", &workload.init_containers)]
        {
            containers.iter().for_each(|container| self.container(what, container));
        }
        for volume in &workload.volumes {
            let source = match &volume.source {
                VolumeSource::Claim(name) => format!("claim {}", self.shown(name)),
                VolumeSource::Secret(name) => format!("secret {}", self.shown(name)),
                VolumeSource::ConfigMap(name) => format!("config map {}", self.shown(name)),
                VolumeSource::HostPath(path) => format!("host path {}", self.shown(path)),
                VolumeSource::EmptyDir => "empty folder".to_owned(),
                VolumeSource::Csi(driver) => format!("driver {}", self.shown(driver)),
                VolumeSource::Other => "something else".to_owned(),
            };
            self.line(3, &format!("volume {}: {source}", self.shown(&volume.name)));
        }
        for (what, names) in
            [("claim template", &workload.claim_templates), ("pull secret", &workload.pull_secrets)]
        {
            names.iter().for_each(|name| self.optional(3, what, Some(name)));
        }
        self.optional(3, "service account", workload.service_account.as_ref());
        if workload.host_network {
            self.line(3, "in the network of the host");
        }
        for alias in &workload.host_aliases {
            self.line(3, &format!("hosts {}", self.shown_all(&alias.hostnames)));
            self.optional(4, "at", alias.ip.as_ref());
        }
    }

    fn container(&mut self, what: &str, container: &Container) {
        self.line(3, &format!("{what} {}", self.shown(&container.name)));
        self.optional(4, "image", container.image.as_ref());
        for (what, texts) in [("command", &container.command), ("args", &container.args)] {
            if !texts.is_empty() {
                self.line(4, &format!("{what} {}", self.shown_all(texts)));
            }
        }
        container.env.iter().for_each(|variable| self.variable(variable));
        for EnvFrom { source, name, prefix } in &container.env_from {
            let source = match source {
                EnvFromSource::ConfigMap => "config map",
                EnvFromSource::Secret => "secret",
            };
            let prefix = prefix.as_ref().map_or(String::new(), |prefix| format!(" as {prefix}…"));
            self.line(4, &format!("env from {source} {}{prefix}", self.shown(name)));
        }
        for mount in &container.mounts {
            self.line(4, &format!("mount {}", self.shown(&mount.volume)));
            self.optional(5, "at", mount.path.as_ref());
        }
        self.ports(4, &container.ports);
    }

    fn variable(&mut self, variable: &EnvVar) {
        let value = match &variable.value {
            EnvValue::Literal(text) => self.shown(text),
            EnvValue::ConfigMapKey { map, key } => format!("{key} of config map {}", self.shown(map)),
            EnvValue::SecretKey { secret, key } => format!("{key} of secret {}", self.shown(secret)),
            EnvValue::Other => "something else".to_owned(),
        };
        let entry = self.place(variable.span);
        self.line(4, &format!("env {} in {entry}: {value}", self.shown(&variable.name)));
    }

    fn ports(&mut self, depth: usize, ports: &[Port]) {
        for port in ports {
            self.line(depth, &format!("port {} {}", port.port.value, self.place(port.port.span)));
            self.optional(depth + 1, "name", port.name.as_ref());
            self.optional(depth + 1, "target", port.target.as_ref());
        }
    }
}

/// The facts of one file.
fn listing(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("a text");
    let path = RepoPath::new(name(file)).expect("a path");
    let mut listing = Listing::new(&text, name(file));
    let (objects, faults, unread) = read(&path, &text);
    let is_nothing = objects.is_empty() && faults.is_empty() && unread.is_empty();
    assert!(has_marker(text.as_bytes()) || is_nothing, "{}", file.display());
    objects.iter().for_each(|object| listing.object(object));
    for unread in unread {
        let place = listing.place(unread.span);
        listing.line(2, &format!("unread: {} {:?} {place}", unread.what, &text[unread.span.range()]));
    }
    for fault in faults {
        let place = fault.span.map_or("no place".to_owned(), |span| listing.place(span));
        listing.line(2, &format!("fault: {} {place}", fault.message));
    }
    listing.written
}

#[test]
fn each_fixture_states_what_it_is_named_for() {
    facts("kubernetes", &listing);
}
