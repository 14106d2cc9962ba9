//! Names of parameters and form fields as frameworks read them. They disagree:
//! ASP.NET takes any case, PHP reads `a.b` and `a b` as `a_b`, and many read
//! `a[b]` as a part of `a`. Two names that one of them could confuse are alike here.

use core::hash::{BuildHasher as _, Hasher as _};
use std::collections::HashSet;
use std::hash::RandomState;

use crate::primitives::form::Pairs;

/// A parameter stands there with two values, or in another spelling of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

impl Pairs {
    /// The one value of a name. A pair that is repeated as it is counts once.
    pub(crate) fn one(&self, name: &[u8]) -> Result<Option<&[u8]>, Ambiguous> {
        let mut alike = self.iter().filter(|(other, _)| is_alike(other, name));
        let Some((first, value)) = alike.next() else {
            return Ok(None);
        };
        let is_one = first == name && alike.all(|pair| pair == (first, value));
        if is_one {
            Ok(Some(value))
        } else {
            Err(Ambiguous)
        }
    }
}

/// Names that no other parameter may be taken for.
///
/// Kept as 64 bits each: a keyed hash, so that nobody can make two look alike.
#[derive(Debug, Default)]
pub(crate) struct PlainNames {
    hashes: HashSet<u64>,
    key: RandomState,
}

impl PlainNames {
    pub(crate) fn insert(&mut self, name: &[u8]) {
        for plain in Plain::all(name) {
            self.hashes.insert(plain.hash(&self.key));
        }
    }

    /// Whether a framework could take one of the pairs for one of these names.
    pub(crate) fn overlap(&self, pairs: &Pairs) -> bool {
        let is_there = |plain: Plain<'_>| self.hashes.contains(&plain.hash(&self.key));
        !self.hashes.is_empty() && pairs.iter().any(|(name, _)| Plain::all(name).any(is_there))
    }
}

/// Whether some framework could take two names for the same.
fn is_alike(one: &[u8], other: &[u8]) -> bool {
    one == other
        || Plain::all(one).any(|one| Plain::all(other).any(|other| one.bytes().eq(other.bytes())))
}

/// A name without what frameworks leave out or read alike.
#[derive(Clone, Copy)]
struct Plain<'n> {
    name: &'n [u8],
    /// PHP reads a bracket that is never closed as `_`; else it ends the name.
    bracket: Option<u8>,
}

impl<'n> Plain<'n> {
    /// The ways of reading a name, which for nearly all names is one.
    fn all(name: &'n [u8]) -> impl Iterator<Item = Self> {
        // Readers in C end at a NUL.
        let end = name.iter().position(|byte| *byte == 0);
        let name = &name[..end.unwrap_or(name.len())];
        // Some drop blanks, some brackets that a name begins with.
        let is_dropped = |byte: &u8| byte.is_ascii_whitespace() || b"[]".contains(byte);
        let start = name.iter().position(|byte| !is_dropped(byte));
        let short = &name[start.unwrap_or(name.len())..];
        let both = [short, name].into_iter();
        let different = both.take(if short.len() == name.len() { 1 } else { 2 });
        different.flat_map(|name| {
            let cut = Self {
                name,
                bracket: None,
            };
            let bracket = name.iter().position(|byte| *byte == b'[');
            let is_open = bracket.is_some_and(|at| !name[at..].contains(&b']'));
            let whole = Self {
                name,
                bracket: Some(b'_'),
            };
            [cut].into_iter().chain(is_open.then_some(whole))
        })
    }

    fn bytes(self) -> impl Iterator<Item = u8> {
        let plain = self.name.iter().map_while(move |byte| match byte {
            b'.' | b' ' => Some(b'_'),
            b'[' => self.bracket,
            b']' => None,
            byte => Some(byte.to_ascii_lowercase()),
        });
        plain.fuse()
    }

