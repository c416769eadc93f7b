//! Which units a rule, an exception or a correction is about.
//!
//! A [`Selector`] is what is written; a [`UnitSet`] is what it selects in one repository.

use std::sync::Arc;

use globset::GlobMatcher;
use toml::de::DeValue;

use crate::graph::{CouplingGraph, Ecosystem, Unit, UnitId, UnitKind};
use crate::text::toml::{Table, Value, did_you_mean, quoted, wrong_type};
use crate::text::{Fault, RepoPath, Span, Spanned, nearest};

use super::selector::{FeaturePattern, NameSelector, PathMatcher, PathSelector, expand_braces, named_glob};
use super::{FeatureMap, Role};

/// A set of units, as it is written.
#[derive(Debug, Clone)]
pub enum Selector {
    /// Every unit.
    Anything,
    /// Every unit of one role.
    Role(RoleWord),
    /// Every API package.
    Api,
    /// What a name or a glob matches.
    Named(Box<Named>),
    /// What one of these selects.
    Any(Vec<Self>),
    /// What all of these select.
    All(Vec<Self>),
    /// What this does not select.
    Not(Box<Self>),
}

/// A role, without the name of a feature or a responsibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleWord {
    /// Part of a feature.
    Feature,
    /// A shared unit.
    Shared,
    /// An assembly.
    Assembly,
    /// Test support.
    TestSupport,
    /// What embodies a responsibility.
    Responsibility,
    /// What nothing names.
    Unassigned,
}

/// A name or a glob in a selector.
#[derive(Debug, Clone)]
pub struct Named {
    /// As it is written, and where.
    pub written: Spanned<String>,
    by: By,
}

/// What a name is compared with.
#[derive(Debug, Clone)]
enum By {
    Feature(FeaturePattern),
    Responsibility(GlobMatcher),
    Tag(GlobMatcher),
    Owner(GlobMatcher),
    Kind(UnitKind),
    Ecosystem(Ecosystem),
    Path(Arc<PathMatcher>),
    Unit(NameSelector),
    /// A feature if there is one of this name, or else units.
    Bare(FeaturePattern, NameSelector),
}

/// Whether names may stand without the word that says what they are names of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `feature:checkout`: a bare word that is no role is an error, since it is most likely a typo.
    Prefixed,
    /// `checkout` too: where it matches nothing, that is told elsewhere.
    Bare,
}

impl RoleWord {
    const ALL: [(&str, Self); 6] = [
        ("feature", Self::Feature),
        ("shared", Self::Shared),
        ("assembly", Self::Assembly),
        ("test-support", Self::TestSupport),
        ("responsibility", Self::Responsibility),
        ("unassigned", Self::Unassigned),
    ];

    /// The word in selectors.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, role)| *role == self).map_or("", |(word, _)| *word)
    }

    /// Whether it is the word for a role.
    pub fn is(self, role: Role) -> bool {
        self == match role {
            Role::Feature(_) => Self::Feature,
            Role::Shared => Self::Shared,
            Role::Assembly => Self::Assembly,
            Role::TestSupport => Self::TestSupport,
            Role::Responsibility(_) => Self::Responsibility,
            Role::Unassigned => Self::Unassigned,
        }
    }
}

/// What a unit can be, as bits: one for each role together with each kind, since it has exactly one of both.
type Beings = u64;

const KINDS: u32 = UnitKind::ALL.len() as u32;

const EVERYTHING: Beings = (1 << (RoleWord::ALL.len() as u32 * KINDS)) - 1;

/// Units of a kind, in every role.
fn of_kind(kind: UnitKind) -> Beings {
    (0..RoleWord::ALL.len() as u32).map(|role| 1 << (role * KINDS + kind as u32)).sum()
}

/// Units in a role, of every kind.
fn in_role(role: RoleWord) -> Beings {
    ((1 << KINDS) - 1) << (role as u32 * KINDS)
}

/// What stands before a `:`, besides the kinds of units.
const PREFIXES: [&str; 7] = ["feature", "responsibility", "tag", "owner", "kind", "path", "ecosystem"];

