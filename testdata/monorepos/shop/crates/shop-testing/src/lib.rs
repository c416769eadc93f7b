//! The same three products and two customers, for everybody's tests.

use catalog_products::{Assortment, Product};
use checkout_orders::{Cart, Line, Order, OrderId};
use common_money::Money;
use users_client::UserId;
use users_store::{User, UserStore};

pub fn sample_assortment() -> Assortment {
    let product = |sku: &str, name: &str, cents, weight_grams| Product {
        sku: sku.into(),
        name: name.into(),
        price: Money::from_cents(cents),
        weight_grams,
    };
    Assortment::new(vec![
        product("mug", "Stoneware mug", 890, 340),
        product("lamp", "Desk lamp", 4500, 2100),
        product("sofa", "Sofa, grey", 79_900, 48_000),
    ])
}

pub fn sample_users() -> UserStore {
    let user = |id, name: &str, email: &str, street: &str, city: &str| User {
        id: UserId::new(id),
        name: name.into(),
        email: email.into(),
        street: street.into(),
        city: city.into(),
    };
    UserStore::new([
        user(
            7,
            "Ada Byron",
            "ada@example.com",
            "Kirchweg 4",
            "50667 Köln",
        ),
        user(
            8,
            "Émile Roux",
            "emile@example.com",
            "Rue de l'Église 12",
            "67000 Strasbourg",
        ),
    ])
}

/// An order of two mugs and a lamp.
pub fn sample_order() -> Order {
    let mut cart = Cart::default();
    for (sku, quantity, cents) in [("mug", 2, 890), ("lamp", 1, 4500)] {
        cart.add(Line {
            sku: sku.into(),
            quantity,
            unit_price: Money::from_cents(cents),
        });
    }
    cart.place(OrderId::new(17))
        .expect("the cart has two lines")
}
