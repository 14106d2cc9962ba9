//! Tampered twins: from every verified case, the same delivery with one thing
//! changed. What must become of a twin is computed by rule from what the case
//! says the proof covers: a change of a covered part is refused with one
//! definite code, a change of an uncovered part stays verified, and the twin
//! says so.
//!
//! Where a scheme's signature, id and timestamp stand is in the head of the
//! vector file, see [`Layout`]. Where nothing is signed, the changes themselves
//! stand there, see [`changes`].

use std::ops::Range;

use hookseal::ErrorCode;
use serde_json::{Map, Value};

use crate::changes;
use crate::format::{
    Case, CaseSource, DEFAULT_NOW, Expect, Flag, FormatError, Origin, SCHEMA, SourceKind,
    VectorFile,
};
use crate::layout::{Encoding, Layout, SecretText, SignatureLayout, TimestampPlace, TimestampText};

/// The twins of all verified cases of a file, as a file of their own.
///
/// # Errors
/// Where a case is not of the format, or the file has no layout for it.
pub fn twins_of_file(file: &VectorFile) -> Result<VectorFile, FormatError> {
    let mut cases = Vec::new();
    for case in file
        .cases
        .iter()
        .filter(|case| case.expect == Expect::Verified)
    {
        let made = file.layout(case).and_then(|layout| twins(case, layout));
        cases.extend(made.map_err(|error| error.within(&case.id))?);
    }
    Ok(VectorFile {
        schema: SCHEMA.to_owned(),
        provider: file.provider.clone(),
        source: Origin {
            url: file.source.url.clone(),
            note: "Tampered twins, generated.".to_owned(),
        },
        twins: file.twins.clone(),
        count: cases.len(),
        cases,
    })
}

/// The twins of one verified case.
///
/// # Errors
/// Where the case is not of the format, or not of this layout.
pub fn twins(case: &Case, layout: &Layout) -> Result<Vec<Case>, FormatError> {
    match layout {
        Layout::Signature(layout) => signature_twins(case, layout),
        Layout::Changes(layout) => layout
            .changes
            .iter()
            .map(|change| {
                let mut twin = twin(case, &change.name, change.expect);
                changes::apply(&mut twin, change)?;
                Ok(twin)
            })
            .collect(),
    }
}

fn signature_twins(case: &Case, layout: &SignatureLayout) -> Result<Vec<Case>, FormatError> {
    let mut twins = Twins {
        original: case,
        layout,
        made: Vec::new(),
    };
    twins.body()?;
    twins.url();
    twins.signature();
    twins.id();
    twins.timestamp();
    twins.secret()?;
    twins.method();
    Ok(twins.made)
}

/// The case with every signature that decodes changed, and nothing else; what
/// it expects and its facts are left as they are.
#[must_use]
pub fn with_signatures(
    case: &Case,
    layout: &SignatureLayout,
    change: impl Fn(&mut Vec<u8>),
) -> Case {
    let mut changed = case.clone();
    rewrite_signatures(&mut changed, layout, change);
    changed
}

const MISMATCH: Expect = Expect::Rejected(ErrorCode::SignatureMismatch);
const MISSING: Expect = Expect::Rejected(ErrorCode::MissingHeader);
const MALFORMED: Expect = Expect::Rejected(ErrorCode::MalformedHeader);

struct Twins<'c> {
    original: &'c Case,
    layout: &'c SignatureLayout,
    made: Vec<Case>,
}

