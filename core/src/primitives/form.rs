//! `application/x-www-form-urlencoded` pairs, as signers read them: order,
//! repetitions and blanks are kept, any bytes are fine.
//!
//! The WHATWG parser differs in one point only: it replaces bytes that are not
//! UTF-8, which would change what was signed.

use core::cmp::Ordering;

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

/// A name and the value behind it, by their places in the buffer.
#[derive(Clone, Debug)]
struct Pair {
    /// The first bytes of the name as a big-endian number: names mostly differ
    /// there, and numbers compare faster than slices. Set by sorting, and not
    /// while decoding: the processor would wait for the bytes just written.
    prefix: u128,
    start: usize,
    middle: usize,
    end: usize,
}

impl Pairs {
    /// Splits at `&`, drops empty pieces; the first `=` ends the name, no `=`
    /// means an empty value; `+` is a space, `%XX` a byte, an invalid `%` stays.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut decoder = Decoder::new(text);
        let most = text.len().div_ceil("a&".len());
        let mut pairs = Vec::with_capacity(most.min(USUAL_PAIRS));
        while !decoder.is_done() {
            let start = decoder.written;
            let stop = decoder.decode_until(&IN_NAME);
            let middle = decoder.written;
            if stop == Some(b'=') {
                decoder.decode_until(&IN_VALUE);
            } else if middle == start {
                continue;
            }
            if pairs.len() == MAX_PAIRS {
                return Err(too_many());
            }
            pairs.push(Pair::new(start, middle, decoder.written));
        }
        let bytes = decoder.into_decoded();
        Ok(Self { bytes, pairs })
    }

    /// Sorts by name, equal names by value, bytewise.
    pub(crate) fn sort(&mut self) {
        let bytes = &self.bytes;
        for pair in &mut self.pairs {
            pair.prefix = pair.prefix_of_name(bytes);
        }
        self.pairs
            .sort_unstable_by(|a, b| match a.prefix.cmp(&b.prefix) {
                Ordering::Equal => a.compare_whole(b, bytes),
                order => order,
            });
    }

    /// Removes a pair that equals the one before it: all repetitions, once sorted.
    pub(crate) fn dedup(&mut self) {
        let bytes = &self.bytes;
        self.pairs.dedup_by(|a, b| a.parts(bytes) == b.parts(bytes));
    }

    /// Adds a pair that is decoded already.
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name);
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(value);
        let end = self.bytes.len();
        self.pairs.push(Pair::new(start, middle, end));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.pairs.iter().map(|pair| pair.parts(&self.bytes))
    }

    /// Each name with its value right behind it, which is how they lie in memory.
    pub(crate) fn joined(&self) -> impl Iterator<Item = &[u8]> {
        self.pairs
            .iter()
            .map(|pair| &self.bytes[pair.start..pair.end])
    }

    /// All values of one name.
    pub(crate) fn values<'p>(&'p self, name: &'p [u8]) -> impl Iterator<Item = &'p [u8]> {
        self.iter()
            .filter(move |(candidate, _)| *candidate == name)
            .map(|(_, value)| value)
    }
}

impl Pair {
    const fn new(start: usize, middle: usize, end: usize) -> Self {
        Self {
            start,
            middle,
            end,
            prefix: 0,
        }
    }

    fn name<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start..self.middle]
    }

    /// Name and value.
    fn parts<'b>(&self, bytes: &'b [u8]) -> (&'b [u8], &'b [u8]) {
        (self.name(bytes), &bytes[self.middle..self.end])
    }

    /// Cold, as few names share a prefix: so the usual comparison is inlined.
    #[cold]
    fn compare_whole(&self, other: &Self, bytes: &[u8]) -> Ordering {
        self.parts(bytes).cmp(&other.parts(bytes))
    }

    /// The first bytes of the name as a big-endian number; those that it does
    /// not have are zero.
    fn prefix_of_name(&self, bytes: &[u8]) -> u128 {
        const SIZE: usize = size_of::<u128>();
        let name = self.name(bytes);
        match bytes[self.start..].first_chunk::<SIZE>() {
            // To shift out what follows the name is cheaper than to copy a name.
            Some(chunk) if !name.is_empty() => {
                let behind = 8 * SIZE.saturating_sub(name.len());
                u128::from_be_bytes(*chunk) >> behind << behind
            }
            _ => {
                let mut chunk = [0; SIZE];
                chunk
                    .iter_mut()
                    .zip(name)
                    .for_each(|(place, byte)| *place = *byte);
                u128::from_be_bytes(chunk)
            }
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
    decoder.decode_until(&ALONE);
    decoder.into_decoded()
}

/// Walks over encoded text once, byte by byte: between escapes there are only a
/// few bytes, too few for anything cleverer to win.
struct Decoder<'t> {
    rest: &'t [u8],
    /// Starts as a copy of the text, which decoding only shortens: cheaper than
    /// zeros from the allocator.
    decoded: Vec<u8>,
    written: usize,
}

