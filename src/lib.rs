//! watertight keeps the product features of a monorepo independent of each other.
//!
//! Data flows one way, and each room imports only from the rooms above it:
//!
//! | room | makes |
//! |---|---|
//! | [`text`] | repository paths, spans, faults: the vocabulary of evidence |
//! | [`snapshot`] | the files of a repository at one moment |
//! | [`sources`] | bytes → facts, one format at a time |
//! | [`graph`] | facts → the coupling graph |
//! | [`features`] | declarations → which unit belongs to which feature |
//! | [`proposal`] | graph, roles → what could be declared of what nobody has assigned |
//! | [`rules`] | rule files → what must not be |
//! | [`findings`] | rules × graph → findings |
//! | [`insight`] | questions to the graph |
//! | [`baseline`] | findings × accepted ones → new, known, stale |
//! | [`report`] | findings → what a person or a program reads |
//! | [`draw`] | the coupling graph → pictures |
//! | [`cli`] | arguments, commands, exit codes |
//!
//! A **unit** is one thing that builds, runs, ships or is shared. A **coupling** is a directed edge
//! between two units, with a kind, conditions and evidence. A **feature** is a product feature: a
//! named set of units with an owner and **responsibilities**, the named reasons for two features to
//! know of each other. A **finding** is a place where the repository breaks a rule, a **problem** an
//! input that could not be read, an **error** what a run can't go on with.
//!
//! The whole pipeline is [`Repository::load`] and [`Repository::judge`].

pub mod text;

pub mod snapshot;

pub mod sources;

pub mod graph;

pub mod features;

pub mod proposal;

pub mod rules;

pub mod findings;

pub mod insight;

pub mod baseline;

pub mod report;

pub mod draw;

pub mod cli;

mod pipeline;

pub use pipeline::{
    Base, Change, Every, History, Jump, Loading, Measured, Past, Point, Repository, Shared, Stage, Tighter,
    Verdict, Walk, Watch, history,
};
