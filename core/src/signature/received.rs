//! The signatures that a request shows, and the parts that stand beside them.

use arrayvec::ArrayVec;

use crate::canonical::cavage;
use crate::canonical::rfc9421::Fields;
use crate::error::{Error, ErrorCode};
use crate::prepared_request::{PreparedRequest, Unread};
use crate::primitives::authorization;
use crate::primitives::mac::Tag;
use crate::primitives::signature::SignatureAlgorithm;
use crate::request::{Header, HeaderSlots, RequestPlace};
use crate::scheme::{Grammar, MAX_PARTS, SignaturePlan, Site, Slot, Value, Variant};

/// Rotations send two or three; more is an attempt to make us compare.
const MAX_ENTRIES: usize = 32;

/// A public key takes a hundred times as long as a secret does.
const MAX_PUBLIC_KEY_SIGNATURES: usize = 4;

/// The signatures of a request: tags of MACs and hashes, or signatures of key pairs,
/// as the scheme's algorithm has it.
#[derive(Debug, Default)]
pub(super) struct Received<'p> {
    /// Nearly every delivery has a single one, which needs no heap.
    first_tag: Option<Tag>,
    other_tags: Vec<Tag>,
    signatures: Vec<Vec<u8>>,
    /// What patterns name, by the position of the name.
    pub(super) parts: ArrayVec<Option<&'p [u8]>, MAX_PARTS>,
}

impl<'p> Received<'p> {
    /// Reads all places of a variant's signature. An entry that no pattern fits or
    /// that does not decode is passed over; when none is left the header is malformed.
    pub(super) fn read(
        &mut self,
        plan: &SignaturePlan,
        constants: &[Box<[u8]>],
        variant: &Variant,
        label: Option<&str>,
        request: &'p PreparedRequest<'_, '_>,
    ) -> Result<(), Error> {
        match &plan.parse.grammar {
            Grammar::Patterns => {}
            Grammar::MessageSignature(input) => {
                return self.read_message(plan, variant, input, label, request);
            }
            Grammar::Parameters => return self.read_parameters(plan, variant, request),
        }
        let none = core::iter::repeat_n(None, plan.parse.parts.len().min(MAX_PARTS));
        self.parts.extend(none);
        let mut reader = Reader {
            plan,
            constants,
            received: self,
            entries: 0,
        };
        let mut is_present = false;
        for site in &variant.from {
            if let Some(text) = signature_text(site, request)? {
                is_present = true;
                reader.text(text)?;
            }
        }
        if !is_present {
            return Err(missing(&variant.from));
        }
        if self.first_tag.is_none() && self.signatures.is_empty() {
            return Err(malformed(
                "no entry of the signature header is a signature of the right encoding and length",
            ));
        }
        Ok(())
    }

    /// Reads one signature of RFC 9421, and what its input says.
    fn read_message(
        &mut self,
        plan: &SignaturePlan,
        variant: &Variant,
        input: &Header,
        label: Option<&str>,
        request: &'p PreparedRequest<'_, '_>,
    ) -> Result<(), Error> {
        let headers = request.headers();
        let header = variant.from.first().and_then(|site| match &site.slot {
            Slot::Request(RequestPlace::Header(header)) => Some(header),
            _ => None,
        });
        let header = header.ok_or_else(|| missing(&variant.from))?;
        let signature = header.optional(headers)?;
        let signature = signature.ok_or_else(|| missing(&variant.from))?;
        let fields = Fields::read(input.required(headers)?, signature, label)?;
        let parts = fields.parts.iter().map(|part| part.map(str::as_bytes));
        let list = Some(fields.list.as_bytes());
        self.parts.extend(parts.chain([list]).take(MAX_PARTS));
        self.read_signature(plan, fields.signature.as_bytes())
    }

    /// Reads one signature of draft-cavage: in a header of its own, or in
    /// `Authorization` behind the word `Signature`.
    fn read_parameters(
        &mut self,
        plan: &SignaturePlan,
        variant: &Variant,
        request: &'p PreparedRequest<'_, '_>,
    ) -> Result<(), Error> {
        let (mut found, mut is_other) = (None, false);
        for site in &variant.from {
            let Some(text) = signature_text(site, request)? else {
                continue;
            };
            let text = match site.place.as_header() {
                Some("authorization") => match authorization::credentials(text, "signature") {
                    Some(parameters) => parameters,
                    None => {
                        is_other = true;
                        continue;
                    }
                },
                _ => text,
            };
            if found.replace(text).is_some() {
                return Err(malformed("the request has two signatures"));
            }
        }
        let text = found.ok_or_else(|| {
            if is_other {
                malformed("authorization holds something else than a signature")
            } else {
                missing(&variant.from)
            }
        })?;
        let parameters = cavage::Parameters::read(text)?;
        self.parts
            .extend(parameters.parts.into_iter().take(MAX_PARTS));
        self.read_signature(plan, parameters.signature)
    }

    fn read_signature(&mut self, plan: &SignaturePlan, text: &[u8]) -> Result<(), Error> {
        let mut reader = Reader {
            plan,
            constants: &[],
            received: self,
            entries: 0,
        };
        reader.signature(text)?;
        if self.first_tag.is_none() && self.signatures.is_empty() {
            return Err(malformed(
                "the signature is not base64 in its one spelling, or of another length",
            ));
        }
        Ok(())
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.first_tag.iter().chain(&self.other_tags)
    }

    pub(super) fn signatures(&self) -> &[Vec<u8>] {
        &self.signatures
    }
}

