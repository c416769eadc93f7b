//! Which names are those of credentials.

use super::marks::window;
use crate::sources::addresses::words;

/// Last words of names that only speak of a credential: where it lies, how long it holds.
const ABOUT: &[&str] = &[
    "name",
    "names",
    "file",
    "files",
    "path",
    "paths",
    "ref",
    "refs",
    "version",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "mode",
    "type",
    "enabled",
    "disabled",
    "required",
    "optional",
    "length",
    "size",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "seconds",
    "minutes",
    "hours",
    "days",
    "timeout",
    "issuer",
    "audience",
    "algorithm",
    "policy",
    "store",
    "class",
    "provider",
    "method",
    "mount",
    "count",
    "limit",
    "limits",
    "age",
    "rotation",
    "prefix",
    "suffix",
    "format",
    "header",
    "env",
    "arn",
    "location",
    "dir",
    "scope",
    "scopes",
    "selector",
    "kind",
    "namespace",
    "sh",
    "yaml",
    "yml",
    "conf",
    "js",
    "py",
    "sql",
    "annotations",
    "labels",
    "secrets",
    "generator",
    "driver",
    "external",
    "encryption",
];

/// Words that make a name one of a credential wherever they stand.
const SECRETS: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "credential",
    "credentials",
    "apikey",
    "apikeys",
];

/// What makes a key one that opens something.
const KEYS: &[&str] = &[
    "api",
    "access",
    "private",
    "secret",
    "encryption",
    "signing",
    "master",
    "account",
    "license",
    "auth",
    "shared",
    "ssh",
    "deploy",
    "session",
    "cookie",
];

/// What makes a key one that opens nothing.
const OPEN_KEYS: &[&str] = &[
    "public",
    "publishable",
    "primary",
    "foreign",
    "partition",
    "sort",
    "shard",
    "routing",
    "topology",
    "cache",
    "label",
    "map",
    "project",
    "username",
];

/// Endings of words that tools write in one.
const ENDINGS: &[&str] = &["password", "passwd", "passphrase", "secret", "pwd", "requirepass", "masterauth"];

/// Whether the value of a name is a credential.
pub(super) fn is_secret(name: &str) -> bool {
    // `DB_PASSWORD2`
    let unnumbered = |word: String| word.trim_end_matches(|letter: char| letter.is_ascii_digit()).to_owned();
    let words: Vec<String> =
        words(name).into_iter().map(unnumbered).filter(|word| !word.is_empty()).collect();
    let Some(last) = words.last().map(String::as_str) else { return false };
    if ABOUT.contains(&last) || is_reference(&words) {
        return false;
    }
    let is_key = words.windows(2).any(|pair| {
        matches!(pair, [of, key] if KEYS.contains(&of.as_str()) && matches!(key.as_str(), "key" | "keys"))
    });
    let is_pass = last == "pass" && !words.iter().any(|word| word == "proxy");
    is_key
        || is_pass
        || is_last(last)
        || is_kept(name, &words)
        || words.iter().any(|word| is_secret_word(word))
}

/// Whether a pair is a credential as a whole. What is read of a DSN stays, but for its password.
pub(super) fn is_secret_pair(name: &str, value: &str) -> bool {
    is_secret(name) || (is_dsn(name) && !is_address(value))
}

/// `SENTRY_DSN`: the user of its URL is a key.
pub(super) fn is_dsn(name: &str) -> bool {
    words(name).last().is_some_and(|last| last == "dsn")
}

/// Whether the password inside of a DSN can be told from the rest.
fn is_address(value: &str) -> bool {
    const KEYS: &[&str] = &["host=", "server=", "source=", "dbname=", "database="];
    let value = window(value).to_ascii_lowercase();
    value.contains("://") || value.contains('@') || KEYS.iter().any(|key| value.contains(key))
}

/// Whether the value that a query gives to a name is a credential, by any word of it.
pub(super) fn is_secret_query(name: &str) -> bool {
    const WORDS: &[&str] = &["sig", "signature", "code", "token", "key", "hmac", "jwt", "pat"];
    is_secret(name) || words(name).iter().any(|word| WORDS.contains(&word.as_str()) || is_secret_word(word))
}

/// `STRIPE_KEY`, `GITHUB_PAT`. Alone and in small letters, `key` is one of a map, and `license` one of a package.
fn is_kept(name: &str, words: &[String]) -> bool {
    const KEPT: &[&str] = &["key", "pat", "sk", "license", "private"];
    match words {
        [word] => KEPT.contains(&word.as_str()) && !name.contains(|letter: char| letter.is_ascii_lowercase()),
        [.., of, key] if key == "key" => !OPEN_KEYS.contains(&of.as_str()),
        [.., word] => KEPT.contains(&word.as_str()),
        [] => false,
    }
}

/// `existingSecret`: the name of a secret that is elsewhere.
fn is_reference(words: &[String]) -> bool {
    matches!(words, [.., existing, secret] if secret == "secret" && matches!(existing.as_str(), "existing" | "from" | "pull" | "tls"))
}

fn is_last(last: &str) -> bool {
    const LAST: &[&str] = &[
        "token",
        "auth",
        "authorization",
        "pw",
        "bearer",
        "userpwd",
        "jwt",
        "dockerconfigjson",
        "pgpass",
        "salt",
        "hmac",
        "seed",
        "mnemonic",
        "pin",
        "cookie",
    ];
    const TOKENS: &[&str] =
        &["accesstoken", "refreshtoken", "authtoken", "bearertoken", "apitoken", "bottoken"];
    LAST.contains(&last) || TOKENS.contains(&last)
}

fn is_secret_word(word: &str) -> bool {
    SECRETS.contains(&word) || ENDINGS.iter().any(|ending| word.len() > 3 && word.ends_with(ending))
}

/// Whether the value of a key `secret` names a secret of Kubernetes or compose rather than being one.
pub(super) fn names_a_secret(key: &str, value: &str) -> bool {
    const NAMES: &[&str] = &[
        "secret",
        "secrets",
        "credential",
        "credentials",
        "creds",
        "token",
        "tls",
        "cert",
        "certs",
        "key",
        "keys",
        "password",
    ];
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_');
    let value = value.trim().trim_matches(['"', '\'']);
    key == "secret"
        && value.bytes().all(is_name)
        && value.contains(['-', '_'])
        && words(value).iter().any(|word| NAMES.contains(&word.as_str()))
}
