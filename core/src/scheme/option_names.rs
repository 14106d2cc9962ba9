//! The options that a scheme file brings, read from its sections: for errors,
//! and for the catalogue.

use crate::error::Error;
use crate::options::{COMMON_OPTIONS, Options, TOLERANCE};
use crate::scheme::file::SchemeFile;
use crate::scheme::preset::Constants;
use crate::scheme::proofs::{
    BasicSection, ChallengeFunction, ChallengeSection, CiphertextEncoding, ClaimSection,
    DecryptSection, JwtSection, TokenSection,
};

/// One option of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OptionName {
    pub(crate) name: String,
    pub(crate) is_secret: bool,
    pub(crate) is_required: bool,
    /// Its value is an object of further options.
    pub(crate) is_group: bool,
    /// What it is, and its default.
    pub(crate) help: String,
}

impl OptionName {
    fn secret(name: &str, help: &str, is_required: bool) -> Self {
        Self {
            name: name.to_owned(),
            is_secret: true,
            is_required,
            is_group: false,
            help: help.to_owned(),
        }
    }

    fn plain(name: &str, help: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_secret: false,
            is_required: false,
            is_group: false,
            help: help.to_owned(),
        }
    }

    fn required(name: &str, help: &str) -> Self {
        Self {
            is_required: true,
            ..Self::plain(name, help)
        }
    }
}

/// All options of a file, without those that every scheme takes.
pub(crate) fn option_names(file: &SchemeFile) -> Vec<OptionName> {
    let mut names = Vec::new();
    if let Some(key) = &file.key {
        names.push(if key.is_public() {
            OptionName::required(&key.option, &key.hint)
        } else {
            OptionName::secret(&key.option, &key.hint, true)
        });
    }
    if let Some(decrypt) = &file.decrypt {
        names.extend(of_decrypt(decrypt));
    }
    for token in &file.token {
        names.extend(of_token(token));
    }
    if let Some(basic) = &file.basic {
        names.extend(of_basic(basic));
    }
    let usual = usual_constants(file);
    if let Some(jwt) = &file.jwt {
        let jwt = &jwt.filled(&usual);
        match &jwt.group {
            None => names.extend(of_jwt(jwt)),
            Some(group) => names.push(group_of_jwt(group, jwt)),
        }
    }
    if let Some(challenge) = &file.challenge {
        names.extend(of_challenge(challenge, &usual));
    }
    if let Some(preset) = &file.preset {
        let help = format!(
            "{}: one of {}; default {}",
            preset.hint,
            preset.choices(),
            preset.default
        );
        names.push(OptionName::plain(&preset.option, &help));
    }
    names
}

/// The options that every scheme takes, as far as this one does.
pub(crate) fn common_options(
    file: &SchemeFile,
) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let has_time = file.timestamp.is_some() || file.jwt.is_some();
    COMMON_OPTIONS
        .iter()
        .filter(move |(name, _)| has_time || *name != TOLERANCE)
}

/// Rejects an option that nothing reads. First of all checks, since a misspelt
/// name is also why another option is missing.
pub(crate) fn check_names(file: &SchemeFile, options: &Options) -> Result<(), Error> {
    let own = option_names(file);
    let known: Vec<&str> = own
        .iter()
        .map(|option| option.name.as_str())
        .chain(common_options(file).map(|(name, _)| *name))
        .collect();
    if !known.contains(&TOLERANCE) && options.names().any(|name| name == TOLERANCE) {
        return Err(no_time());
    }
    options.check_names(&known, &format!("scheme {}", file.id))
}

/// The option `tolerance` where nothing has a time.
pub(crate) fn no_time() -> Error {
    Error::configuration("option tolerance: this scheme signs no timestamp, so there is no window")
}

/// The same for the members of an option that is an object.
pub(crate) fn check_group(
    group: &str,
    section: &JwtSection,
    options: &Options,
) -> Result<(), Error> {
    let own = of_jwt(section);
    let known: Vec<&str> = own.iter().map(|option| option.name.as_str()).collect();
    options.check_names(&known, &format!("option {group}"))
}

