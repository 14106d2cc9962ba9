//! Names as Java and Spring spell them.

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
        assert_eq!(constant("aes-128-cbc"), "AES_128_CBC");
        assert_eq!(kebab("auth_token"), "auth-token");
        assert_eq!(quoted("a\"b\\"), r#""a\"b\\""#);
    }
}
