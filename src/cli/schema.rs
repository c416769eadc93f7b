//! `watertight schema`

use crate::report::schema;

use super::{Exit, Outcome};

/// Print the JSON Schema of `check --format json`.
///
/// It is made from the types that write the report, so it can't differ from it.
///
/// Examples:
///   watertight schema > report.schema.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> Outcome {
    Outcome { output: schema(), messages: String::new(), exit: Exit::Clean }
}
