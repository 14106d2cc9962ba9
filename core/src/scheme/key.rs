//! `[key]`: the secret or the public key, and what a right value looks like.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::primitives::key_encoding::KeyEncoding;
use crate::scheme::certificate::CertificateSection;
use crate::scheme::reader::{SchemeError, choice, map, number, object, one_or_many, switch, text};

/// The secret or public key, and what a right value looks like.
#[derive(Debug)]
pub(crate) struct KeySection {
    /// The option that holds it: one value, a list, or labelled values.
    pub(crate) option: String,
    pub(crate) encoding: KeyEncoding,
    /// Texts of which one may stand before the encoded value.
    pub(crate) prefix: Vec<String>,
    /// What is made of the decoded value.
    pub(crate) derive: Option<KeyDerivation>,
    /// The fewest bytes a key may decode to.
    pub(crate) min_bytes: usize,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// Prefixes of values that are something else, and what they are.
    pub(crate) refuse: BTreeMap<String, String>,
    /// The secret is any text, with blanks at its ends too.
    pub(crate) verbatim: bool,
    /// Of a public key, and only there: whether the provider signs for all its
    /// customers with it, so that one customer's delivery verifies for another.
    pub(crate) shared: Option<bool>,
    /// What `shared` allows, in words; for a key that is.
    pub(crate) risk: Option<String>,
    /// Of a public key: the request points to a certificate that holds it, and
    /// the option stands in its place.
    pub(crate) certificate: Option<CertificateSection>,
}

/// What is made of a secret before it signs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyDerivation {
    /// Its SHA-1.
    Sha1,
}

impl KeySection {
    /// A secret that is taken as the text it is.
    pub(crate) fn plain(option: &str, hint: &str) -> Self {
        Self {
            option: option.to_owned(),
            encoding: KeyEncoding::Utf8,
            prefix: Vec::new(),
            derive: None,
            min_bytes: 0,
            hint: hint.to_owned(),
            refuse: BTreeMap::new(),
            verbatim: false,
            shared: None,
            risk: None,
            certificate: None,
        }
    }

    /// The same of an own sender's public key, in PEM.
    pub(crate) fn public(&self) -> Self {
        Self {
            encoding: KeyEncoding::Spki,
            shared: Some(false),
            refuse: self.refuse.clone(),
            ..Self::plain(&self.option, &self.hint)
        }
    }

    /// Whether the key is the public half of a pair.
    pub(crate) const fn is_public(&self) -> bool {
        self.shared.is_some()
    }

    /// What to call the key.
    pub(crate) const fn noun(&self) -> &'static str {
        if self.is_public() {
            "public key"
        } else {
            "secret"
        }
    }
}

impl KeySection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                option: fields.required("option", text)?,
                encoding: fields.or_default("encoding", choice)?,
                prefix: fields.or_default("prefix", |value| one_or_many(value, text))?,
                derive: fields.optional("derive", choice)?,
                min_bytes: fields.or_default("min_bytes", number)? as usize,
                hint: fields.required("hint", text)?,
                refuse: fields.or_default("refuse", |value| map(value, text))?,
                verbatim: false,
                shared: fields.optional("shared", switch)?,
                risk: fields.optional("risk", text)?,
                certificate: fields.optional("certificate", CertificateSection::read)?,
            })
        })
    }
}
