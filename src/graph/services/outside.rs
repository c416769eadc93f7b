//! Datastores and secrets that are no containers: databases of a server, servers that something outside starts,
//! volumes, claims and secrets. Each is a unit as soon as somebody uses it.

use crate::text::Location;

use super::super::UnitKind;
use super::drafts::{Draft, DraftId, Drafting};
use super::model::{Kept, KeptKind};

/// What names a datastore or secret that is no container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A database, topic or bucket of a server.
    Part(DraftId, String),
    /// A server that nothing in the repository starts, and within what it has that name; everywhere if it is a
    /// full one.
    Outside(Option<usize>, String, String),
    Kept(Kept),
}

impl Drafting<'_> {
    /// A database, topic or bucket of a server.
    pub(super) fn part(&mut self, server: DraftId, part: &str) -> DraftId {
        let key = Key::Part(server, part.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let draft = Draft {
            name: part.to_owned(),
            parent: Some(server),
            runs: Vec::new(),
            ..self.drafts[server.0].clone()
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }

    /// A server that nothing in the repository starts.
    pub(super) fn outside(&mut self, from: usize, host: &str, place: &Location) -> DraftId {
        if host.contains('.') {
            return self.everywhere(from, host, place);
        }
        let (environment, namespace) = self.stage.realm(from);
        self.server(Key::Outside(environment, namespace.to_owned(), host.to_owned()), from, host, place)
    }

    /// The same for one whose name means the same everywhere.
    pub(super) fn everywhere(&mut self, from: usize, host: &str, place: &Location) -> DraftId {
        self.server(Key::Outside(None, String::new(), host.to_owned()), from, host, place)
    }

    fn server(&mut self, key: Key, from: usize, host: &str, place: &Location) -> DraftId {
        let running = &self.stage.running[from];
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let draft = Draft {
            kind: UnitKind::Datastore,
            name: host.to_owned(),
            short_name: host.to_owned(),
            path: place.path.clone(),
            declared_at: place.clone(),
            ecosystem: running.ecosystem,
            parent: None,
            runs: Vec::new(),
            is_outside: true,
            label: self.stage.environments[running.environment].label.clone(),
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }

    /// A volume, claim or secret.
    pub(super) fn kept(&mut self, kept: &Kept, from: usize, place: &Location) -> DraftId {
        let key = Key::Kept(kept.clone());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let running = &self.stage.running[from];
        let (kind, name) = match kept.what {
            KeptKind::Volume => (UnitKind::Datastore, format!("volume/{}", kept.name)),
            KeptKind::Claim => (UnitKind::Datastore, format!("claim/{}", kept.name)),
            KeptKind::Secret => (UnitKind::Secret, kept.name.clone()),
        };
        let environment = kept.environment.map(|at| self.stage.environments[at].label.clone());
        let declared_at = self.stage.declared.get(kept);
        let label = match (environment, kept.namespace.as_str()) {
            (Some(label), _) => label,
            (None, "") => "external".to_owned(),
            (None, namespace) => format!("namespace {namespace}"),
        };
        let draft = Draft {
            kind,
            short_name: name.clone(),
            name,
            path: declared_at.unwrap_or(place).path.clone(),
            declared_at: declared_at.unwrap_or(place).clone(),
            ecosystem: running.ecosystem,
            parent: None,
            runs: Vec::new(),
            is_outside: declared_at.is_none(),
            label,
        };
        let id = self.push(draft);
        self.known.insert(key, id);
        id
    }
}
