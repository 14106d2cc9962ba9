//! Values for the options of every scheme, by their names.

use hookseal::OptionValue;

use super::SECRET;

pub(crate) const JWKS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// The same of RSA, made for these tests; the private half is not kept.
pub(crate) const RSA_JWKS: &str = r#"{"keys":[{"kty":"RSA","use":"sig","kid":"test-1","alg":"RS256","n":"m856_CxTsRNOMh-FJujSgmPpw_rLIYSDx_tEOyQalxmxPwxJjM_GfRX3iKorLT-Kuny7A79v6MpSYED6MB47GBt66nWsWAFwyPMDtz2K9Yb4JPwus4HXfHPEQaLyxIGZJdN2qo57rqUULBILg4zvWzVLEnqYEBvhGgxGsAIn1oPP_tDI-iyoG0Zf7fEicxSL260f_93ugGp7rhr8D9-NFWrNNxFInqBKhaZ8opID54S-8Z-HMRpAf-8Q6pBBeQwFntlGABg7y6md5ylz6w2CkUvLNnJ7BzBT2F1uJkl_eeLFKISyYRJd2DFrbLmKyWLAW9OxLQ2vtKZFtjdtsEE2Xw","e":"AQAB"}]}"#;

/// A value that the option takes where it does something.
pub(crate) fn value(scheme: &str, option: &str) -> OptionValue {
    match option {
        "algorithms" if !takes_secrets(scheme) => "RS256".into(),
        "public_url" | "issuer" => "https://example.com".into(),
        "trusted_proxies" | "allowed_ips" => "10.0.0.0/8".into(),
        "allowed_hosts" | "allowed_origins" => "example.com".into(),
        "max_body_bytes" | "tolerance" | "max_lifetime" | "jwks_max_age" | "jwks_cooldown"
        | "allowed_rate" => 60.into(),
        "ciphers" | "cipher" => "aes-256-cbc".into(),
        "plaintext" => "text".into(),
        "random_iv" => "optional".into(),
        "default_format" => "hex".into(),
        "algorithms" => vec!["HS256", "EdDSA"].into(),
        "jwks" if !takes_secrets(scheme) => RSA_JWKS.into(),
        "jwks" => JWKS.into(),
        "jwks_uri" | "metadata_uri" => "https://auth.example.com/x".into(),
        "entra" => OptionValue::Object(
            [
                ("tenant".to_owned(), "t".into()),
                ("audience".to_owned(), "a".into()),
            ]
            .into(),
        ),
        "claims" => OptionValue::Object([("sub".to_owned(), "a".into())].into()),
        "cloud" => "usgov".into(),
        "header_token_name" => "x-token".into(),
        "url_token" | "header_token" | "password" | "header_value" | "secret" | "hmac_secret"
        | "app_id" | "auth_token" | "app_secret" | "signing_secret" | "verify_token" => {
            SECRET.into()
        }
        "username" | "audience" | "scope" | "subscription_names" | "url_token_param"
        | "iv_param" | "tenant" | "client_ids" | "roles" | "email" => "name".into(),
        // Switches; what is off by default is switched on.
        "handshake_requires_proof" => false.into(),
        _ => true.into(),
    }
}

/// Other schemes know RS256 only.
fn takes_secrets(scheme: &str) -> bool {
    ["bearer-jwt", "kaisa-oauth2"].contains(&scheme)
}

/// A public key of the kind that the scheme has: P-256, or Ed25519.
pub(crate) fn public_key(scheme: &str) -> OptionValue {
    if scheme == "sendgrid" {
        return "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3G\
                Rqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
            .into();
    }
    const ED25519: [u8; 32] = [
        0x26, 0xb4, 0x0b, 0x8f, 0x93, 0xff, 0xf3, 0xd8, 0x97, 0x11, 0x2f, 0x7e, 0xbc, 0x58, 0x2b,
        0x23, 0x2d, 0xbd, 0x72, 0x51, 0x7d, 0x08, 0x2f, 0xe8, 0x3c, 0xfb, 0x30, 0xdd, 0xce, 0x43,
        0xd1, 0xbb,
    ];
    ED25519.as_slice().into()
}
