//! Spellings of one name. Readers that ignore case differ in how, so any two
//! spellings that one of them could take for the same are the same here.

/// A character of ASCII is made of at most this many bytes, as the Kelvin sign.
const MAX_BYTES_OF_ONE: usize = 3;

/// Whether a name, as it stands in a body, is one of the spellings of a name of
/// ASCII.
pub(super) fn is_spelling(written: &[u8], name: &str) -> bool {
    if written.is_ascii() {
        return written.eq_ignore_ascii_case(name.as_bytes());
    }
    if written.len() > MAX_BYTES_OF_ONE * name.len() {
        return false;
    }
    let plain = name.chars().map(|character| character.to_ascii_lowercase());
    // A lone surrogate is no character, and no reader takes it for one of ASCII.
    str::from_utf8(written).is_ok_and(|written| written.chars().flat_map(fold).eq(plain))
}

/// What a character folds to. That is full case folding (Unicode section 3.13) for
/// those that fold to ASCII; and both Turkish letters i are an `i`, as they are
/// for Java's `equalsIgnoreCase`.
fn fold(character: char) -> impl Iterator<Item = char> {
    // The upper case of the capital sharp s is itself, that of the small one `SS`.
    let upper = character.to_lowercase().flat_map(char::to_uppercase);
    let folded = upper.flat_map(char::to_lowercase);
    folded.filter(move |folded| character != '\u{130}' || *folded != '\u{307}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character beyond ASCII that folds to ASCII alone, as `str.casefold`
    /// of Python 3 lists them; and the two Turkish letters.
    const FOLDED: [(char, &str); 13] = [
        ('\u{df}', "ss"),
        ('\u{130}', "i"),
        ('\u{131}', "i"),
        ('\u{17f}', "s"),
        ('\u{1e9e}', "ss"),
        ('\u{212a}', "k"),
        ('\u{fb00}', "ff"),
        ('\u{fb01}', "fi"),
        ('\u{fb02}', "fl"),
        ('\u{fb03}', "ffi"),
        ('\u{fb04}', "ffl"),
        ('\u{fb05}', "st"),
        ('\u{fb06}', "st"),
    ];

    #[test]
    fn characters_fold_as_the_list_says() {
        for character in '\u{80}'..=char::MAX {
            let folded: String = fold(character).collect();
            let listed = FOLDED.iter().find(|(known, _)| *known == character);
            match listed {
                Some((_, expected)) => assert_eq!(folded, *expected, "{character:?}"),
                None => assert!(!folded.is_ascii(), "{character:?}: {folded}"),
            }
        }
        for byte in 0..0x80_u8 {
            let folded: String = fold(byte.into()).collect();
            assert_eq!(folded.as_bytes(), [byte.to_ascii_lowercase()]);
        }
    }

    #[test]
    fn a_name_has_many_spellings() {
        for spelling in [
            "Message",
            "mESSAGE",
            "Me\u{17f}\u{17f}age",
            "me\u{df}age",
            "MES\u{17f}AGE",
        ] {
            assert!(is_spelling(spelling.as_bytes(), "Message"), "{spelling}");
        }
        for other in [
            "",
            "Messag",
            "Messages",
            "Me\u{df}sage",
            "Me\u{301}ssage",
            "M\u{435}ssage",
        ] {
            assert!(!is_spelling(other.as_bytes(), "Message"), "{other}");
        }
        assert!(is_spelling("\u{212a}e\u{131}\u{130}".as_bytes(), "keII"));
        assert!(is_spelling("o\u{fb03}\u{212a}".as_bytes(), "offik"));
        // A lone surrogate, as serde_json hands it out.
        assert!(!is_spelling(b"\xed\xa0\x80", "a"));
    }
}
