//! The values of a request that a scheme names: once in the request, in one
//! spelling, or it is rejected.

use core::cell::OnceCell;

use crate::error::{Error, ErrorCode};
use crate::prepared_request::PreparedRequest;
use crate::primitives::form::{self, Pairs};
use crate::primitives::json_pointer::{Found, Pointers, Unreadable, Value as JsonValue};
use crate::primitives::parameter_names::Ambiguous;
use crate::request::{Header, HeaderValue, Needs, RequestPlace};
use crate::scheme::Value;

/// What is read of a body, once and only when something asks for it.
#[derive(Debug, Default)]
pub(super) struct Places<'r> {
    content_type: Option<&'r Header>,
    pointers: Option<&'r Pointers>,
    form: OnceCell<Result<Pairs, Unread>>,
    json: OnceCell<Result<Found<'r>, Unread>>,
}

/// Why there is no value.
#[derive(Clone, Debug)]
pub(crate) enum Unread {
    /// The body is of another kind than the place.
    OtherKind,
    Rejected(Error),
}

/// How much of a request is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// All but the body.
    Head,
    Whole,
}

impl Known {
    /// Whether a place is looked at.
    pub(crate) const fn includes(self, place: &RequestPlace) -> bool {
        match place {
            RequestPlace::Header(_) | RequestPlace::Query(_) => true,
            RequestPlace::Form(_) | RequestPlace::Json(_) => matches!(self, Self::Whole),
        }
    }
}

impl<'r> Places<'r> {
    pub(super) const fn new() -> Self {
        Self {
            content_type: None,
            pointers: None,
            form: OnceCell::new(),
            json: OnceCell::new(),
        }
    }

    pub(super) const fn prepare(&mut self, needs: &'r Needs, pointers: &'r Pointers) {
        self.content_type = needs.content_type();
        self.pointers = Some(pointers);
    }
}

impl<'r> PreparedRequest<'r, '_> {
    /// The value at a place; none where it is absent.
    pub(crate) fn value(&self, place: &RequestPlace) -> Result<Option<Value<'_>>, Unread> {
        match place {
            RequestPlace::Header(header) => {
                let value = header.non_empty(self.headers).map_err(Unread::Rejected)?;
                Ok(value.map(Value::Text))
            }
            RequestPlace::Query(name) => {
                let query = self.query.iter();
                one(query.map(|query| query.one(name)).next(), "parameter", name)
            }
            RequestPlace::Form(name) => {
                let form = self.form().map_err(Clone::clone)?;
                one(Some(form.one(name)), "field", name)
            }
            RequestPlace::Json(position) => {
                let json = self.json().map_err(Clone::clone)?;
                of_json(&json[*position])
            }
        }
    }

    /// Whether something stands at a place, be it empty or more than once; `false`
    /// where the place is not known yet.
    pub(crate) fn shows(&self, place: &RequestPlace, known: Known) -> bool {
        match place {
            RequestPlace::Header(header) => !header.is_absent(self.headers),
            place if known.includes(place) => {
                !matches!(self.value(place), Ok(None) | Err(Unread::OtherKind))
            }
            _ => false,
        }
    }

    /// The fields of a form body.
    pub(crate) fn form(&self) -> Result<&Pairs, &Unread> {
        let read = || {
            self.check_form_type()?;
            Pairs::parse(self.body).map_err(Unread::Rejected)
        };
        self.places.form.get_or_init(read).as_ref()
    }

    fn json(&self) -> Result<&Found<'r>, &Unread> {
        let read = || {
            if !self.may_be_json() {
                return Err(Unread::OtherKind);
            }
            let pointers = self.places.pointers.ok_or(Unread::OtherKind)?;
            pointers
                .read(self.body)
                .map_err(|Unreadable| Unread::OtherKind)
        };
        self.places.json.get_or_init(read).as_ref()
    }

    /// Whether the body does not say that it is something else, which an application
    /// would read instead: a form, or another character set.
    pub(crate) fn may_be_json(&self) -> bool {
        !self.has_type(&|value| {
            form::is_form(value) || form::is_multipart(value) || !form::is_utf8(value)
        })
    }

    /// Whether the body says that it is no JSON, and is. Nothing signs what it says, so
    /// somebody may have changed it to hide what the body holds.
    pub(crate) fn hides_json(&self) -> bool {
        let starts = |first: &u8| b"{[".contains(first);
        !self.may_be_json()
            && self.body.trim_ascii_start().first().is_some_and(starts)
            && self
                .places
                .pointers
                .is_some_and(|pointers| pointers.read(self.body).is_ok())
    }

    /// Whether an application may read fields of the body that nobody could look at.
    pub(crate) fn may_hide_fields(&self) -> bool {
        !self.body.is_empty() && self.has_type(&form::is_multipart)
    }

    /// A form says that it is one, or nothing; and that it is UTF-8.
    fn check_form_type(&self) -> Result<(), Unread> {
        let Some(header) = self.places.content_type else {
            return Ok(());
        };
        match header.value(self.headers) {
            HeaderValue::Absent => Ok(()),
            HeaderValue::One(value) if form::is_form(value) => {
                if form::is_utf8(value) && !header.is_repeated(self.headers) {
                    Ok(())
                } else {
                    Err(Unread::Rejected(Error::new(
                        ErrorCode::BodyMismatch,
                        "the content type of a form is there twice, names another character set than \
                         UTF-8, or cannot be read",
                    )))
                }
            }
            HeaderValue::One(_) | HeaderValue::Conflicting => Err(Unread::OtherKind),
        }
    }

    /// Whether the content type is there, and one of those. Conflicting ones are of
    /// any kind.
    fn has_type(&self, is_it: &dyn Fn(&[u8]) -> bool) -> bool {
        let header = self.places.content_type;
        match header.map(|header| header.value(self.headers)) {
            None | Some(HeaderValue::Absent) => false,
            Some(HeaderValue::One(value)) => is_it(value),
            Some(HeaderValue::Conflicting) => true,
        }
    }
}

fn one<'p>(
    found: Option<Result<Option<&'p [u8]>, Ambiguous>>,
    what: &str,
    name: &[u8],
) -> Result<Option<Value<'p>>, Unread> {
    match found {
        None => Ok(None),
        Some(Ok(value)) => Ok(value.map(Value::Text)),
        Some(Err(Ambiguous)) => Err(ambiguous(&format!(
            "the {what} {} stands there with two values, or in another spelling",
            String::from_utf8_lossy(name)
        ))),
    }
}

/// What stands at a place of JSON.
pub(crate) fn of_json<'p>(value: &'p JsonValue<'_>) -> Result<Option<Value<'p>>, Unread> {
    Ok(Some(match value {
        JsonValue::Absent => return Ok(None),
        JsonValue::Text(text) => Value::Text(text.as_bytes()),
        JsonValue::Number(number) => Value::Number(number.as_bytes()),
        JsonValue::Boolean(value) => Value::Boolean(*value),
        JsonValue::Other => Value::Other,
        JsonValue::Ambiguous => {
            return Err(ambiguous(
                "a member of the JSON body that is signed stands there twice, or in another \
                 spelling",
            ));
        }
        JsonValue::NotAList | JsonValue::NoElement | JsonValue::Elements => {
            return Err(ambiguous("a list of exactly one element is signed"));
        }
    }))
}

#[cold]
fn ambiguous(what: &str) -> Unread {
    Unread::Rejected(Error::new(ErrorCode::BodyMismatch, what.to_owned()))
}
