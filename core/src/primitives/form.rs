//! `application/x-www-form-urlencoded` pairs, as signers read them: order,
//! repetitions and blanks are kept, any bytes are fine.
//!
//! The WHATWG parser differs in one point only: it replaces bytes that are not
//! UTF-8, which would change what was signed.

use core::cmp::Ordering;

use crate::error::{Error, ErrorCode};
use crate::primitives::sink::Sink;

/// More parameters than any provider sends, and than web frameworks read. A text
/// may have more where the list of them takes no more than half its memory.
const MAX_PAIRS: usize = 1024;

/// What the places of a [`Pair`] can tell.
const MAX_TEXT_BYTES: usize = u32::MAX as usize;

/// Room for the parameters of a usual request, so that the list grows once.
const USUAL_PAIRS: usize = 32;

/// Decoded names and values. All bytes live in one buffer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    bytes: Vec<u8>,
    pairs: Vec<Pair>,
}

/// A name and the value behind it, by their places in the buffer. Small, since a
/// sender can make many of little text.
#[derive(Clone, Debug)]
struct Pair {
    /// What it is sorted by first, see [`Pairs::sort`] and [`Pairs::group`]. Set
    /// by these, and not while decoding: the processor would wait for the bytes
    /// just written.
    rank: u128,
    start: u32,
    middle: u32,
    end: u32,
}

impl Pairs {
    /// Splits at `&`, drops empty pieces; the first `=` ends the name, no `=`
    /// means an empty value; `+` is a space, `%XX` a byte, an invalid `%` stays.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Error> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Error::new(
                ErrorCode::BodyTooLarge,
                "a form has at most 4 GiB",
            ));
        }
        let most = MAX_PAIRS.max(text.len() / (2 * size_of::<Pair>()));
        let mut decoder = Decoder::new(text);
        let mut pairs = Vec::with_capacity(text.len().div_ceil("a&".len()).min(USUAL_PAIRS));
        while !decoder.is_done() {
            let start = decoder.written;
            let stop = decoder.decode_until(&IN_NAME);
            let middle = decoder.written;
            if stop == Some(b'=') {
                decoder.decode_until(&IN_VALUE);
            } else if middle == start {
                continue;
            }
            if pairs.len() == pairs.capacity() {
                // Once, for all that can follow: growing copies.
                let rest = decoder.rest.iter().filter(|byte| **byte == b'&').count();
                pairs.reserve_exact((rest + 2).min(most.saturating_sub(pairs.len())));
            }
            if pairs.len() == most {
                return Err(too_many(most));
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
            pair.rank = pair.prefix_of_name(bytes);
        }
        self.pairs
            .sort_unstable_by(|a, b| match a.rank.cmp(&b.rank) {
                Ordering::Equal => a.compare_whole(b, bytes),
                order => order,
            });
    }

    /// Sorts by name, bytewise. Equal names keep the order that they have in the
    /// text.
    pub(crate) fn sort_names(&mut self) {
        let bytes = &self.bytes;
        self.pairs
            .sort_unstable_by_key(|pair| (pair.name(bytes), pair.start));
    }

    /// Moves all values of a name to the place where the name first occurs.
    pub(crate) fn group(&mut self) {
        self.sort_names();
        let bytes = &self.bytes;
        let mut first: Option<&Pair> = None;
        for pair in &mut self.pairs {
            let rank = match first {
                Some(first) if first.name(bytes) == pair.name(bytes) => first.rank,
                _ => pair.start.into(),
            };
            pair.rank = rank;
            first = Some(pair);
        }
        self.pairs
            .sort_unstable_by_key(|pair| (pair.rank, pair.start));
    }

    /// Removes a pair that equals the one before it: all repetitions, once sorted.
    pub(crate) fn dedup(&mut self) {
        let bytes = &self.bytes;
        self.pairs.dedup_by(|a, b| a.parts(bytes) == b.parts(bytes));
    }

    /// Whether a name is there. The pairs are sorted.
    pub(crate) fn has_name(&self, name: &[u8]) -> bool {
        let by_name = |pair: &Pair| pair.name(&self.bytes).cmp(name);
        self.pairs.binary_search_by(by_name).is_ok()
    }

    /// Whether a pair is there. The pairs are sorted.
    pub(crate) fn has(&self, pair: (&[u8], &[u8])) -> bool {
        let by_pair = |known: &Pair| known.parts(&self.bytes).cmp(&pair);
        self.pairs.binary_search_by(by_pair).is_ok()
    }

    /// Keeps the pairs whose names fit.
    pub(crate) fn retain(&mut self, fits: impl Fn(&[u8]) -> bool) {
        let bytes = &self.bytes;
        self.pairs.retain(|pair| fits(pair.name(bytes)));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.pairs.iter().map(|pair| pair.parts(&self.bytes))
    }

    /// Writes the pairs one by one, and `joiner` between each two.
    pub(crate) fn write_joined<S: Sink>(
        &self,
        joiner: &[u8],
        sink: &mut S,
        mut write: impl FnMut(&[u8], &[u8], &mut S),
    ) {
        for (position, (name, value)) in self.iter().enumerate() {
            if position > 0 {
                sink.write(joiner);
            }
            write(name, value, sink);
        }
    }

    /// Each name with its value right behind it, which is how they lie in memory.
    pub(crate) fn joined(&self) -> impl Iterator<Item = &[u8]> {
        self.pairs
            .iter()
            .map(|pair| &self.bytes[pair.start as usize..pair.end as usize])
    }
}

