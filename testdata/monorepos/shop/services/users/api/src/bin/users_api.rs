use std::io;

use common_http::setting;
use users_service::Users;

fn main() -> io::Result<()> {
    Users::open(
        &setting("USERS_FILE", "users.tsv"),
        &setting("LEDGER_JOURNAL", "ledger.journal"),
    )?
    .serve(&setting("LISTEN", "127.0.0.1:7003"))
}
