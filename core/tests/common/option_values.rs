//! Values for the options of every scheme, by their names.

use hookseal::OptionValue;

use super::SECRET;

pub(crate) const JWKS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// The same of RSA, made for these tests; the private half is not kept.
pub(crate) const RSA_JWKS: &str = r#"{"keys":[{"kty":"RSA","use":"sig","kid":"test-1","alg":"RS256","n":"m856_CxTsRNOMh-FJujSgmPpw_rLIYSDx_tEOyQalxmxPwxJjM_GfRX3iKorLT-Kuny7A79v6MpSYED6MB47GBt66nWsWAFwyPMDtz2K9Yb4JPwus4HXfHPEQaLyxIGZJdN2qo57rqUULBILg4zvWzVLEnqYEBvhGgxGsAIn1oPP_tDI-iyoG0Zf7fEicxSL260f_93ugGp7rhr8D9-NFWrNNxFInqBKhaZ8opID54S-8Z-HMRpAf-8Q6pBBeQwFntlGABg7y6md5ylz6w2CkUvLNnJ7BzBT2F1uJkl_eeLFKISyYRJd2DFrbLmKyWLAW9OxLQ2vtKZFtjdtsEE2Xw","e":"AQAB"}]}"#;

/// A certificate for the names of all schemes that take one, its issuer, the root of
/// both, and its key, which is `tests/keys/test-only-rsa-1.pem`.
pub(crate) const LEAF: &str = include_str!("../data/certificates/leaf.pem");
pub(crate) const INTERMEDIATE: &str = include_str!("../data/certificates/intermediate.pem");
pub(crate) const ROOT: &str = include_str!("../data/certificates/root.pem");
pub(crate) const RSA_KEY: &str = include_str!("../data/certificates/public-key.pem");

pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:Topic";

/// A value that the option takes where it does something.
pub(crate) fn value(scheme: &str, option: &str) -> OptionValue {
    match option {
        "algorithms" if scheme == "fireblocks" => "RS512".into(),
        "algorithms" if !takes_secrets(scheme) => "RS256".into(),
        "public_url" | "issuer" => "https://example.com".into(),
        "trusted_proxies" | "allowed_ips" => "10.0.0.0/8".into(),
        "allowed_hosts" | "allowed_origins" => "example.com".into(),
        "max_body_bytes" | "tolerance" | "max_lifetime" | "jwks_max_age" | "jwks_cooldown"
        | "allowed_rate" => 60.into(),
        "algorithm" => "hmac-sha256".into(),
        "components" if scheme == "cavage" => vec!["(request-target)", "date"].into(),
        "components" => "@target-uri".into(),
        "headers" => "x-a".into(),
        "label" | "tag" => "a".into(),
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
        "topic_arns" => TOPIC.into(),
        "certificates" => format!("{LEAF}{INTERMEDIATE}").as_str().into(),
        "certificate_roots" => ROOT.into(),
        "header_token_name" => "x-token".into(),
        "url_token" | "header_token" | "password" | "header_value" | "secret" | "hmac_secret"
        | "app_id" | "auth_token" | "app_secret" | "signing_secret" | "verify_token" | "key"
        | "client_secret" | "signing_key" | "application_secret" | "hmac_key" | "shared_key"
        | "signature_secret" => SECRET.into(),
        "username" | "audience" | "scope" | "subscription_names" | "url_token_param"
        | "iv_param" | "tenant" | "client_ids" | "roles" | "email" | "application_key"
        | "webhook_id" | "application_ids" | "workspace_id" => "name".into(),
        // Switches; what is off by default is switched on.
        "handshake_requires_proof" => false.into(),
        _ => true.into(),
    }
}

/// Other schemes know RS256 only.
fn takes_secrets(scheme: &str) -> bool {
    ["bearer-jwt", "kaisa-oauth2"].contains(&scheme)
}

/// A public key of the kind that the scheme has: P-256, RSA, or Ed25519.
pub(crate) fn public_key(scheme: &str) -> OptionValue {
    if ["aws-sns", "aws-sns-v1", "paypal", "alexa"].contains(&scheme) {
        return RSA_KEY.into();
    }
    if scheme == "sendgrid" {
        return "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3G\
                Rqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
            .into();
    }
    if scheme == "mailchannels" {
        return "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=".into();
    }
    const ED25519: [u8; 32] = [
        0x26, 0xb4, 0x0b, 0x8f, 0x93, 0xff, 0xf3, 0xd8, 0x97, 0x11, 0x2f, 0x7e, 0xbc, 0x58, 0x2b,
        0x23, 0x2d, 0xbd, 0x72, 0x51, 0x7d, 0x08, 0x2f, 0xe8, 0x3c, 0xfb, 0x30, 0xdd, 0xce, 0x43,
        0xd1, 0xbb,
    ];
    ED25519.as_slice().into()
}
