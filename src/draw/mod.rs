//! The coupling graph → pictures: one file a format.
//!
//! Invariant: a [`Picture`] says what is drawn, a [`Layout`] where; a format only writes them down, and decides
//! nothing. Names from the repository are harmless in each.

mod coarse;
mod filter;
mod knots;
mod layout;
mod measure;
mod nodes;
mod page;
mod picture;
mod standing;
mod view;

pub use page::render as page;
pub use layout::{Area, Layout, Point};
pub use picture::{Edge, Frame, FrameKind, Node, Picture, What};
pub use standing::{Judgement, Standing};
pub use view::{DrawLevel, LARGEST, View};
