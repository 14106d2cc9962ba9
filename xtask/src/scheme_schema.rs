//! `docs/scheme.schema.json`: the JSON Schema of scheme files, for completion in an
//! editor. The compiler stays the judge.
//!
//! Names that the reader chooses between are taken from the reader itself: it lists
//! them where it is asked for one that it does not know. A test asks it for its
//! fields in the same way, so the two cannot differ.

use std::path::PathBuf;

use anyhow::{Context, Result};
use hookseal::describe_scheme;
use serde_json::{Map, Value, json};

use crate::language::Workspace;

/// The file, as `cargo xtask gen` writes it.
pub(crate) fn file(workspace: &Workspace) -> Result<(PathBuf, String)> {
    let path = workspace.root.join("docs/scheme.schema.json");
    Ok((path, format!("{:#}\n", schema()?)))
}

fn schema() -> Result<Value> {
    let mut properties = head()?;
    properties.extend(signature()?);
    properties.extend(other_proofs()?);
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scheme file of hookseal",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "title", "docs", "status"],
        "properties": properties,
        "$defs": definitions()?,
    }))
}

fn head() -> Result<Map<String, Value>> {
    let renamed = json!({ "type": "string", "pattern": format!("^{NAME}$") });
    members(json!({
        "id": { "type": "string", "pattern": "^[a-z0-9-]{1,64}$" },
        "title": text(),
        "docs": { "type": "string", "pattern": "^https://" },
        "status": one_of("/status")?,
        "notes": list(text()),
        "methods": list(one_of("/methods/0")?),
        "extends": text(),
        "headers": { "type": "object", "additionalProperties": renamed },
        "addresses": { "type": "object", "additionalProperties": list(text()) },
    }))
}

/// What signs the request, and what is signed.
fn signature() -> Result<Map<String, Value>> {
    let parse = section(
        &["entries"],
        json!({ "split": text(), "entries": list(text()) }),
    )?;
    let place = defined("place");
    let only_place = section(&["from"], json!({ "from": place }))?;
    members(json!({
        "key": section(&[], json!({
            "option": defined("option_name"),
            "encoding": one_of("/key/encoding")?,
            "prefix": one_or_many(text()),
            "derive": one_of("/key/derive")?,
            "min_bytes": whole(),
            "hint": text(),
            "refuse": { "type": "object", "additionalProperties": text() },
            "shared": switch(),
            "risk": text(),
            "certificate": section(&["function", "from"], json!({
                "function": one_of("/key/certificate/function")?,
                "from": { "type": "string", "pattern": format!("^(header:{NAME}|json:/.*)$") },
            }))?,
        }))?,
        "signature": section(&["algorithm", "encoding"], json!({
            "algorithm": { "anyOf": [
                one_of("/signature/algorithm")?,
                section(&["option", "hint", "values"], json!({
                    "option": defined("option_name"),
                    "hint": text(),
                    "values": list(one_of("/signature/algorithm")?),
                }))?,
            ] },
            "from": one_or_many(defined("request_place")),
            "parse": { "anyOf": [text(), parse] },
            "encoding": one_of("/signature/encoding")?,
            "signed": defined("signed"),
            "url": list(one_of("/signature/url/0")?),
        }))?,
        "timestamp": section(&["format", "tolerance"], json!({
            "from": place,
            "format": one_of("/timestamp/format")?,
            "tolerance": defined("tolerance"),
        }))?,
        "delivery_id": section(&[], json!({ "from": place, "characters": text() }))?,
        "event_type": only_place,
        "option": list(section(&["name", "hint"], json!({
            "name": defined("option_name"),
            "hint": text(),
        }))?),
        "require": defined("demands"),
        "variant": list(section(&[], json!({
            "when": one_or_many(defined("conditions")),
            "from": one_or_many(defined("request_place")),
            "signed": defined("signed"),
            "timestamp": only_place,
            "delivery_id": only_place,
            "require": defined("demands"),
            "risk": text(),
        }))?),
    }))
}

