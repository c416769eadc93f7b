use orders as _;

fn main() {}
