//! An IV that travels with the delivery.

use std::borrow::Cow;

use crate::config::{switch, text, wrong};
use crate::error::Error;
use crate::options::Options;
use crate::primitives::binary_text::hex;
use crate::primitives::cipher::{Cipher, php_iv};
use crate::scheme::{IvSection, Source};
use crate::subject::Subject;

/// Where the IV stands, and what is done where it is not as it should be.
#[derive(Debug)]
pub(super) struct TransportedIv {
    name: Box<[u8]>,
    policy: IvPolicy,
    lenient: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IvPolicy {
    Required,
    Optional,
    Disabled,
}

impl TransportedIv {
    /// Takes the options of the section.
    pub(super) fn new(section: &IvSection, options: &mut Options) -> Result<Self, Error> {
        let policy = match text(options, "random_iv")?.as_deref() {
            None | Some("required") => IvPolicy::Required,
            Some("optional") => IvPolicy::Optional,
            Some("disabled") => IvPolicy::Disabled,
            Some(_) => {
                return Err(wrong(
                    "random_iv",
                    "expected required, optional or disabled",
                ));
            }
        };
        let source = match text(options, &section.name_option)? {
            None => section.from.clone(),
            Some(name) => section
                .from
                .renamed(&name)
                .map_err(|what: String| wrong(&section.name_option, &what))?,
        };
        let Source::Query(name) = source else {
            return Err(Error::configuration(
                "scheme: decrypt.iv.from: expected query:…",
            ));
        };
        Ok(Self {
            name: name.into_bytes().into(),
            policy,
            lenient: switch(options, "lenient_iv")?,
        })
    }

    /// The IV of a delivery; `None` where it is not as it must be.
    pub(super) fn read(
        &self,
        subject: &Subject<'_, '_>,
        cipher: &'static Cipher,
    ) -> Option<Cow<'static, [u8]>> {
        if subject.has_query_list(&self.name) {
            return None;
        }
        let text = subject.query_value(&self.name).ok()?.unwrap_or_default();
        self.accept(hex(text)?.into(), cipher)
    }

    /// What is decrypted with, given what was sent; nothing counts as not sent.
    pub(super) fn accept<'s>(
        &self,
        sent: Cow<'s, [u8]>,
        cipher: &'static Cipher,
    ) -> Option<Cow<'s, [u8]>> {
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
