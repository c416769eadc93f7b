//! What can't be read, by the format.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{Case, shop};
use crate::watertight::{commit_all, folders, git, repository, testdata, write};

pub(super) fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = folders(&testdata("invalid")).iter().map(|fixture| of_cargo(fixture)).collect();
    all.extend(more_of_cargo());
    all.extend(of_compose());
    all.extend(of_kubernetes());
    all.extend(of_dockerfiles());
    all.extend(of_files());
    all.extend(of_pipelines());
    all
}

/// What the fixtures are checked with: their two sound packages are shared, so that nothing else is told.
const SHARED: &str =
    "[shared]\npaths = [\"**\"]\n\n[rules]\nunassigned-unit = \"off\"\nunmatched-selector = \"off\"\n";

fn of_cargo(fixture: &Path) -> Case {
    let copy = crate::watertight::copied(fixture);
    write(copy.path(), "watertight.toml", SHARED.as_bytes());
    let title = format!("Cargo: {}", crate::watertight::name(fixture).replace('-', " "));
    Case::within(&title, "check", copy)
}

fn more_of_cargo() -> Vec<Case> {
    let manifest = |title: &str, text: &str| {
        Case::within(&format!("Cargo: {title}"), "check", shop(&[("cart/Cargo.toml", text)]))
    };
    let members = "[workspace]\nmembers = [\"cart\", \"stock\", \"a[\"]\n";
    let inherits = "[package]\nname = \"cart\"\n[dependencies]\nstok.workspace = true\n";
    let declares = "[workspace]\nmembers = [\"cart\", \"stock\"]\n[workspace.dependencies]\nstock = { path = \"stock\" }\n";
    let no_package = [
        ("Cargo.toml", "[workspace]\nmembers = [\"cart\", \"stock\", \"docs\"]\n"),
        ("docs/Cargo.toml", "[badges]\n"),
    ];
    vec![
        manifest(
            "a source of a dependency that is misspelt",
            "[package]\nname = \"cart\"\n[dependencies]\nstock.worksapce = true\nother = {}\nthird = 1\nfourth = { path = \"/srv/fourth\" }\n",
        ),
        manifest("a name that is none", "[package]\nname = \"my cart\"\n"),
        manifest(
            "a dependency on a manifest without a package",
            "[package]\nname = \"cart\"\n[dependencies]\nshop = { path = \"..\" }\n",
        ),
        manifest(
            "an optional that is no boolean",
            "[package]\nname = \"cart\"\n[dependencies]\nstock = { path = \"../stock\", optional = 1 }\n",
        ),
        Case::within("Cargo: a glob of members that is none", "check", shop(&[("Cargo.toml", members)])),
        Case::within(
            "Cargo: an inherited dependency that is misspelt",
            "check",
            shop(&[("Cargo.toml", declares), ("cart/Cargo.toml", inherits)]),
        ),
        Case::within("Cargo: a member without a package", "check", shop(&no_package)),
    ]
}

fn of_pipelines() -> Vec<Case> {
    let workflow = |title: &str, text: &str| {
        Case::within(&format!("pipelines: {title}"), "check", shop(&[(".github/workflows/a.yml", text)]))
    };
    vec![
        workflow("no YAML", "jobs: [\n"),
        workflow("a workflow that is a list", "- jobs\n"),
        Case::within("pipelines: no YAML for GitLab", "check", shop(&[(".gitlab-ci.yml", "a: [\n")])),
    ]
}

fn of_compose() -> Vec<Case> {
    let compose = |title: &str, text: &str| {
        Case::within(&format!("compose: {title}"), "check", shop(&[("compose.yaml", text)]))
    };
    let included: Vec<(String, String)> = (0..20)
        .map(|at| {
            let path = if at == 0 { "compose.yaml".to_owned() } else { format!("a{at}/b{at}.yaml") };
            let below = if at == 0 { "a1/b1.yaml".to_owned() } else { format!("../a{0}/b{0}.yaml", at + 1) };
            (path, format!("include: [{below}]\nservices:\n  s{at}: {{image: x}}\n"))
        })
        .collect();
    let included: Vec<(&str, &str)> =
        included.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    vec![
        compose("no YAML", "services:\n  cart: \"shop\n"),
        compose("a key that is there twice", "services:\n  cart: {image: a, image: b}\n"),
        compose("services that are no map", "services: [cart]\n"),
        compose("values of another type", SHAPES),
        compose("a file that includes itself", "include: [compose.yaml]\nservices:\n  cart: {image: a}\n"),
        compose("a service that extends itself", "services:\n  cart: {image: a, extends: {service: cart}}\n"),
        Case::within("compose: a row of files that is too long", "check", shop(&included)),
        compose("an alias inside of what it stands for", "services:\n  cart: &a {image: a, deploy: [*a]}\n"),
        compose(
            "too deep",
            &format!("services:\n  cart: {{image: a}}\nx-a: {}{}\n", "[".repeat(250), "]".repeat(250)),
        ),
        compose("too many values", &merged()),
        Case::within(
            "compose: aliases that make it too large",
            "check",
            shop(&[("compose.yaml", &bomb("services:\n  cart: {image: a}\n"))]),
        ),
    ]
}

/// A row of maps, each of which takes over all that stands in the one before.
fn merged() -> String {
    let map = |at: usize| format!("x-{at}: &m{at} {{<<: *m{}, k{at}: 1}}\n", at - 1);
    let maps: String = (1..3_000).map(map).collect();
    format!("services:\n  cart: {{image: a}}\nx-0: &m0 {{}}\n{maps}")
}