impl<'t> Decoder<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self {
            rest: text,
            decoded: text.to_vec(),
            written: 0,
        }
    }

    const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Decodes up to a byte that ends the piece, passes over it and returns it;
    /// `None` at the end of the text.
    ///
    /// Inlined: a call for each name and each value is a tenth of a form's cost.
    #[inline(always)]
    fn decode_until(&mut self, meanings: &Meanings) -> Option<u8> {
        loop {
            let byte = self.decode_plain(meanings)?;
            let value = match byte {
                b'%' => match escape(self.rest) {
                    Some((value, rest)) => {
                        self.rest = rest;
                        value
                    }
                    None => byte,
                },
                // Plain, but the table has no other entry for it.
                SPECIAL => byte,
                _ => return Some(byte),
            };
            self.decoded[self.written] = value;
            self.written += 1;
        }
    }

    /// Decodes the bytes up to a special one, passes over that and returns it.
    /// This loop is most of a form's cost: a byte takes one look-up and one test,
    /// and the bounds are tested once a block.
    fn decode_plain(&mut self, meanings: &Meanings) -> Option<u8> {
        let room = &mut self.decoded[self.written..];
        let mut length = 0;
        loop {
            let (rest, room) = (&self.rest[length..], &mut room[length..]);
            let plain = match (rest.first_chunk::<BLOCK>(), room.first_chunk_mut::<BLOCK>()) {
                (Some(block), Some(room)) => decode_block(block, room, meanings),
                _ => decode_block(rest, room, meanings),
            };
            length += plain;
            if plain < BLOCK {
                break;
            }
        }
        let special = self.rest.get(length).copied();
        self.written += length;
        self.rest = self.rest.get(length + 1..).unwrap_or_default();
        special
    }

    fn into_decoded(mut self) -> Vec<u8> {
        self.decoded.truncate(self.written);
        self.decoded
    }
}

/// How many bytes are decoded in one unrolled loop.
const BLOCK: usize = 8;

/// Decodes the bytes before the first special one, and counts them.
#[inline(always)]
fn decode_block<'b>(
    block: impl IntoIterator<Item = &'b u8>,
    room: impl IntoIterator<Item = &'b mut u8>,
    meanings: &Meanings,
) -> usize {
    let mut plain = 0;
    for (&byte, place) in block.into_iter().zip(room) {
        let meaning = meanings[usize::from(byte)];
        if meaning == SPECIAL {
            break;
        }
        *place = meaning;
        plain += 1;
    }
    plain
}

/// What each byte stands for: itself, a space, or something [`SPECIAL`].
type Meanings = [u8; 256];

/// The entry of a byte that needs a closer look: `%`, one that ends the piece,
/// or NUL, which nobody sends.
const SPECIAL: u8 = 0;

static IN_NAME: Meanings = meanings(b"=&");
static IN_VALUE: Meanings = meanings(b"&");
static ALONE: Meanings = meanings(b"");

const fn meanings(ends: &[u8]) -> Meanings {
    let mut table = [0; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        table[byte as usize] = byte;
        byte -= 1;
    }
    table[b'+' as usize] = b' ';
    table[b'%' as usize] = SPECIAL;
    let mut index = 0;
    while index < ends.len() {
        table[ends[index] as usize] = SPECIAL;
        index += 1;
    }
    table
}

/// The byte that two hexadecimal digits stand for, and what follows them.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = text.split_first_chunk()?;
    let (high, low) = (HEX[usize::from(*high)], HEX[usize::from(*low)]);
    (high != NO_DIGIT && low != NO_DIGIT).then_some(((high << 4) | low, rest))
}

/// The values of the hexadecimal digits. Escapes are many, and digits and
/// letters mix in them at random: telling them apart by branches is slow.
static HEX: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

const NO_DIGIT: u8 = 0xff;

/// Whether a `Content-Type` names a form; parameters such as `charset` are allowed.
pub(crate) fn is_form(content_type: &[u8]) -> bool {
    is_media_type(content_type, b"application/x-www-form-urlencoded")
}

/// Whether a `Content-Type` is of this type, whatever its parameters.
pub(crate) fn is_media_type(content_type: &[u8], wanted: &[u8]) -> bool {
    // Nearly every sender writes it so, and that is seen at once.
    if content_type == wanted {
        return true;
    }
    let essence = content_type
        .split(|&byte| byte == b';')
        .next()
        .unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(wanted)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Names around the length of a prefix, of bytes that make many equal.
        #[test]
        fn sorting_is_that_of_slices(
            pairs in vec((vec(0..2_u8, 0..20), vec(0..2_u8, 0..3)), 0..40),
        ) {
            let mut sorted = Pairs::default();
            pairs.iter().for_each(|(name, value)| sorted.push(name, value));
            sorted.sort();
            let mut expected = pairs;
            expected.sort();
            let sorted: Vec<_> = sorted.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
            prop_assert_eq!(sorted, expected);
        }
    }

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
