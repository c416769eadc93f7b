use invoices_client as _;

fn main() {}