/// Lists of lists, each of which says the one before it ten times.
fn bomb(before: &str) -> String {
    let mut text = format!("{before}x-0: &a0 [{}]\n", "\"abcdefghij\",".repeat(10));
    for at in 1..8 {
        text += &format!("x-{at}: &a{at} [{}]\n", format!("*a{},", at - 1).repeat(10));
    }
    text
}

const SHAPES: &str = r#"
volumes: [data]
services:
  web: 3
  cart:
    image: [a]
    build: [b]
    command: {a: b}
    depends_on: 3
    environment: 3
    volumes: 3
  stock:
    image: a
    env_file: {a: b}
    secrets: 3
    networks: 3
    ports: 3
"#;

fn of_kubernetes() -> Vec<Case> {
    let kubernetes = |title: &str, text: &str| {
        Case::within(&format!("Kubernetes: {title}"), "check", shop(&[("k8s/cart.yaml", text)]))
    };
    vec![
        kubernetes("no YAML", "apiVersion: v1\nkind: Service\nmetadata: {name: \"cart\n"),
        kubernetes("values of another type", WORKLOAD),
        kubernetes(
            "a config map that holds no texts",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cart}\ndata: {a: [b]}\n",
        ),
        kubernetes(
            "a secret with a fault",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: cart}\ndata: [a]\n",
        ),
        Case::within(
            "kustomize: values of another type",
            "check",
            shop(&[("k8s/kustomization.yaml", "resources: cart.yaml\nimages: [cart]\nnamePrefix: {a: b}\n")]),
        ),
        kubernetes("aliases that repeat too much", &multiplied()),
    ]
}

/// Pods that say the same over and over.
fn multiplied() -> String {
    let many = |name: &str| vec![format!("*{name}"); 1000].join(",");
    format!(
        "x: [&v {{name: A, value: {}}}, &c {{name: c, env: [{}]}}, &p {{apiVersion: v1, kind: Pod, metadata: {{name: p}}, \
         spec: {{containers: [{}]}}}}]\napiVersion: v1\nkind: List\nitems: [{}]\n# kind: Pod\n",
        "b".repeat(1000),
        many("v"),
        many("c"),
        many("p"),
    )
}

const WORKLOAD: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  template:
    spec:
      volumes: data
      containers:
        - name: cart
          image: [shop/cart]
          args: [{a: b}]
          env:
            - value: x
            - 3
          ports: 80
"#;

fn of_dockerfiles() -> Vec<Case> {
    let dockerfile = |title: &str, text: &str| {
        Case::within(&format!("Dockerfile: {title}"), "check", shop(&[("cart/Dockerfile", text)]))
    };
    vec![
        dockerfile("no stage", "RUN cargo build\n"),
        dockerfile("a stage without an image", "FROM\n"),
        dockerfile("nothing to copy", "FROM scratch\nCOPY cart\n"),
        dockerfile("a heredoc without an end", "FROM scratch\nRUN <<END\ncargo build\n"),
        dockerfile("too many stages", &"FROM scratch\n".repeat(501)),
        dockerfile("too large", &"# a comment\n".repeat(100_000)),
    ]
}

fn of_files() -> Vec<Case> {
    let case = |title: &str, arguments: &str| Case::within(title, arguments, shop(&[]));
    let owners = |title: &str, text: String| {
        Case::within(&format!("CODEOWNERS: {title}"), "check", shop(&[("CODEOWNERS", text.as_str())]))
    };
    let many = |of: &dyn Fn(usize) -> String, count: usize| (0..count).map(of).collect::<String>();
    vec![
        owners("too large", "# a comment\n".repeat(300_000)),
        owners("too many sections", many(&|at| format!("[s{at}]\n/a{at} @shop\n"), 300)),
        owners("too many wildcards", many(&|at| format!("/a{at}/*/*/*/*/*/*/*/*/*/* @shop\n"), 6_000)),
        case("a file that is not UTF-8", "check").prepared(|folder| {
            write(folder, "cart/Cargo.toml", b"[package]\nname = \"\xff\"\n");
        }),
        case("a file that is too large", "check").prepared(|folder| {
            let file = std::fs::File::create(folder.join("cart/Cargo.toml")).expect("a file");
            file.set_len(100_000_000).expect("a size");
        }),
        case("a link that leads out of the repository", "check").prepared(|folder| {
            std::fs::remove_file(folder.join("cart/Cargo.toml")).expect("removed");
            std::os::unix::fs::symlink("/etc/hostname", folder.join("cart/Cargo.toml")).expect("a link");
        }),
        case("a path that is not UTF-8", "check").prepared(|folder| {
            let odd = folder.join(std::ffi::OsStr::from_bytes(b"odd-\xff"));
            std::fs::create_dir(&odd).expect("a folder");
            std::fs::write(odd.join("Cargo.toml"), "[package]\nname = \"odd\"\n").expect("a file");
        }),
        Case::within("a merge that is not done", "check --staged", repository(&super::SHOP)).prepared(
            |folder| {
                commit_all(folder);
                git(folder, "checkout --quiet -b other");
                write(folder, "cart/Cargo.toml", b"[package]\nname = \"cart\"\nversion = \"2.0.0\"\n");
                commit_all(folder);
                git(folder, "checkout --quiet main");
                write(folder, "cart/Cargo.toml", b"[package]\nname = \"cart\"\nversion = \"3.0.0\"\n");
                commit_all(folder);
                let merge = std::process::Command::new("git")
                    .args([
                        "-c",
                        "user.name=Somebody",
                        "-c",
                        "user.email=somebody@example.com",
                        "merge",
                        "--quiet",
                        "other",
                    ])
                    .current_dir(folder)
                    .output()
                    .expect("git runs");
                assert!(!merge.status.success(), "there is no conflict");
            },
        ),
    ]
}
