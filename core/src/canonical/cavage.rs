//! Signatures of draft-cavage-http-signatures, which RFC 9421 took the place of.
//!
//! ```text
//! name ": " value        of each that the parameter headers lists, LF between two
//! "(request-target)"     method in lower case, a blank, path and query
//! "(created)" "(expires)"    the parameters of that name
//! ```
//!
//! A line is one header, and a value holds no line break, so nothing runs together. A
//! body is signed where `digest` is listed: then it is compared. It may be absent where
//! there is no body and the request target is demanded.
//!
//! <https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12>

use std::borrow::Cow;

use crate::canonical::body_digest::{BodyDigest, DigestField};
use crate::canonical::header_list::{check_name, names, owned, read_demand as read_header};
use crate::canonical::listing::{Covered, Listing, check_length, malformed, no_url, unsigned};
use crate::canonical::{Input, Prepared};
use crate::coverage::CoverageLevel;
use crate::error::Error;
use crate::primitives::signature::SignatureAlgorithm;

/// What a scheme can name of a signature, in the order that RFC 9421 has them, and
/// where the list is.
const NAMES: [&str; 7] = [
    "created",
    "expires",
    "nonce",
    "algorithm",
    "keyId",
    "tag",
    "headers",
];
/// Longer than any sender's.
const MAX_TEXT_BYTES: usize = 8192;
const MAX_PARAMETERS: usize = 16;

const TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";
const DIGEST: &str = "digest";

/// One signature and what it says of itself.
#[derive(Debug)]
pub(crate) struct Parameters<'p> {
    pub(crate) signature: &'p [u8],
    pub(crate) parts: [Option<&'p [u8]>; NAMES.len()],
}

impl<'p> Parameters<'p> {
    /// Reads `name="text",name=number…`: each name once, no escape, nothing behind a
    /// quote but a comma.
    ///
    /// # Errors
    /// `malformed_header`.
    pub(crate) fn read(text: &'p [u8]) -> Result<Self, Error> {
        let unread = || malformed("the parameters of the signature cannot be read");
        if text.len() > MAX_TEXT_BYTES {
            return Err(unread());
        }
        let mut known: Vec<&[u8]> = Vec::new();
        let mut signature = None;
        let mut parts = [None; NAMES.len()];
        let mut rest = text;
        loop {
            let (name, value, behind) = parameter(rest).ok_or_else(unread)?;
            if known.contains(&name) || known.len() == MAX_PARAMETERS {
                return Err(malformed(
                    "the signature has a parameter twice, or too many of them",
                ));
            }
            known.push(name);
            match NAMES.iter().position(|known| known.as_bytes() == name) {
                _ if name == b"signature" => signature = Some(value),
                Some(position) => parts[position] = Some(value),
                None => {}
            }
            rest = match behind {
                [] => break,
                [b',', more @ ..] => more.trim_ascii_start(),
                _ => return Err(unread()),
            };
        }
        let signature = signature.ok_or_else(unread)?;
        Ok(Self { signature, parts })
    }
}

/// A name, its value, and what stands behind them.
fn parameter(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = text.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (text.get(..equals)?, text.get(equals + 1..)?);
    if name.is_empty() || !name.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let (value, behind) = match value {
        [b'"', quoted @ ..] => {
            let end = quoted.iter().position(|byte| *byte == b'"')?;
            let inside = quoted.get(..end)?;
            let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
            if !inside.iter().all(is_plain) {
                return None;
            }
            (inside, quoted.get(end + 1..)?)
        }
        _ => {
            let digits = value.iter().position(|byte| !byte.is_ascii_digit());
            let (digits, behind) = value.split_at(digits.unwrap_or(value.len()));
            let is_time = name == b"created" || name == b"expires";
            if digits.is_empty() || !is_time {
                return None;
            }
            (digits, behind)
        }
    };
    let end = behind.len() - behind.trim_ascii_start().len();
    Some((name, value, behind.get(end..)?))
}

