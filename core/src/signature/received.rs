//! The signatures and the timestamp that stand in signature headers.

use crate::error::{Error, ErrorCode};
use crate::primitives::mac::Tag;
use crate::primitives::signature::SignatureAlgorithm;
use crate::request::{Header, HeaderSlots};
use crate::scheme::{Parse, SignaturePlan, TimestampSource, Variant};

/// Rotations send two or three; more is an attempt to make us compare.
const MAX_ENTRIES: usize = 32;

/// A public key takes a hundred times as long as a secret does.
const MAX_PUBLIC_KEY_SIGNATURES: usize = 4;

/// The signatures that the headers of a request hold: tags of MACs, or signatures
/// of key pairs, as the scheme's algorithm has it.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// Nearly every delivery has a single one, which needs no heap.
    first_tag: Option<Tag>,
    other_tags: Vec<Tag>,
    signatures: Vec<Vec<u8>>,
}

impl Received {
    /// Reads all signature headers of a variant. An entry that does not decode
    /// is passed over; when none is left the header is malformed.
    ///
    /// Returns the timestamp as received; nothing where the scheme has none.
    pub(super) fn read<'r>(
        &mut self,
        plan: &SignaturePlan,
        variant: &Variant,
        headers: &HeaderSlots<'r>,
    ) -> Result<&'r [u8], Error> {
        let mut reader = Reader {
            plan,
            received: self,
            entries: 0,
            timestamp: None,
        };
        let mut is_present = false;
        for header in &variant.from {
            if let Some(value) = header.optional(headers)? {
                is_present = true;
                reader.header(value)?;
            }
        }
        if !is_present {
            return Err(missing(&variant.from));
        }
        let timestamp = match plan.timestamp.as_ref().map(|rule| &rule.source) {
            None => &[],
            Some(TimestampSource::Header(header)) => header.required(headers)?,
            Some(TimestampSource::Signature(_)) => reader
                .timestamp
                .ok_or_else(|| malformed("the signature header has no timestamp"))?,
        };
        if self.first_tag.is_none() && self.signatures.is_empty() {
            return Err(malformed(
                "no entry of the signature header is a signature of the right encoding and length",
            ));
        }
        Ok(timestamp)
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.first_tag.iter().chain(&self.other_tags)
    }

    pub(super) fn signatures(&self) -> &[Vec<u8>] {
        &self.signatures
    }
}

/// How many signatures of a public key a request can have.
pub(super) fn most_signatures(plan: &SignaturePlan) -> usize {
    let headers = plan.variants.iter().map(|variant| variant.from.len());
    let most = match plan.parse {
        Parse::Whole | Parse::Prefix(_) => headers.max().unwrap_or_default(),
        Parse::List(_) | Parse::VersionedList { .. } | Parse::Pairs { .. } => usize::MAX,
    };
    most.min(MAX_PUBLIC_KEY_SIGNATURES)
}

/// A request without any signature needs no further look, whichever variant of
/// the scheme it would be.
///
/// # Errors
/// `missing_header`.
pub(super) fn check_presence(plan: &SignaturePlan, headers: &HeaderSlots<'_>) -> Result<(), Error> {
    let mut all = plan.variants.iter().flat_map(|variant| &variant.from);
    if all.all(|header| header.is_absent(headers)) {
        return Err(missing(
            plan.variants.iter().flat_map(|variant| &variant.from),
        ));
    }
    Ok(())
}

#[cold]
fn missing<'p>(headers: impl IntoIterator<Item = &'p Header>) -> Error {
    let mut names: Vec<&str> = Vec::new();
    for header in headers {
        if !names.contains(&header.name()) {
            names.push(header.name());
        }
    }
    Error::new(
        ErrorCode::MissingHeader,
        format!("no signature header: {}", names.join(" or ")),
    )
}

struct Reader<'p, 'r> {
    plan: &'p SignaturePlan,
    received: &'p mut Received,
    entries: usize,
    timestamp: Option<&'r [u8]>,
}

impl<'r> Reader<'_, 'r> {
    fn header(&mut self, value: &'r [u8]) -> Result<(), Error> {
        let plan = self.plan;
        match &plan.parse {
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
        let is_timestamp = self.plan.timestamp.as_ref().is_some_and(|rule| {
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
        match self.plan.algorithm {
            SignatureAlgorithm::Mac(mac) => {
                let tag = self.plan.encoding.decode_tag(text, mac.tag_bytes());
                match &self.received.first_tag {
                    None => self.received.first_tag = tag,
                    Some(_) => self.received.other_tags.extend(tag),
                }
                Ok(())
            }
            SignatureAlgorithm::PublicKey(algorithm) => {
                let signature = self.plan.encoding.decode(text);
                let signature = signature.filter(|it| algorithm.may_have_length(it.len()));
                let signatures = &mut self.received.signatures;
                signatures.extend(signature);
                if signatures.len() > MAX_PUBLIC_KEY_SIGNATURES {
                    return Err(malformed(
                        "more than 4 signatures of a public key in the signature headers",
                    ));
                }
                Ok(())
            }
        }
    }

    fn count(&mut self) -> Result<(), Error> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(malformed("more than 32 entries in the signature headers"));
        }
        Ok(())
    }
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorCode::MalformedHeader, what)
}
