//! Which of a scheme's strings to sign a request has.

use crate::error::{Error, ErrorCode};
use crate::prepared_request::{Known, PreparedRequest, Unread};
use crate::primitives::form;
use crate::primitives::url::Url;
use crate::request::{Header, HeaderValue};
use crate::scheme::{Condition, Slot, Tables, Test, Variant};
use crate::signature::values::Values;

/// The first variant whose conditions hold, and its position.
///
/// # Errors
/// `body_mismatch` where none holds, and where a place that decides is there more than
/// once.
pub(crate) fn choose<'p>(
    variants: &'p [Variant],
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
) -> Result<(usize, &'p Variant), Error> {
    for (position, variant) in variants.iter().enumerate() {
        if variant.when.is_empty() || any_holds(&variant.when, content_type, request)? {
            return Ok((position, variant));
        }
    }
    Err(Error::new(
        ErrorCode::BodyMismatch,
        "the scheme signs nothing of a request of this kind: check method, content type \
         and body",
    ))
}

/// Whether all conditions of one table hold.
///
/// # Errors
/// `body_mismatch` where a place that decides is there more than once.
pub(crate) fn any_holds(
    tables: &Tables<Condition>,
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
) -> Result<bool, Error> {
    for table in tables {
        if all_hold(table, content_type, request)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The same as far as it is known: what is not known may hold, and so may what cannot
/// be told.
pub(crate) fn any_may_hold(
    tables: &Tables<Condition>,
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
    known: Known,
) -> bool {
    let may_hold = |condition: &Condition| {
        let is_known = match condition {
            Condition::BodyEmpty(_) => known == Known::Whole,
            Condition::At(site, _) => match &site.slot {
                Slot::Request(place) => known.includes(place),
                Slot::Part(_) | Slot::Claim(_) | Slot::Constant(_) => true,
            },
            Condition::Method(_)
            | Condition::ContentTypeForm
            | Condition::ContentType(_)
            | Condition::Query(_) => true,
        };
        !is_known || holds(condition, content_type, request).unwrap_or(true)
    };
    tables.iter().any(|table| table.iter().all(may_hold))
}

fn all_hold(
    table: &[Condition],
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
) -> Result<bool, Error> {
    for condition in table {
        if !holds(condition, content_type, request)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds(
    condition: &Condition,
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
) -> Result<bool, Error> {
    // A conflicting content type counts as none.
    let has_type = |is_wanted: &dyn Fn(&[u8]) -> bool| {
        let value = content_type.map(|header| header.value(request.headers()));
        matches!(value, Some(HeaderValue::One(value)) if is_wanted(value))
    };
    Ok(match condition {
        Condition::Method(methods) => methods.iter().any(|method| method.is(request.method())),
        Condition::BodyEmpty(empty) => request.body().is_empty() == *empty,
        Condition::ContentTypeForm => has_type(&form::is_form),
        Condition::ContentType(wanted) => {
            has_type(&|value| form::is_media_type(value, wanted.as_bytes()))
        }
        Condition::Query(present) => request.url().is_some_and(Url::has_query) == *present,
        Condition::At(site, test) => {
            let values = Values {
                request,
                parts: &[],
                claims: None,
                constants: &[],
            };
            let value = match values.find(site) {
                Ok(value) => value,
                // It is neither there nor absent.
                Err(Unread::OtherKind) => return Ok(false),
                Err(Unread::Rejected(error)) => return Err(error),
            };
            match (test, value) {
                (Test::Present, value) => value.is_some(),
                (Test::Absent, value) => value.is_none(),
                (Test::Is(_), None) => false,
                (Test::Is(wanted), Some(value)) => wanted.iter().any(|wanted| value.is(wanted)),
            }
        }
    })
}

/// A body that is read as a form must not be handed on as something else: an
/// application would parse other values out of it than were signed.
pub(crate) fn check_form(
    content_type: Option<&Header>,
    variant: &Variant,
    request: &PreparedRequest<'_, '_>,
) -> Result<(), Error> {
    if request.body().is_empty() || !variant.reads_form() {
        return Ok(());
    }
    let unread = |what| Err(Error::new(ErrorCode::BodyMismatch, what));
    let Some(header) = content_type else {
        return Ok(());
    };
    match header.value(request.headers()) {
        HeaderValue::Absent => Ok(()),
        HeaderValue::One(_) if header.is_repeated(request.headers()) => {
            unread("the content type of a form is there more than once")
        }
        HeaderValue::One(value) if form::is_form(value) && form::is_utf8(value) => Ok(()),
        HeaderValue::One(value) if form::is_form(value) => unread(
            "the content type of a form names another character set than UTF-8, or cannot be read",
        ),
        HeaderValue::One(_) | HeaderValue::Conflicting => Err(Error::new(
            ErrorCode::SignatureMismatch,
            "the body is not form-encoded, and only form parameters are signed",
        )),
    }
}
