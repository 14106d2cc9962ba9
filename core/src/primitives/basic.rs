//! Basic credentials in an `Authorization` header (RFC 7617).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_PAD_INDIFFERENT};
use zeroize::Zeroizing;

use crate::primitives::authorization::credentials;

/// Far longer than a user and a password that somebody typed into a form.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// A user and a password as a caller sent them, in whatever character set. Wiped
/// when dropped.
pub(crate) struct BasicCredentials {
    pair: Zeroizing<Vec<u8>>,
    colon: usize,
}

/// How exactly the header is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BasicForm {
    /// As RFC 7617 writes it.
    Strict,
    /// Also without the word `Basic`, since a form that asks for the header's
    /// value invites to paste the base64 only, and also without its padding.
    Lenient,
}

/// Why a header holds no credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BasicError {
    /// It does not start with the word `Basic`.
    MissingScheme,
    /// What follows is not one base64 text with a colon in it.
    Malformed,
}

impl BasicCredentials {
    /// Reads the value of the header: `Basic` in any case, one or more spaces,
    /// base64 and nothing after it. May branch on the value, which came from
    /// the caller and is not the receiver's secret.
    pub(crate) fn parse(value: &[u8], form: BasicForm) -> Result<Self, BasicError> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(BasicError::Malformed);
        }
        let token = match (credentials(value, "Basic"), form) {
            (Some(token), _) => token,
            (None, BasicForm::Lenient) if !value.contains(&b' ') => value,
            (None, _) => return Err(BasicError::MissingScheme),
        };
        let engine = match form {
            BasicForm::Strict => &STANDARD,
            BasicForm::Lenient => &STANDARD_PAD_INDIFFERENT,
        };
        // Room for all of it, so that no copy is left behind unwiped.
        let mut pair = Zeroizing::new(Vec::with_capacity(token.len()));
        engine
            .decode_vec(token, &mut pair)
            .map_err(|_| BasicError::Malformed)?;
        let colon = pair
            .iter()
            .position(|&byte| byte == b':')
            .ok_or(BasicError::Malformed)?;
        Ok(Self { pair, colon })
    }

    /// Whether the sender wrote them in UTF-8, as it was asked to (RFC 7617
    /// section 2.1).
    pub(crate) fn is_utf8(&self) -> bool {
        std::str::from_utf8(&self.pair).is_ok()
    }

    /// What stands before the first colon.
    pub(crate) fn user(&self) -> &[u8] {
        &self.pair[..self.colon]
    }

    /// What stands after the first colon; it may hold more of them.
    pub(crate) fn password(&self) -> &[u8] {
        &self.pair[self.colon + 1..]
    }
}

impl core::fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BasicCredentials(…)")
    }
}

#[cfg(test)]
mod tests {
    use BasicError::{Malformed, MissingScheme};

    use super::*;

    type Parsed = Result<(String, String), BasicError>;

    fn parse(value: &str, form: BasicForm) -> Parsed {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        BasicCredentials::parse(value.as_bytes(), form)
            .map(|credentials| (text(credentials.user()), text(credentials.password())))
    }

    fn pair(user: &str, password: &str) -> Parsed {
        Ok((user.to_owned(), password.to_owned()))
    }

    /// RFC 7617 sections 2 and 2.1 are the first two; the others are made after
    /// its grammar.
    #[test]
    fn credentials_are_read_as_the_rfc_writes_them() {
        for (value, user, password) in [
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                "Aladdin",
                "open sesame",
            ),
            ("Basic dGVzdDoxMjPCow==", "test", "123£"),
            ("Basic dXNlcjpwYXNzd29yZA==", "user", "password"),
            ("Basic dXNlcjpwYTpzczp3b3Jk", "user", "pa:ss:word"),
            ("Basic dXNlcjo=", "user", ""),
            ("Basic OnBhc3M=", "", "pass"),
            ("Basic Og==", "", ""),
            ("basic dXNlcjpwYXNzd29yZA==", "user", "password"),
            ("BASIC dXNlcjpwYXNzd29yZA==", "user", "password"),
            ("Basic  dXNlcjpwYXNzd29yZA==", "user", "password"),
            ("Basic dXNlcjpwYXNzd29ydA==", "user", "passwort"),
            ("Basic VXNlcjpwYXNzd29yZA==", "User", "password"),
        ] {
            for form in [BasicForm::Strict, BasicForm::Lenient] {
                assert_eq!(parse(value, form), pair(user, password), "{value}");
            }
        }
    }

    #[test]
    fn only_the_lenient_form_forgives_a_missing_word_or_padding() {
        for (value, strict) in [
            ("dXNlcjpwYXNzd29yZA==", MissingScheme),
            ("dXNlcjpwYXNzd29yZA", MissingScheme),
            ("Basic dXNlcjpwYXNzd29yZA", Malformed),
        ] {
            assert_eq!(parse(value, BasicForm::Strict), Err(strict), "{value}");
            assert_eq!(parse(value, BasicForm::Lenient), pair("user", "password"));
        }
    }

    #[test]
    fn everything_else_is_rejected_in_either_form() {
        for (value, strict, lenient) in [
            ("", MissingScheme, Malformed),
            ("Basic", MissingScheme, Malformed),
            ("Basic ", Malformed, Malformed),
            ("Basic !!!!", Malformed, Malformed),
            ("Basic dXNlcnBhc3N3b3Jk", Malformed, Malformed),
            ("Basic dXNlcjpwYXNzd29yZA== ", Malformed, Malformed),
            ("Basic dXNlcjpwYXNzd29yZA==, Bearer x", Malformed, Malformed),
            ("Basic dXNlcjpw YXNzd29yZA==", Malformed, Malformed),
            ("Basic dXNlcjpwYXNzd29yZB==", Malformed, Malformed),
            ("Basic dXNlcjo_", Malformed, Malformed),
            ("Basic\tdXNlcjpwYXNzd29yZA==", MissingScheme, Malformed),
            ("Basic:dXNlcjpwYXNzd29yZA==", MissingScheme, Malformed),
            (" Basic dXNlcjpwYXNzd29yZA==", MissingScheme, MissingScheme),
            ("Bearer dXNlcjpwYXNzd29yZA==", MissingScheme, MissingScheme),
            ("BasicX dXNlcjpwYXNzd29yZA==", MissingScheme, MissingScheme),
        ] {
            assert_eq!(parse(value, BasicForm::Strict), Err(strict), "{value:?}");
            assert_eq!(parse(value, BasicForm::Lenient), Err(lenient), "{value:?}");
        }
    }

    #[test]
    fn the_character_set_is_the_senders() {
        let latin1 = BasicCredentials::parse(b"Basic dGVzdDoxMjOj", BasicForm::Strict).unwrap();
        assert_eq!(
            (latin1.user(), latin1.password()),
            (&b"test"[..], &b"123\xa3"[..])
        );
        assert!(!latin1.is_utf8());
        let utf8 = BasicCredentials::parse(b"Basic dGVzdDoxMjPCow==", BasicForm::Strict).unwrap();
        assert!(utf8.is_utf8());
    }

    #[test]
    fn length_has_a_bound() {
        let value = |length: usize| format!("Basic {}", "YTph".repeat((length - 6) / 4));
        assert!(parse(&value(MAX_VALUE_BYTES - 2), BasicForm::Strict).is_ok());
        assert_eq!(
            parse(&value(MAX_VALUE_BYTES + 4), BasicForm::Strict),
            Err(Malformed)
        );
    }
}
