//! Parts of charts: whose some values are, and what a part is called.

/// Keys that say what something is, and not which.
const GENERIC: [&str; 20] = [
    "app",
    "apps",
    "application",
    "component",
    "components",
    "container",
    "containers",
    "controller",
    "controllers",
    "deployment",
    "deployments",
    "image",
    "images",
    "main",
    "pod",
    "services",
    "spec",
    "statefulset",
    "workload",
    "workloads",
];

/// Which part some keys belong to: the nearest around them that has an image, or the only one below them.
pub(super) fn whose<'k>(keys: &[String], components: &[&'k [String]]) -> Option<&'k [String]> {
    let around = components.iter().filter(|one| keys.starts_with(one)).max_by_key(|one| one.len());
    if let Some(around) = around {
        return Some(around);
    }
    let mut below = components.iter().filter(|one| one.starts_with(keys));
    below.next().copied().filter(|_| below.next().is_none())
}

/// What a part of a chart is called: as the chart, and what its keys say beyond that.
pub(super) fn named(chart: &str, keys: &[String]) -> String {
    let telling = keys.iter().map(String::as_str).filter(|key| !GENERIC.contains(key) && *key != chart);
    let mut name = chart.to_owned();
    for key in telling {
        if key.starts_with(&format!("{name}-")) {
            name.clear();
        } else {
            name.push('-');
        }
        name.push_str(key);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{named, whose};

    fn keys(text: &str) -> Vec<String> {
        text.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn settings_belong_to_the_image_around_them_or_to_the_only_one_below() {
        let [cart, users, root] = [keys("cart"), keys("users.main"), keys("")];
        let both = [cart.as_slice(), users.as_slice()];
        assert_eq!(whose(&keys("cart.deployment"), &both), Some(cart.as_slice()));
        assert_eq!(whose(&keys("users"), &both), Some(users.as_slice()));
        assert_eq!(whose(&keys(""), &both), None);
        assert_eq!(whose(&keys("mails"), &both), None);
        assert_eq!(whose(&keys("mails"), &[root.as_slice(), cart.as_slice()]), Some(root.as_slice()));
    }

    #[test]
    fn a_part_is_called_after_its_chart_and_keys() {
        for (path, name) in [
            ("", "shop"),
            ("controllers.main.containers.main", "shop"),
            ("cart", "shop-cart"),
            ("shop-cart", "shop-cart"),
            ("components.cart.worker", "shop-cart-worker"),
        ] {
            assert_eq!(named("shop", &keys(path)), name, "{path}");
        }
    }
}
