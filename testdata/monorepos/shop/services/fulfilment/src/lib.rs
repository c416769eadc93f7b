//! Fetches paid orders, prints their labels, and captures the money when a parcel leaves.

#[cfg(windows)]
mod packing_slip;

use std::error::Error;
use std::io;
use std::thread;
use std::time::Duration;

use common_http::{Request, send};
use common_telemetry::Log;
use fulfilment_shipping::{Label, ShippingClass};
use ledger::{Ledger, Posting};

const LOG: Log = Log::new("fulfilment-worker");

#[derive(Debug)]
pub struct Worker {
    checkout_api: String,
    ledger: Ledger,
}

#[derive(Debug, PartialEq, Eq)]
struct Dispatch {
    order: String,
    class: ShippingClass,
    label: Label,
    skus: Vec<String>,
}

impl Worker {
    pub fn new(checkout_api: impl Into<String>, journal: &str) -> Self {
        Self {
            checkout_api: checkout_api.into(),
            ledger: Ledger::open(journal),
        }
    }

    /// Works until the process ends.
    pub fn run(&self, pause: Duration) -> ! {
        loop {
            if let Err(error) = self.send_waiting() {
                LOG.error(error);
            }
            thread::sleep(pause);
        }
    }

    fn send_waiting(&self) -> io::Result<()> {
        let claim = Request::post("/dispatches/claim", "");
        for record in send(&self.checkout_api, &claim)?.body.lines() {
            let sent = Dispatch::parse(record).and_then(|dispatch| self.send(&dispatch));
            if let Err(error) = sent {
                LOG.error(format_args!("{record:?} stays here: {error}"));
            }
        }
        Ok(())
    }

    fn send(&self, dispatch: &Dispatch) -> Result<(), Box<dyn Error>> {
        #[cfg(windows)]
        packing_slip::print(dispatch)?;
        let payment = self.ledger.post(&dispatch.order, Posting::Capture)?;
        LOG.info(format_args!(
            "sent {} with {} products as {:?} to {:?}, captured {}",
            dispatch.order,
            dispatch.skus.len(),
            dispatch.class,
            dispatch.label.to_string(),
            payment.amount
        ));
        Ok(())
    }
}

impl Dispatch {
    fn parse(record: &str) -> Result<Self, Box<dyn Error>> {
        let fields: Vec<&str> = record.split('\t').collect();
        let [order, grams, name, street, city, skus] = fields[..] else {
            return Err("not a dispatch".into());
        };
        Ok(Self {
            order: order.to_owned(),
            class: ShippingClass::for_weight(grams.parse()?),
            label: Label::new(name, street, city)?,
            skus: skus.split(',').map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_dispatch() {
        let record = "O-000017\t2780\tAda Byron\tKirchweg 4\t50667 Köln\tmug,lamp";
        let dispatch = Dispatch::parse(record).unwrap();
        assert_eq!(dispatch.class, ShippingClass::Parcel);
        assert_eq!(dispatch.skus, ["mug", "lamp"]);
    }

    #[test]
    fn half_a_dispatch_stays_here() {
        assert!(Dispatch::parse("O-000017\t2780").is_err());
    }
}
