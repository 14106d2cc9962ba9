//! Encrypted bodies. All that can go wrong inside is one error, and takes the
//! same steps: a sender must not learn which step failed.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::config::{switch, text, texts, wrong};
use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::options::Options;
use crate::primitives::binary_text::{BinaryText, Exactness, base64_body, hex};
use crate::primitives::charset::Charset;
use crate::primitives::cipher::{
    Cipher, CipherClass, CipherKey, evp_bytes_to_key, php_iv, php_key,
};
use crate::primitives::form;
use crate::proof::Delivered;
use crate::proof::field::{FieldBody, text_field};
use crate::proof::plaintext::{Plaintext, is_json};
use crate::request::HeaderValue;
use crate::scheme::{
    CiphertextEncoding, CiphertextPlace, CiphertextSection, DecryptSection, Derivation, IvSection,
    KeySection, MethodName, Plan, Source,
};
use crate::signature_header;
use crate::subject::Subject;

/// The variants of what is covered: [`crate::proof::Proofs::coverage`].
const ENCRYPTED: usize = 0;
const PLAIN: usize = 1;

/// How bodies are decrypted.
#[derive(Debug)]
pub(crate) struct Decryption {
    /// One key a secret, prepared for each allowed cipher.
    keys: Keyring<Vec<Prepared>>,
    ciphers: Vec<&'static Cipher>,
    /// The headers that name the cipher; none: it is the only one.
    cipher_slots: Vec<usize>,
    iv: Option<TransportedIv>,
    ciphertext: Ciphertext,
    charset_slot: Option<usize>,
    plaintext: Plaintext,
    /// Whether everything must be said, in its one canonical form.
    exactness: Exactness,
    bodyless: Vec<MethodName>,
    allows_plaintext: bool,
}

/// A secret, ready for one cipher.
struct Prepared {
    key: CipherKey,
    /// Derived with the key; empty where the delivery carries it.
    iv: Zeroizing<Vec<u8>>,
}

#[derive(Debug)]
struct TransportedIv {
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

#[derive(Debug)]
enum Ciphertext {
    /// The body itself, in base64.
    Body,
    /// A field of the body, in an encoding that a header names.
    Field {
        name: Box<str>,
        content_type: usize,
        format: usize,
        default_format: Option<BinaryText>,
    },
}

impl Decryption {
    /// `None` where the section is optional and its secret is not given.
    pub(crate) fn new(
        section: &DecryptSection,
        options: &mut Options,
        plan: &mut Plan,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        let from_header = !section.cipher.from.0.is_empty();
        if (section.derive == Derivation::PhpOpenssl) != section.iv.is_some() {
            return Err(Error::configuration(
                "scheme: decrypt.iv belongs to derive = php-openssl; the other rule derives it",
            ));
        }
        let names = texts(options, &section.cipher.option)?;
        let allows_legacy = switch(options, "allow_legacy_ciphers")?;
        let plaintext = Plaintext::from_options(options)?;
        let iv = match &section.iv {
            Some(iv) => Some(transported_iv(iv, options)?),
            None => None,
        };
        let exactness = exactness(section, options)?;
        let default_format = default_format(section, options)?;
        let allows_plaintext = section.may_be_plaintext && switch(options, "allow_plaintext")?;
        let Some(secret) = options.take(&section.option) else {
            if section.optional && names.is_none() {
                return Ok(None);
            }
            return Err(Error::configuration(format!(
                "option {} is missing: {}",
                section.option, section.hint
            )));
        };

        let ciphers = ciphers(section, names, allows_legacy)?;
        let mut key = KeySection::plain(&section.option, &section.hint);
        key.verbatim = true;
        let keys = Keyring::new(&key, secret, labels, |secret| {
            let prepare = |cipher: &&'static Cipher| prepare(section.derive, cipher, secret);
            let prepared: Option<Vec<_>> = ciphers.iter().map(prepare).collect();
            prepared.ok_or("the secret makes no key for the cipher")
        })?;
        if iv.is_some() {
            plan.look_up_query();
        }
        let header = |source: &Source, plan: &mut Plan| match source {
            Source::Header(name) => Ok(plan.slot(name)),
            _ => Err(Error::configuration("scheme: decrypt: expected header:…")),
        };
        let cipher_slots = section
            .cipher
            .from
            .0
            .iter()
            .map(|source| header(source, plan))
            .collect::<Result<Vec<_>, _>>()?;
        debug_assert_eq!(from_header, !cipher_slots.is_empty());
        Ok(Some(Self {
            keys,
            ciphers,
            cipher_slots,
            iv,
            ciphertext: ciphertext(&section.ciphertext, default_format, plan)?,
            charset_slot: match &section.charset {
                Some(source) => Some(header(source, plan)?),
                None => None,
            },
            plaintext,
            exactness,
            bodyless: section.bodyless.clone(),
            allows_plaintext,
        }))
    }

