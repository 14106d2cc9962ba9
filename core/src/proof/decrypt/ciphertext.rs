//! Where the ciphertext stands in a delivery, and how it is written.

use crate::error::{Error, ErrorCode};
use crate::options::OptionReader;
use crate::options::wrong;
use crate::prepared_request::PreparedRequest;
use crate::primitives::binary_text::{BinaryText, Exactness, base64_body};
use crate::primitives::form;
use crate::request::{Header, HeaderValue, Needs};
use crate::scheme::{CiphertextEncoding, CiphertextPlace, CiphertextSection};

use super::field::{FieldBody, text_field};

/// How a ciphertext is found.
#[derive(Debug)]
pub(super) struct Ciphertext {
    place: Place,
    exactness: Exactness,
}

#[derive(Debug)]
enum Place {
    /// The body itself, in base64.
    Body,
    /// A field of the body, in an encoding that a header names.
    Field {
        name: Box<str>,
        content_type: Header,
        format: Header,
        default_format: Option<BinaryText>,
    },
}

impl Ciphertext {
    /// Takes the options of the section.
    pub(super) fn new(
        section: &CiphertextSection,
        options: &mut OptionReader,
        needs: &mut Needs,
    ) -> Result<Self, Error> {
        let (place, is_strict) = match (section.from, &section.name, &section.encoding) {
            (CiphertextPlace::Body, None, CiphertextEncoding::Base64) => {
                (Place::Body, !options.switch("lenient_base64")?)
            }
            (CiphertextPlace::Field, Some(name), CiphertextEncoding::Header(format)) => {
                let is_strict = options.switch("strict")?;
                let place = Place::Field {
                    name: name.as_str().into(),
                    content_type: needs.header("content-type"),
                    format: needs.header(format),
                    default_format: default_format(options, is_strict)?,
                };
                (place, is_strict)
            }
            _ => {
                return Err(Error::configuration(
                    "scheme: decrypt.ciphertext: expected { from = \"body\", encoding = \
                     \"base64\" } or { from = \"field\", name, encoding = \"header:…\" }",
                ));
            }
        };
        let exactness = if is_strict {
            Exactness::Strict
        } else {
            Exactness::Lenient
        };
        Ok(Self { place, exactness })
    }

    pub(super) fn is_strict(&self) -> bool {
        self.exactness == Exactness::Strict
    }

    /// How the delivery says that it is written.
    ///
    /// # Errors
    /// `missing_header` or `malformed_header`.
    pub(super) fn format(&self, request: &PreparedRequest<'_, '_>) -> Result<BinaryText, Error> {
        let Place::Field {
            format: header,
            default_format,
            ..
        } = &self.place
        else {
            return Ok(BinaryText::Base64);
        };
        match header.non_empty(request.headers())? {
            None => default_format.ok_or_else(|| header.missing()),
            Some(name) => BinaryText::from_name(name)
                .filter(|format| is_allowed(*format, self.is_strict()))
                .ok_or_else(|| unknown(header)),
        }
    }

    /// The decoded bytes; `None` where it is not as it must be.
    pub(super) fn read(
        &self,
        request: &PreparedRequest<'_, '_>,
        format: BinaryText,
    ) -> Option<Vec<u8>> {
        match &self.place {
            Place::Body => base64_body(request.body(), self.exactness),
            Place::Field {
                name, content_type, ..
            } => {
                let text = text_field(request.body(), name, field_body(request, content_type))?;
                format.decode(&text, self.exactness)
            }
        }
    }

    /// Whether a delivery that names no cipher has a ciphertext all the same.
    pub(super) fn is_present(&self, request: &PreparedRequest<'_, '_>) -> bool {
        match &self.place {
            Place::Body => true,
            Place::Field {
                name, content_type, ..
            } => text_field(request.body(), name, field_body(request, content_type)).is_some(),
        }
    }
}

fn default_format(
    options: &mut OptionReader,
    is_strict: bool,
) -> Result<Option<BinaryText>, Error> {
    let Some(name) = options.choice("default_format")? else {
        return Ok(None);
    };
    BinaryText::from_name(name.as_bytes())
        .filter(|format| is_allowed(*format, is_strict))
        .map(Some)
        .ok_or_else(|| wrong("default_format", "latin1 is not strict"))
}

/// One character a byte survives few senders, so strict ones do not use it.
fn is_allowed(format: BinaryText, is_strict: bool) -> bool {
    format != BinaryText::Latin1 || !is_strict
}

/// How a body with fields is written, by its content type.
fn field_body(request: &PreparedRequest<'_, '_>, content_type: &Header) -> FieldBody {
    match content_type.value(request.headers()) {
        HeaderValue::One(value) if form::is_form(value) && form::is_utf8(value) => FieldBody::Form,
        HeaderValue::Absent => FieldBody::Either,
        HeaderValue::One(_) | HeaderValue::Conflicting => FieldBody::Json,
    }
}

/// A header that names an unknown encoding or character set.
pub(super) fn unknown(header: &Header) -> Error {
    Error::new(
        ErrorCode::MalformedHeader,
        format!("header {} names nothing that is known", header.name()),
    )
}
