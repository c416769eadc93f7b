//! Images, schemes, and the stores that they tell.

use super::super::Store;

#[test]
fn an_image_tells_its_store_by_the_end_of_its_path() {
    for (image, store) in [
        ("postgres", Store::Postgres),
        ("postgres:15-alpine", Store::Postgres),
        ("bitnami/postgresql:16", Store::Postgres),
        ("postgis/postgis:15-3.4", Store::Postgres),
        ("timescale/timescaledb:latest-pg16", Store::Postgres),
        ("pgvector/pgvector:pg16", Store::Postgres),
        ("cockroachdb/cockroach:v23", Store::Postgres),
        ("mariadb", Store::MySql),
        ("percona:8", Store::MySql),
        ("docker.io/library/mysql@sha256:0123", Store::MySql),
        ("mongo:4.4", Store::MongoDb),
        ("registry.shop.test:5000/base/mongo", Store::MongoDb),
        ("valkey/valkey:8", Store::Redis),
        ("eqalpha/keydb", Store::Redis),
        ("docker.dragonflydb.io/dragonflydb/dragonfly", Store::Redis),
        ("memcached:1.6", Store::Memcached),
        ("confluentinc/cp-kafka:7.5.0", Store::Kafka),
        ("docker.redpanda.com/redpandadata/redpanda:v23", Store::Kafka),
        ("rabbitmq:3-management", Store::RabbitMq),
        ("nats:2", Store::Nats),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.1.0", Store::Elasticsearch),
        ("opensearchproject/opensearch:2", Store::Elasticsearch),
        ("minio/minio", Store::ObjectStore),
        ("fsouza/fake-gcs-server", Store::ObjectStore),
        ("mcr.microsoft.com/mssql/server:2022-latest", Store::SqlServer),
        ("container-registry.oracle.com/database/express:21.3.0-xe", Store::Oracle),
        ("gvenzl/oracle-xe", Store::Oracle),
        ("clickhouse/clickhouse-server", Store::ClickHouse),
        ("eclipse-mosquitto:2", Store::Mqtt),
        ("hashicorp/vault", Store::Vault),
    ] {
        assert_eq!(Store::of_image(image), Some(store), "{image}");
    }
}

#[test]
fn what_only_looks_into_a_store_is_none() {
    for image in [
        "",
        "postgres-exporter",
        "prometheuscommunity/postgres-exporter:v0.15",
        "redis-commander",
        "rediscommander/redis-commander:latest",
        "mongo-express",
        "oliver006/redis_exporter",
        "provectuslabs/kafka-ui",
        "bitnami/pgbouncer",
        "edoburu/pgbouncer",
        "dpage/pgadmin4",
        "minio/mc",
        "confluentinc/cp-kafka-connect",
        "debezium/connect",
        "confluentinc/cp-schema-registry",
        "kbudde/rabbitmq-exporter",
        "elasticdump/elasticsearch-dump",
        "localstack/localstack",
        "shop/postgres-backup",
        "percona/percona-toolkit",
        "natsio/nats-box",
        "natsio/prometheus-nats-exporter",
        "hashicorp/vault-k8s",
        "mysql/mysql-router",
    ] {
        assert_eq!(Store::of_image(image), None, "{image}");
    }
}

#[test]
fn a_scheme_tells_its_store_whatever_driver_it_names() {
    for (scheme, store) in [
        ("postgresql+asyncpg", Some(Store::Postgres)),
        ("jdbc:postgresql", Some(Store::Postgres)),
        ("r2dbc:pool:postgresql", Some(Store::Postgres)),
        ("mysql+pymysql", Some(Store::MySql)),
        ("db+postgresql", Some(Store::Postgres)),
        ("mongodb+srv", Some(Store::MongoDb)),
        ("REDISS", Some(Store::Redis)),
        ("amqps", Some(Store::RabbitMq)),
        ("jdbc:oracle:thin", Some(Store::Oracle)),
        ("http", None),
        ("tcp", None),
        ("", None),
    ] {
        assert_eq!(Store::of_scheme(scheme), store, "{scheme}");
    }
}
