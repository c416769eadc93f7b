use std::error::Error;
use std::{env, fs};

use catalog_service::Catalog;
use common_http::setting;

fn main() -> Result<(), Box<dyn Error>> {
    let catalog = if env::args().any(|argument| argument == "--demo") {
        Catalog::demo()
    } else {
        let feed = fs::read_to_string(setting("CATALOG_FEED", "products.tsv"))?;
        Catalog::from_feed(&feed)?
    };
    catalog.serve(&setting("LISTEN", "127.0.0.1:7001"))?;
    Ok(())
}
