//! The embedded schemes.

use std::sync::OnceLock;

use serde_json::json;

use crate::scheme::file::{SchemeFile, Status};
use crate::scheme::option_names::option_names;
use crate::verifier::COMMON_OPTIONS;

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
/// `status` (`stable` or `unconfirmed`), `signs` (whether requests are signed,
/// and [`Verifier::sign`](crate::Verifier::sign) can do it), `notes` and
/// `options`, the latter with `name`, `secret`, `required` and `help`.
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

fn describe(file: &SchemeFile) -> serde_json::Value {
    let own = option_names(file).into_iter().map(|option| {
        json!({
            "name": option.name,
            "secret": option.is_secret,
            "required": option.is_required,
            "help": option.help,
        })
    });
    let common = COMMON_OPTIONS.iter().map(
        |(name, help)| json!({"name": name, "secret": false, "required": false, "help": help}),
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
        "notes": file.notes,
        "options": own.chain(common).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::compile;

    #[test]
    fn every_embedded_scheme_compiles_under_its_own_id() {
        assert!(!EMBEDDED.is_empty());
        for (id, text) in EMBEDDED {
            let file = SchemeFile::from_json(text).unwrap();
            let plan = compile(&file).unwrap();
            assert_eq!(plan.id, *id);
        }
        let catalogue: serde_json::Value = serde_json::from_str(schemes_json()).unwrap();
        assert_eq!(catalogue.as_array().unwrap().len(), EMBEDDED.len());
    }
}
