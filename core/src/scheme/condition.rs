//! Conditions on a request. They read what anybody can write, so they only choose
//! which proof is demanded, never whether one is.

use serde_json::Value;

use crate::primitives::jwt::ClaimValue;
use crate::request::MethodName;
use crate::scheme::place::Place;
use crate::scheme::reader::{
    SchemeError, choice, list, object, object_members, one_or_many, scalar, text,
};
use crate::scheme::segment::Site;
use crate::scheme::template::Locate;

/// What a file asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConditionSection {
    /// One of the methods.
    Method(Vec<MethodName>),
    /// Whether the body is empty.
    BodyEmpty(bool),
    /// `form`, or another media type.
    ContentType(String),
    /// Whether the URL has a query.
    Query(bool),
    At(Place, Test),
}

/// A question about the value at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Present,
    Absent,
    /// It is one of these, and of the same kind.
    Is(Vec<ClaimValue>),
}

/// A condition that can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Method(Vec<MethodName>),
    BodyEmpty(bool),
    ContentTypeForm,
    ContentType(Box<str>),
    Query(bool),
    At(Site, Test),
}

/// All conditions of one table must hold; of several tables, one.
pub(crate) type Tables<T> = Vec<Vec<T>>;

/// Reads one table, or several.
pub(crate) fn read_tables(value: &Value) -> Result<Tables<ConditionSection>, SchemeError> {
    one_or_many(value, read_table)
}

fn read_table(value: &Value) -> Result<Vec<ConditionSection>, SchemeError> {
    let mut conditions = Vec::new();
    for (name, value) in object_members(value)? {
        conditions.push(read(name, value).map_err(|fault| fault.inside(name))?);
    }
    if conditions.is_empty() {
        return Err(SchemeError::new("a condition is missing"));
    }
    Ok(conditions)
}

fn read(name: &str, value: &Value) -> Result<ConditionSection, SchemeError> {
    Ok(match name {
        "method" => ConditionSection::Method(one_or_many(value, choice)?),
        "content_type" => ConditionSection::ContentType(text(value)?),
        "body" => ConditionSection::BodyEmpty(match text(value)?.as_str() {
            "empty" => true,
            "not-empty" => false,
            _ => return Err(SchemeError::new("expected empty or not-empty")),
        }),
        "query" => ConditionSection::Query(match Test::read(value)? {
            Test::Present => true,
            Test::Absent => false,
            Test::Is(_) => return Err(SchemeError::new("expected present or absent")),
        }),
        place => {
            let place = Place::parse_one_of(place, Place::OF_REQUEST).map_err(SchemeError::new)?;
            ConditionSection::At(place, Test::read(value)?)
        }
    })
}

impl Test {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match value {
            Value::String(text) if text == "present" => Ok(Self::Present),
            Value::String(text) if text == "absent" => Ok(Self::Absent),
            Value::Object(_) => object(value, |fields| fields.required("is", values)).map(Self::Is),
            _ => Err(SchemeError::new("expected present, absent or { is = … }")),
        }
    }
}

/// One value to compare with, or several.
pub(crate) fn values(value: &Value) -> Result<Vec<ClaimValue>, SchemeError> {
    let values = match value {
        Value::Array(_) => list(value, scalar)?,
        value => vec![scalar(value)?],
    };
    if values.is_empty() {
        return Err(SchemeError::new("expected at least one value"));
    }
    Ok(values)
}

impl ConditionSection {
    pub(crate) fn compile(&self, locate: &mut Locate<'_>) -> Result<Condition, String> {
        Ok(match self {
            Self::Method(methods) => Condition::Method(methods.clone()),
            Self::BodyEmpty(empty) => Condition::BodyEmpty(*empty),
            Self::ContentType(essence) if essence == "form" => Condition::ContentTypeForm,
            Self::ContentType(essence) => Condition::ContentType(essence.as_str().into()),
            Self::Query(present) => Condition::Query(*present),
            Self::At(place, test) => Condition::At(locate(place.clone())?, test.clone()),
        })
    }
}

impl Condition {
    /// Where it looks, where that is one place.
    pub(crate) const fn place(&self) -> Option<&Place> {
        match self {
            Self::At(site, _) => Some(&site.place),
            _ => None,
        }
    }

    pub(crate) const fn reads_content_type(&self) -> bool {
        matches!(self, Self::ContentTypeForm | Self::ContentType(_))
    }
}
