pub struct Cart;

#[cfg(test)]
mod tests {
    use users::Account;
}
