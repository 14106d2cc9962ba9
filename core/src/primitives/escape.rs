//! Escapes of values in a string to sign, in a chain and piece by piece: what is
//! escaped is never assembled.

use arrayvec::ArrayVec;

use crate::primitives::byte_set::ByteSet;
use crate::primitives::sink::Sink;

/// How a value is rewritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// RFC 3986: all but its unreserved characters become `%XX`.
    Percent,
    /// `encodeURIComponent` of JavaScript, of a text.
    JsPercent,
    /// `application/x-www-form-urlencoded` over the unreserved characters, a blank
    /// as `+`.
    FormPercent,
    /// A text as `JSON.stringify` writes it, with its quotes.
    Json,
    /// Every run of CR and LF becomes one CRLF.
    Crlf,
    /// Every one of some characters becomes one other.
    Replace(Replacement),
}

/// Which characters of ASCII become which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    replaced: ByteSet,
    by: u8,
}

/// The value is no UTF-8, and it is escaped as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotText;

impl Escape {
    /// The escape that a word names, but for `replace`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "percent" => Self::Percent,
            "js-percent" => Self::JsPercent,
            "form-percent" => Self::FormPercent,
            "json" => Self::Json,
            "crlf" => Self::Crlf,
            _ => return None,
        })
    }

    /// Replaces each of the characters by one. `None` where they are not ASCII or
    /// there are none.
    pub(crate) fn replace(characters: &str, by: &str) -> Option<Self> {
        let [by] = *by.as_bytes() else { return None };
        let is_ascii = !characters.is_empty() && characters.is_ascii() && by.is_ascii();
        let replaced = ByteSet::of(characters.as_bytes());
        is_ascii.then_some(Self::Replace(Replacement { replaced, by }))
    }

    /// Whether a value can be escaped so: some escapes are of texts only.
    pub(crate) fn check(chain: &[Self], value: &[u8]) -> Result<(), NotText> {
        // What is escaped already is ASCII, and the others keep a text one.
        let is_raw = |escape: &&Self| !matches!(escape, Self::Percent | Self::FormPercent);
        let mut raw = chain.iter().take_while(is_raw);
        let needs_text = raw.any(|escape| matches!(escape, Self::JsPercent | Self::Json));
        match !needs_text || str::from_utf8(value).is_ok() {
            true => Ok(()),
            false => Err(NotText),
        }
    }

    /// What a byte costs at most that passes through the chain and is hashed, in bytes
    /// of SHA-256, rounded up.
    pub(crate) fn cost(chain: &[Self]) -> usize {
        let mut length = 1;
        let mut work = 0;
        let mut is_percent_encoded = false;
        for escape in chain {
            work += COST_OF_A_BYTE * length;
            length = match escape {
                // Of what is escaped already only the percent sign is, a third of it.
                Self::Percent | Self::JsPercent | Self::FormPercent if is_percent_encoded => {
                    length + 2
                }
                Self::Percent | Self::JsPercent | Self::FormPercent => 3 * length,
                Self::Json => LONGEST * length,
                Self::Crlf => 2 * length,
                Self::Replace(_) => length,
            };
            is_percent_encoded = match escape {
                Self::Percent | Self::JsPercent | Self::FormPercent => true,
                Self::Json | Self::Crlf => is_percent_encoded,
                Self::Replace(_) => false,
            };
        }
        length + work
    }

    /// Writes a value so that all of it passes through the chain.
    pub(crate) fn apply(chain: &[Self], sink: &mut dyn Sink, write: &mut dyn FnMut(&mut dyn Sink)) {
        let Some((last, before)) = chain.split_last() else {
            return write(sink);
        };
        let quote: &[u8] = if *last == Self::Json { b"\"" } else { b"" };
        sink.write(quote);
        let mut escaper = Escaper {
            escape: last,
            is_in_break: false,
            sink,
        };
        Self::apply(before, &mut escaper, write);
        sink.write(quote);
    }
}

