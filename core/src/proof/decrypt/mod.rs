//! Encrypted bodies. All that can go wrong with a ciphertext is one error, and
//! takes the same steps: a sender must not learn which step failed.

mod ciphers;
mod ciphertext;
mod field;
mod iv;
mod plaintext;

use std::borrow::Cow;

use crate::config::{switch, wrong};
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::options::Options;
use crate::primitives::charset::Charset;
use crate::primitives::cipher::Cipher;
use crate::proof::Delivered;
use crate::scheme::{
    DecryptSection, Derivation, KeySection, MethodName, Plan, decrypt_names, refuse_idle,
};
use crate::subject::Subject;

use ciphers::{Ciphers, Prepared};
use ciphertext::{Ciphertext, unknown};
use iv::TransportedIv;
use plaintext::{Plaintext, is_json};

/// The variants of what is covered: [`crate::proof::Proofs::coverage`].
const ENCRYPTED: usize = 0;
const PLAIN: usize = 1;

/// How bodies are decrypted.
#[derive(Debug)]
pub(crate) struct Decryption {
    /// One key a secret, prepared for each cipher.
    keys: Keyring<Vec<Prepared>>,
    ciphers: Ciphers,
    /// `None`: the IV is derived with the key.
    iv: Option<TransportedIv>,
    ciphertext: Ciphertext,
    charset_slot: Option<usize>,
    plaintext: Plaintext,
    bodyless: Vec<MethodName>,
    allows_plaintext: bool,
}

impl Decryption {
    /// `None` where the section is optional and its secret is not given.
    pub(crate) fn new(
        section: &DecryptSection,
        options: &mut Options,
        plan: &mut Plan,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        if (section.derive == Derivation::PhpOpenssl) != section.iv.is_some() {
            return Err(Error::configuration(
                "scheme: decrypt.iv belongs to derive = php-openssl; the other rule derives it",
            ));
        }
        let secret = options.take(&section.option);
        if secret.is_none() && section.optional {
            let idle = decrypt_names(section);
            refuse_idle(options, idle.iter().map(String::as_str), &section.option)?;
            return Ok(None);
        }
        let ciphers = Ciphers::new(&section.cipher, options, plan)?;
        let iv = match &section.iv {
            Some(iv) => Some(TransportedIv::new(iv, options)?),
            None => None,
        };
        let plaintext = Plaintext::from_options(options)?;
        let ciphertext = Ciphertext::new(&section.ciphertext, options, plan)?;
        let allows_plaintext = section.may_be_plaintext && switch(options, "allow_plaintext")?;

        let (secret, ciphers) = match (secret, ciphers) {
            (Some(secret), Some(ciphers)) => (secret, ciphers),
            (None, _) => {
                return Err(wrong(
                    &section.option,
                    &format!("is missing: {}", section.hint),
                ));
            }
            (Some(_), None) => {
                return Err(wrong(
                    &section.cipher.option,
                    "is missing: the cipher by its OpenSSL name, e.g. aes-256-ctr",
                ));
            }
        };
        let key = KeySection {
            verbatim: true,
            ..KeySection::plain(&section.option, &section.hint)
        };
        let keys = Keyring::new(&key, secret, labels, |secret| {
            ciphers.prepare(section.derive, secret)
        })?;
        if iv.is_some() {
            plan.look_up_query();
        }
        Ok(Some(Self {
            keys,
            ciphers,
            iv,
            ciphertext,
            charset_slot: match &section.charset {
                Some(source) => Some(plan.header_slot(source)?),
                None => None,
            },
            plaintext,
            bodyless: section.bodyless.clone(),
            allows_plaintext,
        }))
    }

    pub(crate) const fn allows_plaintext(&self) -> bool {
        self.allows_plaintext
    }