impl Pair {
    /// The places lie in a text of at most [`MAX_TEXT_BYTES`].
    const fn new(start: usize, middle: usize, end: usize) -> Self {
        Self {
            rank: 0,
            start: start as u32,
            middle: middle as u32,
            end: end as u32,
        }
    }

    fn name<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        &bytes[self.start as usize..self.middle as usize]
    }

    /// Name and value.
    fn parts<'b>(&self, bytes: &'b [u8]) -> (&'b [u8], &'b [u8]) {
        let value = &bytes[self.middle as usize..self.end as usize];
        (self.name(bytes), value)
    }

    /// Cold, as few names share a prefix: so the usual comparison is inlined.
    #[cold]
    fn compare_whole(&self, other: &Self, bytes: &[u8]) -> Ordering {
        self.parts(bytes).cmp(&other.parts(bytes))
    }

    /// The first bytes of the name as a big-endian number: names mostly differ
    /// there, and numbers compare faster than slices. Those that it does not have
    /// are zero.
    fn prefix_of_name(&self, bytes: &[u8]) -> u128 {
        const SIZE: usize = size_of::<u128>();
        let name = self.name(bytes);
        match bytes[self.start as usize..].first_chunk::<SIZE>() {
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

fn too_many(most: usize) -> Error {
    Error::new(
        ErrorCode::BodyTooLarge,
        format!("more than {most} parameters"),
    )
}

/// The value of a name that is there once; the others are passed over, however
/// many there are.
pub(crate) fn only_value(text: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut pairs = text.split(|byte| *byte == b'&').filter_map(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=');
        let (written, value) = pair.split_at(end.unwrap_or(pair.len()));
        is_written(written, name).then_some(value)
    });
    let value = pairs.next().filter(|_| pairs.next().is_none())?;
    Some(decode(value.strip_prefix(b"=").unwrap_or_default()))
}

/// Whether this is how a name can be written.
fn is_written(written: &[u8], name: &[u8]) -> bool {
    // A byte is written in one or in three, which spares most a copy.
    (name.len()..=3 * name.len()).contains(&written.len()) && decode(written) == name
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

/// Whether a `Content-Type` is one of the multipart types.
pub(crate) fn is_multipart(content_type: &[u8]) -> bool {
    let start = content_type.trim_ascii_start().get(..b"multipart/".len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}

/// Whether a `Content-Type` leaves an application no other character set than
/// UTF-8: its parameters are well-formed, and one that names a character set, if
/// any, names that.
pub(crate) fn is_utf8(content_type: &[u8]) -> bool {
    let mut parameters = content_type.split(|&byte| byte == b';').skip(1);
    let mut charsets = 0;
    parameters.all(|parameter| {
        let parameter = parameter.trim_ascii();
        let mut halves = parameter.splitn(2, |&byte| byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next());
        let value = value.unwrap_or_default();
        let inner = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""));
        if parameter.is_empty() {
            return true;
        }
        // Also `charset*` of RFC 8187, which some readers decode.
        if name
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"charset"))
        {
            charsets += 1;
            return charsets == 1
                && name.len() == 7
                && is_one_of(inner.unwrap_or(value), &[b"utf-8", b"utf8"]);
        }
        is_token(name) && is_token(inner.unwrap_or(value))
    })
}

