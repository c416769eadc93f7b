//! Which stages a target needs.
//!
//! Invariant: a stage needs only earlier ones, so one pass from the target backwards finds all.

use super::scope::Scope;
use super::{Dockerfile, Step, StepKind};

/// Which stages are needed, and for what.
#[derive(Debug)]
pub(super) struct Needed {
    stages: Vec<Need>,
}

#[derive(Debug, Clone, Default)]
struct Need {
    is_needed: bool,
    is_in_image: bool,
    stands_on: Option<usize>,
}

impl Needed {
    pub(super) fn by(file: &Dockerfile, target: usize, global: &Scope<'_>) -> Self {
        let mut needed = Self { stages: vec![Need::default(); target + 1] };
        needed.mark(target, true);
        for (at, stage) in file.stages.iter().enumerate().take(target + 1).rev() {
            if !needed.is_needed(at) {
                continue;
            }
            let stands_on = file.named_stage(&global.word(&stage.from.value).text, at);
            let inherited = stands_on.map(|below| file.on_build(below)).unwrap_or_default();
            for step in inherited.into_iter().chain(&stage.steps) {
                for reference in references(step) {
                    if let Some(other) = file.stage(reference, at) {
                        needed.mark(other, false);
                    }
                }
            }
            if let Some(below) = stands_on {
                needed.mark(below, needed.is_in_image(at));
            }
            if let Some(need) = needed.stages.get_mut(at) {
                need.stands_on = stands_on;
            }
        }
        needed
    }

    fn mark(&mut self, stage: usize, is_in_image: bool) {
        if let Some(need) = self.stages.get_mut(stage) {
            need.is_needed = true;
            need.is_in_image |= is_in_image;
        }
    }

    pub(super) fn is_needed(&self, stage: usize) -> bool {
        self.stages.get(stage).is_some_and(|need| need.is_needed)
    }

    /// Whether the target is, or stands on, a stage.
    pub(super) fn is_in_image(&self, stage: usize) -> bool {
        self.stages.get(stage).is_some_and(|need| need.is_in_image)
    }

    /// The stage that one stands on; `None` for an image.
    pub(super) fn stands_on(&self, stage: usize) -> Option<usize> {
        self.stages.get(stage).and_then(|need| need.stands_on)
    }
}

/// The stages or images that a step takes files from.
fn references(step: &Step) -> Vec<&str> {
    match &step.kind {
        StepKind::Copy(copy) => copy.from.iter().map(|from| from.value.as_str()).collect(),
        StepKind::Run(run) => run
            .mounts
            .iter()
            .filter_map(|mount| mount.from.as_ref())
            .map(|from| from.value.as_str())
            .collect(),
        _ => Vec::new(),
    }
}

impl Dockerfile {
    /// The stage of a name, among those before another one; the last if there are several.
    fn named_stage(&self, name: &str, before: usize) -> Option<usize> {
        let own = |stage: &super::Stage| {
            stage.name.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(name))
        };
        self.stages.get(..before)?.iter().rposition(own)
    }

    /// The stage of a name or a number.
    pub(super) fn stage(&self, name: &str, before: usize) -> Option<usize> {
        let by_number = || name.parse().ok().filter(|number| *number < before);
        self.named_stage(name, before).or_else(by_number)
    }

    /// What a stage wants to be done first in those that stand on it.
    pub(super) fn on_build(&self, stage: usize) -> Vec<&Step> {
        let steps = self.stages.get(stage).map(|stage| stage.steps.as_slice()).unwrap_or_default();
        let step = |step| match step {
            &Step { kind: StepKind::OnBuild(ref inner), .. } => Some(&**inner),
            _ => None,
        };
        steps.iter().filter_map(step).collect()
    }
}
