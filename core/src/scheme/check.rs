//! Promises of a scheme file that need no plan: its head, sections that need
//! each other, and the names of its options.

use std::collections::BTreeSet;

use crate::options::{OptionKind, OptionSpec};
use crate::primitives::key_encoding::KeyEncoding;
use crate::primitives::signature::{PublicKeyAlgorithm, SignatureAlgorithm};
use crate::scheme::certificate::{CertificateFunction, TOPIC};
use crate::scheme::demand::DemandTest;
use crate::scheme::file::SchemeFile;
use crate::scheme::key::KeySection;
use crate::scheme::option_specs::{common_names, own_options};
use crate::scheme::place::Place;
use crate::scheme::preset::PresetSection;
use crate::scheme::proofs::{ChallengeFunction, ChallengeSection, JwtSection, TokenPlace};

pub(super) fn check(file: &SchemeFile) -> Result<(), String> {
    check_head(file)?;
    check_sections(file)?;
    check_options(file)
}

fn check_head(file: &SchemeFile) -> Result<(), String> {
    let is_kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if file.id.is_empty() || file.id.len() > 64 || !file.id.bytes().all(is_kebab) {
        return Err("id: expected a kebab-case name of at most 64 characters".to_owned());
    }
    if !file.docs.is_empty() && !file.docs.starts_with("https://") {
        return Err("docs: expected the https URL of the documentation".to_owned());
    }
    Ok(())
}

/// Sections that need each other.
fn check_sections(file: &SchemeFile) -> Result<(), String> {
    match (&file.key, &file.signature, &file.jwt) {
        (None, Some(_), _) => return Err("signature: it needs a key".to_owned()),
        (Some(_), None, None) => return Err("key: nothing is signed with it".to_owned()),
        (Some(_), Some(_), Some(_)) => {
            return Err("key: it signs the request or a token, not both".to_owned());
        }
        (Some(key), None, Some(jwt)) => check_token_key(key, jwt)?,
        _ => {}
    }
    let has_certificate = file.key.iter().any(|key| key.certificate.is_some());
    if has_certificate && file.jwt.is_some() {
        return Err("key.certificate: belongs to a signature of the request".to_owned());
    }
    if let (Some(key), Some(signature)) = (&file.key, &file.signature) {
        match &signature.algorithm_option {
            None => check_key(key, signature.algorithm)?,
            Some(_) => check_any_key(key)?,
        }
        check_certificate(file, key, signature.algorithm)?;
    }
    let parts = [
        (!file.variant.is_empty(), "variant"),
        (file.timestamp.is_some(), "timestamp"),
        (file.delivery_id.is_some(), "delivery_id"),
        (file.event_type.is_some(), "event_type"),
        (!file.require.is_empty(), "require"),
        (!file.option.is_empty(), "option"),
    ];
    let orphan = parts.iter().find(|(is_there, _)| *is_there);
    if let (None, None, Some((_, part))) = (&file.signature, &file.jwt, orphan) {
        return Err(format!("{part}: belongs to a signature, and there is none"));
    }
    if file.signature.is_none() && !file.option.is_empty() {
        return Err("option: belongs to a signature, and there is none".to_owned());
    }
    if let (None, Some(_)) = (&file.signature, &file.timestamp) {
        return Err("timestamp: a token has its iat; set jwt.max_age".to_owned());
    }
    if file.signature.is_some() && file.decrypt.is_some() {
        return Err("decrypt: a scheme signs or encrypts, not both".to_owned());
    }
    if let Some(challenge) = file.challenge.function() {
        check_challenge(file, challenge)?;
    }
    if file.decrypt.is_some() && !file.challenge.described().is_empty() {
        return Err("challenge: what is in an encrypted body cannot be asked for".to_owned());
    }
    if let Some(position) = file
        .token
        .iter()
        .position(|token| matches!(token.from, Place::Signature(_) | Place::Option(_)))
    {
        return Err(format!(
            "token[{position}].from: expected header:…, query:…, form:… or json:…"
        ));
    }
    if let Some(jwt) = &file.jwt {
        check_claims(jwt)?;
        check_detached(file, jwt)?;
    }
    if let Some(preset) = &file.preset {
        check_preset(file, preset)?;
    }
    let has_proof = file.signature.is_some()
        || !file.token.is_empty()
        || file.basic.is_some()
        || file.jwt.is_some()
        || file.decrypt.is_some();
    if !has_proof {
        return Err("a proof is missing: signature, token, basic, jwt or decrypt".to_owned());
    }
    Ok(())
}

