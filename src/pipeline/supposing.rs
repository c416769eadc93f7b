//! What would be if somebody moved or cut something.

use std::collections::BTreeSet;

use crate::features::{Configuration, Destination, Move};
use crate::graph::CouplingId;
use crate::proposal::{Proposal, ProposedFeature, extended};
use crate::text::Fault;

use super::Repository;

impl Repository {
    /// The same repository with units moved elsewhere. A feature that nothing declares yet is declared without anything
    /// in it.
    ///
    /// # Errors
    /// Why a feature of that name can't be declared.
    pub fn with_moves(self, moves: &[Move]) -> Result<Self, Vec<Fault>> {
        let known: BTreeSet<&str> = self.map.features.iter().map(|one| one.name.as_str()).collect();
        let new = moves.iter().filter_map(|(_, destination)| match destination {
            Destination::Feature(name) if !known.contains(name.as_str()) => Some(name.clone()),
            _ => None,
        });
        let new: BTreeSet<String> = new.collect();
        let repository = match new.is_empty() {
            true => self,
            false => self.declaring(new)?,
        };
        Ok(repository.assigned(moves))
    }

    fn declaring(self, names: BTreeSet<String>) -> Result<Self, Vec<Fault>> {
        let features = names.into_iter().map(|name| ProposedFeature { name, ..ProposedFeature::default() });
        let proposal = Proposal { features: features.collect(), ..Proposal::default() };
        let file = self.configuration.file.clone();
        let text =
            extended(&self.configuration.text, &proposal).map_err(|why| vec![Fault::of(&file, why)])?;
        let (configuration, faults) = Configuration::read(&file, &text);
        if !faults.is_empty() {
            return Err(faults);
        }
        self.configured(configuration)
    }

    /// The same repository without some couplings.
    #[must_use]
    pub fn without(mut self, gone: &BTreeSet<CouplingId>) -> Self {
        let graph = std::mem::take(&mut self.linked.graph);
        self.linked.graph = graph.without(&|id| gone.contains(&id));
        self
    }
}
