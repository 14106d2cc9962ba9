//! The sections of a scheme file for proofs other than a signature over the
//! request: tokens, passwords, JSON Web Tokens, encryption, and challenges.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::primitives::jwt::{ClaimValue, DetachedForm, JwtAlgorithm};
use crate::primitives::time::Tolerance;
use crate::request::MethodName;
use crate::scheme::place::Place;
use crate::scheme::preset::Constants;
use crate::scheme::reader::{
    SchemeError, borrowed_text, choice, choices, list, number, object, scalar, switch, text, texts,
    tolerance,
};

/// Seconds by which clocks may differ where a file says nothing.
const DEFAULT_LEEWAY: u32 = 60;

/// The fields of `[jwt]` that say something of claims, or of options about them.
const CLAIM_FIELDS: [&str; 11] = [
    "group",
    "parameters",
    "issuer",
    "audience",
    "audience_hint",
    "audience_ignores_case",
    "expiry",
    "max_age",
    "max_lifetime",
    "leeway",
    "claim",
];

/// A secret that the delivery carries as it is.
#[derive(Clone, Debug)]
pub(crate) struct TokenSection {
    /// The option that holds the token: one value, a list, or labelled values.
    /// Where it is not given, the token is not asked for.
    pub(crate) option: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// `query:name` or `header:name`.
    pub(crate) from: Place,
    /// The option that puts another name in the place of the one in `from`.
    pub(crate) name_option: Option<String>,
    /// An authentication scheme (RFC 9110 section 11.1) that may stand in front
    /// of the token in a header, such as `Bearer`.
    pub(crate) scheme: Option<String>,
}

/// HTTP Basic (RFC 7617): brings the options `username`, `password`,
/// `header_value`, `allow_bare_base64` and `allow_empty_password`.
#[derive(Debug)]
pub(crate) struct BasicSection {
    /// Where user name and password are found; shown in errors.
    pub(crate) hint: String,
    /// The proof is asked for only where its options are given.
    pub(crate) optional: bool,
}

/// A JSON Web Token (RFC 7519) as bearer token (RFC 6750): brings the options
/// `issuer`, `audience`, `scope`, `algorithms`, `jwks`, `jwks_uri`,
/// `metadata_uri`, `hmac_secret`, `introspection`, `claims`, `max_lifetime`,
/// `allow_missing_kid`, `jwks_max_age` and `jwks_cooldown`; where the body is signed,
/// and no claims, only those of the keys.
#[derive(Clone, Debug)]
pub(crate) struct JwtSection {
    /// The options are members of this one, which is an object; without it the
    /// token is not asked for.
    pub(crate) group: Option<String>,
    /// Further options, each a text, that texts below mention as `{name}`.
    pub(crate) parameters: Vec<String>,
    /// Where the token stands.
    pub(crate) from: TokenPlace,
    /// The authentication scheme in front of it (RFC 9110 section 11.1); none where it
    /// is empty.
    pub(crate) scheme: String,
    /// The token signs the body, in this form, and has no claims.
    pub(crate) detached: Option<DetachedForm>,
    /// A field that belongs to claims, where one is given.
    pub(crate) claim_field: Option<&'static str>,
    /// What may sign; the option `algorithms` can only narrow it.
    pub(crate) algorithms: Vec<JwtAlgorithm>,
    /// Values of `iss`, unless the option gives others.
    pub(crate) issuer: Vec<String>,
    /// Where the audience is found; shown in errors. `None` where tokens have none.
    pub(crate) audience_hint: Option<String>,
    /// A token may have no end.
    pub(crate) may_lack_exp: bool,
    /// How far `iat` may lie from now, where it has to be there.
    pub(crate) max_age: Option<Tolerance>,
    /// GUIDs are compared without case.
    pub(crate) audience_ignores_case: bool,
    /// The key set, unless an option names another one.
    pub(crate) jwks_uri: Option<String>,
    /// The document that names the key set (OpenID Connect Discovery).
    pub(crate) metadata_uri: Option<String>,
    /// Seconds by which the clocks may differ; the option `tolerance` replaces it.
    pub(crate) leeway: u32,
    /// Seconds from `iat` to `exp`, at most.
    pub(crate) max_lifetime: Option<u32>,
    /// Demands on further claims.
    pub(crate) claim: Vec<ClaimSection>,
}

/// Where a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenPlace {
    Header(String),
    /// The body is the token, and its claims are what was delivered.
    Body,
}

