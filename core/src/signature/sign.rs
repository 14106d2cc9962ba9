//! The sender's half, for tests: the parse rules of a scheme run backwards.

use crate::canonical::{Input, rfc9421};
use crate::error::Error;
use crate::prepared_request::PreparedRequest;
use crate::primitives::mac::MAX_TAG_BYTES;
use crate::primitives::url_form::FormedUrl;
use crate::request::{Header, HeaderSlots, RequestPlace};
use crate::scheme::{Grammar, Message, Parse, Place, Site, Slot, StringToSign, Variant};
use crate::signature::values::Values;
use crate::signature::{SignatureProof, variant};

/// The label of a signature where the option does not say it.
const USUAL_LABEL: &str = "sig1";

/// What a signer adds to a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signing<'a> {
    /// The id or nonce; needed where the scheme has one. ASCII.
    pub delivery_id: Option<&'a str>,
    /// Unix seconds; needed where the scheme has a timestamp.
    pub timestamp: Option<i64>,
    /// The label of the key to sign with; the first key when absent.
    pub key_id: Option<&'a str>,
}

impl SignatureProof {
    /// Adds the signature header that a request still to be signed has: variants
    /// are told apart by those that are there. It gets those of the first one.
    pub(crate) fn announce(&self, headers: &mut HeaderSlots<'_>) -> Result<(), Error> {
        let mut first = self.plan.variants.iter().flat_map(|it| &it.from);
        match first.next().map(|site| &site.slot) {
            Some(Slot::Request(RequestPlace::Header(header))) => {
                if header.is_absent(headers) {
                    header.set(headers, b"(to be signed)");
                }
                Ok(())
            }
            _ => Err(no_header()),
        }
    }

    /// The headers that a sender adds before it signs: a digest of the body. Those that
    /// the request has already stay as they are.
    pub(crate) fn made_headers(
        &self,
        headers: &HeaderSlots<'_>,
        body: &[u8],
    ) -> Vec<(Header, String)> {
        let mut made: Vec<(Header, String)> = Vec::new();
        for variant in &self.plan.variants {
            if let Message::Listed(listed) = &variant.message {
                let of_variant = listed.listing.made_headers(body);
                let absent = of_variant
                    .into_iter()
                    .filter(|(header, _)| header.is_absent(headers));
                made.extend(absent.map(|(header, value)| (header.clone(), value)));
            }
        }
        made
    }

    /// The headers that the provider would add.
    pub(crate) fn sign(
        &self,
        request: &PreparedRequest<'_, '_>,
        signing: &Signing<'_>,
    ) -> Result<Vec<(String, String)>, Error> {
        let (position, variant) = self.variant(request)?;
        self.check_length(position, request)?;
        variant::check_form(self.plan.content_type.as_ref(), variant, request)?;
        if let Message::Listed(listed) = &variant.message
            && !listed.listing.function.can_sign()
        {
            return Err(not_known());
        }
        let timestamp = self.timestamp(signing)?;
        let delivery_id = delivery_id(variant, signing)?;
        let key = match signing.key_id {
            None => self.keys.first(),
            Some(label) => self.keys.iter().find(|key| key.label == label),
        };
        let key = key.ok_or_else(|| Error::configuration("no key has that key_id"))?;
        let mut parts = self.parts(variant, &timestamp, delivery_id);
        self.fill_message(variant, signing, &key.label, &mut parts)?;
        let known: Vec<Option<&[u8]>> = parts
            .iter()
            .map(|part| part.as_deref().map(str::as_bytes))
            .collect();
        let values = Values {
            request,
            parts: &known,
            claims: None,
            constants: &self.constants,
        };
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            headers: request.headers(),
            parts: &known,
            timestamp: timestamp.as_bytes(),
            delivery_id: delivery_id.as_bytes(),
            secret: &[],
        };
        let prepared = variant.message.prepare(&input, &|site| values.get(site))?;
        let url = input.url.map(|url| {
            let mut forms = self.plan.url_forms.iter();
            let form = forms.find_map(|form| form.apply(url));
            form.unwrap_or_else(|| FormedUrl::as_is(url))
        });
        let string_to_sign = StringToSign {
            message: &variant.message,
            input: &input,
            url: url.as_ref(),
            prepared: &prepared,
        };
        let tag = key.prepared.tag(&string_to_sign).ok_or_else(|| {
            Error::configuration("signing needs the private key, which only the provider has")
        })?;
        let text = tag.copy_to(&mut [0; MAX_TAG_BYTES]).to_vec();
        let text = self.plan.encoding.encode(&text);
        let mut headers = Headers(Vec::new());
        match &self.plan.parse.grammar {
            Grammar::Patterns => {
                let text = write_signature(&self.plan.parse, &text, &self.constants, &parts)?;
                headers.add(variant.from.first(), &text)?;
            }
            Grammar::MessageSignature(input) => {
                let label = self.message.label.as_deref().unwrap_or(USUAL_LABEL);
                let list = parts.last().cloned().flatten().unwrap_or_default();
                headers.add(variant.from.first(), &format!("{label}=:{text}:"))?;
                let input = (input.name().to_owned(), format!("{label}={list}"));
                headers.0.push(input);
            }
            Grammar::Parameters => return Err(not_known()),
        }
        headers.add(
            variant
                .delivery_id
                .as_ref()
                .filter(|_| !delivery_id.is_empty()),
            delivery_id,
        )?;
        headers.add(variant.timestamp.as_ref(), &timestamp)?;
        Ok(headers.0)
    }

    /// What patterns name, by position, as far as it is known before signing.
    fn parts(&self, variant: &Variant, timestamp: &str, delivery_id: &str) -> Vec<Option<String>> {
        let mut parts = vec![None; self.plan.parse.parts.len()];
        let known = [
            (variant.timestamp.as_ref(), timestamp),
            (variant.delivery_id.as_ref(), delivery_id),
        ];
        for (site, text) in known {
            if let Some(Slot::Part(position)) = site.map(|site| &site.slot)
                && let Some(part) = parts.get_mut(*position)
            {
                *part = Some(text.to_owned());
            }
        }
        parts
    }

    /// What an HTTP Message Signature says of itself, and the list that it signs.
    fn fill_message(
        &self,
        variant: &Variant,
        signing: &Signing<'_>,
        key_label: &str,
        parts: &mut [Option<String>],
    ) -> Result<(), Error> {
        let (Grammar::MessageSignature(_), Message::Listed(listed)) =
            (&self.plan.parse.grammar, &variant.message)
        else {
            return Ok(());
        };
        let expires = match (signing.timestamp, &self.tolerance) {
            (Some(created), Some(tolerance)) => Some(
                created
                    .saturating_add(i64::from(tolerance.past))
                    .to_string(),
            ),
            _ => None,
        };
        let known = [
            ("expires", expires),
            ("alg", Some(self.plan.algorithm.name().to_owned())),
            ("keyid", self.is_labelled.then(|| key_label.to_owned())),
            ("tag", self.message.written_tag().map(str::to_owned)),
        ];
        for (name, value) in known {
            let position = rfc9421::PARTS.iter().position(|part| *part == name);
            if let Some(part) = position.and_then(|position| parts.get_mut(position)) {
                *part = value;
            }
        }
        let is_plain = |text: &String| {
            text.bytes()
                .all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte))
        };
        if !parts.iter().flatten().all(is_plain) {
            return Err(Error::configuration(
                "a delivery_id or the label of a key holds what no parameter of a signature can",
            ));
        }
        let mut written = [None; rfc9421::PARTS.len()];
        for (written, part) in written.iter_mut().zip(parts.iter()) {
            *written = part.as_deref();
        }
        let list = rfc9421::write_input(listed.listing.demands(), &written);
        if let Some(last) = parts.last_mut() {
            *last = Some(list);
        }
        Ok(())
    }

    fn timestamp(&self, signing: &Signing<'_>) -> Result<String, Error> {
        let Some(rule) = &self.plan.time else {
            return Ok(String::new());
        };
        let seconds = signing
            .timestamp
            .ok_or_else(|| Error::configuration("signing needs a timestamp in this scheme"))?;
        let text = rule.format.print(seconds);
        rule.format.parse(text.as_bytes())?;
        Ok(text)
    }
}

