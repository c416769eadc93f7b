//! `watertight schema`

use clap::ValueEnum;

use crate::report::{
    bottlenecks_schema, co_change_schema, document, history_schema, impact_schema, metrics_schema, schema,
};
use crate::rules::{configuration_schema, feature_schema, rule_schema};

use super::{Exit, Outcome};

/// Print a JSON Schema: of the report, or of what you write.
///
/// That of the report is made from the types that write it, so it can't differ
/// from it. Those of the configuration are for editors, which complete and
/// check by them: write it beside your watertight.toml, and make `#:schema
/// ./watertight.schema.json` its first line.
///
/// Examples:
///   watertight schema > report.schema.json
///   watertight schema configuration > watertight.schema.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Of what
    #[arg(value_enum, default_value_t = Of::Report)]
    of: Of,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// What `check --format json` prints
    Report,
    /// What `impact --format json` prints
    Impact,
    /// What `metrics --format json` prints
    Metrics,
    /// What `history --format json` prints
    History,
    /// What `co-change --format json` prints
    CoChange,
    /// What `bottlenecks --format json` prints
    Bottlenecks,
    /// `watertight.toml`
    Configuration,
    /// `feature.toml`, and `[package.metadata.watertight]`
    Feature,
    /// A rule file in `.watertight/rules/`
    Rule,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let output = match arguments.of {
        Of::Report => schema(),
        Of::Impact => impact_schema(),
        Of::Metrics => metrics_schema(),
        Of::History => history_schema(),
        Of::CoChange => co_change_schema(),
        Of::Bottlenecks => bottlenecks_schema(),
        Of::Configuration => document(&configuration_schema()),
        Of::Feature => document(&feature_schema()),
        Of::Rule => document(&rule_schema()),
    };
    Outcome { output, messages: String::new(), exit: Exit::Clean }
}
