//! What the YAML files of others cost: a repository of 2,000 of them, of which 60 are ours. Medians and ratios
//! of one process, since machines differ.
//!
//! ```text
//! cargo bench --bench yaml_files [-- --rounds 30]
//! ```
//!
//! The floor walks the tree and reads every YAML file, by the same threads, and looks for the words without
//! which a file can't be ours. Reading facts comes next, and then the same without any file of ours: what a
//! repository pays that deploys nothing. All three take turns.

#![allow(clippy::print_stdout, clippy::expect_used, clippy::panic, reason = "a tool for developers")]
#![allow(clippy::disallowed_methods, reason = "it writes a temporary repository")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use memchr::memmem;
use watertight::snapshot::{Snapshot, WorkTree};
use watertight::sources::read_all;
use watertight::text::RepoPath;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let rounds = arguments.iter().position(|argument| argument == "--rounds");
    let rounds =
        rounds.and_then(|at| arguments.get(at + 1)).map_or(30, |count| count.parse().expect("a number"));
    let with = tempfile::tempdir().expect("a temporary folder");
    let without = tempfile::tempdir().expect("a temporary folder");
    let bytes = generate(with.path(), true);
    generate(without.path(), false);
    let mut times: [Vec<u128>; 4] = Default::default();
    let mut found = [0; 4];
    for round in 0..=rounds {
        let runs: [&dyn Fn() -> usize; 4] =
            [&|| floor(with.path()), &|| facts(with.path()), &|| floor(without.path()), &|| {
                facts(without.path())
            }];
        for (at, run) in runs.iter().enumerate() {
            let start = Instant::now();
            found[at] = run();
            if round > 0 {
                times[at].push(start.elapsed().as_micros());
            }
        }
    }
    let median = |times: &[u128]| {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        sorted[sorted.len() / 2] as f64
    };
    println!("2,000 YAML files, {:.1} MiB, medians of {rounds} rounds", bytes as f64 / 1024.0 / 1024.0);
    for (at, name) in ["floor", "facts", "floor without ours", "facts without ours"].iter().enumerate() {
        println!("{name:<22} {:>8.2} ms, {} files", median(&times[at]) / 1000.0, found[at]);
    }
    println!("facts / floor              {:>5.2}", median(&times[1]) / median(&times[0]));
    println!("the same without ours      {:>5.2}", median(&times[3]) / median(&times[2]));
}

/// Walks the tree and looks into every YAML file.
fn floor(root: &Path) -> usize {
    let tree = WorkTree::open(root).expect("a folder");
    let count = AtomicUsize::new(0);
    let visit = |path: &RepoPath| {
        let bytes = tree.read(path).expect("a file");
        let holds = |word: &str| memmem::find(&bytes, word.as_bytes()).is_some();
        if holds("services") || holds("include") || holds("apiVersion") {
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    tree.list(&|_, name| name.ends_with(".yaml") || name.ends_with(".yml"), &visit);
    count.into_inner()
}

/// Reads the facts of all files.
fn facts(root: &Path) -> usize {
    let tree = WorkTree::open(root).expect("a folder");
    let (_, reading) = read_all(&tree, &|_, _| false, &|_| false, None);
    assert_eq!(reading.problems, []);
    reading.facts.len()
}

/// Writes the repository; tells how many bytes it has.
fn generate(root: &Path, with_ours: bool) -> usize {
    let mut bytes = 0;
    let mut write = |path: String, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
        bytes += text.len();
    };
    for at in 0..2_000 {
        let team = at % 40;
        match at % 100 {
            0..2 if with_ours => write(format!("services/s{at}/compose.yaml"), &compose(at)),
            2 if with_ours => write(format!("deploy/s{at}.yaml"), &deployment(at)),
            0..25 => write(format!("packages/p{team}/.github/workflows/w{at}.yml"), &workflow(at)),
            25..35 => write(format!("packages/p{team}/openapi/a{at}.yaml"), &openapi(at)),
            35..40 => write(format!("packages/p{team}/crds/c{at}.yaml"), &definition(at)),
            40..55 => write(format!("charts/c{team}/values-{at}.yaml"), &values(at)),
            _ => write(format!("packages/p{team}/testdata/t{at}.yaml"), &test_data(at)),
        }
    }
    bytes
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        text.push_str(&line(at));
        text
    })
}

fn compose(at: usize) -> String {
    let mut text = "services:\n".to_owned();
    for service in 0..4 {
        write!(text, "  s{at}-{service}:\n    build: ./s{service}\n    depends_on: [db]\n    environment:\n")
            .expect("written");
        text += &lines(12, |variable| {
            format!("      VARIABLE_{variable}: http://s{at}-{}:80/{variable}\n", variable % 4)
        });
    }
    text + "  db:\n    image: postgres:16\n"
}

fn deployment(at: usize) -> String {
    let variables =
        lines(12, |variable| format!("        - name: V{variable}\n          value: http://s{variable}/\n"));
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: s{at}\nspec:\n  template:\n    metadata:\n      \
         labels: {{app: s{at}}}\n    spec:\n      containers:\n      - name: main\n        image: shop/s{at}\n        env:\n{variables}"
    )
}

/// About 3 KiB, with the services of its jobs.
fn workflow(at: usize) -> String {
    let steps = lines(30, |step| {
        format!(
            "      - name: Step {step} of {at}\n        run: |\n          cargo test --package p{step}\n          echo done\n"
        )
    });
    format!(
        "name: w{at}\non:\n  push:\n    paths-include: [a]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    services:\n      \
         db:\n        image: postgres\n    steps:\n{steps}"
    )
}

/// About 60 KiB.
fn openapi(at: usize) -> String {
    let paths = lines(150, |path| {
        format!(
            "  /services/{path}:\n    get:\n      operationId: get{path}\n      summary: Includes what {at} has\n      \
             parameters:\n        - name: id\n          in: query\n          schema:\n            type: string\n      \
             responses:\n        \"200\":\n          description: What is there\n          content:\n            \
             application/json:\n              schema:\n                $ref: \"#/components/schemas/S{path}\"\n"
        )
    });
    format!("openapi: 3.1.0\ninfo:\n  title: a{at}\n  version: \"1\"\npaths:\n{paths}")
}

/// About 120 KiB.
fn definition(at: usize) -> String {
    let properties = lines(900, |property| {
        format!(
            "              field{property}:\n                description: What kind of thing the field has\n                \
             type: string\n"
        )
    });
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: c{at}.example.com\nspec:\n  \
         group: example.com\n  names:\n    kind: C{at}\n  versions:\n    - name: v1\n      schema:\n        \
         openAPIV3Schema:\n          properties:\n            apiVersion:\n              type: string\n            kind:\n              \
         type: string\n            spec:\n{properties}"
    )
}

/// About 4 KiB.
fn values(at: usize) -> String {
    let keys = lines(120, |key| format!("  key{key}:\n    enabled: true\n    name: v{at}\n"));
    format!("image:\n  tag: \"{at}\"\nservice:\n{keys}")
}

/// Mostly small, some of 40 KiB.
fn test_data(at: usize) -> String {
    let count = if at.is_multiple_of(17) { 800 } else { 20 };
    format!(
        "cases:\n{}",
        lines(count, |case| format!("  - name: case {case} of {at}\n    expected: [1, 2, 3]\n"))
    )
}