impl Twins<'_> {
    fn add(&mut self, what: &str, expect: Expect, change: impl FnOnce(&mut Case)) {
        let mut twin = twin(self.original, what, expect);
        change(&mut twin);
        self.made.push(twin);
    }

    fn body(&mut self) -> Result<(), FormatError> {
        let body = self.original.request.body()?;
        if body.is_empty() {
            return Ok(());
        }
        let (expect, position, suffix) = if covers_part(self.original, "body") {
            let digests = (
                &self.layout.body_digest_parameter,
                &self.layout.body_digest_header,
            );
            let expect = match digests {
                (None, None) => MISMATCH,
                _ => Expect::Rejected(ErrorCode::BodyMismatch),
            };
            (expect, Some(body.len() / 2), &b"\n"[..])
        } else if covers_part(self.original, "form") {
            (
                MISMATCH,
                plain_character(&body, 0..body.len(), None),
                &b"&hookseal=1"[..],
            )
        } else {
            (Expect::Verified, Some(body.len() / 2), &b"\n"[..])
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
        let expect_of = |parts: &[&str]| {
            let is_covered = parts.iter().any(|part| covers_part(self.original, part));
            if is_covered {
                MISMATCH
            } else {
                Expect::Verified
            }
        };
        let path_expect = expect_of(&["url", "url.base", "url.path", "url.target"]);
        let query_expect = expect_of(&["url", "url.query", "url.target", "query"]);
        // A change of the body's digest would break two proofs at once, and the
        // code would not be determined.
        let digest = self.layout.body_digest_parameter.as_deref();
        for (what, part, expect) in [
            ("url-path-bit", path, path_expect),
            ("url-query-bit", query, query_expect),
        ] {
            let Some(position) = plain_character(url, part, digest) else {
                continue;
            };
            let mut changed = url.to_vec();
            changed[position] ^= 1;
            // An ASCII character was replaced by another one.
            let changed = String::from_utf8_lossy(&changed).into_owned();
            self.add(what, expect, |twin| twin.request.url = changed);
        }
    }

    fn signature(&mut self) {
        let layout = self.layout;
        for (what, halves) in [
            ("signature-first-bit", 0),
            ("signature-middle-bit", 1),
            ("signature-last-bit", 2),
        ] {
            self.add(what, MISMATCH, |twin| {
                rewrite_signatures(twin, layout, |signature| {
                    let bits = signature.len() * 8;
                    let bit = (bits * halves / 2).min(bits - 1);
                    signature[bit / 8] ^= 0x80 >> (bit % 8);
                });
            });
        }
        let (fewest, _) = layout.signature.bytes.bounds();
        self.add("signature-truncated", MALFORMED, |twin| {
            rewrite_signatures(twin, layout, |signature| signature.truncate(fewest - 1));
        });
        self.add("signature-empty", MALFORMED, |twin| {
            change_headers(twin, &layout.signature_headers, |value| value.clear());
        });
        self.add("signature-removed", MISSING, |twin| {
            remove_headers(twin, &layout.signature_headers);
        });
    }

    fn id(&mut self) {
        let Some(name) = &self.layout.delivery_id_header else {
            return;
        };
        let names = std::slice::from_ref(name);
        // One that runs together with what stands beside it is no fact, but signed.
        let (changed, removed) = if covers_part(self.original, "delivery_id") {
            (MISMATCH, MISSING)
        } else {
            (Expect::Verified, Expect::Verified)
        };
        self.add("id-bit", changed, |twin| {
            change_headers(twin, names, flip_last_character);
        });
        self.add("id-removed", removed, |twin| remove_headers(twin, names));
    }

    fn timestamp(&mut self) {
        let layout = self.layout;
        let Some(time) = &layout.timestamp else {
            return;
        };
        let expect = self.expect_of_changed_time(time);
        self.add("timestamp-bit", expect, |twin| match &time.from {
            TimestampPlace::Header(name) => {
                change_headers(twin, std::slice::from_ref(name), flip_last_digit);
            }
            TimestampPlace::Within { header, prefix } => {
                change_headers(twin, std::slice::from_ref(header), |value| {
                    let Some(start) = value.find(prefix).map(|start| start + prefix.len()) else {
                        return;
                    };
                    let is_digit = |character: char| character.is_ascii_digit();
                    let digits = value[start..].find(|it| !is_digit(it));
                    let tail = value.split_off(digits.map_or(value.len(), |end| start + end));
                    flip_last_digit(value);
                    value.push_str(&tail);
                });
            }
            TimestampPlace::Prefix(prefix) => {
                change_headers(twin, &layout.signature_headers, |value| {
                    *value = map_items(value, layout.signature.separator, |item| {
                        let mut item = item.to_owned();
                        if item.starts_with(prefix) {
                            flip_last_digit(&mut item);
                        }
                        item
                    });
                });
            }
        });
        if let TimestampPlace::Header(name) = &time.from {
            self.add("timestamp-removed", MISSING, |twin| {
                remove_headers(twin, std::slice::from_ref(name));
            });
        }
        if self.original.options.contains_key("tolerance") {
            return;
        }
        let facts = self.original.facts.as_ref();
        let signed = facts.and_then(|facts| facts.get("timestamp")?.as_i64());
        if let Some(signed) = signed {
            let (late, early) = (
                signed + time.tolerance.past + 1,
                signed - time.tolerance.future - 1,
            );
            let too_old = Expect::Rejected(ErrorCode::TimestampTooOld);
            let in_future = Expect::Rejected(ErrorCode::TimestampInFuture);
            self.add("clock-late", too_old, |twin| twin.now = Some(late));
            self.add("clock-early", in_future, |twin| twin.now = Some(early));
        }
    }

    /// A MAC is checked before the window, so a changed time is a mismatch wherever
    /// it lies. Of public keys the window comes first.
    fn expect_of_changed_time(&self, time: &TimestampText) -> Expect {
        let facts = self.original.facts.as_ref();
        let signed = facts.and_then(|facts| facts.get("timestamp")?.as_i64());
        let other = self.layout.secret.other(&self.original.options);
        let (Some(_), Some(signed)) = (other, signed) else {
            return MISMATCH;
        };
        let chosen = self.original.options.get("tolerance");
        let chosen = chosen.and_then(Value::as_i64);
        let changed = signed ^ 1;
        let age = self.original.now.unwrap_or(DEFAULT_NOW) - changed;
        if age > chosen.unwrap_or(time.tolerance.past) {
            Expect::Rejected(ErrorCode::TimestampTooOld)
        } else if -age > chosen.unwrap_or(time.tolerance.future) {
            Expect::Rejected(ErrorCode::TimestampInFuture)
        } else {
            MISMATCH
        }
    }

    fn secret(&mut self) -> Result<(), FormatError> {
        let text = &self.layout.secret;
        let mut options = self.original.options.clone();
        let secret = options
            .get_mut(&text.option)
            .ok_or_else(|| FormatError::new(format!("option {} is not there", text.option)))?;
        match text.other(&self.original.options) {
            Some(other) => *secret = Value::from(other),
            None => change_secret(secret, text)?,
        }
        self.add("secret", MISMATCH, |twin| twin.options = options);
        Ok(())
    }

    fn method(&mut self) {
        const METHODS: [&str; 5] = ["PUT", "PATCH", "DELETE", "GET", "POST"];
        let allowed = &self.layout.methods;
        if allowed.is_empty() {
            return;
        }
        let is_other = |method: &&str| allowed.iter().all(|allowed| allowed != method);
        if let Some(other) = METHODS.into_iter().find(is_other) {
            let refused = Expect::Rejected(ErrorCode::MethodNotAllowed);
            self.add("method", refused, |twin| {
                other.clone_into(&mut twin.request.method);
            });
        }
    }
}

