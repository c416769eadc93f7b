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
        gap("what kustomizations say beyond what is read", KUSTOMIZATIONS),
        gap("what Helm charts leave to their templates", CHARTS),
        gap(
            "templates",
            &[
                ("compose.yaml", "services:\n  {{ name }}: {image: a}\n"),
                ("k8s/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: {{ name }}}\n"),
                ("catalog-info.yaml", "kind: Component\nmetadata: {name: {{ name }}}\n"),
            ],
        ),
        gap("catalogs", &[("catalog-info.yaml", "kind: \"Component\n")]),
        gap("what catalogs say in no way that Backstage reads", CATALOGS),
        gap(
            "catalogs that say too much",
            &[("catalog-info.yaml", &many_documents()), ("cart/catalog-info.yaml", BOMB)],
        ),
        gap("contracts", CONTRACTS),
        gap("what pipelines leave to their runs", PIPELINES),
        gap("what compose files name and nobody has", COMPOSE),
        gap("what Dockerfiles build and nobody has", DOCKERFILES),
        several(),
        gap("what is on other networks", NETWORKS),
    ];
    all.push(gap("what can't be read", &[]).prepared(|folder| {
        crate::watertight::write(folder, "catalog-info.yaml", b"kind: \xff");
        crate::watertight::write(folder, "k8s/kustomization.yaml", b"resources: \xff");
        crate::watertight::write(folder, "chart/Chart.yaml", b"name: \xff");
        crate::watertight::write(folder, "openapi.json", b"{\"openapi\": \"\xff\"}");
        crate::watertight::write(folder, "a.proto", b"package \xff;");
        crate::watertight::write(folder, "tools/action.yml", b"runs: \xff");
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
    all.push(Case::within(
        "how many there are",
        "check",
        shop(&[web[0], ("chart/Chart.yaml", "name: cart\n")]),
    ));
    all
}

const KUSTOMIZATIONS: &[(&str, &str)] = &[
    (
        "k8s/kustomization.yaml",
        "resources: [pod.yaml, https://example.com/shop//deploy, ../../outside, missing.yaml, ., one]\npatches:\n- path: \
         missing.yaml\n- {target: {name: 'c.*'}, patch: '[]'}\n- patch: \"kind: Pod\\napiVersion: v1\\n\"\n- patch: '{apiVersion: v1, \
         kind: Pod, metadata: {name: nobody}}'\nconfigMapGenerator: [{name: a, envs: [missing.env]}]\nreplacements: [{}]\nvars: \
         [{}]\ngenerators: [a]\ntransformers: [a]\nhelmCharts: [{}]\nconfigurations: [a]\n",
    ),
    (
        "k8s/pod.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a/b}]}\n",
    ),
    ("k8s/one/kustomization.yaml", "resources: [../two]\n"),
    ("k8s/two/kustomization.yaml", "resources: [../one]\n"),
    ("template/kustomization.yaml", "resources: [{{ base }}]\n"),
    ("fan/kustomization.yaml", "resources: [a, a, a, a, a, a, a, a, a, a, a]\n"),
    ("fan/a/kustomization.yaml", "resources: [b, b, b, b, b, b, b, b, b, b, b]\n"),
    ("fan/a/b/kustomization.yaml", "resources: [c, c, c, c, c, c, c, c, c, c, c]\n"),
    ("fan/a/b/c/kustomization.yaml", "resources: []\n"),
];

const CHARTS: &[(&str, &str)] = &[
    ("helmfile.yaml", "releases: []\n"),
    ("cart/Chart.yaml", "name: cart\n"),
    ("cart/values.yaml", "image: shop/cart\nenv: {USERS_URL: \"http://users\"}\n"),
    ("users/Chart.yaml", "name: users\n"),
    ("users/values.yaml", "a: {image: shop/a}\nb: {image: shop/b}\nenv: {LOG: info}\n"),
    ("users/values-broken.yaml", "a: [\n"),
    ("users/values-template.yaml", "a: {{ b }}\n"),
    ("users/ci/values.yaml", "image: shop/a\n"),
    ("elsewhere/values.yaml", "image: shop/a\n"),
    ("broken/Chart.yaml", "name: [\n"),
    ("template/Chart.yaml", "name: {{ name }}\n"),
];

/// More documents than are looked at.
fn many_documents() -> String {
    "apiVersion: backstage.io/v1alpha1\n---\n".repeat(1_001)
}

const BOMB: &str = include_str!("../../../testdata/sources/catalog/alias-bomb/catalog-info.yaml");

const CATALOGS: &[(&str, &str)] = &[
    (
        "catalog-info.yaml",
        include_str!("../../../testdata/sources/catalog/references-that-backstage-refuses/catalog-info.yaml"),
    ),
    (
        "cart/catalog-info.yaml",
        include_str!("../../../testdata/sources/catalog/names-to-fill-in/catalog-info.yaml"),
    ),
    (
        "k8s/a.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: backstage.io/v1alpha1\nkind: API\n\
         metadata: {name: a}\n",
    ),
];

const PIPELINES: &[(&str, &str)] = &[
    (
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    strategy: {matrix: \"${{ fromJSON(inputs.all) }}\"}\n    steps:\n    - run: docker push \
         $IMAGE\n    - run: docker build -f $FILE .\n    - run: kubectl apply -f $MANIFEST\n    - run: aws ecs update-service \
         --service nobody\n    - run: docker buildx bake\n    - run: make deploy\n    - run: gh release create v1\n  b: {uses:          shop/ci/.github/workflows/a.yml@v1}\n",
    ),
    (
        ".gitlab-ci.yml",
        "include: {project: shop/ci, file: a.yml}\na:\n  trigger: {include: [{artifact: made.yml, job: b}]}\n",
    ),
];

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
