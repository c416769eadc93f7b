//! What a change affects: on small repositories, each made to show one thing, through the binary.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::watertight::{binary, commit_all, git, repository, run, testdata, write};

/// A shop: two services, each a binary in an image, on libraries of which one is shared.
const SHOP: [(&str, &str); 22] = [
    (
        "watertight.toml",
        "[features.cart]\npaths = [\"cart\"]\n[features.stock]\npaths = [\"stock\"]\n[shared]\npaths = [\"money\", \"testing\", \"spare\"]\n",
    ),
    (
        "Cargo.toml",
        "[workspace]\nresolver = \"2\"\nmembers = [\"cart\", \"stock\", \"money\", \"testing\", \"spare\"]\n[workspace.package]\nlicense = \"MIT\"\n[workspace.dependencies]\nserde = \"1\"\n",
    ),
    ("Cargo.lock", LOCK),
    (
        "cart/Cargo.toml",
        "[package]\nname = \"cart\"\nlicense.workspace = true\n[dependencies]\nmoney = { path = \"../money\" }\nserde.workspace = true\n[dev-dependencies]\ntesting = { path = \"../testing\" }\n",
    ),
    ("cart/src/lib.rs", ""),
    ("cart/src/main.rs", "fn main() {}\n"),
    ("cart/src/bin/tool.rs", "fn main() {}\n"),
    ("cart/tests/api.rs", ""),
    (
        "cart/Dockerfile",
        "FROM rust AS build\nCOPY . .\nRUN cargo build --release --bin cart\nFROM scratch\nCOPY --from=build /target/release/cart /cart\nCOPY cart/static /static\nENTRYPOINT [\"/cart\"]\n",
    ),
    ("cart/static/logo.svg", "<svg/>\n"),
    (
        "stock/Cargo.toml",
        "[package]\nname = \"stock\"\n[dependencies]\nmoney = { path = \"../money\" }\nspare = { path = \"../spare\", optional = true }\n[dev-dependencies]\nproptest = \"1\"\n",
    ),
    ("stock/src/main.rs", "fn main() {}\n"),
    (
        "stock/Dockerfile",
        "FROM rust AS build\nCOPY . .\nRUN cargo build --release --bin stock\nFROM scratch\nCOPY --from=build /target/release/stock /stock\n",
    ),
    ("money/Cargo.toml", "[package]\nname = \"money\"\n"),
    ("money/src/lib.rs", ""),
    ("money/README.md", "Money.\n"),
    ("testing/Cargo.toml", "[package]\nname = \"testing\"\n"),
    ("testing/src/lib.rs", ""),
    ("spare/Cargo.toml", "[package]\nname = \"spare\"\n"),
    ("spare/src/lib.rs", ""),
    (
        "compose.yaml",
        "services:\n  cart:\n    build: { context: ., dockerfile: cart/Dockerfile }\n  stock:\n    build: { context: ., dockerfile: stock/Dockerfile }\n    env_file: stock.env\n",
    ),
    ("stock.env", "LEVEL=info\n"),
];

