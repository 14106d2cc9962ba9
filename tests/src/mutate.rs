//! Tampered twins: from every verified case, the same delivery with one thing
//! changed. What must become of a twin is computed by rule from what the case
//! says the proof covers: a change of a covered part is refused with one
//! definite code, a change of an uncovered part stays verified, and the twin
//! says so.
//!
//! Where a scheme's signature, id and timestamp stand is written down here a
//! second time, not read from the scheme files: a scheme file that looks in the
//! wrong place must not make its own twins agree with it.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookseal::ErrorCode;
use serde_json::{Map, Value};

use crate::format::{
    Case, CaseSource, Expect, Flag, FormatError, Origin, SCHEMA, SourceKind, VectorFile,
};

/// Where a scheme's parts stand in a request.
struct Layout {
    /// Headers that hold signatures.
    signatures: Vec<&'static str>,
    grammar: Grammar,
    /// Bytes of one signature.
    length: usize,
    /// The header that holds the id or nonce.
    id: Option<&'static str>,
    timestamp: Option<Timestamp>,
    /// The option that holds the secrets.
    secret: &'static str,
    /// Whether a secret is base64.
    secret_is_base64: bool,
    /// Whether a method other than GET and POST is refused.
    get_and_post_only: bool,
    /// The code for a body that is not the signed one.
    body_code: ErrorCode,
}

/// How a signature header is written.
#[derive(Clone, Copy)]
enum Grammar {
    /// One base64 text.
    Base64,
    /// Base64 texts separated by commas.
    Base64List,
    /// `sha256=` and hex.
    PrefixedHex,
    /// `t=…,v1=hex`.
    Pairs,
    /// `v1,base64`, separated by blanks.
    Versioned,
}

