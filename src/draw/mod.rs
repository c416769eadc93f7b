//! The coupling graph → pictures: one file a format.
//!
//! Invariant: a [`Picture`] says what is drawn, a [`Layout`] where; a format only writes them down, and decides
//! nothing. Names from the repository are harmless in each.

mod chart;
mod coarse;
mod csv;
mod dot;
mod filter;
mod json;
mod knots;
mod labels;
mod layout;
mod legend;
mod matrix;
mod matrix_svg;
mod measure;
mod mermaid;
mod nodes;
mod order;
mod page;
mod picture;
mod standing;
mod svg;
mod view;
mod xml;

pub use chart::{Chart, chart};
pub use csv::csv;
pub use dot::dot;
pub use json::json;
pub use layout::{Area, Layout, Point};
pub use matrix::{LARGEST_MATRIX, matrix};
pub use matrix_svg::matrix_svg;
pub use mermaid::mermaid;
pub use order::MatrixOrder;
pub use page::{Outlook, Start, render as page};
pub use picture::{Edge, Frame, FrameKind, Node, Picture, What};
pub use standing::{Judgement, Standing};
pub use svg::svg;
pub use view::{DrawLevel, LARGEST, View};