/// A copy of the case with a name and a verdict of its own, still to be changed.
fn twin(original: &Case, what: &str, expect: Expect) -> Case {
    let mut twin = original.clone();
    twin.id = format!("{}~{what}", original.id);
    twin.comment = match expect {
        Expect::Verified => format!("{what} changed: not covered, so still verified"),
        Expect::Rejected(_) => format!("{what} changed"),
    };
    twin.flags.push(Flag::Twin);
    twin.expect = expect;
    if expect != Expect::Verified {
        twin.facts = None;
        twin.layout = None;
    }
    twin.source = CaseSource {
        kind: SourceKind::Twin,
        files: Vec::new(),
        note: None,
        status: None,
        of: Some(original.id.clone()),
    };
    twin
}

/// Whether the case says that this is a part of the string to sign.
fn covers_part(case: &Case, part: &str) -> bool {
    let facts = case.facts.as_ref();
    let parts = facts.and_then(|facts| facts.get("covers")?.get("parts")?.as_array());
    parts.is_some_and(|parts| parts.iter().any(|signed| signed == part))
}

/// A letter or digit that stands for itself, i.e. within no percent-escape, and
/// that stays one character when its lowest bit is flipped. The parameter named
/// `spared` is left alone.
fn plain_character(text: &[u8], range: Range<usize>, spared: Option<&str>) -> Option<usize> {
    let spared = spared.map(|name| format!("{name}="));
    let mut position = range.start;
    while position < range.end {
        let rest = &text[position..range.end];
        let is_spared = |name: &String| rest.starts_with(name.as_bytes());
        if spared.as_ref().is_some_and(is_spared) {
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

fn change_headers(case: &mut Case, names: &[String], change: impl Fn(&mut String)) {
    for (name, value) in &mut case.request.headers {
        if names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) {
            change(value);
        }
    }
}

fn remove_headers(case: &mut Case, names: &[String]) {
    let headers = &mut case.request.headers;
    headers.retain(|(name, _)| !names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)));
}