/// Where the signed time stands.
#[derive(Clone, Copy)]
enum Timestamp {
    Header(&'static str),
    /// The pair `t` of the signature header.
    Pair,
}

fn layout(case: &Case) -> Result<Layout, FormatError> {
    const MISMATCH: ErrorCode = ErrorCode::SignatureMismatch;
    let plivo = |signatures, id, length| Layout {
        signatures,
        grammar: Grammar::Base64List,
        length,
        id,
        timestamp: None,
        secret: "auth_token",
        secret_is_base64: false,
        get_and_post_only: true,
        body_code: MISMATCH,
    };
    let v3 = || {
        let signatures = vec!["x-plivo-signature-v3", "x-plivo-signature-ma-v3"];
        plivo(signatures, Some("x-plivo-signature-v3-nonce"), 32)
    };
    let v2 = || {
        let signatures = vec!["x-plivo-signature-v2", "x-plivo-signature-ma-v2"];
        plivo(signatures, Some("x-plivo-signature-v2-nonce"), 32)
    };
    let body_mac = |signature, grammar| Layout {
        signatures: vec![signature],
        grammar,
        length: 32,
        id: None,
        timestamp: None,
        secret: "secret",
        secret_is_base64: false,
        get_and_post_only: false,
        body_code: MISMATCH,
    };
    Ok(match case.scheme.as_str() {
        "plivo" => v3(),
        "plivo-v2" => v2(),
        "plivo-v1" => plivo(vec!["x-plivo-signature"], None, 20),
        "plivo-messaging" => {
            let family = v3();
            let present = |name: &&str| case.request.header(name).is_some();
            if family.signatures.iter().any(present) {
                family
            } else {
                v2()
            }
        }
        "twilio" => Layout {
            length: 20,
            secret: "auth_token",
            body_code: match covered(case, "body") {
                Some("full") => ErrorCode::BodyMismatch,
                _ => MISMATCH,
            },
            ..body_mac("x-twilio-signature", Grammar::Base64)
        },
        "github" => body_mac("x-hub-signature-256", Grammar::PrefixedHex),
        "stripe" => Layout {
            timestamp: Some(Timestamp::Pair),
            ..body_mac("stripe-signature", Grammar::Pairs)
        },
        "standard-webhooks" => Layout {
            id: Some("webhook-id"),
            timestamp: Some(Timestamp::Header("webhook-timestamp")),
            secret_is_base64: true,
            ..body_mac("webhook-signature", Grammar::Versioned)
        },
        other => {
            return Err(FormatError::new(format!(
                "the twins do not know where `{other}` puts its signature: add it to mutate.rs"
            )));
        }
    })
}

/// The twins of all verified cases of a file, as a file of their own.
///
/// # Errors
/// Where a case is not of the format, or its scheme is not known here.
pub fn twins_of_file(file: &VectorFile) -> Result<VectorFile, FormatError> {
    let mut cases = Vec::new();
    for case in file
        .cases
        .iter()
        .filter(|case| case.expect == Expect::Verified)
    {
        cases.extend(twins(case).map_err(|error| error.within(&case.id))?);
    }
    Ok(VectorFile {
        schema: SCHEMA.to_owned(),
        provider: file.provider.clone(),
        source: Origin {
            url: file.source.url.clone(),
            note: "Tampered twins, generated.".to_owned(),
        },
        count: cases.len(),
        cases,
    })
}

/// The twins of one verified case.
///
/// # Errors
/// Where the case is not of the format, or its scheme is not known here.
pub fn twins(case: &Case) -> Result<Vec<Case>, FormatError> {
    let layout = layout(case)?;
    let mut twins = Twins {
        original: case,
        made: Vec::new(),
    };
    twins.body(&layout)?;
    twins.url();
    twins.signature(&layout);
    twins.id(&layout);
    twins.timestamp(&layout);
    twins.secret(&layout)?;
    if layout.get_and_post_only {
        twins.add(
            "method",
            Expect::Rejected(ErrorCode::MethodNotAllowed),
            |twin| {
                "PUT".clone_into(&mut twin.request.method);
            },
        );
    }
    Ok(twins.made)
}

/// The case with every signature that decodes changed, and nothing else; what
/// it expects and its facts are left as they are.
///
/// # Errors
/// Where the case's scheme is not known here.
pub fn with_signatures(case: &Case, change: impl Fn(&mut Vec<u8>)) -> Result<Case, FormatError> {
    let mut changed = case.clone();
    rewrite_signatures(&mut changed, &layout(case)?, change);
    Ok(changed)
}

const MISMATCH: Expect = Expect::Rejected(ErrorCode::SignatureMismatch);
const MISSING: Expect = Expect::Rejected(ErrorCode::MissingHeader);
const MALFORMED: Expect = Expect::Rejected(ErrorCode::MalformedHeader);

struct Twins<'c> {
    original: &'c Case,
    made: Vec<Case>,
}

