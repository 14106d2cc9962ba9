//! The vector files: one JSON object a file, the same for every language.
//!
//! What a reader must know stands here field by field; `tests/vectors.schema.json`
//! says the same to machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookseal::ErrorCode;
use serde::de;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::layout::{Layout, Layouts};

/// The format's name, first field of every file. Raised on any break.
pub const SCHEMA: &str = "hookseal-vectors-1";

/// The clock of a case whose `now` is null: it does not matter there, but one
/// number for all languages makes their outcomes comparable.
pub const DEFAULT_NOW: i64 = 1_700_000_000;

/// The facts a case may name, in the spelling of all languages.
pub const FACT_NAMES: [&str; 10] = [
    "scheme",
    "payload_base64",
    "key_id",
    "timestamp",
    "delivery_id",
    "event_type",
    "replay_key",
    "claims",
    "covers",
    "url_form",
];

/// One file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// [`SCHEMA`].
    pub schema: String,
    /// Whose deliveries these are, for people.
    pub provider: String,
    /// Where the cases come from.
    pub source: Origin,
    /// Where the parts of the deliveries stand, by scheme id; needed for each
    /// scheme that verifies a case here. Tampered twins are made with it, a
    /// runner has no use for it.
    #[serde(default, skip_serializing_if = "Layouts::is_empty")]
    pub twins: Layouts,
    /// How many cases there are; a runner fails when it ran fewer.
    pub count: usize,
    /// The cases, in no significant order.
    pub cases: Vec<Case>,
}

/// Where a file's cases come from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The provider's documentation; empty where there is no provider.
    pub url: String,
    /// One sentence.
    pub note: String,
}

/// One delivery and what must become of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique among all files; never reused.
    pub id: String,
    /// What the case shows.
    pub comment: String,
    /// What sets it apart; often empty.
    pub flags: Vec<Flag>,
    /// What the verifier is made with: a scheme's id, or a custom scheme as
    /// JSON text. A file has a custom scheme as an object; only what no object
    /// can express, such as a member given twice, is a text there too.
    #[serde(with = "scheme_text")]
    pub scheme: String,
    /// The verifier's options. Bytes are written `{"hex": "…"}`, several
    /// secrets as a list or as an object of labels.
    pub options: Map<String, Value>,
    /// The delivery.
    pub request: RequestData,
    /// Unix seconds; null means [`DEFAULT_NOW`].
    pub now: Option<i64>,
    /// `verified`, or the code of the refusal. A verifier that cannot be made
    /// counts as `configuration`.
    pub expect: Expect,
    /// Facts of a verified delivery to compare, whole values by name; those not
    /// named are not compared. Present in verified cases only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<BTreeMap<String, Value>>,
    /// What a refusal is answered with besides the status of its code; compared
    /// where it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The name of the layout in `twins` of a verified case that has no
    /// signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Where this case comes from.
    pub source: CaseSource,
}

/// One HTTP request.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RequestData {
    /// As received, so not always upper case.
    pub method: String,
    /// As the provider called it, or the request target where the options hold
    /// a `public_url` or an `authority` and a `scheme` stand beside it. Never
    /// normalised.
    pub url: String,
    /// The `Host` header or `:authority` as sent; absent where the case does not
    /// say it apart from `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The scheme of the connection; absent likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Name and value in order; pairs, so that names can repeat. Values are
    /// passed as UTF-8.
    pub headers: Vec<(String, String)>,
    /// The body where it is UTF-8. Exactly one of the two body fields is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_utf8: Option<String>,
    /// The body in base64 where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// The address of the connected peer; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_ip: Option<IpAddr>,
}

/// What a refusal or a handshake is answered with, in the form in which the
/// bridge hands it to every language.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `WWW-Authenticate`.
    pub authenticate: Option<String>,
    /// A whole response, to be sent as it is.
    pub reply: Option<ReplyData>,
}

/// A whole response.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ReplyData {
    /// The HTTP status.
    pub status: u16,
    /// Name and value in order.
    pub headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub body: String,
}

