//! Lines with credentials and what is left of them, and the promise that nothing of one is.

use proptest::prelude::*;

use super::{masked, masked_message};

/// Lines of a YAML file in which `hunter2` is a credential, and what else stands there is none.
const YAML: &[&str] = &[
    "DB_PASSWORD: hunter2",
    "DB_PASSWORD: \"hunter2\" # why",
    "db-passwd: 'hunter2'",
    "API_KEY2: ${API_KEY:-hunter2}",
    "API_KEY: ${API_KEY-hunter2}",
    "accessKey: hunter2",
    "privateKey: hunter2",
    "token: hunter2",
    "secret: hunter2",
    "clientSecret: hunter2",
    "NEO4J_AUTH: hunter2",
    "DATABASE_URL: postgres://user:hunter2@db:5432/orders",
    "DATABASE_URL: \"postgres://user:hunter2@db:5432/orders\"",
    "CACHE: redis://:hunter2@cache:6379/1",
    "QUEUES: amqp://a:hunter2@one:5672,amqp://b:hunter2@two:5672",
    "WEB: http://user:hunter2@users/x",
    "DSN: user:hunter2@tcp(db:3306)/orders",
    "DSN: user:hunter2@db:5432/orders",
    "ORA: jdbc:oracle:thin:user/hunter2@db:1521/orders",
    "ADO: Server=db;User Id=sa;Password=hunter2;Encrypt=false",
    "ADO: Server=db;User Id=sa;Pwd=hunter2",
    "PQ: host=db password=hunter2 dbname=orders",
    "PQ: \"host=db password='hunter2' dbname=orders\"",
    "REDIS: cache:6379,password=hunter2,abortConnect=false",
    "JDBC: jdbc:postgresql://db/x?user=a&password=hunter2&ssl=true",
    "JDBC: jdbc:sqlserver://db:1433;user=sa;password=hunter2;databaseName=orders",
    "JAVA_OPTS: -Dx.password=hunter2 -Dy=1",
    "command: [\"redis-server\", \"--requirepass\", \"hunter2\", \"--port\", \"6379\"]",
    "command: redis-server --requirepass hunter2 --port 6379",
    "command: app --db-password=hunter2 --port 6379",
    "command: mysql -u root -phunter2 -h db",
    "test: curl -u admin:hunter2 http://users:80",
    "test: \"curl -H 'Authorization: Bearer hunter2' http://users:80\"",
    "- DB_PASSWORD=hunter2",
    "# PGPASSWORD=hunter2 psql -h db",
    "- \"API_TOKEN=hunter2\"",
    "- { name: DB_PASSWORD, value: hunter2 }",
    "{\"host\": \"db\", \"password\": \"hunter2\", \"port\": 1}",
    "PASSWORD: >-\n  hunter2\nHOST: db",
    "PASSWORD:\n  hunter2\nHOST: db",
    "- name: DB_PASSWORD\n  value: hunter2\n- name: PORT\n  value: \"80\"",
    "- value: hunter2\n  name: DB_PASSWORD",
    "- --password\n- hunter2\n- --port\n- 80",
    "passwords:\n- hunter2\nhost: db",
    "kind: Secret\ndata:\n  some: hunter2\ntype: Opaque",
    "kind: Secret\nstringData:\n  a.yaml: |\n    hunter2\n  some: hunter2\ntype: Opaque",
    "STRIPE_KEY: hunter2",
    "- OPENAI_KEY=hunter2",
    "HASH_KEY: hunter2",
    "PGPASS: hunter2",
    "PRIVATE: hunter2",
    "SALT: hunter2",
    "HMAC: hunter2",
    "- \"MNEMONIC=hunter2\"",
    "SEED: hunter2",
    "PIN: hunter2",
    "COOKIE: hunter2",
    "LICENSE: hunter2",
    "STRIPE_SK: hunter2",
    "GITHUB_PAT: hunter2",
    "KEY: hunter2",
    "stripeKey: hunter2",
    "- { name: GITHUB_PAT, value: hunter2 }",
    "environment: {U: http://users, STRIPE_KEY: hunter2, HOST: db}",
    "SENTRY_DSN: https://hunter2@errors.test/1",
    "- SENTRY_DSN=https://hunter2:hunter2@errors.test/1",
    "{\"U\": \"http://users\", \"SENTRY_DSN\": \"https://hunter2@errors.test/1\"}",
    "SENTRY_DSN: hunter2",
    "- name: DSN\n  value: hunter2",
    "- DSN=hunter2",
    "environment: {U: http://users, DSN: hunter2}",
    "U: http://users/x?sig=hunter2",
    "U: http://users/x?a=b&code=hunter2&sslmode=disable",
    "U: \"http://users/x?X-Amz-Signature=hunter2\"",
    "U: http://users/x?token=hunter2",
    "U: http://users/x?sig=hunter2#there",
    "U: http://users/x?key=hunter2",
    "U: http://users/x?apikey=hunter2",
    "test: \"curl http://users/x?secret=hunter2\"",
    "[\"U=http://users\", \"DB_PASSWORD=hunter2\", \"A=b\"]",
    "command: ['U=http://users', 'DB_PASSWORD=hunter2']",
    "[\n  \"DB_PASSWORD=hunter2\",\n  \"A=b\"\n]",
    "U: 'postgres://u:hunter2\n  hunter2@db/shop2'\nHOST: db",
    "- 'postgres://u:hunter2\n  hunter2\n  hunter2@db/shop2'\n- HOST: db",
    "- \"U=postgres://u:hunter2\n  hunter2@db/shop2\"\n- HOST: db",
    "{\"value\":\"hunter2\",\"name\":\"DB_PASSWORD2\"}",
    "[{value: x, name: A}, {value: hunter2, name: DB_PASSWORD}, {value: y, name: B}]",
    "password: [hunter2]\nhost: db",
    "password:\n  - hunter2\n  - \"hunter2\"\nhost: db",
    "\"password\": [\n  \"hunter2\",\n  \"hunter2\"\n],\n\"host\": \"db\"",
    "key: |\n  -----BEGIN PRIVATE KEY-----\n  hunter2\n  -----END PRIVATE KEY-----\nhost: db",
];

