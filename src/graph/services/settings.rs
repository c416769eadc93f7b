//! What settings and command lines say, gathered so that it can be asked whom they mention.

use crate::sources::addresses::{self, Mention, Store, Wait};
use crate::sources::compose::interpolated;
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
    for words in &running.waiting {
        waited.extend(mentioned_by_words(&filled(words, running)));
    }
    for words in &running.commands {
        let words = &filled(words, running);
        let found = waits_in(words);
        waited.extend(
            found
                .iter()
                .map(|wait| Waited { host: wait.host.clone(), places: words[wait.index].places.clone() }),
        );
        entries.extend(arguments(words, &found));
    }
    (mentioned_in(&entries), waited)
}

fn mentioned_in(entries: &[Entry]) -> Vec<Mentioned> {
    let settings: Vec<addresses::Setting<'_>> =
        entries.iter().map(|entry| addresses::Setting { name: &entry.name, value: &entry.value }).collect();
    let mentions = addresses::mentions(&settings).into_iter();
    mentions.map(|mention| Mentioned { places: entries[mention.index].places.clone(), mention }).collect()
}

/// Everybody whom the command of an init container mentions that does nothing else but wait.
fn mentioned_by_words(words: &[Said]) -> Vec<Waited> {
    let mentioned = mentioned_in(&arguments(words, &[])).into_iter();
    mentioned.map(|one| Waited { host: one.mention.host, places: one.places }).collect()
}

/// Command lines with the variables in place that the service itself sets.
fn filled(words: &[Said], running: &Running) -> Vec<Said> {
    let value = |name: &str| {
        let known = running.settings.iter().rev().find(|setting| setting.name == name);
        known.map(|setting| setting.value.value.clone())
    };
    let fill = |word: &Said| match word.value.contains('$') {
        false => word.clone(),
        true => {
            // What it does not set stays as it is written: a shell may.
            let keep = |name: &str| Some(value(name).unwrap_or_else(|| format!("${{{name}}}")));
            Said { value: interpolated(&word.value, &keep).into_owned(), places: word.places.clone() }
        }
    };
    words.iter().map(fill).collect()
}

/// Texts that may be the name of a datastore and nothing else: values whose own name says that they are a
/// connection, and what stands behind a flag, unless it is what such a store is called everywhere.
pub(super) fn words(running: &Running) -> Vec<Said> {
    let is_word = |text: &str| {
        !text.is_empty()
            && text.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.'))
    };
    let is_connection = |name: &str| {
        let words = addresses::words(name);
        let (last, before) = (words.last(), words.iter().rev().nth(1));
        let is_one = |word: Option<&String>| word.is_some_and(|word| CONNECTIONS.contains(&word.as_str()));
        is_one(last) || (last.is_some_and(|last| last == "string") && is_one(before))
    };
    let settings = running.settings.iter().filter(|setting| is_connection(&setting.name));
    let settings = settings.map(|setting| &setting.value).filter(|said| is_word(&said.value)).cloned();
    let arguments = running.commands.iter().flat_map(|words| {
        let texts: Vec<(&str, &Said)> = words
            .iter()
            .flat_map(|word| word.value.split_whitespace().map(move |text| (text, word)))
            .collect();
        let behind_flags = texts.windows(2).filter(|pair| pair[0].0.starts_with('-')).map(|pair| pair[1]);
        behind_flags.take(MOST_WORDS).collect::<Vec<_>>()
    });
    let arguments = arguments.filter(|(text, _)| is_word(text) && Store::of_image(text).is_none());
    let of = |(text, word): (&str, &Said)| Said { value: text.to_owned(), places: word.places.clone() };
    settings.chain(arguments.map(of)).collect()
}

/// How many arguments of one command are looked at.
const MOST_WORDS: usize = 2_000;

/// Words of names whose values are connections, though not always spelled as such.
const CONNECTIONS: [&str; 6] = ["connection", "connections", "connectionstring", "bus", "conn", "connect"];

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
            // Hosts that it only waits for are taken out of the text, and the rest is looked at; a URL is asked
            // for something.
            let mut rest = text.to_owned();
            let is_url =
                |wait: &&Wait| text.get(..wait.range.start).is_some_and(|before| before.ends_with("://"));
            for wait in waits.iter().filter(|wait| wait.index == at && !is_url(wait)) {
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
