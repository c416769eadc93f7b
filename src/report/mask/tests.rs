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
];

#[test]
fn of_each_line_the_credential_is_replaced_and_nothing_else() {
    for text in YAML {
        let expected = text.replace("hunter2", "*******");
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
