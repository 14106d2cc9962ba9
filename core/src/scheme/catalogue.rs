//! The embedded schemes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::json;

use crate::error::Error;
use crate::options::OptionSpec;
use crate::scheme::compile::compile;
use crate::scheme::file::{SchemeFile, Signed, Status};
use crate::scheme::option_specs::option_specs;
use crate::scheme::place::Place;

/// Id and compact JSON of every `core/schemes/*.toml`, sorted by id.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemes.rs"));

/// The text of an embedded scheme.
pub(crate) fn find(id: &str) -> Option<&'static str> {
    EMBEDDED
        .binary_search_by_key(&id, |(known, _)| known)
        .ok()
        .map(|position| EMBEDDED[position].1)
}

/// The ids of the embedded schemes.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(id, _)| *id)
}

/// The catalogue as a JSON array: for each scheme `id`, `title`, `docs`,
/// `status` (`stable` or `unconfirmed`), `signs` (whether requests are signed),
/// `can_sign` (whether [`Verifier::sign`](crate::Verifier::sign) can do it, for
/// which public keys are not enough), `notes` and `options`. An option has these
/// members, of which the last six stand only where there is something to say:
///
/// | Member | Meaning |
/// |---|---|
/// | `name` | in `snake_case` |
/// | `kind` | what it takes, see below |
/// | `required` | whether nothing can be made without it |
/// | `secret` | whether nobody may see it |
/// | `group` | whether its value is an object of further options |
/// | `common` | whether it is one of those that all schemes take; `name`, `kind` and `help` are the same in all of them |
/// | `help` | a sentence without its full stop |
/// | `default` | what counts where it is not given, in the form in which it is given |
/// | `range` | `min` and, where there is one, `max`, both allowed |
/// | `values` | the texts to choose from |
/// | `members` | of a group: its options, described in the same way |
/// | `needs` | it does nothing unless one of these is given |
/// | `excludes` | it does nothing beside any of these |
///
/// | `kind` | Value |
/// |---|---|
/// | `secret`, `public_key` | a text or bytes; a list of them (rotation); an object of them by label |
/// | `one_secret` | a text or bytes |
/// | `text` | a text |
/// | `text_or_bytes` | a text or bytes |
/// | `texts` | a text or a list of texts, at least one; the default is a list |
/// | `choice` | one of `values` |
/// | `choices` | one of `values` or a list of them |
/// | `switch` | true or false |
/// | `seconds`, `size` | a whole number in `range`, of seconds or bytes |
/// | `rate` | a whole number in `range`, or `*` |
/// | `key_set` | a JSON Web Key Set as JSON text, bytes or object |
/// | `claims` | an object: by name of a claim a text, a whole number, a boolean, or a list of those |
/// | `group` | an object of `members` |
#[must_use]
pub fn schemes_json() -> &'static str {
    static CATALOGUE: OnceLock<String> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let entries = EMBEDDED.iter().filter_map(|(_, text)| read(text).ok());
        serde_json::Value::Array(entries.map(|file| describe(&file)).collect()).to_string()
    })
}

/// Reads a file in its compact form.
pub(crate) fn read(text: &str) -> Result<SchemeFile, Error> {
    SchemeFile::from_json(text, find)
}

/// The lower-case names of all signature headers, and the schemes that read
/// each. Read once, after the first rejection or when a binding asks.
pub(crate) fn signature_headers() -> &'static [(String, Vec<&'static str>)] {
    static HEADERS: OnceLock<Vec<(String, Vec<&'static str>)>> = OnceLock::new();
    HEADERS.get_or_init(|| {
        let mut schemes: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for (id, text) in EMBEDDED {
            let plan = read(text).and_then(|file| compile(&file));
            let Ok((plan, _)) = plan else { continue };
            let variants = plan.signature.iter().flat_map(|it| &it.variants);
            let sites = variants.flat_map(|variant| &variant.from);
            let names: BTreeSet<&str> = sites.filter_map(|site| site.place.as_header()).collect();
            for name in names {
                schemes.entry(name.to_owned()).or_default().push(*id);
            }
        }
        schemes.into_iter().collect()
    })
}

fn describe(file: &SchemeFile) -> serde_json::Value {
    json!({
        "id": file.id,
        "title": file.title,
        "docs": file.docs,
        "status": match file.status {
            Some(Status::Stable) => "stable",
            Some(Status::Unconfirmed) | None => "unconfirmed",
        },
        "signs": file.signature.is_some(),
        "can_sign": can_sign(file),
        "notes": file.notes,
        "options": option_specs(file).iter().map(OptionSpec::to_json).collect::<Vec<_>>(),
    })
}

/// Whether signature and time can be made and put into headers.
fn can_sign(file: &SchemeFile) -> bool {
    let Some(signature) = &file.signature else {
        return false;
    };
    let variants = || file.variant.iter();
    let from = variants().filter_map(|variant| variant.from.as_ref());
    let timestamps = file.timestamp.iter().filter_map(|it| it.from.as_ref());
    let mut places = signature
        .from
        .iter()
        .chain(from.flatten())
        .chain(timestamps)
        .chain(variants().filter_map(|variant| variant.timestamp.as_ref()));
    let is_known = match &signature.signed {
        Some(Signed::Listed(section)) => section.function.can_sign(),
        _ => true,
    };
    let is_secret = is_known && file.key.as_ref().is_some_and(|key| !key.is_public());
    is_secret && places.all(|place| matches!(place, Place::Header(_) | Place::Signature(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_scheme_compiles_under_its_own_id() {
        assert!(!EMBEDDED.is_empty());
        for (id, text) in EMBEDDED {
            let file = read(text).unwrap();
            let (plan, _) = compile(&file).unwrap();
            assert_eq!(plan.id, *id);
            let has_head = !file.title.is_empty() && !file.docs.is_empty();
            assert!(
                has_head && file.status.is_some(),
                "{id}: title, docs, status"
            );
        }
        let catalogue: serde_json::Value = serde_json::from_str(schemes_json()).unwrap();
        assert_eq!(catalogue.as_array().unwrap().len(), EMBEDDED.len());
    }
}
