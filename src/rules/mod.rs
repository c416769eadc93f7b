//! Rule files → [`RuleSet`]: what must not be, as data.
//!
//! Invariant: a rule that was loaded can be judged: its condition is known, its selectors and the
//! placeholders of its texts exist. Built-in rules and a user's take one path.

mod condition;
mod schema;
mod settings;
mod template;

use crate::features::{Configuration, Exception};
use crate::text::toml::{Table, known_word, parse};
use crate::text::{Fault, Location, RepoPath, Span, Spanned, nearest_or};

pub use condition::{
    CatalogCondition, Catalogued, ChainCondition, Condition, CopyCondition, CouplingCondition,
    CycleCondition, DeclarationCondition, Declared, LetsIn, Limit, MeetingCondition, Of, PathCondition,
    ReachCondition, Relation, Subject, Through, TriggerCondition,
};
pub use schema::{configuration_schema, feature_schema, rule_schema};
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
        known_word(word, &Self::ALL.map(|level| (level.word(), level)), "level", file, faults)
    }
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The tool brings it.
    BuiltIn,
    /// A file of the repository holds it.
    File,
    /// `[rules]` in the configuration holds it.
    Inline,
}

impl Origin {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::File => "rule file",
            Self::Inline => "inline",
        }
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: kebab-case, and it names the fault.
    pub id: String,
    /// What its findings do.
    pub level: Level,
    /// Where the configuration sets its level, if it does.
    pub set_at: Option<Location>,
    /// Where it comes from.
    pub origin: Origin,
    /// Where it is written.
    pub declared_at: Location,
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
    /// What it finds, why it matters, how to mend it, when to allow it, its options; in Markdown.
    pub explanation: String,
}

/// The rules of a run, sorted by name.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// Those that are off are left in: they exist, and can be named.
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// The rules that the tool brings, as it brings them.
    pub fn built_in() -> Self {
        let mut faults = Vec::new();
        let read = |(stem, text): &(&str, &str)| {
            let path = RepoPath::from_normal(&format!("rules/{stem}.toml"));
            Rule::read(&path, text, Origin::BuiltIn, &mut faults)
        };
        let rules = BUILT_IN.iter().filter_map(read).collect();
        debug_assert!(faults.is_empty(), "{faults:?}");
        Self { rules }
    }

    /// The built-in rules, those of a user's rule files (paths and texts) and of `[rules]`, with the
    /// levels and numbers that `[rules]` sets. What is wrong with any of them is a fault.
    pub fn load(
        configuration: &Configuration,
        files: &[(RepoPath, String)],
        faults: &mut Vec<Fault>,
    ) -> Self {
        Self::built_in().with(configuration, files, faults)
    }

    /// As [`Self::load`], with rules that are read already.
    pub(crate) fn with(
        mut self,
        configuration: &Configuration,
        files: &[(RepoPath, String)],
        faults: &mut Vec<Fault>,
    ) -> Self {
        let set = &mut self;
        for (path, text) in files {
            if let Some(rule) = Rule::read(path, text, Origin::File, faults) {
                set.add(rule, faults);
            }
        }
        settings::apply(set, configuration, faults);
        set.rules.sort_by(|a, b| a.id.cmp(&b.id));
        for exception in &configuration.exceptions {
            set.check_exception(exception, faults);
        }
        self
    }

    fn add(&mut self, rule: Rule, faults: &mut Vec<Fault>) {
        match self.get(&rule.id) {
            None => self.rules.push(rule),
            Some(known) => {
                let whose = match known.origin {
                    Origin::BuiltIn => "a built-in rule has this name".to_owned(),
                    _ => format!("{} has this name too", known.declared_at.path),
                };
                let fault = Fault::of(&rule.declared_at.path, format!("rule `{}` is there twice", rule.id));
                faults.push(fault.at(rule.declared_at.span, whose).help("give it another name"));
            }
        }
    }

    /// A rule by its name.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rule about one thing that the configuration says.
    pub fn about(&self, about: Declared) -> Option<&Rule> {
        let is_meant = |rule: &&Rule| matches!(&rule.condition, Condition::Declaration(condition) if condition.about == about);
        self.rules.iter().find(is_meant)
    }

    /// The rules that are judged.
    pub fn active(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.level != Level::Off)
    }

    /// A fault for a name that no rule has.
    fn unknown(&self, name: &Spanned<String>, file: &RepoPath) -> Fault {
        let known = self.rules.iter().map(|rule| rule.id.as_str());
        let fault = Fault::of(file, format!("unknown rule `{}`", name.value));
        let help = nearest_or(&name.value, known, "`watertight rules` lists them");
        fault.at(name.span, "no rule of this name").help(help)
    }

    /// An exception has to name a rule, and both ends of what that rule finds.
    fn check_exception(&self, exception: &Exception, faults: &mut Vec<Fault>) {
        let file = &exception.declared_at.path;
        let Some(rule) = self.get(&exception.rule.value) else {
            faults.push(self.unknown(&exception.rule, file));
            return;
        };
        let (what, help) = match (rule.condition.subject(), &exception.to) {
            (Subject::Coupling, None) => (
                "finds what leads from one unit to another, and this exception names only one",
                "add `to = \"…\"`, so that the exception covers nothing else",
            ),
            (Subject::Unit, Some(_)) => (
                "is about one unit or feature, and this exception names two",
                "name it in `from`, and leave `to` out",
            ),
            (Subject::Configuration, _) => (
                "is about the configuration itself, where nothing can be excepted",
                "mend what it points at, or set its level in `[rules]`",
            ),
            _ => return,
        };
        let fault = Fault::of(file, format!("rule `{}` {what}", rule.id));
        faults.push(fault.at(exception.rule.span, "can't be excepted like this").help(help));
    }
}

