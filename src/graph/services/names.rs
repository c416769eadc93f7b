//! Names of images, and which of them say something.

/// A reference to an image, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageName<'t> {
    full: &'t str,
    repository: &'t str,
    tag: Option<&'t str>,
}

impl<'t> ImageName<'t> {
    /// Reads `registry/path/name:tag@digest`.
    pub(super) fn read(written: &'t str) -> Self {
        let named = written.split('@').next().unwrap_or(written);
        let (named, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (named, None),
        };
        let is_registry = |part: &str| part.contains(['.', ':']) || part == "localhost";
        let repository = match named.split_once('/') {
            Some((registry, rest)) if is_registry(registry) => rest,
            _ => named,
        };
        Self { full: named, repository, tag }
    }

    /// Without tag and digest.
    pub(super) fn full(&self) -> &'t str {
        self.full
    }

    /// Without registry, tag and digest.
    pub(super) fn repository(&self) -> &'t str {
        self.repository
    }

    /// The last part of the repository.
    pub(super) fn last(&self) -> &'t str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn tag(&self) -> Option<&'t str> {
        self.tag
    }
}

/// A name that can be told to everybody: somebody may write a URL where a name belongs, or fill one in.
pub(super) fn without_password(name: String) -> String {
    let hidden = name.find("://").zip(name.rfind('@')).filter(|(scheme, at)| scheme < at);
    hidden.map_or_else(|| name.clone(), |(scheme, at)| format!("{}://…{}", &name[..scheme], &name[at..]))
}

/// A name in the one spelling in which names are compared.
pub(super) fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.', ' '], "-")
}

/// Folders and endings that many Dockerfiles have: they say nothing about which image it is.
const GENERIC: [&str; 30] = [
    "docker",
    "dockerfile",
    "dockerfiles",
    "container",
    "containers",
    ".docker",
    ".devcontainer",
    "build",
    "builds",
    "image",
    "images",
    "deploy",
    "deployment",
    "deployments",
    "ci",
    ".ci",
    "prod",
    "production",
    "release",
    "dev",
    "development",
    "local",
    "alpine",
    "debian",
    "ubuntu",
    "linux",
    "amd64",
    "arm64",
    "src",
    "app",
];

pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&name.to_ascii_lowercase().as_str())
}

/// The last word of a name: `db` of `user-db`.
pub(super) fn last_word(name: &str) -> &str {
    name.rsplit(['-', '_', '.']).next().unwrap_or(name)
}

/// Whether a file lists what something is built from: builds copy those of everybody to fetch what they need,
/// and that is not building with it.
pub(super) fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let endings =
        [".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".props", ".lock", ".gradle", ".gradle.kts"];
    let names = [
        "Cargo.toml",
        "package.json",
        "package-lock.json",
        "pom.xml",
        "go.mod",
        "go.sum",
        "pyproject.toml",
        "requirements.txt",
        "pnpm-lock.yaml",
        "composer.json",
        "Gemfile",
        "mix.exs",
    ];
    names.contains(&name) || endings.iter().any(|ending| name.ends_with(ending))
}

/// Images that everybody pulls by a name of one word: such a name does not mean a folder of the repository.
const PUBLIC: [&str; 48] = [
    "alpine",
    "amazonlinux",
    "archlinux",
    "buildpack-deps",
    "busybox",
    "caddy",
    "centos",
    "composer",
    "consul",
    "debian",
    "docker",
    "eclipse-temurin",
    "fedora",
    "gcc",
    "golang",
    "gradle",
    "haproxy",
    "hello-world",
    "httpd",
    "java",
    "jenkins",
    "keycloak",
    "maven",
    "mono",
    "nginx",
    "nextcloud",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "php",
    "pause",
    "python",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "scratch",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "vault",
    "wordpress",
    "zookeeper",
    "grafana",
    "prometheus",
    "jaeger",
];

/// Whether everybody pulls this image by a name of one word (`library/nginx` is `nginx`).
pub(super) fn is_public(written: &str) -> bool {
    let repository = ImageName::read(written).repository();
    let name = repository.strip_prefix("library/").unwrap_or(repository);
    PUBLIC.contains(&name)
}

/// "`a` or `b`", and of many the first ones.
pub(super) fn one_of(names: impl ExactSizeIterator<Item = String>) -> String {
    const NAMED: usize = 4;
    let more = names.len().saturating_sub(NAMED);
    let mut parts: Vec<String> = names.take(NAMED).collect();
    if more > 0 {
        parts.push(format!("one of {more} more"));
    }
    parts.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::{ImageName, is_public, plain, without_password};

    #[test]
    fn a_url_in_the_place_of_a_name_keeps_its_password() {
        for (name, told) in [
            ("postgres://shop:p@ss@db:5432/orders", "postgres://…@db:5432/orders"),
            ("http://users", "http://users"),
            ("a@b://c", "a@b://c"),
            ("cart", "cart"),
        ] {
            assert_eq!(without_password(name.to_owned()), told);
        }
    }

    #[test]
    fn references_come_apart_as_docker_reads_them() {
        for (written, repository, last, tag) in [
            ("cart", "cart", "cart", None),
            ("acme/cart:1.2", "acme/cart", "cart", Some("1.2")),
            ("localhost:5000/acme/cart", "acme/cart", "cart", None),
            ("ghcr.io/acme/shop/cart:2-cart@sha256:00ff", "acme/shop/cart", "cart", Some("2-cart")),
            ("registry.example.com/cart", "cart", "cart", None),
            ("", "", "", None),
        ] {
            let name = ImageName::read(written);
            assert_eq!((name.repository(), name.last(), name.tag()), (repository, last, tag), "{written}");
        }
        assert!(is_public("nginx:1.19") && is_public("docker.io/library/node") && !is_public("acme/nginx"));
        assert_eq!(plain("Order_Service"), "order-service");
    }
}
