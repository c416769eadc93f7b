//! Which names are those of credentials, so that what they stand for is not kept.

/// What is part of the name of a credential.
const PARTS: [&str; 10] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "CREDENTIAL",
    "APIKEY",
    "PRIVATEKEY",
    "ACCESSKEY",
    "PGPASS",
];

/// What is a whole word of it.
const WORDS: [&str; 4] = ["PASS", "PWD", "KEY", "PAT"];

/// What a name ends with that says where something is.
const ADDRESSES: [&str; 8] = ["HOST", "HOSTNAME", "ADDR", "ADDRESS", "URL", "URI", "PORT", "ENDPOINT"];

/// What may be kept of the value under a name: nothing if it is that of a credential. What holds `://` says
/// where something is, too, and is masked wherever it is shown.
pub(crate) fn kept(name: &str, value: String) -> String {
    if is_credential(name) && !value.contains("://") { String::new() } else { value }
}

/// Whether a variable or a key is named like a credential.
pub(in crate::sources) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words = || name.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    if words().next_back().is_some_and(|last| ADDRESSES.contains(&last)) {
        return false;
    }
    let joined: String = words().collect();
    PARTS.iter().any(|part| joined.contains(part)) || words().any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::{is_credential, kept};

    #[test]
    fn credentials_are_known_by_their_names() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "MYSQL_PWD",
            "RABBITMQ_DEFAULT_PASS",
            "API_KEY",
            "apiKey",
            "private-key",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN",
            "SIGNING_KEY",
            "credentials.json",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["DB_HOST", "TOKEN_SERVICE_HOST", "PASSENGERS", "KEYCLOAK_REALM", "COMPASS_MODE", "KEYS"]
        {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn of_a_credential_only_a_connection_string_is_kept() {
        assert_eq!(kept("DB_PASSWORD", "x".to_owned()), "");
        assert_eq!(kept("DB_SECRET", "postgres://db/orders".to_owned()), "postgres://db/orders");
        assert_eq!(kept("DB_HOST", "db".to_owned()), "db");
    }
}
