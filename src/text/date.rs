//! Days of the calendar.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil;
use toml::de::DeValue;

use super::toml::{Value, wrong_type};
use super::{Fault, RepoPath, Span};

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

/// The day from which seconds are counted.
const FIRST: civil::Date = civil::date(1970, 1, 1);

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

    /// The day of a moment, in UTC; given in seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(SECONDS_OF_A_DAY);
        let span = jiff::Span::new().try_days(days);
        let day = span.and_then(|span| FIRST.checked_add(span));
        Self(day.unwrap_or(if days < 0 { civil::Date::MIN } else { civil::Date::MAX }))
    }

    /// Which month it is, counted from the year 0.
    pub fn month(self) -> i64 {
        i64::from(self.0.year()) * 12 + i64::from(self.0.month())
    }

    /// When it begins in UTC, in seconds since 1970.
    pub fn seconds(self) -> i64 {
        Self(FIRST).days_until(self) * SECONDS_OF_A_DAY
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
    fn a_day_is_the_seconds_in_it() {
        let today = Date::new("2026-03-31").expect("a day");
        assert_eq!(Date::of_seconds(today.seconds()), today);
        assert_eq!(Date::of_seconds(today.seconds() + 86_399), today);
        assert_eq!(Date::of_seconds(-1).to_string(), "1969-12-31");
        assert_eq!(Date::of_seconds(i64::MAX).to_string(), "9999-12-31");
    }

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
