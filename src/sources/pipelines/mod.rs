//! Pipelines: what GitHub Actions and GitLab CI run, when, and what the commands in them build, push and deploy.
//!
//! Invariant: an expression is never evaluated beyond constants and matrices. What depends on anything else is
//! [`UNKNOWN`](super::compose::UNKNOWN) in a text, and whoever reads the text says so.

pub mod deeds;
pub mod expressions;
pub mod github;
pub mod gitlab;
pub mod patterns;
mod script;

pub use script::Script;

use crate::text::Spanned;
use crate::text::yaml::Node;

/// One text, or a list of them.
fn texts(node: &Node<'_>) -> Vec<Spanned<String>> {
    match node.spanned() {
        Some(one) => vec![one],
        None => node.items().iter().filter_map(Node::spanned).collect(),
    }
}
