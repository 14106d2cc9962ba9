//! Twins of deliveries that carry no signature: tokens, passwords, encrypted
//! bodies. What a change does to such a delivery does not follow from what it
//! covers: a flipped bit breaks the padding of one cipher, and passes unnoticed
//! through another. So the head of a vector file lists the changes one by one,
//! each with its verdict, also where that is `verified`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::format::{Case, Expect, FormatError};

/// The changes to make to each verified case that names this layout.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// What a case calls it in its field `layout`.
    pub name: String,
    /// The changes; each makes one twin.
    pub changes: Vec<Change>,
}

/// One change and what must become of the delivery.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The end of the twin's id.
    pub name: String,
    /// What is changed.
    pub at: Place,
    /// How.
    pub edit: Edit,
    /// The verdict on the twin.
    pub expect: Expect,
}

/// A part of a case.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The whole body.
    Body,
    /// A text or number of the JSON body: a member of the object that it is, or,
    /// with a slash in front, what a pointer (RFC 6901) leads to.
    Json(String),
    /// The path of the URL.
    Path,
    /// The value of a query parameter, as it stands there.
    Query(String),
    /// The value of a header.
    Header(String),
    /// An option of the verifier: a text, bytes, a list or labels, of which all
    /// are changed. A dot stands between a group of options and its member.
    Option(String),
}

/// A change.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// The part is taken away, with its name.
    Remove,
    /// Another text stands there.
    Set(String),
    /// A text is added to its end.
    Append(String),
    /// One bit is flipped.
    Flip(Flip),
    /// The last bytes are cut off.
    Cut(Cut),
}

/// Which bit.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Flip {
    /// How the bytes are written.
    pub encoding: Encoding,
    /// Which of them; counted from the end where negative, as -1 for the last.
    pub byte: i64,
    /// 0 for the lowest bit of it.
    pub bit: u8,
    /// The one item of the text that is meant; all of it where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
}

/// How much.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// How the bytes are written.
    pub encoding: Encoding,
    /// How many of them.
    pub bytes: usize,
}

/// An item of a text in which several stand, such as a JSON Web Token in an
/// `Authorization` header.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Each of these characters ends an item.
    pub separators: String,
    /// Its position, from 0.
    pub index: usize,
}

/// How bytes are written.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As they are.
    Text,
    /// Hexadecimal digits.
    Hex,
    /// RFC 4648 section 4, with padding.
    Base64,
    /// RFC 4648 section 5, without padding.
    Base64url,
    /// A character each, from U+0000 to U+00FF.
    #[serde(alias = "binary")]
    Latin1,
    /// As the header of that name says.
    Header(String),
}

/// What an edit makes of a text.
type Edited<'e> = &'e dyn Fn(&[u8]) -> Result<Vec<u8>, FormatError>;

/// Makes a change. A body that was changed is not what the facts name any more.
///
/// # Errors
/// Where the case has no such part, or it is not written like that.
pub(crate) fn apply(case: &mut Case, change: &Change) -> Result<(), FormatError> {
    if let (Place::Body | Place::Json(_), Some(facts)) = (&change.at, &mut case.facts) {
        facts.remove("payload_base64");
    }
    let original = case.clone();
    let edit = |text: &[u8]| {
        edited(&original, &change.edit, text)
            .ok_or_else(|| FormatError::new(format!("{:?} cannot be made", change.edit)))
    };
    let removes = change.edit == Edit::Remove;
    let made = match &change.at {
        Place::Body if removes => {
            case.request.set_body(Vec::new());
            Ok(true)
        }
        Place::Body => {
            case.request.set_body(edit(&case.request.body()?)?);
            Ok(true)
        }
        Place::Json(name) => change_member(case, name, removes, &edit),
        Place::Path => change_path(case, &edit),
        Place::Query(name) => change_parameter(case, name, removes, &edit),
        Place::Header(name) => change_header(case, name, removes, &edit),
        Place::Option(path) => {
            let (groups, name) = path.rsplit_once('.').unwrap_or(("", path));
            let mut groups = groups.split('.').filter(|group| !group.is_empty());
            let options = groups.try_fold(&mut case.options, |options, group| {
                options.get_mut(group).and_then(Value::as_object_mut)
            });
            options.map_or(Ok(false), |options| {
                change_option(options, name, removes, &edit)
            })
        }
    };
    match made.map_err(|error| error.within(&change.name))? {
        true => Ok(()),
        false => {
            Err(FormatError::new(format!("the case has no {:?}", change.at)).within(&change.name))
        }
    }
}

// Each of these tells whether there was something to change.

