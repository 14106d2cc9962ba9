//! What a challenge is answered with. A reply says nothing but what the request said
//! and what the file says: no secret, no header that means something to a client, no
//! status but that all is well.

use serde_json::{Map, Value};

use crate::primitives::encoding::TextEncoding;
use crate::scheme::place::Place;
use crate::scheme::reader::{
    SchemeError, borrowed_text, choice, number, object, object_members, text,
};
use crate::scheme::segment::{FieldSource, Segment, Site};
use crate::scheme::string_to_sign::Message;
use crate::scheme::template::{Around, Locate, Template};

/// A reply as a file writes it.
#[derive(Debug)]
pub(crate) struct ReplySection {
    status: u16,
    content: ContentSection,
}

#[derive(Debug)]
enum ContentSection {
    Empty,
    /// A template.
    Text(String),
    Json(Vec<(String, ValueSection)>),
    Echo(Place),
}

/// A member of a JSON object.
#[derive(Debug)]
enum ValueSection {
    /// A template.
    Text(String),
    Number(i64),
    Switch(bool),
    Mac {
        of: String,
        encoding: TextEncoding,
        prefix: String,
    },
}

/// A reply that can be made.
#[derive(Debug)]
pub(crate) struct ReplyRule {
    pub(crate) status: u16,
    pub(crate) content: ReplyContent,
}

/// What stands in a reply.
#[derive(Debug)]
pub(crate) enum ReplyContent {
    Empty,
    Text(Message),
    /// An object.
    Json(Vec<(String, ReplyValue)>),
    /// A header of the request, under its own name.
    Echo(Site),
}

/// A member of a JSON object.
#[derive(Debug)]
pub(crate) enum ReplyValue {
    Text(Message),
    Number(i64),
    Switch(bool),
    /// A text of the request, signed as deliveries are.
    Mac {
        of: Message,
        encoding: TextEncoding,
        prefix: String,
    },
}

const STATUSES: [u32; 2] = [200, 204];

/// Headers that mean something to a client, to a cache or to a proxy.
const MEANINGFUL: [&str; 34] = [
    "age",
    "allow",
    "alt-svc",
    "authorization",
    "cache-control",
    "clear-site-data",
    "connection",
    "cookie",
    "date",
    "etag",
    "expires",
    "host",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "nel",
    "permissions-policy",
    "pragma",
    "refresh",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "retry-after",
    "server",
    "service-worker-allowed",
    "set-cookie",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "www-authenticate",
    "x-sendfile",
];

/// The beginnings of others.
const MEANINGFUL_FAMILIES: [&str; 9] = [
    "accept-",
    "access-control-",
    "content-",
    "cross-origin-",
    "proxy-",
    "sec-",
    "x-accel-",
    "x-content-",
    "x-frame-",
];

impl ReplySection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            let status = fields.required("status", status)?;
            let contents = [
                fields.optional("body", text)?.map(ContentSection::Text),
                fields.optional("json", members)?.map(ContentSection::Json),
                fields.optional("echo", echoed)?.map(ContentSection::Echo),
            ];
            let mut contents = contents.into_iter().flatten();
            let content = contents.next().unwrap_or(ContentSection::Empty);
            if contents.next().is_some() {
                return Err(SchemeError::new("expected one of body, json and echo"));
            }
            let has_body = matches!(content, ContentSection::Text(_) | ContentSection::Json(_));
            if status == 204 && has_body {
                return Err(SchemeError::new("a reply with status 204 has no body"));
            }
            Ok(Self { status, content })
        })
    }

    pub(crate) fn compile(
        &self,
        around: &Around<'_>,
        locate: &mut Locate<'_>,
    ) -> Result<ReplyRule, String> {
        let content = match &self.content {
            ContentSection::Empty => ReplyContent::Empty,
            ContentSection::Text(text) => template(text, around, locate)
                .map(ReplyContent::Text)
                .map_err(|what| format!("reply.body: {what}"))?,
            ContentSection::Json(sections) => {
                let mut members = Vec::new();
                for (name, section) in sections {
                    let value = section.compile(around, locate);
                    let value = value.map_err(|what| format!("reply.json.{name}: {what}"))?;
                    members.push((name.clone(), value));
                }
                ReplyContent::Json(members)
            }
            ContentSection::Echo(place) => ReplyContent::Echo(locate(place.clone())?),
        };
        Ok(ReplyRule {
            status: self.status,
            content,
        })
    }
}

