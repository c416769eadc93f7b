//! One page for people who would rather look than read: a file of its own that asks no network for anything.
//!
//! What the page knows is written into it as JSON; its own script draws it. Nothing else may run or be loaded, by
//! the page's own Content Security Policy: scripts and styles are named by their hashes.

mod contents;
mod features;
mod findings;
mod frame;
mod model;
mod places;
mod plan;
mod units;

use crate::Repository;

use crate::report::{Texts, Told};

/// The whole page. `name` is what the repository is called.
pub fn render(told: &Told<'_>, repository: &Repository, texts: &Texts<'_>, name: &str) -> String {
    frame::framed(&contents::page(told, repository, texts, name))
}
