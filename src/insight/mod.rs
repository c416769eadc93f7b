//! Questions to the graph.

mod breach;
mod independence;
mod may;
mod prove;
mod shipping;

pub use breach::{Breach, breach};
pub use independence::{Independence, independence};
pub use may::{Answer, Reason, may};
pub use prove::{Power, Proof, prove};
pub use shipping::{Links, Shipping, Standing, shipping};
