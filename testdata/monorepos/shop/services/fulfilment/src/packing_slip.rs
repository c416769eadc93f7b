//! The packing tables run Windows and have a printer on the first parallel port.

use std::error::Error;
use std::fs::{self, File};
use std::io::Write;

use catalog_products::Assortment;
use common_http::setting;

use crate::Dispatch;

pub fn print(dispatch: &Dispatch) -> Result<(), Box<dyn Error>> {
    let feed = fs::read_to_string(setting("CATALOG_FEED", "products.tsv"))?;
    let assortment: Assortment = feed.parse()?;
    let mut printer = File::options().write(true).open("LPT1")?;
    writeln!(printer, "{}\n\n{}\n", dispatch.order, dispatch.label)?;
    for sku in &dispatch.skus {
        let name = assortment
            .find(sku)
            .map_or(sku.as_str(), |product| product.name.as_str());
        writeln!(printer, "[ ] {name}")?;
    }
    Ok(())
}
