//! What a variant covers: computed from its string to sign, never declared, and
//! rejected where it proves nothing.

use crate::canonical::Components;
use crate::coverage::{BodyCoverage, Coverage, Covers, UrlCoverage};
use crate::request::Header;
use crate::scheme::file::SchemeFile;
use crate::scheme::plan::{Condition, Variant};
use crate::scheme::string_to_sign::{Message, Parameters, Segment};

pub(super) fn covers(
    file: &SchemeFile,
    components: Components,
    delivery_id: Option<&Header>,
    has_digest: bool,
    place: &str,
) -> Result<Covers, String> {
    if components.timestamp != file.timestamp.is_some() {
        return Err(if components.timestamp {
            format!("{place}.signed: {{timestamp}} is signed, but there is no [timestamp]")
        } else {
            format!(
                "{place}.signed: there is a [timestamp], but {{timestamp}} is not signed, so it proves nothing"
            )
        });
    }
    let is_bound = components.body != BodyCoverage::None
        || components.url != UrlCoverage::None
        || components.delivery_id;
    if !is_bound {
        return Err(format!(
            "{place}.signed: neither the body nor the URL nor an id is signed, so one \
             signature would prove every delivery"
        ));
    }
    let delivery_id = match (delivery_id, components.delivery_id) {
        (None, false) => Coverage::None,
        (Some(_), false) => Coverage::Unsigned,
        (Some(_), true) => Coverage::Signed,
        (None, true) => {
            return Err(format!(
                "{place}.signed: {{delivery_id}} is signed, but there is no [delivery_id]"
            ));
        }
    };
    Ok(Covers {
        body: if has_digest {
            BodyCoverage::Full
        } else {
            components.body
        },
        url: components.url,
        method: components.method,
        timestamp: if components.timestamp {
            Coverage::Signed
        } else {
            Coverage::None
        },
        delivery_id,
        confidential: false,
    })
}

/// What a string to sign components.
pub(super) fn components(message: &Message) -> Components {
    let segments = match message {
        Message::Canonical(canonical) => return canonical.components(),
        Message::Template(segments) => segments,
    };
    let has = |wanted: &Segment| segments.contains(wanted);
    let has_pairs = |wanted: Parameters| {
        segments
            .iter()
            .any(|segment| matches!(segment, Segment::Pairs { source, .. } if *source == wanted))
    };
    Components {
        body: if has(&Segment::Body) {
            BodyCoverage::Full
        } else if has_pairs(Parameters::Form) {
            BodyCoverage::Fields
        } else {
            BodyCoverage::None
        },
        url: if has(&Segment::Url) || (has(&Segment::UrlBase) && has_pairs(Parameters::Query)) {
            UrlCoverage::Full
        } else if has(&Segment::UrlBase) {
            UrlCoverage::WithoutQuery
        } else {
            UrlCoverage::None
        },
        method: has(&Segment::Method),
        timestamp: has(&Segment::Timestamp),
        delivery_id: has(&Segment::DeliveryId),
    }
}

/// A request chooses its variant, so none may accept a body unsigned that
/// another one signs, unless the file says why and `covers` shows it.
pub(super) fn check_no_weaker_variant(
    file: &SchemeFile,
    variants: &[Variant],
) -> Result<(), String> {
    let signs_body = |variant: &Variant| variant.covers.body != BodyCoverage::None;
    let takes_no_body = |variant: &Variant| {
        !variant.when.is_empty()
            && variant
                .when
                .iter()
                .all(|all| all.contains(&Condition::BodyEmpty(true)))
    };
    if !variants.iter().any(signs_body) {
        return Ok(());
    }
    for (position, (variant, section)) in variants.iter().zip(&file.variant).enumerate() {
        let is_weaker = !signs_body(variant) && !takes_no_body(variant);
        if is_weaker && section.weaker.is_none() {
            return Err(format!(
                "variant[{position}] accepts a body that it does not sign, while another variant \
                 signs it; require an empty body, or say why in `weaker`"
            ));
        }
        if !is_weaker && section.weaker.is_some() {
            return Err(format!(
                "variant[{position}].weaker: this variant is not weaker"
            ));
        }
    }
    Ok(())
}
