//! How a list price becomes the price that a customer sees, the same on every page.

use common_money::Money;
use fulfilment_shipping::ShippingClass;

/// Shipping is free, except that freight is part of the price.
pub fn shelf_price(list_price: Money, weight_grams: u32) -> Money {
    match ShippingClass::for_weight(weight_grams) {
        ShippingClass::Letter | ShippingClass::Parcel => list_price,
        freight @ ShippingClass::Freight => list_price + freight.cost(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_freight_costs_extra() {
        let price = Money::from_cents(10_000);
        assert_eq!(shelf_price(price, 340), price);
        assert_eq!(shelf_price(price, 48_000), Money::from_cents(14_900));
    }
}