/// Proofs that are no signature of the request.
fn other_proofs() -> Result<Map<String, Value>> {
    let place = defined("place");
    members(json!({
        "token": list(section(&["option", "hint", "from"], json!({
            "option": defined("option_name"),
            "hint": text(),
            "from": defined("request_place"),
            "name_option": defined("option_name"),
            "scheme": text(),
        }))?),
        "basic": section(&["hint"], json!({ "hint": text(), "optional": switch() }))?,
        "jwt": section(&["algorithms"], json!({
            "group": defined("option_name"),
            "parameters": list(text()),
            "from": { "type": "string", "pattern": format!("^(body|header:{NAME})$") },
            "scheme": { "type": "string" },
            "detached": one_of("/jwt/detached")?,
            "algorithms": list(one_of("/jwt/algorithms/0")?),
            "issuer": list(text()),
            "audience": { "const": "none" },
            "audience_hint": text(),
            "expiry": { "enum": ["required", "optional"] },
            "max_age": defined("tolerance"),
            "audience_ignores_case": switch(),
            "jwks_uri": text(),
            "metadata_uri": text(),
            "leeway": whole(),
            "max_lifetime": whole(),
            "claim": list(section(&["names"], json!({
                "names": list(text()),
                "equals": list(defined("value")),
                "contains": list(defined("value")),
                "option": defined("option_name"),
                "hint": text(),
            }))?),
        }))?,
        "decrypt": section(&["option", "hint", "derive", "cipher", "ciphertext"], json!({
            "option": defined("option_name"),
            "hint": text(),
            "optional": switch(),
            "derive": one_of("/decrypt/derive")?,
            "cipher": section(&["option"], json!({
                "option": defined("option_name"),
                "from": one_or_many(place.clone()),
                "default": list(text()),
            }))?,
            "iv": section(&["from", "name_option"], json!({
                "from": place,
                "name_option": defined("option_name"),
            }))?,
            "ciphertext": section(&["from", "encoding"], json!({
                "from": one_of("/decrypt/ciphertext/from")?,
                "name": text(),
                "encoding": { "type": "string", "pattern": format!("^(base64|header:{NAME})$") },
            }))?,
            "charset": place,
            "bodyless": list(one_of("/decrypt/bodyless/0")?),
            "may_be_plaintext": switch(),
        }))?,
        "challenge": { "anyOf": [
            section(&["function"], json!({
                "function": one_of("/challenge/function")?,
                "origins": list(text()),
            }))?,
            list(defined("challenge")),
        ] },
        "preset": section(&["option", "hint", "default", "values"], json!({
            "option": defined("option_name"),
            "hint": text(),
            "default": text(),
            "values": {
                "type": "object",
                "additionalProperties": { "type": "object", "additionalProperties": text() },
            },
        }))?,
    }))
}

/// A header, parameter, field or claim.
const NAME: &str = "[A-Za-z0-9!#$%&*+.^_`~-]{1,128}";
/// A pointer (RFC 6901) through members of objects, or a list's elements.
const POINTER: &str = "(/[^/]+)+";
/// Braces in pairs, and what stands in quotes whole.
const TEMPLATE: &str = "^([^{}]|\\{\\{|\\}\\}|\\{[^{}']*('[^']*'[^{}']*)*\\})+$";

fn definitions() -> Result<Value> {
    let of_request = format!("header:[^A-Z:]+|(query|form):{NAME}|json:{POINTER}");
    let anywhere = format!("{of_request}|(signature|option):{NAME}|claim:({NAME}|{POINTER})");
    let template = json!({ "type": "string", "pattern": TEMPLATE });
    let presence = json!({ "enum": ["present", "absent"] });
    let values = one_or_many(defined("value"));
    let is = section(&["is"], json!({ "is": values }))?;
    let digest = |algorithm: &str| {
        section(
            &[algorithm, "encoding"],
            json!({
                algorithm: template,
                "encoding": one_of("/require/header:a/encoding")?,
                "last": { "type": "boolean" },
            }),
        )
    };
    Ok(json!({
        "option_name": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$" },
        "request_place": { "type": "string", "pattern": format!("^({of_request})$") },
        "place": { "type": "string", "pattern": format!("^({anywhere})$") },
        "value": { "type": ["string", "integer", "boolean"] },
        "tolerance": section(&["past", "future"], json!({
            "past": { "type": "integer", "minimum": 0, "maximum": 86400 },
            "future": { "type": "integer", "minimum": 0, "maximum": 86400 },
        }))?,
        "signed": { "anyOf": [
            template,
            section(&["canonical"], json!({ "canonical": one_of("/signature/signed/canonical")? }))?,
            section(&["listed", "from", "demands"], json!({
                "listed": one_of("/variant/0/signed/listed")?,
                "from": defined("place"),
                "demands": list(text()),
                "allows": list(text()),
                "configurable": switch(),
            }))?,
        ] },
        "challenge": section(&["when", "proof", "reply"], json!({
            "when": one_or_many(defined("conditions")),
            "proof": { "enum": ["signature", "token", "none"] },
            "token": section(&["from", "option", "hint"], json!({
                "from": defined("request_place"),
                "option": defined("option_name"),
                "hint": text(),
            }))?,
            "reply": section(&["status"], json!({
                "status": { "enum": [200, 204] },
                "body": template,
                "json": { "type": "object", "additionalProperties": { "anyOf": [
                    { "type": ["integer", "boolean"] },
                    template,
                    section(&["mac", "encoding"], json!({
                        "mac": template,
                        "encoding": one_of("/require/header:a/encoding")?,
                        "prefix": text(),
                    }))?,
                ] } },
                "echo": { "type": "string", "pattern": "^header:[^A-Z:]+$" },
            }))?,
        }))?,
        "conditions": {
            "type": "object",
            "minProperties": 1,
            "properties": {
                "method": one_or_many(one_of("/variant/0/when/method")?),
                "content_type": text(),
                "body": { "enum": ["empty", "not-empty"] },
                "query": presence,
            },
            "patternProperties": { format!("^({of_request})$"): { "anyOf": [presence, is] } },
            "additionalProperties": false,
        },
        "demands": {
            "type": "object",
            "patternProperties": {
                format!("^({anywhere})( \\| ({anywhere}))*$"): { "anyOf": [
                    presence,
                    is,
                    section(&["option", "hint"], json!({
                        "option": defined("option_name"),
                        "hint": text(),
                        "is": values,
                    }))?,
                    section(&["equals"], json!({ "equals": template }))?,
                    digest("sha256")?,
                    digest("sha512")?,
                ] },
            },
            "additionalProperties": false,
        },
    }))
}

