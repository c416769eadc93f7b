//! How long cargo took to build each package, from the report of `cargo build --timings`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What stands before the numbers in cargo's report.
const BEGINNING: &str = "const UNIT_DATA = ";

/// Seconds that it took to build each package, all of its targets together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timings {
    of: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Timed {
    name: String,
    duration: f64,
}

impl Timings {
    /// The seconds of a package, by its name.
    pub fn of(&self, package: &str) -> Option<f64> {
        self.of.get(package).copied()
    }
}

/// Reads cargo's report (HTML), or the array of JSON that stands in it.
///
/// # Errors
/// What is wrong with it.
pub fn read_timings(text: &str) -> Result<Timings, String> {
    let data = match text.split_once(BEGINNING) {
        Some((_, data)) => data,
        None if text.trim_start().starts_with('[') => text,
        None => return Err(format!("it holds no `{}`", BEGINNING.trim_end_matches(" = "))),
    };
    let mut found = serde_json::Deserializer::from_str(data).into_iter::<Vec<Timed>>();
    let timed = found
        .next()
        .ok_or("it holds no times")?
        .map_err(|error| format!("its times can't be read: {error}"))?;
    let mut timings = Timings::default();
    for one in timed.into_iter().filter(|one| one.duration.is_finite() && one.duration > 0.0) {
        *timings.of.entry(one.name).or_default() += one.duration;
    }
    match timings.of.is_empty() {
        true => Err("it holds no times".to_owned()),
        false => Ok(timings),
    }
}

#[cfg(test)]
mod tests {
    use super::read_timings;

    #[test]
    fn times_of_all_targets_of_a_package_are_summed_up() {
        let data = r#"[{"i":0,"name":"a","version":"0.1.0","duration":1.5,"target":""},
                       {"i":1,"name":"a","duration":0.25},{"i":2,"name":"b","duration":0}]"#;
        let page = format!(
            "<script>\nDURATION = 2;\nconst UNIT_DATA = {data};\nconst CONCURRENCY_DATA = [];</script>"
        );
        for text in [data, &page] {
            let timings = read_timings(text).expect("times");
            assert_eq!(timings.of("a"), Some(1.75));
            assert_eq!(timings.of("b"), None);
        }
    }

    #[test]
    fn what_is_no_report_is_an_error() {
        for text in ["", "<html>", "[]", "const UNIT_DATA = [{]", "[1]", &"[".repeat(100_000)] {
            assert!(read_timings(text).is_err());
        }
    }
}
