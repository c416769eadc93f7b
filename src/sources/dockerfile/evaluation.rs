//! From the stages that are needed to what is in an image.

use std::collections::BTreeMap;

use super::Dockerfile;
use super::contents::Contents;
use super::needed::Needed;

pub(super) struct Evaluation;

impl Evaluation {
    pub(super) fn new(_: &Dockerfile, _: &BTreeMap<String, String>, _: &Needed) -> Self {
        Self
    }

    pub(super) fn contents(self, stage: usize) -> Contents {
        Contents { stage, ..Contents::default() }
    }
}
