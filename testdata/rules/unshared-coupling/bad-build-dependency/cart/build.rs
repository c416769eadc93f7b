use invoices as _;

fn main() {}
