//! The product catalog: what we sell, at the price on the shelf.

use std::io;

use catalog_products::{Assortment, FeedError, Product};
use common_http::{Request, Response, serve};
use common_telemetry::Log;
use pricing_rules::shelf_price;

const LOG: Log = Log::new("catalog-api");

#[derive(Debug)]
pub struct Catalog {
    shelf: Assortment,
}

impl Catalog {
    pub fn from_feed(feed: &str) -> Result<Self, FeedError> {
        feed.parse().map(Self::new)
    }

    /// A catalog for presentations, when there is no feed at hand.
    pub fn demo() -> Self {
        Self::new(shop_testing::sample_assortment())
    }

    fn new(assortment: Assortment) -> Self {
        let on_shelf = |product: &Product| Product {
            price: shelf_price(product.price, product.weight_grams),
            ..product.clone()
        };
        Self {
            shelf: Assortment::new(assortment.products().iter().map(on_shelf).collect()),
        }
    }

    pub fn serve(&self, address: &str) -> io::Result<()> {
        LOG.info(format_args!("listening on {address}"));
        serve(address, |request| self.answer(request))
    }

    fn answer(&self, request: &Request) -> Response {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/products") => Response::ok(self.shelf.to_string()),
            _ => Response::not_found(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freight_is_in_the_price() {
        let response = Catalog::demo().answer(&Request::get("/products"));
        let shelf: Assortment = response.body.parse().unwrap();
        assert_eq!(shelf.find("mug").unwrap().price.cents(), 890);
        assert_eq!(shelf.find("sofa").unwrap().price.cents(), 84_800);
    }

    #[test]
    fn other_pages_are_not_found() {
        assert_eq!(Catalog::demo().answer(&Request::get("/")).status, 404);
    }
}
