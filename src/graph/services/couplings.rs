//! What one of what runs calls, uses and waits for.

use std::collections::BTreeSet;

use crate::snapshot::Gap;
use crate::sources::addresses::Confidence;
use crate::sources::compose::UNKNOWN;
use crate::text::Location;

use super::super::CouplingKind;
use super::End;
use super::drafts::{DraftId, Drafting};
use super::model::{Kept, Resolved, Said};
use super::names::one_of;
use super::settings::{self, Mentioned};

impl Drafting<'_> {
    /// Couples one of what runs.
    pub(super) fn couple(&mut self, at: usize) {
        self.wait(at);
        let running = &self.stage.running[at];
        let read = &mut self.read[at];
        let (mentioned, waited) = (std::mem::take(&mut read.mentioned), std::mem::take(&mut read.waited));
        let mut reached = BTreeSet::new();
        for one in &mentioned {
            self.mention(at, one, &mut reached);
        }
        for wait in &waited {
            for other in self.found(at, self.stage.resolve(at, &wait.host), &wait.host, &wait.places) {
                self.link_running(at, other, CouplingKind::Start, &wait.places);
            }
        }
        self.name_stores(at, &mut reached);
        for link in self.stage.running[at].links.clone() {
            let resolved = match running.is_entrance {
                true => self.stage.resolve(at, &link.value),
                false => self.stage.named(at, &link.value),
            };
            for other in self.found(at, resolved, &link.value, &link.places) {
                // What its settings say is more precise.
                if !reached.contains(&other) {
                    let kind =
                        if self.store(other).is_some() { CouplingKind::Data } else { CouplingKind::Call };
                    self.link_running(at, other, kind, &link.places);
                }
            }
        }
        self.keep(at);
    }

    /// Datastores that a setting or an argument names without saying that it is a host: a text that is the
    /// name of one and nothing else. Of services that would say too little: `OTEL_SERVICE_NAME=cart` calls nobody.
    fn name_stores(&mut self, at: usize, reached: &mut BTreeSet<usize>) {
        for said in settings::words(&self.stage.running[at]) {
            let Resolved::To(found) = self.stage.resolve(at, &said.value.to_ascii_lowercase()) else {
                continue;
            };
            for other in found {
                if other != at && self.store(other).is_some() && reached.insert(other) {
                    self.link_running(at, other, CouplingKind::Data, &said.places);
                }
            }
        }
    }

    /// `depends_on`, and whatever else names what has to be there before.
    fn wait(&mut self, at: usize) {
        let running = &self.stage.running[at];
        for wait in &running.waits {
            match self.stage.named(at, &wait.value) {
                Resolved::To(found) => {
                    for other in found {
                        self.link_running(at, other, CouplingKind::Start, &wait.places);
                    }
                }
                _ => self.gap(wait, "a service that is waited for and that none of these files declares"),
            }
        }
    }

    fn gap(&mut self, said: &Said, what: &'static str) {
        self.gaps.extend(said.places.first().map(|place| Gap::at(&place.path, place.span, what)));
    }

    fn link_running(&mut self, from: usize, to: usize, kind: CouplingKind, places: &[Location]) {
        let (from, to) = (End::Draft(self.of_running(from)), End::Draft(self.of_running(to)));
        self.link(from, to, kind, places.to_vec());
    }

    /// What a host leads to; one of several is told, and none of them taken.
    fn found(&mut self, at: usize, resolved: Resolved, host: &str, places: &[Location]) -> BTreeSet<usize> {
        match resolved {
            Resolved::To(found) => found.into_iter().filter(|other| *other != at).collect(),
            Resolved::Ambiguous(several) => {
                let names = several.iter().map(|other| {
                    let running = &self.stage.running[*other];
                    format!("`{}` in {}", running.name, running.declared_at.path)
                });
                let what = format!("`{host}` may be {}, and nothing says which", one_of(names));
                self.gaps.extend(places.first().map(|place| Gap::at(&place.path, place.span, what)));
                BTreeSet::new()
            }
            Resolved::Release(chart) => {
                let what = format!(
                    "`{host}` is the name of the Helm chart in {chart}, and nothing says what its release is called"
                );
                self.gaps.extend(places.first().map(|place| Gap::at(&place.path, place.span, what)));
                BTreeSet::new()
            }
            Resolved::Apart => {
                let what = format!("`{host}` is on none of the networks of what names it here");
                self.gaps.extend(places.first().map(|place| Gap::at(&place.path, place.span, what)));
                BTreeSet::new()
            }
            Resolved::External(_) | Resolved::Nothing => BTreeSet::new(),
        }
    }

    fn mention(&mut self, at: usize, one: &Mentioned, reached: &mut BTreeSet<usize>) {
        let mention = &one.mention;
        let own = self.of_running(at);
        // `s3://invoices` says what is used, and leaves to everybody who keeps it.
        if let (true, Some(store)) = (mention.host.is_empty(), mention.store) {
            let Some(place) = one.places.first() else { return };
            let server = self.everywhere(at, store.word(), place);
            self.use_data(own, server, one);
            return;
        }
        let resolved = self.stage.resolve(at, &mention.host);
        let outside = match &resolved {
            Resolved::External(host) => Some(host.clone()),
            Resolved::Nothing if mention.confidence == Confidence::Url || mention.host.contains('.') => {
                Some(mention.host.clone())
            }
            _ => None,
        };
        if let (Some(host), Some(_)) = (outside, mention.store) {
            let Some(place) = one.places.first() else { return };
            let server = self.outside(at, &host, place);
            self.use_data(own, server, one);
            return;
        }
        for other in self.found(at, resolved, &mention.host, &one.places) {
            reached.insert(other);
            match self.store(other) {
                Some(_) => self.use_data(own, self.of_running(other), one),
                None => self.link_running(at, other, CouplingKind::Call, &one.places),
            }
        }
    }

    /// Uses what is named there, or the server as a whole where nothing is.
    fn use_data(&mut self, own: DraftId, server: DraftId, one: &Mentioned) {
        let parts = one.mention.parts.iter().filter(|part| !part.is_empty() && !part.contains(UNKNOWN));
        let mut used: Vec<DraftId> = parts.map(|part| self.part(server, part)).collect();
        if used.is_empty() {
            used.push(server);
        }
        for to in used {
            self.link(End::Draft(own), End::Draft(to), CouplingKind::Data, one.places.clone());
        }
    }

    /// Volumes, claims and secrets.
    fn keep(&mut self, at: usize) {
        // What a datastore keeps its own data on is a part of it.
        if self.store(at).is_some() {
            return;
        }
        let own = End::Draft(self.of_running(at));
        let running = &self.stage.running[at];
        let all: Vec<(Kept, Said)> = running.volumes.iter().chain(&running.secrets).cloned().collect();
        for (kept, said) in all {
            let Some(place) = said.places.first() else { continue };
            if kept.name.contains(UNKNOWN) {
                continue;
            }
            let to = self.kept(&kept, at, place);
            self.link(own, End::Draft(to), CouplingKind::Data, said.places.clone());
        }
    }
}
