//! Days of the calendar.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil;
use toml::de::DeValue;

use super::toml::{Value, wrong_type};
use super::{Fault, RepoPath, Span};

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// Reads `2027-03-31`; only days that the calendar has.
    pub fn new(text: &str) -> Option<Self> {
        // jiff takes more forms than this one, and a time behind it.
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        is_plain.then(|| text.parse().ok().map(Self)).flatten()
    }

    /// The day that it is now, in UTC: the same wherever the check runs.
    pub fn today() -> Self {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Self::of_seconds(i64::try_from(seconds).unwrap_or_default())
    }

    /// The day in UTC of a moment in seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(24 * 60 * 60);
        let span = jiff::Span::new().try_days(days).unwrap_or_default();
        Self(civil::date(1970, 1, 1).checked_add(span).unwrap_or(civil::Date::MAX))
    }

    /// How many days it is until `other`; negative if that is past.
    pub fn days_until(self, other: Self) -> i64 {
        self.0.until(other.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// A date of a configuration, written as TOML's own or as a string.
    pub(crate) fn read(
        value: &Value<'_>,
        key: &str,
        file: &RepoPath,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let text = match value.get_ref() {
            DeValue::Datetime(datetime) => datetime.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                faults.push(wrong_type(value, key, "a date, as `2027-03-31`", file));
                return None;
            }
        };
        let date = Self::new(&text);
        if date.is_none() {
            let fault = Fault::of(file, format!("`{key}` is no day of the calendar"));
            let fault = fault.at(Span::new(value.span()), "no such day");
            faults.push(fault.help("write year, month and day: `2027-03-31`"));
        }
        date
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert!(Date::new("2028-02-29").is_some());
        for wrong in ["2027-02-29", "2027-13-01", "2027-3-1", "20270301", "2027-03-31T00:00:00", ""] {
            assert_eq!(Date::new(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_across_months_and_years() {
        let date = |text| Date::new(text).expect("a date");
        assert_eq!(date("2026-12-31").days_until(date("2027-03-01")), 60);
        assert_eq!(date("2027-03-01").days_until(date("2027-02-28")), -1);
    }
}
