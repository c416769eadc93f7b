//! Random compose files against simple references, and garbled ones against nothing at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use watertight::Repository;
use watertight::features::Configuration;
use watertight::graph::{ComposeService, compose_models};
use watertight::snapshot::MemorySnapshot;
use watertight::sources::compose::{UNKNOWN, interpolated};
use watertight::sources::read_all;
use watertight::text::{Date, RepoPath};

use crate::watertight::{folders, testdata};

/// A text with variables, as a tree: so its value is told without reading it.
#[derive(Debug, Clone)]
enum Part {
    Text(&'static str),
    Dollar,
    /// `$NAME`
    Bare(&'static str),
    /// `${NAME}`, with an operator and what stands behind it.
    Braced(&'static str, Option<(&'static str, Vec<Part>)>),
}

const NAMES: [&str; 4] = ["SET", "EMPTY", "UNSET", "_x1"];

fn value(name: &str) -> Option<&'static str> {
    match name {
        "SET" => Some("cart"),
        "_x1" => Some("http://a:80/$b"),
        "EMPTY" => Some(""),
        _ => None,
    }
}

fn part() -> impl Strategy<Value = Part> {
    let name = || prop::sample::select(NAMES.to_vec());
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["-", " ", ":", "/", "é", "a b", "=", "\"", ",x,"]).prop_map(Part::Text),
        1 => Just(Part::Dollar),
        2 => name().prop_map(Part::Bare),
        2 => name().prop_map(|name| Part::Braced(name, None)),
    ];
    leaf.prop_recursive(4, 24, 3, move |inner| {
        let operator = prop::sample::select(vec![":-", "-", ":+", "+", ":?", "?"]);
        let name = prop::sample::select(NAMES.to_vec());
        (name, operator, prop::collection::vec(inner, 0..3))
            .prop_map(|(name, operator, inner)| Part::Braced(name, Some((operator, inner))))
    })
}

fn written(parts: &[Part]) -> String {
    let one = |part: &Part| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Dollar => "$$".to_owned(),
        Part::Bare(name) => format!("${name}"),
        Part::Braced(name, None) => format!("${{{name}}}"),
        Part::Braced(name, Some((operator, inner))) => format!("${{{name}{operator}{}}}", written(inner)),
    };
    // A name would go on with the text behind it.
    parts.iter().map(one).collect::<Vec<_>>().join("|")
}

fn meant(parts: &[Part]) -> String {
    let unknown = || UNKNOWN.to_string();
    let one = |part: &Part| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Dollar => "$".to_owned(),
        Part::Bare(name) | Part::Braced(name, None) => value(name).map_or_else(unknown, str::to_owned),
        Part::Braced(name, Some((operator, inner))) => {
            let found = value(name);
            let counts = found.filter(|found| !operator.starts_with(':') || !found.is_empty());
            match (operator.trim_start_matches(':'), counts) {
                ("-", None) => meant(inner),
                ("+", Some(_)) => meant(inner),
                ("+", None) => String::new(),
                ("?", None) => unknown(),
                (_, Some(found)) => found.to_owned(),
                (operator, None) => panic!("{operator}"),
            }
        }
    };
    parts.iter().map(one).collect::<Vec<_>>().join("|")
}

/// What a random file says of a service.
#[derive(Debug, Clone, Default)]
struct Said {
    image: Option<u8>,
    command: Option<u8>,
    environment: BTreeMap<u8, Option<u8>>,
    depends_on: BTreeSet<u8>,
    /// By where they are mounted.
    volumes: BTreeMap<u8, u8>,
    networks: BTreeSet<u8>,
    is_short: bool,
}

fn said() -> impl Strategy<Value = Said> {
    let number = || 0..4_u8;
    (
        prop::option::of(number()),
        prop::option::of(number()),
        prop::collection::btree_map(number(), prop::option::weighted(0.8, number()), 0..4),
        prop::collection::btree_set(number(), 0..3),
        prop::collection::btree_map(number(), number(), 0..3),
        prop::collection::btree_set(number(), 0..3),
        any::<bool>(),
    )
        .prop_map(|(image, command, environment, depends_on, volumes, networks, is_short)| Said {
            image,
            command,
            environment,
            depends_on,
            volumes,
            networks,
            is_short,
        })
}

/// By service.
type File = BTreeMap<u8, Said>;