impl Twins<'_> {
    fn add(&mut self, what: &str, expect: Expect, change: impl FnOnce(&mut Case)) {
        let mut twin = self.original.clone();
        twin.id = format!("{}~{what}", self.original.id);
        twin.comment = match expect {
            Expect::Verified => format!("{what} changed: not covered, so still verified"),
            Expect::Rejected(_) => format!("{what} changed"),
        };
        twin.flags.push(Flag::Twin);
        twin.expect = expect;
        if expect != Expect::Verified {
            twin.facts = None;
        }
        twin.source = CaseSource {
            kind: SourceKind::Twin,
            files: Vec::new(),
            note: None,
            status: None,
            of: Some(self.original.id.clone()),
        };
        change(&mut twin);
        self.made.push(twin);
    }

    fn body(&mut self, layout: &Layout) -> Result<(), FormatError> {
        let body = self.original.request.body()?;
        if body.is_empty() {
            return Ok(());
        }
        let coverage = covered(self.original, "body");
        let (expect, position, suffix) = match coverage {
            Some("full") => (
                Expect::Rejected(layout.body_code),
                Some(body.len() / 2),
                &b"\n"[..],
            ),
            Some("fields") => (
                MISMATCH,
                plain_character(&body, 0..body.len()),
                &b"&hookseal=1"[..],
            ),
            _ => (Expect::Verified, Some(body.len() / 2), &b"\n"[..]),
        };
        if let Some(position) = position {
            let mut changed = body.clone();
            changed[position] ^= 1;
            self.add("body-bit", expect, |twin| twin.request.set_body(changed));
        }
        if !self.original.options.contains_key("max_body_bytes") {
            let longer = [&body, suffix].concat();
            self.add("body-longer", expect, |twin| twin.request.set_body(longer));
        }
        Ok(())
    }

    fn url(&mut self) {
        let url = self.original.request.url.as_bytes();
        let (path, query) = url_parts(url);
        let (path_expect, query_expect) = match covered(self.original, "url") {
            Some("full") => (MISMATCH, MISMATCH),
            Some("without_query") => (MISMATCH, Expect::Verified),
            _ => (Expect::Verified, Expect::Verified),
        };
        for (what, part, expect) in [
            ("url-path-bit", path, path_expect),
            ("url-query-bit", query, query_expect),
        ] {
            let Some(position) = plain_character(url, part) else {
                continue;
            };
            let mut changed = url.to_vec();
            changed[position] ^= 1;
            // An ASCII character was replaced by another one.
            let changed = String::from_utf8_lossy(&changed).into_owned();
            self.add(what, expect, |twin| twin.request.url = changed);
        }
    }

    fn signature(&mut self, layout: &Layout) {
        let bits = layout.length * 8;
        for (what, bit) in [
            ("signature-first-bit", 0),
            ("signature-middle-bit", bits / 2),
            ("signature-last-bit", bits - 1),
        ] {
            self.add(what, MISMATCH, |twin| {
                rewrite_signatures(twin, layout, |mac| mac[bit / 8] ^= 0x80 >> (bit % 8));
            });
        }
        self.add("signature-truncated", MALFORMED, |twin| {
            rewrite_signatures(twin, layout, |mac| mac.truncate(layout.length - 1));
        });
        self.add("signature-empty", MALFORMED, |twin| {
            change_headers(twin, &layout.signatures, |value| value.clear());
        });
        self.add("signature-removed", MISSING, |twin| {
            remove_headers(twin, &layout.signatures);
        });
    }

    fn id(&mut self, layout: &Layout) {
        let Some(name) = layout.id else { return };
        self.add("id-bit", MISMATCH, |twin| {
            change_headers(twin, &[name], flip_last_character);
        });
        self.add("id-removed", MISSING, |twin| remove_headers(twin, &[name]));
    }

    fn timestamp(&mut self, layout: &Layout) {
        let Some(place) = layout.timestamp else {
            return;
        };
        // The signature is checked before the window, so a changed time is a
        // mismatch wherever it lies.
        self.add("timestamp-bit", MISMATCH, |twin| match place {
            Timestamp::Header(name) => change_headers(twin, &[name], flip_last_character),
            Timestamp::Pair => change_headers(twin, &layout.signatures, |value| {
                *value = map_items(value, ',', |item| match item.strip_prefix("t=") {
                    Some(time) => {
                        let mut time = time.to_owned();
                        flip_last_character(&mut time);
                        format!("t={time}")
                    }
                    None => item.to_owned(),
                });
            }),
        });
        if let Timestamp::Header(name) = place {
            self.add("timestamp-removed", MISSING, |twin| {
                remove_headers(twin, &[name])
            });
        }
        let signed = self.original.facts.iter().flatten();
        let signed = signed
            .clone()
            .find_map(|(name, value)| match name.as_str() {
                "timestamp" => value.as_i64(),
                _ => None,
            });
        if let Some(signed) = signed.filter(|_| !self.original.options.contains_key("tolerance")) {
            let too_old = Expect::Rejected(ErrorCode::TimestampTooOld);
            let in_future = Expect::Rejected(ErrorCode::TimestampInFuture);
            self.add("clock-late", too_old, |twin| twin.now = Some(signed + 301));
            self.add("clock-early", in_future, |twin| {
                twin.now = Some(signed - 301)
            });
        }
    }

    fn secret(&mut self, layout: &Layout) -> Result<(), FormatError> {
        let mut options = self.original.options.clone();
        let secret = options
            .get_mut(layout.secret)
            .ok_or_else(|| FormatError::new("the secret's option is not there"))?;
        change_secret(secret, layout.secret_is_base64)?;
        self.add("secret", MISMATCH, |twin| twin.options = options);
        Ok(())
    }
}

