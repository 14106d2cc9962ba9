//! The ciphers that are allowed, and secrets prepared for them.

use core::fmt;

use zeroize::Zeroizing;

use crate::body_limit::{self, MAX_BODY_BYTES};
use crate::detail::shown;
use crate::error::{Error, ErrorCode};
use crate::options::OptionReader;
use crate::options::wrong;
use crate::prepared_request::PreparedRequest;
use crate::primitives::cipher::{Cipher, CipherClass, CipherKey, evp_bytes_to_key, php_key};
use crate::request::{Header, Needs};
use crate::scheme::{CipherSection, Derivation};

/// The allowed ciphers, and the headers by which a delivery names its own.
#[derive(Debug)]
pub(super) struct Ciphers {
    /// The name of the option, for errors.
    option: Box<str>,
    allowed: Vec<&'static Cipher>,
    /// The longest body of each.
    limits: Vec<usize>,
    /// No header: there is one cipher, and it is that of every delivery.
    headers: Vec<Header>,
}

/// A secret, ready for one cipher.
pub(super) struct Prepared {
    pub(super) key: CipherKey,
    /// Derived with the key; empty where the delivery carries it.
    pub(super) iv: Zeroizing<Vec<u8>>,
}

impl Ciphers {
    /// Takes the option of the section; `None` where there is neither an option
    /// nor a default.
    pub(super) fn new(
        section: &CipherSection,
        options: &mut OptionReader,
        needs: &mut Needs,
    ) -> Result<Option<Self>, Error> {
        let allows_legacy = options.switch("allow_legacy_ciphers")?;
        let named = if section.from.is_empty() {
            options.text(&section.option)?.map(|name| vec![name])
        } else {
            options.texts(&section.option)?
        };
        let names = match named {
            Some(names) => names,
            None if section.default.is_empty() => return Ok(None),
            None => section.default.clone(),
        };
        let headers = section
            .from
            .iter()
            .map(|source| source.header().map(|name| needs.header(name)))
            .collect::<Result<Vec<_>, _>>()?;
        if names.len() > 1 && headers.is_empty() {
            return Err(wrong(&section.option, "expected one cipher"));
        }
        let mut allowed: Vec<&'static Cipher> = Vec::new();
        for name in &names {
            let cipher = usable(name, allows_legacy)
                .map_err(|what| wrong(&section.option, &format!("{} {what}", shown(name))))?;
            if !allowed.iter().any(|known| known.name() == cipher.name()) {
                allowed.push(cipher);
            }
        }
        let is_legacy = |cipher: &&Cipher| cipher.class() == CipherClass::Legacy;
        if allows_legacy && !allowed.iter().any(is_legacy) {
            return Err(wrong(
                "allow_legacy_ciphers",
                &format!("does nothing without such a cipher in {}", section.option),
            ));
        }
        let option = section.option.as_str().into();
        Ok(Some(Self {
            option,
            limits: vec![MAX_BODY_BYTES; allowed.len()],
            allowed,
            headers,
        }))
    }

    /// Sets how long bodies may be: what the user chose, or what decrypting one
    /// with so many keys may cost. Gives the longest of all.
    pub(super) fn limit_bodies(&mut self, chosen: Option<usize>, keys: usize) -> usize {
        let usual = |cipher: &&Cipher| body_limit::affordable(keys * cipher.work());
        let ciphers = self.allowed.iter();
        self.limits = ciphers
            .map(|cipher| chosen.unwrap_or_else(|| usual(cipher)))
            .collect();
        self.limits.iter().copied().max().unwrap_or(MAX_BODY_BYTES)
    }

    /// # Errors
    /// `body_too_large`.
    pub(super) fn check_length(&self, position: usize, length: usize) -> Result<(), Error> {
        let limit = self.limits.get(position).copied();
        body_limit::check(length, limit.unwrap_or_default())
    }

