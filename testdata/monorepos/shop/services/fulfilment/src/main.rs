use std::time::Duration;

use common_http::setting;
use fulfilment_worker::Worker;

fn main() {
    Worker::new(
        setting("CHECKOUT_API", "127.0.0.1:7002"),
        &setting("LEDGER_JOURNAL", "ledger.journal"),
    )
    .run(Duration::from_secs(10))
}
