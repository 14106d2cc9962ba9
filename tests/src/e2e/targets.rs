//! Request targets that are odd but reach servers every day. Each is signed
//! genuinely, so it verifies only where its bytes reach the core unchanged.

use hookseal::Error;
use serde_json::Value;

use super::case::signed;
use crate::format::Case;

/// Schemes whose signature covers the path as sent, where they are there. The
/// second signs the query as sent, too.
const SCHEMES: [&str; 2] = ["plivo", "twilio"];

/// Exact targets on the wire.
pub(super) const TARGETS: &[&str] = &[
    "/",
    "//",
    "//double//slash/",
    "/%2F",
    "/a%2Fb%2fc",
    "/a%5Cb",
    "/;x",
    "/a;x=1/b;y",
    "/a+b",
    "/%00",
    "/a?b=%00",
    "/a?",
    "/?",
    "/a??b?",
    "/a?x=%e9&y=%E9",
    "/%c3%bc/%C3%BC",
    "/a%20b?c=d%20e+f",
    "/a?a&b=",
    "/a?&&a=1&",
    "/a?b=2&a=1&b=1",
    "/a?b==&=c",
    "/a?t=a%26b%3Dc",
    "/a?a=1;b=2",
    "/a?a[0]=1&a[1]=2",
    "/a?x=%zz&y=100%",
    "/%zz",
    "/a%",
    "/a/../b",
    "/a/./b/.",
    "/a/%2e%2e/b",
    "/a/..;/b",
    "/~u/a:b@c,d'(e)!$&*=_-.",
    "/a|b",
    "/a?x={y}|\"<z>\"^`\\",
    "/A/b?C=d",
    "/favicon.ico",
    "/static/index.html",
    "/error",
    "/a//?x=//",
];

pub(super) fn cases() -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    for scheme in SCHEMES.into_iter().filter(|scheme| is_known(scheme)) {
        for target in TARGETS {
            for (method, body) in [("POST", "From=1&To=2"), ("GET", "")] {
                let id = format!("target {method} {target} under {scheme}");
                cases.push(signed(&id, scheme, method, target, body.as_bytes())?);
            }
        }
    }
    Ok(cases)
}

/// Whether the catalogue has that scheme.
fn is_known(id: &str) -> bool {
    let catalogue: Value = serde_json::from_str(hookseal::schemes_json()).unwrap_or_default();
    let schemes = catalogue.as_array().map(Vec::as_slice).unwrap_or_default();
    schemes.iter().any(|scheme| scheme["id"] == id)
}