fn is_one_of(text: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|name| text.eq_ignore_ascii_case(name))
}

/// A token of RFC 9110 section 5.6.2.
fn is_token(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_part)
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
            let written = pairs.iter().map(|(name, value)| [&**name, value].join(&b'='));
            let mut sorted = Pairs::parse(&written.collect::<Vec<_>>().join(&b'&')).unwrap();
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

    // Pitfall BODY-8.
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
    fn a_flood_of_parameters_is_rejected_and_a_flood_of_nothing_is_empty() {
        assert!(Pairs::parse(&b"&".repeat(1 << 20)).unwrap().is_empty());
        let error = Pairs::parse(&b"a&".repeat(MAX_PAIRS + 1)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BodyTooLarge);
        assert!(Pairs::parse(&b"a&".repeat(MAX_PAIRS)).is_ok());
        let long = [b'a'; 2 * size_of::<Pair>() - 1].as_slice();
        let many = Pairs::parse(&[long, b"&"].concat().repeat(10 * MAX_PAIRS)).unwrap();
        assert_eq!(many.iter().count(), 10 * MAX_PAIRS);
    }

    #[test]
    fn the_list_has_room_for_what_is_there_and_no_more() {
        for count in [0, 1, USUAL_PAIRS, USUAL_PAIRS + 1, 300, MAX_PAIRS] {
            let pairs = Pairs::parse(&b"a=b&".repeat(count)).unwrap().pairs;
            assert_eq!(pairs.len(), count);
            assert!(pairs.capacity() <= USUAL_PAIRS.max(count + 1), "{count}");
        }
    }

    #[test]
    fn grouping_keeps_the_order_of_names_and_of_values() {
        let mut grouped = Pairs::parse(b"b=2&a=1&b=1&=x&a=0&c&b=2").unwrap();
        grouped.group();
        let grouped: Vec<_> = grouped.joined().map(<[u8]>::to_vec).collect();
        let expected = [&b"b2"[..], b"b1", b"b2", b"a1", b"a0", b"x", b"c"];
        assert_eq!(grouped, expected);
    }

    #[test]
    fn sorting_by_names_keeps_the_order_of_values() {
        let mut sorted = Pairs::parse(b"b=2&a=2&=x&b=1&A=0&a=1&a=2").unwrap();
        sorted.retain(|name| !name.is_empty());
        sorted.sort_names();
        let mut text = Vec::new();
        let write = |name: &[u8], value: &[u8], text: &mut Vec<u8>| {
            text.extend([name, b"=", value].concat());
        };
        sorted.write_joined(b", ", &mut text, write);
        assert_eq!(text, b"A=0, a=2, a=1, a=2, b=2, b=1");
        let mut text = Vec::new();
        Pairs::default().write_joined(b", ", &mut text, write);
        assert!(text.is_empty());
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

    #[test]
    fn a_form_has_one_character_set() {
        let form = |parameters: &str| {
            let content_type = format!("application/x-www-form-urlencoded{parameters}");
            assert!(is_form(content_type.as_bytes()));
            is_utf8(content_type.as_bytes())
        };
        for fine in [
            "",
            ";",
            "; charset=utf-8",
            ";charset=UTF-8",
            "; charset=utf8",
            " ; Charset=\"utf-8\" ; ",
            "; boundary=x",
            "; charset=utf-8; version=1",
        ] {
            assert!(form(fine), "{fine}");
        }
        for other in [
            "; charset=utf-16",
            "; charset=utf-7",
            "; charset=utf8x",
            "; charset=latin1",
            "; charset=ISO-8859-1",
            "; charset=\"utf-16le\"",
            "; charset=",
            "; charset",
            "; charset = utf-8",
            "; charset=utf-8; charset=utf-16",
            "; charset=utf-8; charset=utf-8",
            "; charset=utf-16, application/json",
            "; charset=utf-8, application/json",
            "; charset*=utf-16''x",
            "; charset*0=utf-16",
            "; boundary=x, a/b; charset=utf-16",
            "; x=\"a;charset=utf-16\"",
            "; =utf-8",
            "; charset=utf-8\0",
        ] {
            assert!(!form(other), "{other}");
        }
    }
}
