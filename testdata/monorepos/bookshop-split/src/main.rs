fn main() {
    for line in bookshop::web::serve(&["/books/rust", "/cart/rust", "/pay"]) {
        println!("{line}");
    }
}
