//! The sender's half, for tests: the parse rules of a scheme run backwards.

use crate::canonical::Input;
use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::primitives::mac::MAX_TAG_BYTES;
use crate::primitives::url_form::FormedUrl;
use crate::request::{Header, HeaderSlots};
use crate::scheme::{Parse, SignaturePlan, StringToSign, TimestampSource, Variant};
use crate::signature::{SignatureProof, variant};

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
        let header: &Header = first.next().ok_or_else(no_variant)?;
        header.set(headers, b"(to be signed)");
        Ok(())
    }

    /// The headers that the provider would add.
    pub(crate) fn sign(
        &self,
        request: &PreparedRequest<'_, '_>,
        signing: &Signing<'_>,
    ) -> Result<Vec<(String, String)>, Error> {
        let (position, variant) = variant::choose(&self.plan, request)?;
        self.check_length(position, request)?;
        variant::check_form(&self.plan, variant, request)?;
        if let Some(digest) = &variant.body_digest {
            variant::check_digest(digest, request)?;
        }
        let timestamp = self.timestamp(signing)?;
        let delivery_id = delivery_id(variant, signing)?;
        let key = match signing.key_id {
            None => self.keys.first(),
            Some(label) => self.keys.iter().find(|key| key.label == label),
        };
        let key = key.ok_or_else(|| Error::configuration("no key has that key_id"))?;
        let input = Input {
            method: request.method(),
            url: request.url(),
            body: request.body(),
            timestamp: timestamp.as_bytes(),
            delivery_id: delivery_id.as_bytes(),
        };
        let prepared = variant.message.prepare(&input)?;
        variant.check_boundaries(&input, &prepared)?;
        let url = input.url.map(|url| {
            let mut forms = self.plan.url_forms.iter();
            let form = forms.find_map(|form| form.apply(url));
            form.unwrap_or_else(|| FormedUrl::as_is(url))
        });
        let tag = key.prepared.tag(&StringToSign {
            message: &variant.message,
            input: &input,
            url: url.as_ref(),
            prepared: &prepared,
        });
        let tag = tag.ok_or_else(|| {
            Error::configuration("signing needs the private key, which only the provider has")
        })?;
        let text = tag.copy_to(&mut [0; MAX_TAG_BYTES]).to_vec();
        let text = self.plan.encoding.encode(&text);
        Ok(write_headers(
            &self.plan,
            variant,
            &text,
            &timestamp,
            delivery_id,
        ))
    }

    fn timestamp(&self, signing: &Signing<'_>) -> Result<String, Error> {
        let Some(rule) = &self.plan.timestamp else {
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
    if variant.delivery_id.is_none() {
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

fn write_headers(
    plan: &SignaturePlan,
    variant: &Variant,
    signed: &str,
    timestamp: &str,
    delivery_id: &str,
) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let timestamp_source = plan.timestamp.as_ref().map(|rule| &rule.source);
    let value = match &plan.parse {
        Parse::Whole | Parse::List(_) => signed.to_owned(),
        Parse::Prefix(prefix) => text(prefix) + signed,
        Parse::VersionedList {
            version, versions, ..
        } => {
            let name = versions.first().map(|name| text(name)).unwrap_or_default();
            format!("{name}{}{signed}", char::from(*version))
        }
        Parse::Pairs {
            separator,
            versions,
        } => {
            let name = versions.first().map(|name| text(name)).unwrap_or_default();
            match timestamp_source {
                Some(TimestampSource::Signature(time)) => format!(
                    "{}={timestamp}{}{name}={signed}",
                    text(time),
                    char::from(*separator)
                ),
                _ => format!("{name}={signed}"),
            }
        }
    };
    let mut headers = Vec::new();
    let mut add = |header: &Header, value| headers.push((header.name().to_owned(), value));
    if let Some(header) = variant.from.first() {
        add(header, value);
    }
    if let Some(header) = &variant.delivery_id {
        add(header, delivery_id.to_owned());
    }
    if let Some(TimestampSource::Header(header)) = timestamp_source {
        add(header, timestamp.to_owned());
    }
    headers
}

fn no_variant() -> Error {
    Error::new(ErrorCode::Internal, "the scheme has no variant")
}
