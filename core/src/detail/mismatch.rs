//! No signature matches: what was verified, and with which keys.

use crate::coverage::{CoverageLevel, Covers};
use crate::detail::shown;
use crate::error::{Error, ErrorCode};
use crate::primitives::url::Url;

/// The rejection of a request under no key; `key` is what to call one. What it says to check is what this
/// variant of the scheme signs.
#[cold]
#[inline(never)]
pub(crate) fn no_match<'k>(
    key: &str,
    covers: &Covers,
    url: Option<&Url<'_>>,
    labels: impl Iterator<Item = &'k str>,
) -> Error {
    let url = url.filter(|_| covers.url != CoverageLevel::None);
    let mut detail = format!("no signature matches: check the {key}");
    detail.push_str(match (url, covers.body != CoverageLevel::None) {
        (Some(_), true) => ", the URL as the provider calls it, and that the body is the raw one",
        (Some(_), false) => " and the URL as the provider calls it",
        (None, true) => " and that the body is the raw one",
        (None, false) => "",
    });
    detail.push_str(&keys_tried(labels));
    if let Some(url) = url {
        detail.push_str("; the URL that was verified: ");
        detail.push_str(&shown::url(url));
        if let Some(twice) = path_stands_twice(url) {
            detail.push_str("; ");
            detail.push_str(&twice);
        }
    }
    Error::new(ErrorCode::SignatureMismatch, detail)
}

/// The labels of the keys, behind a semicolon.
#[cold]
pub(crate) fn keys_tried<'k>(labels: impl Iterator<Item = &'k str>) -> String {
    let labels = labels.map(|label| shown::quoted(label.as_bytes()));
    format!("; keys tried: {}", labels.collect::<Vec<_>>().join(", "))
}

/// A `public_url` that holds what the request brings along. It is the part in
/// front of the target, so that part stands twice in the URL.
fn path_stands_twice(url: &Url<'_>) -> Option<String> {
    let (prefix, path) = (url.prefix, url.path.strip_suffix(b"/").unwrap_or(url.path));
    if prefix.is_empty() || path.is_empty() {
        return None;
    }
    if prefix.ends_with(path) {
        return Some(format!(
            "public_url ends with the path of the request, {}: set it to the part in front of that",
            shown::path(url.path)
        ));
    }
    let rest = path.strip_prefix(prefix)?;
    rest.starts_with(b"/").then(|| {
        format!(
            "the path of the request begins with that of public_url, {}: if the provider's URL \
             has it once, leave it out of public_url",
            shown::path(prefix)
        )
    })
}
