//! `units` and `features`: what was found, where it belongs, and which line says so.

use crate::watertight::{run, testdata};

#[test]
fn units_of_the_sample_are_listed_with_the_line_that_assigns_them() {
    insta::assert_snapshot!(run(&testdata("monorepos/shop"), "units .").transcript());
}

#[test]
fn features_of_the_sample_are_listed_with_what_they_hold() {
    insta::assert_snapshot!(run(&testdata("monorepos/shop"), "features .").transcript());
}

#[test]
fn units_are_chosen_by_feature_by_kind_and_by_what_nothing_assigns() {
    let shop = testdata("monorepos/shop");
    insta::assert_snapshot!(run(&shop, "units --feature users .").transcript());
    insta::assert_snapshot!(run(&shop, "units --unassigned --kind package .").transcript());
    let json = run(&shop, "units --unassigned --format json .").json();
    assert!(json["units"].as_array().expect("units").iter().all(|unit| unit["assigned_by"].is_null()));
}

/// The line that is named is the one that assigns.
#[test]
fn every_line_that_is_named_says_what_it_is_named_for() {
    let shop = testdata("monorepos/shop");
    let json = run(&shop, "units --format json .").json();
    let mut seen = 0;
    for unit in json["units"].as_array().expect("units") {
        let Some(path) = unit["assigned_by"]["path"].as_str() else { continue };
        let line = unit["assigned_by"]["line"].as_u64().expect("a line") as usize;
        let text = std::fs::read_to_string(shop.join(path)).expect("a file");
        let line = text.lines().nth(line - 1).unwrap_or_else(|| panic!("{unit}"));
        assert!(line.contains('"'), "{unit}: {line}");
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn features_for_programs_name_the_same_units() {
    let shop = testdata("monorepos/shop");
    let features = run(&shop, "features --format json .").json();
    let units = run(&shop, "units --format json .").json();
    let units = units["units"].as_array().expect("units");
    let mut named = 0;
    for feature in features["features"].as_array().expect("features") {
        for id in feature["units"].as_array().expect("units") {
            let unit = units.iter().find(|unit| unit["id"] == *id).unwrap_or_else(|| panic!("{id}"));
            assert_eq!(unit["feature"], feature["name"]);
            named += 1;
        }
    }
    let others = features["others"].as_object().expect("roles").values();
    named += others.map(|units| units.as_array().expect("units").len()).sum::<usize>();
    assert_eq!(named, units.len());
}

#[test]
fn a_wrong_name_gets_its_nearest_neighbour() {
    let shop = testdata("monorepos/shop");
    let told = run(&shop, "units --feature chekout .");
    assert_eq!(told.code, 2);
    assert_eq!(told.messages, "error: no feature is called `chekout`\n  help: did you mean `checkout`?\n");
    let told = run(&shop, "units --kind servce .");
    assert!(told.code == 2 && told.messages.contains("service"), "{}", told.messages);
}
