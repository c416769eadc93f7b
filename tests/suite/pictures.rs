//! `watertight graph`: what is drawn, in each format, and that those for whom it is written can read it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tools::{mermaid_reader, succeed};
use crate::watertight::{repository, run, testdata};

/// Features that build on each other in a row, a test, a circle, one that is alone, and a shared package.
const CONFIGURATION: &str = r#"
[features.a]
paths = ["a"]
[features.b]
paths = ["b"]
owner = "@b"
[features.c]
paths = ["c"]
[features."d/one"]
paths = ["one"]
[features."d/two"]
paths = ["two"]
[features.alone]
paths = ["alone"]
[features.tested]
paths = ["tested"]
[shared]
paths = ["common"]
[[couplings]]
from = "one"
to = "two"
kind = "code"
reason = "shown here"
[[couplings]]
from = "two"
to = "one"
kind = "data"
reason = "shown here"
"#;

fn small() -> tempfile::TempDir {
    let package = |name: &str, dependencies: &str, tests: &str| {
        let lines = |names: &str| {
            let line = |name: &str| format!("{name} = {{ path = \"../{name}\" }}\n");
            names.split_whitespace().map(line).collect::<String>()
        };
        format!(
            "[package]\nname = \"{name}\"\n[dependencies]\n{}[dev-dependencies]\n{}",
            lines(dependencies),
            lines(tests)
        )
    };
    repository(&[
        ("watertight.toml", CONFIGURATION),
        ("a/Cargo.toml", &package("a", "b common", "")),
        ("b/Cargo.toml", &package("b", "c common", "")),
        ("c/Cargo.toml", &package("c", "", "")),
        ("one/Cargo.toml", &package("one", "", "")),
        ("two/Cargo.toml", &package("two", "", "")),
        ("alone/Cargo.toml", &package("alone", "common", "")),
        ("tested/Cargo.toml", &package("tested", "", "c")),
        ("common/Cargo.toml", &package("common", "", "")),
    ])
}

/// The nodes, and the edges with what is said about them.
fn drawn(folder: &Path, arguments: &str) -> (Vec<String>, Vec<String>) {
    let graph = run(folder, format!("graph --format json {arguments}").trim()).json();
    let text = |value: &Value| value.as_str().expect("text").trim_start_matches("feature:").to_owned();
    let nodes = graph["nodes"].as_array().expect("nodes").iter().map(|node| text(&node["id"])).collect();
    let edge =
        |edge: &Value| format!("{} {} {}", text(&edge["from"]), text(&edge["to"]), text(&edge["standing"]));
    (nodes, graph["edges"].as_array().expect("edges").iter().map(edge).collect())
}

#[test]
fn features_are_drawn_with_what_the_rules_say() {
    let (nodes, edges) = drawn(small().path(), "");
    assert_eq!(nodes, ["a", "alone", "b", "c", "d/one", "d/two", "tested"]);
    let found = ["a b denied", "b c denied", "d/one d/two denied", "d/two d/one free", "tested c warned"];
    assert_eq!(edges, found);
}

#[test]
fn a_part_is_drawn_where_one_is_asked_for() {
    let folder = small();
    let nodes = |arguments: &str| drawn(folder.path(), arguments).0;
    assert_eq!(nodes("--focus a"), ["a", "b"]);
    assert_eq!(nodes("--focus a --depth 2"), ["a", "b", "c"]);
    assert_eq!(nodes("--focus c --depth 0"), ["c"]);
    assert_eq!(nodes("--focus a --focus alone"), ["a", "alone", "b"]);
    assert_eq!(nodes("--focus d"), ["d/one", "d/two"]);
    assert_eq!(nodes("--from b"), ["b", "c"]);
    assert_eq!(nodes("--to b"), ["a", "b"]);
    assert_eq!(nodes("--from a --to b"), ["a", "b"]);
    assert_eq!(nodes("--only-findings"), ["a", "b", "c", "d/one", "d/two", "tested"]);
    assert_eq!(nodes("--fold"), ["a", "alone", "b", "c", "d", "tested"]);
    assert_eq!(drawn(folder.path(), "--kinds test").1, ["tested c warned"]);
    assert_eq!(drawn(folder.path(), "--kinds data,test").1.len(), 2);
    let (nodes, edges) = drawn(folder.path(), "--with shared");
    assert!(nodes.contains(&"role:shared".to_owned()));
    assert!(edges.contains(&"alone role:shared free".to_owned()), "{edges:?}");
}