/// A demand on one claim. Where an issuer renamed it, all names are given: one
/// must be there, and each that is there must satisfy.
#[derive(Clone, Debug)]
pub(crate) struct ClaimSection {
    pub(crate) names: Vec<String>,
    /// What it may say (`equals`, `contains`). Where nothing stands here, the
    /// option is needed.
    pub(crate) values: Vec<ClaimValue>,
    /// A list that holds one of the values will do (`contains`).
    pub(crate) may_be_list: bool,
    /// The option that gives texts in their place.
    pub(crate) option: Option<String>,
    /// Where such a text is found; shown in errors.
    pub(crate) hint: String,
}

/// An encrypted body: brings the options `plaintext`, `allow_legacy_ciphers`,
/// and those of the parts below.
#[derive(Debug)]
pub(crate) struct DecryptSection {
    /// The option that holds the secret: one, a list, or labelled ones.
    pub(crate) option: String,
    /// Where the value is found; shown in errors.
    pub(crate) hint: String,
    /// The proof is asked for only where its secret is given.
    pub(crate) optional: bool,
    /// How a key is made of the secret.
    pub(crate) derive: Derivation,
    pub(crate) cipher: CipherSection,
    pub(crate) iv: Option<IvSection>,
    pub(crate) ciphertext: CiphertextSection,
    /// The header that names the plaintext's character set; UTF-8 where absent.
    pub(crate) charset: Option<Place>,
    /// Methods whose requests carry no body, so nothing to decrypt: only
    /// another proof protects them.
    pub(crate) bodyless: Vec<MethodName>,
    /// Brings the option `allow_plaintext`: deliveries without a cipher header
    /// are taken as they are, if another proof is asked for.
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
#[derive(Debug)]
pub(crate) struct CipherSection {
    /// The option that names it, or, with `from`, those that are allowed.
    pub(crate) option: String,
    /// The headers that name the cipher of a delivery; the first spelling is
    /// the usual one, and they must agree.
    pub(crate) from: Vec<Place>,
    /// What is allowed where the option is not given.
    pub(crate) default: Vec<String>,
}

/// An IV that the delivery carries in hex: brings the options `random_iv` and
/// `lenient_iv`.
#[derive(Debug)]
pub(crate) struct IvSection {
    /// `query:name`.
    pub(crate) from: Place,
    /// The option that puts another name in its place.
    pub(crate) name_option: String,
}

/// Where the ciphertext stands, and as which text.
#[derive(Debug)]
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

/// Requests of the provider that ask something in the place of a delivery.
#[derive(Debug)]
pub(crate) struct ChallengeSection {
    /// The function of `core/src/challenge` that knows them.
    pub(crate) function: ChallengeFunction,
    /// The origins whose requests are answered, unless the option
    /// `allowed_origins` gives others.
    pub(crate) origins: Vec<String>,
}

/// The functions a scheme may name.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChallengeFunction {
    /// Both of Azure Event Grid: a POST of its own schema, and the OPTIONS
    /// request of CloudEvents.
    EventGrid,
    /// A request without a body, where the option `answer_empty_body` is set.
    EmptyBody,
}

/// Named lists of addresses for `allowed_ips`.
pub(crate) type AddressSets = BTreeMap<String, Vec<String>>;

impl TokenSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                option: fields.required("option", text)?,
                hint: fields.required("hint", text)?,
                from: fields.required("from", Place::read)?,
                name_option: fields.optional("name_option", text)?,
                scheme: fields.optional("scheme", text)?,
            })
        })
    }
}

impl BasicSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                hint: fields.required("hint", text)?,
                optional: fields.or_default("optional", switch)?,
            })
        })
    }
}

impl JwtSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            let from = fields
                .optional("from", TokenPlace::read)?
                .unwrap_or_default();
            let scheme = fields.optional("scheme", text)?;
            let usual_scheme = if from.is_authorization() {
                "Bearer"
            } else {
                ""
            };
            let detached = fields.optional("detached", choice)?;
            Ok(Self {
                claim_field: CLAIM_FIELDS.into_iter().find(|name| fields.has(name)),
                detached,
                group: fields.optional("group", text)?,
                parameters: fields.or_default("parameters", texts)?,
                from,
                scheme: scheme.unwrap_or_else(|| usual_scheme.to_owned()),
                algorithms: fields.required("algorithms", choices)?,
                issuer: fields.or_default("issuer", texts)?,
                audience_hint: match fields.optional("audience", text)?.as_deref() {
                    None if detached.is_some() => fields.optional("audience_hint", text)?,
                    None => Some(fields.required("audience_hint", text)?),
                    Some("none") => None,
                    Some(_) => return Err(SchemeError::new("audience: expected none")),
                },
                may_lack_exp: match fields.optional("expiry", text)?.as_deref() {
                    None | Some("required") => false,
                    Some("optional") => true,
                    Some(_) => {
                        return Err(SchemeError::new("expiry: expected required or optional"));
                    }
                },
                max_age: fields.optional("max_age", tolerance)?,
                audience_ignores_case: fields.or_default("audience_ignores_case", switch)?,
                jwks_uri: fields.optional("jwks_uri", text)?,
                metadata_uri: fields.optional("metadata_uri", text)?,
                leeway: fields.optional("leeway", number)?.unwrap_or(DEFAULT_LEEWAY),
                max_lifetime: fields.optional("max_lifetime", number)?,
                claim: fields.or_default("claim", |value| list(value, ClaimSection::read))?,
            })
        })
    }
}

