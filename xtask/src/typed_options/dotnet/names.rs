//! Names as C# spells them.

/// `auth_token` and `auth-token` as `AuthToken`. A name that holds capitals keeps
/// them: `EdDSA`.
pub(super) fn pascal(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(capitalised).collect()
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The type of one value of an option that takes several: `algorithms` as
/// `Algorithm`.
pub(super) fn singular(name: &str) -> String {
    pascal(name.strip_suffix('s').unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_spelling_become_one() {
        assert_eq!(pascal("allowed_ips"), "AllowedIps");
        assert_eq!(pascal("standard-webhooks-v1a"), "StandardWebhooksV1a");
        assert_eq!(pascal("EdDSA"), "EdDSA");
        assert_eq!(singular("algorithms"), "Algorithm");
        assert_eq!(singular("cloud"), "Cloud");
        assert_eq!(capitalised(""), "");
    }
}