/// The last link of a chain.
struct Escaper<'s> {
    escape: &'s Escape,
    /// The byte before was a CR or LF.
    is_in_break: bool,
    sink: &'s mut dyn Sink,
}

/// What it takes to escape one, in bytes of SHA-256, rounded up.
const COST_OF_A_BYTE: usize = 4;

/// How many bytes are escaped at once, and how long an escaped one is at most.
const PIECE: usize = 64;
const LONGEST: usize = r"\u0000".len();

type Escaped = ArrayVec<u8, { PIECE * LONGEST }>;

impl Sink for Escaper<'_> {
    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            let mut escaped = Escaped::new();
            piece
                .iter()
                .for_each(|byte| self.escape(*byte, &mut escaped));
            self.sink.write(&escaped);
        }
    }
}

impl Escaper<'_> {
    fn escape(&mut self, byte: u8, escaped: &mut Escaped) {
        match self.escape {
            Escape::Percent => percent(byte, &UNRESERVED, escaped),
            Escape::JsPercent => percent(byte, &JS_UNRESERVED, escaped),
            Escape::FormPercent if byte == b' ' => escaped.push(b'+'),
            Escape::FormPercent => percent(byte, &UNRESERVED, escaped),
            Escape::Json => json(byte, escaped),
            Escape::Crlf => {
                let is_break = matches!(byte, b'\r' | b'\n');
                match is_break {
                    true if self.is_in_break => {}
                    true => escaped.extend(*b"\r\n"),
                    false => escaped.push(byte),
                }
                self.is_in_break = is_break;
            }
            Escape::Replace(replacement) => {
                escaped.push(match replacement.replaced.contains(byte) {
                    true => replacement.by,
                    false => byte,
                })
            }
        }
    }
}

fn percent(byte: u8, kept: &ByteSet, escaped: &mut Escaped) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    if kept.contains(byte) {
        escaped.push(byte);
    } else {
        let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
        escaped.extend([b'%', high, low]);
    }
}

/// A byte within quotes: those of longer characters stay as they are.
fn json(byte: u8, escaped: &mut Escaped) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        0..0x20 => {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
            return escaped.extend([b'\\', b'u', b'0', b'0', high, low]);
        }
        _ => return escaped.push(byte),
    };
    escaped.extend([b'\\', short]);
}

static UNRESERVED: ByteSet =
    ByteSet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