fn change_member(
    case: &mut Case,
    name: &str,
    removes: bool,
    edit: Edited<'_>,
) -> Result<bool, FormatError> {
    let Ok(mut body) = serde_json::from_slice::<Value>(&case.request.body()?) else {
        return Ok(false);
    };
    let (parent, name) = match name.rsplit_once('/') {
        Some((parent, name)) => (body.pointer_mut(parent), name),
        None => (Some(&mut body), name),
    };
    let Some(Value::Object(object)) = parent else {
        return Ok(false);
    };
    let after = match object.get(name) {
        Some(Value::String(_) | Value::Number(_)) if removes => None,
        Some(Value::String(before)) => Some(text(edit(before.as_bytes())?)?.into()),
        Some(Value::Number(before)) => {
            let after = edit(before.to_string().as_bytes())?;
            let is_none = |_| FormatError::new("a changed number is none any more");
            Some(serde_json::from_slice(&after).map_err(is_none)?)
        }
        _ => return Ok(false),
    };
    match after {
        Some(after) => object.insert(name.to_owned(), after),
        None => object.remove(name),
    };
    case.request.set_body(body.to_string().into_bytes());
    Ok(true)
}

fn change_path(case: &mut Case, edit: Edited<'_>) -> Result<bool, FormatError> {
    let url = &case.request.url;
    let authority = url.find("://").map_or(0, |scheme| scheme + 3);
    let Some(path) = url[authority..].find('/').map(|path| authority + path) else {
        return Ok(false);
    };
    let end = url.find('?').unwrap_or(url.len());
    let after = text(edit(&url.as_bytes()[path..end])?)?;
    case.request.url = format!("{}{after}{}", &url[..path], &url[end..]);
    Ok(true)
}

fn change_parameter(
    case: &mut Case,
    name: &str,
    removes: bool,
    edit: Edited<'_>,
) -> Result<bool, FormatError> {
    let Some((before, query)) = case.request.url.split_once('?') else {
        return Ok(false);
    };
    let prefix = format!("{name}=");
    let mut found = false;
    let mut pieces = Vec::new();
    for piece in query.split('&') {
        let Some(value) = piece.strip_prefix(&prefix) else {
            pieces.push(piece.to_owned());
            continue;
        };
        found = true;
        if !removes {
            pieces.push(format!("{prefix}{}", text(edit(value.as_bytes())?)?));
        }
    }
    let separator = if pieces.is_empty() { "" } else { "?" };
    case.request.url = format!("{before}{separator}{}", pieces.join("&"));
    Ok(found)
}

fn change_header(
    case: &mut Case,
    name: &str,
    removes: bool,
    edit: Edited<'_>,
) -> Result<bool, FormatError> {
    let headers = &mut case.request.headers;
    let is_it = |(other, _): &(String, String)| other.eq_ignore_ascii_case(name);
    let Some(position) = headers.iter().position(is_it) else {
        return Ok(false);
    };
    if removes {
        headers.retain(|header| !is_it(header));
    } else {
        let value = &mut headers[position].1;
        *value = text(edit(value.as_bytes())?)?;
    }
    Ok(true)
}

fn change_option(
    options: &mut Map<String, Value>,
    name: &str,
    removes: bool,
    edit: Edited<'_>,
) -> Result<bool, FormatError> {
    if removes {
        return Ok(options.remove(name).is_some());
    }
    match options.get_mut(name) {
        None => Ok(false),
        Some(value) => change_secrets(value, edit).map(|()| true),
    }
}

/// Changes each secret of an option.
fn change_secrets(value: &mut Value, edit: Edited<'_>) -> Result<(), FormatError> {
    match value {
        Value::String(before) => *before = text(edit(before.as_bytes())?)?,
        Value::Array(list) => {
            for item in list {
                change_secrets(item, edit)?;
            }
        }
        Value::Object(fields) => {
            if let (1, Some(Value::String(digits))) = (fields.len(), fields.get_mut("hex")) {
                let bytes = const_hex::decode(&*digits)
                    .map_err(|_| FormatError::new("hex holds something else than digits"))?;
                *digits = const_hex::encode(edit(&bytes)?);
                return Ok(());
            }
            for item in fields.values_mut() {
                change_secrets(item, edit)?;
            }
        }
        _ => return Err(FormatError::new("an option to change is no text")),
    }
    Ok(())
}