fn members(object: Value) -> Result<Map<String, Value>> {
    match object {
        Value::Object(members) => Ok(members),
        _ => anyhow::bail!("a section has no members"),
    }
}

fn section(required: &[&str], properties: Value) -> Result<Value> {
    Ok(json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": members(properties)?,
    }))
}

fn defined(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn whole() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn switch() -> Value {
    json!({ "type": "boolean" })
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn one_or_many(of: Value) -> Value {
    let many = list(of.clone());
    json!({ "anyOf": [of, many] })
}

/// The names that the reader knows at a place of a [`specimen`].
fn one_of(pointer: &str) -> Result<Value> {
    let mut file = specimen();
    *file
        .pointer_mut(pointer)
        .context("the specimen has no such place")? = json!("?");
    let fault = fault_of(&file)?;
    let (_, names) = fault
        .split_once("unknown variant `?`, expected ")
        .with_context(|| format!("{pointer}: {fault}"))?;
    let names: Vec<&str> = names.split('`').skip(1).step_by(2).collect();
    Ok(json!({ "enum": names }))
}

fn fault_of(file: &Value) -> Result<String> {
    let fault = describe_scheme(&file.to_string()).err();
    Ok(fault.context("the specimen compiles")?.detail().to_owned())
}

/// A file with something in every section, which can be read and not compiled.
fn specimen() -> Value {
    json!({
        "id": "acme",
        "title": "Acme",
        "docs": "https://acme.example",
        "status": "stable",
        "methods": ["POST"],
        "key": {
            "option": "secret",
            "hint": "a secret",
            "encoding": "hex",
            "derive": "sha1",
            "certificate": { "function": "aws-sns", "from": "header:a" },
        },
        "signature": {
            "algorithm": "hmac-sha256",
            "from": "header:a",
            "parse": { "split": ",", "entries": ["{signature}"] },
            "encoding": "hex",
            "signed": { "canonical": "plivo-v3" },
            "url": ["as-is"],
        },
        "timestamp": {
            "from": "header:a",
            "format": "unix",
            "tolerance": { "past": 1, "future": 1 },
        },
        "delivery_id": { "from": "header:a" },
        "event_type": { "from": "header:a" },
        "option": [{ "name": "a", "hint": "a" }],
        "require": { "header:a": { "sha256": "{body}", "encoding": "hex" } },
        "variant": [{
            "when": { "method": "GET" },
            "signed": { "listed": "rfc9421", "from": "header:a", "demands": ["@path"] },
            "timestamp": { "from": "header:a" },
            "delivery_id": { "from": "header:a" },
        }],
        "token": [{ "option": "a", "hint": "a", "from": "header:a" }],
        "basic": { "hint": "a" },
        "jwt": {
            "detached": "base64url",
            "algorithms": ["RS256"],
            "audience_hint": "a",
            "claim": [{ "names": ["a"] }],
        },
        "decrypt": {
            "option": "a",
            "hint": "a",
            "derive": "php-openssl",
            "cipher": { "option": "a" },
            "iv": { "from": "header:a", "name_option": "a" },
            "ciphertext": { "from": "body", "encoding": "base64" },
            "bodyless": ["GET"],
        },
        "challenge": { "function": "event-grid" },
        "preset": { "option": "a", "hint": "a", "default": "a", "values": {} },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The objects of the specimen whose fields are known, and where the schema has
    /// them.
    const SECTIONS: [(&str, &str); 24] = [
        ("", ""),
        ("/key", "/properties/key"),
        ("/key/certificate", "/properties/key/properties/certificate"),
        ("/signature", "/properties/signature"),
        (
            "/signature/parse",
            "/properties/signature/properties/parse/anyOf/1",
        ),
        ("/signature/signed", "/$defs/signed/anyOf/1"),
        ("/timestamp", "/properties/timestamp"),
        ("/timestamp/tolerance", "/$defs/tolerance"),
        ("/delivery_id", "/properties/delivery_id"),
        ("/event_type", "/properties/event_type"),
        ("/option/0", "/properties/option/items"),
        ("/variant/0", "/properties/variant/items"),
        (
            "/variant/0/timestamp",
            "/properties/variant/items/properties/timestamp",
        ),
        (
            "/variant/0/delivery_id",
            "/properties/variant/items/properties/delivery_id",
        ),
        ("/token/0", "/properties/token/items"),
        ("/basic", "/properties/basic"),
        ("/jwt", "/properties/jwt"),
        ("/jwt/claim/0", "/properties/jwt/properties/claim/items"),
        ("/decrypt", "/properties/decrypt"),
        ("/decrypt/cipher", "/properties/decrypt/properties/cipher"),
        ("/decrypt/iv", "/properties/decrypt/properties/iv"),
        (
            "/decrypt/ciphertext",
            "/properties/decrypt/properties/ciphertext",
        ),
        ("/challenge", "/properties/challenge/anyOf/0"),
        ("/preset", "/properties/preset"),
    ];

    #[test]
    fn the_schema_has_the_fields_that_the_reader_has() {
        let schema = schema().unwrap();
        for (section, place) in SECTIONS {
            let mut file = specimen();
            file.pointer_mut(section).unwrap()["?"] = json!(1);
            let fault = fault_of(&file).unwrap();
            let known = fault.split_once("unknown field `?`, expected one of ");
            let known = known.unwrap_or_else(|| panic!("{section}: {fault}")).1;
            let known: BTreeSet<&str> = known.split(", ").collect();
            let mut described: BTreeSet<&str> = schema.pointer(place).unwrap()["properties"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            if section.is_empty() {
                // They are gone once the file is whole.
                assert!(described.remove("extends") && described.remove("headers"));
            }
            assert_eq!(described, known, "{section}");
        }
    }

    #[test]
    fn a_described_challenge_has_the_fields_that_the_reader_has() {
        let schema = schema().unwrap();
        let challenge = json!({
            "when": { "header:a": "present" },
            "proof": "none",
            "token": { "from": "query:a", "option": "a", "hint": "a" },
            "reply": { "status": 200 },
        });
        for (section, place) in [
            ("", ""),
            ("/token", "/properties/token"),
            ("/reply", "/properties/reply"),
        ] {
            let mut file = specimen();
            file["challenge"] = json!([challenge]);
            let path = format!("/challenge/0{section}");
            file.pointer_mut(&path).unwrap()["?"] = json!(1);
            let fault = fault_of(&file).unwrap();
            let known = fault
                .split_once("unknown field `?`, expected one of ")
                .unwrap()
                .1;
            let known: BTreeSet<&str> = known.split(", ").collect();
            let place = format!("/$defs/challenge{place}/properties");
            let described = schema.pointer(&place).unwrap().as_object().unwrap();
            let described: BTreeSet<&str> = described.keys().map(String::as_str).collect();
            assert_eq!(described, known, "{section}");
        }
    }

    #[test]
    fn every_scheme_is_of_the_schema_and_a_misspelt_one_is_not() {
        let validator = jsonschema::validator_for(&schema().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/schemes");
        let mut schemes = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mut scheme: Value = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let faults: Vec<_> = validator.iter_errors(&scheme).collect();
            assert!(faults.is_empty(), "{}: {faults:?}", path.display());
            scheme["singed"] = json!("{body}");
            assert!(!validator.is_valid(&scheme), "{}", path.display());
            schemes += 1;
        }
        assert!(schemes > 20);
    }
}
