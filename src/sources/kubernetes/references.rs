//! References to variables in the texts of a container, as Kubernetes expands them.

/// How many bytes all references may bring to one text; those beyond stay. No name and no address is that long,
/// and a value of a megabyte may be named a million times.
const MOST_BROUGHT: usize = 4_096;

/// Puts values in the place of references like `$(HOST)`; `$$` stands for `$`, and what is not known stays.
///
/// Values are not expanded again. Kubernetes knows only the variables that stand before the one that it
/// expands.
pub fn expand_references(text: &str, value_of: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(text.len());
    let (mut rest, mut room) = (text, MOST_BROUGHT);
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = match reference(after) {
            Some((name, behind)) => {
                match value_of(name).filter(|value| value.len() <= room) {
                    Some(value) => {
                        room -= value.len();
                        expanded.push_str(&value);
                    }
                    None => expanded.extend(["$(", name, ")"]),
                }
                behind
            }
            None => {
                expanded.push('$');
                after.strip_prefix('$').unwrap_or(after)
            }
        };
    }
    expanded.push_str(rest);
    expanded
}

/// The name in the parentheses that a text begins with, and what stands behind them.
fn reference(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('(')?.split_once(')')
}

#[cfg(test)]
mod tests {
    use super::expand_references;

    #[test]
    fn references_are_expanded_as_kubernetes_does() {
        let value_of = |name: &str| match name {
            "HOST" => Some("users".to_owned()),
            "LOOP" => Some("$(HOST)".to_owned()),
            _ => None,
        };
        let cases = [
            ("", ""),
            ("http://$(HOST):80", "http://users:80"),
            ("$(HOST)$(HOST)", "usersusers"),
            ("$(PORT)", "$(PORT)"),
            ("$$(HOST)", "$(HOST)"),
            ("$$$(HOST)", "$users"),
            ("$$$$(HOST)", "$$(HOST)"),
            ("$HOST ${HOST} $", "$HOST ${HOST} $"),
            ("$(HOST", "$(HOST"),
            ("$(LOOP)", "$(HOST)"),
            ("$(a$(HOST)", "$(a$(HOST)"),
            ("ü$ü", "ü$ü"),
        ];
        for (text, expected) in cases {
            assert_eq!(expand_references(text, &value_of), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_named_often_does_not_make_a_text_grow_without_end() {
        let text = "$(A)".repeat(10_000);
        let expanded = expand_references(&text, &|_| Some("x".repeat(1_000)));
        assert!(expanded.starts_with(&"x".repeat(4_000)) && expanded.len() < 4_096 + text.len());
    }
}
