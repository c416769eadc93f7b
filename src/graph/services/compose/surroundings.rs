//! From where the variables of a compose file take their values: the `.env` beside it, or what people copy
//! it from.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sources::Facts;
use crate::sources::compose::interpolated;
use crate::sources::settings::SettingsFile;
use crate::text::{Location, RepoPath};

use super::FactMap;

/// Files of variables that stand in for a `.env` that is not committed: what people copy it from.
const STAND_INS: [&str; 5] = [".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default"];

/// The same for files with names of their own.
const ENDINGS: [&str; 5] = [".example", ".sample", ".template", ".dist", ".default"];

/// The values of variables, and where each is set.
#[derive(Debug, Clone, Default)]
pub(super) struct Surroundings(Rc<BTreeMap<String, (String, Location)>>);

impl Surroundings {
    /// The folder's `.env` (or what people copy it from), or the files that are named instead.
    pub(super) fn of(facts: &FactMap, folder: &RepoPath, named: &[RepoPath]) -> Self {
        Self::inside(&Self::default(), facts, folder, named)
    }

    /// The same for an included project: what the including one sets wins.
    pub(super) fn inside(outer: &Self, facts: &FactMap, folder: &RepoPath, named: &[RepoPath]) -> Self {
        let default = || {
            let own = [".env"].into_iter().chain(STAND_INS);
            own.filter_map(|name| folder.join(name)).find(|path| settings_at(facts, path).is_some())
        };
        let paths = if named.is_empty() { default().into_iter().collect() } else { named.to_vec() };
        let mut values: BTreeMap<String, (String, Location)> = BTreeMap::new();
        for path in paths {
            let Some(file) = settings_at(facts, &path) else { continue };
            outer.resolve(&path, file, false, &mut values);
        }
        values.extend(outer.0.iter().map(|(name, known)| (name.clone(), known.clone())));
        Self(Rc::new(values))
    }

    /// The variables of a file, each with those that come before it filled in.
    pub(super) fn resolve(
        &self,
        path: &RepoPath,
        file: &SettingsFile,
        is_raw: bool,
        values: &mut BTreeMap<String, (String, Location)>,
    ) {
        for one in &file.variables {
            let value = match (is_raw, one.is_literal) {
                (true, _) => one.raw.clone(),
                (false, true) => one.value.value.clone(),
                (false, false) => {
                    let known = |name: &str| self.0.get(name).or_else(|| values.get(name));
                    let known = |name: &str| known(name).map(|(value, _)| value.clone());
                    interpolated(&one.value.value, &known).into_owned()
                }
            };
            let place = Location { path: path.clone(), span: one.value.span };
            values.insert(one.name.value.clone(), (value, place));
        }
    }

    /// The value of a variable, and where it is set.
    pub(super) fn get(&self, name: &str) -> Option<&(String, Location)> {
        self.0.get(name)
    }

    pub(super) fn fill(&self, text: &str) -> String {
        interpolated(text, &|name| self.get(name).map(|(value, _)| value.clone())).into_owned()
    }

    /// A text with its variables filled in, and the lines from which they come.
    pub(super) fn filled(&self, text: &str) -> (String, Vec<Location>) {
        let asked = std::cell::RefCell::new(Vec::new());
        let value = interpolated(text, &|name| {
            let (value, place) = self.get(name)?;
            asked.borrow_mut().push(place.clone());
            Some(value.clone())
        });
        let value = value.into_owned();
        let mut places = asked.into_inner();
        places.dedup();
        (value, places)
    }
}

/// What a path of a file of variables leads to.
pub(super) fn settings_at<'f>(facts: &'f FactMap, path: &RepoPath) -> Option<&'f SettingsFile> {
    match &**facts.get(path)? {
        Facts::Settings(file) => Some(file),
        _ => None,
    }
}

/// A file of variables, or what people copy it from.
pub(super) fn stand_in<'f>(facts: &'f FactMap, path: &RepoPath) -> Option<(RepoPath, &'f SettingsFile)> {
    let others = ENDINGS.iter().filter_map(|ending| RepoPath::new(&format!("{}{ending}", path.as_str())));
    let mut all = std::iter::once(path.clone()).chain(others);
    all.find_map(|path| settings_at(facts, &path).map(|file| (path.clone(), file)))
}
