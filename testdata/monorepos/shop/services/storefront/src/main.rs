use std::io;

use common_http::setting;
use storefront_web::Storefront;

fn main() -> io::Result<()> {
    Storefront::new(
        setting("CATALOG_API", "127.0.0.1:7001"),
        setting("USERS_API", "127.0.0.1:7003"),
    )
    .serve(&setting("LISTEN", "127.0.0.1:7000"))
}
