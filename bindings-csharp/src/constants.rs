//! What a C compiler has to know: literals, since that is all a header can hold.

/// Raised whenever a signature or a structure of this header changes. Compare it with
/// `hookseal_abi_version()` before the first other call.
pub const HOOKSEAL_ABI_VERSION: u32 = 3;

/// The code of a call that succeeded. Every other code is an error.
pub const HOOKSEAL_OK: i32 = 0;

/// Room for the reason of an error, its final NUL included. A smaller buffer is fine: the text is
/// cut at a character.
pub const HOOKSEAL_DETAIL_SIZE: usize = 1024;

#[cfg(test)]
mod tests {
    use hookseal_bridge::{REJECTION_BODY, REJECTION_CONTENT_TYPE};

    /// The header has them from `cbindgen.toml`: cbindgen passes no text on.
    #[test]
    fn the_header_has_the_rejection_of_all_languages() {
        let header = include_str!("../include/hookseal.h");
        for (name, text) in [
            ("HOOKSEAL_REJECTION_BODY", REJECTION_BODY),
            ("HOOKSEAL_REJECTION_CONTENT_TYPE", REJECTION_CONTENT_TYPE),
        ] {
            assert!(
                header.contains(&format!("#define {name} {text:?}\n")),
                "{name}"
            );
        }
    }
}