/// Ids end in a letter or digit, and stay ids.
fn flip_last_character(value: &mut String) {
    if let Some(last) = value.pop() {
        let flipped = u8::try_from(last).map_or(last, |byte| {
            let [flipped, other] = [1, 2].map(|bit| char::from(byte ^ bit));
            if flipped.is_ascii_alphanumeric() {
                flipped
            } else {
                other
            }
        });
        value.push(flipped);
    }
}

/// Keeps a time a time, whatever stands behind its digits.
fn flip_last_digit(value: &mut String) {
    let digits = value.trim_end_matches(|last: char| !last.is_ascii_digit());
    let digits = digits.len();
    let tail = value.split_off(digits);
    flip_last_character(value);
    value.push_str(&tail);
}

/// Changes every signature that decodes to a right length, so that none that
/// matched still does. Items that do not decode stay as they are, but for the
/// blanks around them.
fn rewrite_signatures(case: &mut Case, layout: &SignatureLayout, change: impl Fn(&mut Vec<u8>)) {
    let text = &layout.signature;
    let rewrite = |item: &str| -> Option<String> {
        let encoded = item.strip_prefix(text.prefix.as_str())?;
        let mut signature = text.encoding.decode(encoded)?;
        if !text.bytes.fits(signature.len()) {
            return None;
        }
        change(&mut signature);
        Some(format!(
            "{}{}",
            text.prefix,
            text.encoding.encode(&signature)
        ))
    };
    change_headers(case, &layout.signature_headers, |value| {
        *value = map_items(value, text.separator, |item| {
            let item = item.trim_matches([' ', '\t']);
            rewrite(item).unwrap_or_else(|| item.to_owned())
        });
    });
}

/// Changes each item of a list, or the one item where nothing separates.
fn map_items(list: &str, separator: Option<char>, change: impl Fn(&str) -> String) -> String {
    let Some(separator) = separator else {
        return change(list);
    };
    let items: Vec<_> = list.split(separator).map(change).collect();
    items.join(&separator.to_string())
}

/// Changes every secret of an option into another one of the same form.
fn change_secret(value: &mut Value, form: &SecretText) -> Result<(), FormatError> {
    match value {
        Value::String(text) => *text = other_secret(text, form)?,
        Value::Array(list) => {
            for item in list {
                change_secret(item, form)?;
            }
        }
        Value::Object(fields) => change_secret_fields(fields, form)?,
        _ => {
            return Err(FormatError::new(
                "a secret is a text, bytes, a list or labels",
            ));
        }
    }
    Ok(())
}

