//! What keeps data, by its kind: told by an image, a scheme or a port.
//!
//! Invariant: what only stands in front of a store, looks into one or copies it is no store: an exporter,
//! a console, a pool of connections.

/// What keeps data, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Store {
    /// A database whose kind is not told: `DB_HOST=orders-db`.
    Database,
    /// PostgreSQL, and what speaks as it does: TimescaleDB, CockroachDB, YugabyteDB.
    Postgres,
    /// MySQL, MariaDB, Percona.
    MySql,
    /// MongoDB, FerretDB.
    MongoDb,
    /// Redis, Valkey, KeyDB, Dragonfly.
    Redis,
    /// memcached.
    Memcached,
    /// Kafka, Redpanda.
    Kafka,
    /// RabbitMQ and other brokers that are spoken to by AMQP.
    RabbitMq,
    /// NATS.
    Nats,
    /// Elasticsearch, OpenSearch.
    Elasticsearch,
    /// What keeps objects in buckets: S3, MinIO, emulators of cloud storage.
    ObjectStore,
    /// Cassandra, ScyllaDB.
    Cassandra,
    /// ClickHouse.
    ClickHouse,
    /// Neo4j.
    Neo4j,
    /// InfluxDB.
    Influx,
    /// etcd.
    Etcd,
    /// ZooKeeper.
    Zookeeper,
    /// Consul.
    Consul,
    /// Microsoft SQL Server.
    SqlServer,
    /// Oracle Database.
    Oracle,
    /// CouchDB, Couchbase.
    Couch,
    /// Pulsar.
    Pulsar,
    /// Mosquitto and other brokers that are spoken to by MQTT.
    Mqtt,
    /// Vault.
    Vault,
}

/// The last part of an image's path, and the store that it runs.
const IMAGES: &[(&str, Store)] = &[
    ("postgres", Store::Postgres),
    ("postgresql", Store::Postgres),
    ("postgresql-repmgr", Store::Postgres),
    ("postgis", Store::Postgres),
    ("timescaledb", Store::Postgres),
    ("timescaledb-ha", Store::Postgres),
    ("pgvector", Store::Postgres),
    ("pgvecto-rs", Store::Postgres),
    ("spilo", Store::Postgres),
    ("cockroach", Store::Postgres),
    ("cockroachdb", Store::Postgres),
    ("yugabyte", Store::Postgres),
    ("alloydbomni", Store::Postgres),
    ("mysql", Store::MySql),
    ("mysql-server", Store::MySql),
    ("mysql8", Store::MySql),
    ("mariadb", Store::MySql),
    ("mariadb-galera", Store::MySql),
    ("percona", Store::MySql),
    ("percona-server", Store::MySql),
    ("percona-xtradb-cluster", Store::MySql),
    ("tidb", Store::MySql),
    ("mongo", Store::MongoDb),
    ("mongodb", Store::MongoDb),
    ("mongodb-sharded", Store::MongoDb),
    ("mongodb-community-server", Store::MongoDb),
    ("mongodb-enterprise-server", Store::MongoDb),
    ("percona-server-mongodb", Store::MongoDb),
    ("ferretdb", Store::MongoDb),
    ("redis", Store::Redis),
    ("redis-cluster", Store::Redis),
    ("redis-stack", Store::Redis),
    ("redis-stack-server", Store::Redis),
    ("valkey", Store::Redis),
    ("valkey-bundle", Store::Redis),
    ("keydb", Store::Redis),
    ("dragonfly", Store::Redis),
    ("garnet", Store::Redis),
    ("memcached", Store::Memcached),
    ("kafka", Store::Kafka),
    ("kafka-native", Store::Kafka),
    ("cp-kafka", Store::Kafka),
    ("cp-server", Store::Kafka),
    ("confluent-local", Store::Kafka),
    ("redpanda", Store::Kafka),
    ("rabbitmq", Store::RabbitMq),
    ("activemq", Store::RabbitMq),
    ("activemq-artemis", Store::RabbitMq),
    ("activemq-classic", Store::RabbitMq),
    ("lavinmq", Store::RabbitMq),
    ("nats", Store::Nats),
    ("nats-streaming", Store::Nats),
    ("elasticsearch", Store::Elasticsearch),
    ("elasticsearch-oss", Store::Elasticsearch),
    ("opensearch", Store::Elasticsearch),
    ("minio", Store::ObjectStore),
    ("fake-gcs-server", Store::ObjectStore),
    ("azurite", Store::ObjectStore),
    ("seaweedfs", Store::ObjectStore),
    ("garage", Store::ObjectStore),
    ("s3mock", Store::ObjectStore),
    ("cassandra", Store::Cassandra),
    ("scylla", Store::Cassandra),
    ("clickhouse", Store::ClickHouse),
    ("clickhouse-server", Store::ClickHouse),
    ("neo4j", Store::Neo4j),
    ("influxdb", Store::Influx),
    ("etcd", Store::Etcd),
    ("zookeeper", Store::Zookeeper),
    ("cp-zookeeper", Store::Zookeeper),
    ("consul", Store::Consul),
    ("mssql-server", Store::SqlServer),
    ("mssql-server-linux", Store::SqlServer),
    ("azure-sql-edge", Store::SqlServer),
    ("mssql", Store::SqlServer),
    ("oracle-xe", Store::Oracle),
    ("oracle-free", Store::Oracle),
    ("couchdb", Store::Couch),
    ("couchbase", Store::Couch),
    ("pulsar", Store::Pulsar),
    ("pulsar-all", Store::Pulsar),
    ("eclipse-mosquitto", Store::Mqtt),
    ("mosquitto", Store::Mqtt),
    ("emqx", Store::Mqtt),
    ("hivemq-ce", Store::Mqtt),
    ("hivemq4", Store::Mqtt),
    ("vernemq", Store::Mqtt),
    ("vault", Store::Vault),
    ("openbao", Store::Vault),
];

