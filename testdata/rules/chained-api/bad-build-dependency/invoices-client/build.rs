use ledger_client as _;

fn main() {}
