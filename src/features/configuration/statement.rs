//! `[[couplings]]`: what no manifest states; `[[corrections]]`: what one states and is not so.

use crate::graph::{Correction, CouplingKind, UnitKind};
use crate::text::toml::{Table, known_word, quoted, tables};
use crate::text::{Fault, Location, Spanned};

use super::super::selection::{Names, Selector};
use super::super::selector::misspelt_kind;
use super::exception::{missing, required};

/// A coupling that a person declares.
#[derive(Debug, Clone)]
pub struct CouplingStatement {
    /// What needs the other.
    pub from: CouplingEnd,
    /// What is needed.
    pub to: CouplingEnd,
    /// In which way.
    pub kind: CouplingKind,
    /// Why it is known.
    pub reason: String,
}

/// One end of a declared coupling: a feature, a unit's name or path, or `kind:name`.
#[derive(Debug, Clone)]
pub struct CouplingEnd {
    /// As it is written, and where.
    pub written: Spanned<String>,
    /// The kind, where it is written; then the unit need not exist anywhere else.
    pub kind: Option<UnitKind>,
    /// The name behind the kind, or all of it.
    pub name: String,
}

/// What a manifest states and is not so.
#[derive(Debug, Clone)]
pub struct CorrectionStatement {
    /// Which units the coupling leads from.
    pub from: Selector,
    /// Which units it leads to.
    pub to: Selector,
    /// Only couplings of this kind; any if `None`.
    pub kind: Option<CouplingKind>,
    /// What is so instead.
    pub correction: Correction,
    /// Why.
    pub reason: String,
    /// Both ends, as they are written.
    pub written: String,
    /// Where it is declared.
    pub declared_at: Location,
}

pub(super) fn couplings(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<CouplingStatement> {
    let Some(value) = root.get("couplings") else { return Vec::new() };
    let all = tables(value, "couplings", root.file(), faults);
    all.iter().filter_map(|table| coupling(table, faults)).collect()
}

fn coupling(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<CouplingStatement> {
    let (from, to) = (required(table, "from", faults), required(table, "to", faults));
    let kind = match required(table, "kind", faults) {
        Some(word) => kind_of(&word, table, faults),
        None => None,
    };
    let reason = required(table, "reason", faults);
    table.deny_unknown("`[[couplings]]`", faults);
    let ends = (
        from.and_then(|end| CouplingEnd::read(end, table, faults)),
        to.and_then(|end| CouplingEnd::read(end, table, faults)),
    );
    let ends = (ends.0?, ends.1?);
    if ends.0.written.value == ends.1.written.value {
        let message = format!("`{}` is coupled to itself", ends.0.written.value);
        let fault = Fault::of(table.file(), message).at(ends.1.written.span, "the same as `from`");
        faults.push(fault.help("name two units or features, or take the entry out"));
        return None;
    }
    if let (Some(kind), from_kind, Some(to_kind)) =
        (kind, ends.0.kind.unwrap_or(UnitKind::Package), ends.1.kind)
        && !kind.fits(from_kind, to_kind)
    {
        let message =
            format!("a {} and a {} can't be coupled by `{}`", from_kind.word(), to_kind.word(), kind.word());
        let fits: Vec<&str> = CouplingKind::ALL
            .into_iter()
            .filter(|kind| kind.fits(from_kind, to_kind))
            .map(CouplingKind::word)
            .collect();
        let fault = Fault::of(table.file(), message).at(ends.1.written.span, "this is what it leads to");
        faults.push(fault.help(format!("kinds that fit are {}", quoted(&fits))));
        return None;
    }
    Some(CouplingStatement { from: ends.0, to: ends.1, kind: kind?, reason: reason?.value })
}

impl CouplingEnd {
    fn read(written: Spanned<String>, table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let (kind, name) = match written.value.split_once(':') {
            // A `:` behind no kind is a part of the name.
            Some((word, name)) => match UnitKind::of_word(word) {
                Some(kind) => (Some(kind), name.trim().to_owned()),
                None => (None, written.value.clone()),
            },
            None => (None, written.value.clone()),
        };
        if let Some(fault) = misspelt_kind(&written, table.file()) {
            faults.push(fault);
            return None;
        }
        if name.is_empty() || crate::text::is_glob(&name) || name.chars().any(char::is_control) {
            let message = format!("`{}` does not name one thing", written.value.escape_debug());
            let fault = Fault::of(table.file(), message).at(written.span, "no single name");
            faults
                .push(fault.help(
                    "name a feature, a unit, or what is not there yet by its kind: `datastore:orders`",
                ));
            return None;
        }
        Some(Self { written, kind, name })
    }
}

pub(super) fn corrections(root: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Vec<CorrectionStatement> {
    let Some(value) = root.get("corrections") else { return Vec::new() };
    let all = tables(value, "corrections", root.file(), faults);
    all.iter().filter_map(|table| correction(table, faults)).collect()
}

fn correction(table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<CorrectionStatement> {
    let mut selector = |key: &'static str| match table.get(key) {
        Some(value) => Selector::read(value, key, table.file(), Names::Bare, faults),
        None => {
            faults.push(missing(table, key));
            None
        }
    };
    let (from, to) = (selector("from"), selector("to"));
    let has_kind = table.has("kind");
    let kind = table.string("kind", faults).and_then(|word| kind_of(&word, table, faults));
    let words = Correction::ALL.map(|correction| (correction.word(), correction));
    let as_word = required(table, "as", faults);
    let correction =
        as_word.as_ref().and_then(|word| known_word(word, &words, "correction", table.file(), faults));
    let reason = required(table, "reason", faults);
    table.deny_unknown("`[[corrections]]`", faults);
    if has_kind && kind.is_none() {
        return None;
    }
    let (from, to) = (from?, to?);
    let written = format!("`{}` -> `{}`", from.written(), to.written());
    let declared_at = Location { path: table.file().clone(), span: as_word?.span };
    Some(CorrectionStatement {
        from,
        to,
        kind,
        correction: correction?,
        reason: reason?.value,
        written,
        declared_at,
    })
}

fn kind_of(word: &Spanned<String>, table: &Table<'_, '_>, faults: &mut Vec<Fault>) -> Option<CouplingKind> {
    let words = CouplingKind::ALL.map(|kind| (kind.word(), kind));
    known_word(word, &words, "kind of coupling", table.file(), faults)
}