/// What sets a case apart.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Written for this project, not published by anybody.
    Constructed,
    /// The verifier cannot be made with these options.
    Configuration,
    /// A header name occurs more than once; some HTTP stacks merge those.
    DuplicateHeader,
    /// HTTP/1.1 cannot carry the request as it stands.
    NotHttp,
    /// A string that one of the vendor's SDKs signs and the protocol does not.
    SdkDivergence,
    /// The source asserts the opposite and is wrong.
    UpstreamWrong,
    /// A tampered twin of another case, generated.
    Twin,
}

/// Where a case comes from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSource {
    /// The sort of source.
    pub kind: SourceKind,
    /// Files of public repositories that hold it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SourceFile>,
    /// What else is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the source still holds it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The id of the case that a twin was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// The sort of source.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// The vendor's documentation.
    Documentation,
    /// The tests of the vendor's own libraries.
    VendorTest,
    /// Made by running the vendor's library.
    VendorSdk,
    /// Made by running all of the vendor's libraries side by side.
    SdkDifferential,
    /// Somebody else's tests.
    ThirdParty,
    /// Written for this project.
    Constructed,
    /// Generated from another case.
    Twin,
}

/// A file of a public repository.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// `owner/name`.
    pub repo: String,
    /// Path within it.
    pub path: String,
    /// The commit it was read at, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// E.g. the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What must become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect {
    /// It is verified.
    Verified,
    /// It is refused with this code.
    Rejected(ErrorCode),
}

impl Expect {
    /// `verified`, or the code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Rejected(code) => code.as_str(),
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "verified" {
            return Ok(Self::Verified);
        }
        ErrorCode::from_text(&text)
            .map(Self::Rejected)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is no error code")))
    }
}

impl Serialize for Expect {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl RequestData {
    /// The raw body.
    ///
    /// # Errors
    /// Where not exactly one of the body fields is there, or it is no base64.
    pub fn body(&self) -> Result<Vec<u8>, FormatError> {
        match (&self.body_utf8, &self.body_base64) {
            (Some(text), None) => Ok(text.clone().into_bytes()),
            (None, Some(text)) => STANDARD
                .decode(text)
                .map_err(|error| FormatError::new(format!("body_base64: {error}"))),
            _ => Err(FormatError::new(
                "exactly one of body_utf8 and body_base64 is needed",
            )),
        }
    }

    /// Replaces the body, as text where it is UTF-8.
    pub fn set_body(&mut self, body: Vec<u8>) {
        (self.body_utf8, self.body_base64) = match String::from_utf8(body) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
    }

    /// The value of the first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A scheme of one's own is an object in a file and JSON text in memory.
mod scheme_text {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};
    use serde_json::Value;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(text),
            object @ Value::Object(_) => Ok(object.to_string()),
            _ => Err(de::Error::custom("a scheme is an id or an object")),
        }
    }

    pub(super) fn serialize<S: Serializer>(scheme: &str, to: S) -> Result<S::Ok, S::Error> {
        super::scheme_value(scheme).serialize(to)
    }
}

/// A case's scheme as a file has it: an object where the text is that object's
/// and nothing is lost, and the text itself otherwise.
#[must_use]
pub fn scheme_value(scheme: &str) -> Value {
    let Ok(object @ Value::Object(_)) = serde_json::from_str(scheme) else {
        return Value::from(scheme);
    };
    let text = object.to_string();
    if text == scheme {
        object
    } else {
        Value::from(scheme)
    }
}

impl Case {
    /// The id of the scheme, also of a custom one; empty where that has none.
    #[must_use]
    pub fn scheme_id(&self) -> String {
        match serde_json::from_str(&self.scheme) {
            Ok(Value::Object(scheme)) => {
                scheme.get("id").and_then(Value::as_str).map(str::to_owned)
            }
            _ => Some(self.scheme.clone()),
        }
        .unwrap_or_default()
    }

    /// What the format cannot say by its types.
    fn check(&self) -> Result<(), FormatError> {
        self.request.body()?;
        let verified = self.expect == Expect::Verified;
        if verified && self.answer.is_some() {
            return Err(FormatError::new("a verified case has no answer"));
        }
        let Some(facts) = &self.facts else {
            return if verified {
                Err(FormatError::new("a verified case names its facts"))
            } else {
                Ok(())
            };
        };
        if !verified {
            return Err(FormatError::new("a rejected case has no facts"));
        }
        match facts
            .keys()
            .find(|name| !FACT_NAMES.contains(&name.as_str()))
        {
            Some(name) => Err(FormatError::new(format!("`{name}` is no fact"))),
            None => Ok(()),
        }
    }
}