fn other_secret(text: &str, form: &SecretText) -> Result<String, FormatError> {
    let Some(encoding) = form.encoding else {
        return Ok(format!("{text}-other"));
    };
    let (prefix, encoded) = match text.strip_prefix(form.prefix.as_str()) {
        Some(encoded) => (form.prefix.as_str(), encoded),
        None => ("", text),
    };
    Ok(format!("{prefix}{}", flip_first(encoded, encoding)?))
}

fn change_secret_fields(
    fields: &mut Map<String, Value>,
    form: &SecretText,
) -> Result<(), FormatError> {
    if let (1, Some(Value::String(digits))) = (fields.len(), fields.get_mut("hex")) {
        *digits = flip_first(digits, Encoding::Hex)?;
        return Ok(());
    }
    for secret in fields.values_mut() {
        change_secret(secret, form)?;
    }
    Ok(())
}

fn flip_first(text: &str, encoding: Encoding) -> Result<String, FormatError> {
    let mut key = encoding
        .decode(text)
        .ok_or_else(|| FormatError::new("a secret is not of its encoding"))?;
    let first = key
        .first_mut()
        .ok_or_else(|| FormatError::new("an empty secret cannot have verified anything"))?;
    *first ^= 1;
    Ok(encoding.encode(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_character_is_within_no_escape() {
        let at = |text: &str| plain_character(text.as_bytes(), 0..text.len(), Some("digest"));
        assert_eq!(at("%41b"), Some(3));
        assert_eq!(at("%2B%2B"), None);
        assert_eq!(at("=&+1"), Some(3));
        assert_eq!(at("?digest=00ff&a=1"), Some(13));
        assert_eq!(at("?digest=00ff"), None);
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
            change_secret(&mut value, &secret(None)).unwrap();
            assert_eq!(value, after);
        }
        let mut value = json!(["whsec_AAAA", "AAAA"]);
        change_secret(&mut value, &secret(Some(Encoding::Base64))).unwrap();
        assert_eq!(value, json!(["whsec_AQAA", "AQAA"]));
        for wrong in [json!(5), json!("%"), json!("whsec_")] {
            let base64 = secret(Some(Encoding::Base64));
            assert!(
                change_secret(&mut wrong.clone(), &base64).is_err(),
                "{wrong}"
            );
        }
    }

    fn secret(encoding: Option<Encoding>) -> SecretText {
        SecretText {
            option: "secret".to_owned(),
            prefix: "whsec_".to_owned(),
            encoding,
            other: None,
            others: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn every_signature_is_rewritten_and_nothing_else() {
        let header = |signature: Value, value: &str| {
            let layout = json!({
                "signature_headers": ["S"], "signature": signature, "secret": {"option": "secret"}
            });
            let layout: SignatureLayout = serde_json::from_value(layout).unwrap();
            let mut case: Case = serde_json::from_value(json!({
                "id": "a", "comment": "", "flags": [], "scheme": "s", "options": {},
                "request": {"method": "POST", "url": "https://h/", "headers": [["s", value]], "body_utf8": ""},
                "now": null, "expect": "verified", "source": {"kind": "constructed"}
            }))
            .unwrap();
            rewrite_signatures(&mut case, &layout, |mac| mac[0] ^= 1);
            case.request.headers.remove(0).1
        };
        for (signature, before, after) in [
            (json!({"encoding": "hex", "bytes": 2}), "00FF", "01ff"),
            (json!({"encoding": "hex", "bytes": 2}), "00ff00", "00ff00"),
            (
                json!({"encoding": "base64", "bytes": 3, "separator": ":"}),
                "a=:AAAA:",
                "a=:AQAA:",
            ),
            (
                json!({"encoding": "hex", "bytes": 1, "prefix": "v1=", "separator": ","}),
                "t=00,v1=00,v0=00,v1=10",
                "t=00,v1=01,v0=00,v1=11",
            ),
            (
                json!({"encoding": "base64", "bytes": 3, "separator": ","}),
                "AAAA, AAAA,junk!",
                "AQAA,AQAA,junk!",
            ),
        ] {
            assert_eq!(header(signature, before), after);
        }
    }
}
