use users_api as _;

fn main() {}
