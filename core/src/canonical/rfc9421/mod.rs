//! The signature base of HTTP Message Signatures.
//!
//! ```text
//! "component" [;parameters] ": " value LF      of each that Signature-Input lists
//! "@signature-params": " list and parameters as Signature-Input has them
//! ```
//!
//! The parameters are signed with the list, so all of them are facts. A body is
//! signed where `content-digest` is listed: then the digest is compared.
//!
//! What is demanded has to be listed as it is demanded: `"@path";req` is none. What
//! holds it whole will do: `@target-uri` for `@authority`, `@path` and `@query`. So
//! `covers` says of these what the least of them covers. `content-digest` may be
//! absent where there is no body and the URL is demanded: a body cannot be added, nor
//! taken away.
//!
//! <https://www.rfc-editor.org/rfc/rfc9421>, <https://www.rfc-editor.org/rfc/rfc9530>

mod component;
mod fields;

use std::borrow::Cow;

use crate::canonical::body_digest::{self, BodyDigest, DigestField};
use crate::canonical::listing::{Covered, Listing, check_length, malformed, unsigned};
use crate::canonical::{Input, Prepared};
use crate::coverage::CoverageLevel;
use crate::error::Error;
use crate::primitives::structured_fields::{Content, Item, inner_list};
use crate::request::Header;

use component::{Component, Query};

pub(crate) use fields::{Fields, PARTS, write_input};

/// Each is looked for in the whole query, before any signature is checked.
const MAX_QUERY_PARAMETERS: usize = 8;

/// The identifier that a demand stands for, as a list holds it, and the header that it
/// names.
pub(super) fn read_demand(demand: &str) -> Result<(String, Option<String>), String> {
    let (name, parameters) = demand.split_at(demand.find(';').unwrap_or(demand.len()));
    let written = format!("\"{name}\"{parameters}");
    let none = || format!("`{demand}` is no component of a request (RFC 9421 section 2)");
    let (can_be_met, header) = with_component(&written, |component| {
        let header = match component {
            Component::Field(name, _) => Some(name.to_owned()),
            _ => None,
        };
        (component.can_be_met(), header)
    })
    .ok_or_else(none)?;
    if !can_be_met {
        return Err(format!(
            "`{demand}` is nothing that a signature can hold: a name of a parameter is text, \
             and encoded, `sf` belongs to a registered dictionary, `key` to a key of one, and of \
             `content-digest` to sha-256 or sha-512"
        ));
    }
    Ok((written, header))
}

fn with_component<T>(written: &str, take: impl FnOnce(Component<'_>) -> T) -> Option<T> {
    let list = format!("({written})");
    match inner_list(&list)?.content {
        Content::List(items) => match items.as_slice() {
            [item] => Component::read(item).map(take),
            _ => None,
        },
        Content::Item(_) => None,
    }
}

pub(super) fn needs_url(listing: &Listing) -> bool {
    let reads_url =
        |demand: &String| with_component(demand, |it| it.reads_url()).unwrap_or_default();
    listing.demands().iter().any(reads_url)
}

/// Checks what is demanded together.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_demanded(demands: &[String]) -> Result<(), String> {
    let is_parameter = |demand: &&String| {
        with_component(demand, |it| matches!(it, Component::QueryParam(_))).unwrap_or_default()
    };
    if demands.iter().filter(is_parameter).count() > MAX_QUERY_PARAMETERS {
        return Err(format!(
            "more than {MAX_QUERY_PARAMETERS} parameters of the query are listed"
        ));
    }
    Ok(())
}

pub(super) fn covered(listing: &Listing) -> Covered {
    let mut covered = Covered::NOTHING;
    for demand in listing.demands() {
        let part = with_component(demand, |component| {
            match component {
                Component::Method => covered.method = true,
                Component::TargetUri => covered.url = CoverageLevel::Full,
                // Any host and any path can have it.
                Component::Scheme => {}
                of_url if of_url.reads_url() => {
                    covered.url = covered.url.max(CoverageLevel::Part);
                }
                of_body if of_body.is_digest() => covered.body = CoverageLevel::Full,
                _ => {}
            }
            component.part()
        });
        // Several forms of one header are one part.
        let part = part.filter(|part| !covered.parts.contains(part));
        covered.parts.extend(part);
    }
    covered
}

/// Reads the list, checks what it holds, and makes the signature base.
pub(super) fn prepare<'c>(
    listing: &Listing,
    input: &Input<'c>,
    list: &'c [u8],
) -> Result<Prepared<'c>, Error> {
    let unread = || malformed("signature-input cannot be read");
    let text = str::from_utf8(list).map_err(|_| unread())?;
    let Content::List(items) = inner_list(text).ok_or_else(unread)?.content else {
        return Err(unread());
    };
    check_demands(listing, input, &items)?;
    let mut pieces: Vec<Cow<'c, [u8]>> = Vec::with_capacity(items.len() * 4 + 2);
    let mut digest = None;
    let query = Query::new();
    let mut parameters = 0;
    for (position, item) in items.iter().enumerate() {
        let (before, _) = items.split_at(position);
        if before.iter().any(|other| other.text == item.text) {
            return Err(malformed("the signature lists a component twice"));
        }
        let component = Component::read(item).ok_or_else(|| {
            malformed(
                "the signature lists what is no component of a request, or with parameters that \
                 are not known",
            )
        })?;
        if let Component::QueryParam(_) = component {
            parameters += 1;
            if parameters > MAX_QUERY_PARAMETERS {
                return Err(malformed(
                    "the signature lists more than 8 parameters of the query",
                ));
            }
        }
        let value = component.value(input, listing, &query)?;
        if component.is_digest() {
            let text = listing.non_empty("content-digest", input.headers)?;
            let field = DigestField::ContentDigest;
            digest = Some(BodyDigest { field, text });
        }
        pieces.push(Cow::Owned(item.text.as_bytes().to_vec()));
        pieces.push(Cow::Borrowed(b": "));
        pieces.push(value);
        pieces.push(Cow::Borrowed(b"\n"));
        check_length(&pieces)?;
    }
    pieces.push(Cow::Borrowed(b"\"@signature-params\": "));
    pieces.push(Cow::Borrowed(list));
    Ok(Prepared {
        pieces,
        digest,
        ..Prepared::default()
    })
}

/// The digest of the body, where it is demanded.
pub(super) fn made_headers<'l>(listing: &'l Listing, body: &[u8]) -> Vec<(&'l Header, String)> {
    let header = listing
        .header("content-digest")
        .filter(|_| listing.demands().iter().any(|demand| is_digest(demand)));
    header
        .map(|header| (header, body_digest::written(body)))
        .into_iter()
        .collect()
}

fn check_demands(listing: &Listing, input: &Input<'_>, items: &[Item<'_>]) -> Result<(), Error> {
    let lists = |written: &str| items.iter().any(|item| item.text == written);
    let is_bound = || covered(listing).url != CoverageLevel::None;
    for demand in listing.demands() {
        let held_by = with_component(demand, |it| it.held_by()).unwrap_or_default();
        let is_excused = is_digest(demand) && input.body.is_empty() && is_bound();
        if !lists(demand) && !held_by.iter().any(|holder| lists(holder)) && !is_excused {
            return Err(unsigned(demand));
        }
    }
    Ok(())
}

fn is_digest(demand: &str) -> bool {
    with_component(demand, |component| component.is_digest()).unwrap_or_default()
}