/// Images whose last part says too little, by their last two.
const LONGER_IMAGES: &[(&str, Store)] = &[
    ("database/express", Store::Oracle),
    ("database/enterprise", Store::Oracle),
    ("database/free", Store::Oracle),
    ("mssql/server", Store::SqlServer),
    ("mssql/rhel/server", Store::SqlServer),
    ("timescale/timescaledb", Store::Postgres),
    ("timescale/timescaledb-ha", Store::Postgres),
];

/// Schemes of URLs, without what follows a `+`, and what they are spoken to.
const SCHEMES: &[(&str, Store)] = &[
    ("postgres", Store::Postgres),
    ("postgresql", Store::Postgres),
    ("postgis", Store::Postgres),
    ("pgsql", Store::Postgres),
    ("psql", Store::Postgres),
    ("pgx", Store::Postgres),
    ("pgx5", Store::Postgres),
    ("cockroach", Store::Postgres),
    ("cockroachdb", Store::Postgres),
    ("mysql", Store::MySql),
    ("mysql2", Store::MySql),
    ("mysqlx", Store::MySql),
    ("mariadb", Store::MySql),
    ("mongodb", Store::MongoDb),
    ("mongo", Store::MongoDb),
    ("redis", Store::Redis),
    ("rediss", Store::Redis),
    ("redis-sentinel", Store::Redis),
    ("redis-cluster", Store::Redis),
    ("valkey", Store::Redis),
    ("valkeys", Store::Redis),
    ("memcache", Store::Memcached),
    ("memcached", Store::Memcached),
    ("kafka", Store::Kafka),
    ("plaintext", Store::Kafka),
    ("sasl_plaintext", Store::Kafka),
    ("sasl_ssl", Store::Kafka),
    ("amqp", Store::RabbitMq),
    ("amqps", Store::RabbitMq),
    ("rabbitmq", Store::RabbitMq),
    ("pyamqp", Store::RabbitMq),
    ("nats", Store::Nats),
    ("elasticsearch", Store::Elasticsearch),
    ("opensearch", Store::Elasticsearch),
    ("s3", Store::ObjectStore),
    ("s3a", Store::ObjectStore),
    ("s3n", Store::ObjectStore),
    ("gs", Store::ObjectStore),
    ("minio", Store::ObjectStore),
    ("cassandra", Store::Cassandra),
    ("scylla", Store::Cassandra),
    ("clickhouse", Store::ClickHouse),
    ("ch", Store::ClickHouse),
    ("neo4j", Store::Neo4j),
    ("bolt", Store::Neo4j),
    ("influxdb", Store::Influx),
    ("etcd", Store::Etcd),
    ("etcd3", Store::Etcd),
    ("zookeeper", Store::Zookeeper),
    ("zk", Store::Zookeeper),
    ("consul", Store::Consul),
    ("sqlserver", Store::SqlServer),
    ("mssql", Store::SqlServer),
    ("oracle", Store::Oracle),
    ("couchdb", Store::Couch),
    ("couchbase", Store::Couch),
    ("pulsar", Store::Pulsar),
    ("mqtt", Store::Mqtt),
    ("mqtts", Store::Mqtt),
    ("vault", Store::Vault),
];

