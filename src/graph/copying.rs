//! What an image is built from, where that is not what it needs.

use crate::text::Location;

use super::UnitId;
use super::same::moved;

/// An image whose Dockerfile copies other than its binaries need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// The image.
    pub image: UnitId,
    /// Packages that its binaries are built with and that are not copied; sorted.
    pub lacks: Vec<UnitId>,
    /// Members of the workspace whose manifests are not copied, though it names each; sorted.
    pub unlisted: Vec<UnitId>,
    /// The lines that build without them.
    pub lacks_at: Vec<Location>,
    /// Packages that are copied and never needed: a change to any of them builds the image anew; sorted.
    pub more: Vec<UnitId>,
    /// The lines that copy them.
    pub more_at: Vec<Location>,
}

impl Copying {
    /// The same with units of another graph.
    #[must_use]
    pub(super) fn moved(&self, place: &dyn Fn(UnitId) -> UnitId) -> Self {
        let all = |units: &[UnitId]| moved(units, place);
        Self {
            image: place(self.image),
            lacks: all(&self.lacks),
            unlisted: all(&self.unlisted),
            more: all(&self.more),
            ..self.clone()
        }
    }
}
