//! The answer to "may this be coupled to that?".

use std::borrow::Cow;

use serde::Serialize;

use crate::graph::CouplingKind;
use crate::insight::Answer;

use super::paint::{BOLD, DIM, GREEN, RED, of_level, paint, wrapped};
use super::pretty::to_json;
use super::{Style, Texts, masked_message, safe_line};

/// The version of the format for programs.
const VERSION: u32 = 1;

/// What the one does with the other, behind "may".
fn infinitive(kind: CouplingKind) -> &'static str {
    match kind {
        CouplingKind::Code => "compile against",
        CouplingKind::Build => "be built with",
        CouplingKind::Test => "be tested with",
        CouplingKind::Call => "use the API of",
        CouplingKind::Start => "wait for",
        CouplingKind::Data => "use",
        CouplingKind::Release => "be released with",
        CouplingKind::Change => "change together with",
    }
}

/// For a person: yes or no, what decides, what to do instead.
pub fn answer(answer: &Answer, texts: &Texts<'_>, style: Style) -> String {
    let [from, to] = &answer.units;
    let verb = infinitive(answer.kind);
    let (word, sentence) = match answer.is_allowed {
        true => (paint("yes", GREEN, style), format!("`{from}` may {verb} `{to}`")),
        false => (paint("no", RED, style), format!("`{from}` may not {verb} `{to}`")),
    };
    let there = if answer.is_there { ", and does already" } else { "" };
    let mut output = format!("{word}: {}{there}\n", safe_line(&sentence));
    for finding in &answer.findings {
        let tag = format!("{}[{}]", finding.level.word(), finding.rule);
        output += &format!("  {}\n", paint(&tag, of_level(finding.level), style));
        output += &wrapped(&safe_line(&finding.message), "    ", "    ", style);
    }
    output += &format!("\n{}\n", paint("decided by", BOLD, style));
    for reason in &answer.reasons {
        output += &wrapped(&safe_line(&reason.text), "  ", "    ", style);
        if let Some(location) = &reason.location {
            let position = texts.position(&location.path, location.span);
            let place = format!("    {}:{}", safe_line(location.path.as_str()), position.line);
            output += &format!("{}\n", paint(&place, DIM, style));
        }
    }
    if !answer.instead.is_empty() {
        output += &format!("\n{}\n", paint("instead", BOLD, style));
        for text in &answer.instead {
            output += &wrapped(&safe_line(text), "  - ", "    ", style);
        }
    }
    style.finished(output)
}

#[derive(Serialize)]
struct AnswerRecord<'a> {
    version: u32,
    allowed: bool,
    from: &'a str,
    to: &'a str,
    kind: &'static str,
    already_there: bool,
    findings: Vec<FindingRecord<'a>>,
    decided_by: Vec<ReasonRecord<'a>>,
    instead: &'a [String],
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    level: &'static str,
    message: Cow<'a, str>,
}

#[derive(Serialize)]
struct ReasonRecord<'a> {
    text: &'a str,
    path: Option<&'a str>,
    line: Option<usize>,
}

/// For a program.
pub fn answer_json(answer: &Answer, texts: &Texts<'_>) -> String {
    let findings = answer.findings.iter().map(|finding| FindingRecord {
        rule: &finding.rule,
        level: finding.level.word(),
        message: masked_message(&finding.message),
    });
    let record = AnswerRecord {
        version: VERSION,
        allowed: answer.is_allowed,
        from: &answer.units[0],
        to: &answer.units[1],
        kind: answer.kind.word(),
        already_there: answer.is_there,
        findings: findings.collect(),
        decided_by: answer
            .reasons
            .iter()
            .map(|reason| {
                let location = reason.location.as_ref();
                ReasonRecord {
                    text: &reason.text,
                    path: location.map(|location| location.path.as_str()),
                    line: location.map(|location| texts.position(&location.path, location.span).line),
                }
            })
            .collect(),
        instead: &answer.instead,
    };
    to_json(&record)
}
