//! The option `claims`: what further claims of a token must say.

use crate::error::Error;
use crate::options::wrong;
use crate::options::{OptionReader, OptionValue};
use crate::primitives::jwt::{ClaimRule, ClaimValue, quoted};

const OPTION: &str = "claims";

/// Claims that say for whom, or to whom, a token was issued: `sub` (RFC 7519),
/// `client_id` (RFC 9068), `azp` and `email` (OpenID Connect), and what some
/// issuers call them. One of them does in the place of an audience.
pub(super) const IDENTIFYING: [&str; 7] =
    ["client_id", "azp", "appid", "cid", "sub", "oid", "email"];

/// Takes the option, an object of claims: a text, a whole number or a boolean
/// each, or a list of those of which one will do.
pub(super) fn take(options: &mut OptionReader) -> Result<Vec<ClaimRule>, Error> {
    let Some(OptionValue::Object(claims)) = options.take(OPTION)? else {
        return Ok(Vec::new());
    };
    if claims.is_empty() {
        return Err(wrong(OPTION, "the object is empty"));
    }
    claims
        .into_iter()
        .map(|(name, value)| rule(name, value))
        .collect()
}

/// Whether the demands tell one application or account from others.
pub(super) fn identify(rules: &[ClaimRule]) -> bool {
    let is_text = |value: &ClaimValue| matches!(value, ClaimValue::Text(_));
    rules.iter().any(|rule| {
        let is_known = |name: &String| IDENTIFYING.contains(&name.as_str());
        rule.names.iter().any(is_known) && rule.allowed.iter().all(is_text)
    })
}

fn rule(name: String, value: OptionValue) -> Result<ClaimRule, Error> {
    let fault = |what: &str| Err(wrong(OPTION, &format!("{} {what}", quoted(&name))));
    match name.as_str() {
        "" => return fault("is no name of a claim"),
        "iss" => return fault("has an option of its own, issuer"),
        "aud" => return fault("has an option of its own, audience"),
        "scope" | "scp" => return fault("has an option of its own, scope"),
        "exp" | "nbf" | "iat" => return fault("is compared with the clock in any case"),
        _ => {}
    }
    let values = match value {
        OptionValue::List(values) if values.is_empty() => return fault("has an empty list"),
        OptionValue::List(values) => values,
        one => vec![one],
    };
    let mut allowed = Vec::new();
    for value in values {
        allowed.push(match value {
            OptionValue::Text(text) if text.trim().is_empty() => return fault("is an empty text"),
            OptionValue::Text(text) => ClaimValue::Text(text.as_str().to_owned()),
            OptionValue::Integer(number) => ClaimValue::Number(number),
            OptionValue::Bool(switch) => ClaimValue::Switch(switch),
            other => {
                return fault(&format!(
                    "must be a text, a whole number, a boolean, or a list of those, not {}",
                    other.kind()
                ));
            }
        });
    }
    Ok(ClaimRule {
        names: vec![name],
        allowed,
        may_be_list: true,
    })
}
