//! The options of a token issuer, checked once.

use zeroize::Zeroizing;

use super::client::Client;
use super::token::IssuerKey;
use super::{Rejection, token};

use crate::error::Error;
use crate::keyring::{self, LabelledSecret};
use crate::options::{Options, wrong};
use crate::primitives::key_encoding::KeyEncoding;
use crate::scheme::KeySection;

const NAMES: [&str; 12] = [
    "client_id",
    "client_secret",
    "issuer",
    "audience",
    "scope",
    "lifetime",
    "algorithm",
    "hmac_secret",
    "ed25519_seed",
    "allow_json",
    "allow_both_credentials",
    "form_encoded_only",
];

/// Short, since a bearer token that leaks cannot be called back.
const DEFAULT_LIFETIME: i64 = 300;
const MAX_LIFETIME: i64 = 86_400;

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
    pub(super) fn new(mut options: Options) -> Result<Self, Error> {
        check_names(&options)?;
        let client_id = text(&mut options, "client_id")?;
        let secrets = secrets(
            &mut options,
            "client_secret",
            "the secret that the client was given",
            KeyEncoding::Utf8,
        )?
        .ok_or_else(|| wrong("client_secret", "it is missing"))?;
        Ok(Self {
            client: Client::new(&client_id, secrets),
            key: key(&mut options)?,
            claims: token::Constants {
                issuer: text(&mut options, "issuer")?,
                audience: required_texts(&mut options, "audience")?,
                lifetime: lifetime(&mut options)?,
                client_id,
            },
            scopes: Scopes::new(&mut options)?,
            allow_json: options.switch("allow_json")?,
            allow_both_credentials: options.switch("allow_both_credentials")?,
            form_encoded_only: options.switch("form_encoded_only")?,
        })
    }
}

impl Scopes {
    /// Takes texts of one or more scopes with single spaces between them.
    fn new(options: &mut Options) -> Result<Self, Error> {
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

/// Rejects an option that nothing reads. First of all checks, since a misspelt
/// name is also why another option is missing.
fn check_names(options: &Options) -> Result<(), Error> {
    match options.names().find(|name| !NAMES.contains(name)) {
        None => Ok(()),
        Some(unknown) => Err(Error::configuration(format!(
            "option {} is unknown to the token issuer; allowed are {}",
            unknown.escape_debug(),
            NAMES.join(", ")
        ))),
    }
}

/// The key that signs. Its kind decides the algorithm; `algorithm` can only say
/// the same.
fn key(options: &mut Options) -> Result<IssuerKey, Error> {
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
    let named = options.texts("algorithm")?;
    match named.as_deref() {
        None => Ok(key),
        Some([name]) if name == key.algorithm() => Ok(key),
        Some(_) => Err(wrong(
            "algorithm",
            &format!("the key given is for {}", key.algorithm()),
        )),
    }
}

fn one_secret(
    options: &mut Options,
    name: &str,
    hint: &str,
    encoding: KeyEncoding,
) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    match secrets(options, name, hint, encoding)? {
        None => Ok(None),
        Some(mut secrets) if secrets.len() == 1 => Ok(secrets.pop().map(|(_, secret)| secret)),
        Some(_) => Err(wrong(name, "expected one")),
    }
}

fn secrets(
    options: &mut Options,
    name: &str,
    hint: &str,
    encoding: KeyEncoding,
) -> Result<Option<Vec<LabelledSecret>>, Error> {
    let section = KeySection {
        encoding,
        ..KeySection::plain(name, hint)
    };
    options
        .take(name)
        .map(|value| keyring::secrets(&section, value))
        .transpose()
}

fn lifetime(options: &mut Options) -> Result<i64, Error> {
    let seconds = options.integer("lifetime")?.unwrap_or(DEFAULT_LIFETIME);
    if (1..=MAX_LIFETIME).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(wrong("lifetime", "expected 1 to 86400 seconds"))
    }
}

fn text(options: &mut Options, name: &str) -> Result<String, Error> {
    let mut texts = required_texts(options, name)?;
    match (texts.pop(), texts.is_empty()) {
        (Some(text), true) => Ok(text),
        _ => Err(wrong(name, "expected one")),
    }
}

fn required_texts(options: &mut Options, name: &str) -> Result<Vec<String>, Error> {
    let texts = options
        .texts(name)?
        .ok_or_else(|| wrong(name, "it is missing"))?;
    let is_clean = |text: &String| {
        !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
    };
    if texts.iter().all(is_clean) {
        Ok(texts)
    } else {
        Err(wrong(
            name,
            "a text is empty, or has blanks around it or control characters in it",
        ))
    }
}