fn delivery_id<'s>(variant: &Variant, signing: &Signing<'s>) -> Result<&'s str, Error> {
    let Some(site) = &variant.delivery_id else {
        return Ok("");
    };
    // One that the body holds is in it already.
    if variant.id_rule.is_none() && !matches!(site.place, Place::Header(_) | Place::Signature(_)) {
        return Ok("");
    }
    let is_text = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
    let id = signing.delivery_id.filter(is_text).ok_or_else(|| {
        Error::configuration("signing needs a delivery_id of visible ASCII in this scheme")
    })?;
    if let Some(rule) = &variant.id_rule {
        rule.check(id.as_bytes())?;
    }
    Ok(id)
}

/// The text of the signature: each entry that has one pattern, in their order.
fn write_signature(
    parse: &Parse,
    signature: &str,
    constants: &[Box<[u8]>],
    parts: &[Option<String>],
) -> Result<String, Error> {
    let part = |position: usize| parts.get(position).cloned().flatten();
    let mut text = String::new();
    let mut is_signed = false;
    for pattern in &parse.patterns {
        // One signature is enough, whatever other versions there are.
        if is_signed && pattern.holds_signature() {
            continue;
        }
        let entry = pattern
            .put_together(signature, constants, part)
            .ok_or_else(|| {
                Error::configuration("signing does not know a part of the signature's text")
            })?;
        is_signed |= pattern.holds_signature();
        if let (false, Some(separator)) = (text.is_empty(), parse.split) {
            text.push(char::from(separator));
        }
        text.push_str(&entry);
    }
    Ok(text)
}

/// What is added to a request.
struct Headers(Vec<(String, String)>);

impl Headers {
    fn add(&mut self, site: Option<&Site>, value: &str) -> Result<(), Error> {
        match site.map(|site| &site.slot) {
            None | Some(Slot::Part(_)) => Ok(()),
            Some(Slot::Request(RequestPlace::Header(header))) => {
                self.0.push((header.name().to_owned(), value.to_owned()));
                Ok(())
            }
            Some(_) => Err(no_header()),
        }
    }
}

#[cold]
fn not_known() -> Error {
    Error::configuration(
        "signing is not known for this scheme: what its sender lists are headers of its own",
    )
}

#[cold]
fn no_header() -> Error {
    Error::configuration(
        "this scheme has its signature, time or id elsewhere than in headers, and signing makes \
         headers",
    )
}
