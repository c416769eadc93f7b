//! Which of what runs keeps data, where its image alone does not say so.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::addresses::{Mention, Store};
use crate::text::Location;

use super::Stage;
use super::images::{Image, Images, programs};
use super::model::{Resolved, Running, Said};
use super::names::{ImageName, last_word};
use super::settings::{self, Mentioned, Waited};

/// What is known of one of what runs by itself, and by what others say to it.
#[derive(Debug)]
pub(super) struct Read {
    /// The images of the repository that it runs, and where that is said.
    pub(super) images: Vec<(usize, Vec<Location>)>,
    pub(super) mentioned: Vec<Mentioned>,
    pub(super) waited: Vec<Waited>,
    /// What keeps data, if it does.
    pub(super) store: Option<Store>,
}

/// Programs that ask a store, and are none.
const CLIENTS: [&str; 24] = [
    "psql",
    "pg_isready",
    "pg_dump",
    "createdb",
    "mysql",
    "mysqladmin",
    "mysqldump",
    "mariadb",
    "mongo",
    "mongosh",
    "mongoimport",
    "mongorestore",
    "redis-cli",
    "valkey-cli",
    "kafka-topics",
    "kafka-topics.sh",
    "kafka-console-consumer",
    "rabbitmqadmin",
    "clickhouse-client",
    "cqlsh",
    "etcdctl",
    "influx",
    "curl",
    "mc",
];

/// Programs that are a store, or start one.
const SERVERS: [&str; 22] = [
    "postgres",
    "docker-entrypoint.sh",
    "mysqld",
    "mariadbd",
    "mongod",
    "mongos",
    "redis-server",
    "valkey-server",
    "redis-sentinel",
    "memcached",
    "rabbitmq-server",
    "kafka-server-start",
    "kafka-server-start.sh",
    "nats-server",
    "clickhouse-server",
    "minio",
    "cassandra",
    "etcd",
    "influxd",
    "elasticsearch",
    "redpanda",
    "rpk",
];

/// What the images of programs are called that stand beside a store, whatever they are named for.
const TOOLS: [&str; 12] = [
    "exporter",
    "ui",
    "commander",
    "admin",
    "proxy",
    "operator",
    "backup",
    "manager",
    "express",
    "connect",
    "migrat",
    "console",
];

/// What keeps data by the images that are pulled: all of them do, and it is not started as a client.
fn by_images_pulled(running: &Running) -> Option<Store> {
    let mut stores = running.images.iter().map(|image| Store::of_image(&image.value));
    let first = stores.next()??;
    let programs = programs(&running.commands);
    let is_client = CLIENTS.iter().any(|client| programs.contains(*client))
        && !SERVERS.iter().any(|server| programs.contains(*server));
    (stores.all(|store| store.is_some()) && !is_client).then_some(first)
}

/// The same by the images that the repository builds. A pod that also holds something else than a store is a
/// service.
fn by_images_built(built: &[(usize, Vec<Location>)], images: &Images) -> Option<Store> {
    let stores: BTreeSet<Option<Store>> = built.iter().map(|(image, _)| images.store(*image)).collect();
    stores.first().copied().flatten().filter(|_| stores.len() == 1)
}

/// The same by a name that is a store's own, where the image says nothing else.
fn by_name(running: &Running) -> Option<Store> {
    let is_tool = |image: &Said| TOOLS.iter().any(|word| ImageName::read(&image.value).last().contains(word));
    let is_free = !running.images.iter().any(is_tool);
    Store::of_image(last_word(&running.name)).filter(|_| is_free)
}

/// Reads the settings of everything that runs, and what they say about each other.
pub(super) fn read_all(stage: &Stage, images: &mut Images) -> Vec<Read> {
    let each = stage.running.iter().enumerate().map(|(at, running)| {
        let own = images.run_by(at, running);
        let of_image: Vec<&Image> = own.iter().map(|(image, _)| &images.all[*image]).collect();
        let (mentioned, waited) = settings::read(running, &of_image);
        let store = if own.is_empty() { by_images_pulled(running) } else { by_images_built(&own, images) };
        Read { images: own, mentioned, waited, store }
    });
    let mut all: Vec<Read> = each.collect();
    let taken_for = taken_for(stage, &all);
    for (at, (read, running)) in all.iter_mut().zip(&stage.running).enumerate() {
        // What the repository builds is known, and an entrance keeps nothing, whatever is behind it.
        if read.images.is_empty() && !running.is_entrance && !running.images.is_empty() {
            read.store = read.store.or(taken_for.get(&at).copied()).or_else(|| by_name(running));
        }
    }
    all
}

/// What each is taken for by those who speak to it as one speaks to a store.
fn taken_for(stage: &Stage, all: &[Read]) -> BTreeMap<usize, Store> {
    let mut taken_for = BTreeMap::new();
    for (at, read) in all.iter().enumerate() {
        for mention in read.mentioned.iter().map(|one| &one.mention) {
            let Some(store) = speaks(mention) else { continue };
            if let Resolved::To(found) = stage.resolve(at, &mention.host) {
                for other in found.into_iter().filter(|other| *other != at) {
                    taken_for.entry(other).or_insert(store);
                }
            }
        }
    }
    taken_for
}

/// As what a mention takes the other: by a connection string, or by a name that says so together with the
/// port that it has then.
fn speaks(mention: &Mention) -> Option<Store> {
    let store = mention.store?;
    let is_usual = mention.port.is_none_or(|port| Store::of_port(port) == Some(store));
    is_usual.then_some(store)
}
