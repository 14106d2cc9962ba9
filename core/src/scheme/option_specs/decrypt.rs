//! The options of an encrypted body.

use crate::options::{OptionKind, OptionSpec};
use crate::scheme::proofs::{
    CipherSection, CiphertextEncoding, CiphertextSection, DecryptSection, IvSection,
};

/// `credentials` are the options of which one must stand beside a delivery that
/// may be plain.
pub(super) fn specs(decrypt: &DecryptSection, credentials: &[&str]) -> Vec<OptionSpec> {
    let secret = OptionSpec::new(&decrypt.option, OptionKind::Secret, &*decrypt.hint);
    let cipher = of_cipher(&decrypt.cipher);
    let names_cipher = !decrypt.cipher.from.is_empty() || cipher.default.is_some();
    let mut others = vec![
        if decrypt.optional || names_cipher {
            cipher
        } else {
            cipher.required()
        },
        OptionSpec::switch(
            "allow_legacy_ciphers",
            "allow ciphers that are broken or too short: DES, DESX, Blowfish, CAST5, RC2, RC4, \
             IDEA, SEED",
        ),
        OptionSpec::new(
            "plaintext",
            choice(["json", "text", "bytes"]),
            "what the plaintext must be: one JSON value, any text, or anything, as decrypted",
        )
        .with_default("json"),
    ];
    others.extend(decrypt.iv.iter().flat_map(of_iv));
    others.extend(of_ciphertext(&decrypt.ciphertext));
    if decrypt.may_be_plaintext {
        others.push(
            OptionSpec::switch(
                "allow_plaintext",
                "take deliveries that name no cipher and hold no ciphertext",
            )
            .needing(credentials),
        );
    }
    if !decrypt.optional {
        let mut specs = vec![secret.required()];
        specs.extend(others);
        return specs;
    }
    let needed = &decrypt.option;
    let others = others.into_iter().map(|spec| spec.needing([needed]));
    let cipher = (!names_cipher).then_some(&decrypt.cipher.option);
    let secret = secret.needing(cipher);
    [secret].into_iter().chain(others).collect()
}

fn of_cipher(cipher: &CipherSection) -> OptionSpec {
    if cipher.from.is_empty() {
        let help = "the cipher of the bodies by its OpenSSL name, in any case";
        return OptionSpec::new(&cipher.option, OptionKind::Text, help)
            .with_any_default(cipher.default.first().map(String::as_str));
    }
    let help = "the ciphers that a delivery may name, by their OpenSSL names";
    OptionSpec::new(&cipher.option, OptionKind::Texts, help).with_default_texts(&cipher.default)
}

fn of_iv(iv: &IvSection) -> [OptionSpec; 3] {
    [
        OptionSpec::new(
            "random_iv",
            choice(["required", "optional", "disabled"]),
            "whether deliveries carry an IV; optional takes zero bytes where it is missing, \
             disabled takes them always and rejects an IV",
        )
        .with_default("required"),
        OptionSpec::new(
            &iv.name_option,
            OptionKind::Text,
            "the name of the parameter that the IV stands in, case-sensitive",
        )
        .with_default(iv.from.name()),
        OptionSpec::switch(
            "lenient_iv",
            "cut or fill an IV of the wrong length, as PHP does; not with random_iv disabled",
        ),
    ]
}

fn of_ciphertext(ciphertext: &CiphertextSection) -> Vec<OptionSpec> {
    match &ciphertext.encoding {
        CiphertextEncoding::Base64 => vec![OptionSpec::switch(
            "lenient_base64",
            "take base64 without padding, or with unused bits set",
        )],
        CiphertextEncoding::Header(header) => vec![
            OptionSpec::switch(
                "strict",
                "take only hex, base64 and base64url in their one canonical form, and demand the \
                 header of the character set",
            ),
            OptionSpec::new(
                "default_format",
                choice(["hex", "base64", "base64url", "latin1"]),
                format!(
                    "the encoding of the ciphertext where {header} is missing; otherwise that is \
                     missing_header; latin1 not with strict"
                ),
            ),
        ],
    }
}

fn choice<const N: usize>(values: [&str; N]) -> OptionKind {
    OptionKind::Choice(values.map(str::to_owned).into())
}
