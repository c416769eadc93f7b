//! Helm charts: what a chart is called and stands on, and which images and settings its values name.
//!
//! Invariant: no template is filled in. What is read of values is what nearly every chart means by these keys; what
//! else they do is known only to the templates, and the chart is a gap.

mod chart;
mod images;
mod values;

#[cfg(test)]
mod tests;

use crate::text::{Fault, RepoPath, yaml};

use super::{Facts, Source, Unread};

pub use chart::{Chart, Dependency, read_chart};
pub use values::{Part, Values, is_values, read_values};

/// Reads `Chart.yaml`, and notices what else says by its name that Helm reads it.
#[derive(Debug)]
pub(super) struct ChartSource;

/// What is told of a helmfile.
const HELMFILE: &str = "a helmfile: which charts it installs, and with which values, is not read";

impl Source for ChartSource {
    fn recognises(&self, _folder: &str, name: &str) -> bool {
        is_chart(name) || is_helmfile(name)
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn unread(&self, path: &RepoPath) -> Option<&'static str> {
        Some(if is_helmfile(path.file_name()) { HELMFILE } else { "a Helm chart that can't be read" })
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let facts = match is_helmfile(path.file_name()) {
            true => Facts::Unread(Unread { what: HELMFILE, span: None }),
            false => read_chart(path, text),
        };
        (Some(facts), Vec::new())
    }
}

/// Whether a file says of its folder that it is a chart.
pub fn is_chart(name: &str) -> bool {
    matches!(name, "Chart.yaml" | "Chart.yml")
}

fn is_helmfile(name: &str) -> bool {
    matches!(name, "helmfile.yaml" | "helmfile.yml" | "helmfile.yaml.gotmpl")
}
