//! The sender's half, for tests: the parse rules of a scheme run backwards.

use crate::body_limit;
use crate::error::{Error, ErrorCode};
use crate::primitives::mac::MAX_TAG_BYTES;
use crate::primitives::url_form::FormedUrl;
use crate::request::{HeaderSlots, Headers, Request};
use crate::scheme::{Parse, Plan, Signature, StringToSign, TimestampSource, Variant};
use crate::subject::Subject;
use crate::verifier::{Signing, Verifier};

/// The headers that the provider would add.
pub(crate) fn sign(
    verifier: &Verifier,
    request: &Request<'_>,
    signing: &Signing<'_>,
) -> Result<Vec<(String, String)>, Error> {
    let plan = &verifier.plan;
    let (Some(signature), Some(keyring)) = (&plan.signature, &verifier.keyring) else {
        return Err(Error::configuration(
            "this scheme signs nothing, so there is no signature to make",
        ));
    };
    let mut headers = match request.headers {
        Headers::Slots(slots) => slots.clone(),
        Headers::Pairs(pairs) => HeaderSlots::pick(&plan.header_names, pairs),
    };
    // Variants are told apart by the signature headers that a request has; a
    // request still to be signed gets those of the first variant.
    let first = signature.variants.first().ok_or_else(no_variant)?;
    let first_header = *first.from.first().ok_or_else(no_variant)?;
    headers.set(first_header, b"(to be signed)");

    let mut subject = Subject::new(request, &headers, None);
    subject.admit(verifier, request)?;
    let (_, variant) = subject.choose_variant(plan, signature)?;
    body_limit::check(request.body.len(), variant.max_body_bytes)?;
    subject.check_form(plan, variant)?;
    if let Some(digest) = &variant.body_digest {
        subject.check_body_digest(digest)?;
    }

    let timestamp = match &signature.timestamp {
        Some(rule) => {
            let seconds = signing
                .timestamp
                .ok_or_else(|| Error::configuration("signing needs a timestamp in this scheme"))?;
            let text = rule.format.print(seconds);
            rule.format.parse(text.as_bytes())?;
            text
        }
        None => String::new(),
    };
    let delivery_id = match variant.delivery_id {
        Some(_) => signing
            .delivery_id
            .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(|| {
                Error::configuration("signing needs a delivery_id of visible ASCII in this scheme")
            })?,
        None => "",
    };
    if let Some(rule) = &variant.id_rule {
        rule.check(delivery_id.as_bytes())?;
    }

    let key = match signing.key_id {
        None => keyring.first(),
        Some(label) => keyring.iter().find(|key| key.label == label),
    };
    let key = key.ok_or_else(|| Error::configuration("no key has that key_id"))?;
    let input = subject.input(timestamp.as_bytes(), delivery_id.as_bytes());
    let prepared = variant.message.prepare(&input)?;
    variant.check_boundaries(&input, &prepared)?;
    let url = input.url.map(|url| {
        let mut forms = signature.url_forms.iter();
        let form = forms.find_map(|form| form.apply(url));
        form.unwrap_or_else(|| FormedUrl::as_is(url))
    });
    let tag = key.prepared.tag(&StringToSign {
        message: &variant.message,
        input: &input,
        url: url.as_ref(),
        prepared: &prepared,
    });
    let text = signature
        .encoding
        .encode(tag.copy_to(&mut [0; MAX_TAG_BYTES]));

    Ok(write_headers(
        plan,
        signature,
        variant,
        &text,
        &timestamp,
        delivery_id,
    ))
}

fn write_headers(
    plan: &Plan,
    signature: &Signature,
    variant: &Variant,
    signed: &str,
    timestamp: &str,
    delivery_id: &str,
) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let timestamp_source = signature.timestamp.as_ref().map(|rule| &rule.source);
    let value = match &signature.parse {
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
    if let Some(&slot) = variant.from.first() {
        headers.push((plan.header_name(slot).to_owned(), value));
    }
    if let Some(slot) = variant.delivery_id {
        headers.push((plan.header_name(slot).to_owned(), delivery_id.to_owned()));
    }
    if let Some(TimestampSource::Header(slot)) = timestamp_source {
        headers.push((plan.header_name(*slot).to_owned(), timestamp.to_owned()));
    }
    headers
}

fn no_variant() -> Error {
    Error::new(ErrorCode::Internal, "the scheme has no variant")
}
