//! What a scheme demands of a request besides a right signature.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq as _;

use crate::canonical::Input;
use crate::error::{Error, ErrorCode};
use crate::options::OptionReader;
use crate::primitives::digest::Digest;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::jwt::ClaimValue;
use crate::primitives::sink::{Content as _, Erased};
use crate::primitives::url::Url;
use crate::primitives::url_form::FormedUrl;
use crate::scheme::{Demand, Message, Place, Site, Slot, StringToSign, Value, Variant, Wanted};
use crate::signature::values::Values;

/// What demands compare with, besides the request.
pub(crate) struct Expected<'c> {
    pub(crate) input: &'c Input<'c>,
    /// In the form that was signed.
    pub(crate) url: Option<&'c FormedUrl<'c, 'c>>,
    /// What each option says, by the order of the demands for one.
    pub(crate) options: &'c [Vec<ClaimValue>],
}

/// What options say that demands name, by variant.
pub(crate) fn read_expected(
    variants: &[Variant],
    options: &mut OptionReader,
) -> Result<Vec<Vec<Vec<ClaimValue>>>, Error> {
    let mut known: BTreeMap<&str, Vec<ClaimValue>> = BTreeMap::new();
    let mut expected = Vec::new();
    for variant in variants {
        let mut of_variant = Vec::new();
        for demand in &variant.demands {
            let Wanted::Option(option) = &demand.wanted else {
                continue;
            };
            if !known.contains_key(&*option.name) {
                let given = options
                    .texts(&option.name)?
                    .filter(|texts| !texts.is_empty());
                let values = match given {
                    Some(texts) => texts.into_iter().map(ClaimValue::Text).collect(),
                    None if option.usual.is_empty() => {
                        return Err(super::missing(&option.name, &option.hint));
                    }
                    None => option.usual.clone(),
                };
                known.insert(&option.name, values);
            }
            of_variant.extend(known.get(&*option.name).cloned());
        }
        expected.push(of_variant);
    }
    Ok(expected)
}

/// The texts that are expected at a member of the body.
pub(super) fn texts_of<'e>(
    variants: &[Variant],
    expected: &'e [Vec<Vec<ClaimValue>>],
    pointer: &str,
) -> Vec<&'e str> {
    let (Some(variant), Some(expected)) = (variants.first(), expected.first()) else {
        return Vec::new();
    };
    let is_there = |demand: &&Demand| {
        let mut sites = demand.sites.iter();
        sites.any(|site| matches!(&site.place, Place::Json(json) if json == pointer))
    };
    let demands = variant.demands.iter();
    let of_options = demands.filter(|demand| matches!(demand.wanted, Wanted::Option(_)));
    let of_place = of_options
        .zip(expected)
        .filter(|(demand, _)| is_there(demand));
    let values = of_place.flat_map(|(_, values)| values);
    let text = |value: &'e ClaimValue| match value {
        ClaimValue::Text(text) => Some(text.as_str()),
        ClaimValue::Number(_) | ClaimValue::Switch(_) => None,
    };
    values.filter_map(text).collect()
}

/// What a request says at a member of the body that is demanded.
///
/// # Errors
/// `body_mismatch` where the body cannot be read for it.
pub(super) fn text_at<'v>(
    demands: &[Demand],
    values: &Values<'v, '_, '_>,
    pointer: &str,
) -> Result<Option<&'v [u8]>, Error> {
    let mut sites = demands.iter().flat_map(|demand| &demand.sites);
    let is_there = |site: &&Site| matches!(&site.place, Place::Json(json) if json == pointer);
    let Some(site) = sites.find(is_there) else {
        return Ok(None);
    };
    Ok(match values.get(site)? {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    })
}

