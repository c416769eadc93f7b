//! Rule files → [`RuleSet`]: what must not be, as data.
//!
//! Invariant: a rule that was loaded can be judged: its condition is known, its selectors and the
//! placeholders of its texts exist. Built-in rules take the same path as any other.

mod condition;
mod selector;
mod template;

use crate::features::RuleSetting;
use crate::text::toml::{Table, parse, quoted};
use crate::text::{Fault, RepoPath, Spanned, nearest};

pub use condition::{Condition, CouplingCondition, CycleCondition, Declared, Excuse, PathCondition};
pub use selector::Selector;
pub use template::Template;

/// The rules that the tool brings: file stem and text, sorted by name.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in_rules.rs"));

/// What a rule's findings do to the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// They fail the check.
    Deny,
    /// They are shown.
    Warn,
    /// The rule is not judged.
    Off,
}

impl Level {
    /// Every level, the strictest first.
    pub const ALL: [Self; 3] = [Self::Deny, Self::Warn, Self::Off];

    /// The word in rule files and configurations.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Off => "off",
        }
    }

    fn read(word: &Spanned<String>, file: &RepoPath, faults: &mut Vec<Fault>) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|level| level.word() == word.value);
        if found.is_none() {
            let words = Self::ALL.map(Self::word);
            let message = format!("unknown level `{}`", word.value);
            let help = match nearest(&word.value, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("levels are {}", quoted(&words)),
            };
            faults.push(Fault::of(file, message).at(word.span, "not a level").help(help));
        }
        found
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: kebab-case, and it names the fault.
    pub id: String,
    /// What its findings do.
    pub level: Level,
    /// What it is about, in one line.
    pub summary: String,
    /// When it finds something.
    pub condition: Condition,
    /// What happened, as a sentence.
    pub message: Template,
    /// What to write under the line that causes it.
    pub label: Template,
    /// What to do about it, the best first.
    pub help: Vec<Template>,
    /// What it finds, why it matters, how to mend it, when to allow it; in Markdown.
    pub explanation: String,
}

/// The rules of a run, sorted by name.
#[derive(Debug)]
pub struct RuleSet {
    /// Those that are off are left in: they exist, and can be named.
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// The built-in rules with the levels of a configuration. Settings that name no rule or no level
    /// are faults, each with its place in `file`.
    pub fn load(settings: &[RuleSetting], file: &RepoPath, faults: &mut Vec<Fault>) -> Self {
        let mut rules = Vec::new();
        for (stem, text) in BUILT_IN {
            let path = RepoPath::from_normal(&format!("rules/{stem}.toml"));
            rules.extend(Rule::read(&path, text, faults));
        }
        for setting in settings {
            let level = Level::read(&setting.level, file, faults);
            let known: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
            let all = quoted(&known);
            let near = nearest(&setting.rule.value, known).map(str::to_owned);
            match rules.iter_mut().find(|rule| rule.id == setting.rule.value) {
                Some(rule) => rule.level = level.unwrap_or(rule.level),
                None => {
                    let message = format!("unknown rule `{}`", setting.rule.value);
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    let fault = Fault::of(file, message).at(setting.rule.span, "no rule of this name");
                    faults.push(fault.help(help.unwrap_or_else(|| format!("rules are {all}"))));
                }
            }
        }
        Self { rules }
    }

    /// The rules that are judged.
    pub fn active(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.level != Level::Off)
    }
}

impl Rule {
    /// Reads a rule file.
    pub fn read(path: &RepoPath, text: &str, faults: &mut Vec<Fault>) -> Option<Self> {
        let before = faults.len();
        let (entries, syntax) = parse(text, path);
        faults.extend(syntax);
        let table = Table::new(&entries, path);
        let mut required = |key: &'static str| {
            let found = table.string(key, faults);
            if found.is_none() && table.get(key).is_none() {
                faults.push(Fault::of(path, format!("this rule has no `{key}`")));
            }
            found
        };
        let (id, level, summary) = (required("id"), required("level"), required("summary"));
        let (message, label) = (required("message"), required("label"));
        let explanation = required("explanation");
        let help = table.strings("help", faults);
        let condition = Condition::read(&table, faults);
        table.deny_unknown("this rule", faults);
        let condition = condition?;
        let mut template = |text: Spanned<String>| Template::read(text, &condition, path, faults);
        let message = message.and_then(&mut template);
        let label = label.and_then(&mut template);
        let help: Vec<_> = help.into_iter().filter_map(template).collect();
        let level = level.and_then(|level| Level::read(&level, path, faults));
        if faults.len() > before {
            return None;
        }
        Some(Self {
            id: id?.value,
            level: level?,
            summary: summary?.value,
            condition,
            message: message?,
            label: label?,
            help,
            explanation: explanation?.value,
        })
    }
}