/// Lines that stay as they are.
const LEFT: &[&str] = &[
    "image: shop/cart:1.2@sha256:0123456789",
    "DB_PASSWORD: ${DB_PASSWORD}",
    "DB_PASSWORD: $(DB_PASSWORD)",
    "DB_PASSWORD: $DB_PASSWORD",
    "DB_PASSWORD: {{ .Values.password }}",
    "DATABASE_URL: postgres://${DB_USER}:${DB_PASSWORD}@db:5432/orders",
    "token: ${{ secrets.TOKEN }}",
    "password: $${DB_PASSWORD}",
    "password: ${DB_PASSWORD:?must be set}",
    "test: curl -u elastic:$${ELASTIC_PASSWORD} http://es:9200",
    "test: pg_isready -U ${POSTGRES_USER:-postgres}",
    "test: TOKEN=$(curl http://users:80)",
    "test: mysqladmin ping --password=\"$$(cat /run/secrets/db)\"",
    "GOOGLE_APPLICATION_CREDENTIALS: /app/key.json",
    "id-token: write",
    "max_tokens: 100",
    "token:\n  $ref: \"#/x\"",
    "password: null\n  # why it is none\nhost: db",
    "integrity: sha512-u/feCi0GPsI+988gU2FLcsHyAHTU0MX1Wg68NhAnN7z/+CycUuPw==",
    "PASSWORD_FILE: /run/secrets/password",
    "test: 'curl -H \"Authorization: Bearer ${{ secrets.TOKEN }}\" http://users'",
    "# password: ${DB_PASSWORD}",
    "password: ${env:DB_PASSWORD}",
    "command: beeline -u jdbc:hive2://127.0.0.1:10000 -e x",
    "command: docker login --password $(aws ecr-public get-login-password)",
    "from_secret: github",
    "configure_secret.sh: |\n  echo hello",
    "SECRET_NAME: orders",
    "secretName: orders-tls",
    "secret: orders-secret",
    "secret:\n  secretName: orders\n  items:\n  - key: password\n    path: x",
    "valueFrom:\n  secretKeyRef:\n    name: orders-db\n    key: password",
    "secrets:\n- db_password\n- source: token",
    "secretRef:\n  name: orders",
    "automountServiceAccountToken: false",
    "tokenExpirationSeconds: 3600",
    "url: http://users:8080/@scope/x",
    "url: http://users:8080/x?y=z",
    "npm: \"npm:@shop/cart@1.2.3\"",
    "author: someone@shop.test",
    "- name: PORT\n  value: \"80\"",
    "keyboard: qwerty",
    "key: orders",
    "proxy_pass: http://users:80",
    "kind: ConfigMap\ndata:\n  some: text",
    "public_key: orders",
    "STRIPE_PUBLISHABLE_KEY: orders",
    "key_id: orders",
    "KEY_ID: orders",
    "configMapKeyRef:\n  name: orders\n  key: settings",
    "env: { secretKeyRef: { name: orders, key: settings } }",
    "tolerations:\n- key: dedicated\n  operator: Equal\n  value: orders",
    "labelSelector:\n  matchExpressions:\n  - {key: app, operator: In, values: [orders]}",
    "topologyKey: kubernetes.io/hostname",
    "routing_key: orders",
    "sonar.projectKey: orders",
    "license: MIT",
    "\"license\": \"MIT\",",
    "LICENSE: accept",
    "private: true",
    "STRIPE_KEY: ${STRIPE_KEY}",
    "SENTRY_DSN: ${SENTRY_DSN}",
    "DSN: postgres://${DB_USER}:${DB_PASSWORD}@db:5432/orders?sslmode=disable",
    "DSN: postgres://db:5432/orders",
    "U: mongodb://db/orders?authSource=admin&replicaSet=rs0",
    "U: jdbc:mysql://db/x?useUnicode=true&characterEncoding=UTF-8",
    "U: http://users/x?token=${TOKEN}&state=${A_LONG_NAME_OF_A_VARIABLE}",
    "U: http://users/hook/orders",
    "U: http://users/api/v1/organizations/the-name-of-some-organization",
    "U: https://shop.test/releases/v8.11.0/elasticsearch-8.11.0-linux-x86_64.tar.gz",
    "U: http://users/hook/${HOOK_SECRET_20240101}/x",
    "U: 'http://users:8080/x\n  more@db'",
    "# don't use http://users:port\n  - host: db",
    "[{value: x, name: A}, {name: DB_PASSWORD, valueFrom: x}]",
    "password:\n  host: db\n  \"port\": 80",
];

