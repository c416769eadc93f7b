pub struct Cart;

#[cfg(test)]
mod tests {
    #[test]
    fn is_there() {}
}
