//! Signed names that stand where nothing signs them, too.

use crate::error::{Error, ErrorCode};
use crate::prepared_request::{PreparedRequest, Unread};
use crate::primitives::form::Pairs;
use crate::primitives::parameter_names::PlainNames;
use crate::scheme::{Shadow, Shadows};

/// # Errors
/// `body_mismatch` where a signed field stands in the unsigned query too, or a signed
/// parameter in the unsigned form.
pub(crate) fn check(shadows: &Shadows, request: &PreparedRequest<'_, '_>) -> Result<(), Error> {
    if !shadows.parameters.is_empty() && request.may_hide_fields() {
        return Err(shadowed(
            "the query is signed, and the body may hold the same names where nobody looks",
        ));
    }
    let form = match request.form() {
        Ok(form) => Some(form),
        Err(Unread::OtherKind) => None,
        Err(Unread::Rejected(error)) => return Err(error.clone()),
    };
    let (Some(form), Some(query)) = (form, request.query()) else {
        return Ok(());
    };
    if has_shadow(&shadows.fields, form, query) {
        return Err(shadowed(
            "a signed field of the form stands in the unsigned query, too",
        ));
    }
    if has_shadow(&shadows.parameters, query, form) {
        return Err(shadowed(
            "a signed parameter of the query stands in the unsigned form, too",
        ));
    }
    Ok(())
}

/// Whether a framework could take an unsigned parameter for a signed one.
fn has_shadow(shadow: &Shadow, signed: &Pairs, unsigned: &Pairs) -> bool {
    if unsigned.is_empty() {
        return false;
    }
    let mut names = PlainNames::default();
    shadow.names.iter().for_each(|name| names.insert(name));
    if shadow.is_all {
        signed.iter().for_each(|(name, _)| names.insert(name));
    }
    names.overlap(unsigned)
}

fn shadowed(what: &'static str) -> Error {
    Error::new(ErrorCode::BodyMismatch, what)
}