/// What the case says of the coverage of a part.
fn covered<'c>(case: &'c Case, part: &str) -> Option<&'c str> {
    case.facts.as_ref()?.get("covers")?.get(part)?.as_str()
}

/// A letter or digit that stands for itself, i.e. within no percent-escape, and
/// that stays one character when its lowest bit is flipped. Within the query,
/// the digest of the body is left alone: a change of it would break two proofs
/// at once, and the code would not be determined.
fn plain_character(text: &[u8], range: Range<usize>) -> Option<usize> {
    const DIGEST: &[u8] = b"bodySHA256=";
    let mut position = range.start;
    while position < range.end {
        let rest = &text[position..range.end];
        if rest.starts_with(DIGEST) {
            let end = rest.iter().position(|&byte| byte == b'&');
            position += end.unwrap_or(rest.len());
        } else if rest[0] == b'%' {
            position += 3;
        } else if rest[0].is_ascii_alphanumeric() {
            return Some(position);
        } else {
            position += 1;
        }
    }
    None
}

/// Where the path and the query of a URL or request target lie.
fn url_parts(url: &[u8]) -> (Range<usize>, Range<usize>) {
    let find = |from: usize, wanted: &[u8]| {
        let found = url[from..].iter().position(|byte| wanted.contains(byte));
        found.map_or(url.len(), |offset| from + offset)
    };
    let authority = url.windows(3).position(|three| three == b"://");
    let path = authority.map_or(0, |scheme_end| find(scheme_end + 3, b"/?#"));
    let query = find(path, b"?#");
    let end = find(query, b"#");
    (path..query, query..end)
}

fn change_headers(case: &mut Case, names: &[&str], change: impl Fn(&mut String)) {
    for (name, value) in &mut case.request.headers {
        if names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
            change(value);
        }
    }
}