impl VectorFile {
    /// Reads one file's text.
    ///
    /// # Errors
    /// Where it is not of this format, with the case that is wrong.
    pub fn parse(json: &str) -> Result<Self, FormatError> {
        let file: Self =
            serde_json::from_str(json).map_err(|error| FormatError::new(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(FormatError::new(format!("the schema is not {SCHEMA}")));
        }
        if file.count != file.cases.len() {
            return Err(FormatError::new(format!(
                "count is {}, there are {} cases",
                file.count,
                file.cases.len()
            )));
        }
        for case in &file.cases {
            case.check().map_err(|error| error.within(&case.id))?;
            if case.expect == Expect::Verified {
                file.layout(case).map_err(|error| error.within(&case.id))?;
            }
        }
        Ok(file)
    }

    /// Where the parts of a case's delivery stand.
    ///
    /// # Errors
    /// Where the file does not say it.
    pub fn layout(&self, case: &Case) -> Result<&Layout, FormatError> {
        let id = case.scheme_id();
        let layouts = self.twins.get(&id).ok_or_else(|| {
            FormatError::new(format!(
                "the file does not say where `{id}` puts its signature: add \
                 \"twins\": {{\"{id}\": [{{\"signature_headers\": …, \"signature\": …, \"secret\": …}}]}} \
                 to its head, as tests/vectors.schema.json describes"
            ))
        })?;
        let is_meant = |layout: &&Layout| match layout {
            Layout::Signature(signature) => case.layout.is_none() && signature.fits(&case.request),
            Layout::Changes(changes) => case.layout.as_deref() == Some(&changes.name),
        };
        layouts.iter().find(is_meant).ok_or_else(|| {
            FormatError::new(format!(
                "the case is verified but names no layout of twins.{id} and has none of its \
                 signature_headers"
            ))
        })
    }
}

/// All vector files of one folder.
#[derive(Clone, Debug)]
pub struct VectorFolder {
    /// Name without `.json`, and content, in order of name.
    pub files: BTreeMap<String, VectorFile>,
}

impl VectorFolder {
    /// Reads every `*.json` of a folder.
    ///
    /// # Errors
    /// Where the folder cannot be read or is empty, a file is not of this
    /// format, or an id occurs twice.
    pub fn read(folder: &Path) -> Result<Self, FormatError> {
        let mut files = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for path in json_files(folder)? {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fs::read_to_string(&path)
                .map_err(|error| FormatError::new(error.to_string()).within(&name))?;
            let file = VectorFile::parse(&text).map_err(|error| error.within(&name))?;
            for case in &file.cases {
                if !ids.insert(case.id.clone()) {
                    return Err(FormatError::new("the id occurs twice").within(&case.id));
                }
            }
            files.insert(name, file);
        }
        if files.is_empty() {
            return Err(FormatError::new(format!(
                "there are no vectors in {}",
                folder.display()
            )));
        }
        Ok(Self { files })
    }

    /// The sum of the counts of all files.
    #[must_use]
    pub fn declared(&self) -> usize {
        self.files.values().map(|file| file.count).sum()
    }

    /// All cases.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.files.values().flat_map(|file| &file.cases)
    }
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, FormatError> {
    let unreadable =
        |error: std::io::Error| FormatError::new(format!("{}: {error}", folder.display()));
    let mut paths = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(unreadable))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    Ok(paths)
}

/// The folder of the committed vectors.
#[must_use]
pub fn committed_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Why a vector file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError(String);

