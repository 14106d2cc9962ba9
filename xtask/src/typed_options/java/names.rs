//! Names as Java and Spring spell them.

/// `auth_token` as `authToken`.
pub(super) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    match letters.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + letters.as_str(),
        None => pascal,
    }
}

/// `auth_token` or `auth-token` as `AuthToken`.
pub(super) fn pascal(name: &str) -> String {
    let words = name.split(['_', '-']);
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            })
        })
        .collect()
}

/// `two-b` as `TWO_B`.
pub(super) fn constant(value: &str) -> String {
    value
        .chars()
        .map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() => letter.to_ascii_uppercase(),
            _ => '_',
        })
        .collect()
}

/// `auth_token` as `auth-token`.
pub(super) fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// A constant of text.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_name() {
        assert_eq!(camel("auth_token"), "authToken");
        assert_eq!(camel("ed25519_seed"), "ed25519Seed");
        assert_eq!(pascal("standard-webhooks-v1a"), "StandardWebhooksV1a");
        assert_eq!(constant("aes-128-cbc"), "AES_128_CBC");
        assert_eq!(kebab("auth_token"), "auth-token");
        assert_eq!(quoted("a\"b\\"), r#""a\"b\\""#);
    }
}
