use journal_files as _;

fn main() {}