#[test]
fn what_is_accepted_or_excused_does_not_look_like_a_finding() {
    let folder = small();
    assert_eq!(run(folder.path(), "baseline").code, 0);
    let (_, edges) = drawn(folder.path(), "");
    assert!(edges.iter().all(|edge| edge.ends_with(" accepted") || edge == "d/two d/one free"), "{edges:?}");
    assert_eq!(drawn(folder.path(), "--only-findings").0, Vec::<String>::new());
    let shares = CONFIGURATION.replace(".a]\n", ".a]\nresponsibilities = [\"money\"]\n");
    let shares = shares.replace(".b]\n", ".b]\nresponsibilities = [\"money\"]\n");
    let shares = format!("[responsibilities]\nmoney = \"It moves once.\"\n{shares}");
    std::fs::write(folder.path().join("watertight.toml"), shares).expect("written");
    let (_, edges) = drawn(folder.path(), "");
    assert_eq!(edges[0], "a b excused");
}

#[test]
fn a_shared_unit_that_lets_features_in_is_drawn_by_name() {
    let folder = small();
    let common = "[package]\nname = \"common\"\n[dependencies]\nalone = { path = \"../alone\" }\n";
    std::fs::write(folder.path().join("common/Cargo.toml"), common).expect("written");
    let alone = "[package]\nname = \"alone\"\n";
    std::fs::write(folder.path().join("alone/Cargo.toml"), alone).expect("written");
    let (nodes, edges) = drawn(folder.path(), "");
    assert!(nodes.contains(&"package:common".to_owned()), "{nodes:?}");
    for edge in ["package:common alone denied", "a package:common free", "b package:common free"] {
        assert!(edges.contains(&edge.to_owned()), "{edge}: {edges:?}");
    }
}

/// With nothing asked for, the JSON of units leaves nothing out; a part is a part of it.
#[test]
fn units_as_json_are_all_or_the_part_that_is_asked_for() {
    let folder = small();
    let units = |arguments: &str| {
        let graph =
            run(folder.path(), format!("graph --level units --format json {arguments}").trim()).json();
        let count = |field: &str| graph[field].as_array().expect("a list").len();
        (count("units"), count("couplings"))
    };
    assert_eq!(units(""), (8, 8));
    assert_eq!(units("--focus a"), (2, 1));
    assert_eq!(units("--focus common"), (4, 4));
    assert_eq!(units("--kinds test"), (7, 1));
    assert_eq!(units("--kinds test --with shared"), (8, 1));
}

#[test]
fn the_sample_is_drawn_in_every_format() {
    let shop = testdata("monorepos/shop");
    for format in ["matrix", "matrix-svg", "svg", "dot", "mermaid", "csv"] {
        let told = run(&shop, &format!("graph --format {format}"));
        assert_eq!((told.code, told.messages.as_str()), (0, ""), "{}", told.transcript());
        insta::assert_snapshot!(format!("picture-{format}"), told.output);
    }
    insta::assert_snapshot!("picture-json", run(&shop, "graph --format json").output);
    insta::assert_snapshot!("picture-matrix-of-packages", run(&shop, "graph --level packages").output);
}

#[test]
fn a_file_gets_what_the_standard_output_would() {
    let folder = small();
    let told = run(folder.path(), "graph --format svg -o picture.svg");
    assert_eq!((told.code, told.output.as_str()), (0, ""));
    assert_eq!(told.messages, "written to `picture.svg`\n");
    let written = std::fs::read_to_string(folder.path().join("picture.svg")).expect("a file");
    assert_eq!(written, run(folder.path(), "graph --format svg").output);
    assert_eq!(run(folder.path(), "graph -o missing/picture.svg").code, 2);
}

/// Every feature coupled to every other one.
fn tangle(features: usize) -> tempfile::TempDir {
    use std::fmt::Write;
    let mut text = String::new();
    for at in 0..features {
        let _ = writeln!(text, "[features.\"group{}/feature{at}\"]", at % 7);
    }
    for from in 0..features {
        for to in (0..features).filter(|to| *to != from) {
            let names = [from, to].map(|at| format!("group{}/feature{at}", at % 7));
            let _ = writeln!(
                text,
                "[[couplings]]\nfrom = \"{}\"\nto = \"{}\"\nkind = \"code\"\nreason = \"x\"",
                names[0], names[1]
            );
        }
    }
    repository(&[("watertight.toml", &text)])
}

/// The repositories whose pictures others have to read, and what of them is drawn.
fn pictures(format: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let out = tempfile::tempdir().expect("a folder");
    let (small, tangle, hostile) = (small(), tangle(40), crate::hostile::hostile());
    let folders = [
        ("sample", testdata("monorepos/shop")),
        ("small", small.path().to_owned()),
        ("tangle", tangle.path().to_owned()),
        ("hostile", hostile.path().to_owned()),
    ];
    let mut files = Vec::new();
    for (name, folder) in folders {
        for level in ["features", "units", "packages", "services"] {
            let told = run(&folder, &format!("graph --format {format} --level {level}"));
            assert!(!told.output.is_empty(), "{}", told.transcript());
            let file = out.path().join(format!("{name}-{level}.{format}"));
            std::fs::write(&file, told.output).expect("written");
            files.push(file);
        }
    }
    (out, files)
}

