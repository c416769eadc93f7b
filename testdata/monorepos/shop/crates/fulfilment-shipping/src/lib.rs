//! What it takes to send something: the class, the time, the label.

use std::error::Error;
use std::fmt;

use common_money::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShippingClass {
    Letter,
    Parcel,
    Freight,
}

impl ShippingClass {
    pub const fn for_weight(grams: u32) -> Self {
        match grams {
            0..=500 => ShippingClass::Letter,
            501..=31_500 => ShippingClass::Parcel,
            _ => ShippingClass::Freight,
        }
    }

    /// What the carrier charges us.
    pub const fn cost(self) -> Money {
        Money::from_cents(match self {
            ShippingClass::Letter => 160,
            ShippingClass::Parcel => 549,
            ShippingClass::Freight => 4900,
        })
    }

    pub const fn transit_days(self) -> u32 {
        match self {
            ShippingClass::Letter => 2,
            ShippingClass::Parcel => 3,
            ShippingClass::Freight => 8,
        }
    }
}

/// An address label as our printers take it: three lines of at most 35 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    lines: [String; 3],
}

impl Label {
    pub const WIDTH: usize = 35;

    pub fn new(name: &str, street: &str, city: &str) -> Result<Self, LabelError> {
        let lines = [name, street, city].map(|line| line.trim().to_owned());
        for line in &lines {
            if line.is_empty() || line.chars().count() > Self::WIDTH {
                return Err(LabelError { line: line.clone() });
            }
        }
        Ok(Self { lines })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelError {
    pub line: String,
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} does not fit on a label", self.line)
    }
}

impl Error for LabelError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_decides_the_class() {
        assert_eq!(ShippingClass::for_weight(340), ShippingClass::Letter);
        assert_eq!(ShippingClass::for_weight(31_500), ShippingClass::Parcel);
        assert_eq!(ShippingClass::for_weight(48_000), ShippingClass::Freight);
    }

    #[test]
    fn a_label_has_three_lines_that_fit() {
        let label = Label::new("Ada Byron", " Kirchweg 4 ", "50667 Köln").unwrap();
        assert_eq!(label.to_string(), "Ada Byron\nKirchweg 4\n50667 Köln");
        assert!(Label::new("Ada Byron", "", "50667 Köln").is_err());
        assert!(Label::new(&"x".repeat(36), "Kirchweg 4", "50667 Köln").is_err());
    }
}
