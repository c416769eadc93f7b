//! Lengths of time, as people write them.

use std::fmt;

/// A length of time, in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    days: u32,
    count: u32,
    unit: &'static str,
}

/// The units, and how many days twelve of them have: a month is a twelfth of a year.
const UNITS: [(&str, u32); 4] = [("day", 12), ("week", 84), ("month", 365), ("year", 4380)];

/// A century: longer than any history.
const MOST_DAYS: u32 = 36_525;

impl Period {
    /// A year.
    pub const YEAR: Self = Self { days: 365, count: 1, unit: "year" };

    /// Reads `1 year`, `6 months`, `2.weeks` or `90 days`.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix("ago").map_or(text, |text| text.trim_end_matches([' ', '.']));
        let (count, unit) = text.split_once([' ', '.'])?;
        let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
        let unit = unit.trim();
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (unit, twelve) = UNITS.into_iter().find(|(known, _)| *known == unit)?;
        let days = count.checked_mul(twelve)? / 12;
        (1..=MOST_DAYS).contains(&days).then_some(Self { days, count, unit })
    }

    /// At least as many days as some seconds are, and no more than a century.
    pub fn of_seconds(seconds: i64) -> Self {
        let days = seconds.clamp(0, i64::from(MOST_DAYS - 1) * 86_400) / 86_400 + 1;
        let days = u32::try_from(days).unwrap_or(MOST_DAYS);
        Self { days, count: days, unit: "day" }
    }

    /// In seconds.
    pub fn seconds(self) -> i64 {
        i64::from(self.days) * 24 * 60 * 60
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.count, self.unit, if self.count == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::Period;

    #[test]
    fn periods_are_read_as_people_and_git_write_them() {
        let days = |text| Period::new(text).map(|period| period.days);
        assert_eq!(days("1 year"), Some(365));
        assert_eq!(days("1.year"), Some(365));
        assert_eq!(days("6 months"), Some(182));
        assert_eq!(days("2.weeks"), Some(14));
        assert_eq!(days("2.weeks.ago"), Some(14));
        assert_eq!(days(" 90 days "), Some(90));
        for wrong in ["", "1", "year", "0 days", "-1 year", "1 fortnight", "101 years", "9999999999 days"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
        assert_eq!(Period::new("3.month").map(|period| period.to_string()), Some("3 months".to_owned()));
        assert_eq!(Period::new("1 year"), Some(Period::YEAR));
    }
}
