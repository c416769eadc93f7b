//! What a kustomization states, with the places where it stands.
//!
//! Invariant: no value of a generated secret is in here. Lists keep the order of the file.

use crate::sources::Unread;
use crate::sources::kubernetes::{Container, EnvVar, Object};
use crate::text::{Span, Spanned};

/// What one kustomization says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kustomization {
    /// Whether it is a component: then it says something of the resources of whoever takes it in.
    pub is_component: bool,
    /// Files and folders that it puts together: `resources`, `components`, and the old `bases`.
    pub resources: Vec<Spanned<String>>,
    /// The namespace that everything gets.
    pub namespace: Option<Spanned<String>>,
    /// What is written before each name.
    pub name_prefix: Option<Spanned<String>>,
    /// What is written behind each name.
    pub name_suffix: Option<Spanned<String>>,
    /// Which images are replaced.
    pub images: Vec<ImageChange>,
    /// Config maps and secrets that it makes.
    pub generated: Vec<Generated>,
    /// What it changes about single objects.
    pub patches: Vec<Patch>,
    /// What it says beyond that.
    pub unread: Vec<Unread>,
}

/// Another name, tag or digest for an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageChange {
    /// The image that is replaced, without tag and digest.
    pub name: Spanned<String>,
    /// The image that stands for it.
    pub new_name: Option<Spanned<String>>,
    /// The tag that it gets.
    pub new_tag: Option<Spanned<String>>,
    /// The digest that it gets.
    pub digest: Option<Spanned<String>>,
}

impl ImageChange {
    /// What an image is called after the change; `None` if it is another one.
    pub fn applied(&self, image: &str) -> Option<String> {
        let rest = image.strip_prefix(self.name.value.as_str())?;
        if !(rest.is_empty() || rest.starts_with([':', '@'])) {
            return None;
        }
        let name = self.new_name.as_ref().map_or(self.name.value.as_str(), |name| name.value.as_str());
        let rest = match (&self.new_tag, &self.digest) {
            (_, Some(digest)) => format!("@{}", digest.value),
            (Some(tag), None) => format!(":{}", tag.value),
            (None, None) => rest.to_owned(),
        };
        Some(format!("{name}{rest}"))
    }

    /// Where the new name stands, or else what is changed.
    pub fn span(&self) -> Span {
        let places = [&self.new_name, &self.new_tag, &self.digest];
        places.into_iter().flatten().next().unwrap_or(&self.name).span
    }
}

/// A config map or a secret that is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// Whether it is a secret.
    pub is_secret: bool,
    /// Its name, without what is written before and behind it.
    pub name: Spanned<String>,
    /// What it is made of that stands in the kustomization.
    pub literals: Vec<Literal>,
    /// Files of variables.
    pub files: Vec<Spanned<String>>,
}

/// A key of a config map; there is no value of a secret, nor of what is named like a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The key.
    pub key: Spanned<String>,
    /// Its value.
    pub value: Option<Spanned<String>>,
}

/// A change of some objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Which objects; without one, those that the patch itself names.
    pub target: Option<Target>,
    /// What is changed.
    pub body: PatchBody,
    /// Where it stands.
    pub span: Span,
}

/// What a patch changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchBody {
    /// What a file says.
    File(Spanned<String>),
    /// What parts of objects say that are laid over the whole ones.
    Objects(Vec<Object>),
    /// What single operations say.
    Operations(Vec<Operation>),
}

/// Which objects a patch is for: all for which everything fits that is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// Their kind.
    pub kind: Option<String>,
    /// Their names, each as a whole; none for any.
    pub names: Option<Vec<String>>,
    /// Their namespace.
    pub namespace: Option<String>,
    /// Their labels.
    pub labels: Vec<(String, String)>,
}

/// One operation on what stands at one place of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Where it stands.
    pub span: Span,
    /// What it changes.
    pub change: Change,
}

/// What an operation changes, as far as images, settings and command lines are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The image of a container, by its position.
    Image {
        /// Which container.
        container: usize,
        /// Whether it is one of those that run first.
        is_init: bool,
        /// The new image.
        image: Spanned<String>,
    },
    /// The value of a variable, by the positions of the container and of itself.
    EnvValue {
        /// Which container.
        container: usize,
        /// Whether it is one of those that run first.
        is_init: bool,
        /// Which variable.
        variable: usize,
        /// The new value.
        value: Spanned<String>,
    },
    /// Variables of a container, whichever.
    Env(Vec<EnvVar>),
    /// Words of a command line.
    Words(Vec<Spanned<String>>),
    /// A container.
    Container {
        /// Whether it is one of those that run first.
        is_init: bool,
        /// The container.
        container: Box<Container>,
    },
    /// A key of a config map.
    Data(Literal),
}
