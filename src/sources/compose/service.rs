//! One service of a compose file.

use crate::text::Spanned;

/// A service, as one file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// What others call it.
    pub name: Spanned<String>,
    /// The profiles without which it is not started.
    pub profiles: Vec<String>,
    /// How its image is built, if it is.
    pub build: Option<Build>,
    /// The image that it runs, or that the build is called.
    pub image: Option<Spanned<String>>,
    /// Another service that it takes over.
    pub extends: Option<Extends>,
    /// What it waits for.
    pub depends_on: Vec<Dependency>,
    /// `links`: other services by other names.
    pub links: Vec<Link>,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// `volumes_from`, `network_mode`, `ipc`, `pid`: services whose surroundings it takes over.
    pub joins: Vec<Join>,
    /// The networks that it is on.
    pub networks: Vec<NetworkUse>,
    /// The secrets that it is given.
    pub secrets: Vec<Grant>,
    /// The configs that it is given.
    pub configs: Vec<Grant>,
    /// Its environment variables.
    pub environment: Vec<Variable>,
    /// Files with more of them; what stands in the file itself wins.
    pub environment_files: Vec<EnvironmentFile>,
    /// The words of its entry point.
    pub entrypoint: Vec<Spanned<String>>,
    /// The words of its command.
    pub command: Vec<Spanned<String>>,
    /// `hostname` and `container_name`: by which others reach it as well.
    pub other_names: Vec<Spanned<String>>,
    /// What `!reset` and `!override` take away from what this file overrides: the keys that lead there, none
    /// for the whole service.
    pub resets: Vec<Vec<String>>,
    /// How many values and bytes of text it is made of.
    pub weight: usize,
}

impl Service {
    /// A service of which nothing is said.
    pub fn empty(name: Spanned<String>) -> Self {
        Self {
            name,
            profiles: Vec::new(),
            build: None,
            image: None,
            extends: None,
            depends_on: Vec::new(),
            links: Vec::new(),
            mounts: Vec::new(),
            joins: Vec::new(),
            networks: Vec::new(),
            secrets: Vec::new(),
            configs: Vec::new(),
            environment: Vec::new(),
            environment_files: Vec::new(),
            entrypoint: Vec::new(),
            command: Vec::new(),
            other_names: Vec::new(),
            resets: Vec::new(),
            weight: 1,
        }
    }
}

/// `build`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Build {
    /// The folder (or URL) of the build context; the folder of the file if it is not said.
    pub context: Option<Spanned<String>>,
    /// The Dockerfile, relative to the context.
    pub dockerfile: Option<Spanned<String>>,
    /// Whether the Dockerfile stands in the compose file itself.
    pub is_inline: bool,
    /// The stage that is built.
    pub target: Option<Spanned<String>>,
    /// Build arguments.
    pub arguments: Vec<Variable>,
    /// More contexts, by name: a folder, an image (`docker-image://…`) or a service (`service:…`).
    pub contexts: Vec<(String, Spanned<String>)>,
}

/// An environment variable or a build argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value; `None` if it is passed through from outside.
    pub value: Option<Spanned<String>>,
    /// Whether the name is the key of a map: keys hold no variables.
    pub is_key: bool,
}

/// `extends`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extends {
    /// The service.
    pub service: Spanned<String>,
    /// The file that it stands in, if it is another one.
    pub file: Option<Spanned<String>>,
}

/// One entry of `depends_on`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The service.
    pub service: Spanned<String>,
    /// Whether it must be there at all.
    pub is_required: bool,
}

/// One entry of `links`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The service.
    pub service: Spanned<String>,
    /// What it is called here.
    pub alias: Option<String>,
}

/// One entry of `volumes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The volume or the folder; `None` for a volume without a name, and for what only lives in memory.
    pub source: Option<Spanned<String>>,
    /// Where it is seen in the container: what one file says of a place replaces what an earlier one said.
    pub target: Option<String>,
    /// What is mounted.
    pub kind: MountKind,
}

/// What is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    /// A named volume.
    Volume,
    /// A file or folder of the host.
    Bind,
    /// One of the two: the short form tells them by their look, and this one begins with a variable.
    ByLook,
    /// Neither.
    Other,
}

impl MountKind {
    /// What the source of a short form means, once its variables are filled in.
    pub fn of_source(source: &str) -> Self {
        let is_drive = source.len() == 1 && source.chars().all(|one| one.is_ascii_alphabetic());
        let is_path = source.starts_with(['.', '/', '~', '\\']) || source.contains('/') || is_drive;
        match is_path {
            true => Self::Bind,
            false => Self::Volume,
        }
    }
}

/// A secret or config that a service is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The secret or config.
    pub source: Spanned<String>,
    /// By which file it is read there, if that is said.
    pub target: Option<String>,
}

/// A service whose surroundings another one takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The service.
    pub service: Spanned<String>,
    /// What of it.
    pub what: JoinKind,
}

/// What a service takes over of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// `network_mode`: it is where the other one is.
    Network,
    /// `volumes_from`: it mounts what the other one mounts.
    Volumes,
    /// `ipc`, `pid`.
    Other,
}

/// A network that a service is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkUse {
    /// The network.
    pub name: Spanned<String>,
    /// What the service is called there, besides.
    pub aliases: Vec<String>,
}

/// One entry of `env_file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFile {
    /// Its path.
    pub path: Spanned<String>,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether its values are taken as they are written.
    pub is_raw: bool,
}
