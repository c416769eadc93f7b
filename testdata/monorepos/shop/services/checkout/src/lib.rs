//! Takes orders, authorises their payment, and hands them out for dispatch.

mod prices;

use std::error::Error;
use std::io;
use std::mem;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use checkout_orders::{Cart, Line, OrderId};
use common_http::{Request, Response, serve};
use common_telemetry::Log;
use ledger::{Ledger, Posting};
use users_client::UserId;
use users_store::UserStore;

use prices::PriceList;

const LOG: Log = Log::new("checkout-api");

#[derive(Debug)]
pub struct Checkout {
    prices: PriceList,
    users: UserStore,
    ledger: Ledger,
    next_order: AtomicU64,
    dispatches: Mutex<Vec<String>>,
}

impl Checkout {
    pub fn open(
        price_list: &str,
        users_file: &str,
        journal: &str,
        first_order: u64,
    ) -> io::Result<Self> {
        Ok(Self {
            prices: PriceList::parse(price_list)?,
            users: UserStore::open(users_file)?,
            ledger: Ledger::open(journal),
            next_order: AtomicU64::new(first_order),
            dispatches: Mutex::default(),
        })
    }

    pub fn serve(&self, address: &str) -> io::Result<()> {
        LOG.info(format_args!("listening on {address}"));
        serve(address, |request| self.answer(request))
    }

    fn answer(&self, request: &Request) -> Response {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/orders") => match self.order(&request.body) {
                Ok(id) => Response::ok(id.to_string()),
                Err(error) => Response::bad_request(error),
            },
            ("POST", "/dispatches/claim") => Response::ok(self.claim()),
            _ => Response::not_found(),
        }
    }

    /// The first line of an order names the customer, each other line a SKU and a quantity.
    fn order(&self, body: &str) -> Result<OrderId, Box<dyn Error>> {
        let mut lines = body.lines();
        let customer: UserId = lines.next().ok_or("no customer")?.parse()?;
        let address = self.users.find(customer).ok_or("unknown customer")?;

        let mut cart = Cart::default();
        let mut grams = 0_u32;
        for line in lines {
            let (sku, quantity) = line.split_once(' ').ok_or("no quantity")?;
            let quantity = quantity.parse::<NonZeroU32>()?.get();
            let item = self.prices.find(sku).ok_or("unknown product")?;
            grams = item
                .weight_grams
                .saturating_mul(quantity)
                .saturating_add(grams);
            cart.add(Line {
                sku: sku.to_owned(),
                quantity,
                unit_price: item.price,
            });
        }

        let order = cart.place(OrderId::new(
            self.next_order.fetch_add(1, Ordering::Relaxed),
        ))?;
        self.ledger.post(
            &order.id.to_string(),
            Posting::Authorise {
                customer: customer.number(),
                amount: order.total(),
            },
        )?;
        LOG.with_order(order.id)
            .info(format_args!("authorised {}", order.total()));

        let skus: Vec<&str> = order.lines.iter().map(|line| line.sku.as_str()).collect();
        let dispatch = format!(
            "{}\t{grams}\t{}\t{}\t{}\t{}\n",
            order.id,
            address.name,
            address.street,
            address.city,
            skus.join(",")
        );
        self.dispatches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(dispatch);
        Ok(order.id)
    }

    /// What is to be sent; each order is handed out once.
    fn claim(&self) -> String {
        let mut waiting = self
            .dispatches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut *waiting).concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::{env, fs, process};

    use shop_testing::{sample_assortment, sample_order, sample_users};

    fn checkout(journal: &Path) -> Checkout {
        Checkout {
            prices: PriceList::parse(&sample_assortment().to_string()).unwrap(),
            users: sample_users(),
            ledger: Ledger::open(journal),
            next_order: AtomicU64::new(17),
            dispatches: Mutex::default(),
        }
    }

    #[test]
    fn an_order_is_authorised_and_dispatched_once() {
        let journal = env::temp_dir().join(format!("checkout-{}.journal", process::id()));
        let checkout = checkout(&journal);
        let response = checkout.answer(&Request::post("/orders", "7\nmug 2\nlamp 1\n"));
        let written = fs::read_to_string(&journal).unwrap();
        fs::remove_file(&journal).unwrap();

        let order = sample_order();
        assert_eq!(response, Response::ok(order.id.to_string()));
        let cents = order.total().cents();
        assert_eq!(written, format!("{} authorise 7 {cents}\n", order.id));

        let claim = Request::post("/dispatches/claim", "");
        assert_eq!(
            checkout.answer(&claim).body,
            "O-000017\t2780\tAda Byron\tKirchweg 4\t50667 Köln\tmug,lamp\n"
        );
        assert_eq!(checkout.answer(&claim).body, "");
    }

    #[test]
    fn an_order_needs_a_customer_and_products() {
        let checkout = checkout(Path::new("never-written.journal"));
        for body in ["", "9\nmug 1", "7\nboat 1", "7\nmug", "7\nmug 0", "7"] {
            let response = checkout.answer(&Request::post("/orders", body));
            assert_eq!(response.status, 400, "{body:?}");
        }
    }
}
