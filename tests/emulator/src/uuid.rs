//! UUIDs that are the same in every run: made from a text that says what they are for.

/// A UUID for this text. FNV-1a of 128 bits <http://www.isthe.com/chongo/tech/comp/fnv/>, with the marks of version 8:
/// nobody has to be kept from guessing it.
pub(crate) fn of(text: &str) -> String {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const VERSION: (u128, u128) = (0xf << 76, 0x8 << 76);
    const VARIANT: (u128, u128) = (0x3 << 62, 0x2 << 62);
    let hash = text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    let marked = (hash & !VERSION.0 & !VARIANT.0) | VERSION.1 | VARIANT.1;
    let hex = format!("{marked:032x}");
    let parts: Vec<&str> =
        [0..8, 8..12, 12..16, 16..20, 20..32].into_iter().filter_map(|part| hex.get(part)).collect();
    parts.join("-")
}

/// Whether a text is a UUID, in any letter case.
pub(crate) fn is_one(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_uuid() {
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
        assert!(is_one(&of("")) && is_one(&of("a").to_uppercase()));
        assert_eq!(of("a").as_bytes()[14], b'8');
        for text in ["", "a-b", "g0000000-0000-0000-0000-000000000000"] {
            assert!(!is_one(text), "{text}");
        }
    }
}
