//! What names of folders and packages say by custom, and how names are taken apart.

/// Folders that only hold others: what lies in them is told apart by the next part of its path.
const CONTAINERS: [&str; 47] = [
    "apigateways",
    "app",
    "applications",
    "apps",
    "bin",
    "bins",
    "cmd",
    "components",
    "contrib",
    "crates",
    "crate",
    "domain",
    "domains",
    "extensions",
    "features",
    "functions",
    "gateways",
    "images",
    "internal",
    "jobs",
    "lambdas",
    "lib",
    "libraries",
    "library",
    "libs",
    "members",
    "microservices",
    "modules",
    "packages",
    "pkg",
    "pkgs",
    "plugins",
    "product",
    "products",
    "projects",
    "rust",
    "service",
    "services",
    "sources",
    "src",
    "svc",
    "teams",
    "web",
    "workers",
    "workspace",
    "docker",
    "dockerfiles",
];

/// Folders of what exists for tests.
const TESTS: [&str; 27] = [
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "e2e",
    "e2e_test",
    "e2e_tests",
    "e2e-tests",
    "example",
    "examples",
    "fixtures",
    "fuzz",
    "fuzzing",
    "integration-tests",
    "integration_tests",
    "mocks",
    "sample",
    "samples",
    "test",
    "test-suite",
    "test_runner",
    "testdata",
    "testing",
    "testlib",
    "tests",
    "tests-integration",
    "testsuite",
];

/// Last words of the names of what exists for tests.
const TEST_ENDINGS: [&str; 11] = [
    "bench",
    "benches",
    "benchmarks",
    "fuzz",
    "fuzzers",
    "test",
    "tester",
    "testing",
    "testkit",
    "testlib",
    "tests",
];

/// First words of the names of what exists for tests.
const TEST_BEGINNINGS: [&str; 5] = ["bench", "e2e", "fuzz", "test", "tests"];

/// The last two words of the names of what exists for tests.
const TEST_PAIRS: [[&str; 2]; 4] =
    [["test", "helpers"], ["test", "support"], ["test", "util"], ["test", "utils"]];

/// Folders of what helps people to develop, build and ship, and is no part of any feature.
const TOOLS: [&str; 31] = [
    ".ci",
    ".devcontainer",
    ".github",
    "build",
    "build-tools",
    "ci",
    "dev",
    "dev-env",
    "dev-tools",
    "devcontainer",
    "devtools",
    "deploy",
    "deployment",
    "distribution",
    "docker",
    "docker-compose",
    "hack",
    "infra",
    "installer",
    "kubernetes",
    "lints",
    "local",
    "packaging",
    "playground",
    "release",
    "sandbox",
    "script",
    "scripts",
    "tool",
    "tools",
    "xtask",
];

/// Last words of the names of the same.
const TOOL_ENDINGS: [&str; 7] = ["codegen", "dev", "devtool", "generate", "generator", "vdev", "xtask"];

/// Last words of the names of packages by which a feature is used from outside.
const CONTRACTS: [&str; 15] = [
    "api",
    "client",
    "contract",
    "contracts",
    "dto",
    "events",
    "grpc",
    "idl",
    "interface",
    "messages",
    "proto",
    "protocol",
    "rpc",
    "sdk",
    "types",
];

/// What the names of deployables end in, and what names them is what stands before.
const FORMS: [&str; 14] = [
    "app", "backend", "bin", "cli", "daemon", "main", "server", "service", "srv", "svc", "tool", "tools",
    "web", "worker",
];

/// Folders of what others wrote.
const VENDORED: [&str; 8] = [
    "external",
    "external-crates",
    "external_crates",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
];

/// Services that others make, and which every feature may use: what observes, routes and administers.
const INFRASTRUCTURE: [&str; 64] = [
    "adminer",
    "alertmanager",
    "caddy",
    "cadvisor",
    "cassandra",
    "certbot",
    "clickhouse",
    "collector",
    "consul",
    "database",
    "db",
    "elasticsearch",
    "envoy",
    "etcd",
    "exporter",
    "filebeat",
    "fluent",
    "fluentbit",
    "fluentd",
    "grafana",
    "haproxy",
    "heapster",
    "influx",
    "influxdb",
    "ingress",
    "jaeger",
    "kafka",
    "keycloak",
    "kibana",
    "kube",
    "localstack",
    "loki",
    "logstash",
    "mailcatcher",
    "mailhog",
    "mailpit",
    "mariadb",
    "memcached",
    "metrics",
    "minio",
    "mongo",
    "mongodb",
    "mysql",
    "nats",
    "nginx",
    "nodeexporter",
    "opensearch",
    "opentelemetry",
    "opentelemetrycollector",
    "otel",
    "otelcol",
    "pgadmin",
    "postgres",
    "prometheus",
    "promtail",
    "rabbitmq",
    "redis",
    "tempo",
    "traefik",
    "vault",
    "zipkin",
    "zookeeper",
    "zoo",
    "tracing",
];