    /// A secret prepared for each cipher, in the order of their positions.
    pub(super) fn prepare(
        &self,
        derive: Derivation,
        secret: &[u8],
    ) -> Result<Vec<Prepared>, &'static str> {
        let prepare = |cipher: &&'static Cipher| {
            let (key, iv) = match derive {
                Derivation::EvpBytesToKeyMd5 => {
                    evp_bytes_to_key(secret, cipher.key_bytes(), cipher.iv_bytes())
                }
                Derivation::PhpOpenssl => (php_key(cipher, secret), Zeroizing::default()),
            };
            let key = cipher.prepare(&key)?;
            Some(Prepared { key, iv })
        };
        let prepared: Option<Vec<_>> = self.allowed.iter().map(prepare).collect();
        prepared.ok_or("the secret makes no key for the cipher")
    }

    /// The position of the delivery's cipher; `None` where it names none.
    ///
    /// # Errors
    /// `cipher_not_allowed`, or what is wrong with the headers.
    pub(super) fn choose(&self, request: &PreparedRequest<'_, '_>) -> Result<Option<usize>, Error> {
        if self.headers.is_empty() {
            return Ok(Some(0));
        }
        let name = self.named(request)?;
        name.map(|name| self.position(name)).transpose()
    }

    /// The position of the cipher with that name, or of the only one.
    ///
    /// # Errors
    /// `cipher_not_allowed`; `configuration` where a name is needed.
    pub(super) fn named_or_only(&self, name: Option<&str>) -> Result<usize, Error> {
        match (name, self.allowed.len()) {
            (Some(name), _) => self.position(name.as_bytes()),
            (None, 1) => Ok(0),
            (None, _) => Err(Error::configuration(
                "cipher: each delivery of this scheme names its own, so say which one it was",
            )),
        }
    }

    fn position(&self, name: &[u8]) -> Result<usize, Error> {
        let mut allowed = self.allowed.iter();
        let position = allowed.position(|cipher| cipher.has_name(name));
        position.ok_or_else(|| self.not_allowed(name))
    }

    pub(super) fn get(&self, position: usize) -> Result<&'static Cipher, Error> {
        let cipher = self.allowed.get(position).copied();
        cipher.ok_or_else(|| Error::new(ErrorCode::Internal, "a cipher is missing"))
    }

    /// The sender's own word, so the text may quote it, cut and escaped.
    #[cold]
    #[inline(never)]
    fn not_allowed(&self, name: &[u8]) -> Error {
        let is_known = std::str::from_utf8(name).is_ok_and(|name| Cipher::find(name).is_ok());
        let what = if is_known { "not allowed" } else { "unknown" };
        let allowed: Vec<_> = self.allowed.iter().map(|cipher| cipher.name()).collect();
        Error::new(
            ErrorCode::CipherNotAllowed,
            format!(
                "the delivery names the cipher {}, which is {what}; option {}: {}",
                shown::quoted(name),
                self.option,
                allowed.join(", ")
            ),
        )
    }

    /// A delivery must name its cipher, and does not.
    #[cold]
    pub(super) fn names_none(&self) -> Error {
        match self.headers.first() {
            Some(header) => header.missing(),
            None => Error::new(ErrorCode::Internal, "no header names the cipher"),
        }
    }

    /// The name in the headers that may carry it, which must agree.
    fn named<'r>(&self, request: &PreparedRequest<'r, '_>) -> Result<Option<&'r [u8]>, Error> {
        let mut named: Option<&[u8]> = None;
        for header in &self.headers {
            let value = header.non_empty(request.headers())?;
            match (named, value) {
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
}

fn usable(name: &str, allows_legacy: bool) -> Result<&'static Cipher, String> {
    let cipher = Cipher::find(name).map_err(|what| what.to_string())?;
    if cipher.class() == CipherClass::Legacy && !allows_legacy {
        return Err(
            "is broken or too short by today's standards; if the sender has no other, set \
             allow_legacy_ciphers"
                .to_owned(),
        );
    }
    Ok(cipher)
}

/// A name for an error; any other text may be a secret in the wrong option.
fn shown(name: &str) -> &str {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if name.len() <= 32 && !name.is_empty() && name.bytes().all(is_part) {
        name
    } else {
        "the given text"
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prepared(…)")
    }
}
