//! Which of a scheme's strings to sign a request has, and what that one asks of
//! it.

use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::primitives::form::{self, Pairs};
use crate::primitives::mac::{Tag, sha256};
use crate::request::{Header, HeaderValue};
use crate::scheme::{BodyDigest, Condition, SignaturePlan, Variant};

/// The first variant whose conditions hold, and its position.
pub(super) fn choose<'p>(
    plan: &'p SignaturePlan,
    request: &PreparedRequest<'_, '_>,
) -> Result<(usize, &'p Variant), Error> {
    let content_type = plan.content_type.as_ref();
    plan.variants
        .iter()
        .enumerate()
        .find(|(_, variant)| {
            let holds = |condition: &Condition| holds(condition, content_type, request);
            variant.when.is_empty() || variant.when.iter().any(|all| all.iter().all(holds))
        })
        .ok_or_else(|| {
            Error::new(
                ErrorCode::BodyMismatch,
                "the scheme signs nothing of a request of this kind: check method, content type \
                 and body",
            )
        })
}

fn holds(
    condition: &Condition,
    content_type: Option<&Header>,
    request: &PreparedRequest<'_, '_>,
) -> bool {
    // A conflicting content type counts as none.
    let has_type = |is_wanted: &dyn Fn(&[u8]) -> bool| {
        let value = content_type.map(|header| header.value(request.headers()));
        matches!(value, Some(HeaderValue::One(value)) if is_wanted(value))
    };
    match condition {
        Condition::Method(method) => method.is(request.method()),
        Condition::BodyEmpty(empty) => request.body().is_empty() == *empty,
        Condition::ContentTypeForm => has_type(&form::is_form),
        Condition::ContentType(wanted) => {
            has_type(&|value| form::is_media_type(value, wanted.as_bytes()))
        }
        Condition::Header { header, present } => header.is_absent(request.headers()) != *present,
        Condition::Query { name, present } => {
            let query = request.query();
            query.is_some_and(|query| query.values(name).next().is_some()) == *present
        }
    }
}

/// A body that is read as a form must not be handed on as something else: an
/// application would parse other values out of it than were signed.
pub(super) fn check_form(
    plan: &SignaturePlan,
    variant: &Variant,
    request: &PreparedRequest<'_, '_>,
) -> Result<(), Error> {
    if request.body().is_empty() || !variant.message.reads_form() {
        return Ok(());
    }
    let unread = |what| Err(Error::new(ErrorCode::BodyMismatch, what));
    let Some(header) = &plan.content_type else {
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

/// Compares the signed digest of the body with the body.
pub(super) fn check_digest(
    digest: &BodyDigest,
    request: &PreparedRequest<'_, '_>,
) -> Result<(), Error> {
    let expected = sha256(&[request.body()]);
    // Twilio repeats it in URLs that have it already; two different ones would
    // let the application see another one than is compared here.
    let values = |query: &'_ Pairs| {
        let mut values = query.values(&digest.query);
        let first = values.next();
        first
            .filter(|first| values.all(|value| value == *first))
            .and_then(|value| digest.encoding.decode_tag(value, expected.len()))
    };
    let signed = request.query().and_then(values);
    let is_equal = signed.is_some_and(|signed| signed.ct_eq(&Tag::from_bytes(&expected)).into());
    if is_equal {
        Ok(())
    } else {
        Err(Error::new(
            ErrorCode::BodyMismatch,
            "the digest of the body is not the one that was signed",
        ))
    }
}