    pub(crate) const fn allows_plaintext(&self) -> bool {
        self.allows_plaintext
    }

    /// The decrypted body; or the body as it is, where it may be plain.
    pub(crate) fn deliver<'r>(
        &'r self,
        plan: &Plan,
        subject: &Subject<'r, '_>,
    ) -> Result<Delivered<'r>, Error> {
        let is_method = |name: &MethodName| name.as_str().as_bytes() == subject.method();
        if self.bodyless.iter().any(is_method) {
            return bodyless(subject);
        }
        let position = match self.named_cipher(plan, subject)? {
            Some(name) => self.position(name)?,
            None if self.cipher_slots.is_empty() => 0,
            None => return self.plain(plan, subject),
        };
        let format = self.format(plan, subject)?;
        let charset = self.charset(plan, subject)?;
        self.decrypt(plan, subject, position, format, charset)
    }

    fn decrypt<'r>(
        &'r self,
        plan: &Plan,
        subject: &Subject<'r, '_>,
        position: usize,
        format: BinaryText,
        charset: Charset,
    ) -> Result<Delivered<'r>, Error> {
        let cipher = self.ciphers.get(position).ok_or_else(not_allowed)?;
        let ciphertext = self.ciphertext(plan, subject, format);
        let iv = self.iv.as_ref().map(|iv| iv.read(subject, cipher));
        let is_readable = ciphertext.is_some() && iv.as_ref().is_none_or(Option::is_some);

        // What could not be read is replaced, so that every failure takes the
        // steps of a success.
        let ciphertext = ciphertext.unwrap_or_else(|| vec![0; subject.body().len() / 32 * 16]);
        let iv = iv.map(|iv| iv.unwrap_or_else(|| vec![0; cipher.iv_bytes()]));
        let mut payload = None;
        for (index, key) in self.keys.iter().enumerate() {
            let Some(prepared) = key.prepared.get(position) else {
                continue;
            };
            let iv = iv.as_deref().unwrap_or(&prepared.iv);
            let mut text = ciphertext.clone();
            let is_padded_well = prepared.key.decrypt(iv, &mut text);
            let text = self.plaintext.read(text, charset);
            if let Some(text) = text.filter(|_| is_padded_well && is_readable && payload.is_none())
            {
                payload = Some((index, text));
            }
        }
        let (index, payload) = payload.ok_or_else(failed)?;
        Ok(Delivered {
            payload: Cow::Owned(payload),
            key: Some(self.keys.matched(index)?),
            variant: ENCRYPTED,
        })
    }

    /// The name in the headers that may carry it, which must agree.
    fn named_cipher<'r>(
        &self,
        plan: &Plan,
        subject: &Subject<'r, '_>,
    ) -> Result<Option<&'r [u8]>, Error> {
        let mut named: Option<&[u8]> = None;
        for &slot in &self.cipher_slots {
            let value = signature_header::optional(plan, subject.headers(), slot)?;
            match (named, value.filter(|value| !value.is_empty())) {
                (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other) => {
                    return Err(Error::new(
                        ErrorCode::AmbiguousHeader,
                        "the headers that name the cipher disagree",
                    ));
                }
                (_, other) => named = named.or(other),
            }
        }
        Ok(named)
    }

    fn position(&self, name: &[u8]) -> Result<usize, Error> {
        let found = std::str::from_utf8(name)
            .ok()
            .and_then(|name| Cipher::find(name).ok())
            .and_then(|cipher| {
                self.ciphers
                    .iter()
                    .position(|allowed| allowed.name() == cipher.name())
            });
        found.ok_or_else(not_allowed)
    }

    fn format(&self, plan: &Plan, subject: &Subject<'_, '_>) -> Result<BinaryText, Error> {
        let Ciphertext::Field {
            format,
            default_format,
            ..
        } = &self.ciphertext
        else {
            return Ok(BinaryText::Base64);
        };
        let value = signature_header::optional(plan, subject.headers(), *format)?;
        match (value.filter(|value| !value.is_empty()), default_format) {
            (None, Some(format)) => Ok(*format),
            (None, None) => Err(missing(plan, *format)),
            (Some(name), _) => BinaryText::from_name(name)
                .filter(|format| {
                    *format != BinaryText::Latin1 || self.exactness == Exactness::Lenient
                })
                .ok_or_else(|| malformed(plan, *format)),
        }
    }

    fn charset(&self, plan: &Plan, subject: &Subject<'_, '_>) -> Result<Charset, Error> {
        let Some(slot) = self.charset_slot else {
            return Ok(Charset::Utf8);
        };
        let value = signature_header::optional(plan, subject.headers(), slot)?;
        match value.filter(|value| !value.is_empty()) {
            None if self.exactness == Exactness::Strict => Err(missing(plan, slot)),
            None => Ok(Charset::Utf8),
            Some(name) => Charset::from_name(name).ok_or_else(|| malformed(plan, slot)),
        }
    }

    fn ciphertext(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
        format: BinaryText,
    ) -> Option<Vec<u8>> {
        match &self.ciphertext {
            Ciphertext::Body => base64_body(subject.body(), self.exactness),
            Ciphertext::Field {
                name, content_type, ..
            } => {
                let kind = field_body(plan, subject, *content_type);
                let text = text_field(subject.body(), name, kind)?;
                format.decode(&text, self.exactness)
            }
        }
    }

    /// A delivery that names no cipher.
    fn plain<'r>(&self, plan: &Plan, subject: &Subject<'r, '_>) -> Result<Delivered<'r>, Error> {
        let slot = self.cipher_slots.first().copied().unwrap_or_default();
        if !self.allows_plaintext {
            return Err(missing(plan, slot));
        }
        if let Ciphertext::Field {
            name, content_type, ..
        } = &self.ciphertext
        {
            let kind = field_body(plan, subject, *content_type);
            if text_field(subject.body(), name, kind).is_some() {
                return Err(missing(plan, slot));
            }
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

impl TransportedIv {
    /// The IV of a delivery; `None` where it is not as it must be.
    fn read(&self, subject: &Subject<'_, '_>, cipher: &'static Cipher) -> Option<Vec<u8>> {
        if subject.has_query_list(&self.name) {
            return None;
        }
        let text = subject.query_value(&self.name).ok()?.unwrap_or_default();
        let length = cipher.iv_bytes();
        if text.is_empty() {
            let is_missing = self.policy == IvPolicy::Required && length > 0;
            return (!is_missing).then(|| vec![0; length]);
        }
        let iv = hex(text)?;
        match (self.policy, self.lenient) {
            (IvPolicy::Disabled, _) => None,
            (_, true) => Some(php_iv(cipher, &iv)),
            (_, false) => (iv.len() == length).then_some(iv),
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

fn ciphers(
    section: &DecryptSection,
    names: Option<Vec<String>>,
    allows_legacy: bool,
) -> Result<Vec<&'static Cipher>, Error> {
    let option = &section.cipher.option;
    let from_header = !section.cipher.from.0.is_empty();
    let names = match names {
        Some(names) => names,
        None if section.cipher.default.is_empty() => {
            return Err(wrong(
                option,
                "is missing: the cipher by its OpenSSL name, e.g. aes-256-ctr",
            ));
        }
        None => section.cipher.default.clone(),
    };
    if names.len() > 1 && !from_header {
        return Err(wrong(option, "expected one cipher"));
    }
    let mut ciphers: Vec<&'static Cipher> = Vec::new();
    for name in &names {
        let cipher =
            Cipher::find(name).map_err(|what| wrong(option, &format!("{} {what}", shown(name))))?;
        if cipher.class() == CipherClass::Legacy && !allows_legacy {
            return Err(wrong(
                option,
                &format!(
                    "{} is broken or too short by today's standards; if the sender has no other, set \
                     allow_legacy_ciphers",
                    cipher.name()
                ),
            ));
        }
        if !ciphers.iter().any(|known| known.name() == cipher.name()) {
            ciphers.push(cipher);
        }
    }
    Ok(ciphers)
}

/// A name for an error; what is none may be a secret that took a wrong turn.
fn shown(name: &str) -> &str {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.len() <= 32 && !name.is_empty() && name.bytes().all(is_part) {
        name
    } else {
        "the given text"
    }
}

fn prepare(derive: Derivation, cipher: &'static Cipher, secret: &[u8]) -> Option<Prepared> {
    let (key, iv) = match derive {
        Derivation::EvpBytesToKeyMd5 => {
            evp_bytes_to_key(secret, cipher.key_bytes(), cipher.iv_bytes())
        }
        Derivation::PhpOpenssl => (php_key(cipher, secret), Zeroizing::default()),
    };
    let key = cipher.prepare(&key)?;
    Some(Prepared { key, iv })
}

fn transported_iv(section: &IvSection, options: &mut Options) -> Result<TransportedIv, Error> {
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
    Ok(TransportedIv {
        name: name.into_bytes().into(),
        policy,
        lenient: switch(options, "lenient_iv")?,
    })
}

fn exactness(section: &DecryptSection, options: &mut Options) -> Result<Exactness, Error> {
    let is_strict = match section.ciphertext.encoding {
        CiphertextEncoding::Base64 => !switch(options, "lenient_base64")?,
        CiphertextEncoding::Header(_) => switch(options, "strict")?,
    };
    Ok(if is_strict {
        Exactness::Strict
    } else {
        Exactness::Lenient
    })
}

fn default_format(
    section: &DecryptSection,
    options: &mut Options,
) -> Result<Option<BinaryText>, Error> {
    if matches!(section.ciphertext.encoding, CiphertextEncoding::Base64) {
        return Ok(None);
    }
    let Some(name) = text(options, "default_format")? else {
        return Ok(None);
    };
    BinaryText::from_name(name.as_bytes())
        .map(Some)
        .ok_or_else(|| {
            wrong(
                "default_format",
                "expected hex, base64, base64url or latin1",
            )
        })
}

fn ciphertext(
    section: &CiphertextSection,
    default_format: Option<BinaryText>,
    plan: &mut Plan,
) -> Result<Ciphertext, Error> {
    match (section.from, &section.name, &section.encoding) {
        (CiphertextPlace::Body, None, CiphertextEncoding::Base64) => Ok(Ciphertext::Body),
        (CiphertextPlace::Field, Some(name), CiphertextEncoding::Header(format)) => {
            Ok(Ciphertext::Field {
                name: name.as_str().into(),
                content_type: plan.slot("content-type"),
                format: plan.slot(format),
                default_format,
            })
        }
        _ => Err(Error::configuration(
            "scheme: decrypt.ciphertext: expected { from = \"body\", encoding = \"base64\" } or \
             { from = \"field\", name, encoding = \"header:…\" }",
        )),
    }
}

/// How a body with fields is written, by its content type.
fn field_body(plan: &Plan, subject: &Subject<'_, '_>, content_type: usize) -> FieldBody {
    debug_assert_eq!(plan.header_name(content_type), "content-type");
    match subject.headers().get(content_type) {
        HeaderValue::One(value) if form::is_form(value) => FieldBody::Form,
        HeaderValue::Absent => FieldBody::Either,
        HeaderValue::One(_) | HeaderValue::Conflicting => FieldBody::Json,
    }
}

fn missing(plan: &Plan, slot: usize) -> Error {
    Error::new(
        ErrorCode::MissingHeader,
        format!("header {} is absent or empty", plan.header_name(slot)),
    )
}

fn malformed(plan: &Plan, slot: usize) -> Error {
    Error::new(
        ErrorCode::MalformedHeader,
        format!(
            "header {} names nothing that is known",
            plan.header_name(slot)
        ),
    )
}

fn not_allowed() -> Error {
    Error::new(
        ErrorCode::CipherNotAllowed,
        "the delivery names a cipher that is unknown or not allowed",
    )
}

fn failed() -> Error {
    Error::new(
        ErrorCode::DecryptionFailed,
        "the body cannot be decrypted: check the secret, the cipher, the IV and its macro, and that \
         the body is the raw one",
    )
}

impl core::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Prepared(…)")
    }
}