fn file() -> impl Strategy<Value = File> {
    prop::collection::btree_map(0..3_u8, said(), 1..4)
}

fn yaml(file: &File) -> String {
    let mut text = "services:\n".to_owned();
    for (name, said) in file {
        text += &format!("  s{name}:\n    labels: {{}}\n");
        text += &said.image.map(|image| format!("    image: i{image}\n")).unwrap_or_default();
        text += &said.command.map(|command| format!("    command: [run, c{command}]\n")).unwrap_or_default();
        let list = |text: &mut String, key: &str, entries: Vec<String>, mark: &str| {
            if !entries.is_empty() {
                text.push_str(&format!("    {key}:\n"));
                entries.iter().for_each(|entry| text.push_str(&format!("      {mark}{entry}\n")));
            }
        };
        let (mark, sign) = if said.is_short { ("- ", "=") } else { ("", ": ") };
        let variables = said.environment.iter().map(|(name, value)| match value {
            Some(value) => format!("V{name}{sign}v{value}"),
            None if said.is_short => format!("V{name}"),
            None => format!("V{name}:"),
        });
        list(&mut text, "environment", variables.collect(), mark);
        let waits = said.depends_on.iter().map(|other| match said.is_short {
            true => format!("s{other}"),
            false => format!("s{other}: {{condition: service_started}}"),
        });
        list(&mut text, "depends_on", waits.collect(), mark);
        let mounts = said.volumes.iter().map(|(target, volume)| match said.is_short {
            true => format!("d{volume}:/t{target}"),
            false => format!("{{type: volume, source: d{volume}, target: /t{target}}}"),
        });
        list(&mut text, "volumes", mounts.collect(), "- ");
        let networks = said.networks.iter().map(|network| match said.is_short {
            true => format!("n{network}"),
            false => format!("n{network}:"),
        });
        list(&mut text, "networks", networks.collect(), mark);
    }
    text
}

/// The later file over the earlier.
fn over(base: &Said, later: &Said) -> Said {
    let mut both = base.clone();
    both.image = later.image.or(both.image);
    both.command = later.command.or(both.command);
    both.environment.extend(&later.environment);
    both.depends_on.extend(&later.depends_on);
    both.volumes.extend(&later.volumes);
    both.networks.extend(&later.networks);
    both
}

/// What is said of a service, of both sides.
type Flat = (Option<String>, String, BTreeMap<String, Option<String>>, [BTreeSet<String>; 3]);

fn expected(said: &Said) -> Flat {
    let environment = said
        .environment
        .iter()
        .map(|(name, value)| (format!("V{name}"), value.map(|value| format!("v{value}"))));
    let names = |letter: &str, all: Vec<&u8>| all.into_iter().map(|one| format!("{letter}{one}")).collect();
    (
        said.image.map(|image| format!("i{image}")),
        said.command.map(|command| format!("run c{command}")).unwrap_or_default(),
        environment.collect(),
        [
            names("s", said.depends_on.iter().collect()),
            names("d", said.volumes.values().collect()),
            names("n", said.networks.iter().collect()),
        ],
    )
}

fn found(service: &ComposeService) -> Flat {
    (
        service.image.clone(),
        service.command.clone(),
        service.environment.clone(),
        [service.depends_on.clone(), service.volumes.clone(), service.networks.keys().cloned().collect()],
    )
}

