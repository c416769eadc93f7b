//! Commands and whom they wait for, with the number of the word that says so.

use super::super::waits;

/// Words, with `~` between them, and the waits.
const ROWS: &[(&str, &str)] = &[
    ("./wait-for-it.sh ~ db:5432 ~ -- ~ ./app ~ users:80", "db:5432 @1"),
    ("./wait-for-it.sh db:5432 -t 30 -- ./app users:80", "db:5432 @0"),
    ("wait-for-it -h db -p 5432", "db:5432 @0"),
    ("wait-for ~ db:5432", "db:5432 @1"),
    ("wait-for http://users:80/health -- npm start", "users:80 @0"),
    (
        "dockerize -wait tcp://db:5432 -wait http://users:80/x -timeout 60s app http://no:80",
        "db:5432 @0; users:80 @0",
    ),
    ("dockerize ~ -wait=tcp://db:5432", "db:5432 @1"),
    ("wait-for-postgres.sh db", "db @0"),
    ("wait-for-it.sh db", ""),
    ("nc -z db 5432", "db:5432 @0"),
    ("nc -zv -w 3 db 5432", "db:5432 @0"),
    ("nc db 5432", ""),
    ("/bin/sh ~ -c ~ until nc -z db 5432; do sleep 1; done", "db:5432 @2"),
    (
        "sh ~ -c ~ until nslookup users.shop.svc.cluster.local; do echo waiting for users; sleep 2; done",
        "users.shop.svc.cluster.local @2",
    ),
    (
        "until nslookup mydb.$(cat /var/run/secrets/namespace).svc.cluster.local; do echo waiting; sleep 2; done",
        "mydb @0",
    ),
    ("until pg_isready -h db -p 5432 -U postgres; do sleep 1; done", "db:5432 @0"),
    ("until pg_isready -hdb; do sleep 1; done", "db @0"),
    ("pg_isready --host=db", "db @0"),
    ("until mysqladmin ping -h mysql --silent; do sleep 1; done", "mysql @0"),
    ("until mysqladmin ping -h\"mysql\" -u root -psecret:80; do sleep 1; done", "mysql @0"),
    ("until curl -sf http://users:8080/health; do sleep 1; done", "users:8080 @0"),
    (
        "until [ \"$(curl -s -o /dev/null -w '%{http_code}' http://users:80/health)\" = 200 ]; do sleep 1; done",
        "users:80 @0",
    ),
    ("until redis-cli -h redis ping; do sleep 1; done", "redis @0"),
    ("until redis-cli -h redis -a pw:80 ping | grep PONG; do sleep 1; done", "redis @0"),
    ("while ! nc -z db 5432; do sleep 1; done; exec app --users http://users:80", "db:5432 @0"),
    ("while true; do nc -z db 5432 && break; sleep 1; done", "db:5432 @0"),
    ("while ! </dev/tcp/db/5432; do sleep 1; done", "db:5432 @0"),
    ("until (echo > /dev/tcp/db/5432) >/dev/null 2>&1; do sleep 1; done", "db:5432 @0"),
    ("timeout 60 bash -c 'until nc -z db 5432; do sleep 1; done'", "db:5432 @0"),
    ("kubectl wait --for=condition=ready pod/db", ""),
    ("curl http://users:80", ""),
    ("until kafka-topics --bootstrap-server kafka:9092 --list; do sleep 1; done", "kafka:9092 @0"),
    ("until wget -q -O - http://users:80; do sleep 1; done", "users:80 @0"),
    ("while [ ! -f /tmp/x ]; do sleep 1; done", ""),
    ("until getent hosts db; do sleep 1; done", "db @0"),
    ("until ping -c 1 db; do sleep 1; done", "db @0"),
    ("wait", ""),
    ("wait-on ~ tcp:db:5432 ~ http-get://users:80/health", "db:5432 @1; users:80 @2"),
    ("until cqlsh cassandra 9042 -e 'describe keyspaces'; do sleep 1; done", "cassandra:9042 @0"),
    ("until psql postgres://u:p@ss@db:5432/orders -c '\\q'; do sleep 1; done", "db:5432 @0"),
    ("until nc -z localhost 80; do sleep 1; done", ""),
    (
        "sh ~ -c ~ until nc -z -w 2 rabbit 5672 && nc -z db 5432; do sleep 1; done && ./app",
        "rabbit:5672 @2; db:5432 @2",
    ),
    ("until mongosh --host mongo --eval 'x'; do sleep 1; done", "mongo @0"),
    ("until etcdctl --endpoints=http://etcd:2379 endpoint health; do sleep 1; done", "etcd:2379 @0"),
    ("timeout 60 sh ~ -c ~ nc -z db 5432", "db:5432 @2"),
];

#[test]
fn each_command_waits_for_whom_it_says() {
    for (row, expected) in ROWS {
        let words: Vec<&str> = row.split(" ~ ").collect();
        let found = waits(&words);
        let shown = found.iter().map(|wait| {
            assert_eq!(words[wait.index][wait.range.clone()].to_ascii_lowercase(), wait.host, "{row}");
            let port = wait.port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port} @{}", wait.host, wait.index)
        });
        assert_eq!(shown.collect::<Vec<_>>().join("; "), *expected, "{row}");
    }
}