impl FormatError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn within(self, place: &str) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FormatError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file(change: impl FnOnce(&mut Value)) -> Result<VectorFile, FormatError> {
        let mut value = json!({
            "schema": SCHEMA, "provider": "P", "source": {"url": "", "note": ""},
            "twins": {"s": [{
                "signature_headers": ["A"], "signature": {"encoding": "hex", "bytes": 32},
                "secret": {"option": "secret"}
            }]},
            "count": 1,
            "cases": [{
                "id": "a", "comment": "", "flags": [], "scheme": "s", "options": {},
                "request": {"method": "POST", "url": "https://h/", "headers": [["a", "b"]], "body_utf8": "x"},
                "now": null, "expect": "verified", "facts": {"key_id": "0"},
                "source": {"kind": "constructed"}
            }]
        });
        change(&mut value);
        VectorFile::parse(&value.to_string())
    }

    #[test]
    fn a_file_is_read() {
        let file = file(|_| ()).unwrap();
        assert_eq!(file.cases[0].request.body().unwrap(), b"x");
        assert_eq!(file.cases[0].request.header("A"), Some("b"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |change: fn(&mut Value)| file(change).unwrap_err().to_string();
        assert!(error(|v| v["count"] = json!(2)).contains("count is 2"));
        assert!(error(|v| v["schema"] = json!("other")).contains(SCHEMA));
        assert!(error(|v| v["cases"][0]["extra"] = json!(1)).contains("extra"));
        assert!(error(|v| v["cases"][0]["expect"] = json!("fine")).contains("`fine`"));
        assert!(error(|v| v["cases"][0]["facts"] = json!({"colour": 1})).contains("a: `colour`"));
        assert!(error(|v| v["cases"][0]["expect"] = json!("internal")).contains("no facts"));
        assert!(
            error(|v| v["cases"][0]["request"]["body_base64"] = json!("")).contains("exactly one")
        );
    }

    #[test]
    fn a_verified_scheme_without_a_layout_is_told_what_to_add() {
        let error = |change: fn(&mut Value)| file(change).unwrap_err().to_string();
        let missing = error(|v| v["cases"][0]["scheme"] = json!("t"));
        assert!(
            missing.contains(r#"a: the file does not say where `t` puts"#),
            "{missing}"
        );
        assert!(
            missing.contains(r#""twins": {"t": [{"signature_headers""#),
            "{missing}"
        );
        let custom = error(|v| v["cases"][0]["scheme"] = json!({"id": "u"}));
        assert!(custom.contains("where `u` puts"), "{custom}");
        let other = error(|v| v["twins"]["s"][0]["signature_headers"] = json!(["B"]));
        assert!(
            other.contains("names no layout of twins.s and has none"),
            "{other}"
        );
        let unknown = error(|v| v["twins"]["s"][0]["signature"]["colour"] = json!(1));
        assert!(unknown.contains("colour"), "{unknown}");
        assert!(
            file(|v| {
                v["cases"][0]["scheme"] = json!("t");
                v["cases"][0]["expect"] = json!("internal");
                v["cases"][0].as_object_mut().unwrap().remove("facts");
            })
            .is_ok(),
            "a scheme that verifies nothing needs none"
        );
    }

    #[test]
    fn a_custom_scheme_is_an_object_in_a_file_and_text_in_memory() {
        let read = |scheme: Value| {
            file(|v| {
                v["twins"]["own"] = v["twins"]["s"].clone();
                v["cases"][0]["scheme"] = scheme;
            })
            .unwrap()
        };
        let object = read(json!({"id": "own", "n": 1}));
        assert_eq!(object.cases[0].scheme, r#"{"id":"own","n":1}"#);
        assert_eq!(object.cases[0].scheme_id(), "own");
        let written = serde_json::to_value(&object).unwrap();
        assert_eq!(written["cases"][0]["scheme"], json!({"id": "own", "n": 1}));

        let twice = json!(r#"{"id":"own","n":1,"n":2}"#);
        let text = read(twice.clone());
        assert_eq!(text.cases[0].scheme_id(), "own");
        let written = serde_json::to_value(&text).unwrap();
        assert_eq!(
            written["cases"][0]["scheme"], twice,
            "a lost member would be another scheme"
        );
        assert!(file(|v| v["cases"][0]["scheme"] = json!(1)).is_err());
    }

    #[test]
    fn a_body_is_text_where_it_can_be() {
        let mut request = file(|_| ()).unwrap().cases.remove(0).request;
        request.set_body(vec![0xff, 0]);
        assert_eq!(request.body_base64.as_deref(), Some("/wA="));
        assert_eq!(request.body().unwrap(), [0xff, 0]);
        request.set_body(b"y".to_vec());
        assert_eq!(request.body_utf8.as_deref(), Some("y"));
        assert_eq!(request.body_base64, None);
    }
}
