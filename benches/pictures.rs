//! How long pictures of the level of features take on a large repository.
//!
//! ```sh
//! cargo bench --bench pictures                # 1,000 features, 20,000 units
//! cargo bench --bench pictures -- --tangle    # coupled at random, and not to those near by
//! ```
//!
//! The repository is made in memory and read before; what is measured is what comes after judging.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "a tool for developers")]

use std::fmt::Write as _;
use std::time::Instant;

use watertight::Repository;
use watertight::draw::{
    DrawLevel, Judgement, LARGEST, LARGEST_MATRIX, Layout, Picture, View, dot, matrix_svg, mermaid, svg,
};
use watertight::features::Configuration;
use watertight::snapshot::MemorySnapshot;
use watertight::text::{Date, RepoPath};

const FEATURES: usize = 1000;
const PACKAGES: usize = 20;

fn main() {
    let is_tangle = std::env::args().any(|argument| argument == "--tangle");
    let repository = repository(is_tangle);
    let findings = repository.judge().findings;
    let judgement = Judgement { findings: &findings, accepted: &[] };
    let view = View::of(DrawLevel::Features);
    let graph = &repository.linked.graph;
    println!(
        "{} units, {} couplings, {} findings",
        graph.units().len(),
        graph.couplings().len(),
        findings.len()
    );
    let (picture, _) = timed("picture", || Picture::new(&repository, judgement, &view, LARGEST));
    println!("{:>10} nodes, {} edges", picture.nodes.len(), picture.edges.len());
    let (layout, _) = timed("layout", || Layout::new(&picture));
    println!("{:>10} plain: {}", "", layout.is_coarse);
    timed("svg", || svg(&picture, &layout));
    timed("dot", || dot(&picture));
    timed("mermaid", || mermaid(&repository, judgement, &view));
    timed("matrix", || matrix_svg(&Picture::new(&repository, judgement, &view, LARGEST_MATRIX)));
}

fn timed<T>(what: &str, work: impl Fn() -> T) -> (T, f64) {
    let start = Instant::now();
    let made = work();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    println!("{time:7.0} ms {what}");
    (made, time)
}

/// Random numbers, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }
}

/// Each feature has packages that build on each other, and builds on one or two others: near by, or anywhere.
fn repository(is_tangle: bool) -> Repository {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut text = String::new();
    for feature in 0..FEATURES {
        writeln!(text, "[features.f{feature}]\npaths = [\"f{feature}/**\"]").expect("written");
        for package in 0..PACKAGES {
            let mut manifest = format!("[package]\nname = \"f{feature}p{package}\"\n[dependencies]\n");
            if package > 0 {
                let to = random.below(package);
                writeln!(manifest, "f{feature}p{to} = {{ path = \"../p{to}\" }}").expect("written");
            }
            if feature > 0 && package % 10 == 9 && random.below(4) > 0 {
                let near = if is_tangle { feature } else { feature.min(12) };
                let to = feature - 1 - random.below(near);
                writeln!(manifest, "f{to}p0 = {{ path = \"../../f{to}/p0\" }}").expect("written");
            }
            files.push((format!("f{feature}/p{package}/Cargo.toml"), manifest.into_bytes()));
            files.push((format!("f{feature}/p{package}/src/lib.rs"), Vec::new()));
        }
    }
    let snapshot = MemorySnapshot::new(files.iter().map(|(path, bytes)| (path, bytes.clone())));
    let file = RepoPath::new("watertight.toml").expect("a path");
    let (configuration, faults) = Configuration::read(&file, &text);
    assert!(faults.is_empty(), "{faults:?}");
    let today = Date::new("2026-11-21").expect("a date");
    Repository::load(&snapshot, configuration, today, None).expect("a sound repository")
}
