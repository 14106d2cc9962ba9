//! The sections of a scheme file for proofs that are no signature over the
//! request: tokens, passwords, JSON Web Tokens, encryption, and handshakes.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::primitives::jwt::JwtAlgorithm;
use crate::scheme::file::OneOrMany;
use crate::scheme::source::Source;

/// A secret that the delivery carries as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSection {
    /// The option that holds the token: one value, a list, or labelled values.
    /// Where it is not given, the token is not asked for.
    pub(crate) option: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// `query:name` or `header:name`.
    pub(crate) from: Source,
    /// The option that puts another name in the place of the one in `from`.
    pub(crate) name_option: Option<String>,
    /// An authentication scheme (RFC 9110 section 11.1) that may stand in front
    /// of the token in a header, such as `Bearer`.
    pub(crate) scheme: Option<String>,
}

/// HTTP Basic (RFC 7617): brings the options `username`, `password`,
/// `header_value`, `allow_bare_base64` and `allow_empty_password`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BasicSection {
    /// Where user name and password are found; shown in errors.
    pub(crate) hint: String,
    /// The proof is asked for only where its options are given.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// A JSON Web Token (RFC 7519) as bearer token (RFC 6750): brings the options
/// `issuer`, `audience`, `scope`, `algorithms`, `jwks`, `jwks_uri`,
/// `metadata_uri`, `hmac_secret`, `introspection`, `max_lifetime`,
/// `allow_missing_kid`, `jwks_max_age` and `jwks_cooldown`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JwtSection {
    /// The options are members of this one, which is an object; without it the
    /// token is not asked for.
    pub(crate) group: Option<String>,
    /// Further options, each a text, that texts below mention as `{name}`.
    #[serde(default)]
    pub(crate) parameters: Vec<String>,
    /// What may sign; the option `algorithms` can only narrow it.
    pub(crate) algorithms: Vec<JwtAlgorithm>,
    /// Values of `iss`, unless the option gives others.
    #[serde(default)]
    pub(crate) issuer: Vec<String>,
    /// Where the audience is found; shown in errors.
    pub(crate) audience_hint: String,
    /// GUIDs are compared without case.
    #[serde(default)]
    pub(crate) audience_ignores_case: bool,
    /// The key set, unless an option names another one.
    pub(crate) jwks_uri: Option<String>,
    /// The document that names the key set (OpenID Connect Discovery).
    pub(crate) metadata_uri: Option<String>,
    /// Seconds by which the clocks may differ; the option `tolerance` replaces it.
    #[serde(default = "default_leeway")]
    pub(crate) leeway: u32,
    /// Seconds from `iat` to `exp`, at most.
    pub(crate) max_lifetime: Option<u32>,
    /// Demands on further claims.
    #[serde(default)]
    pub(crate) claim: Vec<ClaimSection>,
}

const fn default_leeway() -> u32 {
    60
}

/// A demand on one claim. Where an issuer renamed it, all names are given: one
/// must be there, and each that is there must satisfy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimSection {
    pub(crate) names: Vec<String>,
    /// It must be one of these texts …
    #[serde(default)]
    pub(crate) equals: Vec<String>,
    /// … or, being a list, hold one of these.
    #[serde(default)]
    pub(crate) contains: Vec<String>,
    /// The option that gives other texts.
    pub(crate) option: Option<String>,
}

/// An encrypted body: brings the options `plaintext`, `allow_legacy_ciphers`,
/// and those of the parts below.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecryptSection {
    /// The option that holds the secret: one, a list, or labelled ones.
    pub(crate) option: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// The proof is asked for only where its secret is given.
    #[serde(default)]
    pub(crate) optional: bool,
    /// How a key is made of the secret.
    pub(crate) derive: Derivation,
    pub(crate) cipher: CipherSection,
    pub(crate) iv: Option<IvSection>,
    pub(crate) ciphertext: CiphertextSection,
    /// The header that names the plaintext's character set; UTF-8 where absent.
    pub(crate) charset: Option<Source>,
    /// Methods whose requests carry no body, so nothing to decrypt: only
    /// another proof protects them.
    #[serde(default)]
    pub(crate) bodyless: Vec<crate::scheme::file::MethodName>,
    /// Brings the option `allow_plaintext`: deliveries without a cipher header
    /// are taken as they are, if another proof is asked for.
    #[serde(default)]
    pub(crate) may_be_plaintext: bool,
}

/// From a secret to a key.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Derivation {
    /// OpenSSL's `EVP_BytesToKey` with MD5, one round and no salt; it makes the
    /// IV too. What Node's `createDecipher` does.
    EvpBytesToKeyMd5,
    /// The secret itself, cut or filled with zero bytes. What PHP's
    /// `openssl_decrypt` does.
    PhpOpenssl,
}

/// Which cipher.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CipherSection {
    /// The option that names it, or, with `from`, those that are allowed.
    pub(crate) option: String,
    /// The headers that name the cipher of a delivery; the first spelling is
    /// the usual one, and they must agree.
    #[serde(default)]
    pub(crate) from: OneOrMany<Source>,
    /// What is allowed where the option is not given.
    #[serde(default)]
    pub(crate) default: Vec<String>,
}

/// An IV that the delivery carries in hex: brings the options `random_iv` and
/// `lenient_iv`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IvSection {
    /// `query:name`.
    pub(crate) from: Source,
    /// The option that puts another name in its place.
    pub(crate) name_option: String,
}

/// Where the ciphertext stands, and as which text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CiphertextSection {
    pub(crate) from: CiphertextPlace,
    /// The member of the JSON object, or the field of the form.
    pub(crate) name: Option<String>,
    /// `base64`, or `header:name` for a header that names it. The first brings
    /// the option `lenient_base64`, the second `strict` and `default_format`.
    pub(crate) encoding: CiphertextEncoding,
}

/// Where a ciphertext stands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CiphertextPlace {
    /// The body is the ciphertext.
    Body,
    /// A member of a JSON object, or a field of a form.
    Field,
}

/// As which text a ciphertext is written.
#[derive(Debug)]
pub(crate) enum CiphertextEncoding {
    Base64,
    Header(String),
}

/// Requests of the provider that are no deliveries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChallengeSection {
    /// The function of `core/src/handshake` that knows them.
    pub(crate) function: Handshakes,
    /// The origins whose requests are answered, unless the option
    /// `allowed_origins` gives others.
    #[serde(default)]
    pub(crate) origins: Vec<String>,
}

/// The functions a scheme may name.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Handshakes {
    /// Both of Azure Event Grid: a POST of its own schema, and the OPTIONS
    /// request of CloudEvents.
    EventGrid,
}

/// Named lists of addresses for `allowed_ips`.
pub(crate) type AddressSets = BTreeMap<String, Vec<String>>;

impl<'de> Deserialize<'de> for CiphertextEncoding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "base64" {
            return Ok(Self::Base64);
        }
        match Source::parse(&text) {
            Ok(Source::Header(name)) => Ok(Self::Header(name)),
            _ => Err(serde::de::Error::custom("expected base64 or header:name")),
        }
    }
}
