//! Questions to the graph.

mod independence;

pub use independence::{Independence, independence};
