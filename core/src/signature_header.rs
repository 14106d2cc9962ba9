//! The signatures and the timestamp that stand in signature headers.

use crate::error::{Error, ErrorCode};
use crate::header::{optional, required};
use crate::primitives::mac::Tag;
use crate::request::{HeaderSlots, HeaderValue};
use crate::scheme::{Parse, Plan, Signature, TimestampSource, Variant};

/// Rotations send two or three; more is an attempt to make us compare.
const MAX_SIGNATURES: usize = 32;

/// The signatures that the headers of a request hold.
#[derive(Debug, Default)]
pub(crate) struct ReceivedTags {
    /// Nearly every delivery has a single one, which needs no heap.
    first: Option<Tag>,
    others: Vec<Tag>,
}

impl ReceivedTags {
    /// Reads all signature headers of a variant. An entry that does not decode
    /// is passed over; when none is left the header is malformed.
    ///
    /// Gives the timestamp as received; nothing where the scheme has none.
    pub(crate) fn read<'r>(
        &mut self,
        plan: &Plan,
        signature: &Signature,
        variant: &Variant,
        headers: &HeaderSlots<'r>,
    ) -> Result<&'r [u8], Error> {
        let mut reader = Reader {
            signature,
            tags: self,
            entries: 0,
            timestamp: None,
        };
        let mut is_present = false;
        for &slot in &variant.from {
            if let Some(value) = optional(plan, headers, slot)? {
                is_present = true;
                reader.header(value)?;
            }
        }
        if !is_present {
            return Err(missing(plan, &variant.from));
        }
        let timestamp = match signature.timestamp.as_ref().map(|rule| &rule.source) {
            None => &[],
            Some(TimestampSource::Header(slot)) => required(plan, headers, *slot)?,
            Some(TimestampSource::Signature(_)) => reader
                .timestamp
                .ok_or_else(|| malformed("the signature header has no timestamp"))?,
        };
        if self.first.is_none() {
            return Err(malformed(
                "no entry of the signature header is a signature of the right encoding and length",
            ));
        }
        Ok(timestamp)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.first.iter().chain(&self.others)
    }
}

/// A request without any signature needs no further look, whichever variant of
/// the scheme it would be.
///
/// # Errors
/// `missing_header`.
pub(crate) fn check_presence(
    plan: &Plan,
    signature: &Signature,
    headers: &HeaderSlots<'_>,
) -> Result<(), Error> {
    let is_absent = |slot: &usize| headers.get(*slot) == HeaderValue::Absent;
    let mut slots = signature.variants.iter().flat_map(|variant| &variant.from);
    if slots.all(is_absent) {
        let mut slots: Vec<usize> = Vec::new();
        for slot in signature.variants.iter().flat_map(|variant| &variant.from) {
            if !slots.contains(slot) {
                slots.push(*slot);
            }
        }
        return Err(missing(plan, &slots));
    }
    Ok(())
}

fn missing(plan: &Plan, slots: &[usize]) -> Error {
    let names = slots.iter().map(|&slot| plan.header_name(slot));
    let names = names.collect::<Vec<_>>().join(" or ");
    Error::new(
        ErrorCode::MissingHeader,
        format!("no signature header: {names}"),
    )
}

struct Reader<'p, 'r> {
    signature: &'p Signature,
    tags: &'p mut ReceivedTags,
    entries: usize,
    timestamp: Option<&'r [u8]>,
}

impl<'r> Reader<'_, 'r> {
    fn header(&mut self, value: &'r [u8]) -> Result<(), Error> {
        let signature = self.signature;
        match &signature.parse {
            Parse::Whole => self.read(value),
            Parse::Prefix(prefix) => match value.strip_prefix(prefix.as_ref()) {
                Some(text) => self.read(text),
                None => Ok(()),
            },
            Parse::List(separator) => value
                .split(|byte| byte == separator)
                .map(<[u8]>::trim_ascii)
                .filter(|entry| !entry.is_empty())
                .try_for_each(|entry| self.read(entry)),
            Parse::VersionedList {
                separator,
                version,
                versions,
            } => value
                .split(|byte| byte == separator)
                .map(<[u8]>::trim_ascii)
                .filter(|entry| !entry.is_empty())
                .try_for_each(|entry| self.named(entry, *version, versions)),
            Parse::Pairs {
                separator,
                versions,
            } => value
                .split(|byte| byte == separator)
                .map(<[u8]>::trim_ascii)
                .try_for_each(|entry| self.named(entry, b'=', versions)),
        }
    }

    /// An entry of a name and a value: a signature, the timestamp, or neither.
    fn named(
        &mut self,
        entry: &'r [u8],
        separator: u8,
        versions: &[Box<[u8]>],
    ) -> Result<(), Error> {
        let mut halves = entry.splitn(2, |&byte| byte == separator);
        let (name, value) = (halves.next().unwrap_or_default(), halves.next());
        let value = value.unwrap_or_default();
        if versions.iter().any(|version| version.as_ref() == name) {
            return self.read(value);
        }
        self.count()?;
        let is_timestamp = self.signature.timestamp.as_ref().is_some_and(|rule| {
            matches!(&rule.source, TimestampSource::Signature(wanted) if wanted.as_ref() == name)
        });
        if is_timestamp {
            match self.timestamp {
                Some(first) if first != value => {
                    return Err(malformed("the signature header has two timestamps"));
                }
                _ => self.timestamp = Some(value),
            }
        }
        Ok(())
    }

    /// Reads one signature.
    fn read(&mut self, text: &[u8]) -> Result<(), Error> {
        self.count()?;
        let length = self.signature.mac.tag_bytes();
        let tag = self.signature.encoding.decode_tag(text, length);
        match &self.tags.first {
            None => self.tags.first = tag,
            Some(_) => self.tags.others.extend(tag),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Error> {
        self.entries += 1;
        if self.entries > MAX_SIGNATURES {
            return Err(malformed("more than 32 entries in the signature headers"));
        }
        Ok(())
    }
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorCode::MalformedHeader, what)
}
