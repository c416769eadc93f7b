use std::collections::HashMap;
use std::io;

use common_money::Money;
use pricing_rules::shelf_price;

#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub price: Money,
    pub weight_grams: u32,
}

/// The nightly export of all products: SKU, name, cents, grams.
#[derive(Debug)]
pub struct PriceList {
    items: HashMap<String, Item>,
}

impl PriceList {
    pub fn parse(export: &str) -> io::Result<Self> {
        let items: Option<_> = export.lines().map(item).collect();
        items
            .map(|items| Self { items })
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the price list is broken"))
    }

    pub fn find(&self, sku: &str) -> Option<Item> {
        self.items.get(sku).copied()
    }
}

fn item(record: &str) -> Option<(String, Item)> {
    let mut fields = record.split('\t');
    let (sku, _name) = (fields.next()?, fields.next()?);
    let list_price = Money::from_cents(fields.next()?.parse().ok()?);
    let weight_grams = fields.next()?.parse().ok()?;
    let price = shelf_price(list_price, weight_grams);
    Some((
        sku.to_owned(),
        Item {
            price,
            weight_grams,
        },
    ))
}