/// `None` where the text is not written as the edit says.
fn edited(case: &Case, edit: &Edit, text: &[u8]) -> Option<Vec<u8>> {
    match edit {
        Edit::Remove => None,
        Edit::Set(other) => Some(other.clone().into_bytes()),
        Edit::Append(more) => Some([text, more.as_bytes()].concat()),
        Edit::Cut(cut) => {
            let encoding = cut.encoding.of(case)?;
            let mut bytes = encoding.decode(text)?;
            bytes.truncate(bytes.len().checked_sub(cut.bytes)?);
            Some(encoding.encode(&bytes))
        }
        Edit::Flip(flip) => {
            let (start, end) = match &flip.item {
                None => (0, text.len()),
                Some(item) => item.range(text)?,
            };
            let encoding = flip.encoding.of(case)?;
            let mut bytes = encoding.decode(&text[start..end])?;
            let length = i64::try_from(bytes.len()).ok()?;
            let from_start = if flip.byte < 0 {
                flip.byte + length
            } else {
                flip.byte
            };
            *bytes.get_mut(usize::try_from(from_start).ok()?)? ^= 1 << flip.bit;
            Some([&text[..start], &encoding.encode(&bytes), &text[end..]].concat())
        }
    }
}

impl Item {
    fn range(&self, text: &[u8]) -> Option<(usize, usize)> {
        let ends = |byte: &u8| self.separators.as_bytes().contains(byte);
        let mut start = 0;
        for _ in 0..self.index {
            start += text[start..].iter().position(ends)? + 1;
        }
        let length = text[start..].iter().position(ends);
        Some((start, length.map_or(text.len(), |length| start + length)))
    }
}

impl Encoding {
    /// The encoding itself, where a header names it.
    fn of(&self, case: &Case) -> Option<Self> {
        match self {
            Self::Header(name) => {
                let named = case.request.header(name)?.to_ascii_lowercase();
                serde_json::from_value(named.into()).ok()
            }
            known => Some(known.clone()),
        }
    }

    fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Text => Some(text.to_vec()),
            Self::Hex => const_hex::decode(text).ok(),
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64url => URL_SAFE_NO_PAD.decode(text).ok(),
            Self::Latin1 => {
                let characters = std::str::from_utf8(text).ok()?.chars();
                characters.map(|one| u8::try_from(one).ok()).collect()
            }
            Self::Header(_) => None,
        }
    }

    fn encode(&self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Text | Self::Header(_) => bytes.to_vec(),
            Self::Hex => const_hex::encode(bytes).into_bytes(),
            Self::Base64 => STANDARD.encode(bytes).into_bytes(),
            Self::Base64url => URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
            Self::Latin1 => bytes
                .iter()
                .copied()
                .map(char::from)
                .collect::<String>()
                .into_bytes(),
        }
    }
}

