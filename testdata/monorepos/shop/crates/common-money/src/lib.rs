//! Amounts of money. We trade in euros only, so an amount is a number of cents.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    cents: i64,
}

impl Money {
    pub const ZERO: Money = Money::from_cents(0);

    pub const fn from_cents(cents: i64) -> Self {
        Self { cents }
    }

    pub const fn cents(self) -> i64 {
        self.cents
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money::from_cents(self.cents + other.cents)
    }
}

impl Mul<u32> for Money {
    type Output = Money;

    fn mul(self, times: u32) -> Money {
        Money::from_cents(self.cents * i64::from(times))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        write!(f, "{sign}{}.{:02} EUR", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_two_decimals_and_the_sign() {
        assert_eq!(Money::from_cents(1290).to_string(), "12.90 EUR");
        assert_eq!(Money::from_cents(-5).to_string(), "-0.05 EUR");
    }

    #[test]
    fn adds_up() {
        let lines = [Money::from_cents(250) * 2, Money::from_cents(99)];
        assert_eq!(lines.into_iter().sum::<Money>(), Money::from_cents(599));
    }
}
