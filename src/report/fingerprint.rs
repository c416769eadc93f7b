//! A short name for a finding's identity, for systems that want one of a bounded length.

/// FNV-1a's start and prime for 128 bits. Nobody gains anything by making two identities meet, so a hash
/// that resists that is not needed; one that no release of a library can change is.
const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// 32 hexadecimal digits that depend on the identity alone: never on a line, a level or a version.
pub(super) fn fingerprint(identity: &str) -> String {
    let mixed = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(PRIME);
    format!("{:032x}", identity.bytes().fold(START, mixed))
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    /// The published test vectors: a fingerprint that changes opens every alert again.
    #[test]
    fn it_is_fnv_1a() {
        assert_eq!(fingerprint(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(fingerprint("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(fingerprint("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }
}