/// The text at a place of the signature. A header may be there and empty: then it is
/// malformed, and not missing.
fn signature_text<'p>(
    site: &Site,
    request: &'p PreparedRequest<'_, '_>,
) -> Result<Option<&'p [u8]>, Error> {
    let place = match &site.slot {
        Slot::Request(RequestPlace::Header(header)) => return header.optional(request.headers()),
        Slot::Request(place) => place,
        Slot::Part(_) | Slot::Claim(_) | Slot::Constant(_) => return Ok(None),
    };
    match request.value(place) {
        Ok(None) | Err(Unread::OtherKind) => Ok(None),
        Ok(Some(Value::Text(text))) => Ok(Some(text)),
        Ok(Some(_)) => Err(malformed(
            "what stands in the place of the signature is no text",
        )),
        Err(Unread::Rejected(error)) => Err(error),
    }
}

/// How many signatures of a public key a request can have.
pub(super) fn most_signatures(plan: &SignaturePlan) -> usize {
    let places = plan.variants.iter().map(|variant| variant.from.len());
    let most = match plan.parse.split {
        None => places.max().unwrap_or_default(),
        Some(_) => usize::MAX,
    };
    most.min(MAX_PUBLIC_KEY_SIGNATURES)
}

/// A request without any signature needs no further look, whichever variant of
/// the scheme it would be. What stands in a body is looked for later.
///
/// # Errors
/// `missing_header`.
pub(super) fn check_presence(plan: &SignaturePlan, headers: &HeaderSlots<'_>) -> Result<(), Error> {
    let all = || plan.variants.iter().flat_map(|variant| &variant.from);
    let is_absent = |site: &Site| match &site.slot {
        Slot::Request(RequestPlace::Header(header)) => header.is_absent(headers),
        _ => false,
    };
    if all().all(is_absent) {
        return Err(missing(all()));
    }
    Ok(())
}

#[cold]
fn missing<'p>(sites: impl IntoIterator<Item = &'p Site>) -> Error {
    let mut names: Vec<String> = Vec::new();
    let mut what = "no signature header";
    for site in sites {
        let name = match &site.slot {
            Slot::Request(RequestPlace::Header(header)) => header.name().to_owned(),
            _ => {
                what = "no signature";
                site.place.to_string()
            }
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Error::new(
        ErrorCode::MissingHeader,
        format!("{what}: {}", names.join(" or ")),
    )
}

struct Reader<'s, 'p> {
    plan: &'s SignaturePlan,
    constants: &'s [Box<[u8]>],
    received: &'s mut Received<'p>,
    entries: usize,
}

impl<'p> Reader<'_, 'p> {
    fn text(&mut self, text: &'p [u8]) -> Result<(), Error> {
        match self.plan.parse.split {
            None => self.entry(text),
            Some(separator) => text
                .split(|byte| *byte == separator)
                .map(<[u8]>::trim_ascii)
                .filter(|entry| !entry.is_empty())
                .try_for_each(|entry| self.entry(entry)),
        }
    }

    /// One entry: the first pattern that fits takes it apart.
    fn entry(&mut self, entry: &'p [u8]) -> Result<(), Error> {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            return Err(malformed("more than 32 entries in the signature headers"));
        }
        for pattern in &self.plan.parse.patterns {
            if pattern.is_bare() {
                return self.signature(entry);
            }
            let mut signature = None;
            let mut parts = ArrayVec::<(usize, &'p [u8]), MAX_PARTS>::new();
            let fits = pattern.take_apart(entry, self.constants, &mut |name, value| match name {
                None => signature = Some(value),
                Some(part) => {
                    parts.extend([(part, value)].into_iter().take(MAX_PARTS - parts.len()))
                }
            });
            if !fits {
                continue;
            }
            for (part, value) in parts {
                self.part(part, value)?;
            }
            return signature.map_or(Ok(()), |signature| self.signature(signature));
        }
        Ok(())
    }

    fn part(&mut self, position: usize, value: &'p [u8]) -> Result<(), Error> {
        if let Some(part) = self.received.parts.get_mut(position) {
            match part {
                Some(first) if *first != value => {
                    let name = self.plan.parse.parts.get(position);
                    return Err(Error::new(
                        ErrorCode::MalformedHeader,
                        format!(
                            "the part {} of the signature header stands there with two values",
                            name.map(String::as_str).unwrap_or_default()
                        ),
                    ));
                }
                _ => *part = Some(value),
            }
        }
        Ok(())
    }

    /// Reads one signature.
    fn signature(&mut self, text: &[u8]) -> Result<(), Error> {
        let Received {
            first_tag,
            other_tags,
            signatures,
            ..
        } = &mut *self.received;
        match self.plan.algorithm {
            SignatureAlgorithm::Mac(_) | SignatureAlgorithm::Hash(_) => {
                let bytes = self.plan.algorithm.tag_bytes().unwrap_or_default();
                let tag = self.plan.encoding.decode_tag(text, bytes);
                match first_tag {
                    None => *first_tag = tag,
                    Some(_) => other_tags.extend(tag),
                }
            }
            SignatureAlgorithm::PublicKey(algorithm) => {
                let signature = self.plan.encoding.decode(text);
                signatures.extend(signature.filter(|it| algorithm.may_have_length(it.len())));
                if signatures.len() > MAX_PUBLIC_KEY_SIGNATURES {
                    return Err(malformed(
                        "more than 4 signatures of a public key in the signature headers",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn malformed(what: &'static str) -> Error {
    Error::new(ErrorCode::MalformedHeader, what)
}