    fn hash(self, key: &RandomState) -> u64 {
        let mut hasher = key.build_hasher();
        self.bytes().for_each(|byte| hasher.write_u8(byte));
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn one(text: &str) -> Result<Option<Vec<u8>>, Ambiguous> {
        let pairs = Pairs::parse(text.as_bytes()).unwrap();
        pairs
            .one(b"caller_id")
            .map(|value| value.map(<[u8]>::to_vec))
    }

    /// Other spellings of `caller_id`, encoded.
    const SPELLINGS: [&str; 15] = [
        "Caller_ID",
        "caller.id",
        "caller+id",
        "caller%20id",
        "caller_id[]",
        "caller_id[a]",
        "caller_id[a][b]",
        "caller%5Bid",
        "caller[id",
        "+caller_id",
        "%20%09caller_id",
        "[caller_id]",
        "caller_id]",
        "caller_id%00x",
        "caller[id%00]",
    ];

    // Pitfall BODY-8, rule R2.
    #[test]
    fn a_parameter_has_one_value_and_one_spelling() {
        assert_eq!(one(""), Ok(None));
        assert_eq!(one("caller_id=442"), Ok(Some(b"442".to_vec())));
        assert_eq!(one("a=1&caller_id=442&b"), Ok(Some(b"442".to_vec())));
        assert_eq!(one("caller%5fid=4%342"), Ok(Some(b"442".to_vec())));
        assert_eq!(
            one("caller_id=442&a&caller_id=442"),
            Ok(Some(b"442".to_vec()))
        );
        assert_eq!(one("caller_id"), Ok(Some(Vec::new())));
        assert_eq!(one("caller_id=442&caller_id=666"), Err(Ambiguous));
        assert_eq!(one("caller_id=442&caller_id"), Err(Ambiguous));
        for spelling in SPELLINGS {
            assert_eq!(
                one(&format!("{spelling}=442")),
                Err(Ambiguous),
                "{spelling}"
            );
            for pairs in [
                format!("caller_id=442&{spelling}=442"),
                format!("{spelling}=666&caller_id=442"),
            ] {
                assert_eq!(one(&pairs), Err(Ambiguous), "{pairs}");
            }
        }
    }

    #[test]
    fn other_names_are_other_names() {
        for other in [
            "callerid",
            "caller-id",
            "caller_ids",
            "caller",
            "id",
            "caller_",
            "caller[id]",
            "x[caller_id]",
            "c%C3%A4ller_id",
            "",
        ] {
            let pairs = format!("{other}=666&caller_id=442&{other}=1");
            assert_eq!(one(&pairs), Ok(Some(b"442".to_vec())), "{other}");
        }
    }

    /// Rule R4.
    #[test]
    fn names_overlap_in_any_spelling() {
        let pairs = |text: &str| Pairs::parse(text.as_bytes()).unwrap();
        let mut names = PlainNames::default();
        assert!(!names.overlap(&pairs("caller_id=1&=2&[]")));
        names.insert(b"caller_id");
        names.insert(b"to");
        for spelling in SPELLINGS.into_iter().chain(["caller_id", "TO", "to[x]"]) {
            assert!(
                names.overlap(&pairs(&format!("a=1&{spelling}=2"))),
                "{spelling}"
            );
        }
        assert!(!names.overlap(&pairs("a=caller_id&caller=to&t=1&o=2&=3")));
        // Names of a form, against those of a query.
        let mut names = PlainNames::default();
        names.insert(b"a[b");
        assert!(names.overlap(&pairs("A")) && names.overlap(&pairs("a.b")));
        assert!(!names.overlap(&pairs("b")));
    }

    /// As the specification of the language has it: lower case, up to `[`, with
    /// `.` and blank as `_`.
    fn plain(name: &[u8]) -> Vec<u8> {
        let cut = name.split(|byte| *byte == b'[').next().unwrap_or_default();
        let fold = |byte: &u8| match byte {
            b'.' | b' ' => b'_',
            byte => byte.to_ascii_lowercase(),
        };
        cut.iter().map(fold).collect()
    }

    fn name() -> impl Strategy<Value = Vec<u8>> {
        vec(select(&b"aAb_. [\xe9"[..]), 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        /// Nothing that the specification refuses passes.
        #[test]
        fn at_least_the_specified_spellings_are_alike(one in name(), other in name()) {
            prop_assert_eq!(is_alike(&one, &other), is_alike(&other, &one));
            prop_assert!(is_alike(&one, &other) || plain(&one) != plain(&other));
        }

        #[test]
        fn a_set_knows_names_by_their_likeness(names in vec(name(), 0..4), other in name()) {
            let mut set = PlainNames::default();
            names.iter().for_each(|name| set.insert(name));
            let text: Vec<_> = other.iter().flat_map(|byte| format!("%{byte:02x}").into_bytes()).collect();
            let pairs = Pairs::parse(&[&text[..], b"="].concat()).unwrap();
            let expected = names.iter().any(|name| is_alike(name, &other));
            prop_assert_eq!(set.overlap(&pairs), expected);
        }
    }
}
