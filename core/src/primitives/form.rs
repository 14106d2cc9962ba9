//! `application/x-www-form-urlencoded` pairs, as signers read them: order,
//! repetitions and blanks are kept, any bytes are fine.
//!
//! The WHATWG parser differs in one point only: it replaces bytes that are not
//! UTF-8, which would change what was signed.

use std::ops::Range;

use crate::error::{Error, ErrorCode};

/// More parameters than any provider sends; a bound on memory, not on syntax.
const MAX_PAIRS: usize = 100_000;

/// Room for the parameters of a usual request, so that the list grows once.
const USUAL_PAIRS: usize = 32;

/// Decoded names and values. All bytes live in one buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    bytes: Vec<u8>,
    pairs: Vec<Pair>,
}

#[derive(Clone, Debug)]
struct Pair {
    name: Range<usize>,
    value: Range<usize>,
    /// The first bytes of the name as a big-endian number: names mostly differ
    /// there, and numbers compare faster than slices.
    prefix: u64,
}

impl Pairs {
    /// Splits at `&`, drops empty pieces; the first `=` ends the name, no `=`
    /// means an empty value; `+` is a space, `%XX` a byte, an invalid `%` stays.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut decoder = Decoder::new(text);
        let mut ranges = Vec::with_capacity(if text.is_empty() { 0 } else { USUAL_PAIRS });
        while !decoder.is_done() {
            let start = decoder.written;
            let has_value = decoder.decode_until(Stop::Equals);
            let middle = decoder.written;
            if has_value {
                decoder.decode_until(Stop::Ampersand);
            } else if middle == start {
                continue;
            }
            if ranges.len() == MAX_PAIRS {
                return Err(too_many());
            }
            ranges.push((start..middle, middle..decoder.written));
        }
        let bytes = decoder.into_decoded();
        let pairs = ranges
            .into_iter()
            .map(|(name, value)| Pair::new(&bytes, name, value))
            .collect();
        Ok(Self { bytes, pairs })
    }

    /// Sorts by name, equal names by value, bytewise.
    pub(crate) fn sort(&mut self) {
        let bytes = &self.bytes;
        let rest = |pair: &Pair| (&bytes[pair.name.clone()], &bytes[pair.value.clone()]);
        self.pairs
            .sort_unstable_by(|a, b| a.prefix.cmp(&b.prefix).then_with(|| rest(a).cmp(&rest(b))));
    }

    /// Removes a pair that equals the one before it: all repetitions, once sorted.
    pub(crate) fn dedup(&mut self) {
        let bytes = &self.bytes;
        let key = |pair: &Pair| (&bytes[pair.name.clone()], &bytes[pair.value.clone()]);
        self.pairs.dedup_by(|a, b| key(a) == key(b));
    }

    /// Adds a pair that is decoded already.
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(value);
        let end = self.bytes.len();
        self.pairs
            .push(Pair::new(&self.bytes, start..middle, middle..end));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let slice = |range: &Range<usize>| &self.bytes[range.clone()];
        self.pairs
            .iter()
            .map(move |pair| (slice(&pair.name), slice(&pair.value)))
    }

    /// All values of one name.
    pub(crate) fn values<'p>(&'p self, name: &'p [u8]) -> impl Iterator<Item = &'p [u8]> {
        self.iter()
            .filter(move |(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
    }
}

impl Pair {
    fn new(bytes: &[u8], name: Range<usize>, value: Range<usize>) -> Self {
        let text = &bytes[name.clone()];
        let mut first = [0; 8];
        let length = text.len().min(8);
        first[..length].copy_from_slice(&text[..length]);
        Self {
            name,
            value,
            prefix: u64::from_be_bytes(first),
        }
    }
}

fn too_many() -> Error {
    Error::new(
        ErrorCode::BodyTooLarge,
        format!("more than {MAX_PAIRS} parameters"),
    )
}

/// The decoded form of one name or value.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(text);
    decoder.decode_until(Stop::Never);
    decoder.into_decoded()
}

/// What ends a piece of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// `=`, or the `&` before it.
    Equals,
    Ampersand,
    Never,
}

/// Walks over encoded text once, byte by byte: between escapes there are only a
/// few bytes, too few for anything cleverer to win.
struct Decoder<'t> {
    text: &'t [u8],
    read: usize,
    /// As long as the text, which decoding only shortens.
    decoded: Vec<u8>,
    written: usize,
}

