//! What settings say together: `DB_HOST`, `DB_PORT` and `DB_NAME` are one address; `KAFKA_TOPIC` is used where
//! the brokers are.

use std::collections::BTreeMap;

use super::host::{self, UNKNOWN};
use super::names::{self, Name};
use super::parts;
use super::{Mention, Setting, Store};

/// How many parts settings may add to one mention.
const MOST_PARTS: usize = 32;

/// How many settings that name a part are looked at: each is compared with all mentions.
const MOST_NAMED: usize = 500;

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Database,
    Schema,
    Bucket,
    Topic,
    Queue,
    Exchange,
    Vhost,
    Index,
    Keyspace,
}

/// A setting that names a part of a store, or several.
struct Named {
    setting: usize,
    part: Part,
    /// The words before the one for the part.
    prefix: Vec<String>,
    store: Option<Store>,
    values: Vec<String>,
}

/// Adds to mentions what settings beside them say.
pub(super) fn join(mentions: &mut [Mention], settings: &[Setting<'_>], names: &[Name]) {
    if mentions.is_empty() {
        return;
    }
    ports(mentions, settings, names);
    let named: Vec<Named> = settings
        .iter()
        .zip(names)
        .enumerate()
        .filter_map(|(at, (setting, name))| Named::of(at, setting, name))
        .take(MOST_NAMED)
        .collect();
    let prefixes: BTreeMap<usize, Vec<String>> = mentions
        .iter()
        .filter_map(|mention| Some((mention.index, prefix_of_host(names.get(mention.index)?))))
        .collect();
    let (schemas, others): (Vec<_>, Vec<_>) = named.iter().partition(|named| named.part == Part::Schema);
    // A schema is one of a database, which is to be known by then.
    for named in others.into_iter().chain(schemas) {
        if let Some(index) = whose(named, mentions, &prefixes) {
            mentions
                .iter_mut()
                .filter(|mention| mention.index == index)
                .for_each(|mention| give(named, mention));
        }
    }
}

/// `DB_HOST` and `DB_PORT`.
fn ports(mentions: &mut [Mention], settings: &[Setting<'_>], names: &[Name]) {
    let port = |(setting, name): (&Setting<'_>, &Name)| {
        let prefix = name.words.strip_suffix(&["port".to_owned()])?;
        Some((prefix.to_vec(), host::port(setting.value.trim())?))
    };
    let ports: BTreeMap<Vec<String>, u16> = settings.iter().zip(names).filter_map(port).collect();
    for mention in mentions.iter_mut().filter(|mention| mention.port.is_none()) {
        let Some((name, setting)) = names.get(mention.index).zip(settings.get(mention.index)) else {
            continue;
        };
        let is_known_by_scheme = setting.value.contains("://");
        mention.port = ports.get(&prefix_of_host(name)).copied().filter(|_| !is_known_by_scheme);
    }
}

/// The words before the one for the host.
fn prefix_of_host(name: &Name) -> Vec<String> {
    let mut words = name.words.clone();
    if words.ends_with(&["host".to_owned(), "name".to_owned()]) {
        words.pop();
    }
    words.pop();
    words
}

impl Named {
    fn of(setting: usize, of: &Setting<'_>, name: &Name) -> Option<Self> {
        let (part, at) = part_of(&name.words)?;
        let prefix = name.words.get(..at)?.to_vec();
        let store = name.store.filter(|store| *store != Store::Database).or_else(|| kind_of(part, &prefix));
        let values = values(of.value, part, store);
        (!values.is_empty() && !names::is_credential(&name.words)).then_some(Self {
            setting,
            part,
            prefix,
            store,
            values,
        })
    }
}

/// What a name is of, and which of its words says so.
fn part_of(words: &[String]) -> Option<(Part, usize)> {
    let last = words.len().checked_sub(1)?;
    let of = |at: usize| words.get(at).and_then(|word| part_of_word(word));
    match words.last()?.as_str() {
        "name" => {
            // `S3_BUCKET_NAME`, `DB_NAME`.
            let before = last.checked_sub(1)?;
            match of(before).filter(|part| *part != Part::Database) {
                Some(part) => Some((part, before)),
                None => Some((Part::Database, last)),
            }
        }
        _ => of(last).map(|part| (part, last)).or_else(|| {
            // `KAFKA_TOPIC_ORDERS`.
            let before = last.checked_sub(1)?;
            let part = of(before).filter(|part| matches!(part, Part::Topic | Part::Bucket | Part::Queue))?;
            (!is_of_part(words.last()?)).then_some((part, before))
        }),
    }
}

fn part_of_word(word: &str) -> Option<Part> {
    Some(match word {
        "database" | "databases" | "db" | "dbname" | "catalog" => Part::Database,
        "schema" => Part::Schema,
        "bucket" | "buckets" => Part::Bucket,
        "topic" | "topics" => Part::Topic,
        "queue" | "queues" => Part::Queue,
        "exchange" => Part::Exchange,
        "vhost" => Part::Vhost,
        "index" | "indices" => Part::Index,
        "keyspace" => Part::Keyspace,
        _ => return None,
    })
}

/// Words that tell something about a part, and not its name.
fn is_of_part(word: &str) -> bool {
    const ABOUT: &[&str] = &[
        "url",
        "uri",
        "prefix",
        "suffix",
        "size",
        "count",
        "type",
        "region",
        "enabled",
        "partitions",
        "replication",
        "timeout",
        "host",
        "port",
        "config",
        "endpoint",
        "limit",
        "ttl",
        "retention",
        "policy",
        "interval",
        "path",
        "length",
        "factor",
        "delay",
        "driver",
        "connection",
        "workers",
        "concurrency",
        "mode",
        "regex",
        "pattern",
        "user",
        "auto",
        "create",
        "max",
        "min",
        "acl",
        "ids",
        "id",
        "depth",
        "threads",
        "prefetch",
    ];
    ABOUT.contains(&word)
}

/// The kind of store that a part belongs to, without a name that says so.
fn kind_of(part: Part, prefix: &[String]) -> Option<Store> {
    let general = prefix.iter().any(|word| matches!(word.as_str(), "db" | "database" | "datasource" | "sql"));
    match part {
        Part::Topic => Some(Store::Kafka),
        Part::Bucket => Some(Store::ObjectStore),
        Part::Queue | Part::Exchange | Part::Vhost => Some(Store::RabbitMq),
        Part::Index => Some(Store::Elasticsearch),
        Part::Keyspace => Some(Store::Cassandra),
        Part::Schema => Some(Store::Postgres),
        Part::Database => general.then_some(Store::Database),
    }
}

fn values(value: &str, part: Part, store: Option<Store>) -> Vec<String> {
    let value = value.trim();
    let is_redis = part == Part::Database && store == Some(Store::Redis);
    if is_redis {
        return parts::redis_number(Some(value)).into_iter().collect();
    }
    if value.len() > 4096 || value.contains("://") || value.contains([UNKNOWN, '=', '{', '(']) {
        return Vec::new();
    }
    let each = value
        .split([',', ';', ' '])
        .map(|one| one.trim_matches(['"', '\'', '[', ']']))
        .filter_map(parts::part);
    let named =
        each.filter(|one| one.chars().any(char::is_alphabetic) && !matches!(one.as_str(), "true" | "false"));
    let named: Vec<String> = named
        .filter(|one| part != Part::Schema || parts::first_schema(one).is_some())
        .take(MOST_PARTS)
        .collect();
    let is_sentence = value.contains(' ') && matches!(part, Part::Database | Part::Schema | Part::Index);
    if is_sentence { Vec::new() } else { named }
}

/// The setting whose host a part belongs to: that of the same prefix, or the only one of its kind.
fn whose(named: &Named, mentions: &[Mention], prefixes: &BTreeMap<usize, Vec<String>>) -> Option<usize> {
    let fits = |mention: &&Mention| mention.index != named.setting && fits(named, mention);
    let is_same =
        |mention: &&Mention| prefixes.get(&mention.index) == Some(&named.prefix) && !named.prefix.is_empty();
    if let Some(mention) = mentions.iter().filter(is_same).find(fits) {
        return Some(mention.index);
    }
    named.store?;
    let mut all = mentions.iter().filter(fits).filter(|mention| !mention.host.is_empty());
    let first = all.next()?;
    let is_other = |mention: &Mention| mention.index != first.index && mention.host != first.host;
    (!all.any(is_other)).then_some(first.index)
}

/// Whether a mention is of a store that has such parts.
fn fits(named: &Named, mention: &Mention) -> bool {
    let store = likely_store(mention);
    match (named.part, named.store, store) {
        (_, _, None) => false,
        (Part::Topic, _, Some(store)) => matches!(store, Store::Kafka | Store::Pulsar | Store::Mqtt),
        (Part::Database, Some(Store::Redis), store) => store == Some(Store::Redis),
        (Part::Database, None | Some(Store::Database), Some(store)) => store.has_databases(),
        (Part::Schema, _, Some(store)) => matches!(store, Store::Postgres | Store::Database),
        (Part::Database, Some(named), Some(store)) => {
            named.has_databases() && (store == named || store == Store::Database)
        }
        (_, Some(named), Some(store)) => named == store,
        (_, None, Some(_)) => false,
    }
}

/// The store of a mention, if only by its port or its host's name.
fn likely_store(mention: &Mention) -> Option<Store> {
    let by_host = || names::words(&mention.host).iter().find_map(|word| names::of_word(word));
    let told = mention.store.filter(|store| *store != Store::Database);
    told.or_else(|| mention.port.and_then(Store::of_port)).or_else(by_host).or(mention.store)
}

fn give(named: &Named, mention: &mut Mention) {
    match (named.part, mention.parts.first_mut()) {
        // A connection string that names its database knows better.
        (Part::Database | Part::Keyspace | Part::Vhost, Some(_)) => {}
        (Part::Schema, Some(database)) if !database.contains('.') => {
            *database = format!("{database}.{}", named.values.concat());
        }
        (Part::Schema, Some(_)) => {}
        _ => {
            let known = mention.parts.clone();
            let new = named.values.iter().filter(|value| !known.contains(value));
            mention.parts.extend(new.take(MOST_PARTS.saturating_sub(known.len())).cloned());
        }
    }
}