impl Rule {
    /// Reads a rule file.
    pub fn read(path: &RepoPath, text: &str, origin: Origin, faults: &mut Vec<Fault>) -> Option<Self> {
        let (entries, syntax) = parse(text, path);
        let is_sound = syntax.is_empty();
        faults.extend(syntax);
        if !is_sound {
            return None;
        }
        let table = Table::new(&entries, path);
        let Some(id) = table.string("id", faults) else {
            if !table.has("id") {
                let fault = Fault::of(path, "this rule has no `id`").at(first(&table), "`id` is missing");
                faults.push(fault.help(format!("add the name of the file: `id = \"{}\"`", stem(path))));
            }
            return None;
        };
        let stem = stem(path);
        if id.value != stem {
            let fault = Fault::of(path, format!("the id of this rule is not the name of its file, `{stem}`"));
            let help = match is_kebab_case(stem) {
                true => format!("write `id = \"{stem}\"`, or rename the file"),
                false => format!("rename the file to `{}.toml`", id.value),
            };
            faults.push(fault.at(id.span, "differs").help(help));
            return None;
        }
        Self::read_table(id, &table, origin, faults)
    }

    /// Reads what a rule file and a table of `[rules]` have in common. Short rules may leave out the
    /// texts, and fail the check.
    fn read_table(
        id: Spanned<String>,
        table: &Table<'_, '_>,
        origin: Origin,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let (before, path) = (faults.len(), table.file());
        if !is_kebab_case(&id.value) {
            let fault = Fault::of(path, format!("`{}` is not a name for a rule", id.value.escape_debug()));
            let fault = fault.at(id.span, "not small letters and `-`");
            faults.push(
                fault.help("name what is wrong, in small words with `-` between them: `edge-uses-core`"),
            );
        }
        let level = table.string("level", faults);
        let (message, label) = (table.string("message", faults), table.string("label", faults));
        let summary = table.string("summary", faults).map(|text| text.value);
        let explanation = table.string("explanation", faults).map(|text| text.value).unwrap_or_default();
        let help = table.strings("help", faults);
        let is_said = summary.as_ref().map_or(table.has("summary"), |summary| !summary.trim().is_empty());
        if !is_said {
            let fault = Fault::of(path, format!("rule `{}` has no `summary`", id.value));
            faults.push(fault.at(id.span, "what is it about?").help("say in one line what must not be"));
        }
        let condition = Condition::read(table, faults);
        table.deny_unknown(&format!("rule `{}`", id.value), faults);
        let (condition, summary) = (condition?, summary?);
        let mut template = |text: Spanned<String>| Template::read(text, &condition, path, faults);
        let message = match message {
            Some(message) => template(message),
            None => Some(Template::default_message(&condition, &summary)),
        };
        let label = match label {
            Some(label) => template(label),
            None => Some(Template::default_label(&condition)),
        };
        let help: Vec<_> = help.into_iter().filter_map(template).collect();
        let level = match level {
            Some(level) => Level::read(&level, path, faults),
            None => Some(Level::Deny),
        };
        if faults.len() > before {
            return None;
        }
        Some(Self {
            level: level?,
            set_at: None,
            origin,
            declared_at: Location { path: path.clone(), span: id.span },
            id: id.value,
            summary,
            condition,
            message: message?,
            label: label?,
            help,
            explanation,
        })
    }
}

/// The name of a rule's file, which is that of the rule.
fn stem(path: &RepoPath) -> &str {
    path.file_name().strip_suffix(".toml").unwrap_or(path.file_name())
}

fn first(table: &Table<'_, '_>) -> Span {
    table.entries().first().map(|(key, _)| key.span).unwrap_or_default()
}

fn is_kebab_case(id: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
    };
    id.split('-').all(is_word)
}
