//! The options of a token issuer, checked once.

use zeroize::Zeroizing;

use super::client::Client;
use super::schema::option_specs;
use super::token::IssuerKey;
use super::{Rejection, token};

use crate::error::Error;
use crate::keyring::{self, LabelledSecret};
use crate::options::{OptionReader, Options, wrong};
use crate::primitives::key_encoding::KeyEncoding;
use crate::scheme::KeySection;

/// The compiled options.
pub(super) struct Settings {
    pub(super) client: Client,
    pub(super) key: IssuerKey,
    pub(super) claims: token::Constants,
    pub(super) scopes: Scopes,
    pub(super) allow_json: bool,
    pub(super) allow_both_credentials: bool,
    pub(super) form_encoded_only: bool,
}

/// The scopes that may be had, in the order of the option.
pub(super) struct Scopes(Vec<String>);

impl Settings {
    pub(super) fn new(options: Options) -> Result<Self, Error> {
        let mut options = options.reader(option_specs(), "the token issuer")?;
        let settings = Self::read(&mut options)?;
        options.finish()?;
        Ok(settings)
    }

    fn read(options: &mut OptionReader) -> Result<Self, Error> {
        let client_id = text(options, "client_id")?;
        let secrets = secrets(
            options,
            "client_secret",
            "the secret that the client was given",
            KeyEncoding::Utf8,
        )?
        .ok_or_else(|| wrong("client_secret", "it is missing"))?;
        Ok(Self {
            client: Client::new(&client_id, secrets),
            key: key(options)?,
            claims: token::Constants {
                issuer: text(options, "issuer")?,
                audience: texts(options, "audience")?,
                lifetime: options.number_or_default("lifetime")?,
                client_id,
            },
            scopes: Scopes::new(options)?,
            allow_json: options.switch("allow_json")?,
            allow_both_credentials: options.switch("allow_both_credentials")?,
            form_encoded_only: options.switch("form_encoded_only")?,
        })
    }
}

impl Scopes {
    /// Takes texts of one or more scopes with single spaces between them.
    fn new(options: &mut OptionReader) -> Result<Self, Error> {
        let mut scopes: Vec<String> = Vec::new();
        for text in options.texts("scope")?.unwrap_or_default() {
            for scope in text.split(' ') {
                if !is_scope(scope.as_bytes()) {
                    return Err(wrong("scope", "expected names of visible ASCII characters"));
                }
                if !scopes.iter().any(|known| known == scope) {
                    scopes.push(scope.to_owned());
                }
            }
        }
        Ok(Self(scopes))
    }

    /// The scope of a token: what was asked for, or all there is. Nothing that
    /// is not configured is passed over in silence.
    pub(super) fn grant(&self, requested: Option<&[u8]>) -> Result<String, Rejection> {
        let Some(requested) = requested else {
            return Ok(self.0.join(" "));
        };
        let requested: Vec<&[u8]> = requested.split(|&byte| byte == b' ').collect();
        let is_known = |name: &&[u8]| self.0.iter().any(|scope| scope.as_bytes() == *name);
        if !requested.iter().all(is_known) {
            return Err(Rejection::InvalidScope);
        }
        let granted: Vec<&str> = self
            .0
            .iter()
            .map(String::as_str)
            .filter(|scope| requested.contains(&scope.as_bytes()))
            .collect();
        Ok(granted.join(" "))
    }
}

/// A scope token of RFC 6749 section 3.3.
fn is_scope(text: &[u8]) -> bool {
    let is_allowed = |&byte: &u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !text.is_empty() && text.iter().all(is_allowed)
}

/// The key that signs. Its kind decides the algorithm; `algorithm` can only say
/// the same.
fn key(options: &mut OptionReader) -> Result<IssuerKey, Error> {
    let hmac = one_secret(
        options,
        "hmac_secret",
        "at least 32 random bytes, or a text of them",
        KeyEncoding::Utf8,
    )?;
    let seed = one_secret(
        options,
        "ed25519_seed",
        "32 random bytes, or their base64",
        KeyEncoding::Base64,
    )?;
    let key = match (hmac, seed) {
        (Some(secret), None) => {
            IssuerKey::hmac(&secret).map_err(|reason| wrong("hmac_secret", &reason))?
        }
        (None, Some(seed)) => {
            let seed = seed
                .as_slice()
                .try_into()
                .map_err(|_| wrong("ed25519_seed", "a seed has 32 bytes"))?;
            IssuerKey::ed25519(seed)
        }
        _ => {
            return Err(Error::configuration(
                "expected one of the options hmac_secret (HS256) and ed25519_seed (EdDSA)",
            ));
        }
    };
    match options.choice("algorithm")? {
        Some(name) if name != key.algorithm() => Err(wrong(
            "algorithm",
            &format!("the key given is for {}", key.algorithm()),
        )),
        _ => Ok(key),
    }
}

fn one_secret(
    options: &mut OptionReader,
    name: &str,
    hint: &str,
    encoding: KeyEncoding,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let secrets = secrets(options, name, hint, encoding)?;
    Ok(secrets
        .and_then(|mut secrets| secrets.pop())
        .map(|(_, secret)| secret))
}

fn secrets(
    options: &mut OptionReader,
    name: &str,
    hint: &str,
    encoding: KeyEncoding,
) -> Result<Option<Vec<LabelledSecret>>, Error> {
    let section = KeySection {
        encoding,
        ..KeySection::plain(name, hint)
    };
    options
        .take(name)?
        .map(|value| keyring::secrets(&section, value))
        .transpose()
}

fn text(options: &mut OptionReader, name: &str) -> Result<String, Error> {
    let text = options.text(name)?;
    let text = text.ok_or_else(|| wrong(name, "it is missing"))?;
    check_clean(name, &text)?;
    Ok(text)
}

fn texts(options: &mut OptionReader, name: &str) -> Result<Vec<String>, Error> {
    let texts = options.texts(name)?;
    let texts = texts.ok_or_else(|| wrong(name, "it is missing"))?;
    texts.iter().try_for_each(|text| check_clean(name, text))?;
    Ok(texts)
}

fn check_clean(name: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        return Err(wrong(
            name,
            "a text is empty, or has blanks around it or control characters in it",
        ));
    }
    Ok(())
}