impl Selector {
    /// Reads a selector; `key` is where it stands. One that no unit can ever match is a fault.
    pub(crate) fn read(
        value: &Value<'_>,
        key: &str,
        file: &RepoPath,
        names: Names,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let selector = Self::read_part(value, key, file, names, faults)?;
        if selector.possible().0 == 0 {
            let fault = Fault::of(file, format!("`{key}` can select nothing"));
            let fault = fault.at(Span::new(value.span()), "no unit is all of this");
            faults.push(fault.help("a unit has one role and one kind: join what may be either with `any`"));
            return None;
        }
        Some(selector)
    }

    fn read_part(
        value: &Value<'_>,
        key: &str,
        file: &RepoPath,
        names: Names,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::String(text) => {
                let span = Span::new(value.span());
                let of = |value| Spanned { value, span };
                // Each alternative in braces is a name of its own, so that a typo in one is seen.
                match expand_braces(text).filter(|alternatives| alternatives.len() > 1) {
                    Some(alternatives) => {
                        let read =
                            alternatives.into_iter().map(|one| Self::read_word(of(one), file, names, faults));
                        read.collect::<Option<Vec<Self>>>().map(Self::Any)
                    }
                    None => Self::read_word(of(text.to_string()), file, names, faults),
                }
            }
            DeValue::Table(entries) => {
                let table = Table::new(entries, file);
                let mut list = |key: &'static str| {
                    let value = table.get(key)?;
                    let Some(items) = value.get_ref().as_array().filter(|items| !items.is_empty()) else {
                        let fault = Fault::of(file, format!("`{key}` needs a list of selectors"));
                        let fault = fault.at(Span::new(value.span()), "selects nothing");
                        faults
                            .push(fault.help(format!("write a list: `{key} = [\"feature:cart\", \"api\"]`")));
                        return None;
                    };
                    let read = items.iter().map(|item| Self::read_part(item, key, file, names, faults));
                    read.collect::<Option<Vec<Self>>>()
                };
                let (any, all) = (list("any"), list("all"));
                let not =
                    table.get("not").and_then(|inner| Self::read_part(inner, "not", file, names, faults));
                let given = ["any", "all", "not"].into_iter().filter(|key| table.get(key).is_some()).count();
                let before = faults.len();
                table.deny_unknown("this selector", faults);
                // A misspelt one says enough.
                if given != 1 && faults.len() == before {
                    let message = format!("`{key}` needs exactly one of `any`, `all` and `not`");
                    let fault = Fault::of(file, message).at(Span::new(value.span()), "can't be read");
                    faults.push(
                        fault.help("put one into the other: `{ all = [\"feature\", { not = \"api\" }] }`"),
                    );
                }
                if given != 1 {
                    return None;
                }
                any.map(Self::Any).or(all.map(Self::All)).or(not.map(|inner| Self::Not(Box::new(inner))))
            }
            _ => {
                faults.push(wrong_type(value, key, "a selector", file));
                None
            }
        }
    }

    fn read_word(
        written: Spanned<String>,
        file: &RepoPath,
        names: Names,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let text = written.value.as_str();
        if let Some((_, role)) = RoleWord::ALL.into_iter().find(|(word, _)| *word == text) {
            return Some(Self::Role(role));
        }
        match text {
            "api" => return Some(Self::Api),
            "anything" => return Some(Self::Anything),
            _ => {}
        }
        let by = match text.split_once(':') {
            Some((prefix, name)) if PREFIXES.contains(&prefix) || UnitKind::of_word(prefix).is_some() => {
                Self::by_prefix(prefix, name, &written, file, faults)
            }
            Some((prefix, _)) => {
                let fault = Fault::of(file, format!("unknown selector `{text}`"));
                let fault = fault.at(written.span, "selects nothing");
                let kinds = UnitKind::ALL.map(UnitKind::word);
                let known: Vec<&str> = PREFIXES.into_iter().chain(kinds).collect();
                faults.push(fault.help(match nearest(prefix, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}:`?"),
                    None => format!("what stands before the `:` is one of {}", quoted(&known)),
                }));
                None
            }
            _ if names == Names::Prefixed => {
                let roles = RoleWord::ALL.map(|(word, _)| word);
                let known: Vec<&str> = roles.into_iter().chain(["api", "anything"]).collect();
                let fault = Fault::of(file, format!("unknown selector `{text}`"));
                let near = nearest(text, known.iter().copied());
                faults.push(fault.at(written.span, "selects nothing").help(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "for a feature write `feature:{text}`, for a package `package:{text}`, for a folder `path:{text}`; words without a `:` are {}",
                        quoted(&known)
                    ),
                }));
                None
            }
            _ => {
                let feature = FeaturePattern::read(written.clone(), file, faults);
                let unit =
                    feature.as_ref().and_then(|_| NameSelector::read_one(written.clone(), file, faults));
                feature.zip(unit).map(|(feature, unit)| By::Bare(feature, unit))
            }
        };
        by.map(|by| Self::Named(Box::new(Named { written, by })))
    }

    fn by_prefix(
        prefix: &str,
        name: &str,
        written: &Spanned<String>,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<By> {
        let inner = Spanned { value: name.to_owned(), span: written.span };
        let mut word = |all: &[&'static str]| {
            let found = all.iter().position(|known| *known == name);
            if found.is_none() {
                let fault = Fault::of(file, format!("unknown {} `{name}`", prefix_in_words(prefix)));
                faults.push(fault.at(written.span, "selects nothing").help(did_you_mean(name, all)));
            }
            found
        };
        match prefix {
            "kind" => word(&UnitKind::ALL.map(UnitKind::word)).map(|at| By::Kind(UnitKind::ALL[at])),
            "ecosystem" => {
                word(&Ecosystem::ALL.map(Ecosystem::word)).map(|at| By::Ecosystem(Ecosystem::ALL[at]))
            }
            "feature" => FeaturePattern::read(inner, file, faults).map(By::Feature),
            "path" => {
                let paths = PathSelector::read(inner, file, faults);
                (!paths.is_empty()).then(|| By::Path(Arc::new(PathMatcher::new(&paths))))
            }
            "responsibility" => named_glob(name, written, prefix, file, faults)
                .map(|glob| By::Responsibility(glob.compile_matcher())),
            "tag" => {
                named_glob(name, written, prefix, file, faults).map(|glob| By::Tag(glob.compile_matcher()))
            }
            "owner" => {
                named_glob(name, written, prefix, file, faults).map(|glob| By::Owner(glob.compile_matcher()))
            }
            _ => NameSelector::read_one(written.clone(), file, faults).map(By::Unit),
        }
    }

    /// What a selected unit can be, and what every unit is that is selected in any case.
    fn possible(&self) -> (Beings, Beings) {
        match self {
            Self::Anything => (EVERYTHING, EVERYTHING),
            Self::Role(role) => (in_role(*role), in_role(*role)),
            Self::Api => (in_role(RoleWord::Feature), 0),
            Self::Named(named) => match &named.by {
                By::Feature(_) => (in_role(RoleWord::Feature), 0),
                By::Responsibility(_) => (in_role(RoleWord::Responsibility), 0),
                By::Owner(_) => (in_role(RoleWord::Feature) | in_role(RoleWord::Responsibility), 0),
                By::Kind(kind) => (of_kind(*kind), of_kind(*kind)),
                By::Unit(selector) => (selector.kind.map_or(EVERYTHING, of_kind), 0),
                By::Tag(_) | By::Ecosystem(_) | By::Path(_) | By::Bare(..) => (EVERYTHING, 0),
            },
            Self::Any(inner) => {
                inner.iter().map(Self::possible).fold((0, 0), |all, one| (all.0 | one.0, all.1 | one.1))
            }
            Self::All(inner) => inner
                .iter()
                .map(Self::possible)
                .fold((EVERYTHING, EVERYTHING), |all, one| (all.0 & one.0, all.1 & one.1)),
            Self::Not(inner) => {
                let (may, must) = inner.possible();
                (EVERYTHING & !must, EVERYTHING & !may)
            }
        }
    }

    /// What it selects in a repository.
    pub fn resolve(&self, graph: &CouplingGraph, map: &FeatureMap) -> UnitSet {
        match self {
            Self::Anything => UnitSet(vec![true; graph.units().len()]),
            Self::Role(role) => UnitSet(graph.units().map(|(id, _)| role.is(map.role(id))).collect()),
            Self::Api => UnitSet(graph.units().map(|(id, _)| map.is_api(id)).collect()),
            Self::Named(named) => named.resolve(graph, map),
            Self::Any(inner) => joined(inner, graph, map, |a, b| a || b),
            Self::All(inner) => joined(inner, graph, map, |a, b| a && b),
            Self::Not(inner) => {
                UnitSet(inner.resolve(graph, map).0.into_iter().map(|selected| !selected).collect())
            }
        }
    }

    /// Every name in it.
    pub fn names(&self) -> Vec<&Named> {
        match self {
            Self::Named(named) => vec![named],
            Self::Any(inner) | Self::All(inner) => inner.iter().flat_map(Self::names).collect(),
            Self::Not(inner) => inner.names(),
            Self::Anything | Self::Role(_) | Self::Api => Vec::new(),
        }
    }

    /// As a person would write it.
    pub fn written(&self) -> String {
        let list = |inner: &[Self], word: &str| {
            let parts: Vec<String> = inner.iter().map(Self::written).collect();
            format!("({})", parts.join(word))
        };
        match self {
            Self::Anything => "anything".to_owned(),
            Self::Role(role) => role.word().to_owned(),
            Self::Api => "api".to_owned(),
            Self::Named(named) => named.written.value.clone(),
            Self::Any(inner) => list(inner, " or "),
            Self::All(inner) => list(inner, " and "),
            Self::Not(inner) => format!("not {}", inner.written()),
        }
    }
}

fn prefix_in_words(prefix: &str) -> &str {
    if prefix == "kind" { "kind of unit" } else { prefix }
}

fn joined(
    inner: &[Selector],
    graph: &CouplingGraph,
    map: &FeatureMap,
    join: impl Fn(bool, bool) -> bool,
) -> UnitSet {
    let mut sets = inner.iter().map(|one| one.resolve(graph, map).0);
    let mut all = sets.next().unwrap_or_else(|| vec![false; graph.units().len()]);
    for set in sets {
        all.iter_mut().zip(set).for_each(|(known, more)| *known = join(*known, more));
    }
    UnitSet(all)
}

impl Named {
    fn resolve(&self, graph: &CouplingGraph, map: &FeatureMap) -> UnitSet {
        let features = |pattern: &FeaturePattern| -> Vec<bool> {
            map.features.iter().map(|feature| pattern.is_match(&feature.name)).collect()
        };
        let of_features = |selected: Vec<bool>| {
            let is_selected =
                |id: UnitId| map.feature_of(id).is_some_and(|feature| selected[feature.index()]);
            UnitSet(graph.units().map(|(id, _)| is_selected(id)).collect())
        };
        let of_units = |is_selected: &dyn Fn(UnitId, &Unit) -> bool| {
            UnitSet(graph.units().map(|(id, unit)| is_selected(id, unit)).collect())
        };
        match &self.by {
            By::Feature(pattern) => of_features(features(pattern)),
            By::Responsibility(matcher) => of_units(&|id, _| match map.role(id) {
                Role::Responsibility(id) => matcher.is_match(&map.responsibility(id).name),
                _ => false,
            }),
            By::Tag(matcher) => of_units(&|id, _| map.tags_of(id).any(|tag| matcher.is_match(tag))),
            By::Owner(matcher) => {
                of_units(&|id, _| map.declared_owner(id).is_some_and(|owner| matcher.is_match(owner)))
            }
            By::Kind(kind) => of_units(&|_, unit| unit.kind == *kind),
            By::Ecosystem(ecosystem) => of_units(&|_, unit| unit.ecosystem == Some(*ecosystem)),
            By::Path(matcher) => of_units(&|_, unit| {
                unit.has_folder()
                    && (matcher.covers(&unit.path)
                        || (unit.path.as_str().is_empty() && !matcher.naming("").is_empty()))
            }),
            By::Unit(selector) => of_units(&|_, unit| selector.is_match(unit)),
            By::Bare(pattern, selector) => {
                let selected = features(pattern);
                match selected.contains(&true) {
                    true => of_features(selected),
                    false => of_units(&|_, unit| selector.is_match(unit)),
                }
            }
        }
    }

    /// The selector that was most likely meant, for one that matches nothing.
    pub fn nearest(&self, graph: &CouplingGraph, map: &FeatureMap) -> Option<String> {
        let near = self.nearest_name(graph, map)?;
        Some(match (&self.by, self.written.value.split_once(':')) {
            (By::Bare(..), _) | (_, None) => near.to_owned(),
            (_, Some((prefix, _))) => format!("{prefix}:{near}"),
        })
    }

    fn nearest_name<'a>(&self, graph: &'a CouplingGraph, map: &'a FeatureMap) -> Option<&'a str> {
        let written = self.written.value.as_str();
        let name = written.split_once(':').map_or(written, |(_, name)| name);
        let features = || map.features.iter().map(|feature| feature.name.as_str());
        let units = || graph.units().map(|(_, unit)| unit.short_name.as_str());
        let folders = || graph.units().flat_map(|(_, unit)| unit.path.with_ancestors());
        match &self.by {
            By::Feature(_) => nearest(name, features()),
            By::Responsibility(_) => nearest(name, map.responsibilities.iter().map(|one| one.name.as_str())),
            By::Tag(_) => nearest(name, map.tag_names()),
            By::Owner(_) => nearest(name, map.declared_owners()),
            By::Path(_) => nearest(name, folders()),
            By::Unit(_) => nearest(name, units()),
            By::Bare(..) => nearest(name, features().chain(units())),
            By::Kind(_) | By::Ecosystem(_) => None,
        }
    }

    /// What it is a name of.
    pub fn wanted(&self) -> &'static str {
        match &self.by {
            By::Feature(_) => "feature",
            By::Responsibility(_) => "responsibility",
            By::Tag(_) => "tag",
            By::Owner(_) => "owner",
            By::Path(_) | By::Unit(_) | By::Kind(_) | By::Ecosystem(_) => "unit",
            By::Bare(..) => "feature or unit",
        }
    }

    /// Whether it names a kind of unit or an ecosystem: that there is none yet is no typo.
    pub fn is_category(&self) -> bool {
        matches!(self.by, By::Kind(_) | By::Ecosystem(_))
    }

    /// Whether it selects nothing, in a repository.
    pub fn is_unmatched(&self, graph: &CouplingGraph, map: &FeatureMap) -> bool {
        match &self.by {
            // A feature may be declared before there is any code.
            By::Feature(pattern) => !map.features.iter().any(|feature| pattern.is_match(&feature.name)),
            By::Responsibility(matcher) => {
                !map.responsibilities.iter().any(|responsibility| matcher.is_match(&responsibility.name))
            }
            By::Bare(pattern, _) if map.features.iter().any(|feature| pattern.is_match(&feature.name)) => {
                false
            }
            _ => self.resolve(graph, map).is_empty(),
        }
    }
}

/// Units of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSet(Vec<bool>);

impl UnitSet {
    /// Whether a unit is in it.
    pub fn contains(&self, unit: UnitId) -> bool {
        self.0.get(unit.index()).copied().unwrap_or_default()
    }

    /// Whether no unit is in it.
    pub fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    /// The units in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = UnitId> {
        self.0.iter().enumerate().filter(|(_, selected)| **selected).map(|(at, _)| UnitId::new(at))
    }
}
