//! What is recognised and not read.

use super::{Case, shop};
use crate::watertight::{commit_all, git, repository};

pub(super) fn cases() -> Vec<Case> {
    // Beside something that is deployed: else nobody looks at what surrounds it.
    let web = [("web/compose.yaml", "services:\n  web: {image: nginx}\n")];
    let gap = |title: &str, files: &[(&str, &str)]| {
        Case::within(title, "check --all", shop(&[web.as_slice(), files].concat()))
    };
    let mut all = vec![
        gap(
            "a Helm chart",
            &[("chart/Chart.yaml", "name: cart\n"), ("chart/templates/a.yaml", "kind: {{ .Kind }}\n")],
        ),
        gap("a kustomization", &[("k8s/kustomization.yaml", "resources: []\n")]),
        gap(
            "templates",
            &[
                ("compose.yaml", "services:\n  {{ name }}: {image: a}\n"),
                ("k8s/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: {{ name }}}\n"),
                ("catalog-info.yaml", "kind: Component\nmetadata: {name: {{ name }}}\n"),
            ],
        ),
        gap("catalogs", &[("catalog-info.yaml", "kind: \"Component\n")]),
        gap("contracts", CONTRACTS),
        gap("what compose files name and nobody has", COMPOSE),
        gap("what Dockerfiles build and nobody has", DOCKERFILES),
        several(),
        gap("what is on other networks", NETWORKS),
    ];
    all.push(gap("what can't be read", &[]).prepared(|folder| {
        crate::watertight::write(folder, "catalog-info.yaml", b"kind: \xff");
        crate::watertight::write(folder, "openapi.json", b"{\"openapi\": \"\xff\"}");
        crate::watertight::write(folder, "a.proto", b"package \xff;");
        let mut binary = b"\x7fELF\0\xff\nservices:\n".to_vec();
        binary.extend((0..=255).cycle().take(4_096));
        crate::watertight::write(folder, "data/x.yaml", &binary);
    }));
    all.push(gap("other repositories", &[]).prepared(|folder| {
        let inner = repository(&[("a.txt", "")]);
        commit_all(inner.path());
        commit_all(folder);
        git(folder, &format!("submodule --quiet add file://{} library", inner.path().display()));
        std::fs::create_dir(folder.join("checkout")).expect("a folder");
        git(&folder.join("checkout"), "init --quiet");
        crate::watertight::write(folder, "checkout/Cargo.toml", b"[package]\nname = \"checkout\"\n");
    }));
    all.push(Case::within("how many there are", "check", shop(&[web[0], ("k8s/kustomization.yaml", "")])));
    all
}

const CONTRACTS: &[(&str, &str)] = &[
    ("a/openapi.yaml", "openapi: 3.0.0\ninfo: [\n"),
    ("b/openapi.yaml", "openapi: 3.0.0\ninfo: {{ info }}\n"),
    ("buf.yaml", "modules: [\n"),
    ("proto/cart/cart.proto", "package cart;\nimport \"types.proto\";\n"),
    ("proto/types.proto", "package types;\n"),
    ("proto/cart/types.proto", "package types;\n"),
    ("client/Cargo.toml", "[package]\nname = \"client\"\n[dependencies]\nprogenitor = \"0.11\"\n"),
    ("client/src/lib.rs", "progenitor::generate_api!(\"stock.json\");\n"),
];

const COMPOSE: &[(&str, &str)] = &[
    (
        "compose.yaml",
        "include: [other.yaml]\nservices:\n  cart:\n    build: ../elsewhere\n    env_file: cart.env\n    depends_on: [stock]\n  \
     report:\n    build: {context: ., dockerfile: no.Dockerfile}\n    extends: {file: base.yaml, service: base}\n  web:\n    \
     build: {context: ., target: last}\n  mail:\n    image: mail\n    extends: {service: nobody}\n",
    ),
    ("Dockerfile", "FROM scratch AS first\n"),
];

const DOCKERFILES: &[(&str, &str)] = &[
    ("cart/Cargo.toml", "[package]\nname = \"cart\"\n[[bin]]\nname = \"cart\"\npath = \"src/main.rs\"\n"),
    ("cart/src/main.rs", ""),
    (
        "Dockerfile",
        "FROM rust AS build\nARG BINARY\nCOPY . .\nRUN cargo build --release --bin $BINARY\nRUN cargo build --release --bin nobody\n\
         FROM scratch\nCOPY --from=assets /a /a\nCOPY --from=build target/release/nobody /nobody\nENTRYPOINT [\"/nobody\"]\n",
    ),
];

const NETWORKS: &[(&str, &str)] = &[(
    "compose.yaml",
    "networks: {a: {}, b: {}}\nservices:\n  web:\n    image: web\n    networks: [a]\n    environment: {DATABASE_URL: \"postgres://db/x\"}\n  db:\n    \
     image: postgres\n    networks: [b]\n",
)];

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: web\n      \
                   env: [{name: STOCK_URL, value: \"http://stock:80\"}]\n";

fn served(name: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: stock}}\nspec: {{selector: {{app: stock}}}}\n---\napiVersion: v1\n\
         kind: Pod\nmetadata: {{name: stock-{name}, labels: {{app: stock}}}}\nspec: {{containers: [{{name: stock, image: {name}}}]}}\n"
    )
}

/// Two of everything, and nothing that says which is meant.
fn several() -> Case {
    Case::within(
        "what may be several",
        "check --all",
        shop(&[
            (
                "a/Cargo.toml",
                "[package]\nname = \"a\"\n[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n[workspace]\n",
            ),
            ("a/src/main.rs", ""),
            (
                "b/Cargo.toml",
                "[package]\nname = \"b\"\n[[bin]]\nname = \"server\"\npath = \"src/main.rs\"\n[workspace]\n",
            ),
            ("b/src/main.rs", ""),
            (
                "Dockerfile",
                "FROM rust AS build\nCOPY . .\nRUN cargo build --release --bin server\nFROM scratch\nCOPY --from=build target/release/server /server\nENTRYPOINT [\"/server\"]\n",
            ),
            ("x/web.Dockerfile", "FROM scratch\n"),
            ("y/web.Dockerfile", "FROM scratch\n"),
            ("compose.yaml", "services:\n  web: {image: web}\n"),
            ("k8s/a.yaml", POD),
            ("k8s/one/stock.yaml", &served("one")),
            ("k8s/two/stock.yaml", &served("two")),
        ]),
    )
}
