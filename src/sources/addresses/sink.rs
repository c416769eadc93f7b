//! Where the mentions of one value gather.

use std::ops::Range;

use super::{Confidence, Mention, Store};

/// How many mentions one value may have.
const MOST_MENTIONS: usize = 64;

/// The mentions of one value.
#[derive(Debug)]
pub(super) struct Sink {
    index: usize,
    pub(super) mentions: Vec<Mention>,
}

impl Sink {
    pub(super) fn of(index: usize) -> Self {
        Self { index, mentions: Vec::new() }
    }

    pub(super) fn add(
        &mut self,
        range: Range<usize>,
        host: String,
        port: Option<u16>,
        store: Option<Store>,
        parts: Vec<String>,
        confidence: Confidence,
    ) {
        let is_known = self.mentions.iter().any(|known| known.range == range);
        if self.mentions.len() < MOST_MENTIONS && !is_known {
            self.mentions.push(Mention { index: self.index, range, host, port, store, parts, confidence });
        }
    }
}
