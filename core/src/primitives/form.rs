//! `application/x-www-form-urlencoded` pairs, as signers read them: order,
//! repetitions and blanks are kept, any bytes are fine.
//!
//! The WHATWG parser differs in one point only: it replaces bytes that are not
//! UTF-8, which would change what was signed.

use std::ops::Range;

use crate::error::{Error, ErrorCode};

/// More parameters than any provider sends; a bound on memory, not on syntax.
const MAX_PAIRS: usize = 100_000;

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
}

impl Pairs {
    /// Splits at `&`, drops empty pieces; the first `=` ends the name, no `=`
    /// means an empty value; `+` is a space, `%XX` a byte, an invalid `%` stays.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut parsed = Self {
            bytes: Vec::with_capacity(text.len()),
            pairs: Vec::new(),
        };
        for piece in text
            .split(|&byte| byte == b'&')
            .filter(|piece| !piece.is_empty())
        {
            if parsed.pairs.len() == MAX_PAIRS {
                return Err(Error::new(
                    ErrorCode::BodyTooLarge,
                    format!("more than {MAX_PAIRS} parameters"),
                ));
            }
            let (name, value) = match piece.iter().position(|&byte| byte == b'=') {
                Some(equals) => (&piece[..equals], &piece[equals + 1..]),
                None => (piece, &[][..]),
            };
            let name = parsed.decode(name);
            let value = parsed.decode(value);
            parsed.pairs.push(Pair { name, value });
        }
        Ok(parsed)
    }

    /// Sorts by name, equal names by value, bytewise.
    pub(crate) fn sort(&mut self) {
        let bytes = &self.bytes;
        let key = |pair: &Pair| (&bytes[pair.name.clone()], &bytes[pair.value.clone()]);
        self.pairs.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Removes a pair that equals the one before it: all repetitions, once sorted.
    pub(crate) fn dedup(&mut self) {
        let bytes = &self.bytes;
        let key = |pair: &Pair| (&bytes[pair.name.clone()], &bytes[pair.value.clone()]);
        self.pairs.dedup_by(|a, b| key(a) == key(b));
    }

    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = self.append(name);
        let value = self.append(value);
        self.pairs.push(Pair { name, value });
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

    fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn decode(&mut self, text: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        decode_into(text, &mut self.bytes);
        start..self.bytes.len()
    }
}

/// Appends the decoded form of one name or value.
pub(crate) fn decode_into(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(special) = rest.iter().position(|&byte| matches!(byte, b'%' | b'+')) {
        let (plain, tail) = rest.split_at(special);
        out.extend_from_slice(plain);
        rest = match tail {
            [b'+', tail @ ..] => {
                out.push(b' ');
                tail
            }
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push((hex_value(*high) << 4) | hex_value(*low));
                tail
            }
            [percent, tail @ ..] => {
                out.push(*percent);
                tail
            }
            [] => tail,
        };
    }
    out.extend_from_slice(rest);
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
    let essence = content_type
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default();
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
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
