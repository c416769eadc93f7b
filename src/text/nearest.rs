//! The known name that a misspelt one most likely means.

/// The candidate that is nearest to `word`, if one is near enough to be a likely misspelling.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (1 + word.chars().count() / 5).min(3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The nearest candidate as a question, or else how to find out what there is.
pub fn nearest_or<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>, otherwise: &str) -> String {
    match nearest(word, candidates) {
        Some(near) => format!("did you mean `{near}`?"),
        None => otherwise.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(nearest("respnsibilities", ["paths", "responsibilities"]), Some("responsibilities"));
        assert_eq!(nearest("color", ["paths", "owner"]), None);
    }
}