    /// The decrypted body; or the body as it is, where it may be plain.
    pub(crate) fn deliver<'r>(
        &self,
        plan: &Plan,
        subject: &Subject<'r, '_>,
    ) -> Result<Delivered<'r>, Error> {
        let is_method = |name: &MethodName| name.as_str().as_bytes() == subject.method();
        if self.bodyless.iter().any(is_method) {
            return bodyless(subject);
        }
        let Some(position) = self.ciphers.choose(plan, subject)? else {
            return self.plain(plan, subject);
        };
        let format = self.ciphertext.format(plan, subject)?;
        let charset = self.charset(plan, subject)?;
        let cipher = self.ciphers.get(position)?;
        let received = Received::new(
            self.ciphertext.read(subject, format),
            self.iv.as_ref().map(|iv| iv.read(subject, cipher)),
            subject.body().len(),
            cipher,
        );
        let (index, payload) = self.decrypt(received, position, charset)?;
        Ok(Delivered {
            payload: Cow::Owned(payload),
            key: Some(self.keys.matched(index)),
            variant: ENCRYPTED,
        })
    }

    /// The payload of a ciphertext whose delivery is not at hand.
    pub(crate) fn decrypt_alone(
        &self,
        ciphertext: &[u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<Vec<u8>, Error> {
        let position = self.ciphers.named_or_only(cipher)?;
        let cipher = self.ciphers.get(position)?;
        let iv = match (&self.iv, iv.unwrap_or_default()) {
            (Some(rule), sent) => Some(rule.accept(sent.into(), cipher)),
            (None, []) => None,
            (None, _) => {
                return Err(Error::configuration(
                    "iv: this scheme derives the IV with the key and takes no other",
                ));
            }
        };
        let received = Received::new(Some(ciphertext.to_vec()), iv, ciphertext.len(), cipher);
        let (_, payload) = self.decrypt(received, position, Charset::Utf8)?;
        Ok(payload)
    }

    /// The key that decrypts, and the payload.
    fn decrypt(
        &self,
        received: Received<'_>,
        position: usize,
        charset: Charset,
    ) -> Result<(usize, Vec<u8>), Error> {
        let Received {
            mut ciphertext,
            iv,
            is_readable,
        } = received;
        let mut found = None;
        for (index, key) in self.keys.iter().enumerate() {
            let Some(prepared) = key.prepared.get(position) else {
                continue;
            };
            let iv = iv.as_deref().unwrap_or(&prepared.iv);
            let is_last = index + 1 == self.keys.len();
            let mut text = if is_last {
                core::mem::take(&mut ciphertext)
            } else {
                ciphertext.clone()
            };
            let is_decrypted = prepared.key.decrypt(iv, &mut text);
            let payload = self.plaintext.read(text, charset);
            if let Some(payload) = payload.filter(|_| is_decrypted && is_readable) {
                found = found.or(Some((index, payload)));
            }
        }
        found.ok_or_else(|| {
            Error::new(
                ErrorCode::DecryptionFailed,
                "the body cannot be decrypted: check the secret, the cipher, the IV and its macro, \
                 and that the body is the raw one",
            )
        })
    }

    fn charset(&self, plan: &Plan, subject: &Subject<'_, '_>) -> Result<Charset, Error> {
        let Some(slot) = self.charset_slot else {
            return Ok(Charset::Utf8);
        };
        match header::not_empty(plan, subject.headers(), slot)? {
            None if self.ciphertext.is_strict() => Err(header::missing(plan, slot)),
            None => Ok(Charset::Utf8),
            Some(name) => Charset::from_name(name).ok_or_else(|| unknown(plan, slot)),
        }
    }

    /// A delivery that names no cipher.
    fn plain<'r>(&self, plan: &Plan, subject: &Subject<'r, '_>) -> Result<Delivered<'r>, Error> {
        if !self.allows_plaintext || self.ciphertext.is_present(subject) {
            return Err(header::missing(plan, self.ciphers.usual_slot()));
        }
        if self.plaintext == Plaintext::Json && !is_json(subject.body()) {
            return Err(Error::new(
                ErrorCode::BodyMismatch,
                "the plain body is not one JSON value, as the option plaintext demands",
            ));
        }
        Ok(Delivered {
            payload: Cow::Borrowed(subject.body()),
            key: None,
            variant: PLAIN,
        })
    }
}

/// What is decrypted. Parts that could not be read are replaced, so that every
/// failure takes the steps of a success.
struct Received<'r> {
    ciphertext: Vec<u8>,
    /// `None`: it is derived with the key.
    iv: Option<Cow<'r, [u8]>>,
    is_readable: bool,
}

impl<'r> Received<'r> {
    fn new(
        ciphertext: Option<Vec<u8>>,
        iv: Option<Option<Cow<'r, [u8]>>>,
        body_bytes: usize,
        cipher: &'static Cipher,
    ) -> Self {
        let is_readable = ciphertext.is_some() && iv.as_ref().is_none_or(Option::is_some);
        Self {
            ciphertext: ciphertext.unwrap_or_else(|| vec![0; body_bytes / 32 * 16]),
            iv: iv.map(|iv| iv.unwrap_or_else(|| vec![0; cipher.iv_bytes()].into())),
            is_readable,
        }
    }
}

/// A request that carries no body: there is nothing to decrypt, and another
/// proof must speak for it.
fn bodyless<'r>(subject: &Subject<'r, '_>) -> Result<Delivered<'r>, Error> {
    if !subject.body().is_empty() {
        return Err(Error::new(
            ErrorCode::BodyMismatch,
            "a request of this HTTP method carries no body",
        ));
    }
    Ok(Delivered {
        payload: Cow::Borrowed(&[]),
        key: None,
        variant: PLAIN,
    })
}
