//! One format for the log lines of all services, so that one search finds an order everywhere.

use std::fmt;

use checkout_orders::OrderId;

#[derive(Debug, Clone, Copy)]
pub struct Log {
    service: &'static str,
    order: Option<OrderId>,
}

impl Log {
    pub const fn new(service: &'static str) -> Self {
        Self {
            service,
            order: None,
        }
    }

    /// A log whose lines all carry the number of this order.
    pub const fn with_order(self, order: OrderId) -> Self {
        Self {
            order: Some(order),
            ..self
        }
    }

    pub fn info(&self, message: impl fmt::Display) {
        println!("{}", self.line("info", message));
    }

    pub fn error(&self, message: impl fmt::Display) {
        eprintln!("{}", self.line("error", message));
    }

    fn line(&self, level: &str, message: impl fmt::Display) -> String {
        let service = self.service;
        let message = message.to_string();
        match self.order {
            Some(order) => {
                format!("level={level} service={service} order={order} message={message:?}")
            }
            None => format!("level={level} service={service} message={message:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_service_and_the_order() {
        let log = Log::new("checkout-api").with_order(OrderId::new(17));
        assert_eq!(
            log.line("info", "paid"),
            r#"level=info service=checkout-api order=O-000017 message="paid""#
        );
    }
}
