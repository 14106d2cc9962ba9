//! The options of a token issuer.

use std::sync::OnceLock;

use serde_json::Value;

use crate::options::{OptionKind, OptionSpec, Range};

/// The options of [`TokenIssuer`](crate::TokenIssuer) as a JSON array, described
/// as [`schemes_json`](crate::schemes_json) describes those of a scheme.
#[must_use]
pub fn token_issuer_options_json() -> &'static str {
    static OPTIONS: OnceLock<String> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let specs = option_specs();
        let entries = specs.iter().map(OptionSpec::to_json);
        entries.collect::<Value>().to_string()
    })
}

pub(super) fn option_specs() -> Vec<OptionSpec> {
    vec![
        OptionSpec::new(
            "client_id",
            OptionKind::Text,
            "the client that asks for tokens",
        )
        .required(),
        OptionSpec::new(
            "client_secret",
            OptionKind::Secret,
            "the secret that the client was given",
        )
        .required(),
        OptionSpec::new("issuer", OptionKind::Text, "the claim iss of the tokens").required(),
        OptionSpec::new("audience", OptionKind::Texts, "the claim aud of the tokens").required(),
        OptionSpec::new(
            "scope",
            OptionKind::Texts,
            "the scopes that may be asked for, and are granted where nothing is asked for",
        ),
        OptionSpec::new(
            "lifetime",
            // Short, since a bearer token that leaks cannot be called back.
            OptionKind::Seconds(Range::new(1, 86_400)),
            "how long a token is good",
        )
        .with_default(300),
        OptionSpec::new(
            "hmac_secret",
            OptionKind::OneSecret,
            "the key of HS256: at least 32 random bytes, or a text of them",
        )
        .excluding(["ed25519_seed"]),
        OptionSpec::new(
            "ed25519_seed",
            OptionKind::OneSecret,
            "the key of EdDSA: 32 random bytes, or their base64",
        )
        .excluding(["hmac_secret"]),
        OptionSpec::new(
            "algorithm",
            OptionKind::Choice(["HS256", "EdDSA"].map(str::to_owned).into()),
            "that of the key, for who wants to say it",
        ),
        OptionSpec::switch("allow_json", "take requests in application/json too"),
        OptionSpec::switch(
            "allow_both_credentials",
            "take credentials in header and body together, if they agree",
        ),
        OptionSpec::switch(
            "form_encoded_only",
            "reject a Basic header whose parts are not form-encoded, as RFC 6749 demands and many \
             clients omit",
        ),
    ]
}