/// A key is a secret or public, and its encoding one of its kind.
fn check_key(key: &KeySection, algorithm: SignatureAlgorithm) -> Result<(), String> {
    if key.is_public() && key.derive.is_some() {
        return Err("key.derive: belongs to a secret".to_owned());
    }
    let SignatureAlgorithm::PublicKey(algorithm) = algorithm else {
        return match (key.shared, key.encoding) {
            (Some(_), _) => Err("key.shared: belongs to a public key".to_owned()),
            (None, _) if key.risk.is_some() => {
                Err("key.risk: belongs to a shared public key".to_owned())
            }
            (None, KeyEncoding::Spki) => Err("key.encoding: a secret is no public key".to_owned()),
            (None, _) => Ok(()),
        };
    };
    let is_raw = algorithm == PublicKeyAlgorithm::Ed25519;
    match key.encoding {
        KeyEncoding::Spki => {}
        KeyEncoding::Hex | KeyEncoding::Base64 if is_raw => {}
        _ => return Err("key.encoding: expected spki; of Ed25519 hex or base64 too".to_owned()),
    }
    let risk = key.risk.as_deref().filter(|risk| !risk.trim().is_empty());
    match (key.shared, risk) {
        (None, _) => Err(
            "key.shared: say whether the provider signs for all its customers with this key"
                .to_owned(),
        ),
        (Some(false), Some(_)) => Err("key.risk: belongs to a shared key".to_owned()),
        _ => Ok(()),
    }
}

/// Certificates hold RSA keys of whoever signs for all customers, and nothing
/// else fetches keys beside them.
fn check_certificate(
    file: &SchemeFile,
    key: &KeySection,
    algorithm: SignatureAlgorithm,
) -> Result<(), String> {
    let Some(certificate) = &key.certificate else {
        return Ok(());
    };
    let is_rsa = matches!(
        algorithm,
        SignatureAlgorithm::PublicKey(
            PublicKeyAlgorithm::RsaV15Sha1
                | PublicKeyAlgorithm::RsaV15Sha256
                | PublicKeyAlgorithm::RsaV15Sha512
                | PublicKeyAlgorithm::RsaPssSha512
        )
    );
    if !is_rsa {
        return Err("key.certificate: expected an algorithm of RSA".to_owned());
    }
    if key.shared != Some(true) {
        return Err("key.certificate: whoever publishes its key signs for all".to_owned());
    }
    if file.signature.iter().any(|it| !it.url.is_empty()) {
        return Err("key.certificate: beside it the URL has one form".to_owned());
    }
    // Demands are looked at before a certificate is fetched, and the forms of a URL
    // belong to a signature that matched.
    let has_topic = file.require.iter().any(|demand| {
        matches!(demand.test, DemandTest::Option(_))
            && demand.places == [Place::Json(TOPIC.to_owned())]
    });
    if certificate.function == CertificateFunction::AwsSns && !has_topic {
        return Err(format!(
            "key.certificate: aws-sns needs an option in [require] for json:{TOPIC}, whose \
             region is the host's"
        ));
    }
    Ok(())
}

/// A key of which an option says the algorithm is the receiver's own; a public one is
/// in PEM.
fn check_any_key(key: &KeySection) -> Result<(), String> {
    let is_plain = key.encoding == KeyEncoding::Utf8 && key.prefix.is_empty();
    if is_plain && key.derive.is_none() && key.shared.is_none() && key.risk.is_none() {
        return Ok(());
    }
    Err("key: where an option says the algorithm, it has option and hint only".to_owned())
}

/// One key is a secret or public, and of the token's algorithms.
fn check_token_key(key: &KeySection, jwt: &JwtSection) -> Result<(), String> {
    let symmetric = jwt.algorithms.iter().filter(|it| it.is_symmetric()).count();
    if symmetric != 0 && symmetric != jwt.algorithms.len() {
        return Err("jwt.algorithms: one [key] serves secrets or public keys, not both".to_owned());
    }
    if jwt.group.is_some() || jwt.jwks_uri.is_some() || jwt.metadata_uri.is_some() {
        return Err("jwt: beside [key] there is no group and no address of keys".to_owned());
    }
    match jwt.algorithms.first().map(|it| it.signature()) {
        Some(algorithm) => check_key(key, algorithm),
        None => Err("jwt.algorithms: expected at least one".to_owned()),
    }
}

