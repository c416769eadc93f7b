//! What a contract states, with the places where it stands.

use crate::sources::Unread;
use crate::text::{Span, Spanned};

/// The format of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// OpenAPI 3, or Swagger 2.
    OpenApi,
    /// AsyncAPI.
    AsyncApi,
    /// Protocol Buffers.
    Proto,
}

impl Format {
    /// What people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::OpenApi => "OpenAPI",
            Self::AsyncApi => "AsyncAPI",
            Self::Proto => "Protocol Buffers",
        }
    }
}

/// What one file states about how a feature is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its format.
    pub format: Format,
    /// The title of a document, or the package of a `.proto` file.
    pub name: Option<Spanned<String>>,
    /// What makes the file a contract: its key, or its first statement.
    pub declared: Span,
    /// The files that it imports or refers to, in their order, each once.
    pub imports: Vec<Import>,
    /// What a `.proto` file lets others call.
    pub services: Vec<Service>,
    /// The URLs or hosts at which a document says that it is served.
    pub servers: Vec<Spanned<String>>,
    /// The channels of an AsyncAPI document.
    pub channels: Vec<Spanned<String>>,
    /// What of it is recognised and not read.
    pub unread: Vec<Unread>,
    /// The same for the same bytes: a document may lie there again under the name of its latest version.
    pub fingerprint: u64,
}

/// A file that a contract imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// As it is written, without what is meant inside of the file.
    pub path: Spanned<String>,
    /// Whether whoever imports this contract has that one as well (`import public`).
    pub is_public: bool,
}

/// A service of a `.proto` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Spanned<String>,
    /// What can be called.
    pub methods: Vec<Spanned<String>>,
}
