//! Questions to the graph.

mod bottlenecks;
mod breach;
mod budgets;
mod changes;
mod cut;
mod history;
mod impact;
mod independence;
mod may;
mod metrics;
mod order;
mod prove;
mod shipping;
mod why;

pub use bottlenecks::{
    Again, Bottleneck, CommitCost, FeatureBottleneck, Remedy, Timings, bottlenecks, commit_cost,
    feature_bottlenecks, read_timings,
};
pub use breach::{Breach, breach};
pub use budgets::{Amount, Holder, Spending};
pub use changes::{
    ChangesAsked, CountedCommit, PastChanges, Tied, Together, Touch, Uncounted, features_together, log_notes,
    past_changes, units_together, untied,
};
pub use cut::{Cut, Knife, Plan, PlanStep, Severed, Standing, cut, plan, standing};
pub use history::{Edge, Edges, FeatureMoment, Moment, Names, Turn, moment, turn};
pub use impact::{Affected, Before, Cause, Impact, Kept, Question, Reason as Because, Step, impact};
pub use independence::{Independence, independence};
pub use may::{Answer, Reason, may};
pub use metrics::{
    Affected as AffectedDeployables, FeatureMetrics, FeatureNumbers, Metrics, Propagation, Totals, metrics,
};
pub use order::{Batch, Circle, LeftOut, Order, Unordered, Wait, order};
pub use prove::{Power, Proof, prove};
pub use shipping::{Links, Shipping, Ships, contents, shipping};
pub use why::{Hop, Tie, Way, Why, why};
