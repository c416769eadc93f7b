//! Questions to the graph.

mod breach;
mod impact;
mod independence;
mod may;
mod prove;

pub use breach::{Breach, breach};
pub use impact::{Affected, Before, Cause, Impact, Question, Reason as Because, Step, impact};
pub use independence::{Independence, independence};
pub use may::{Answer, Reason, may};
pub use prove::{Power, Proof, prove};
