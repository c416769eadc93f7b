//! Credentials in the lines that a report shows, replaced at the same length.
//!
//! Invariant: a text keeps its length in bytes and its line feeds, so that spans stay right; what is no
//! credential stays as it is, with what interpolates one: `${DB_PASSWORD}` says nothing. Where it can't be
//! told where a credential ends, more is replaced rather than less.

mod inline;
mod keys;
mod line;
mod lines;
mod marks;
#[cfg(test)]
mod tests;
mod urls;

use std::borrow::Cow;

use marks::Marks;

/// A file's text without its credentials. Manifests of Cargo, our own files and `CODEOWNERS` hold none that
/// are ours to judge, and their spans are to be read.
pub fn masked(path: &str, text: &str) -> String {
    if is_left(path) {
        return text.to_owned();
    }
    let mut marks = Marks::of(text);
    lines::mark(path, &mut marks);
    marks.applied()
}

/// A message, without the passwords of the URLs and connection strings that it quotes.
pub fn masked_message(message: &str) -> Cow<'_, str> {
    if !message.contains('@') {
        return Cow::Borrowed(message);
    }
    let mut marks = Marks::of(message);
    urls::mark(0..message.len(), &mut marks);
    Cow::Owned(marks.applied())
}

fn is_left(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default();
    matches!(ending, "toml" | "lock" | "rs" | "md") || name == "CODEOWNERS"
}