impl Store {
    /// The word for it in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MongoDb => "MongoDB",
            Self::Redis => "Redis",
            Self::Memcached => "memcached",
            Self::Kafka => "Kafka",
            Self::RabbitMq => "RabbitMQ",
            Self::Nats => "NATS",
            Self::Elasticsearch => "Elasticsearch",
            Self::ObjectStore => "object store",
            Self::Cassandra => "Cassandra",
            Self::ClickHouse => "ClickHouse",
            Self::Neo4j => "Neo4j",
            Self::Influx => "InfluxDB",
            Self::Etcd => "etcd",
            Self::Zookeeper => "ZooKeeper",
            Self::Consul => "Consul",
            Self::SqlServer => "SQL Server",
            Self::Oracle => "Oracle",
            Self::Couch => "CouchDB",
            Self::Pulsar => "Pulsar",
            Self::Mqtt => "MQTT broker",
            Self::Vault => "Vault",
        }
    }

    /// The store that an image runs; its registry, tag and digest don't matter.
    pub fn of_image(image: &str) -> Option<Self> {
        let name = image.trim().split('@').next()?;
        let path = match name.rfind(':') {
            // A colon before the last slash is a registry's port.
            Some(colon) if !name[colon..].contains('/') => &name[..colon],
            _ => name,
        };
        let path = path.to_ascii_lowercase();
        let last = path.rsplit('/').next()?;
        let longer = LONGER_IMAGES.iter().find(|(end, _)| {
            path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        });
        longer.or_else(|| IMAGES.iter().find(|(known, _)| *known == last)).map(|(_, store)| *store)
    }

    /// The store that a URL's scheme speaks to: `postgresql+asyncpg`, `jdbc:mysql`, `rediss`.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        let scheme = scheme.to_ascii_lowercase();
        let scheme = scheme.strip_prefix("jdbc:").or(scheme.strip_prefix("r2dbc:")).unwrap_or(&scheme);
        let scheme = scheme.strip_prefix("pool:").unwrap_or(scheme);
        // `postgresql+asyncpg`, and Celery's `db+postgresql`.
        let known = |part: &str| SCHEMES.iter().find(|(known, _)| *known == part).map(|(_, store)| *store);
        scheme.split(['+', ':']).take(2).find_map(known)
    }

    /// The store that listens to a port by default.
    pub fn of_port(port: u16) -> Option<Self> {
        Some(match port {
            5432 | 26257 => Self::Postgres,
            3306 | 33060 => Self::MySql,
            27017..=27019 => Self::MongoDb,
            6379 | 26379 => Self::Redis,
            11211 => Self::Memcached,
            9092 | 19092 | 29092 => Self::Kafka,
            5671 | 5672 => Self::RabbitMq,
            4222 => Self::Nats,
            9200 | 9300 => Self::Elasticsearch,
            9042 => Self::Cassandra,
            8123 => Self::ClickHouse,
            7687 => Self::Neo4j,
            8086 => Self::Influx,
            2379 => Self::Etcd,
            2181 => Self::Zookeeper,
            8500 => Self::Consul,
            1433 => Self::SqlServer,
            1521 => Self::Oracle,
            5984 => Self::Couch,
            6650 => Self::Pulsar,
            1883 | 8883 => Self::Mqtt,
            _ => return None,
        })
    }

    /// Whether what it keeps is parted into databases that have names.
    pub(super) fn has_databases(self) -> bool {
        matches!(
            self,
            Self::Database
                | Self::Postgres
                | Self::MySql
                | Self::MongoDb
                | Self::SqlServer
                | Self::Oracle
                | Self::ClickHouse
                | Self::Cassandra
                | Self::Neo4j
                | Self::Influx
                | Self::Couch
        )
    }

    /// Whether it is spoken to over HTTP.
    pub(super) fn speaks_http(self) -> bool {
        matches!(
            self,
            Self::Elasticsearch
                | Self::ObjectStore
                | Self::ClickHouse
                | Self::Influx
                | Self::Consul
                | Self::Vault
                | Self::Etcd
                | Self::Couch
                | Self::Neo4j
                | Self::Pulsar
        )
    }
}
