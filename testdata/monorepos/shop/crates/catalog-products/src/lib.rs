//! Products, and the tab-separated feed in which they travel: SKU, name, cents, grams.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use common_money::Money;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub sku: String,
    pub name: String,
    pub price: Money,
    pub weight_grams: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assortment {
    products: Vec<Product>,
}

impl Assortment {
    pub fn new(products: Vec<Product>) -> Self {
        Self { products }
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    pub fn find(&self, sku: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.sku == sku)
    }
}

impl fmt::Display for Assortment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for product in &self.products {
            writeln!(
                f,
                "{}\t{}\t{}\t{}",
                product.sku,
                product.name,
                product.price.cents(),
                product.weight_grams
            )?;
        }
        Ok(())
    }
}

impl FromStr for Assortment {
    type Err = FeedError;

    fn from_str(feed: &str) -> Result<Self, FeedError> {
        let products = feed
            .lines()
            .enumerate()
            .map(|(index, record)| product(record).ok_or(FeedError { line: index + 1 }))
            .collect::<Result<_, _>>()?;
        Ok(Self { products })
    }
}

fn product(record: &str) -> Option<Product> {
    let fields: Vec<&str> = record.split('\t').collect();
    let [sku, name, cents, grams] = fields[..] else {
        return None;
    };
    Some(Product {
        sku: sku.to_owned(),
        name: name.to_owned(),
        price: Money::from_cents(cents.parse().ok()?),
        weight_grams: grams.parse().ok()?,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedError {
    pub line: usize,
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the product feed is broken", self.line)
    }
}

impl Error for FeedError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_reads_back() {
        let feed = "mug\tStoneware mug\t890\t340\nsofa\tSofa, grey\t79900\t48000\n";
        let assortment: Assortment = feed.parse().unwrap();
        assert_eq!(assortment.find("mug").unwrap().name, "Stoneware mug");
        assert_eq!(assortment.to_string(), feed);
    }

    #[test]
    fn a_broken_line_is_named() {
        let feed = "mug\tStoneware mug\t890\t340\nsofa\n";
        assert_eq!(feed.parse::<Assortment>(), Err(FeedError { line: 2 }));
    }
}
