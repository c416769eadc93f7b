//! Tables of what is mentioned and waited for, and the promise about passwords.

mod passwords;
mod rows;
mod stores;
mod waits;

use super::{Confidence, Mention, Setting, mentions, waits as waited};

/// The settings of a row; `;;` stands between two, and `=` after each name.
fn settings(row: &str) -> Vec<Setting<'_>> {
    row.split(" ;; ")
        .map(|setting| {
            let (name, value) = setting.split_once('=').unwrap();
            Setting { name, value }
        })
        .collect()
}

/// A mention in one line, as the tables write it.
fn shown(mention: &Mention) -> String {
    let confidence = match mention.confidence {
        Confidence::Bare => "bare",
        Confidence::HostPort => "pair",
        Confidence::Url => "url",
    };
    let port = mention.port.map(|port| format!(":{port}")).unwrap_or_default();
    let store = mention.store.map(|store| format!(" {store:?}")).unwrap_or_default();
    let parts =
        if mention.parts.is_empty() { String::new() } else { format!(" [{}]", mention.parts.join(" ")) };
    format!("{confidence} {}{port}{store}{parts}", mention.host)
}

#[test]
fn each_row_mentions_what_it_says_and_nothing_else() {
    let tables =
        [rows::URLS, rows::JDBC, rows::STRINGS, rows::PAIRS, rows::WORDS, rows::NOBODY, rows::TOGETHER];
    let rows: Vec<_> = tables.into_iter().flatten().collect();
    assert!(rows.len() >= 200);
    for (row, expected) in rows {
        let settings = settings(row);
        let found = mentions(&settings);
        let shown: Vec<String> = found.iter().map(shown).collect();
        assert_eq!(shown.join("; "), *expected, "{row}");
        for mention in found {
            let text = &settings[mention.index].value[mention.range];
            let name = text.trim_end_matches('.').to_ascii_lowercase();
            assert!(mention.host.is_empty() || name == mention.host, "{row}: {text}");
        }
    }
}

#[test]
fn what_one_value_mentions_and_how_long_it_is_are_bounded() {
    let many: String = (0..200).map(|at| format!("users{at}:8080,")).collect();
    assert_eq!(mentions(&[Setting { name: "", value: &many }]).len(), 64);
    let long = format!("{}users:8080", " ".repeat(64 * 1024));
    assert!(mentions(&[Setting { name: "", value: &long }]).is_empty());
}

#[test]
fn the_time_is_linear_in_the_text() {
    let settings = |value: &str| mentions(&[Setting { name: "SERVERS", value }]).len();
    for piece in ["a:", "://", "a://", "@", "a@b,", "'", "\"a", "x=", "a:1@", "a,", "-p ", "(", "?=@", "a;b="]
    {
        let value = piece.repeat(64 * 1024 / piece.len());
        let begin = std::time::Instant::now();
        assert!(settings(&value) <= 64);
        assert!(begin.elapsed().as_secs() < 5, "{piece}");
    }
}

#[test]
fn long_words_and_many_settings_cost_no_more_than_one_pass() {
    let begin = std::time::Instant::now();
    assert!(waited(&["(".repeat(1024 * 1024).as_str()]).is_empty());
    let names: Vec<String> = (0..8_000).map(|at| format!("A{at}")).collect();
    let setting = |name: &'static str, value| move |of: &String| (format!("{of}_{name}"), value);
    let hosts = names.iter().map(setting("DB_HOST", "orders-cache-store:5432"));
    let parts = names.iter().map(setting("TOPIC", "orders"));
    let all: Vec<(String, &str)> = hosts.chain(parts).collect();
    let settings: Vec<Setting<'_>> = all.iter().map(|(name, value)| Setting { name, value }).collect();
    assert_eq!(mentions(&settings).len(), 8_000);
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
}