fn remove_headers(case: &mut Case, names: &[&str]) {
    let headers = &mut case.request.headers;
    headers.retain(|(name, _)| !names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
}

/// Ids end in a letter or digit, so the flipped character is printable.
fn flip_last_character(value: &mut String) {
    if let Some(last) = value.pop() {
        let flipped = u8::try_from(last).map_or(last, |byte| char::from(byte ^ 1));
        value.push(flipped);
    }
}

/// Changes every signature that decodes to the right length, so that none that
/// matched still does. Items that do not decode stay as they are.
fn rewrite_signatures(case: &mut Case, layout: &Layout, change: impl Fn(&mut Vec<u8>)) {
    let base64 = |text: &str| match STANDARD.decode(text) {
        Ok(mut mac) if mac.len() == layout.length => {
            change(&mut mac);
            STANDARD.encode(mac)
        }
        _ => text.to_owned(),
    };
    let hex = |text: &str| match const_hex::decode(text) {
        Ok(mut mac) if mac.len() == layout.length => {
            change(&mut mac);
            const_hex::encode(mac)
        }
        _ => text.to_owned(),
    };
    let after = |item: &str, prefix: &str, rewrite: &dyn Fn(&str) -> String| {
        item.strip_prefix(prefix).map_or_else(
            || item.to_owned(),
            |text| format!("{prefix}{}", rewrite(text)),
        )
    };
    change_headers(case, &layout.signatures, |value| {
        *value = match layout.grammar {
            Grammar::Base64 => base64(value),
            Grammar::Base64List => {
                map_items(value, ',', |item| base64(item.trim_matches([' ', '\t'])))
            }
            Grammar::PrefixedHex => after(value, "sha256=", &hex),
            Grammar::Pairs => map_items(value, ',', |item| after(item, "v1=", &hex)),
            Grammar::Versioned => map_items(value, ' ', |item| after(item, "v1,", &base64)),
        };
    });
}

fn map_items(list: &str, separator: char, change: impl Fn(&str) -> String) -> String {
    let items: Vec<_> = list.split(separator).map(change).collect();
    items.join(&separator.to_string())
}

/// Changes every secret of an option into another one of the same form.
fn change_secret(value: &mut Value, is_base64: bool) -> Result<(), FormatError> {
    match value {
        Value::String(text) if is_base64 => {
            let (prefix, encoded) = match text.strip_prefix("whsec_") {
                Some(encoded) => ("whsec_", encoded),
                None => ("", text.as_str()),
            };
            let mut key = STANDARD
                .decode(encoded)
                .map_err(|error| FormatError::new(error.to_string()))?;
            flip_first(&mut key)?;
            *text = format!("{prefix}{}", STANDARD.encode(key));
        }
        Value::String(text) => text.push_str("-other"),
        Value::Array(list) => {
            for item in list {
                change_secret(item, is_base64)?;
            }
        }
        Value::Object(fields) => change_secret_fields(fields, is_base64)?,
        _ => {
            return Err(FormatError::new(
                "a secret is a text, bytes, a list or labels",
            ));
        }
    }
    Ok(())
}

fn change_secret_fields(
    fields: &mut Map<String, Value>,
    is_base64: bool,
) -> Result<(), FormatError> {
    if let (1, Some(Value::String(digits))) = (fields.len(), fields.get_mut("hex")) {
        let mut key =
            const_hex::decode(&*digits).map_err(|error| FormatError::new(error.to_string()))?;
        flip_first(&mut key)?;
        *digits = const_hex::encode(key);
        return Ok(());
    }
    for secret in fields.values_mut() {
        change_secret(secret, is_base64)?;
    }
    Ok(())
}

fn flip_first(key: &mut [u8]) -> Result<(), FormatError> {
    let first = key
        .first_mut()
        .ok_or_else(|| FormatError::new("an empty secret cannot have verified anything"))?;
    *first ^= 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_character_is_within_no_escape() {
        let at = |text: &str| plain_character(text.as_bytes(), 0..text.len());
        assert_eq!(at("%41b"), Some(3));
        assert_eq!(at("%2B%2B"), None);
        assert_eq!(at("=&+1"), Some(3));
        assert_eq!(at("?bodySHA256=00ff&a=1"), Some(17));
        assert_eq!(at("?bodySHA256=00ff"), None);
    }

    #[test]
    fn a_url_is_taken_apart() {
        let parts = |url: &'static str| {
            let (path, query) = url_parts(url.as_bytes());
            (&url[path], &url[query])
        };
        assert_eq!(parts("https://u:p@h:1/a/b?c=d#e"), ("/a/b", "?c=d"));
        assert_eq!(parts("https://h?c"), ("", "?c"));
        assert_eq!(parts("https://h#e"), ("", ""));
        assert_eq!(parts("/a?b=//c"), ("/a", "?b=//c"));
    }

    #[test]
    fn every_form_of_a_secret_changes() {
        for (before, after) in [
            (json!("abc"), json!("abc-other")),
            (
                json!(["a", {"hex": "00"}]),
                json!(["a-other", {"hex": "01"}]),
            ),
            (
                json!({"x": "a", "y": "b"}),
                json!({"x": "a-other", "y": "b-other"}),
            ),
        ] {
            let mut value = before;
            change_secret(&mut value, false).unwrap();
            assert_eq!(value, after);
        }
        let mut value = json!("whsec_AAAA");
        change_secret(&mut value, true).unwrap();
        assert_eq!(value, json!("whsec_AQAA"));
        assert!(change_secret(&mut json!(5), false).is_err());
    }
}