impl ValueSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Bool(switch) => Some(Self::Switch(*switch)),
            Value::Object(_) => return Self::read_mac(value),
            other => other.as_i64().map(Self::Number),
        }
        .ok_or_else(|| {
            SchemeError::new(
                "expected a text, a whole number, a boolean or { mac = template, encoding }",
            )
        })
    }

    fn read_mac(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self::Mac {
                of: fields.required("mac", text)?,
                encoding: fields.required("encoding", choice)?,
                prefix: fields.or_default("prefix", text)?,
            })
        })
    }

    fn compile(&self, around: &Around<'_>, locate: &mut Locate<'_>) -> Result<ReplyValue, String> {
        Ok(match self {
            Self::Text(text) => ReplyValue::Text(template(text, around, locate)?),
            Self::Number(number) => ReplyValue::Number(*number),
            Self::Switch(switch) => ReplyValue::Switch(*switch),
            Self::Mac {
                of,
                encoding,
                prefix,
            } => ReplyValue::Mac {
                of: template(of, around, locate)?,
                encoding: *encoding,
                prefix: prefix.clone(),
            },
        })
    }
}

impl ReplyRule {
    pub(super) fn holds_mac(&self) -> bool {
        match &self.content {
            ReplyContent::Json(members) => {
                let mut values = members.iter().map(|(_, value)| value);
                values.any(|value| matches!(value, ReplyValue::Mac { .. }))
            }
            ReplyContent::Empty | ReplyContent::Text(_) | ReplyContent::Echo(_) => false,
        }
    }
}

/// A template that mentions single places of the request and nothing else.
fn template(text: &str, around: &Around<'_>, locate: &mut Locate<'_>) -> Result<Message, String> {
    let template = Template::parse(text, Place::OF_REQUEST, around, locate)?;
    for segment in template.segments() {
        let is_told = match segment {
            Segment::Literal(_) => true,
            Segment::Field(field) => matches!(field.source, FieldSource::Place(..)),
            Segment::List(_) => false,
        };
        if !is_told {
            let name = segment.name().unwrap_or_default();
            return Err(format!("{name} is not told to a caller"));
        }
    }
    Ok(Message::Template(template))
}

fn status(value: &Value) -> Result<u16, SchemeError> {
    let status = number(value)?;
    let known = STATUSES.contains(&status);
    let status = status.try_into().ok().filter(|_| known);
    status.ok_or_else(|| SchemeError::new("expected 200 or 204"))
}

fn members(value: &Value) -> Result<Vec<(String, ValueSection)>, SchemeError> {
    let members: &Map<String, Value> = object_members(value)?;
    let read = |(name, value): (&String, &Value)| {
        let value = ValueSection::read(value).map_err(|fault| fault.inside(name))?;
        Ok((name.clone(), value))
    };
    members.iter().map(read).collect()
}

fn echoed(value: &Value) -> Result<Place, SchemeError> {
    let place =
        Place::parse_one_of(borrowed_text(value)?, &["header"]).map_err(SchemeError::new)?;
    let name = place.name();
    let mut families = MEANINGFUL_FAMILIES.iter();
    if MEANINGFUL.contains(&name) || families.any(|family| name.starts_with(family)) {
        return Err(SchemeError::new(format!(
            "{name} means something to a client"
        )));
    }
    Ok(place)
}
