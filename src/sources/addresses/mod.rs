//! What the environment variables and arguments of a service say about whom it uses.
//!
//! Invariant: a pure function of names and values. No part of a password is ever told: neither as a host,
//! nor as a port or a part, and no range lies in one. What can't be told from a password is left out. The
//! time is linear in the text, and what one value mentions is bounded.

mod address;
mod cut;
mod dsn;
mod host;
mod kinds;
mod names;
mod pairs;
mod parts;
mod scan;
mod shell;
mod siblings;
mod sink;
mod store;
#[cfg(test)]
mod tests;
mod url;
mod waits;

use std::ops::Range;

use names::Name;
use sink::Sink;

pub use names::words;
pub use store::Store;

/// The longest value that is looked at, in bytes.
const LONGEST_VALUE: usize = 64 * 1024;

/// One variable of an environment, or one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The name of the variable, or of the flag without its dashes; empty for an argument without one.
    pub name: &'a str,
    /// The value. What the caller doesn't know of it stands there as U+FFFC.
    pub value: &'a str,
}

/// By what an address was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A word alone, under a name that says that it is a host.
    Bare,
    /// `host:port`.
    HostPort,
    /// `scheme://host`, and what says as much in another spelling: a connection string.
    Url,
}

/// One address that a variable or an argument mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Which of the settings it stands in.
    pub index: usize,
    /// The bytes of that value that name the host; never any of a password.
    pub range: Range<usize>,
    /// The host, lower-cased, without a dot at its end. Empty where only what is used is named, and not
    /// who keeps it: `s3://bucket`; the range is the bucket's then.
    pub host: String,
    /// The port, where it is written.
    pub port: Option<u16>,
    /// What keeps data there, as the scheme or the setting's name says; a port says nothing here.
    pub store: Option<Store>,
    /// What is used there, where that is written: databases, buckets, topics, queues, indexes, vhosts.
    pub parts: Vec<String>,
    /// By what it was known.
    pub confidence: Confidence,
}

/// Whom a command waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Which of the words names the host.
    pub index: usize,
    /// The bytes of that word that name the host.
    pub range: Range<usize>,
    /// The host, as in a [`Mention`].
    pub host: String,
    /// The port, where it is written.
    pub port: Option<u16>,
}

/// The addresses that settings mention, in their order.
pub fn mentions(settings: &[Setting<'_>]) -> Vec<Mention> {
    let names: Vec<Name> = settings.iter().map(|setting| Name::of(setting.name)).collect();
    let mut mentions = Vec::new();
    for (index, (setting, name)) in settings.iter().zip(&names).enumerate() {
        if setting.value.len() <= LONGEST_VALUE {
            let mut sink = Sink::of(index);
            scan::value(setting.value, name, &mut sink);
            mentions.extend(sink.mentions);
        }
    }
    siblings::join(&mut mentions, settings, &names);
    mentions
}

/// Whom a command waits for, by its words; a word may be a whole shell text.
pub fn waits(words: &[&str]) -> Vec<Wait> {
    waits::waits(words)
}
