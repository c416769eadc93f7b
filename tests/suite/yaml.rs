//! Files of CI systems, read as those read them.

use serde_json::Value;

/// A YAML document as a JSON value.
pub(crate) fn parsed(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}
