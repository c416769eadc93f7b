/// How many there are.
pub fn count(users: &[u8]) -> usize {
    users.len()
}
