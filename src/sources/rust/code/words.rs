//! The words of one file, each once.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A word of a file, by its position there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Word(pub u32);

/// The words of a file, in one text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Words {
    /// A word as it is written.
    pub fn of(&self, word: Word) -> &str {
        let at = word.0 as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// All words, in their order.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|at| self.of(Word(u32::try_from(at).unwrap_or(u32::MAX))))
    }
}

/// Makes the list of words while a file is read.
#[derive(Debug, Default)]
pub(super) struct Collecting<'t> {
    known: FxHashMap<&'t str, Word>,
    in_order: Vec<&'t str>,
}

impl<'t> Collecting<'t> {
    pub(super) fn word(&mut self, text: &'t str) -> Word {
        let next = Word(u32::try_from(self.in_order.len()).unwrap_or(u32::MAX));
        let word = *self.known.entry(text).or_insert(next);
        if word == next {
            self.in_order.push(text);
        }
        word
    }

    pub(super) fn of(&self, word: Word) -> &'t str {
        self.in_order.get(word.0 as usize).copied().unwrap_or_default()
    }

    pub(super) fn known(&self, text: &str) -> Option<Word> {
        self.known.get(text).copied()
    }

    /// The words that are asked for, in a list of their own; and where each lies in it.
    pub(super) fn kept(&self, is_kept: &[bool]) -> (Words, Vec<Word>) {
        let mut words = Words::default();
        let mut places = vec![Word(0); self.in_order.len()];
        for (at, text) in self.in_order.iter().enumerate() {
            if is_kept.get(at) == Some(&true) {
                places[at] = Word(u32::try_from(words.ends.len()).unwrap_or(u32::MAX));
                words.text.push_str(text);
                words.ends.push(u32::try_from(words.text.len()).unwrap_or(u32::MAX));
            }
        }
        (words, places)
    }

    pub(super) fn len(&self) -> usize {
        self.in_order.len()
    }
}
