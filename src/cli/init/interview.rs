//! Asking a person about each proposed feature.

use std::collections::BTreeSet;
use std::io::{self, BufRead, IsTerminal, Write};

use crate::proposal::{Proposal, ProposedFeature, Shares};
use crate::report::safe_line;

/// What to do where nobody can be asked.
pub(super) const WITHOUT: &str =
    "without `--interactive`, everything that is proposed is written: rename it there";

/// Asks on the terminal that the program runs in.
///
/// # Errors
/// Why there was no answer, as a sentence.
pub(super) fn ask_on_terminal(proposal: &mut Proposal, declared: BTreeSet<String>) -> Result<(), String> {
    if !io::stdin().is_terminal() {
        return Err("`--interactive` asks questions, and there is no terminal to answer on".to_owned());
    }
    ask(proposal, declared, &mut io::stdin().lock(), &mut io::stderr().lock())
}

/// Asks about each feature that is not declared yet: whether to keep it, and under which name.
///
/// # Errors
/// As above.
fn ask(
    proposal: &mut Proposal,
    declared: BTreeSet<String>,
    answers: &mut dyn BufRead,
    questions: &mut dyn Write,
) -> Result<(), String> {
    let mut taken = declared;
    taken.extend(proposal.features.iter().map(|one| one.name.clone()));
    let mut kept = Vec::new();
    if proposal.features.iter().any(|feature| !feature.is_declared) {
        say(questions, "For each feature: Enter keeps it, another name renames it, `-` leaves it out.\n")?;
    }
    for mut feature in std::mem::take(&mut proposal.features) {
        if feature.is_declared || keeps(&mut feature, &mut taken, answers, questions)? {
            kept.push(feature);
        }
    }
    // What is left out belongs nowhere, so they are not what they were.
    proposal.shares = Shares::default();
    proposal.features = kept;
    proposal.features.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

fn keeps(
    feature: &mut ProposedFeature,
    taken: &mut BTreeSet<String>,
    answers: &mut dyn BufRead,
    questions: &mut dyn Write,
) -> Result<bool, String> {
    let holds = [feature.paths.join(", "), feature.deployables.join(", ")].concat();
    loop {
        let question = format!("  {} ({holds}; {}) ? ", feature.name, feature.why);
        say(questions, &safe_line(&question))?;
        let mut answer = String::new();
        match answers.read_line(&mut answer) {
            Err(error) => return Err(format!("the answer can't be read: {error}")),
            Ok(0) => return Err("there are no more answers; nothing is written".to_owned()),
            Ok(_) => {}
        }
        let is_name =
            |name: &str| !name.contains(['*', '/', ':', '{', '}']) && !name.chars().any(char::is_control);
        match answer.trim() {
            "" => return Ok(true),
            "-" => return Ok(false),
            name if is_name(name) && taken.insert(name.to_owned()) => {
                name.clone_into(&mut feature.name);
                return Ok(true);
            }
            name if is_name(name) => say(questions, "    there is a feature of that name\n")?,
            _ => say(questions, "    a name has none of `*`, `/`, `:`, `{`, `}`\n")?,
        }
    }
}

fn say(questions: &mut dyn Write, text: &str) -> Result<(), String> {
    let said = questions.write_all(text.as_bytes()).and_then(|()| questions.flush());
    said.map_err(|error| format!("the terminal can't be written to: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ask;
    use crate::proposal::{Proposal, ProposedFeature};

    fn asked(answers: &str) -> (Result<(), String>, Vec<String>, String) {
        let feature = |name: &str| ProposedFeature { name: name.to_owned(), ..ProposedFeature::default() };
        let features = vec![feature("cart"), feature("users")];
        let mut proposal = Proposal { features, ..Proposal::default() };
        let mut questions = Vec::new();
        let result =
            ask(&mut proposal, BTreeSet::from(["mine".to_owned()]), &mut answers.as_bytes(), &mut questions);
        let names = proposal.features.into_iter().map(|feature| feature.name).collect();
        (result, names, String::from_utf8(questions).expect("text"))
    }

    #[test]
    fn each_feature_is_kept_renamed_or_left_out() {
        assert_eq!(asked("\n\n").1, ["cart", "users"]);
        assert_eq!(asked("zoo\n-\n").1, ["zoo"]);
        let (_, names, questions) = asked("users\nmine\nbasket\n\n");
        assert_eq!(names, ["basket", "users"]);
        assert!(questions.contains("there is a feature of that name"), "{questions}");
    }

    #[test]
    fn no_more_answers_is_no_consent() {
        assert!(asked("\n").0.is_err());
    }
}