/// Whether the parameter `algorithm` says nothing else than the key.
pub(crate) fn is_named(algorithm: SignatureAlgorithm, name: &[u8]) -> bool {
    let old = match algorithm.name() {
        "rsa-v1_5-sha256" => "rsa-sha256",
        "rsa-v1_5-sha512" => "rsa-sha512",
        "ecdsa-p256-sha256-der" => "ecdsa-sha256",
        other => other,
    };
    name == b"hs2019" || name == old.as_bytes()
}

pub(super) fn read_demand(demand: &str) -> Result<(String, Option<String>), String> {
    match demand {
        TARGET | CREATED | EXPIRES => Ok((demand.to_owned(), None)),
        header => read_header(header),
    }
}

pub(super) fn signs_part(listing: &Listing, part: &str) -> bool {
    match part {
        "created" => listing.is_demanded(CREATED),
        "expires" => listing.is_demanded(EXPIRES),
        _ => false,
    }
}

pub(super) fn needs_url(listing: &Listing) -> bool {
    listing.is_demanded(TARGET)
}

pub(super) fn covered(listing: &Listing) -> Covered {
    let mut covered = Covered::NOTHING;
    for demand in listing.demands() {
        match demand.as_str() {
            TARGET => {
                covered.method = true;
                covered.url = CoverageLevel::Part;
                covered
                    .parts
                    .extend(["method", "url.target"].map(str::to_owned));
            }
            CREATED => covered.parts.push("timestamp".to_owned()),
            EXPIRES => {}
            DIGEST => {
                covered.body = CoverageLevel::Full;
                covered.parts.push("body".to_owned());
            }
            header => covered.parts.push(format!("header:{header}")),
        }
    }
    covered
}

pub(super) fn prepare<'c>(
    listing: &Listing,
    input: &Input<'c>,
    list: &'c [u8],
) -> Result<Prepared<'c>, Error> {
    let names = names(list, b' ')?;
    let is_bound = listing.is_demanded(TARGET);
    for demand in listing.demands() {
        let is_excused = demand == DIGEST && input.body.is_empty() && is_bound;
        if !names.contains(&demand.as_str()) && !is_excused {
            return Err(unsigned(demand));
        }
    }
    let mut pieces: Vec<Cow<'c, [u8]>> = Vec::with_capacity(names.len() * 2);
    let mut digest = None;
    for (position, name) in names.iter().enumerate() {
        let line = if position > 0 { "\n" } else { "" };
        pieces.push(owned(format!("{line}{name}: ")));
        pieces.push(match *name {
            TARGET => Cow::Owned(target(input)?),
            CREATED => Cow::Borrowed(part(input, 0)?),
            EXPIRES => Cow::Borrowed(part(input, 1)?),
            header => {
                check_name(header)?;
                let value = if header == DIGEST {
                    let text = listing.non_empty(header, input.headers)?;
                    let field = DigestField::Digest;
                    digest = Some(BodyDigest { field, text });
                    text
                } else {
                    listing.value(header, input.headers)?
                };
                Cow::Borrowed(value)
            }
        });
    }
    check_length(&pieces)?;
    Ok(Prepared {
        pieces,
        digest,
        ..Prepared::default()
    })
}

fn target(input: &Input<'_>) -> Result<Vec<u8>, Error> {
    let url = input.url.ok_or_else(no_url)?;
    let mut target = input.method.to_ascii_lowercase();
    target.push(b' ');
    url.write_path(&mut target);
    if let Some(query) = url.query {
        target.push(b'?');
        target.extend_from_slice(query);
    }
    Ok(target)
}

fn part<'c>(input: &Input<'c>, position: usize) -> Result<&'c [u8], Error> {
    let part = input.parts.get(position).copied().flatten();
    part.ok_or_else(|| malformed("the signature lists a parameter that it does not have"))
}
