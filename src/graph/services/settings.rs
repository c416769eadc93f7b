//! What settings and command lines say, gathered so that it can be asked whom they mention.

use crate::sources::addresses::{self, Mention, Wait};
use crate::text::Location;

use super::images::Image;
use super::model::{Running, Said};

/// A setting: an environment variable, a flag with its value, or an argument without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    name: String,
    value: String,
    places: Vec<Location>,
}

/// Whom something mentions, and where.
#[derive(Debug)]
pub(super) struct Mentioned {
    pub(super) mention: Mention,
    pub(super) places: Vec<Location>,
}

/// For whom a command line waits, and where that stands.
#[derive(Debug)]
pub(super) struct Waited {
    pub(super) host: String,
    pub(super) places: Vec<Location>,
}

/// Everybody whom the settings and command lines of one of what runs mention, and for whom it waits.
pub(super) fn read(running: &Running, images: &[&Image]) -> (Vec<Mentioned>, Vec<Waited>) {
    let mut entries: Vec<Entry> = Vec::new();
    for image in images {
        // What the image sets holds unless whoever runs it says otherwise.
        let is_said = |name: &str| running.settings.iter().any(|setting| setting.name == name);
        let own = image.contents.environment.iter().filter(|(name, _)| !is_said(name));
        entries.extend(own.map(|(name, value)| Entry {
            name: name.clone(),
            value: value.value.clone(),
            places: vec![image.at(value.span)],
        }));
    }
    entries.extend(running.settings.iter().map(|setting| Entry {
        name: setting.name.clone(),
        value: setting.value.value.clone(),
        places: setting.value.places.clone(),
    }));
    let mut waited = Vec::new();
    for words in &running.commands {
        let found = waits_in(words);
        waited.extend(
            found
                .iter()
                .map(|wait| Waited { host: wait.host.clone(), places: words[wait.index].places.clone() }),
        );
        entries.extend(arguments(words, &found));
    }
    let settings: Vec<addresses::Setting<'_>> =
        entries.iter().map(|entry| addresses::Setting { name: &entry.name, value: &entry.value }).collect();
    let mentions = addresses::mentions(&settings).into_iter();
    let mentioned = mentions
        .map(|mention| Mentioned { places: entries[mention.index].places.clone(), mention })
        .collect();
    (mentioned, waited)
}

fn waits_in(words: &[Said]) -> Vec<Wait> {
    let texts: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
    let waits = addresses::waits(&texts).into_iter();
    waits.filter(|wait| wait.index < words.len()).collect()
}

/// The words of a command line as settings: `--name=value`, `--name value`, and words alone. Those that only
/// say for whom it waits are left out.
fn arguments(words: &[Said], waits: &[Wait]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut name: Option<String> = None;
    for (at, word) in words.iter().enumerate() {
        let text = word.value.as_str();
        let of = |name: &str, value: &str| Entry {
            name: name.to_owned(),
            value: value.to_owned(),
            places: word.places.clone(),
        };
        let before = name.take();
        let is_waiting = waits.iter().any(|wait| wait.index == at);
        if is_waiting && !text.contains(char::is_whitespace) {
            continue;
        }
        if is_waiting {
            // The hosts that it waits for are taken out of the text, and the rest is looked at.
            let mut rest = text.to_owned();
            for wait in waits.iter().filter(|wait| wait.index == at) {
                if rest.is_char_boundary(wait.range.start) && rest.is_char_boundary(wait.range.end) {
                    rest.replace_range(wait.range.clone(), &" ".repeat(wait.range.len()));
                }
            }
            entries.push(of("", &rest));
            continue;
        }
        match text.strip_prefix('-').map(|rest| rest.trim_start_matches('-')) {
            Some(flag) if !text.contains(char::is_whitespace) => match flag.split_once('=') {
                Some((name, value)) => entries.push(of(name, value)),
                None => name = Some(flag.to_owned()),
            },
            _ => entries.push(of(before.as_deref().unwrap_or_default(), text)),
        }
    }
    entries
}