/// The names of the options that a `[decrypt]` section brings, but its secret.
pub(crate) fn decrypt_names(section: &DecryptSection) -> Vec<String> {
    let names = of_decrypt(section).into_iter().map(|option| option.name);
    names.filter(|name| *name != section.option).collect()
}

/// The members of the option that is an object, where the file has one.
pub(crate) fn group_names(file: &SchemeFile) -> Vec<OptionName> {
    let grouped = file.jwt.iter().filter(|jwt| jwt.group.is_some());
    grouped.flat_map(of_jwt).collect()
}

/// What texts mention where nothing else is chosen.
fn usual_constants(file: &SchemeFile) -> Constants {
    let preset = file.preset.as_ref();
    preset
        .and_then(|preset| preset.constants(&preset.default))
        .unwrap_or_default()
}

fn of_token(token: &TokenSection) -> Vec<OptionName> {
    let mut names = vec![OptionName::secret(&token.option, &token.hint, false)];
    if let Some(option) = &token.name_option {
        let help = format!("where the token stands; default {}", token.from);
        names.push(OptionName::plain(option, &help));
    }
    names
}

fn of_basic(basic: &BasicSection) -> Vec<OptionName> {
    vec![
        OptionName::plain("username", &basic.hint),
        OptionName::secret("password", &basic.hint, false),
        OptionName::secret(
            "header_value",
            "the whole value of the Authorization header, in place of username and password",
            false,
        ),
        OptionName::plain(
            "allow_bare_base64",
            "take base64 without the word Basic or without padding; default false",
        ),
        OptionName::plain(
            "allow_empty_password",
            "the password may be empty; default false",
        ),
    ]
}

/// The options of a token, by themselves or as members of a group.
fn of_jwt(jwt: &JwtSection) -> Vec<OptionName> {
    let mut names: Vec<OptionName> = jwt
        .parameters
        .iter()
        .map(|name| OptionName::required(name, "a part of the issuer's addresses"))
        .collect();
    let audience = format!(
        "{}; may be left out where claims demands another claim that tells your senders from others",
        jwt.audience_hint
    );
    names.push(OptionName::required("audience", &audience));
    names.push(if jwt.issuer.is_empty() {
        OptionName::required("issuer", "the value of iss, or several")
    } else {
        let help = format!(
            "the value of iss, or several; default {}",
            jwt.issuer.join(", ")
        );
        OptionName::plain("issuer", &help)
    });
    names.extend([
        OptionName::plain("scope", "scopes that a token must hold, all of them"),
        OptionName::plain(
            "claims",
            "an object of what further claims must say: a text, a whole number or a boolean each, \
             or a list of those",
        ),
        OptionName::plain(
            "algorithms",
            "the algorithms to allow; default: all that fit the keys",
        ),
        OptionName {
            // A set of one's own may hold secrets, where those may sign.
            is_secret: jwt.algorithms.iter().any(|algorithm| algorithm.is_symmetric()),
            ..OptionName::plain("jwks", "the key set itself, as JSON text or object")
        },
        OptionName::plain("jwks_uri", "the https address of the key set"),
        OptionName::plain(
            "metadata_uri",
            "the https address of the document that names the key set",
        ),
        OptionName::plain(
            "introspection",
            "tokens are opaque, and a hook asks their issuer about each (RFC 7662); then issuer and \
             audience are optional; default false",
        ),
        OptionName::plain("max_lifetime", "seconds from iat to exp, at most"),
        OptionName::plain(
            "allow_missing_kid",
            "try every suitable key where a token names none; default false",
        ),
        OptionName::plain(
            "jwks_max_age",
            "seconds until keys are fetched anew; default 300",
        ),
        OptionName::plain(
            "jwks_cooldown",
            "seconds between two fetches at least; default 30",
        ),
    ]);
    if jwt
        .algorithms
        .iter()
        .any(|algorithm| algorithm.is_symmetric())
    {
        names.push(OptionName::secret(
            "hmac_secret",
            "the secret that signs the tokens, in place of a key set",
            false,
        ));
    }
    names.extend(jwt.claim.iter().filter_map(of_claim));
    names
}

