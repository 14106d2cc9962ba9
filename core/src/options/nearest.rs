//! The known name that somebody meant who wrote another one.

/// Longer ones are no slips.
const LONGEST: usize = 64;

/// The nearest of the known names, if it is near. Case, `_` and `-` do not
/// count: other languages and formats spell them in another way.
pub(crate) fn nearest<'n>(
    written: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = bare(written);
    let distances = known.into_iter().map(|name| {
        let bare = bare(name);
        let longer = written.len().max(bare.len());
        (strsim::damerau_levenshtein(&written, &bare), longer, name)
    });
    let near = distances.filter(|(distance, longer, _)| distance * 3 <= *longer);
    near.min_by_key(|(distance, ..)| *distance)
        .map(|(.., name)| name)
}

fn bare(name: &str) -> String {
    let letters = name.chars().filter(|letter| !"_-".contains(*letter));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let known = ["auth_token", "allowed_ips", "allowed_hosts", "public_url"];
        for (written, meant) in [
            ("auth_tokn", Some("auth_token")),
            ("auth_tokne", Some("auth_token")),
            ("authToken", Some("auth_token")),
            ("allowed-ip", Some("allowed_ips")),
            ("publicurl", Some("public_url")),
            ("url", None),
            ("secret", None),
            ("", None),
            (&"auth_token".repeat(9), None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
