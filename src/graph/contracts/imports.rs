//! Which contracts are made of which others.

use crate::snapshot::Gap;
use crate::sources::contracts::{Contract, Format};
use crate::text::RepoPath;

use super::super::CouplingKind;
use super::paths::{Meant, Paths};
use super::{ContractLink, Contracts, User, at};

/// How many of several files a gap names.
const NAMED: usize = 4;

/// Follows each import and each reference to a file.
pub(super) fn link(all: &[(&RepoPath, &Contract)], paths: &Paths, found: &mut Contracts) {
    for (path, contract) in all {
        let Some(own) = paths.file(path) else { continue };
        for import in &contract.imports {
            let written = &import.path;
            let meant = match contract.format {
                Format::Proto => paths.imported(path, &written.value),
                // A reference is seen from the file that it stands in.
                _ => match path.parent().and_then(|folder| folder.join(&written.value)) {
                    Some(file) => paths.file(&file).map_or(Meant::Nothing, |to| Meant::One(to, file)),
                    None => Meant::Nothing,
                },
            };
            match meant {
                Meant::One(to, _) if to != own => found.links.push(ContractLink {
                    from: User::Contract(own),
                    to,
                    kind: CouplingKind::Call,
                    evidence: at(path, written.span),
                }),
                Meant::Several(files) => {
                    let names: Vec<String> =
                        files.iter().take(NAMED).map(|file| format!("`{file}`")).collect();
                    let what = format!("this import may be {}, and nothing says which", names.join(" or "));
                    found.gaps.push(Gap::at(path, written.span, what));
                }
                Meant::One(..) | Meant::Nothing => {}
            }
        }
    }
}