#[test]
fn graphviz_accepts_every_dot() {
    let (_folder, files) = pictures("dot");
    let mut drawn = 0;
    for file in files {
        // `nop` reads as all of Graphviz does, and draws nothing: a tangle takes `dot` minutes.
        succeed(Command::new("nop").arg(&file));
        let text = std::fs::read_to_string(&file).expect("a file");
        if text.contains("splines=line") {
            continue;
        }
        let is_node = |line: &&str| {
            let line = line.trim_start();
            line.starts_with('n') && line.contains(" [label=") && !line.contains(" -> ")
        };
        let expected = text.lines().filter(is_node).count();
        let plain = succeed(Command::new("dot").arg("-Tplain").arg(&file));
        let count = plain.lines().filter(|line| line.starts_with("node ")).count();
        assert_eq!(count, expected, "{}", file.display());
        drawn += count;
    }
    assert!(drawn > 100, "{drawn}");
}

#[test]
fn mermaid_reads_every_picture_within_its_limits() {
    let (folder, mut files) = pictures("mermaid");
    let said = succeed(mermaid_reader().args(&files));
    assert_eq!(said.lines().filter(|line| line.starts_with("flowchart")).count(), files.len(), "{said}");
    assert!(said.lines().any(|line| line.contains("tangle-features") && line.contains(" 42 ")), "{said}");
    // A reader that accepts everything would prove nothing.
    let broken = folder.path().join("broken.mermaid");
    std::fs::write(&broken, "flowchart LR\n  n0[(\n").expect("written");
    files = vec![broken];
    let output = mermaid_reader().args(&files).output().expect("node runs");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("wrong "), "{output:?}");
}

/// An XML parser reads each document: only what draws is in it, and nothing that runs or leads anywhere.
const DRAWS_ONLY: &str = r#"
import sys, xml.etree.ElementTree as tree
known = {'svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'polygon', 'circle', 'text'}
for file in sys.argv[1:]:
    for element in tree.parse(file).iter():
        name = element.tag.replace('{http://www.w3.org/2000/svg}', '')
        assert name in known, (file, name)
        for key, value in element.attrib.items():
            assert not key.lower().startswith('on') and 'href' not in key, (file, key)
            assert key != 'style' or value.startswith('fill:#'), (file, value)
"#;

#[test]
fn svg_draws_and_does_nothing_else() {
    for format in ["svg", "matrix-svg"] {
        let (_folder, files) = pictures(format);
        succeed(Command::new("python3").args(["-c", DRAWS_ONLY]).args(&files));
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a file");
            assert!(!text.contains("url(") && !text.contains("@import"), "{}", file.display());
        }
    }
}

/// Each line has the columns of the head, and no cell is a formula.
const SHEET: &str = r#"
import csv, sys
for file in sys.argv[1:]:
    with open(file, newline='', encoding='utf-8') as lines:
        head, *rows = csv.reader(lines)
    assert len(head) == 10 and rows, file
    for row in rows:
        assert len(row) == len(head), (file, row)
        assert not any(cell.lstrip().startswith(('=', '+', '-', '@')) for cell in row), (file, row)
"#;

#[test]
fn csv_is_a_table_without_formulas() {
    let (_folder, files) = pictures("csv");
    let files: Vec<PathBuf> = files
        .into_iter()
        .filter(|file| std::fs::read_to_string(file).is_ok_and(|text| text.lines().count() > 1))
        .collect();
    assert!(files.len() > 8, "{files:?}");
    succeed(Command::new("python3").args(["-c", SHEET]).args(&files));
}

/// What is too much for a format is folded or reduced, and that is said.
#[test]
fn what_is_too_large_is_folded_and_says_so() {
    let folder = tangle(40);
    let mermaid = run(folder.path(), "graph --format mermaid").output;
    assert!(mermaid.contains("nested features are folded") && mermaid.contains("\"group0<br/>"), "{mermaid}");
    let svg = run(folder.path(), "graph --format svg").output;
    assert!(svg.contains("there are more couplings than can be drawn around"), "{}", svg.len());
    let flat = repository(&[(
        "watertight.toml",
        &std::fs::read_to_string(folder.path().join("watertight.toml")).expect("text").replace('/', "-"),
    )]);
    let mermaid = run(flat.path(), "graph --format mermaid").output;
    assert!(mermaid.contains("worst of 1560 arrows are drawn"), "{}", &mermaid[..300]);
}
