//! The whole shop in one process, for local development: <http://127.0.0.1:7000/>.

use std::error::Error;
use std::io;
use std::thread;
use std::time::Duration;
use std::{env, process};

use catalog_service::Catalog;
use checkout_api::Checkout;
use common_telemetry::Log;
use fulfilment_worker::Worker;
use storefront_web::Storefront;
use users_service::Users;

const LOG: Log = Log::new("monolith");

const PRODUCTS: &str = include_str!("../dev-data/products.tsv");
const USERS_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dev-data/users.tsv");

const STOREFRONT: &str = "127.0.0.1:7000";
const CATALOG: &str = "127.0.0.1:7001";
const CHECKOUT: &str = "127.0.0.1:7002";
const USERS: &str = "127.0.0.1:7003";

fn main() -> Result<(), Box<dyn Error>> {
    let journal = env::temp_dir().join(format!("shop-ledger-{}.journal", process::id()));
    let journal = journal
        .to_str()
        .ok_or("the temporary folder has no readable name")?;
    LOG.info(format_args!("payments go to {journal}"));

    let catalog = Catalog::from_feed(PRODUCTS)?;
    let checkout = Checkout::open(PRODUCTS, USERS_FILE, journal, 1)?;
    let users = Users::open(USERS_FILE, journal)?;
    let storefront = Storefront::new(CATALOG, USERS);
    let worker = Worker::new(CHECKOUT, journal);

    thread::scope(|scope| {
        scope.spawn(|| end("catalog", catalog.serve(CATALOG)));
        scope.spawn(|| end("checkout", checkout.serve(CHECKOUT)));
        scope.spawn(|| end("users", users.serve(USERS)));
        scope.spawn(|| worker.run(Duration::from_secs(2)));
        end("storefront", storefront.serve(STOREFRONT));
    });
    Ok(())
}

/// Without one of its parts the shop is of no use to a developer.
fn end(part: &str, result: io::Result<()>) {
    if let Err(error) = result {
        LOG.error(format_args!("{part}: {error}"));
        process::exit(1);
    }
}