#[test]
fn of_each_line_the_credential_is_replaced_and_nothing_else() {
    for text in YAML {
        let expected = text.replace("hunter2", "*******");
        assert_eq!(masked("compose.yaml", text), expected, "{text}");
    }
}

#[test]
fn what_is_a_credential_by_its_length_is_replaced() {
    for (text, secret) in [
        ("U: http://users/hook/0123456789abcdef0123/x", "0123456789abcdef0123"),
        (
            "- \"U=https://hooks.slack.com/services/T01/B02/aB3dE5fG7hI9jK1lM3nO5pQ7\"",
            "aB3dE5fG7hI9jK1lM3nO5pQ7",
        ),
        ("U: http://users/hook/abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwx"),
        (
            "U: http://users/x/01234567-89ab-cdef-0123-456789abcdef?y=z",
            "01234567-89ab-cdef-0123-456789abcdef",
        ),
        ("U: http://users/x?state=abcdefghijklmnopqrstu&y=z", "abcdefghijklmnopqrstu"),
        ("[\"U=http://users\", \"DB_PASSWORD=sek rit=06\"]", "sek rit=06"),
        ("- \"DB_PASSWORD=sek rit06\" # why", "sek rit06"),
        ("password: [a, b] # why", "a, b"),
        ("password:\n  aHVudGVyMg==", "aHVudGVyMg=="),
        ("password:\n- \"a: b\"", "a: b"),
    ] {
        let expected = text.replace(secret, &"*".repeat(secret.len()));
        assert_eq!(masked("compose.yaml", text), expected, "{text}");
    }
}

#[test]
fn what_is_no_credential_stays() {
    for text in LEFT {
        assert_eq!(masked("compose.yaml", text), *text);
    }
}

#[test]
fn our_own_files_and_those_of_cargo_stay() {
    let text = "password = \"hunter2\"\ngit = \"https://user:hunter2@shop.test\"\n";
    for path in ["watertight.toml", "a/Cargo.toml", "Cargo.lock", "CODEOWNERS"] {
        assert_eq!(masked(path, text), text);
    }
}

#[test]
fn dockerfiles_and_env_files_have_their_own_ways() {
    let docker =
        "FROM a\nENV PASSWORD hunter2 x\nENV A=b PASSWORD=hunter2 C=d\nARG TOKEN=hunter2\nARG TOKEN\n";
    let expected =
        "FROM a\nENV PASSWORD *********\nENV A=b PASSWORD=******* C=d\nARG TOKEN=*******\nARG TOKEN\n";
    assert_eq!(masked("x/Dockerfile", docker), expected);
    let env = "PASSWORD=hunter 2\nexport API_KEY=\"hunter2\"\nHOST=db\n";
    assert_eq!(masked("x/.env", env), "PASSWORD=********\nexport API_KEY=\"*******\"\nHOST=db\n");
}

#[test]
fn characters_of_several_bytes_keep_their_length() {
    let text = "password: hünt€r\nhost: db\n";
    assert_eq!(masked("a.yaml", text), "password: *********\nhost: db\n");
}

