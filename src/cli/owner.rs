//! `--owner`: only what concerns the owners that were asked for.

use std::collections::BTreeSet;

use crate::features::{FeatureMap, owner_names, plain_owner};
use crate::findings::Finding;
use crate::text::nearest;
use crate::text::toml::quoted;

use super::Outcome;

/// The owners that were asked for; nobody asked for means everybody.
pub(super) struct Owners {
    asked: BTreeSet<String>,
    /// Features of which one of them is the owner.
    features: BTreeSet<String>,
}

impl Owners {
    /// Takes the names of the arguments.
    ///
    /// # Errors
    /// A name that nobody has: a typo must not turn a gate green.
    pub(super) fn new(asked: &[String], map: &FeatureMap) -> Result<Self, Outcome> {
        if asked.is_empty() {
            return Ok(Self { asked: BTreeSet::new(), features: BTreeSet::new() });
        }
        let known: BTreeSet<&str> = map.owners().flat_map(owner_names).collect();
        let comparable: BTreeSet<String> = known.iter().map(|name| plain_owner(name)).collect();
        let unknown = asked.iter().find(|name| !comparable.contains(&plain_owner(name)));
        match unknown {
            Some(name) => Err(unknown_owner(name, &known)),
            None => {
                let asked: BTreeSet<String> = asked.iter().map(|name| plain_owner(name)).collect();
                let is_asked =
                    |owner: &String| owner_names(owner).any(|name| asked.contains(&plain_owner(name)));
                let own = map.features.iter().filter(|one| one.owner.as_ref().is_some_and(is_asked));
                let features = own.map(|feature| feature.name.clone()).collect();
                Ok(Self { asked, features })
            }
        }
    }

    /// Takes out what concerns other owners alone, and says how much that was. `finding_of` says which
    /// finding an element of the list is about.
    pub(super) fn retain<T>(&self, list: &mut Vec<T>, finding_of: impl Fn(&T) -> &Finding) -> usize {
        let before = list.len();
        list.retain(|one| self.concerns(finding_of(one)));
        before - list.len()
    }

    /// Whether one of the owners takes part. What is wrong with the configuration concerns everybody.
    fn concerns(&self, finding: &Finding) -> bool {
        let mut parties = [&finding.from, &finding.to].into_iter().flatten().peekable();
        self.asked.is_empty()
            || parties.peek().is_none()
            || finding.lets_in.iter().any(|one| self.features.contains(&one.feature))
            || parties
                .filter_map(|party| party.owner.as_deref())
                .flat_map(owner_names)
                .any(|name| self.asked.contains(&plain_owner(name)))
    }
}

/// How many owners are named to somebody who named nobody.
const NAMED: usize = 8;

fn unknown_owner(asked: &str, known: &BTreeSet<&str>) -> Outcome {
    let plain_names: Vec<(String, &str)> = known.iter().map(|name| (plain_owner(name), *name)).collect();
    let near = nearest(&plain_owner(asked), plain_names.iter().map(|(plain, _)| plain.as_str()));
    let near = near.and_then(|near| plain_names.iter().find(|(plain, _)| plain == near));
    let help = match near {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if known.is_empty() => {
            "give features an `owner`, or name owners in a file `CODEOWNERS`".to_owned()
        }
        None => {
            let names: Vec<&str> = known.iter().copied().take(NAMED).collect();
            let more = if known.len() > NAMED { ", and more" } else { "" };
            format!(
                "owners are named by features, responsibilities and `CODEOWNERS`: {}{more}",
                quoted(&names)
            )
        }
    };
    Outcome::refused(&format!("no owner is called `{asked}`"), &help)
}
