//! Where the value is kept, in its place.

/// `vault:…`, `op://…`, `arn:aws:…`, `/run/secrets/…`, `!Ref …`.
pub(super) fn is_reference(text: &str) -> bool {
    const STORES: [&str; 11] = [
        "arn",
        "awssm",
        "env",
        "file",
        "keyvault",
        "kms",
        "secretref",
        "secretsmanager",
        "sops",
        "ssm",
        "vault",
    ];
    const BEGINNINGS: [&str; 9] = [
        "!Ref ",
        "!Sub ",
        "!env ",
        "!env_var ",
        "!secret ",
        "!vault ",
        "/etc/secrets/",
        "/run/secrets/",
        "/var/run/secrets/",
    ];
    let is_scheme = |scheme: &str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || b"+-".contains(&byte);
        scheme.len() > 1 && scheme.bytes().all(is_part)
    };
    let is_resource = text.starts_with("projects/") && text.contains("/secrets/");
    text.split_once("://")
        .is_some_and(|(scheme, _)| is_scheme(scheme))
        || text
            .split_once(':')
            .is_some_and(|(store, _)| STORES.contains(&store))
        || BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
        || is_resource
}
