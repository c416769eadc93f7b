//! Contracts: what a feature says about how it is called. OpenAPI, Swagger and AsyncAPI documents, Protocol
//! Buffers, and the files that say what code is generated from them.
//!
//! Invariant: a document is never parsed as a whole. Of a large one only its outline and its head are, and
//! references are found by their key, so that what one costs is a look at its bytes.

mod codegen;
mod documents;
mod facts;
mod outline;
mod proto;

use crate::text::{Fault, RepoPath, yaml};

use super::{Facts, Source, Unread};

pub use codegen::{Codegen, Run};
pub use documents::has_marker;
pub use facts::{Contract, Format, Import, Service};

/// Reads `.proto` files, documents in JSON, and what says what is generated from contracts.
///
/// Documents in YAML are told by their bytes, among all YAML files.
#[derive(Debug)]
pub(super) struct ContractSource;

impl Source for ContractSource {
    fn recognises(&self, folder: &str, name: &str) -> bool {
        is_proto(name) || codegen::is_named(name) || (name.ends_with(".json") && is_named(folder, name))
    }

    fn is_ours(&self, path: &RepoPath, bytes: &[u8]) -> bool {
        let name = path.file_name();
        is_proto(name) || codegen::is_named(name) || has_marker(bytes)
    }

    fn unread(&self, path: &RepoPath) -> Option<&'static str> {
        Some(match is_proto(path.file_name()) {
            true => "a .proto file that is too large to look into, or can't be read",
            false => "a file about contracts that is too large to look into, or can't be read",
        })
    }

    fn instead_of_mark(&self) -> &'static str {
        yaml::INSTEAD_OF_MARK
    }

    fn read(&self, path: &RepoPath, text: &str) -> (Option<Facts>, Vec<Fault>) {
        let name = path.file_name();
        let facts = match name {
            _ if is_proto(name) => proto::read(text).map(|contract| Facts::Contract(Box::new(contract))),
            _ if codegen::is_named(name) => codegen::read(path, text),
            _ => read_document(path, text),
        };
        (facts, Vec::new())
    }
}

/// Reads an OpenAPI, Swagger or AsyncAPI document; nothing if it is none.
pub(super) fn read_document(path: &RepoPath, text: &str) -> Option<Facts> {
    documents::read(path, text).map(|contract| Facts::Contract(Box::new(contract)))
}

/// Reads the text of a `.proto` file, a document, or what says what is generated, as its name says.
pub fn read(path: &RepoPath, text: &str) -> Option<Facts> {
    ContractSource.read(path, text).0
}

fn is_proto(name: &str) -> bool {
    name.ends_with(".proto")
}

/// Words by which people name documents of APIs, and the folders of them.
const WORDS: [&str; 7] = ["openapi", "swagger", "asyncapi", "api-docs", "api_docs", "api-spec", "api_spec"];

/// Whether a JSON file is named like a contract, or lies in a folder that is: to look into all of a repository's
/// JSON files would cost more than all the rest.
fn is_named(folder: &str, name: &str) -> bool {
    let is_word = |part: &str| {
        let part = part.to_ascii_lowercase();
        WORDS.iter().any(|word| part.contains(word))
    };
    is_word(name) || folder.split('/').any(is_word)
}

/// A gap of a whole file.
fn gap(what: &'static str) -> Facts {
    Facts::Unread(Unread { what, span: None })
}
