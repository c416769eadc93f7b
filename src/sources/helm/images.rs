//! Images in values: the ways in which charts write them.

use crate::sources::kubernetes::Shapes;
use crate::sources::template;
use crate::text::Spanned;
use crate::text::yaml::Node;

/// The image that some values name: `image: shop/cart:2`, `image: {registry, repository, tag}`, `imageName`,
/// `imageRepository`. `None` if there is none, or if a part of it is filled in.
pub(super) fn image(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Option<Spanned<String>> {
    let found = match node.get("image") {
        Some(image) if image.is_map() => of_map(shapes, image),
        Some(image) => scalar(shapes, image).map(|image| with_tag(image, tag_beside(shapes, node))),
        None => ["imageName", "imageRepository"].iter().find_map(|key| {
            let image = scalar(shapes, node.get(key)?)?;
            Some(with_tag(image, tag_beside(shapes, node)))
        }),
    };
    found.filter(|image| is_image(&image.value))
}

fn of_map(shapes: &mut Shapes<'_>, image: &Node<'_>) -> Option<Spanned<String>> {
    let mut text = |key: &str| image.get(key).and_then(|node| scalar(shapes, node));
    let (registry, repository, name) = (text("registry"), text("repository"), text("name"));
    let tag = text("tag");
    let mut found = match (repository, name) {
        (Some(repository), Some(name)) => {
            Spanned { value: format!("{}/{}", repository.value, name.value), span: name.span }
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    if let Some(registry) = registry.filter(|registry| !registry.value.is_empty()) {
        found.value = format!("{}/{}", registry.value.trim_end_matches('/'), found.value);
    }
    Some(with_tag(found, tag))
}

fn tag_beside(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Option<Spanned<String>> {
    ["imageTag", "tag"].iter().find_map(|key| scalar(shapes, node.get(key)?))
}

fn with_tag(image: Spanned<String>, tag: Option<Spanned<String>>) -> Spanned<String> {
    let last = image.value.rsplit('/').next().unwrap_or_default();
    match tag.filter(|tag| !tag.value.is_empty() && !last.contains([':', '@'])) {
        Some(tag) => Spanned { value: format!("{}:{}", image.value, tag.value), span: image.span },
        None => image,
    }
}

/// A text in values, unless it is null.
pub(super) fn scalar(shapes: &mut Shapes<'_>, node: &Node<'_>) -> Option<Spanned<String>> {
    if node.is_scalar() { shapes.copied(node) } else { None }
}

/// Whether this can be an image, and is not filled in: a reference has no spaces, and is no URL.
fn is_image(text: &str) -> bool {
    !text.is_empty()
        && !template::holds_mark(text)
        && !text.contains("://")
        && !text.contains(|one: char| one.is_whitespace() || matches!(one, '$' | '<' | '>' | '{' | '}'))
}
