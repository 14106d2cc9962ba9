//! Values of a request, of a signature's text, and of the receiver.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};
use crate::prepared_request::{PreparedRequest, Unread, of_json};
use crate::primitives::json_pointer::Found;
use crate::request::RequestPlace;
use crate::scheme::{Site, Slot, Value, wrong_kind};

/// Where values of one request are looked up.
pub(crate) struct Values<'p, 'r, 'h> {
    pub(crate) request: &'p PreparedRequest<'r, 'h>,
    /// By the position of the part.
    pub(crate) parts: &'p [Option<&'p [u8]>],
    /// Of the token, by the position of the claim.
    pub(crate) claims: Option<&'p Found<'p>>,
    /// By the position of the constant.
    pub(crate) constants: &'p [Box<[u8]>],
}

impl<'p, 'r> Values<'p, 'r, '_> {
    /// The value at a place; none where it is absent.
    ///
    /// # Errors
    /// `body_mismatch` where the body is of another kind than the place, or the place
    /// is there more than once.
    pub(crate) fn get(&self, site: &Site) -> Result<Option<Value<'p>>, Error> {
        self.find(site).map_err(|unread| match unread {
            Unread::Rejected(error) => error,
            Unread::OtherKind => Error::new(
                ErrorCode::BodyMismatch,
                format!("the body cannot be read for {}", site.place),
            ),
        })
    }

    /// A text or whole number that may be absent, or in a body that cannot be read.
    pub(crate) fn fact(&self, site: &Site) -> Result<Option<Cow<'r, [u8]>>, Error> {
        if let Slot::Request(RequestPlace::Header(header)) = &site.slot {
            let value = header.non_empty(self.request.headers())?;
            return Ok(value.map(Cow::Borrowed));
        }
        match self.find(site) {
            Ok(None) | Err(Unread::OtherKind) => Ok(None),
            Ok(Some(Value::Text(text) | Value::Number(text))) => {
                Ok((!text.is_empty()).then(|| Cow::Owned(text.to_vec())))
            }
            Ok(Some(Value::Boolean(_) | Value::Other)) => Err(wrong_kind(&site.place)),
            Err(Unread::Rejected(error)) => Err(error),
        }
    }

    /// The same, where a body of another kind is no error yet.
    pub(crate) fn find(&self, site: &Site) -> Result<Option<Value<'p>>, Unread> {
        match &site.slot {
            Slot::Request(place) => self.request.value(place),
            Slot::Part(position) => {
                let part = self.parts.get(*position).copied().flatten();
                Ok(part.map(Value::Text))
            }
            Slot::Claim(position) => match self.claims {
                Some(claims) => of_json(&claims[*position]),
                None => Ok(None),
            },
            Slot::Constant(position) => {
                let constant = self.constants.get(*position);
                Ok(constant.map(|constant| Value::Text(constant)))
            }
        }
    }
}