static JS_UNRESERVED: ByteSet =
    ByteSet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!*'()");

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn apply(chain: &[Escape], pieces: &[&[u8]]) -> Vec<u8> {
        let mut escaped = Vec::new();
        Escape::apply(chain, &mut escaped, &mut |sink| {
            pieces.iter().for_each(|piece| sink.write(piece));
        });
        escaped
    }

    fn escape(name: &str, text: &str) -> String {
        let escape = Escape::from_name(name).unwrap();
        String::from_utf8(apply(&[escape], &[text.as_bytes()])).unwrap()
    }

    #[test]
    fn percent_keeps_what_is_unreserved() {
        let text = "AZaz09-._~ !*'()+/%&=\u{e9}\0";
        assert_eq!(
            escape("percent", text),
            "AZaz09-._~%20%21%2A%27%28%29%2B%2F%25%26%3D%C3%A9%00"
        );
        assert_eq!(
            escape("js-percent", text),
            "AZaz09-._~%20!*'()%2B%2F%25%26%3D%C3%A9%00"
        );
        assert_eq!(
            escape("form-percent", text),
            "AZaz09-._~+%21%2A%27%28%29%2B%2F%25%26%3D%C3%A9%00"
        );
    }

    #[test]
    fn json_is_what_a_serializer_writes() {
        for text in [
            "",
            "a",
            "\"\\/\u{8}\t\n\u{c}\r\0\u{b}\u{1f} \u{7f}\u{80}\u{e9}\u{2028}\u{1f600}",
        ] {
            assert_eq!(escape("json", text), serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn line_breaks_become_one_and_the_same() {
        for (text, expected) in [
            ("", ""),
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd"),
            ("\n\n\ra\r\r", "\r\na\r\n"),
        ] {
            assert_eq!(escape("crlf", text), expected);
        }
        let crlf = [Escape::Crlf];
        assert_eq!(apply(&crlf, &[b"a\r", b"", b"\nb\n", b"c"]), b"a\r\nb\r\nc");
    }

    #[test]
    fn characters_are_replaced_by_one() {
        let replace = [Escape::replace("&=", "_").unwrap()];
        assert_eq!(apply(&replace, &[b"a&b", b"==c_\xff"]), b"a_b__c_\xff");
        for (characters, by) in [
            ("", "_"),
            ("&", ""),
            ("&", "__"),
            ("\u{e9}", "_"),
            ("&", "\u{e9}"),
        ] {
            assert_eq!(Escape::replace(characters, by), None);
        }
        assert_eq!(Escape::from_name("replace"), None);
    }

    #[test]
    fn a_chain_that_needs_a_text_says_so() {
        let check = |names: &[&str], value: &[u8]| {
            let chain: Vec<_> = names
                .iter()
                .map(|name| Escape::from_name(name).unwrap())
                .collect();
            Escape::check(&chain, value)
        };
        for names in [
            &["json"][..],
            &["js-percent"],
            &["crlf", "json"],
            &["js-percent", "percent"],
        ] {
            assert_eq!(check(names, b"\xff"), Err(NotText), "{names:?}");
            assert_eq!(check(names, "\u{e9}".as_bytes()), Ok(()), "{names:?}");
        }
        for names in [
            &[][..],
            &["percent"],
            &["crlf"],
            &["percent", "json"],
            &["form-percent", "js-percent"],
        ] {
            assert_eq!(check(names, b"\xff"), Ok(()), "{names:?}");
        }
    }

    fn any_escape() -> impl Strategy<Value = Escape> {
        const NAMES: [&str; 5] = ["percent", "js-percent", "form-percent", "json", "crlf"];
        prop_oneof![
            5 => select(&NAMES[..]).prop_map(|name| Escape::from_name(name).unwrap()),
            1 => Just(Escape::replace("&\n%", "\r").unwrap()),
        ]
    }

    /// One step over a whole text, in another way.
    fn whole(escape: &Escape, text: &str) -> String {
        let percent = |kept: &str| {
            let escape = |byte: u8| match char::from(byte) {
                it if it.is_ascii_alphanumeric() || kept.contains(it) => it.to_string(),
                _ => format!("%{byte:02X}"),
            };
            text.bytes().map(escape).collect()
        };
        match escape {
            Escape::Percent => percent("-._~"),
            Escape::JsPercent => percent("-_.!~*'()"),
            Escape::FormPercent => percent("-._~ ").replace(' ', "+"),
            Escape::Json => serde_json::to_string(text).unwrap(),
            Escape::Crlf => {
                let lines: Vec<_> = text.split(['\r', '\n']).collect();
                let mut joined = String::new();
                for (position, line) in lines.iter().enumerate() {
                    let is_break =
                        position > 0 && (!line.is_empty() || position == lines.len() - 1);
                    joined.push_str(if is_break { "\r\n" } else { "" });
                    joined.push_str(line);
                }
                joined
            }
            Escape::Replace(_) => text.replace(['&', '\n', '%'], "\r"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_chain_is_its_steps_one_after_the_other(
            chain in vec(any_escape(), 0..4),
            text in "[a-z&=%+ \r\n\"\\\\\u{0}\u{e9}\u{1f600}]{0,200}",
            cuts in vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let expected = chain.iter().fold(text.clone(), |text, escape| whole(escape, &text));
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort();
            let pieces: Vec<_> = cuts.windows(2).map(|cut| &text.as_bytes()[cut[0]..cut[1]]).collect();
            let escaped = String::from_utf8(apply(&chain, &pieces)).unwrap();
            prop_assert_eq!(escaped, expected);
        }
    }
}