/// What signs the body is a proof of its own, with public keys that a set has.
fn check_detached(file: &SchemeFile, jwt: &JwtSection) -> Result<(), String> {
    if jwt.detached.is_none() {
        return Ok(());
    }
    if let Some(field) = jwt.claim_field {
        return Err(format!("jwt.{field}: a detached signature has no claims"));
    }
    let is_public = !jwt.algorithms.is_empty() && !jwt.takes_secrets();
    if !is_public {
        return Err("jwt.algorithms: a detached signature is that of a public key".to_owned());
    }
    if jwt.from == TokenPlace::Body {
        return Err("jwt.from: the body is what a detached signature signs".to_owned());
    }
    let parts = [
        (file.key.is_some(), "key"),
        (file.signature.is_some(), "signature"),
        (file.decrypt.is_some(), "decrypt"),
        (!file.variant.is_empty(), "variant"),
    ];
    match parts.iter().find(|(is_there, _)| *is_there) {
        None => Ok(()),
        Some((_, part)) => Err(format!(
            "{part}: a detached signature has a key set, and signs the whole body always"
        )),
    }
}

fn check_claims(jwt: &JwtSection) -> Result<(), String> {
    for (position, claim) in jwt.claim.iter().enumerate() {
        let place = format!("jwt.claim[{position}]");
        if claim.names.is_empty() {
            return Err(format!("{place}: expected names"));
        }
        if claim.values.is_empty() && (claim.option.is_none() || claim.hint.is_empty()) {
            return Err(format!(
                "{place}: expected equals or contains, or option and hint"
            ));
        }
    }
    Ok(())
}

/// Whatever is chosen, something says what is not known then.
fn check_preset(file: &SchemeFile, preset: &PresetSection) -> Result<(), String> {
    if file.jwt.is_none() && file.challenge.function().is_none() {
        return Err("preset: only jwt and challenge mention its texts".to_owned());
    }
    if !preset.values.contains_key(&preset.default) {
        return Err(format!("preset.default: is none of {}", preset.choices()));
    }
    for (choice, texts) in &preset.values {
        let names_own_option = |name: &&String| {
            let mut parameters = file.jwt.iter().flat_map(|jwt| &jwt.parameters);
            !is_snake_case(name) || parameters.any(|parameter| parameter == *name)
        };
        if let Some(name) = texts.keys().find(names_own_option) {
            return Err(format!(
                "preset.values.{choice}.{name}: expected a snake_case name that is no parameter"
            ));
        }
        let constants = preset.constants(choice).unwrap_or_default();
        for (position, claim) in file.jwt.iter().flat_map(|jwt| &jwt.claim).enumerate() {
            let is_known = claim.values(&constants).next().is_some();
            if !is_known && (claim.option.is_none() || claim.hint.is_empty()) {
                return Err(format!(
                    "jwt.claim[{position}]: {choice} of preset does not know it, so it needs \
                     option and hint"
                ));
            }
        }
    }
    Ok(())
}

/// A challenge is not signed, and what is in its body is not encrypted.
fn check_challenge(file: &SchemeFile, challenge: &ChallengeSection) -> Result<(), String> {
    let is_empty = challenge.function == ChallengeFunction::EmptyBody;
    if file.signature.is_some() || (file.decrypt.is_some() && !is_empty) {
        return Err("challenge: it can be asked for a token, a password or a JWT only".to_owned());
    }
    if is_empty && !challenge.origins.is_empty() {
        return Err("challenge.origins: belongs to event-grid".to_owned());
    }
    Ok(())
}

fn check_options(file: &SchemeFile) -> Result<(), String> {
    if let Some(key) = &file.key
        && !is_snake_case(&key.option)
    {
        return Err("key.option: expected a snake_case name".to_owned());
    }
    check_option_names(common_names(), &own_options(file))
}

/// One name, one meaning; the members of a group have names of their own.
fn check_option_names(taken: Vec<String>, options: &[OptionSpec]) -> Result<(), String> {
    let mut taken: BTreeSet<String> = taken.into_iter().collect();
    for option in options {
        if !is_snake_case(&option.name) {
            return Err(format!(
                "option {}: expected a snake_case name",
                option.name
            ));
        }
        if !taken.insert(option.name.clone()) {
            return Err(format!("option {}: stands for two things", option.name));
        }
        if let OptionKind::Group(members) = &option.kind {
            check_option_names(Vec::new(), members)?;
        }
    }
    Ok(())
}

fn is_snake_case(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && name.bytes().all(is_part)
}
