//! `Chart.yaml`: what a chart is called, and which other charts it stands on.

use crate::sources::kubernetes::Shapes;
use crate::sources::{Facts, Unread, template};
use crate::text::{RepoPath, Spanned, yaml};

/// How many dependencies of one chart are looked at.
const MOST_DEPENDENCIES: usize = 1_000;

/// What a chart says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart {
    /// Its name.
    pub name: Option<Spanned<String>>,
    /// Whether it only holds pieces for the templates of others.
    pub is_library: bool,
    /// The charts that are installed with it.
    pub dependencies: Vec<Dependency>,
}

/// A chart that another one stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: Spanned<String>,
    /// What it is called where values are given to it.
    pub alias: Option<String>,
    /// Where it is from: `file://…` is a folder.
    pub repository: Option<Spanned<String>>,
}

impl Dependency {
    /// The key of values that are for it.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name.value)
    }
}

/// Reads a chart's own file. One that can't be read is a gap: what it says is little, and nothing is judged by it.
pub fn read_chart(path: &RepoPath, text: &str) -> Facts {
    if template::mark(text).is_some() {
        return Facts::Unread(Unread { what: "a template of a Helm chart", span: None });
    }
    let Some(range) = yaml::documents(text).into_iter().next() else {
        return Facts::HelmChart(Chart::default());
    };
    let (root, faults) = yaml::parse(text, range, path);
    let Some(root) = root.filter(|_| faults.is_empty()) else {
        let span = faults.first().and_then(|fault| fault.span);
        return Facts::Unread(Unread { what: "a Helm chart that is not valid YAML", span });
    };
    let mut shapes = Shapes::taken_by("Helm", path, text.len());
    let mut chart = Chart {
        name: shapes.text(&root, "name"),
        is_library: shapes.word(&root, "type").is_some_and(|word| word == "library"),
        dependencies: Vec::new(),
    };
    for node in shapes.maps(&root, "dependencies").into_iter().take(MOST_DEPENDENCIES) {
        let Some(name) = shapes.text(node, "name") else { continue };
        chart.dependencies.push(Dependency {
            name,
            alias: shapes.word(node, "alias"),
            repository: shapes.text(node, "repository"),
        });
    }
    Facts::HelmChart(chart)
}
