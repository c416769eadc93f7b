//! What a check of a change tells, in every format: new, inherited, accepted, gone, before and after.

use crate::Repository;
use crate::baseline::{BaselineSize, Baselined};
use crate::features::Configuration;
use crate::findings::Finding;
use crate::insight::Independence;
use crate::snapshot::{Gap, MemorySnapshot};
use crate::text::{Date, Fault, RepoPath};

use super::{Compared, Numbers, Style, Texts, Told};

const CONFIGURATION: &str = r#"
[features.cart]
paths = ["cart"]
owner = "@shop/cart"
[features.stock]
paths = ["stock"]
owner = "@shop/stock"
[features.users]
paths = ["users"]
[features.mail]
paths = ["mail"]
[[exceptions]]
rule = "unshared-coupling"
from = "feature:stock"
to = "feature:cart"
reason = "moves to an API with the next release"
"#;

/// A repository with findings for every place in a report: each finding is told once.
struct Change {
    snapshot: MemorySnapshot,
    repository: Repository,
    compared: Compared,
    problem: Fault,
    gaps: Vec<Gap>,
}

/// Findings of a change, by what they are to it.
struct Parts {
    findings: Vec<Finding>,
    inherited: Vec<Finding>,
    baselined: Vec<Baselined>,
    gone: Vec<Finding>,
}

impl Change {
    fn new(configuration: &str, base: &str, gap: &str) -> Self {
        let package = |name: &str, uses: &[&str]| {
            let line = |used: &&str| format!("{used} = {{ path = \"../{used}\" }}\n");
            let dependencies: String = uses.iter().map(line).collect();
            format!("[package]\nname = \"{name}\"\n\n[dependencies]\n{dependencies}")
        };
        let mut files = vec![("watertight.toml".to_owned(), configuration.to_owned())];
        for (name, uses) in [
            ("cart", &["stock", "users", "mail"][..]),
            ("stock", &["cart"]),
            ("users", &["stock"]),
            ("mail", &["stock", "users"]),
        ] {
            files.push((format!("{name}/Cargo.toml"), package(name, uses)));
            files.push((format!("{name}/src/lib.rs"), String::new()));
        }
        let snapshot = MemorySnapshot::new(files);
        let path = RepoPath::new("watertight.toml").unwrap();
        let (read, faults) = Configuration::read(&path, configuration);
        assert!(faults.is_empty(), "{faults:?}");
        let today = Date::new("2026-11-24").unwrap();
        let repository = Repository::load(&snapshot, read, today, None).unwrap();
        let compared = Compared {
            named: base.to_owned(),
            commit: "1a2b3c4d".to_owned(),
            is_merge_base: true,
            note: None,
        };
        let problem = Fault::of(&RepoPath::new("old/Cargo.toml").unwrap(), "this is not TOML".to_owned());
        let gaps = vec![Gap { path: gap.to_owned(), span: None, what: "a Helm template".into() }];
        Self { snapshot, repository, compared, problem, gaps }
    }

    /// Calls back with everything that is told.
    fn tell<T>(&self, use_it: impl FnOnce(&Told<'_>, &Texts<'_>) -> T) -> T {
        let verdict = self.repository.judge();
        let of_rule = |finding: &Finding| finding.rule == "unshared-coupling";
        let mut all: Vec<Finding> = verdict.findings.into_iter().filter(of_rule).collect();
        assert!(all.len() >= 5 && !verdict.excepted.is_empty(), "{}", all.len());
        let mut parts = Parts {
            gone: all.split_off(all.len() - 1),
            baselined: Vec::new(),
            inherited: all.split_off(all.len() - 1),
            findings: Vec::new(),
        };
        let reason = "there when the tool came".to_owned();
        parts.baselined.extend(all.pop().map(|finding| Baselined { finding, reason }));
        parts.findings = all;
        // Spans of the base would lie beyond the end of what stands there now.
        for place in parts.gone.iter_mut().flat_map(|finding| &mut finding.places) {
            place.location.span.start = 90_000;
            place.location.span.end = 90_001;
        }
        let numbers = |independent, left| Numbers {
            independence: Some(Independence { independent, pairs: 12 }),
            features: 4,
            packages: 4,
            services: 0,
            couplings: 7,
            baseline: Some(BaselineSize { left, first: 57, accepted: 3, stale: 2 }),
        };
        let told = Told {
            findings: &parts.findings,
            inherited: &parts.inherited,
            baselined: &parts.baselined,
            excepted: &verdict.excepted,
            exceptions: &self.repository.configuration.exceptions,
            gone: &parts.gone,
            problems: &[],
            inherited_problems: std::slice::from_ref(&self.problem),
            gaps: &self.gaps,
            compared: Some(&self.compared),
            now: numbers(5, 41),
            before: Some(numbers(4, 42)),
            excluded: 0,
            of_other_owners: 6,
        };
        use_it(&told, &Texts::new(&self.snapshot))
    }
}

fn change() -> Change {
    Change::new(CONFIGURATION, "main", "charts/app.yaml")
}

