//! What a change of a `Cargo.toml` touches: its own package, what inherits from it, or all of its workspace.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::{Difference, Differs, Snapshot};
use crate::sources::cargo::{Inherited, ManifestDifference};
use crate::text::RepoPath;

use super::Question;
use super::files::{Packages, Part};
use super::touched::{Cause, Touched};

/// Looks at every manifest that differs.
pub(super) struct Manifests<'q> {
    question: &'q Question<'q>,
    packages: &'q Packages<'q>,
    /// What members inherit, once somebody asks.
    inherited: BTreeMap<usize, Inherited>,
}

impl<'q> Manifests<'q> {
    pub(super) fn new(question: &'q Question<'q>, packages: &'q Packages<'q>) -> Self {
        Self { question, packages, inherited: BTreeMap::new() }
    }

    /// One manifest.
    pub(super) fn touch(&mut self, file: &Difference, touched: &mut Touched) {
        let Some(folder) = file.path.parent() else { return };
        let package = self.packages.in_folder(folder.as_str());
        let difference = self.difference(file);
        let cause = |why: Option<String>| Cause { path: file.path.clone(), how: file.how, why };
        if let Some(package) = package {
            let has_script = self.packages.all.packages[package].build_script.is_some();
            let mut whole = difference.package.clone();
            whole.extend(difference.metadata.iter().filter(|_| has_script).cloned());
            let is_new = matches!(file.how, Differs::Added | Differs::Named);
            if is_new || !whole.is_empty() {
                let cause = touched.cause(cause(told(&whole).filter(|_| !is_new)));
                touched.package(package, &Part::Whole, cause);
            } else if self.packages.watches(package, &file.path) {
                let cause = touched.cause(cause(Some("its build script watches it".to_owned())));
                touched.package(package, &Part::Whole, cause);
            } else if let Some(why) = told(&difference.tests) {
                let cause = touched.cause(cause(Some(why)));
                touched.package(package, &Part::Tests, cause);
            }
        }
        // A manifest that comes or goes takes files out of the package around it, or gives them back.
        if file.how != Differs::Changed
            && let Some(around) = self.packages.around(&folder)
            && self.packages.watches(around, &file.path)
        {
            let cause = touched.cause(cause(Some("a build script watches its folder".to_owned())));
            touched.package(around, &Part::Whole, cause);
        }
        self.touch_members(&folder, package, &difference, file, touched);
    }

    fn difference(&self, file: &Difference) -> ManifestDifference {
        let text = |snapshot: &dyn Snapshot| {
            let bytes = snapshot.read(&file.path).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let now = text(self.question.now);
        match &self.question.before {
            Some(before) => ManifestDifference::between(&text(before.snapshot), &now),
            // All that it says may be new.
            None => ManifestDifference::between("", &now),
        }
    }

    /// What the root of a workspace says for its members.
    fn touch_members(
        &mut self,
        folder: &RepoPath,
        package: Option<usize>,
        difference: &ManifestDifference,
        file: &Difference,
        touched: &mut Touched,
    ) {
        let all = self.packages.all;
        let workspace = all.workspaces.iter().find(|workspace| workspace.root == *folder);
        let members: Vec<usize> = match workspace {
            Some(workspace) => workspace.members.clone(),
            // A package in no workspace is the root of its own.
            None => package.into_iter().filter(|at| all.packages[*at].workspace.is_none()).collect(),
        };
        if let Some(why) = told(&difference.workspace) {
            let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: Some(why) });
            members.iter().for_each(|member| touched.package(*member, &Part::Whole, cause));
            return;
        }
        let is_shared = difference.shared_lints
            || !difference.shared_dependencies.is_empty()
            || !difference.shared_fields.is_empty();
        for member in members.iter().filter(|_| is_shared) {
            self.touch_heir(*member, difference, file, touched);
        }
    }

    fn touch_heir(
        &mut self,
        member: usize,
        difference: &ManifestDifference,
        file: &Difference,
        touched: &mut Touched,
    ) {
        let inherited = self.inherited.entry(member).or_insert_with(|| {
            let bytes = self.question.now.read(&self.packages.all.packages[member].manifest);
            Inherited::of(&String::from_utf8_lossy(&bytes.unwrap_or_default()))
        });
        let (mut whole, mut tests) = (BTreeSet::new(), BTreeSet::new());
        for key in &difference.shared_dependencies {
            match inherited.dependencies.get(key) {
                Some(true) => drop(tests.insert(format!("[workspace.dependencies] {key}"))),
                Some(false) => drop(whole.insert(format!("[workspace.dependencies] {key}"))),
                None => {}
            }
        }
        let fields = difference.shared_fields.intersection(&inherited.fields);
        whole.extend(fields.map(|field| format!("[workspace.package] {field}")));
        if difference.shared_lints && inherited.lints {
            whole.insert("[workspace.lints]".to_owned());
        }
        for (keys, part) in [(whole, Part::Whole), (tests, Part::Tests)] {
            if let Some(why) = told(&keys) {
                let cause = touched.cause(Cause { path: file.path.clone(), how: file.how, why: Some(why) });
                touched.package(member, &part, cause);
            }
        }
    }
}

/// Members that joined or left a workspace, and workspaces that resolve otherwise: what is not written in the
/// manifest of each.
pub(super) fn touch_moved(question: &Question<'_>, packages: &Packages<'_>, touched: &mut Touched) {
    let Some(before) = &question.before else { return };
    let (all, was) = (packages.all, before.cargo);
    let root_now = |at: usize| all.packages[at].workspace.map(|one| &all.workspaces[one]);
    let known: BTreeMap<&str, usize> =
        was.packages.iter().enumerate().map(|(at, package)| (package.folder.as_str(), at)).collect();
    for at in 0..all.packages.len() {
        let Some(earlier) = known.get(all.packages[at].folder.as_str()) else { continue };
        let root_was = was.packages[*earlier].workspace.map(|one| &was.workspaces[one]);
        let now = root_now(at);
        let has_moved = now.map(|one| &one.root) != root_was.map(|one| &one.root);
        let resolves_otherwise = now.map(|one| one.resolver) != root_was.map(|one| one.resolver);
        let why = match (has_moved, resolves_otherwise) {
            (true, _) => "it is in another workspace than before",
            (false, true) => "its workspace has another resolver than before",
            (false, false) => continue,
        };
        let manifests =
            question.differences.files.iter().filter(|file| file.path.file_name() == "Cargo.toml");
        let root = now.or(root_was).and_then(|one| one.root.join("Cargo.toml"));
        let file = manifests.clone().find(|file| Some(&file.path) == root.as_ref());
        let Some(file) = file.or(manifests.into_iter().next()) else { continue };
        let cause = Cause { path: file.path.clone(), how: file.how, why: Some(why.to_owned()) };
        let cause = touched.cause(cause);
        touched.package(at, &Part::Whole, cause);
    }
}

/// How many keys are told.
const MOST_TOLD: usize = 3;

/// Keys as a person reads them; `None` if there is none.
pub(super) fn told(keys: &BTreeSet<String>) -> Option<String> {
    let shown: Vec<String> = keys.iter().take(MOST_TOLD).map(|key| format!("`{key}`")).collect();
    let more = keys.len().saturating_sub(MOST_TOLD);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!shown.is_empty()).then(|| shown.join(", ") + &more)
}