const LOCK: &str = "version = 4\n
[[package]]\nname = \"cart\"\nversion = \"0.0.0\"\ndependencies = [\"money\", \"serde\", \"testing\"]\n
[[package]]\nname = \"money\"\nversion = \"0.0.0\"\n
[[package]]\nname = \"stock\"\nversion = \"0.0.0\"\ndependencies = [\"money\", \"proptest\", \"spare\"]\n
[[package]]\nname = \"spare\"\nversion = \"0.0.0\"\n
[[package]]\nname = \"testing\"\nversion = \"0.0.0\"\n
[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+x\"\nchecksum = \"aa\"\ndependencies = [\"itoa\"]\n
[[package]]\nname = \"itoa\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"bb\"\n
[[package]]\nname = \"proptest\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"cc\"\n
[[package]]\nname = \"loose\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"dd\"\n";

fn shop(more: &[(&str, &str)]) -> TempDir {
    let folder = repository(&[SHOP.as_slice(), more].concat());
    commit_all(folder.path());
    folder
}

/// The names of the units that are affected, by part: `build`, `test` and `deploy`.
fn affected(folder: &Path, arguments: &str) -> [Vec<String>; 3] {
    let told = run(folder, format!("impact --format json {arguments}").trim());
    assert_eq!(told.code, 0, "{}", told.transcript());
    let answer = told.json();
    ["build", "test", "deploy"].map(|part| names(&answer, part))
}

fn names(answer: &Value, part: &str) -> Vec<String> {
    let units = answer["units"].as_array().expect("units").iter();
    let units = units.filter(|unit| !unit[part].is_null());
    units.map(|unit| unit["id"].as_str().expect("an id").replace("package:", "")).collect()
}

/// What a change of the shop affects, in one line.
fn change(change: impl FnOnce(&Path)) -> String {
    change_of(&shop(&[]), change)
}

fn change_of(folder: &TempDir, change: impl FnOnce(&Path)) -> String {
    change(folder.path());
    let [build, test, deploy] = affected(folder.path(), "");
    format!("build {} | test {} | deploy {}", build.join(" "), test.join(" "), deploy.join(" "))
}

fn touch(path: &'static str) -> impl FnOnce(&Path) {
    move |folder| edit(folder, path, |text| text + "\n// more\n")
}

fn edit(folder: &Path, path: &str, edit: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(folder.join(path)).unwrap_or_default();
    write(folder, path, edit(text).as_bytes());
}

const NOTHING: &str = "build  | test  | deploy ";

#[test]
fn nothing_that_differs_affects_nothing() {
    assert_eq!(change(|_| {}), NOTHING);
    let told = run(shop(&[]).path(), "impact");
    assert_eq!(told.code, 0);
    assert!(told.output.contains("nothing is affected"), "{}", told.transcript());
}

#[test]
fn a_library_affects_whoever_links_it_and_what_ships_that() {
    assert_eq!(
        change(touch("money/src/lib.rs")),
        "build cart money stock | test cart money stock | deploy binary:cart/cart binary:cart/tool \
         binary:stock/stock image:cart image:stock service:cart service:stock"
    );
}

#[test]
fn the_root_of_a_binary_affects_that_binary_alone() {
    assert_eq!(change(touch("cart/src/bin/tool.rs")), "build cart | test cart | deploy binary:cart/tool");
    assert_eq!(
        change(touch("cart/src/main.rs")),
        "build cart | test cart | deploy binary:cart/cart image:cart service:cart"
    );
    // Unless the library takes it in.
    let folder = shop(&[("cart/src/lib.rs", "#[path = \"bin/tool.rs\"]\nmod tool;\n")]);
    let told = change_of(&folder, touch("cart/src/bin/tool.rs"));
    assert!(told.ends_with("binary:cart/cart binary:cart/tool image:cart service:cart"), "{told}");
}

#[test]
fn what_only_tests_need_affects_tests_alone() {
    assert_eq!(change(touch("testing/src/lib.rs")), "build testing | test cart testing | deploy ");
    assert_eq!(change(touch("cart/tests/api.rs")), "build  | test cart | deploy ");
}

#[test]
fn an_optional_dependency_counts_where_it_is_switched_on() {
    let folder = shop(&[]);
    assert_eq!(change_of(&folder, touch("spare/src/lib.rs")), "build spare | test spare | deploy ");
    let [build, _, deploy] = affected(folder.path(), "--all-features");
    assert_eq!(build, ["spare", "stock"]);
    assert_eq!(deploy, ["binary:stock/stock", "image:stock", "service:stock"]);
}

#[test]
fn a_dependency_of_another_platform_does_not_count_for_a_target() {
    let manifest = "[package]\nname = \"stock\"\n[target.'cfg(windows)'.dependencies]\nspare = { path = \"../spare\" }\n";
    let folder = shop(&[("stock/Cargo.toml", manifest)]);
    touch("spare/src/lib.rs")(folder.path());
    let [build, ..] = affected(folder.path(), "--target x86_64-unknown-linux-gnu");
    assert_eq!(build, ["spare"]);
    let [build, ..] = affected(folder.path(), "--target x86_64-pc-windows-msvc");
    assert_eq!(build, ["spare", "stock"]);
}

#[test]
fn a_build_script_runs_again_for_what_it_watches() {
    let script = |text: &'static str| shop(&[("cart/build.rs", text), ("cart/README.md", "")]);
    let silent = script("fn main() {}\n");
    let told = change_of(&silent, touch("cart/tests/api.rs"));
    assert!(told.starts_with("build cart |"), "{told}");
    let told = change_of(&silent, |folder| {
        git(folder, "checkout --quiet .");
        touch("cart/README.md")(folder);
    });
    assert!(told.starts_with("build cart |"), "{told}");
    let said = script("fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }\n");
    assert_eq!(change_of(&said, touch("cart/tests/api.rs")), "build  | test cart | deploy ");
}

#[test]
fn files_elsewhere_count_for_the_sources_that_name_them() {
    for (source, text, file) in [
        (
            "money/src/lib.rs",
            "const X: &str = include_str!(\"../../assets/rates.csv\");\n",
            "assets/rates.csv",
        ),
        (
            "money/src/lib.rs",
            "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../assets/x.rs\"));\n",
            "assets/x.rs",
        ),
        ("money/src/lib.rs", "#[path = \"../../assets/x.rs\"]\nmod x;\n", "assets/x.rs"),
        (
            "money/src/lib.rs",
            "static X: Dir = include_dir!(\"$CARGO_MANIFEST_DIR/../assets\");\n",
            "assets/deep/x.txt",
        ),
        ("money/build.rs", "fn main() { compile(&[\"../assets/a.proto\"]); }\n", "assets/a.proto"),
        (
            "money/build.rs",
            "fn main() { let root = here().parent(); let x = root.join(\"assets\"); }\n",
            "assets/a.proto",
        ),
        ("money/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n", "money/README.md"),
    ] {
        let folder = shop(&[
            (source, text),
            ("assets/rates.csv", ""),
            ("assets/x.rs", ""),
            ("assets/a.proto", ""),
            ("assets/deep/x.txt", ""),
        ]);
        let told = change_of(&folder, |folder| edit(folder, file, |text| text + " "));
        assert!(told.starts_with("build cart money stock |"), "{text}: {told}");
        let run = run(folder.path(), "impact");
        assert!(!run.messages.contains("no unit holds"), "{text}: {}", run.transcript());
    }
    // What an included file includes in turn.
    let folder = shop(&[
        ("money/src/lib.rs", "include!(\"../../assets/x.rs\");\n"),
        ("assets/x.rs", "const Y: &str = include_str!(\"y.txt\");\n"),
        ("assets/y.txt", ""),
    ]);
    let told = change_of(&folder, |folder| edit(folder, "assets/y.txt", |text| text + " "));
    assert!(told.starts_with("build cart money stock |"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_contract_counts_for_what_is_generated_from_contracts_that_import_it() {
    let folder = shop(&[
        ("cart/types/types.proto", "package types;\n"),
        ("spare/spare.proto", "package spare;\nimport \"cart/types/types.proto\";\n"),
        ("stock/build.rs", "fn main() { tonic_build::compile_protos(\"../spare/spare.proto\").unwrap(); }\n"),
        ("stock/Cargo.toml", "[package]\nname = \"stock\"\n[build-dependencies]\ntonic-build = \"0.14\"\n"),
    ]);
    let change = |folder: &Path| write(folder, "cart/types/types.proto", b"package types;\nmessage M {}\n");
    insta::assert_snapshot!(change_of(&folder, change));
}

#[test]
fn files_behind_a_link_count_where_the_link_lies() {
    let folder = repository(&[SHOP.as_slice(), &[("assets/x.txt", "")]].concat());
    std::os::unix::fs::symlink("../assets", folder.path().join("money/assets")).expect("a link");
    commit_all(folder.path());
    let told = change_of(&folder, |folder| write(folder, "assets/x.txt", b"y"));
    assert!(told.starts_with("build cart money stock |"), "{told}");
}

#[test]
fn a_manifest_counts_for_what_it_says_and_not_for_how_it_is_written() {
    let own = "build cart | test cart | deploy binary:cart/cart binary:cart/tool image:cart service:cart";
    let manifest = |from: &'static str, to: &'static str| {
        change(move |folder| edit(folder, "cart/Cargo.toml", |text| text.replace(from, to)))
    };
    assert_eq!(manifest("[package]", "# a comment\n[package]"), NOTHING);
    assert_eq!(manifest("[dependencies]", "keywords = [\"x\"]\n[dependencies]"), NOTHING);
    assert_eq!(manifest("[dependencies]", "description = \"x\"\n[dependencies]"), own);
    assert_eq!(
        manifest("[dev-dependencies]", "[dev-dependencies]\nspare = { path = \"../spare\" }"),
        "build  | test cart | deploy "
    );
}

#[test]
fn the_root_manifest_counts_for_who_takes_over_what_it_changes() {
    let cart = "build cart | test cart | deploy binary:cart/cart binary:cart/tool image:cart service:cart";
    let everything = "build cart money spare stock testing |";
    let root = |from: &'static str, to: &'static str| {
        change(move |folder| edit(folder, "Cargo.toml", |text| text.replace(from, to)))
    };
    assert_eq!(root("[workspace]", "# a comment\n[workspace]"), NOTHING);
    assert_eq!(root("serde = \"1\"", "serde = \"1\"\nother = \"1\""), NOTHING);
    assert_eq!(root("license = \"MIT\"", "license = \"0BSD\""), cart);
    assert_eq!(root("serde = \"1\"", "serde = \"1.0.1\""), cart);
    for (from, to) in [
        ("[workspace]", "[profile.release]\nlto = true\n[workspace]"),
        ("resolver = \"2\"", "resolver = \"1\""),
        ("[workspace]", "[patch.crates-io]\nserde = { git = \"https://example.com/serde\" }\n[workspace]"),
        ("[workspace]", "[workspace.unheard-of]\nx = 1\n[workspace]"),
    ] {
        let told = root(from, to);
        assert!(told.starts_with(everything), "{to}: {told}");
    }
    let left = root(", \"spare\"]", "]\nexclude = [\"spare\"]");
    assert!(left.starts_with("build spare |"), "{left}");
}

#[test]
fn lints_count_for_the_members_that_take_them_over() {
    let folder = shop(&[("money/Cargo.toml", "[package]\nname = \"money\"\n[lints]\nworkspace = true\n")]);
    let told = change_of(&folder, |folder| {
        edit(folder, "Cargo.toml", |text| text + "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n");
    });
    assert!(told.starts_with("build cart money stock | "), "{told}");
}

#[test]
fn a_lock_file_counts_for_the_members_whose_closure_is_another() {
    let lock = |from: &'static str, to: &'static str| {
        change(move |folder| edit(folder, "Cargo.lock", |text| text.replace(from, to)))
    };
    let cart = "build cart | test cart | deploy binary:cart/cart binary:cart/tool image:cart service:cart";
    assert_eq!(
        lock(
            "version = \"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"bb\"",
            "version = \"1.0.9\"\nsource = \"registry+x\"\nchecksum = \"ee\""
        ),
        cart
    );
    assert_eq!(lock("checksum = \"cc\"", "checksum = \"ee\""), "build  | test stock | deploy ");
    assert_eq!(lock("checksum = \"dd\"", "checksum = \"ee\""), NOTHING);
    assert_eq!(lock("version = 4", "version = 3"), NOTHING);
    let folder = shop(&[]);
    edit(folder.path(), "Cargo.lock", |text| {
        text.replace(
            "\"1.0.0\"\nsource = \"registry+x\"\nchecksum = \"bb\"",
            "\"1.0.9\"\nsource = \"registry+x\"\nchecksum = \"ee\"",
        )
    });
    let told = run(folder.path(), "impact --what build").output;
    assert!(told.contains("`itoa` 1.0.0 -> 1.0.9, through `serde`"), "{told}");
}

#[test]
fn older_lock_files_are_read_too() {
    let old = "[root]\nname = \"cart\"\nversion = \"0.0.0\"\ndependencies = [\"serde 1.0.1 (registry+x)\"]\n
        [[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+x\"\n
        [metadata]\n\"checksum serde 1.0.1 (registry+x)\" = \"aa\"\n";
    let folder = repository(&[
        ("cart/Cargo.toml", "[package]\nname = \"cart\"\n[dependencies]\nserde = \"1\"\n"),
        ("cart/src/lib.rs", ""),
        ("cart/Cargo.lock", old),
    ]);
    commit_all(folder.path());
    let told =
        change_of(&folder, |folder| edit(folder, "cart/Cargo.lock", |text| text.replace("\"aa\"", "\"bb\"")));
    assert_eq!(told, "build cart | test cart | deploy ");
}

/// Cargo builds a third-party crate once for the whole workspace.
#[test]
fn who_asks_for_other_cargo_features_builds_them_for_everybody() {
    let folder = shop(&[
        ("money/Cargo.toml", "[package]\nname = \"money\"\n[dependencies]\nserde = \"1\"\n"),
        (
            "Cargo.lock",
            &LOCK.replace(
                "name = \"money\"\nversion = \"0.0.0\"\n",
                "name = \"money\"\nversion = \"0.0.0\"\ndependencies = [\"serde\"]\n",
            ),
        ),
    ]);
    let told = change_of(&folder, |folder| {
        edit(folder, "cart/Cargo.toml", |text| {
            text.replace("serde.workspace = true", "serde = { workspace = true, features = [\"derive\"] }")
        });
    });
    assert!(told.starts_with("build cart money stock | "), "{told}");
    // What ships is built by itself.
    assert!(told.ends_with("deploy binary:cart/cart binary:cart/tool image:cart service:cart"), "{told}");
}

#[test]
fn images_and_services_follow_their_own_files() {
    assert_eq!(
        change(|folder| edit(folder, "cart/Dockerfile", |text| text + "EXPOSE 80\n")),
        "build  | test  | deploy image:cart service:cart"
    );
    assert_eq!(
        change(|folder| edit(folder, "stock.env", |text| text + "X=1\n")),
        "build  | test  | deploy service:stock"
    );
    assert_eq!(
        change(|folder| edit(folder, "compose.yaml", |text| text + "    restart: always\n")),
        "build  | test  | deploy service:cart service:stock"
    );
    let told = change(|folder| edit(folder, "cart/static/logo.svg", |text| text + " "));
    assert!(told.ends_with("image:cart service:cart"), "{told}");
}

#[test]
fn a_file_that_no_unit_holds_counts_for_everything_until_it_is_declared() {
    let everything = "build cart money spare stock testing |";
    let folder = shop(&[("scripts/deploy.sh", "")]);
    let told = change_of(&folder, |folder| edit(folder, "scripts/deploy.sh", |text| text + " "));
    assert!(told.starts_with(everything), "{told}");
    let told = run(folder.path(), "impact");
    assert!(
        told.messages.contains("`scripts/deploy.sh`")
            && told.messages.contains("`\"scripts/**\" = \"nothing\"`"),
        "{}",
        told.transcript()
    );
    for (value, expected) in [
        ("\"nothing\"", NOTHING),
        ("[\"money\"]", "build cart money stock |"),
        ("[\"image:cart\"]", "build  | test  | deploy image:cart service:cart"),
        ("[\"binary:tool\"]", "build cart | test cart | deploy binary:cart/tool"),
    ] {
        let configuration = format!("{}[impact]\n\"scripts/**\" = {value}\n", SHOP[0].1);
        let folder = shop(&[("scripts/deploy.sh", ""), ("watertight.toml", &configuration)]);
        let told = change_of(&folder, |folder| edit(folder, "scripts/deploy.sh", |text| text + " "));
        assert!(told.starts_with(expected), "{value}: {told}");
    }
}

#[test]
fn names_say_what_some_files_are_for() {
    for idle in [
        ".github/workflows/ci.yml",
        "docs/guide/x.png",
        "LICENSE-MIT",
        "README.md",
        ".gitignore",
        "money/README.md",
        "design.md",
    ] {
        let text: &[u8] = if idle.ends_with(".yml") { b"on: push\njobs: {}\n" } else { b"x" };
        assert_eq!(change(|folder| write(folder, idle, text)), NOTHING, "{idle}");
    }
    for toolchain in ["rust-toolchain.toml", ".cargo/config.toml"] {
        let told = change(|folder| write(folder, toolchain, b"x = 1\n"));
        assert!(told.starts_with("build cart money spare stock testing |"), "{toolchain}: {told}");
    }
    let alias = change(|folder| write(folder, ".cargo/config.toml", b"[alias]\nx = \"run\"\n"));
    assert_eq!(alias, NOTHING);
}

/// A declared glob adds to what is known, and takes nothing away from what a package is made of.
#[test]
fn nothing_declared_hides_a_source() {
    let configuration = format!("{}[impact]\n\"money/**\" = \"nothing\"\n", SHOP[0].1);
    let told = change_of(&shop(&[("watertight.toml", &configuration)]), touch("money/src/lib.rs"));
    assert!(told.starts_with("build cart money stock |"), "{told}");
}

#[test]
fn every_moment_can_be_compared() {
    let folder = shop(&[]);
    touch("testing/src/lib.rs")(folder.path());
    git(folder.path(), "add --all");
    touch("spare/src/lib.rs")(folder.path());
    write(folder.path(), "money/src/new.rs", b"");
    let build = |arguments: &str| affected(folder.path(), arguments)[0].join(" ");
    assert_eq!(build("--staged"), "testing");
    assert_eq!(build(""), "cart money spare stock testing");
    git(folder.path(), "commit --quiet --message=testing");
    assert_eq!(build(""), "cart money spare stock");
    assert_eq!(build("--rev HEAD"), "testing");
    assert_eq!(build("--since HEAD~1"), "cart money spare stock testing");
    std::fs::remove_file(folder.path().join("money/src/new.rs")).expect("removed");
    std::fs::remove_file(folder.path().join("spare/src/lib.rs")).expect("removed");
    assert_eq!(build(""), "spare");
    // What git ignores is not there.
    write(folder.path(), ".git/info/none", b"");
    write(folder.path(), ".gitignore", b"/money/src/generated.rs\n");
    write(folder.path(), "money/src/generated.rs", b"");
    assert_eq!(build(""), "spare");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_be_run_now_differs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = shop(&[]);
    let path = folder.path().join("cart/static/logo.svg");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
    let [_, _, deploy] = affected(folder.path(), "");
    assert!(deploy.contains(&"image:cart".to_owned()), "{deploy:?}");
}

/// A file is read where the index can't know that it is as it was.
#[test]
fn a_change_of_the_same_size_at_the_same_time_is_seen() {
    let folder = shop(&[("spare/src/lib.rs", "// one\n")]);
    let path = folder.path().join("spare/src/lib.rs");
    let time = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
    std::fs::write(&path, "// two\n").expect("written");
    std::fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("set");
    assert_eq!(affected(folder.path(), "")[0], ["spare"]);
}

#[test]
fn files_can_be_named_instead() {
    let folder = shop(&[]);
    let [build, ..] = affected(folder.path(), "--files money/src/lib.rs cart/tests/api.rs");
    assert_eq!(build, ["cart", "money", "stock"]);
    // What it would say is not known, so that all of it counts.
    let [build, ..] = affected(folder.path(), "--files Cargo.lock");
    assert_eq!(build, ["cart"]);
    let mut child = Command::new(binary())
        .args(["impact", "--files", "-", "--format", "names", "--what", "test"])
        .current_dir(folder.path().join("money"))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("an input"), b"src/lib.rs\n\n")
        .expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "cart\nmoney\nstock\n");
}

#[test]
fn names_and_matrices_are_made_for_pipelines() {
    let folder = shop(&[]);
    touch("cart/src/main.rs")(folder.path());
    let names = |arguments: &str| run(folder.path(), &format!("impact {arguments}")).output;
    assert_eq!(names("--format names --what test"), "cart\n");
    assert_eq!(names("--format names --what deploy"), "cart/cart\nimage:cart\nservice:cart\n");
    assert_eq!(
        names("--format matrix"),
        "{\"include\":[{\"what\":\"test\",\"kind\":\"package\",\"name\":\"cart\",\"path\":\"cart\",\"feature\":\"cart\"},\
         {\"what\":\"deploy\",\"kind\":\"service\",\"name\":\"cart\",\"path\":\"compose.yaml\",\"feature\":\"cart\"},\
         {\"what\":\"deploy\",\"kind\":\"image\",\"name\":\"cart\",\"path\":\"cart/Dockerfile\",\"feature\":\"cart\"},\
         {\"what\":\"deploy\",\"kind\":\"binary\",\"name\":\"cart\",\"path\":\"cart/src/main.rs\",\"feature\":\"cart\"}]}\n"
    );
    git(folder.path(), "checkout --quiet .");
    assert_eq!(names("--format matrix"), "{\"include\":[]}\n");
    assert_eq!(names("--format names"), "");
}

#[test]
fn the_answer_for_programs_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&run(&testdata(""), "schema impact").output).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = shop(&[("scripts/x.sh", "")]);
    for (change, arguments) in
        [("money/src/lib.rs", ""), ("scripts/x.sh", ""), ("cart/src/lib.rs", " --files money/src/lib.rs")]
    {
        edit(folder.path(), change, |text| text + " ");
        let answer = run(folder.path(), &format!("impact --format json{arguments}")).json();
        let errors: Vec<String> = validator.iter_errors(&answer).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn a_person_reads_what_ships_first_and_why() {
    let folder = shop(&[]);
    touch("money/src/lib.rs")(folder.path());
    insta::assert_snapshot!(
        run(folder.path(), "impact").transcript().replace(&head(folder.path()), "COMMIT")
    );
    insta::assert_snapshot!(
        run(folder.path(), "impact --what deploy --all").transcript().replace(&head(folder.path()), "COMMIT")
    );
}

fn head(folder: &Path) -> String {
    git(folder, "rev-parse --short=10 HEAD")
}

#[test]
fn hostile_files_do_no_harm() {
    let cyclic = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\ndependencies = [\"b\"]\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"r\"\ndependencies = [\"a\", \"b\", \"nobody\"]\n[[package]]\nname = \"cart\"\nversion = \"0.0.0\"\ndependencies = [\"a\"]\n";
    let source =
        "include_str!(\"../../../../../../etc/passwd\"); include!(\"/etc/passwd\"); \"..\" \"\\u{0}\" \"";
    let folder = shop(&[("cart/src/lib.rs", source)]);
    write(folder.path(), "Cargo.lock", cyclic.as_bytes());
    write(folder.path(), "cart/src/a\u{1b}[31m\n::error::x.rs", b"");
    let told = run(folder.path(), "impact");
    assert_eq!(told.code, 0, "{}", told.transcript());
    assert!(!told.output.contains('\u{1b}') && !told.output.contains("\n::error"), "{}", told.transcript());
    for format in ["json", "names", "matrix"] {
        let told = run(folder.path(), &format!("impact --format {format}"));
        assert!(!told.output.contains('\u{1b}'), "{}", told.transcript());
    }
    // A lock file of many crates, each of which needs the next.
    let mut long = String::from(
        "version = 4\n[[package]]\nname = \"cart\"\nversion = \"0.0.0\"\ndependencies = [\"c0\"]\n",
    );
    for at in 0..20_000 {
        long += &format!(
            "[[package]]\nname = \"c{at}\"\nversion = \"1.0.0\"\nsource = \"r\"\ndependencies = [\"c{}\"]\n",
            at + 1
        );
    }
    write(folder.path(), "Cargo.lock", long.as_bytes());
    assert_eq!(run(folder.path(), "impact --format names").code, 0);
}

#[test]
fn a_lock_file_that_can_not_be_read_is_a_problem() {
    let folder = shop(&[]);
    write(folder.path(), "Cargo.lock", b"[[package\n");
    let told = run(folder.path(), "impact --what build --format names");
    assert_eq!(told.code, 2, "{}", told.transcript());
    assert!(told.output.contains("stock") && told.messages.contains("Cargo.lock"), "{}", told.transcript());
}
