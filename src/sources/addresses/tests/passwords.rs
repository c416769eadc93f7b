//! The promise about passwords: whatever one holds, nothing of it is told.

use proptest::prelude::*;

use super::super::{Setting, mentions, waits};

/// What a password is planted in; `{}` stands for it, and what may not stand in it in this shape follows.
///
/// What may not is what ends a password there for everybody who reads it.
const SHAPES: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "postgres://someone:{}@db:5432/orders", ""),
    ("DATABASE_URL", "postgresql+asyncpg://someone:{}@db:5432/orders?ssl=require", ""),
    ("DATABASE_URL", "mysql://someone:{}@db:5432/orders", ""),
    ("", "--url=postgres://someone:{}@db:5432/orders --more", " \"'`\\"),
    ("MONGO", "mongodb://someone:{}@db:5432,db:5432/orders?authSource=admin", ""),
    ("CACHE", "redis://:{}@db:5432/3", ""),
    ("CACHE", "rediss://{}@db:5432", "?="),
    ("QUEUE", "amqp://someone:{}@db:5432/orders", ""),
    ("LIST", "nats://someone:{}@db:5432,nats://someone:{}@db:5432", " \"'`\\"),
    ("API_URL", "http://someone:{}@db:5432/orders", " \"'`\\/?#)>}],;|"),
    ("X", "jdbc:postgresql://db:5432/orders?user=someone&password={}", "&"),
    ("X", "jdbc:mysql://db:5432/orders?password={}&user=someone", "&"),
    ("X", "jdbc:sqlserver://db:5432;user=someone;password={};databaseName=orders", ";&"),
    ("X", "jdbc:oracle:thin:someone/{}@db:5432/orders", ""),
    ("X", "jdbc:oracle:thin:someone/{}@//db:5432/orders", ""),
    ("X", "someone:{}@tcp(db:5432)/orders?parseTime=true", ""),
    ("X", "host=db port=5432 user=someone password={} dbname=orders", " '\"="),
    ("X", "host=db port=5432 user=someone password='{}' dbname=orders", "'\\"),
    ("X", "Server=db,5432;Database=orders;User Id=someone;Password={}", ";'\""),
    ("X", "Server=db,5432;Database=orders;Password=\"{}\";User Id=someone", "\"\\"),
    ("X", "Host=db;Port=5432;Username=someone;Password='{}';Database=orders", "'\\"),
    ("X", "db:5432,password={},abortConnect=false", ","),
    ("REDIS", "db,password={}", ","),
    ("DB_PASSWORD", "{}", ""),
    ("API_TOKEN", "{}", ""),
    ("REDIS_AUTH", "someone:{}", ""),
    ("DB_USER", "someone:{}", ""),
    ("password", "{}", ""),
    ("", "--db-password {} --db-host=db", " \"'"),
    ("", "--db-password={} --db-host=db", " \"'"),
    ("", "-Dspring.datasource.password={} -Dspring.redis.host=db", " \"'"),
    ("", "curl -u someone:{} http://db:5432", " \"'"),
    ("", "PGPASSWORD={} psql -h db", " \"'"),
    ("", "PGPASSWORD='{}' psql --host db", "'\\"),
    ("SETTINGS", "{\"host\":\"db\",\"password\":\"{}\",\"port\":5432}", "\"\\"),
    ("SETTINGS", "{\"host\": \"db\", \"password\": \"{}\", \"port\": 5432}", "\"\\"),
    ("DB_DSN", "someone:{}@db:5432/orders", " \"'\\=,;()[]`|&<>"),
];

/// Whether a mention tells nothing but what was written beside the password.
fn is_harmless(host: &str, port: Option<u16>, parts: &[String]) -> bool {
    let is_part = |part: &String| part == "orders" || part == "3";
    match host {
        "db" => port.is_none_or(|port| port == 5432) && parts.iter().all(is_part),
        // Who logs in, where that can't be told from a host.
        "someone" => port.is_none() && parts.is_empty(),
        _ => false,
    }
}

fn check(name: &str, shape: &str, password: &str) -> Result<(), TestCaseError> {
    let value = shape.replace("{}", password);
    let planted: Vec<_> = value.match_indices(password).map(|(at, text)| at..at + text.len()).collect();
    for mention in mentions(&[Setting { name, value: &value }]) {
        prop_assert!(is_harmless(&mention.host, mention.port, &mention.parts), "{value:?}: {mention:?}");
        let overlaps =
            planted.iter().any(|one| one.start < mention.range.end && mention.range.start < one.end);
        prop_assert!(!overlaps, "{value:?}: {mention:?}");
    }
    Ok(())
}

#[test]
fn beside_a_plain_password_the_host_is_told() {
    for (name, shape, _) in SHAPES {
        let value = shape.replace("{}", "pa5sword");
        let found = mentions(&[Setting { name, value: &value }]);
        let has_host = !matches!(*shape, "{}" | "someone:{}");
        assert_eq!(has_host, found.iter().any(|mention| mention.host == "db"), "{value}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_part_of_a_password_is_told(
        shape in prop::sample::select(SHAPES),
        password in r#"[a-z0-9A-Z@:/?#%&=+!$^*()_~,;.|\[\]{}<>"'` \\-]{1,12}[0-9A-Z@:/?#%!]{3}"#,
    ) {
        let (name, text, excluded) = shape;
        let password: String = password.chars().filter(|letter| !excluded.contains(*letter)).collect();
        // Blanks and quotes at its ends are not of it, for whoever reads a value.
        let password = password.trim_matches([' ', '"', '\'']);
        if password.len() > 2 {
            check(name, text, password)?;
        }
    }

    #[test]
    fn no_part_of_a_password_like_an_address_is_told(
        shape in prop::sample::select(SHAPES),
        password in "([a-z]{1,3}|:[0-9]{1,4}|@|/|://|\\?|=|,|;|%40|redis:6379){2,6}[0-9]{4}",
    ) {
        let (name, text, excluded) = shape;
        let password: String = password.chars().filter(|letter| !excluded.contains(*letter)).collect();
        check(name, text, &password)?;
    }

    #[test]
    fn no_text_makes_it_panic(name in ".{0,20}", value in ".{0,200}", more in "[a-z:/@=,;'\"() \u{fffc}0-9.-]{0,120}") {
        for value in [&value, &more] {
            for name in [name.as_str(), "DB_HOST", ""] {
                for mention in mentions(&[Setting { name, value }]) {
                    prop_assert!(value.get(mention.range).is_some());
                }
            }
            let words: Vec<&str> = value.split(' ').collect();
            for words in [words.as_slice(), &[value.as_str()]] {
                for wait in waits(words) {
                    prop_assert!(words[wait.index].get(wait.range).is_some());
                }
            }
        }
    }
}
