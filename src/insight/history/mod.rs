//! What became of a repository: its numbers at one moment after another, and which commit made them jump.

mod jump;
mod moment;

pub use jump::{Difference as Turn, Edges, turn};
pub use moment::{Edge, FeatureMoment, Moment, Names, moment};