/// Every compose file of the fixtures.
fn texts() -> Vec<String> {
    fn below(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => below(&path, found),
                Some("yml" | "yaml") => found.extend(std::fs::read_to_string(&path).ok()),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    folders(&testdata("sources/compose")).iter().for_each(|folder| below(folder, &mut found));
    found.sort();
    found
}

/// Pieces that mean something to a reader of compose files.
const PIECES: [&str; 32] = [
    "services:\n",
    "include: [other.yaml]\n",
    "  a:\n",
    "    image: ${A:-",
    "}",
    "$",
    "${",
    "{{ x }}",
    "\t",
    "<<: *a\n",
    "&a ",
    "*a",
    "!reset ",
    "!override\n",
    "- ",
    "[",
    "]",
    "{",
    ": ",
    "\n",
    "\"",
    "'",
    "|\n",
    "#",
    "extends: {file: compose.yaml, service: a}\n",
    "    extends: a\n",
    "depends_on: [a]\n",
    "env_file: .env\n",
    "    network_mode: service:a\n",
    "    volumes_from: [a]\n",
    "é",
    "\u{feff}",
];

/// Texts with pieces taken out, doubled and put in.
fn garbled() -> impl Strategy<Value = String> {
    let change =
        (any::<prop::sample::Index>(), 0..24_usize, prop::option::of(prop::sample::select(PIECES.to_vec())));
    (prop::sample::select(texts()), prop::collection::vec(change, 1..8)).prop_map(|(mut text, changes)| {
        for (at, length, piece) in changes {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
            match piece {
                Some(piece) => text.insert_str(start, piece),
                None if length % 2 == 0 => text.replace_range(start..end, ""),
                None => {
                    let copy = text[start..end].to_owned();
                    text.insert_str(end, &copy);
                }
            }
        }
        text
    })
}

fn whole_way(files: &[(&str, &str)]) {
    let snapshot = MemorySnapshot::new(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    let (configuration, _) = Configuration::read(&RepoPath::new("watertight.toml").expect("a path"), "");
    let today = Date::new("2026-11-21").expect("a date");
    let repository = Repository::load(&snapshot, configuration, today, None).expect("loaded");
    repository.linked.graph.verify().expect("the invariants of the graph hold");
    repository.judge();
    let reading = read_all(&snapshot, &|_, _| false, &|_| false, None).1;
    compose_models(&reading);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn variables_are_filled_in_as_their_tree_says(parts in prop::collection::vec(part(), 0..6)) {
        let value = |name: &str| value(name).map(str::to_owned);
        prop_assert_eq!(interpolated(&written(&parts), &value).into_owned(), meant(&parts));
    }

    #[test]
    fn a_later_file_wins_key_by_key(base in file(), later in file()) {
        let files = [("compose.yaml", yaml(&base)), ("compose.override.yaml", yaml(&later))];
        let reading = read_all(&MemorySnapshot::new(files), &|_, _| false, &|_| false, None).1;
        prop_assert_eq!(&reading.problems, &[]);
        let models = compose_models(&reading);
        let mut both = base.clone();
        for (name, said) in &later {
            let merged = over(both.get(name).unwrap_or(&Said::default()), said);
            both.insert(*name, merged);
        }
        let expected: BTreeMap<String, Flat> =
            both.iter().map(|(name, said)| (format!("s{name}"), expected(said))).collect();
        let found: BTreeMap<String, Flat> =
            models[0].services.iter().map(|(name, service)| (name.clone(), found(service))).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_does_harm(texts in prop::collection::vec(garbled(), 3)) {
        whole_way(&[
            ("compose.yaml", &texts[0]),
            ("docker-compose.override.yml", &texts[1]),
            ("other.yaml", &texts[2]),
            (".env", "A=${B}\nB=$A$A\nTAG='x\n"),
        ]);
    }
}

/// What could make the tool slow: the same thing said over and over by files that take over each other.
#[test]
fn what_files_say_of_each_other_costs_no_more_than_it_is_worth() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let variables = many(2_000, &|at| format!("      V{at}: {at}\n"));
    let extended = format!("services:\n  base:\n    image: a\n    environment:\n{variables}");
    let extending = many(2_000, &|at| format!("  s{at}: {{extends: base}}\n"));
    whole_way(&[("compose.yaml", &(extended + &extending))]);

    let aliases = many(2_000, &|at| format!("  s{at}: *s\n"));
    let aliased = format!("services:\n  a: &s\n    image: a\n    environment:\n{variables}{aliases}");
    whole_way(&[("compose.yaml", &aliased)]);

    let includes = many(200, &|_| "  - next/compose.yaml\n".to_owned());
    let including = format!("include:\n{includes}services:\n  a: {{image: a}}\n");
    let paths: Vec<String> = (0..20).map(|depth| format!("{}compose.yaml", "next/".repeat(depth))).collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), including.as_str())).collect();
    whole_way(&files);

    let doubling = many(60, &|at| format!("A{}=$A{at}$A{at}\n", at + 1));
    let asking = "services:\n  a:\n    image: $A60\n    command: ${A30:-$A20}\n";
    whole_way(&[(".env", &format!("A0=xxxxxxxx\n{doubling}")), ("compose.yaml", asking)]);

    let open = format!("services:\n  a:\n    image: \"{}\"\n", "${".repeat(100_000));
    whole_way(&[("compose.yaml", &open)]);
}
