/// What somebody has bought.
pub fn order() -> Result<(), crate::users::Error> {
    Ok(())
}