/// Words of what everybody builds on.
const FOUNDATIONS: [&str; 12] = [
    "base",
    "common",
    "core",
    "foundation",
    "hack",
    "helpers",
    "macros",
    "prelude",
    "shared",
    "support",
    "util",
    "utils",
];

/// The words of a name, in lower case: `Ordering.API` is `ordering` and `api`, `cartService` two as well.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    let mut is_open = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            (was_lower, is_open) = (false, false);
            continue;
        }
        if !is_open || (was_lower && character.is_uppercase()) {
            words.push(String::new());
            is_open = true;
        }
        was_lower = character.is_lowercase() || character.is_numeric();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// Whether a part of a path is a folder that only holds others.
pub(super) fn is_container(part: &str) -> bool {
    CONTAINERS.contains(&part.to_lowercase().as_str())
}

/// Whether a part of a path says that what lies there is for tests.
pub(super) fn is_for_tests(part: &str) -> bool {
    TESTS.contains(&part.to_lowercase().as_str())
}

/// Whether a part of a path says that what lies there is a tool of those who develop.
pub(super) fn is_for_developers(part: &str) -> bool {
    TOOLS.contains(&part.to_lowercase().as_str())
}

/// Whether a part of a path says that others wrote what lies there.
pub(super) fn is_of_others(part: &str) -> bool {
    VENDORED.contains(&part.to_lowercase().as_str())
}

/// Whether a name says that what it names is for tests.
pub(super) fn names_tests(words: &[String]) -> bool {
    let is_in = |word: Option<&String>, all: &[&str]| word.is_some_and(|word| all.contains(&word.as_str()));
    match words {
        [] => false,
        [only] => ["e2e", "fuzz", "fuzzers", "testlib", "tests"].contains(&only.as_str()),
        [.., before, last] => {
            let pair = [before.as_str(), last.as_str()];
            is_in(words.last(), &TEST_ENDINGS)
                || is_in(words.first(), &TEST_BEGINNINGS)
                || TEST_PAIRS.contains(&pair)
        }
    }
}

/// Whether a name says that what it names is a tool of those who develop.
pub(super) fn names_tool(words: &[String]) -> bool {
    words.last().is_some_and(|word| TOOL_ENDINGS.contains(&word.as_str()))
}

/// Whether a name says that others use something by way of it: `users-client`.
pub(super) fn names_contract(words: &[String]) -> bool {
    words.len() > 1 && words.last().is_some_and(|word| CONTRACTS.contains(&word.as_str()))
}

/// Whether a name says that everybody builds on it.
pub(super) fn names_foundation(words: &[String]) -> bool {
    words.iter().any(|word| FOUNDATIONS.contains(&word.as_str()))
}

/// Whether a service is one that others make and every feature may use, by its name.
pub(super) fn names_infrastructure(words: &[String]) -> bool {
    words.iter().any(|word| INFRASTRUCTURE.contains(&word.as_str()))
}

/// What a name says less the form in which it is deployed: `compute_tools` and `compute-server` are `compute`.
pub(super) fn stem(mut words: Vec<String>) -> Vec<String> {
    while words.len() > 1 && words.last().is_some_and(|word| FORMS.contains(&word.as_str())) {
        words.pop();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{names_contract, names_tests, stem, words};

    #[test]
    fn names_are_taken_apart_at_marks_and_capitals() {
        assert_eq!(words("Ordering.API"), ["ordering", "api"]);
        assert_eq!(words("cartService"), ["cart", "service"]);
        assert_eq!(words("uv-pep440"), ["uv", "pep440"]);
        assert_eq!(words("__"), Vec::<String>::new());
        assert_eq!(words("Webhooks.API2Go"), ["webhooks", "api2", "go"]);
    }

    #[test]
    fn customs_are_read_from_whole_words() {
        assert!(names_tests(&words("cart-test-utils")) && names_tests(&words("e2e")));
        assert!(!names_tests(&words("latest")) && !names_tests(&words("test")));
        assert!(names_contract(&words("users-client")) && !names_contract(&words("client")));
        assert_eq!(stem(words("compute_tools")), ["compute"]);
        assert_eq!(stem(words("server")), ["server"]);
    }
}
