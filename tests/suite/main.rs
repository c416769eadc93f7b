//! The tests that go through the binary, as one program: it links once.

#![allow(clippy::disallowed_methods, reason = "tests run programs and write temporary folders")]
#![allow(clippy::print_stdout, reason = "tests tell how much they have checked")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(unix)]
mod action;
mod amnesty;
mod architects;
mod architecture;
mod bad_input;
mod baseline;
mod book;
#[cfg(target_os = "linux")]
mod browser;
mod budgets;
mod cargo_couplings;
mod catalog;
#[cfg(target_os = "linux")]
mod catalogue;
mod change;
mod charts;
mod check;
#[cfg(unix)]
mod ci_pages;
mod co_change;
mod code;
mod commands;
mod compose;
mod compose_properties;
mod configuration_errors;
mod configuration_schema;
mod console;
mod contracts;
mod dockerfile;
mod documentation;
mod exceptions;
mod git_snapshots;
mod golden;
mod history;
#[cfg(unix)]
mod hooks;
mod hostile;
mod image_listing;
mod impact;
mod init;
mod inventory;
mod kubernetes;
mod metrics;
mod no_configuration;
mod oracle;
mod own_rules;
mod owners;
#[cfg(target_os = "linux")]
mod page;
mod picture_properties;
#[cfg(unix)]
mod pictures;
mod pipelines;
mod properties;
mod proposal_properties;
#[cfg(unix)]
mod questions;
mod release;
mod reports;
mod rules;
#[cfg(unix)]
mod schemas;
#[cfg(unix)]
mod server;
mod shipping;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod tools;
mod watertight;
mod work_tree;
#[cfg(unix)]
mod yaml;