fn of_claim(claim: &ClaimSection) -> Option<OptionName> {
    let option = claim.option.as_ref()?;
    let names = claim.names.join(" or ");
    if claim.values.is_empty() {
        let help = format!("the value of {names}, or several: {}", claim.hint);
        return Some(OptionName::required(option, &help));
    }
    let values: Vec<String> = claim.values.iter().map(ToString::to_string).collect();
    let help = format!("values of {names}; default {}", values.join(", "));
    Some(OptionName::plain(option, &help))
}

fn group_of_jwt(group: &str, jwt: &JwtSection) -> OptionName {
    let members = of_jwt(jwt)
        .into_iter()
        .map(|member| format!("{} ({})", member.name, member.help))
        .collect::<Vec<_>>()
        .join("; ");
    OptionName {
        is_group: true,
        ..OptionName::plain(group, &format!("an object of: {members}"))
    }
}

fn of_decrypt(decrypt: &DecryptSection) -> Vec<OptionName> {
    let mut names = vec![
        OptionName::secret(&decrypt.option, &decrypt.hint, !decrypt.optional),
        if decrypt.cipher.from.is_empty() {
            OptionName::plain(
                &decrypt.cipher.option,
                "the cipher, by its OpenSSL name; needed for an encrypted body",
            )
        } else {
            let default = decrypt.cipher.default.join(", ");
            let help = format!("the ciphers to allow, by their OpenSSL names; default {default}");
            OptionName::plain(&decrypt.cipher.option, &help)
        },
        OptionName::plain(
            "allow_legacy_ciphers",
            "allow ciphers that are broken or too short; default false",
        ),
        OptionName::plain(
            "plaintext",
            "what the plaintext must be: json (default), text or bytes",
        ),
    ];
    if let Some(iv) = &decrypt.iv {
        names.extend([
            OptionName::plain(
                "random_iv",
                "whether deliveries carry an IV: required (default), optional or disabled",
            ),
            OptionName::plain(
                &iv.name_option,
                &format!("where it stands; default {}", iv.from),
            ),
            OptionName::plain(
                "lenient_iv",
                "cut or fill an IV of the wrong length as PHP does; default false",
            ),
        ]);
    }
    match decrypt.ciphertext.encoding {
        CiphertextEncoding::Base64 => names.push(OptionName::plain(
            "lenient_base64",
            "take base64 without padding or with set unused bits; default false",
        )),
        CiphertextEncoding::Header(_) => names.extend([
            OptionName::plain(
                "strict",
                "take only hex, base64 and base64url in their one canonical form, and demand the \
                 header of the character set; default false",
            ),
            OptionName::plain(
                "default_format",
                "the encoding of the ciphertext where the header is missing; default: none",
            ),
        ]),
    }
    if decrypt.may_be_plaintext {
        names.push(OptionName::plain(
            "allow_plaintext",
            "take deliveries that are not encrypted; needs another proof; default false",
        ));
    }
    names
}

fn of_challenge(challenge: &ChallengeSection, usual: &Constants) -> Vec<OptionName> {
    match challenge.function {
        ChallengeFunction::EventGrid => of_event_grid(&usual.fill_all(&challenge.origins)),
        ChallengeFunction::EmptyBody => vec![OptionName::plain(
            "answer_empty_body",
            "answer a request without a body with 200; needs another proof; default false",
        )],
    }
}

fn of_event_grid(origins: &[String]) -> Vec<OptionName> {
    vec![
        OptionName::plain(
            "subscription_names",
            "the event subscriptions whose handshakes are answered; default: every one",
        ),
        OptionName::plain(
            "allowed_origins",
            &format!(
                "the origins whose handshakes are answered; default {}",
                origins.join(", ")
            ),
        ),
        OptionName::plain(
            "allowed_rate",
            "requests a minute that a handshake grants, or *; default: what is asked for",
        ),
        OptionName::plain(
            "handshake_requires_proof",
            "whether a handshake must carry the token that deliveries carry; default true",
        ),
    ]
}