fn text(bytes: Vec<u8>) -> Result<String, FormatError> {
    String::from_utf8(bytes).map_err(|_| FormatError::new("a changed text is no text any more"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn case() -> Case {
        serde_json::from_value(json!({
            "id": "a", "comment": "c", "flags": [], "scheme": "s",
            "options": {
                "secret": ["ab", {"hex": "00ff"}], "other": {"x": "ab"}, "group": {"a": "b"}
            },
            "request": {
                "method": "POST", "url": "https://h/p?iv=00ff&key=ab",
                "headers": [["Authorization", "Bearer AA.AQ.Ag"], ["X-Format", "HEX"]],
                "body_utf8": "{\"data\":\"00ff\",\"n\":1}"
            },
            "now": null, "expect": "verified", "source": {"kind": "constructed"}
        }))
        .unwrap()
    }

    fn changed(at: Value, edit: Value) -> Case {
        let change = json!({"name": "x", "at": at, "edit": edit, "expect": "verified"});
        let mut case = case();
        apply(&mut case, &serde_json::from_value(change).unwrap()).unwrap();
        case
    }

    fn flip(encoding: Value, byte: i64) -> Value {
        json!({"flip": {"encoding": encoding, "byte": byte, "bit": 1}})
    }

    #[test]
    fn each_part_can_be_changed() {
        let body = |edit| changed(json!("body"), edit).request.body_utf8.unwrap();
        assert_eq!(
            body(json!({"append": "\n"})),
            "{\"data\":\"00ff\",\"n\":1}\n"
        );
        assert_eq!(body(json!("remove")), "");
        let member = |edit| {
            changed(json!({"json": "data"}), edit)
                .request
                .body_utf8
                .unwrap()
        };
        assert_eq!(member(json!("remove")), r#"{"n":1}"#);
        assert_eq!(
            member(flip(json!({"header": "x-format"}), -1)),
            r#"{"data":"00fd","n":1}"#
        );
        let url = |at, edit| changed(at, edit).request.url;
        assert_eq!(
            url(json!("path"), json!({"append": "q"})),
            "https://h/pq?iv=00ff&key=ab"
        );
        assert_eq!(
            url(json!({"query": "iv"}), json!("remove")),
            "https://h/p?key=ab"
        );
        assert_eq!(
            url(json!({"query": "key"}), flip(json!("text"), 0)),
            "https://h/p?iv=00ff&key=cb"
        );
        let header = |edit| {
            changed(json!({"header": "authorization"}), edit)
                .request
                .headers
        };
        assert_eq!(header(json!("remove")).len(), 1);
        assert_eq!(header(json!({"set": "x"}))[0].1, "x");
        let options =
            |name: &str, edit| Value::Object(changed(json!({"option": name}), edit).options);
        let after = options("secret", flip(json!("text"), 0));
        assert_eq!(after["secret"], json!(["cb", {"hex": "02ff"}]));
        assert_eq!(
            options("other", json!({"set": "y"}))["other"],
            json!({"x": "y"})
        );
        assert_eq!(options("other", json!("remove")).get("other"), None);
        assert_eq!(
            options("group.a", json!({"set": "y"}))["group"],
            json!({"a": "y"})
        );
    }

    #[test]
    fn what_a_pointer_leads_to_can_be_changed() {
        let changed = |pointer: &str, edit: Value| {
            let mut case = case();
            let body = r#"{"list":[{"text":"a","number":10,"inner":{}}]}"#;
            case.request.set_body(body.into());
            let change =
                json!({"name": "x", "at": {"json": pointer}, "edit": edit, "expect": "verified"});
            let change = serde_json::from_value(change).unwrap();
            apply(&mut case, &change)
                .map(|()| serde_json::from_str(&case.request.body_utf8.unwrap()).unwrap())
        };
        for (pointer, edit, after) in [
            (
                "/list/0/text",
                json!({"append": "b"}),
                json!({"text": "ab", "number": 10, "inner": {}}),
            ),
            (
                "/list/0/number",
                json!({"append": "0"}),
                json!({"text": "a", "number": 100, "inner": {}}),
            ),
            (
                "/list/0/number",
                json!("remove"),
                json!({"text": "a", "inner": {}}),
            ),
        ] {
            let body: Value = changed(pointer, edit).unwrap();
            assert_eq!(body, json!({"list": [after]}), "{pointer}");
        }
        for (pointer, edit) in [
            ("/list/1/text", json!("remove")),
            ("/list/0/inner", json!("remove")),
            ("/list/0/number", json!({"append": "x"})),
        ] {
            assert!(changed(pointer, edit).is_err(), "{pointer}");
        }
    }

    #[test]
    fn one_item_of_a_token_can_be_changed() {
        let item = |index| {
            let edit = json!({"flip": {
                "encoding": "base64url", "byte": 0, "bit": 1,
                "item": {"separators": " .", "index": index}
            }});
            changed(json!({"header": "authorization"}), edit)
                .request
                .headers[0]
                .1
                .clone()
        };
        assert_eq!(item(1), "Bearer Ag.AQ.Ag");
        assert_eq!(item(3), "Bearer AA.AQ.AA");
    }

    #[test]
    fn every_encoding_is_read_and_written() {
        for (encoding, before, after) in [
            ("hex", "00ff", "00fd"),
            ("base64", "AP8=", "AP0="),
            ("base64url", "AP8", "AP0"),
            ("latin1", "\0ÿ", "\0ý"),
            ("binary", "\0ÿ", "\0ý"),
            ("text", "ab", "a`"),
        ] {
            let edit: Edit = serde_json::from_value(flip(json!(encoding), -1)).unwrap();
            let got = edited(&case(), &edit, before.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(got).unwrap(), after, "{encoding}");
        }
        let cut: Edit =
            serde_json::from_value(json!({"cut": {"encoding": "base64", "bytes": 1}})).unwrap();
        assert_eq!(edited(&case(), &cut, b"AP8=").unwrap(), b"AA==");
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for (at, edit) in [
            (json!({"header": "x"}), json!("remove")),
            (json!({"query": "x"}), json!("remove")),
            (json!({"json": "x"}), json!({"append": "x"})),
            (json!({"option": "x"}), json!("remove")),
            (json!("body"), flip(json!("hex"), 0)),
            (json!({"query": "iv"}), flip(json!("hex"), 2)),
            (json!({"query": "iv"}), flip(json!({"header": "none"}), 0)),
        ] {
            let change = json!({"name": "x", "at": at, "edit": edit, "expect": "verified"});
            let change = serde_json::from_value(change).unwrap();
            assert!(apply(&mut case(), &change).is_err(), "{at} {edit}");
        }
    }
}
