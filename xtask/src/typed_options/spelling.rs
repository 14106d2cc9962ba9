//! Names of the schema as several languages spell them.

/// `auth_token` as `authToken`.
pub(super) fn camel_case(name: &str) -> String {
    let pascal = pascal_case(name);
    let mut letters = pascal.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// `auth_token` and `auth-token` as `AuthToken`. A name that holds capitals keeps
/// them: `EdDSA`.
pub(super) fn pascal_case(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(capitalised).collect()
}

/// With a capital in front.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_spelling_become_one() {
        assert_eq!(camel_case("secret"), "secret");
        assert_eq!(camel_case("auth_token"), "authToken");
        assert_eq!(camel_case("ed25519_seed"), "ed25519Seed");
        assert_eq!(camel_case("max_body_bytes"), "maxBodyBytes");
        assert_eq!(pascal_case("allowed_ips"), "AllowedIps");
        assert_eq!(pascal_case("standard-webhooks-v1a"), "StandardWebhooksV1a");
        assert_eq!(pascal_case("EdDSA"), "EdDSA");
        assert_eq!(capitalised(""), "");
    }
}
