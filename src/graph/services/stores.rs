//! Which of what runs keeps data, where its image alone does not say so.

use crate::sources::addresses::{Mention, Store};

use super::images::{Images, Meant, programs};
use super::model::{Resolved, Running, Said};
use super::names::ImageName;
use super::settings::{self, Mentioned, Waited};
use super::{Stage, names};

/// What the settings of one of what runs say, and what others say about it.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) mentioned: Vec<Mentioned>,
    pub(super) waited: Vec<Waited>,
    /// What others take it for: they speak to it as one speaks to such a store.
    pub(super) is_store: Option<Store>,
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

/// What keeps data by the images that are pulled: all of them do, and it is not started as a client. Where no
/// image says anything, a name does that is a store's own.
pub(super) fn pulled(running: &Running) -> Option<Store> {
    let mut stores = running.images.iter().map(|image| Store::of_image(&image.value));
    let first = stores.next()??;
    let programs = programs(&running.commands);
    let is_client = CLIENTS.iter().any(|client| programs.contains(*client))
        && !SERVERS.iter().any(|server| programs.contains(*server));
    (stores.all(|store| store.is_some()) && !is_client).then_some(first)
}

/// Reads the settings of everything that runs, and what they say about each other.
pub(super) fn read_all(stage: &Stage, images: &Images) -> Vec<Read> {
    let mut all: Vec<Read> = stage
        .running
        .iter()
        .enumerate()
        .map(|(at, running)| {
            let own = (0..running.builds.len()).filter_map(|build| images.of_build(at, build));
            let pulled = running.images.iter().filter(|_| running.builds.is_empty());
            let pulled = pulled.filter_map(|image| match images.meant(&image.value, &running.name) {
                Meant::One(one) => Some(one),
                Meant::Several(_) | Meant::None => None,
            });
            let own: Vec<_> = own.chain(pulled).map(|image| &images.all[image]).collect();
            let (mentioned, waited) = settings::read(running, &own);
            Read { mentioned, waited, is_store: None }
        })
        .collect();
    let mut taken_for: Vec<(usize, Store)> = Vec::new();
    for (at, read) in all.iter().enumerate() {
        for mention in read.mentioned.iter().map(|one| &one.mention) {
            let Some(store) = speaks(mention) else { continue };
            if let Resolved::To(found) = stage.resolve(at, &mention.host) {
                taken_for.extend(found.into_iter().filter(|other| *other != at).map(|other| (other, store)));
            }
        }
    }
    for (at, store) in taken_for {
        all[at].is_store.get_or_insert(store);
    }
    for (read, running) in all.iter_mut().zip(&stage.running) {
        let by_name = names::last_word(&running.name);
        let is_tool =
            |image: &Said| TOOLS.iter().any(|word| ImageName::read(&image.value).last().contains(word));
        let by_name = Store::of_image(by_name).filter(|_| !running.images.iter().any(is_tool));
        read.is_store = read.is_store.or(by_name);
        // An address that only lets calls in keeps nothing, whatever is behind it.
        if running.is_entrance || running.images.is_empty() {
            read.is_store = None;
        }
    }
    all
}

/// As what a mention takes the other: by a connection string, or by a name that says so together with the
/// port that it has then.
fn speaks(mention: &Mention) -> Option<Store> {
    let store = mention.store?;
    let is_usual = mention.port.is_none_or(|port| Store::of_port(port) == Some(store));
    is_usual.then_some(store)
}
