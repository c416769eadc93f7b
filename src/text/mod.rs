//! The vocabulary of evidence: repository paths, spans, locations, and what is wrong with an input.
//!
//! Invariant: a [`RepoPath`] is relative, uses `/`, and never leaves the repository; a [`Span`]
//! counts bytes of the file that it is told with.

mod date;
mod fault;
mod glob;
mod nearest;
mod path;
mod period;
mod span;
pub mod toml;
pub(crate) mod yaml;

pub use date::Date;
pub use fault::Fault;
pub use glob::{glob, is_glob, path_glob};
pub use nearest::{nearest, nearest_or};
pub use path::RepoPath;
pub use period::Period;
pub use span::{LineIndex, Location, Position, Span, Spanned};