#[test]
fn a_message_quotes_no_password_of_a_url() {
    assert_eq!(masked_message("`postgres://a:hunter2@db` is odd"), "`postgres://a:*******@db` is odd");
    assert_eq!(masked_message("`password = x` is odd"), "`password = x` is odd");
}

#[test]
fn the_time_is_linear_in_the_text() {
    for piece in [
        "a://",
        "a://,",
        "password=",
        "password=x ",
        "password: \"",
        "--pass \"",
        "-a ",
        "@tcp(",
        "a:b@",
        "'",
        "{",
        "${",
        "name: token, ",
        "value: [",
        "value: x, name: token, ",
        "http://x?token=a&",
        "dsn=http://a@",
        "['pin=",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let begin = std::time::Instant::now();
        let text = format!("redis mysql {text}");
        assert_eq!(masked("a.yaml", &text).len(), text.len());
        assert!(begin.elapsed().as_secs() < 10, "{piece}");
    }
}

/// Where a password is planted, for `{}`; what may not stand in it there follows.
const SHAPES: &[(&str, &str)] = &[
    ("DB_PASSWORD: \"{}\"", "\"\\"),
    ("DB_PASSWORD: '{}'", "'"),
    ("DB_PASSWORD: a{}", "#"),
    ("- DB_PASSWORD=a{}", ""),
    ("# DB_PASSWORD: a{}", ""),
    ("- name: DB_PASSWORD\n  value: a{}", "#"),
    ("{\"host\":\"db\",\"password\":\"{}\",\"port\":1}", "\"\\"),
    ("A: postgres://user:{}@db:5432/orders", " \"'`"),
    ("A: \"postgres://user:{}@db:5432/orders\"", "\"\\"),
    ("A: redis://:{}@db:5432", " \"'`"),
    ("A: amqp://user:{}@one:1,amqp://user:{}@two:1", " \"'`,"),
    ("A: http://user:{}@users/x", " \"'`/?#"),
    ("A: user:{}@tcp(db:3306)/orders", " \"'=`"),
    ("A: Server=db;Password={};User=sa", "\"';="),
    ("A: \"host=db password='{}' dbname=orders\"", "\"'\\"),
    ("A: cache:6379,password={},ssl=true", "\"', ="),
    ("A: jdbc:postgresql://db/x?user=a&password={}&ssl=true", "\"'& @"),
    ("A: -Dx.password={} -Dy=1", "\"' ;="),
    ("command: [\"server\", \"--password\", \"a{}\"]", "\"\\"),
    ("command: server --password a{} --port 80", "\"' "),
    ("test: curl -u admin:{} http://users:80", "\"' "),
    ("kind: Secret\nstringData:\n  a: \"{}\"", "\"\\"),
    ("A: [\"U=http://users\", \"DB_PASSWORD=a{}\"]", "\"\\$"),
    ("[{\"value\":\"{}\",\"name\":\"DB_PASSWORD\"}]", "\"\\"),
    ("A: 'postgres://u:a{}\n  {}@db/shop'", "'@"),
    ("STRIPE_KEY:\n- \"{}\"", "\"\\"),
    ("PASSWORD: |\n  a{}\nHOST: db", ""),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_of_a_password_is_left(
        shape in prop::sample::select(SHAPES),
        password in "[a-zA-Z0-9@:/?#%&=+!^*()_~,;.|<>\"'` \\\\üé-]{4,12}[QXZ]{3}",
    ) {
        let (text, excluded) = shape;
        let password: String = password.chars().filter(|letter| !excluded.contains(*letter)).collect();
        let password = password.trim();
        let (before, after) = ("host: db\n", "\nport: 5432\n");
        let text = format!("{before}{}{after}", text.replace("{}", password));
        let shown = masked("compose.yaml", &text);
        prop_assert_eq!(shown.len(), text.len());
        prop_assert!(!shown.contains(password), "{}", shown);
        // Nothing of its end is left either, nor anything but its lines changed.
        let end: String = password.chars().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
        prop_assert!(!shown.contains(&end), "{}", shown);
        prop_assert!(shown.starts_with(before) && shown.ends_with(after), "{}", shown);
    }

    #[test]
    fn any_text_keeps_its_length_and_its_lines(text in "(?s).{0,300}", more in "[a-z:/@=,;'\"(){}$ \n|>#-]{0,200}") {
        for text in [&text, &more] {
            for path in ["a.yaml", ".env", "Dockerfile", "a.json"] {
                let shown = masked(path, text);
                prop_assert_eq!(shown.len(), text.len());
                let feeds = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
                prop_assert_eq!(feeds(&shown), feeds(text));
            }
        }
    }
}