impl<'t> Decoder<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            read: 0,
            decoded: vec![0; text.len()],
            written: 0,
        }
    }

    const fn is_done(&self) -> bool {
        self.read == self.text.len()
    }

    /// Decodes up to the stop and passes over it. True where it was `=`.
    fn decode_until(&mut self, stop: Stop) -> bool {
        // Kept in registers, not in `self`: this loop is most of a form's cost.
        let (mut read, mut written) = (self.read, self.written);
        let decoded = self.decoded.as_mut_slice();
        let mut at_equals = false;
        while let Some(&byte) = self.text.get(read) {
            read += 1;
            let mut value = byte;
            if IS_SPECIAL[usize::from(byte)] {
                match byte {
                    b'&' if stop != Stop::Never => break,
                    b'=' if stop == Stop::Equals => {
                        at_equals = true;
                        break;
                    }
                    b'+' => value = b' ',
                    b'%' => {
                        if let Some(escaped) = escape(&self.text[read..]) {
                            value = escaped;
                            read += 2;
                        }
                    }
                    _ => {}
                }
            }
            decoded[written] = value;
            written += 1;
        }
        (self.read, self.written) = (read, written);
        at_equals
    }

    fn into_decoded(mut self) -> Vec<u8> {
        self.decoded.truncate(self.written);
        self.decoded
    }
}

/// The bytes that mean something else than themselves.
const IS_SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'%' as usize] = true;
    table[b'+' as usize] = true;
    table[b'&' as usize] = true;
    table[b'=' as usize] = true;
    table
};

/// The byte that two hexadecimal digits stand for.
fn escape(text: &[u8]) -> Option<u8> {
    match text {
        [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            Some((hex_value(*high) << 4) | hex_value(*low))
        }
        _ => None,
    }
}

/// The value of an ASCII hexadecimal digit.
const fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

/// Whether a `Content-Type` names a form; parameters such as `charset` are allowed.
pub(crate) fn is_form(content_type: &[u8]) -> bool {
    is_media_type(content_type, b"application/x-www-form-urlencoded")
}

/// Whether a `Content-Type` is of this type, whatever its parameters.
pub(crate) fn is_media_type(content_type: &[u8], wanted: &[u8]) -> bool {
    let essence = content_type
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let text_of = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect();
        Pairs::parse(text.as_bytes())
            .unwrap()
            .iter()
            .map(|(name, value)| (text_of(name), text_of(value)))
            .collect()
    }

    #[test]
    fn order_repetitions_blanks_and_spaces_are_kept() {
        let expected = [("a", ""), ("b", " x "), ("a", "2"), ("c", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs("a=&b=+x+&a=2&c"), expected);
        assert_eq!(pairs("&&a=&b=+x+&&a=2&c&"), expected);
    }

    #[test]
    fn the_first_equals_sign_ends_the_name() {
        assert_eq!(pairs("t=a=b=c"), [("t".to_owned(), "a=b=c".to_owned())]);
        assert_eq!(pairs("=v"), [(String::new(), "v".to_owned())]);
    }

    #[test]
    fn escapes_decode_once_and_broken_ones_stay() {
        assert_eq!(
            pairs("q=a%26b%3Dc%2525"),
            [("q".to_owned(), "a&b=c%25".to_owned())]
        );
        for broken in ["100%", "%", "%2", "%zz", "%+1", "%2g"] {
            let expected = broken.replace('+', " ");
            assert_eq!(pairs(&format!("a={broken}")), [("a".to_owned(), expected)]);
        }
        assert_eq!(pairs("a=%FF%00"), [("a".to_owned(), "\u{ff}\0".to_owned())]);
    }

    #[test]
    fn a_flood_of_parameters_is_refused_and_a_flood_of_nothing_is_empty() {
        assert!(Pairs::parse(&b"&".repeat(1 << 20)).unwrap().is_empty());
        let error = Pairs::parse(&b"a&".repeat(MAX_PAIRS + 1)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BodyTooLarge);
        assert!(Pairs::parse(&b"a&".repeat(MAX_PAIRS)).is_ok());
    }

    #[test]
    fn sorting_is_bytewise_by_name_then_value() {
        let mut sorted = Pairs::parse(b"b=1&a=2&a=10&A=3&a=2").unwrap();
        sorted.sort();
        let all = |pairs: &Pairs| {
            pairs
                .iter()
                .map(|(name, value)| [name, value].concat())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            all(&sorted),
            [
                b"A3".to_vec(),
                b"a10".to_vec(),
                b"a2".to_vec(),
                b"a2".to_vec(),
                b"b1".to_vec()
            ]
        );
        sorted.dedup();
        assert_eq!(all(&sorted).len(), 4);
    }
}
