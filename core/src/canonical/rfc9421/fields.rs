//! `Signature-Input` and `Signature` (RFC 9421 section 4): two dictionaries that
//! belong together by their labels.

use core::fmt::Write as _;

use crate::canonical::listing::malformed;
use crate::error::Error;
use crate::primitives::structured_fields::{Bare, Content, Dictionary, Value};

/// What a scheme can name of a signature: its parameters (RFC 9421 section 2.3).
pub(crate) const PARTS: [&str; 6] = ["created", "expires", "nonce", "alg", "keyid", "tag"];

/// One signature and what it says of itself.
#[derive(Debug)]
pub(crate) struct Fields<'p> {
    /// The covered components with all parameters, as they are signed.
    pub(crate) list: &'p str,
    /// The base64 of the signature.
    pub(crate) signature: &'p str,
    /// In the order of [`PARTS`].
    pub(crate) parts: [Option<&'p str>; PARTS.len()],
}

impl<'p> Fields<'p> {
    /// Reads the signature of that label, or the only one.
    ///
    /// # Errors
    /// `malformed_header`. Several signatures without a label are rejected: which one
    /// counts is not for a sender to say.
    pub(crate) fn read(
        input: &'p [u8],
        signature: &'p [u8],
        label: Option<&str>,
    ) -> Result<Self, Error> {
        let input = Dictionary::parse(input)
            .ok_or_else(|| malformed("signature-input is no dictionary in its one spelling"))?;
        let signature = Dictionary::parse(signature)
            .ok_or_else(|| malformed("signature is no dictionary in its one spelling"))?;
        let (list, signature) = match label {
            Some(label) => (input.get(label), signature.get(label)),
            None => match (input.only(), signature.only()) {
                (Some((label, list)), Some((other, signature))) if label == other => {
                    (Some(list), Some(signature))
                }
                _ => {
                    return Err(malformed(
                        "signature and signature-input do not have one signature of one label; \
                         where a sender adds several, the option label says which one counts",
                    ));
                }
            },
        };
        let (Some(list), Some(signature)) = (list, signature) else {
            return Err(malformed(
                "signature or signature-input has nothing under the label that counts",
            ));
        };
        let Content::Item(Bare::Bytes(base64)) = signature.content else {
            return Err(malformed("the signature is no byte sequence"));
        };
        if !matches!(list.content, Content::List(_)) {
            return Err(malformed("signature-input does not list components"));
        }
        Ok(Self {
            list: list.text,
            signature: base64,
            parts: parts(list)?,
        })
    }
}

/// The parameters that are known, of the kinds that they have.
fn parts<'p>(list: &Value<'p>) -> Result<[Option<&'p str>; PARTS.len()], Error> {
    let mut parts = [None; PARTS.len()];
    for (name, part) in PARTS.iter().zip(&mut parts) {
        let is_time = matches!(*name, "created" | "expires");
        *part = match list.parameters.get(name) {
            None => None,
            Some(Bare::Integer(digits)) if is_time => Some(digits),
            // An escape would be another spelling of what an option says.
            Some(Bare::String(text)) if !is_time && !text.contains('\\') => Some(text),
            Some(_) => {
                return Err(malformed(format!(
                    "the parameter {name} of the signature is of another kind, or holds an escape"
                )));
            }
        };
    }
    Ok(parts)
}

/// The list and its parameters, as a sender writes them. `demands` are identifiers;
/// what is absent or cannot be written is left out.
pub(crate) fn write_input(demands: &[String], parts: &[Option<&str>; PARTS.len()]) -> String {
    let mut text = format!("({})", demands.join(" "));
    for (name, part) in PARTS.iter().zip(parts) {
        let Some(part) = part else { continue };
        // Writing to a text does not fail.
        let _ = match *name {
            "created" | "expires" => write!(text, ";{name}={part}"),
            _ => write!(text, ";{name}=\"{part}\""),
        };
    }
    text
}
