//! From a cart to an order.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use common_money::Money;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(u64);

impl OrderId {
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "O-{:06}", self.0)
    }
}

impl FromStr for OrderId {
    type Err = OrderError;

    fn from_str(text: &str) -> Result<Self, OrderError> {
        text.strip_prefix("O-")
            .and_then(|number| number.parse().ok())
            .map(OrderId)
            .ok_or(OrderError::NotAnOrderId)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub sku: String,
    pub quantity: u32,
    pub unit_price: Money,
}

#[derive(Debug, Default)]
pub struct Cart {
    lines: Vec<Line>,
}

impl Cart {
    /// Adds a line; a product that is in the cart already only gets its quantity raised.
    pub fn add(&mut self, line: Line) {
        match self.lines.iter_mut().find(|known| known.sku == line.sku) {
            Some(known) => known.quantity = known.quantity.saturating_add(line.quantity),
            None => self.lines.push(line),
        }
    }

    pub fn place(self, id: OrderId) -> Result<Order, OrderError> {
        if self.lines.is_empty() {
            return Err(OrderError::EmptyCart);
        }
        Ok(Order {
            id,
            lines: self.lines,
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub lines: Vec<Line>,
}

impl Order {
    pub fn total(&self) -> Money {
        self.lines
            .iter()
            .map(|line| line.unit_price * line.quantity)
            .sum()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderError {
    EmptyCart,
    NotAnOrderId,
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OrderError::EmptyCart => "the cart is empty",
            OrderError::NotAnOrderId => "not an order number",
        })
    }
}

impl Error for OrderError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sku: &str, quantity: u32, cents: i64) -> Line {
        Line {
            sku: sku.into(),
            quantity,
            unit_price: Money::from_cents(cents),
        }
    }

    #[test]
    fn the_same_product_twice_is_one_line() {
        let mut cart = Cart::default();
        cart.add(line("mug", 1, 890));
        cart.add(line("mug", 2, 890));
        cart.add(line("lamp", 1, 4500));
        let order = cart.place(OrderId::new(1)).unwrap();
        assert_eq!(order.lines.len(), 2);
        assert_eq!(order.total(), Money::from_cents(7170));
    }

    #[test]
    fn nothing_can_not_be_ordered() {
        let placed = Cart::default().place(OrderId::new(1));
        assert_eq!(placed, Err(OrderError::EmptyCart));
    }

    #[test]
    fn an_order_number_reads_back() {
        let id = OrderId::new(42);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("42".parse::<OrderId>(), Err(OrderError::NotAnOrderId));
    }
}
