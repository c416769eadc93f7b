//! JUnit's XML, for systems that show tests and nothing else.
//!
//! A rule is a suite, a finding a case. What is at level deny has failed; a warning has passed, with its
//! text as the output: JUnit knows no warnings, and a system that counts failures would stop at one.
//! What is inherited, in the baseline or excepted is skipped, with the reason.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::findings::Finding;
use crate::rules::Level;
use crate::text::{Fault, RepoPath};

use super::words::{bounded, owners};
use super::{Texts, Told, safe_line};

/// How many characters of one text are shown.
const LONGEST: usize = 1_000;

/// One XML document, with a line feed at its end.
pub fn render(told: &Told<'_>, texts: &Texts<'_>) -> String {
    let mut suites: BTreeMap<&str, Vec<TestCase>> = BTreeMap::new();
    let mut add = |finding: &'_ Finding, rule, status| {
        suites.entry(rule).or_default().push(of_finding(finding, status, texts));
    };
    for finding in told.findings {
        add(finding, finding.rule.as_str(), counts(finding, texts));
    }
    for finding in told.inherited {
        add(finding, &finding.rule, skipped("inherited", "the base of the change has it already"));
    }
    for one in told.baselined {
        add(&one.finding, &one.finding.rule, skipped("baseline", &one.reason));
    }
    for one in told.excepted {
        let reason = told.exceptions.get(one.exception).map_or("", |exception| &exception.reason);
        add(&one.finding, &one.finding.rule, skipped("exception", reason));
    }
    let mut report = Report::new(env!("CARGO_PKG_NAME"));
    report.add_test_suites(of_problems(told, texts));
    for (rule, cases) in suites {
        let mut suite = TestSuite::new(plain(rule));
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    if told.findings.is_empty() && told.problems.is_empty() {
        report.add_test_suite(clean());
    }
    // The published schema knows the number of skipped cases of a suite, and not that of all of them; the
    // root is what comes first. Writing into a string does not fail.
    let unknown = format!(" skipped=\"{}\"", report.skipped);
    let xml = report.to_string().map(|xml| xml.replacen(&unknown, "", 1));
    xml.map(|xml| xml.trim_end().to_owned() + "\n").unwrap_or_default()
}

/// One case that has passed: a system that finds no test at all takes that for a fault.
fn clean() -> TestSuite {
    let mut suite = TestSuite::new(env!("CARGO_PKG_NAME"));
    let mut case = TestCase::new("no findings", TestCaseStatus::success());
    case.set_classname(env!("CARGO_PKG_NAME"));
    suite.add_test_case(case);
    suite
}

fn of_problems(told: &Told<'_>, texts: &Texts<'_>) -> Option<TestSuite> {
    let own = told.problems.iter().map(|fault| of_problem(fault, failed(fault, texts)));
    let reason = "the base of the change has it already";
    let inherited =
        told.inherited_problems.iter().map(|fault| of_problem(fault, skipped("inherited", reason)));
    let cases: Vec<TestCase> = own.chain(inherited).collect();
    let mut suite = TestSuite::new("problem");
    suite.add_test_cases(cases);
    (!suite.test_cases.is_empty()).then_some(suite)
}

fn failed(fault: &Fault, texts: &Texts<'_>) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(plain(&fault.message)).set_type("problem");
    let position = fault.span.and_then(|span| Some(texts.position(&RepoPath::new(&fault.path)?, span)));
    let mut lines = Vec::new();
    if let Some(position) = position {
        let at = format!("{}:{}:{}", fault.path, position.line, position.column);
        lines.push(format!("{}: {}", plain(&at).as_str(), plain(&fault.label).as_str()));
    }
    if !fault.help.is_empty() {
        lines.push(format!("help: {}", plain(&fault.help).as_str()));
    }
    if !lines.is_empty() {
        status.set_description(lines.join("\n"));
    }
    status
}

fn of_problem(fault: &Fault, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(plain(&fault.path), status);
    case.set_classname("problem");
    case
}

/// What a finding that counts does to its case.
fn counts(finding: &Finding, texts: &Texts<'_>) -> TestCaseStatus {
    if finding.level != Level::Deny {
        return TestCaseStatus::success();
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(plain(&finding.message)).set_type(plain(&finding.rule));
    status.set_description(described(finding, texts));
    status
}

fn skipped(kind: &str, reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(plain(&format!("{kind}: {reason}")));
    status
}

/// The identity is the name of the case: systems that keep a history of tests find it again.
fn of_finding(finding: &Finding, status: TestCaseStatus, texts: &Texts<'_>) -> TestCase {
    let is_warning = matches!(status, TestCaseStatus::Success { .. });
    let name = finding.identity.strip_prefix(&finding.rule).unwrap_or(&finding.identity).trim();
    let name = if name.is_empty() { &finding.rule } else { name };
    let mut case = TestCase::new(plain(name), status);
    case.set_classname(plain(&finding.rule));
    if is_warning {
        let message = plain(&finding.message);
        let text = format!("warning: {}\n{}", message.as_str(), described(finding, texts).as_str());
        case.set_system_out(text);
    }
    case
}

/// Where, who, and what to do: one line each.
fn described(finding: &Finding, texts: &Texts<'_>) -> XmlString {
    let mut lines = Vec::new();
    for place in finding.places.iter().take(10) {
        let position = texts.position(&place.location.path, place.location.span);
        let at = format!("{}:{}:{}", place.location.path, position.line, position.column);
        lines.push(format!("{}: {}", plain(&at).as_str(), plain(&place.label).as_str()));
    }
    let owners = owners(finding);
    if !owners.is_empty() {
        lines.push(format!("owners: {}", plain(&owners).as_str()));
    }
    lines.extend(finding.help.iter().map(|help| format!("help: {}", plain(help).as_str())));
    XmlString::new(lines.join("\n"))
}

/// One line without what XML can't hold, not even as a number: control characters and two that are no
/// characters at all.
fn plain(text: &str) -> XmlString {
    let text = safe_line(&bounded(text, LONGEST));
    XmlString::new(text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}
