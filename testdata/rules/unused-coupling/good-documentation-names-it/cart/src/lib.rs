/// ```
/// let owner = users::Account;
/// ```
pub struct Cart;
