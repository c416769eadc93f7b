use crate::money::Cents;

/// Takes the money.
pub(super) fn charge(amount: Cents) -> Cents {
    amount
}