const PLAIN: Style = Style::PLAIN;

#[test]
fn a_change_is_told_to_a_person() {
    insta::assert_snapshot!(change().tell(|told, texts| super::human(told, texts, PLAIN)));
}

#[test]
fn what_is_inherited_and_what_is_not_read_is_listed_when_asked_for() {
    let style = Style { inherited: true, gaps: true, ..PLAIN };
    insta::assert_snapshot!(change().tell(|told, texts| super::human(told, texts, style)));
}

#[test]
fn a_change_is_told_in_a_comment() {
    insta::assert_snapshot!(change().tell(super::markdown));
}

#[test]
fn a_change_is_told_to_systems_that_show_tests() {
    insta::assert_snapshot!(change().tell(super::junit));
}

#[test]
fn a_change_is_told_to_a_program() {
    insta::assert_snapshot!(change().tell(super::json));
}

#[test]
fn a_change_is_told_to_gitlab_with_what_is_inherited() {
    insta::assert_snapshot!(change().tell(super::gitlab));
}

#[test]
fn only_what_counts_is_told_to_editors_and_annotated() {
    insta::assert_snapshot!(change().tell(super::compact));
    insta::assert_snapshot!(change().tell(super::github));
}

#[test]
fn each_result_of_a_change_says_what_it_is_to_it() {
    let change = change();
    let log = change.tell(|told, texts| super::sarif(told, texts, &change.repository.rules));
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<String> = results
        .iter()
        .map(|result| {
            format!(
                "{} {} {}",
                result["baselineState"],
                result["suppressions"][0]["justification"],
                result["locations"][0]["physicalLocation"]["region"]["startLine"],
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

/// Too much for a comment: it stays below the limit, says how much is left out, and keeps its end.
#[test]
fn a_comment_is_bounded() {
    change().tell(|told, texts| {
        let one = &told.findings[0];
        let many: Vec<Finding> = (0..5_000)
            .map(|at| Finding { message: format!("{at}: {}", one.message), ..one.clone() })
            .collect();
        let told = Told { findings: &many, ..*told };
        let comment = super::markdown(&told, texts);
        assert!(comment.len() < 65_536, "{}", comment.len());
        assert!(comment.contains("more, for which there is no room here"));
        assert!(comment.contains("| independence | 4 of 12 (33 %) | 5 of 12 (41 %) |"));
        assert!(super::job_summary(&told, texts).len() < 1024 * 1024);
        let annotations = super::github(&told, texts);
        assert_eq!(annotations.lines().filter(|line| line.starts_with("::error ")).count(), 10);
        assert!(annotations.contains("::notice title=watertight::and 4990 more errors"), "{annotations}");
    });
}

/// Boundaries that a change loosens stand before everything else, under a heading of their own.
#[test]
fn loosened_boundaries_come_first() {
    change().tell(|told, texts| {
        let mut findings = told.findings.to_vec();
        if let Some(last) = findings.last_mut() {
            last.rule = "loosened-boundary".to_owned();
            last.message = "the base forbids this".to_owned();
        }
        assert!(findings.len() > 1);
        // As a change hands them over.
        findings.rotate_right(1);
        let told = Told { findings: &findings, ..*told };
        let comment = super::markdown(&told, texts);
        let at = |part: &str| comment.find(part).unwrap_or_else(|| panic!("{part} in {comment}"));
        assert!(at("#### Boundaries that this change loosens") < at("#### `@shop/cart`"));
    });
}

/// What only a change brings, a base's name and gaps among it, can't do anything either.
#[test]
fn what_a_change_brings_is_harmless_too() {
    let hostile = "main\n::error::pwned \u{1b}[2J\u{202e}##[error]x <b>`@me` [a](b)</b>";
    let owner = format!("owner = {}", toml::Value::String(hostile.to_owned()));
    let configuration = CONFIGURATION.replace("owner = \"@shop/stock\"", &owner);
    let change = Change::new(&configuration, hostile, hostile);
    let style = Style { inherited: true, gaps: true, all: true, ..PLAIN };
    change.tell(|told, texts| {
        let formats = [
            super::human(told, texts, style),
            super::compact(told, texts),
            super::github(told, texts),
            super::markdown(told, texts),
            super::junit(told, texts),
            super::json(told, texts),
            super::gitlab(told, texts),
            super::sarif(told, texts, &change.repository.rules),
        ];
        for output in formats {
            assert!(!output.contains(['\u{1b}', '\u{202e}']) && !output.contains("##["), "{output}");
            let is_hostile =
                |line: &str| line.trim_start().starts_with("::") && !line.contains("title=watertight");
            assert!(!output.lines().any(is_hostile), "{output}");
        }
        let comment = super::markdown(told, texts);
        let events = pulldown_cmark::Parser::new(comment.strip_prefix("<!-- watertight -->").unwrap());
        for event in events {
            use pulldown_cmark::{Event, Tag};
            let is_active =
                matches!(event, Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. }));
            assert!(!is_active, "{event:?} in {comment}");
        }
    });
}
