//! Config maps: what a name of one means, by where it is named.

use std::collections::BTreeMap;

use crate::sources::kubernetes::Body;
use crate::text::Spanned;

use super::super::model::Said;
use super::places::{At, Place, nearness};

/// Where a config map is, and what is in it.
type MapAt<'f> = (&'f At<'f>, &'f [(Spanned<String>, Option<Spanned<String>>)]);

/// Config maps by name.
pub(super) struct Maps<'f> {
    of: BTreeMap<&'f str, Vec<MapAt<'f>>>,
}

impl<'f> Maps<'f> {
    pub(super) fn new(objects: &'f [At<'f>]) -> Self {
        let mut of: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for at in objects {
            if let Body::ConfigMap(entries) = &at.object.body {
                of.entry(at.name()).or_default().push((at, entries.as_slice()));
            }
        }
        Self { of }
    }

    /// The entries of the map that a place means by a name, or the one of a key: of each stage, or else of the
    /// nearest. Each takes from the room that is left for settings.
    pub(super) fn get(
        &self,
        place: &Place,
        name: &str,
        key: Option<&str>,
        room: &mut usize,
    ) -> Vec<(&'f Spanned<String>, Said)> {
        let found = self.of.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_same = |at: &At<'_>| at.place.namespace == place.namespace;
        let rank = |at: &At<'_>| (is_same(at), nearness(place, &at.place));
        let Some(best) = found.iter().map(|(at, _)| rank(at)).max() else { return Vec::new() };
        let meant = found.iter().filter(|(at, _)| {
            rank(at) == best
                || (best.1.0 && is_same(at) == best.0 && at.place.environment == place.environment)
        });
        let is_wanted = |known: &Spanned<String>| key.is_none_or(|key| known.value == key);
        let entries = meant.flat_map(|(at, entries)| {
            entries.iter().filter(|(known, _)| is_wanted(known)).filter_map(|(known, value)| {
                let value = value.as_ref()?;
                Some((known, Said::new(value.value.clone(), at.location(value))))
            })
        });
        let taken: Vec<_> = entries.take(*room).collect();
        *room -= taken.len();
        taken
    }
}
