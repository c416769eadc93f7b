//! The names in what is written about an owner.

/// The names in an owner's text: several stand apart by spaces or commas.
pub fn owner_names(owner: &str) -> impl Iterator<Item = &str> {
    owner.split(|one: char| one == ',' || one.is_whitespace()).filter(|name| !name.is_empty())
}

/// A name as it is compared: without its `@`, and without regard to case.
pub fn plain_owner(name: &str) -> String {
    name.strip_prefix('@').unwrap_or(name).to_lowercase()
}
