//! Matrices, as far as they are written down.

use crate::text::Spanned;
use crate::text::yaml::Node;

use super::super::expressions::has_expression;

/// How many jobs GitHub makes of one matrix at most.
pub const MOST_COMBINATIONS: usize = 256;

/// How deep the values of a matrix may be maps.
const DEEPEST: usize = 4;

/// The values that one run of a job has: by dotted names in lower case, without `matrix.`.
pub type Combination = Vec<(String, Spanned<String>)>;

/// `strategy.matrix`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matrix {
    /// What each run is given; none without a matrix, or where nothing of it is written down.
    pub combinations: Vec<Combination>,
    /// Where a part of it is not written down, but comes from an expression.
    pub unknown: Option<crate::text::Span>,
}

impl Matrix {
    pub(super) fn of(node: &Node<'_>) -> Self {
        let mut matrix = Self::default();
        if node.is_scalar() {
            matrix.unknown = Some(node.span);
            return matrix;
        }
        let is_axis = |key: &Node<'_>| !matches!(key.text(), Some("include" | "exclude") | None);
        let axes = node.entries().iter().filter(|(key, _)| is_axis(key));
        let mut product: Vec<Combination> = Vec::new();
        let mut has_axis = false;
        for (key, values) in axes {
            if values.is_scalar() {
                matrix.unknown = Some(values.span);
                continue;
            }
            let name = key.text().unwrap_or_default().to_ascii_lowercase();
            let choices: Vec<Combination> = values.items().iter().map(|value| flat(&name, value)).collect();
            product = match has_axis {
                true => crossed(&product, &choices),
                false => choices,
            };
            product.truncate(MOST_COMBINATIONS);
            has_axis = true;
        }
        let listed = |key: &str| -> Vec<Combination> {
            let items = node.get(key).map(Node::items).unwrap_or_default();
            items.iter().map(|item| flat("", item)).collect()
        };
        for key in ["include", "exclude"] {
            matrix.unknown =
                matrix.unknown.or(node.get(key).filter(|node| node.is_scalar()).map(|node| node.span));
        }
        let excluded = listed("exclude");
        product.retain(|one| !excluded.iter().any(|out| !out.is_empty() && agrees(one, out)));
        let axes: Vec<String> = product.iter().flatten().map(|(name, _)| name.clone()).collect();
        let originals = product.len();
        for more in listed("include").into_iter().take(MOST_COMBINATIONS) {
            let of_axes: Combination = more.iter().filter(|(name, _)| axes.contains(name)).cloned().collect();
            let mut is_new = true;
            for one in product.iter_mut().take(originals).filter(|one| agrees(one, &of_axes)) {
                is_new = false;
                one.extend(more.iter().filter(|(name, _)| !axes.contains(name)).cloned());
            }
            if is_new && product.len() < MOST_COMBINATIONS {
                product.push(more);
            }
        }
        let is_told = |value: &Spanned<String>| !has_expression(&value.value);
        product.iter_mut().for_each(|one| one.retain(|(_, value)| is_told(value)));
        matrix.combinations = product;
        matrix
    }
}

/// Every one with every other.
fn crossed(all: &[Combination], choices: &[Combination]) -> Vec<Combination> {
    let each = all.iter().flat_map(|one| choices.iter().map(move |choice| [one.as_slice(), choice].concat()));
    each.take(MOST_COMBINATIONS).collect()
}

/// Whether one has all the values of another.
fn agrees(one: &Combination, other: &Combination) -> bool {
    other.iter().all(|(name, value)| one.iter().any(|(own, known)| own == name && known.value == value.value))
}

/// The texts in a value, by dotted names.
fn flat(name: &str, node: &Node<'_>) -> Combination {
    let mut found = Vec::new();
    flatten(name, node, 0, &mut found);
    found
}

fn flatten(name: &str, node: &Node<'_>, depth: usize, found: &mut Combination) {
    if let Some(text) = node.spanned() {
        found.push((name.to_owned(), text));
    } else if depth < DEEPEST {
        for (key, value) in node.entries() {
            let Some(key) = key.text().map(str::to_ascii_lowercase) else { continue };
            let name = if name.is_empty() { key } else { format!("{name}.{key}") };
            flatten(&name, value, depth + 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Matrix;
    use crate::text::{RepoPath, yaml};

    fn combinations(text: &str) -> Vec<String> {
        let path = RepoPath::new("a.yml").expect("a path");
        let (tree, faults) = yaml::parse(text, 0..text.len(), &path);
        assert_eq!(faults, []);
        let matrix = Matrix::of(&tree.expect("a tree"));
        let shown = matrix.combinations.iter().map(|one| {
            let values = one.iter().map(|(name, value)| format!("{name}={}", value.value));
            values.collect::<Vec<_>>().join(" ")
        });
        shown.collect()
    }

    #[test]
    fn values_are_crossed_left_out_and_added() {
        let text = "fruit: [apple, pear]\nanimal: [cat, dog]\nexclude: [{fruit: pear, animal: dog}]\n\
                    include: [{color: green}, {fruit: banana}, {fruit: apple, animal: cat, shape: round}]\n";
        assert_eq!(
            combinations(text),
            [
                "fruit=apple animal=cat color=green shape=round",
                "fruit=apple animal=dog color=green",
                "fruit=pear animal=cat color=green",
                "fruit=banana"
            ]
        );
    }

    #[test]
    fn lists_of_maps_have_dotted_names() {
        assert_eq!(
            combinations("include:\n- {Name: a, image: {file: x}}\n- {name: b}\n"),
            ["name=a image.file=x", "name=b"]
        );
        assert_eq!(combinations("app: ['${{ inputs.x }}', b]\n"), ["", "app=b"]);
    }

    #[test]
    fn no_matrix_is_larger_than_what_is_run() {
        let list: Vec<String> = (0..200).map(|at| at.to_string()).collect();
        let list = list.join(",");
        assert_eq!(combinations(&format!("a: [{list}]\nb: [{list}]\nc: [{list}]\n")).len(), 256);
    }
}
