//! The `Authorization` header (RFC 9110 section 11.4).

/// The credentials behind an authentication scheme: its name in any case, and
/// one or more spaces, nothing else. `None` where the value starts otherwise.
pub(crate) fn credentials<'v>(value: &'v [u8], scheme: &str) -> Option<&'v [u8]> {
    let (word, rest) = value.split_at_checked(scheme.len())?;
    let spaces = rest.iter().take_while(|&&byte| byte == b' ').count();
    (word.eq_ignore_ascii_case(scheme.as_bytes()) && spaces > 0).then(|| &rest[spaces..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_ends_in_spaces() {
        for scheme in ["Basic", "Bearer"] {
            let read = |tail: &str| {
                credentials(format!("{scheme}{tail}").as_bytes(), scheme).map(<[u8]>::to_vec)
            };
            assert_eq!(read(" abc").as_deref(), Some(&b"abc"[..]));
            assert_eq!(read("   abc").as_deref(), Some(&b"abc"[..]));
            assert_eq!(read(" ").as_deref(), Some(&b""[..]));
            for tail in ["", "abc", "\tabc", "\t abc", "\u{a0}abc", ":abc"] {
                assert_eq!(read(tail), None, "{scheme}{tail:?}");
            }
            // A tab behind the space is a part of what follows, which it spoils.
            assert_eq!(read(" \tabc").as_deref(), Some(&b"\tabc"[..]));
        }
        assert_eq!(credentials(b"bASIC abc", "Basic"), Some(&b"abc"[..]));
        assert_eq!(credentials(b" Basic abc", "Basic"), None);
        assert_eq!(credentials(b"Bas", "Basic"), None);
    }
}
