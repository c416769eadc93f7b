//! How entities name each other: `[kind:][namespace/]name`, or the same three as a map.

use std::fmt;

use crate::text::{Span, Spanned};

use super::{Entity, EntityKind, Field};

/// What an entity goes by: kind, namespace and name, in small letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityName {
    /// What it is.
    pub kind: EntityKind,
    /// The namespace; `default` where none is said.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl EntityName {
    /// Large and small letters are the same.
    pub fn new(kind: EntityKind, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: namespace.to_lowercase(), name: name.to_lowercase() }
    }
}

impl fmt::Display for EntityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind.word(), self.namespace, self.name)
    }
}

/// One entity that another names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it is named.
    pub field: Field,
    /// The kind, if it says one.
    pub kind: Option<EntityKind>,
    /// The namespace, if it says one; as it is written.
    pub namespace: Option<String>,
    /// The name, as it is written.
    pub name: String,
    /// Where the whole of it stands.
    pub span: Span,
}

impl Reference {
    /// Reads one as Backstage does; `None` for what it refuses.
    pub(super) fn read(field: Field, written: &Spanned<String>) -> Option<Self> {
        let text = written.value.trim();
        let slash = text.find('/');
        // A colon behind the slash is no part of what stands before it.
        let colon = text.find(':').filter(|colon| slash.is_none_or(|slash| *colon < slash));
        let kind = colon.map(|colon| &text[..colon]);
        let start = colon.map_or(0, |colon| colon + 1);
        let namespace = slash.map(|slash| &text[start..slash]);
        let name = &text[slash.map_or(start, |slash| slash + 1)..];
        let is_empty = name.is_empty() || kind == Some("") || namespace == Some("");
        (!is_empty && !name.contains(['/', ':'])).then(|| Self {
            field,
            kind: kind.map(EntityKind::of_word),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            span: written.span,
        })
    }

    /// The entity that it means, named by this one; `None` if it says no kind where each has to.
    pub fn means(&self, by: &Entity) -> Option<EntityName> {
        let kind = self.kind.clone().or_else(|| self.field.default_kind())?;
        let own = by.namespace.as_ref().map_or("default", |namespace| &namespace.value);
        Some(EntityName::new(kind, self.namespace.as_deref().unwrap_or(own), &self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Reference};
    use crate::text::{Span, Spanned};

    #[test]
    fn a_reference_has_one_to_three_parts() {
        let read = |text: &str| {
            let written = Spanned { value: text.to_owned(), span: Span::default() };
            Reference::read(Field::DependsOn, &written).map(|one| {
                let kind = one.kind.as_ref().map(|kind| kind.word().to_owned()).unwrap_or_default();
                (kind, one.namespace.unwrap_or_default(), one.name)
            })
        };
        let parts = |kind: &str, namespace: &str, name: &str| {
            Some((kind.to_owned(), namespace.to_owned(), name.to_owned()))
        };
        assert_eq!(read("users"), parts("", "", "users"));
        assert_eq!(read("Resource:users"), parts("resource", "", "users"));
        assert_eq!(read("a/users"), parts("", "a", "users"));
        assert_eq!(read("API:a/Users"), parts("api", "a", "Users"));
        for refused in ["", ":", "/", "a:", "a/", ":b", "/b", "a:/b", "a/b/c", "a:b:c", "a/b:c"] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }
}
