//! A header is missing: what is there in its place.

use crate::compiled::Compiled;
use crate::diagnosis::Seen;
use crate::public_url::FORWARDED_HEADERS;
use crate::request::Needs;
use crate::scheme::signature_headers;

/// More names of schemes than this help nobody.
const MAX_SCHEMES: usize = 4;

/// The same header under a changed name, or the signature of another scheme.
pub(super) fn instead(compiled: &Compiled, seen: Seen<'_>) -> Vec<String> {
    let needs = &compiled.needs;
    let mut remarks = Vec::new();
    for name in proofs(needs).filter(|name| !seen.has(name)) {
        if let Some(near) = near_names(name).into_iter().find(|near| seen.has(near)) {
            remarks.push(format!(
                "{near} is there: something on the way changes the name of {name}"
            ));
        }
    }
    let foreign = signature_headers()
        .iter()
        .filter(|(name, _)| !reads(needs, name) && seen.has(name));
    remarks.extend(foreign.map(|(name, schemes)| {
        let some: Vec<_> = schemes.iter().copied().take(MAX_SCHEMES).collect();
        format!(
            "{name} came instead, which is read by the scheme {}",
            some.join(" or ")
        )
    }));
    remarks
}

/// Every name that [`instead`] looks for beside those that the scheme reads.
pub(super) fn candidates(needs: &Needs) -> impl Iterator<Item = String> {
    let near = proofs(needs).flat_map(near_names);
    let foreign = signature_headers().iter().map(|(name, _)| name.clone());
    near.chain(foreign)
}

/// The headers by which a request proves itself, rather than those that any
/// request has.
fn proofs(needs: &Needs) -> impl Iterator<Item = &str> {
    let names = needs.header_names().iter().map(AsRef::as_ref);
    names.filter(|name| {
        !["content-type", "authorization"].contains(name) && !FORWARDED_HEADERS.contains(name)
    })
}

/// What becomes of a name on its way: hyphens turned into underscores, `X-`
/// dropped or put in front, the name of a variable of CGI.
fn near_names(name: &str) -> Vec<String> {
    let underscored = name.replace('-', "_");
    let bare = name.strip_prefix("x-");
    let mut names = vec![
        format!("http_{underscored}"),
        format!("http-{name}"),
        bare.map_or_else(|| format!("x-{name}"), str::to_owned),
    ];
    if underscored != name {
        names.push(underscored);
        names.extend(bare.map(|bare| bare.replace('-', "_")));
    }
    names
}

fn reads(needs: &Needs, name: &str) -> bool {
    needs.header_names().iter().any(|known| **known == *name)
}
