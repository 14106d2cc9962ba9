//! The embedded schemes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::json;

use crate::request::Header;
use crate::scheme::compile::compile;
use crate::scheme::file::{SchemeFile, Status};
use crate::scheme::option_names::{common_options, option_names};

/// Id and compact JSON of every `core/schemes/*.toml`, sorted by id.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemes.rs"));

/// The text of an embedded scheme.
pub(crate) fn find(id: &str) -> Option<&'static str> {
    EMBEDDED
        .binary_search_by_key(&id, |(known, _)| known)
        .ok()
        .map(|position| EMBEDDED[position].1)
}

/// The catalogue as a JSON array: for each scheme `id`, `title`, `docs`,
/// `status` (`stable` or `unconfirmed`), `signs` (whether requests are signed),
/// `can_sign` (whether [`Verifier::sign`](crate::Verifier::sign) can do it, for
/// which public keys are not enough), `notes` and `options`, the latter with `name`, `secret`, `required`, `group` (whether the
/// value is an object of further options) and `help`.
#[must_use]
pub fn schemes_json() -> &'static str {
    static CATALOGUE: OnceLock<String> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let entries = EMBEDDED
            .iter()
            .filter_map(|(_, text)| SchemeFile::from_json(text).ok());
        serde_json::Value::Array(entries.map(|file| describe(&file)).collect()).to_string()
    })
}

/// The lower-case names of all signature headers, and the schemes that read
/// each. Read once, after the first rejection or when a binding asks.
pub(crate) fn signature_headers() -> &'static [(String, Vec<&'static str>)] {
    static HEADERS: OnceLock<Vec<(String, Vec<&'static str>)>> = OnceLock::new();
    HEADERS.get_or_init(|| {
        let mut schemes: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for (id, text) in EMBEDDED {
            let plan = SchemeFile::from_json(text).and_then(|file| compile(&file));
            let Ok((plan, _)) = plan else { continue };
            let variants = plan.signature.iter().flat_map(|it| &it.variants);
            let headers = variants.flat_map(|variant| &variant.from);
            let names: BTreeSet<&str> = headers.map(Header::name).collect();
            for name in names {
                schemes.entry(name.to_owned()).or_default().push(*id);
            }
        }
        schemes.into_iter().collect()
    })
}

fn describe(file: &SchemeFile) -> serde_json::Value {
    let own = option_names(file).into_iter().map(|option| {
        json!({
            "name": option.name,
            "secret": option.is_secret,
            "required": option.is_required,
            "group": option.is_group,
            "help": option.help,
        })
    });
    let common = common_options(file).map(
        |(name, help)| json!({"name": name, "secret": false, "required": false, "group": false, "help": help}),
    );
    json!({
        "id": file.id,
        "title": file.title,
        "docs": file.docs,
        "status": match file.status {
            Status::Stable => "stable",
            Status::Unconfirmed => "unconfirmed",
        },
        "signs": file.signature.is_some(),
        "can_sign": file.key.as_ref().is_some_and(|key| !key.is_public()),
        "notes": file.notes,
        "options": own.chain(common).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_scheme_compiles_under_its_own_id() {
        assert!(!EMBEDDED.is_empty());
        for (id, text) in EMBEDDED {
            let file = SchemeFile::from_json(text).unwrap();
            let (plan, _) = compile(&file).unwrap();
            assert_eq!(plan.id, *id);
        }
        let catalogue: serde_json::Value = serde_json::from_str(schemes_json()).unwrap();
        assert_eq!(catalogue.as_array().unwrap().len(), EMBEDDED.len());
    }
}
