//! What code a package generates from contracts: by its build script, or by a macro in its root source file.
//!
//! Nothing is executed. Texts in quotes are handed on, and which of them are paths of contracts is known only with
//! the files; so what a script puts together of pieces that stand in it is found, and what it computes is not.

use memchr::memmem;

use crate::text::{Span, Spanned};

use super::leaves_its_folder;
use super::literals::literals;

/// How long a path in quotes may be, in bytes.
const LONGEST: usize = 512;

/// What a source mentions that generates code from contracts: names of the crates and programs that do, and of
/// what they are told by.
const GENERATORS: [&str; 16] = [
    "compile_protos",
    "compile_with_config",
    "compile_well_known_types",
    "compile_fds",
    "grpcio_compiler",
    "micropb_gen",
    "openapi_generator",
    "openapi-generator",
    "progenitor",
    "prost_build",
    "protobuf_codegen",
    "protobuf_build",
    "protoc",
    "quick_protobuf",
    "tonic_build",
    "with_protos",
];

/// Ways to go through a folder.
const WALKS: [&str; 4] = ["read_dir", "WalkDir", "glob(", "walkdir"];

/// The macro that makes a client of an OpenAPI document.
const MACRO: &str = "generate_api!";

/// How far behind the name of a macro its document is looked for, in bytes.
const FARTHEST: usize = 1024;

/// The side of an API for which code is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Only that of the one who provides it.
    Server,
    /// That of the one who calls, or both, or it can't be told.
    Client,
}

/// What a build script says about generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Its texts in quotes that could be a path or a part of one, in order.
    pub texts: Vec<Spanned<String>>,
    /// Whether it goes through folders, so that all of what lies there may be meant.
    pub walks: bool,
    /// Whether it goes to the folders around its package.
    pub leaves: bool,
    /// For which side.
    pub side: Side,
}

/// What a build script says; `None` if it mentions nothing that generates code from contracts.
pub fn generation(text: &str) -> Option<Generation> {
    let mentions = |what: &str| memmem::find(text.as_bytes(), what.as_bytes()).is_some();
    if !GENERATORS.into_iter().any(mentions) {
        return None;
    }
    let texts = literals(text).into_iter().filter_map(|one| could_be_path(&one)).collect();
    // Where several are configured, nobody knows which of them a line belongs to.
    let is_one = memmem::find_iter(text.as_bytes(), "configure()").count() < 2;
    let side = match is_one && mentions("build_client(false)") && !mentions("build_server(false)") {
        true => Side::Server,
        false => Side::Client,
    };
    Some(Generation { texts, walks: WALKS.into_iter().any(mentions), leaves: leaves_its_folder(text), side })
}

/// The documents of which a source makes clients by a macro: for each, every path that could be meant, in order.
pub fn made_by_macro(text: &str) -> Vec<Vec<Spanned<String>>> {
    if memmem::find(text.as_bytes(), MACRO.as_bytes()).is_none() {
        return Vec::new();
    }
    let texts = literals(text);
    let mut places = memmem::find_iter(text.as_bytes(), MACRO).peekable();
    let mut found = Vec::new();
    while let Some(at) = places.next() {
        let end = places.peek().copied().unwrap_or(usize::MAX).min(at + FARTHEST);
        let inside = texts.iter().filter(|one| (at..end).contains(&(one.span.start as usize)));
        let paths =
            inside.filter(|one| [".json", ".yaml", ".yml"].iter().any(|ending| one.value.ends_with(ending)));
        let paths: Vec<Spanned<String>> = paths.filter_map(could_be_path).collect();
        // In a comment, the macro has no texts of its own.
        if !paths.is_empty() {
            found.push(paths);
        }
    }
    found
}

/// A text that could be a path, or the name of a file without its ending. What stands before `=`, as in
/// `cargo:rerun-if-changed=…`, is none of it, and neither is a placeholder.
fn could_be_path(text: &Spanned<String>) -> Option<Spanned<String>> {
    let begins = text.value.rfind(['}', '=']).map_or(0, |at| at + 1);
    let path = text.value[begins..].trim_start_matches('/');
    let is_path = !path.is_empty()
        && path.len() <= LONGEST
        && !path.contains(|one: char| one.is_control() || "\\\"<>|*?{".contains(one));
    let start = text.span.start as usize + text.value.len() - path.len();
    is_path.then(|| Spanned { value: path.to_owned(), span: Span::new(start..start + path.len()) })
}

#[cfg(test)]
mod tests {
    use super::{Side, generation, made_by_macro};

    #[test]
    fn a_build_script_names_contracts_and_folders() {
        let text = "fn main() {\n  println!(\"cargo:rerun-if-changed=../proto/a.proto\");\n  \
                    tonic_build::configure().build_client(false).compile_protos(&[\"a.proto\"], &[\"../proto\"]);\n}";
        let found = generation(text).unwrap();
        let texts: Vec<&str> = found.texts.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(texts, ["../proto/a.proto", "a.proto", "../proto"]);
        found.texts.iter().for_each(|one| assert_eq!(&text[one.span.range()], one.value));
        assert_eq!((found.walks, found.leaves, found.side), (false, false, Side::Server));
        assert_eq!(generation("fn main() { println!(\"a.proto\"); }"), None);
    }

    #[test]
    fn a_macro_names_its_document() {
        let text = "progenitor::generate_api!(\"../a.json\");\n// generate_api!(\"no.json\")\n\
                    generate_api!(spec = { path = \"x/b.yaml\", relative_to = OutDir }, crates = { \"c\" = \"*\" });";
        let found = made_by_macro(text);
        let names: Vec<Vec<&str>> =
            found.iter().map(|all| all.iter().map(|one| one.value.as_str()).collect()).collect();
        assert_eq!(names, [vec!["../a.json"], vec!["x/b.yaml"]]);
    }
}
