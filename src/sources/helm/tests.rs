//! Which images and settings are seen in values.

use super::values::{is_values, read_values};
use crate::text::RepoPath;

fn shown(text: &str) -> Vec<String> {
    let path = RepoPath::new("chart/values.yaml").expect("a path");
    let values = read_values(&path, text);
    let part = |part: &super::Part| {
        let env: Vec<&str> = part.env.iter().map(|one| one.name.value.as_str()).collect();
        let names: Vec<&str> = part.names.iter().map(|one| one.value.as_str()).collect();
        let image = part.image.as_ref().map_or("", |image| image.value.as_str());
        format!("{} [{image}] {} {}", part.keys.join("."), env.join(","), names.join(",")).trim().to_owned()
    };
    values.parts.iter().map(part).collect()
}

#[test]
fn images_are_read_in_the_ways_in_which_charts_write_them() {
    for (text, image) in [
        ("image: {registry: ghcr.io, repository: shop/cart, tag: 2}", "ghcr.io/shop/cart:2"),
        ("image: {repository: shop/cart}", "shop/cart"),
        ("image: {repository: shop, name: cart, tag: ''}", "shop/cart"),
        ("image: shop/cart:1\ntag: 2", "shop/cart:1"),
        ("imageName: shop/cart\nimageTag: 2", "shop/cart:2"),
    ] {
        assert_eq!(shown(text), [format!("[{image}]")], "{text}");
    }
    for text in
        ["image: {tag: 2}", "image: {{ .x }}", "image: '{{ .x }}'", "image: ''", "metrics: {image: a}"]
    {
        assert!(shown(text).is_empty(), "{text}");
    }
}

#[test]
fn settings_stay_with_the_map_that_holds_them() {
    let text = "fullnameOverride: shop\nenv:\n- {name: A, value: b}\ncart:\n  image: shop/cart\n  extraEnv: {c: d}\n  \
                config: {LOG_LEVEL: info, level: info}\nworkers:\n- {name: mails, image: shop/mails}\n";
    let expected = ["[] A shop", "cart [shop/cart] c,LOG_LEVEL", "workers.mails [shop/mails]"];
    assert_eq!(shown(text), expected);
}

#[test]
fn values_are_known_by_their_names() {
    for name in ["values.yaml", "values-prod.yml", "values.prod.yaml"] {
        assert!(is_values(name), "{name}");
    }
    for name in ["valuesets.yaml", "my-values.yaml", "values.json"] {
        assert!(!is_values(name), "{name}");
    }
}
