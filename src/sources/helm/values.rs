//! Values: which parts of a chart have an image, which settings they are given, and what they are called.

use crate::sources::kubernetes::{EnvValue, EnvVar, Shapes, kept, read_variable};
use crate::sources::{Unread, template};
use crate::text::yaml::{self, Node};
use crate::text::{RepoPath, Spanned};

use super::images::{image, scalar};

/// How deep parts are looked for.
const DEEPEST: usize = 8;

/// How many maps of one file are looked at.
const MOST_MAPS: usize = 5_000;

/// What a file of values says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    /// Each map that names an image, settings or what something is called, in the order of the file.
    pub parts: Vec<Part>,
    /// What is recognised and not read.
    pub unread: Vec<Unread>,
}

/// A map of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The keys that lead there.
    pub keys: Vec<String>,
    /// The image that it names, with registry and tag.
    pub image: Option<Spanned<String>>,
    /// Variables that it sets.
    pub env: Vec<EnvVar>,
    /// What its services are called, whatever the release is: `fullnameOverride`, `service.name`.
    pub names: Vec<Spanned<String>>,
}

/// Keys whose maps or lists are environment variables.
const ENV: [&str; 12] = [
    "env",
    "envs",
    "envVars",
    "environment",
    "environmentVariables",
    "extraEnv",
    "extraEnvs",
    "extraEnvVars",
    "additionalEnv",
    "additionalEnvs",
    "envOverrides",
    "extraEnvironment",
];

/// Keys whose maps are variables as far as their keys are written like variables.
const CONFIG: [&str; 5] = ["config", "configs", "configMap", "configmap", "settings"];

/// Keys below which nothing stands that the chart itself runs: what stands beside it, what it only starts with,
/// and what others take over.
const BESIDE: [&str; 22] = [
    "metrics",
    "exporter",
    "volumePermissions",
    "initContainer",
    "initContainers",
    "extraInitContainers",
    "init",
    "sidecar",
    "sidecars",
    "extraContainers",
    "extraDeploy",
    "test",
    "tests",
    "testFramework",
    "busybox",
    "kubectl",
    "default",
    "defaults",
    "common",
    "global",
    "serviceMonitor",
    "sysctlImage",
];

/// Whether a file is called like values of a chart: `values.yaml`, `values-prod.yaml`, `values.prod.yaml`.
pub fn is_values(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.and_then(|stem| stem.strip_prefix("values"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
}

/// Reads a file of values. What can't be read is a gap: the templates may still have been of use to nobody.
pub fn read_values(path: &RepoPath, text: &str) -> Values {
    let mut values = Values::default();
    if let Some(at) = template::mark(text) {
        let span = Some(crate::text::Span::new(at..at + 2));
        values.unread.push(Unread { what: template::WHAT, span });
        return values;
    }
    let Some(range) = yaml::documents(text).into_iter().next() else { return values };
    let (root, faults) = yaml::parse(text, range, path);
    let Some(root) = root else {
        let span = faults.first().and_then(|fault| fault.span);
        values.unread.push(Unread { what: "values of a Helm chart that are not valid YAML", span });
        return values;
    };
    let shapes = Shapes::taken_by("Helm", path, text.len());
    let mut walk = Walk { shapes, left: MOST_MAPS, parts: Vec::new() };
    walk.map(&root, &mut Vec::new());
    if walk.left == 0 {
        values
            .unread
            .push(Unread { what: "values with so many maps that not all are looked at", span: None });
    }
    values.parts = walk.parts;
    values
}

struct Walk<'p> {
    shapes: Shapes<'p>,
    left: usize,
    parts: Vec<Part>,
}

impl Walk<'_> {
    fn map(&mut self, node: &Node<'_>, keys: &mut Vec<String>) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let part = Part {
            keys: keys.clone(),
            image: image(&mut self.shapes, node),
            env: self.env(node),
            names: self.names(node),
        };
        if part.image.is_some() || !part.env.is_empty() || !part.names.is_empty() {
            self.parts.push(part);
        }
        if keys.len() == DEEPEST {
            return;
        }
        for (key, value) in node.entries() {
            let Some(key) = key.text() else { continue };
            let is_read = ENV.contains(&key) || key == "image";
            if is_read || BESIDE.contains(&key) || key.len() > 100 {
                continue;
            }
            keys.push(key.to_owned());
            if value.is_map() {
                self.map(value, keys);
            } else {
                self.list(value, keys);
            }
            keys.pop();
        }
    }

    /// The entries of a list that have a name and an image: each is a part of its own.
    fn list(&mut self, node: &Node<'_>, keys: &mut Vec<String>) {
        for item in node.items() {
            let name = item.get("name").and_then(Node::text).filter(|name| name.len() <= 100);
            if let (Some(name), true) = (name, item.get("image").is_some()) {
                keys.push(name.to_owned());
                self.map(item, keys);
                keys.pop();
            }
        }
    }

    fn env(&mut self, node: &Node<'_>) -> Vec<EnvVar> {
        let mut found = Vec::new();
        for (key, value) in node.entries() {
            let Some(key) = key.text() else { continue };
            if ENV.contains(&key) {
                self.variables(value, &|_| true, &mut found);
            } else if CONFIG.contains(&key) {
                self.variables(value, &is_variable, &mut found);
            }
        }
        found
    }

    /// Variables in a list, as Kubernetes has them, or in a map.
    fn variables(&mut self, node: &Node<'_>, is_one: &dyn Fn(&str) -> bool, found: &mut Vec<EnvVar>) {
        for item in node.items().iter().filter(|item| item.get("name").is_some_and(Node::is_scalar)) {
            found.extend(read_variable(&mut self.shapes, item).filter(|one| !is_filled_in(one)));
        }
        for (key, value) in node.entries() {
            let Some(name) = key.text().filter(|name| is_one(name)).map(|_| key) else { continue };
            let Some(name) = self.shapes.copied(name) else { continue };
            let value = if value.is_map() { value.get("value") } else { Some(value) };
            let Some(text) = value.and_then(|value| scalar(&mut self.shapes, value)) else { continue };
            let kept = Spanned { value: kept(&name.value, text.value), span: text.span };
            let variable = EnvVar { span: name.span.to(text.span), name, value: EnvValue::Literal(kept) };
            found.extend(Some(variable).filter(|one| !is_filled_in(one)));
        }
    }

    fn names(&mut self, node: &Node<'_>) -> Vec<Spanned<String>> {
        let ways: [&[&str]; 3] = [&["fullnameOverride"], &["service", "name"], &["serviceName"]];
        let found = ways.iter().filter_map(|way| scalar(&mut self.shapes, node.at(way)?));
        found.filter(|name| !name.value.is_empty() && !template::holds_mark(&name.value)).collect()
    }
}

/// Whether a part of a variable is only known once something fills it in.
fn is_filled_in(variable: &EnvVar) -> bool {
    let texts = match &variable.value {
        EnvValue::Literal(text) => vec![&variable.name, text],
        EnvValue::ConfigMapKey { map, .. } => vec![&variable.name, map],
        EnvValue::SecretKey { secret, .. } => vec![&variable.name, secret],
        EnvValue::Other => vec![&variable.name],
    };
    texts.into_iter().any(|text| template::holds_mark(&text.value))
}

/// Whether a key is written like an environment variable.
fn is_variable(key: &str) -> bool {
    key.starts_with(|one: char| one.is_ascii_uppercase())
        && key.chars().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_')
}
