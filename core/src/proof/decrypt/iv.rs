//! An IV that travels with the delivery.

use std::borrow::Cow;

use crate::detail::shown;
use crate::error::Error;
use crate::options::OptionReader;
use crate::options::wrong;
use crate::prepared_request::PreparedRequest;
use crate::primitives::binary_text::hex;
use crate::primitives::cipher::{Cipher, php_iv};
use crate::scheme::{IvSection, Place};

/// Where the IV stands, and what is done where it is not as it should be.
#[derive(Debug)]
pub(super) struct TransportedIv {
    name: Box<[u8]>,
    policy: IvPolicy,
    lenient: bool,
}

/// The IV that came with a ciphertext.
pub(super) struct SentIv<'a> {
    /// Zeros where it was not as it must be, so that such a failure takes the
    /// steps of a success.
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) is_right: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IvPolicy {
    Required,
    Optional,
    Disabled,
}

impl TransportedIv {
    /// Takes the options of the section.
    pub(super) fn new(section: &IvSection, options: &mut OptionReader) -> Result<Self, Error> {
        let policy = match options.choice("random_iv")?.as_deref() {
            Some("optional") => IvPolicy::Optional,
            Some("disabled") => IvPolicy::Disabled,
            _ => IvPolicy::Required,
        };
        let lenient = if policy == IvPolicy::Disabled {
            options.lacks("lenient_iv", "an IV: random_iv is disabled");
            false
        } else {
            options.switch("lenient_iv")?
        };
        let source = match options.text(&section.name_option)? {
            None => section.from.clone(),
            Some(name) => section
                .from
                .renamed(&name)
                .map_err(|what: String| wrong(&section.name_option, &what))?,
        };
        let Place::Query(name) = source else {
            return Err(Error::configuration(
                "scheme: decrypt.iv.from: expected query:…",
            ));
        };
        Ok(Self {
            name: name.into_bytes().into(),
            policy,
            lenient,
        })
    }

    /// The IV of a delivery.
    pub(super) fn read(
        &self,
        request: &PreparedRequest<'_, '_>,
        cipher: &'static Cipher,
    ) -> SentIv<'static> {
        self.accept(self.sent(request).map(Cow::Owned), cipher)
    }

    /// What is decrypted with, given what was sent; nothing counts as not sent,
    /// and `None` is what could not be read.
    pub(super) fn accept<'a>(
        &self,
        sent: Option<Cow<'a, [u8]>>,
        cipher: &'static Cipher,
    ) -> SentIv<'a> {
        let iv = sent.and_then(|sent| self.usable(sent, cipher));
        SentIv {
            is_right: iv.is_some(),
            bytes: iv.unwrap_or_else(|| vec![0; cipher.iv_bytes()].into()),
        }
    }

    /// What the query itself shows to be wrong: no IV, an empty one, or several.
    /// Whether an IV that is there is the right one stays secret.
    pub(super) fn fault(
        &self,
        request: &PreparedRequest<'_, '_>,
        cipher: &Cipher,
    ) -> Option<String> {
        let name = shown::quoted(&self.name);
        let is_needed = self.policy == IvPolicy::Required && cipher.iv_bytes() > 0;
        match request.query_value(&self.name) {
            Err(_) => Some(format!("; the URL has the parameter {name} more than once")),
            Ok(Some([])) if is_needed => {
                Some(format!("; the parameter {name} of the URL is empty"))
            }
            Ok(None) if is_needed => Some(format!("; the URL has no parameter {name}")),
            Ok(_) => None,
        }
    }

    fn sent(&self, request: &PreparedRequest<'_, '_>) -> Option<Vec<u8>> {
        if request.has_query_list(&self.name) {
            return None;
        }
        hex(request.query_value(&self.name).ok()?.unwrap_or_default())
    }

    fn usable<'a>(&self, sent: Cow<'a, [u8]>, cipher: &'static Cipher) -> Option<Cow<'a, [u8]>> {
        let length = cipher.iv_bytes();
        if sent.is_empty() {
            let is_missing = self.policy == IvPolicy::Required && length > 0;
            return (!is_missing).then(|| vec![0; length].into());
        }
        match (self.policy, self.lenient) {
            (IvPolicy::Disabled, _) => None,
            (_, true) => Some(php_iv(cipher, &sent).into()),
            (_, false) => (sent.len() == length).then_some(sent),
        }
    }
}