impl JwtSection {
    /// Whether secrets may sign, and not public keys only.
    pub(crate) fn takes_secrets(&self) -> bool {
        self.algorithms.iter().any(|it| it.is_symmetric())
    }

    /// The section with what its texts mention in its place. A text that mentions
    /// what is not known is left out.
    pub(crate) fn filled(&self, constants: &Constants) -> Self {
        let address = |url: &Option<String>| constants.fill(url.as_deref()?);
        let claim = |claim: &ClaimSection| ClaimSection {
            values: claim.values(constants).collect(),
            ..claim.clone()
        };
        Self {
            issuer: constants.fill_all(&self.issuer),
            jwks_uri: address(&self.jwks_uri),
            metadata_uri: address(&self.metadata_uri),
            claim: self.claim.iter().map(claim).collect(),
            ..self.clone()
        }
    }
}

impl Default for TokenPlace {
    fn default() -> Self {
        Self::Header("authorization".to_owned())
    }
}

impl TokenPlace {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        match borrowed_text(value)? {
            "body" => Ok(Self::Body),
            text => match Place::parse_one_of(text, &["header"]) {
                Ok(Place::Header(name)) => Ok(Self::Header(name)),
                _ => Err(SchemeError::new("expected header:name or body")),
            },
        }
    }

    /// Where a bearer token stands.
    pub(crate) fn is_authorization(&self) -> bool {
        *self == Self::default()
    }
}

impl ClaimSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            let equals = fields.optional("equals", |value| list(value, scalar))?;
            let contains = fields.optional("contains", |value| list(value, scalar))?;
            let may_be_list = contains.is_some();
            Ok(Self {
                names: fields.required("names", texts)?,
                values: match (equals, contains) {
                    (Some(_), Some(_)) => {
                        return Err(SchemeError::new("expected one of equals and contains"));
                    }
                    (equals, contains) => equals.or(contains).unwrap_or_default(),
                },
                may_be_list,
                option: fields.optional("option", text)?,
                hint: fields.or_default("hint", text)?,
            })
        })
    }

    /// What the claim may say unless an option gives something else.
    pub(crate) fn values(&self, constants: &Constants) -> impl Iterator<Item = ClaimValue> {
        self.values.iter().filter_map(|value| match value {
            ClaimValue::Text(text) => constants.fill(text).map(ClaimValue::Text),
            other => Some(other.clone()),
        })
    }
}

impl DecryptSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                option: fields.required("option", text)?,
                hint: fields.required("hint", text)?,
                optional: fields.or_default("optional", switch)?,
                derive: fields.required("derive", choice)?,
                cipher: fields.required("cipher", CipherSection::read)?,
                iv: fields.optional("iv", IvSection::read)?,
                ciphertext: fields.required("ciphertext", CiphertextSection::read)?,
                charset: fields.optional("charset", Place::read)?,
                bodyless: fields.or_default("bodyless", choices)?,
                may_be_plaintext: fields.or_default("may_be_plaintext", switch)?,
            })
        })
    }
}

impl CipherSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                option: fields.required("option", text)?,
                from: fields.or_default("from", Place::read_one_or_many)?,
                default: fields.or_default("default", texts)?,
            })
        })
    }
}

impl IvSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.required("from", Place::read)?,
                name_option: fields.required("name_option", text)?,
            })
        })
    }
}

impl CiphertextSection {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                from: fields.required("from", choice)?,
                name: fields.optional("name", text)?,
                encoding: fields.required("encoding", CiphertextEncoding::read)?,
            })
        })
    }
}

impl CiphertextEncoding {
    fn read(value: &Value) -> Result<Self, SchemeError> {
        let text = borrowed_text(value)?;
        if text == "base64" {
            return Ok(Self::Base64);
        }
        match Place::parse(text) {
            Ok(Place::Header(name)) => Ok(Self::Header(name)),
            _ => Err(SchemeError::new("expected base64 or header:name")),
        }
    }
}

impl ChallengeSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                function: fields.required("function", choice)?,
                origins: fields.or_default("origins", texts)?,
            })
        })
    }
}
