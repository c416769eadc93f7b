use std::error::Error;
use std::fs;

use checkout_api::Checkout;
use common_http::setting;

fn main() -> Result<(), Box<dyn Error>> {
    Checkout::open(
        &fs::read_to_string(setting("PRICE_LIST", "products.tsv"))?,
        &setting("USERS_FILE", "users.tsv"),
        &setting("LEDGER_JOURNAL", "ledger.journal"),
        setting("FIRST_ORDER", "1").parse()?,
    )?
    .serve(&setting("LISTEN", "127.0.0.1:7002"))?;
    Ok(())
}
