//! Questions to the graph.

mod independence;
mod may;
mod prove;

pub use independence::{Independence, independence};
pub use may::{Answer, Reason, may};
pub use prove::{Power, Proof, prove};
