//! Encrypted bodies. All that can go wrong with a ciphertext is one error, and
//! takes the same steps: a sender must not learn which step failed.

mod ciphers;
mod ciphertext;
mod field;
mod iv;
mod plaintext;

use std::borrow::Cow;

use crate::body_limit::MAX_BODY_BYTES;
use crate::detail;
use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::options::OptionReader;
use crate::options::wrong;
use crate::prepared_request::PreparedRequest;
use crate::primitives::charset::Charset;
use crate::primitives::cipher::{Cipher, Decrypted};
use crate::proof::Payload;
use crate::request::{Header, MethodName, Needs};
use crate::scheme::{DecryptSection, Derivation, KeySection};

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
    charset: Option<Header>,
    plaintext: Plaintext,
    bodyless: Vec<MethodName>,
    allows_plaintext: bool,
}

impl Decryption {
    /// `None` where the section is optional and its secret is not given.
    pub(crate) fn new(
        section: &DecryptSection,
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        if (section.derive == Derivation::PhpOpenssl) != section.iv.is_some() {
            return Err(Error::configuration(
                "scheme: decrypt.iv belongs to derive = php-openssl; the other rule derives it",
            ));
        }
        let secret = options.take(&section.option)?;
        if secret.is_none() && section.optional {
            return Ok(None);
        }
        let ciphers = Ciphers::new(&section.cipher, options, needs)?;
        let iv = match &section.iv {
            Some(iv) => Some(TransportedIv::new(iv, options)?),
            None => None,
        };
        let plaintext = Plaintext::from_options(options)?;
        let ciphertext = Ciphertext::new(&section.ciphertext, options, needs)?;
        let allows_plaintext = section.may_be_plaintext && options.switch("allow_plaintext")?;

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
            needs.query();
        }
        Ok(Some(Self {
            keys,
            ciphers,
            iv,
            ciphertext,
            charset: match &section.charset {
                Some(source) => Some(needs.header(source.header()?)),
                None => None,
            },
            plaintext,
            bodyless: section.bodyless.clone(),
            allows_plaintext,
        }))
    }

    /// Sets how long bodies may be. Gives the longest of all.
    pub(crate) fn limit_bodies(&mut self, chosen: Option<usize>) -> usize {
        let encrypted = self.ciphers.limit_bodies(chosen, self.keys.len());
        if self.allows_plaintext {
            chosen.unwrap_or(MAX_BODY_BYTES)
        } else {
            encrypted
        }
    }

    pub(crate) const fn allows_plaintext(&self) -> bool {
        self.allows_plaintext
    }

    /// The decrypted body; or the body as it is, where it may be plain.
    pub(crate) fn payload<'r>(
        &self,
        request: &PreparedRequest<'r, '_>,
    ) -> Result<Payload<'r>, Error> {
        let is_method = |name: &MethodName| name.is(request.method());
        if self.bodyless.iter().any(is_method) {
            return bodyless(request);
        }
        let Some(position) = self.ciphers.choose(request)? else {
            return self.plain(request);
        };
        self.ciphers.check_length(position, request.body().len())?;
        let format = self.ciphertext.format(request)?;
        let charset = self.charset(request)?;
        let cipher = self.ciphers.get(position)?;
        let iv = self.iv.as_ref().map(|iv| iv.read(request, cipher));
        let ciphertext = self.ciphertext.read(request, format);

        // What could not be read is replaced, so that every failure takes the
        // steps of a success.
        let is_readable = ciphertext.is_some() && iv.as_ref().is_none_or(|iv| iv.is_right);
        let mut text = ciphertext.unwrap_or_else(|| vec![0; request.body().len() / 32 * 16]);
        let attempt = Attempt {
            position,
            iv: iv.as_ref().map(|iv| &*iv.bytes),
            charset,
            is_readable,
        };
        let (index, length) = self
            .decrypt(&mut text, &attempt)
            .ok_or_else(|| self.rejected(request, cipher))?;
        text.truncate(length);
        let payload = self.plaintext.payload(text, charset);
        Ok(Payload {
            bytes: Cow::Owned(payload),
            key: Some(self.keys.matched(index)),
            variant: ENCRYPTED,
        })
    }

    /// The payload of a ciphertext whose delivery is not at hand, in place.
    pub(crate) fn decrypt_alone<'t>(
        &self,
        text: &'t mut [u8],
        iv: Option<&[u8]>,
        cipher: Option<&str>,
    ) -> Result<&'t [u8], Error> {
        let position = self.ciphers.named_or_only(cipher)?;
        self.ciphers.check_length(position, text.len())?;
        let cipher = self.ciphers.get(position)?;
        let iv = match (&self.iv, iv.unwrap_or_default()) {
            (Some(rule), sent) => Some(rule.accept(Some(sent.into()), cipher)),
            (None, []) => None,
            (None, _) => {
                return Err(Error::configuration(
                    "iv: this scheme derives the IV with the key and takes no other",
                ));
            }
        };
        let attempt = Attempt {
            position,
            iv: iv.as_ref().map(|iv| &*iv.bytes),
            charset: Charset::Utf8,
            is_readable: iv.as_ref().is_none_or(|iv| iv.is_right),
        };
        let Some((_, length)) = self.decrypt(text, &attempt) else {
            text.fill(0);
            return Err(self.failed());
        };
        text.get(..length).ok_or_else(|| self.failed())
    }

    /// All that can go wrong, told in one way.
    #[cold]
    fn failed(&self) -> Error {
        let detail = match self.iv {
            Some(_) => {
                "the body cannot be decrypted: check the secret, the cipher, the IV and its macro, \
                 and that the body is the raw one"
            }
            None => {
                "the body cannot be decrypted: check the secret, the cipher, and that the body is \
                 the raw one"
            }
        };
        Error::new(ErrorCode::DecryptionFailed, detail)
    }

    /// The same, with what the request shows to everybody: the cipher, the keys
    /// that were tried, and that its URL has no IV.
    #[cold]
    #[inline(never)]
    fn rejected(&self, request: &PreparedRequest<'_, '_>, cipher: &'static Cipher) -> Error {
        let mut error = self.failed();
        let labels = self.keys.iter().map(|key| key.label.as_str());
        error.append(&detail::keys_tried(labels));
        error.append(&format!("; cipher: {}", cipher.name()));
        if let Some(what) = self.iv.as_ref().and_then(|iv| iv.fault(request, cipher)) {
            error.append(&what);
        }
        error
    }

    /// The first key that decrypts, and the length of what it makes of the text,
    /// in place. All keys are tried: the only one in place, several on a copy, and
    /// then the right one once more. So there is one copy, however many keys.
    fn decrypt(&self, text: &mut [u8], attempt: &Attempt<'_>) -> Option<(usize, usize)> {
        let is_only = self.keys.len() == 1;
        let mut copy = vec![0; if is_only { 0 } else { text.len() }];
        let mut found = None;
        for (index, key) in self.keys.iter().enumerate() {
            let length = if is_only {
                self.decrypt_with(&key.prepared, text, attempt)
            } else {
                copy.copy_from_slice(text);
                self.decrypt_with(&key.prepared, &mut copy, attempt)
            };
            let hit = length.map(|length| (index, length));
            found = found.or(hit);
        }
        let (index, length) = found.filter(|_| attempt.is_readable)?;
        if !is_only {
            let key = self.keys.iter().nth(index)?;
            let decrypted = attempt.decrypt(&key.prepared, text)?;
            debug_assert_eq!(decrypted.text.len(), length);
        }
        Some((index, length))
    }

    /// The length of the payload, if it is what the secret decrypts to.
    fn decrypt_with(
        &self,
        secret: &[Prepared],
        text: &mut [u8],
        attempt: &Attempt<'_>,
    ) -> Option<usize> {
        let decrypted = attempt.decrypt(secret, text)?;
        let is_payload = self.plaintext.accepts(decrypted.text, attempt.charset);
        (is_payload && decrypted.is_right).then_some(decrypted.text.len())
    }

    fn charset(&self, request: &PreparedRequest<'_, '_>) -> Result<Charset, Error> {
        let Some(header) = &self.charset else {
            return Ok(Charset::Utf8);
        };
        match header.non_empty(request.headers())? {
            None if self.ciphertext.is_strict() => Err(header.missing()),
            None => Ok(Charset::Utf8),
            Some(name) => Charset::from_name(name).ok_or_else(|| unknown(header)),
        }
    }

    /// A delivery that names no cipher.
    fn plain<'r>(&self, request: &PreparedRequest<'r, '_>) -> Result<Payload<'r>, Error> {
        if !self.allows_plaintext || self.ciphertext.is_present(request) {
            return Err(self.ciphers.names_none());
        }
        if self.plaintext == Plaintext::Json && !is_json(request.body()) {
            return Err(Error::new(
                ErrorCode::BodyMismatch,
                "the plain body is not one JSON value, as the option plaintext demands",
            ));
        }
        Ok(Payload {
            bytes: Cow::Borrowed(request.body()),
            key: None,
            variant: PLAIN,
        })
    }
}

/// How a ciphertext is to be decrypted, whichever key is right.
struct Attempt<'a> {
    /// Of the cipher.
    position: usize,
    /// `None`: the one that is derived with the key.
    iv: Option<&'a [u8]>,
    charset: Charset,
    /// Whether ciphertext and IV are those of the delivery, or stand in for what
    /// could not be read.
    is_readable: bool,
}

impl Attempt<'_> {
    fn decrypt<'t>(&self, secret: &[Prepared], text: &'t mut [u8]) -> Option<Decrypted<'t>> {
        let prepared = secret.get(self.position)?;
        Some(prepared.key.decrypt(self.iv.unwrap_or(&prepared.iv), text))
    }
}

/// A request that carries no body: there is nothing to decrypt, and another
/// proof must speak for it.
fn bodyless<'r>(request: &PreparedRequest<'r, '_>) -> Result<Payload<'r>, Error> {
    if !request.body().is_empty() {
        return Err(Error::new(
            ErrorCode::BodyMismatch,
            "a request of this HTTP method carries no body",
        ));
    }
    Ok(Payload {
        bytes: Cow::Borrowed(&[]),
        key: None,
        variant: PLAIN,
    })
}
