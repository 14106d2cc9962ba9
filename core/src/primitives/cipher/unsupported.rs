//! Why a cipher's name is not usable.

use core::fmt;

/// The text that an error about the configuration shows after the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsupported {
    /// No cipher has this name.
    Unknown,
    /// An AEAD mode.
    Authenticated,
    /// The senders' own runtimes fail with it, or it encrypts nothing.
    Unusable,
    /// It works, but no sender is known to use it.
    Exotic,
}

impl Unsupported {
    /// Sorts a name that is not in the catalogue.
    pub(super) fn of(name: &str) -> Self {
        const AUTHENTICATED: [&str; 4] = ["-gcm", "-ccm", "-ocb", "-poly1305"];
        const UNUSABLE: [&str; 7] = [
            "-siv",
            "-cts",
            "-cbc-hmac-sha1",
            "-cbc-hmac-sha256",
            "-wrap",
            "-inv",
            "cms3deswrap",
        ];
        const EXOTIC: [&str; 4] = ["-cfb1", "-xts", "-wrap-pad", "rc4-hmac-md5"];

        let name = name.to_ascii_lowercase();
        let ends_with_one_of = |endings: &[&str]| endings.iter().any(|end| name.ends_with(end));
        if ends_with_one_of(&AUTHENTICATED) {
            Self::Authenticated
        } else if name == "null" || ends_with_one_of(&UNUSABLE) {
            Self::Unusable
        } else if ends_with_one_of(&EXOTIC) {
            Self::Exotic
        } else {
            Self::Unknown
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "is not the name of a cipher",
            Self::Authenticated => "needs a tag, and these messages carry none",
            Self::Unusable => "cannot encrypt such messages: the sender's own runtime refuses it",
            Self::Exotic => "is not supported; no sender is known to use it",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_name_has_its_reason() {
        for (name, reason) in [
            ("md5", Unsupported::Unknown),
            ("", Unsupported::Unknown),
            ("aes-256-gcm", Unsupported::Authenticated),
            ("id-aes128-CCM", Unsupported::Authenticated),
            ("ChaCha20-Poly1305", Unsupported::Authenticated),
            ("NULL", Unsupported::Unusable),
            ("aes-128-siv", Unsupported::Unusable),
            ("camellia-128-cbc-cts", Unsupported::Unusable),
            ("aes-128-cbc-hmac-sha256", Unsupported::Unusable),
            ("aes-192-wrap", Unsupported::Unusable),
            ("aes-192-wrap-pad-inv", Unsupported::Unusable),
            ("id-smime-alg-CMS3DESwrap", Unsupported::Unusable),
            ("aes-128-cfb1", Unsupported::Exotic),
            ("aes-256-xts", Unsupported::Exotic),
            ("id-aes256-wrap-pad", Unsupported::Exotic),
            ("rc4-hmac-md5", Unsupported::Exotic),
        ] {
            assert_eq!(Unsupported::of(name), reason, "{name}");
        }
    }
}
