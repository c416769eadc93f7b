//! What is wrong with declarations next to the code.

use super::{Case, shop};
use crate::watertight::write;

pub(super) fn cases() -> Vec<Case> {
    let declared =
        |title: &str, text: &str| Case::within(title, "check", shop(&[("cart/feature.toml", text)]));
    let package = "[package]\nname = \"cart\"\n[package.metadata.watertight]\nfeature = 3\n";
    vec![
        declared("no TOML", "feature = \"cart"),
        declared("what only the root may say", "feature = \"cart\"\n[shared]\npaths = [\"x\"]\n"),
        declared("folders", "feature = \"cart\"\npaths = [\"other\"]\n"),
        declared("a declaration without a feature", "owner = \"@shop/cart\"\n"),
        declared("a key that is not there", "feature = \"cart\"\nonwer = \"@shop/cart\"\n"),
        Case::within("a value of another type", "check", shop(&[("cart/Cargo.toml", package)])),
        Case::within("a declaration that is not UTF-8", "check", shop(&[])).prepared(|folder| {
            write(folder, "cart/feature.toml", b"feature = \"\xff\"");
        }),
        Case::within("a declaration that is a folder", "check", shop(&[])).prepared(|folder| {
            std::os::unix::fs::symlink("nowhere", folder.join("cart/feature.toml")).expect("a link");
        }),
    ]
}