/// # Errors
/// The first demand that does not hold: `token_mismatch` for what an option says,
/// `body_mismatch` for what is computed, otherwise `malformed_header`.
pub(crate) fn check(
    demands: &[Demand],
    values: &Values<'_, '_, '_>,
    expected: &Expected<'_>,
) -> Result<(), Error> {
    let mut options = expected.options.iter();
    for demand in demands {
        let is_met = match &demand.wanted {
            Wanted::Absent => {
                for site in &demand.sites {
                    if values.get(site)?.is_some() {
                        return Err(unmet(demand, "must not be there"));
                    }
                }
                continue;
            }
            Wanted::Present => all(demand, values, |_| Ok(true))?,
            Wanted::Is(wanted) => all(demand, values, |value| Ok(is_one_of(value, wanted)))?,
            Wanted::Option(_) => {
                let wanted = options.next().map(Vec::as_slice).unwrap_or_default();
                all(demand, values, |value| Ok(is_one_of(value, wanted)))?
            }
            Wanted::Equals(of) => {
                let text = text_of(of, values, expected)?;
                all(demand, values, |value| {
                    Ok(matches!(value, Value::Text(it) if it.ct_eq(&text).into()))
                })?
            }
            Wanted::Digest {
                algorithm,
                encoding,
                of,
                is_last,
            } => {
                if *is_last && !ends_url(demand, expected.input.url) {
                    return Err(unmet(demand, OTHER));
                }
                let mut digester = Digest::new(*algorithm);
                with_string(of, values, expected, |string| {
                    Erased(string).write(&mut digester);
                    string.check_boundaries()
                })?;
                let digest = digester.finish();
                all(demand, values, |value| Ok(shows(value, *encoding, &digest)))?
            }
        };
        if !is_met {
            return Err(unmet(demand, OTHER));
        }
    }
    Ok(())
}

/// Whether nothing follows the parameter, whose name is written as it is.
fn ends_url(demand: &Demand, url: Option<&Url<'_>>) -> bool {
    let [site] = demand.sites.as_slice() else {
        return false;
    };
    let query = url.map(Url::raw_query).unwrap_or_default();
    let last = query.rsplit(|byte| *byte == b'&').next();
    let name = last.and_then(|pair| pair.split(|byte| *byte == b'=').next());
    name == Some(site.place.name().as_bytes())
}

/// Whether one place is there, and each that is satisfies.
fn all(
    demand: &Demand,
    values: &Values<'_, '_, '_>,
    mut satisfies: impl FnMut(&Value<'_>) -> Result<bool, Error>,
) -> Result<bool, Error> {
    let mut is_there = false;
    for site in &demand.sites {
        if let Some(value) = values.get(site)? {
            is_there = true;
            if !satisfies(&value)? {
                return Ok(false);
            }
        }
    }
    if is_there {
        Ok(true)
    } else {
        Err(unmet(demand, "is missing"))
    }
}

fn is_one_of(value: &Value<'_>, wanted: &[ClaimValue]) -> bool {
    wanted.iter().any(|wanted| value.is(wanted))
}

fn shows(value: &Value<'_>, encoding: TextEncoding, digest: &[u8]) -> bool {
    let Value::Text(text) = value else {
        return false;
    };
    let received = encoding.decode(text);
    received.is_some_and(|received| received.ct_eq(digest).into())
}

fn text_of(
    message: &Message,
    values: &Values<'_, '_, '_>,
    expected: &Expected<'_>,
) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    with_string(message, values, expected, |string| {
        Erased(string).write(&mut text);
        string.check_boundaries()
    })?;
    Ok(text)
}

fn with_string(
    message: &Message,
    values: &Values<'_, '_, '_>,
    expected: &Expected<'_>,
    take: impl FnOnce(&StringToSign<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let prepared = message.prepare(expected.input, &|site| values.get(site))?;
    take(&StringToSign {
        message,
        input: expected.input,
        url: expected.url,
        prepared: &prepared,
    })
}

const OTHER: &str = "has another value";

#[cold]
fn unmet(demand: &Demand, what: &str) -> Error {
    let code = match &demand.wanted {
        _ if demand
            .sites
            .iter()
            .any(|site| matches!(site.slot, Slot::Claim(_))) =>
        {
            ErrorCode::JwtClaimMismatch
        }
        Wanted::Option(_) => ErrorCode::TokenMismatch,
        Wanted::Equals(_) | Wanted::Digest { .. } => ErrorCode::BodyMismatch,
        Wanted::Present | Wanted::Absent | Wanted::Is(_) => ErrorCode::MalformedHeader,
    };
    let places: Vec<String> = demand.sites.iter().map(|it| it.place.to_string()).collect();
    let places = places.join(" or ");
    Error::new(
        code,
        match &demand.wanted {
            Wanted::Digest { .. } => {
                format!("the digest at {places} is not that of what was sent")
            }
            Wanted::Is(wanted) if what == OTHER => {
                let wanted: Vec<_> = wanted.iter().map(ToString::to_string).collect();
                format!("{places} is not {}", wanted.join(" or "))
            }
            Wanted::Option(option) if what == OTHER => {
                format!("{places} is not what the option {} says", option.name)
            }
            _ => format!("{places} {what}"),
        },
    )
}
