use catalog_products::{Assortment, Product};
use users_client::Profile;

pub fn products(assortment: &Assortment) -> String {
    let items: String = assortment.products().iter().map(item).collect();
    format!("<h1>Our products</h1>\n<ul>\n{items}</ul>\n")
}

pub fn account(profile: &Profile) -> String {
    format!(
        "<h1>Hello, {}</h1>\n<p>Store credit: {}</p>\n",
        escape(&profile.name),
        profile.store_credit
    )
}

fn item(product: &Product) -> String {
    format!(
        "<li>{}, {}{}</li>\n",
        escape(&product.name),
        product.price,
        delivery(product)
    )
}

#[cfg(feature = "delivery-estimates")]
fn delivery(product: &Product) -> String {
    let class = fulfilment_shipping::ShippingClass::for_weight(product.weight_grams);
    format!(", with you in {} days", class.transit_days())
}

#[cfg(not(feature = "delivery-estimates"))]
fn delivery(_product: &Product) -> &'static str {
    ""
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_on_the_page() {
        let page = products(&shop_testing::sample_assortment());
        assert_eq!(page.matches("<li>").count(), 3);
        assert!(page.contains("Stoneware mug, 8.90 EUR"));
    }

    #[cfg(feature = "delivery-estimates")]
    #[test]
    fn says_how_long_it_takes() {
        let page = products(&shop_testing::sample_assortment());
        assert!(page.contains("Sofa, grey, 799.00 EUR, with you in 8 days"));
    }

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(escape("<b> & co"), "&lt;b> &amp; co");
    }
}
