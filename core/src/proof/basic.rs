//! HTTP Basic authentication (RFC 7617), or a whole header value that is known.

use subtle::Choice;

use crate::config::{switch, text, wrong};
use crate::error::{Error, ErrorCode};
use crate::header;
use crate::keyring::Keyring;
use crate::options::{OptionValue, Options};
use crate::outcome::MatchedKey;
use crate::primitives::basic::{BasicCredentials, BasicForm};
use crate::primitives::secret_digest::SecretDigest;
use crate::proof::token::match_digest;
use crate::scheme::{BasicSection, KeySection, Plan};
use crate::subject::Subject;

/// What to answer with 401 (RFC 7617 section 2).
const AUTHENTICATE: &str = "Basic realm=\"webhook\", charset=\"UTF-8\"";

/// The credentials that are accepted.
#[derive(Debug)]
pub(crate) struct Basic {
    slot: usize,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    Credentials {
        user: SecretDigest,
        passwords: Keyring<SecretDigest>,
        form: BasicForm,
    },
    /// The header as a whole, whatever it is.
    Value(Keyring<SecretDigest>),
}

impl Basic {
    /// `None` where the section is optional and none of its options is given.
    pub(crate) fn new(
        section: &BasicSection,
        options: &mut Options,
        plan: &mut Plan,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        let user = text(options, "username")?;
        let password = options.take("password");
        let value = options.take("header_value");
        let form = if switch(options, "allow_bare_base64")? {
            BasicForm::Lenient
        } else {
            BasicForm::Strict
        };
        let allows_empty = switch(options, "allow_empty_password")?;
        let expected = match (user, password, value) {
            (None, None, Some(value)) => {
                let key =
                    KeySection::plain("header_value", "the value of the Authorization header");
                let digests = Keyring::new(&key, value, labels, |text| Ok(SecretDigest::of(text)))?;
                Expected::Value(digests)
            }
            (Some(user), Some(password), None) => {
                check_user(&user)?;
                Expected::Credentials {
                    user: SecretDigest::of(user.as_bytes()),
                    passwords: passwords(section, password, allows_empty, labels)?,
                    form,
                }
            }
            (None, None, None) if section.optional => return Ok(None),
            (None, None, None) => {
                return Err(Error::configuration(format!(
                    "options username and password are missing: {}; or give header_value",
                    section.hint
                )));
            }
            (_, _, Some(_)) => {
                return Err(wrong(
                    "header_value",
                    "stands in the place of username and password, not beside them",
                ));
            }
            (Some(_), None, None) => return Err(wrong("password", "is missing beside username")),
            (None, Some(_), None) => return Err(wrong("username", "is missing beside password")),
        };
        Ok(Some(Self {
            slot: plan.slot("authorization"),
            expected,
        }))
    }

    pub(crate) const fn header_slot(&self) -> usize {
        self.slot
    }

    /// Compares user and password, both always.
    pub(crate) fn check(
        &self,
        plan: &Plan,
        subject: &Subject<'_, '_>,
    ) -> Result<MatchedKey, Error> {
        self.matched(plan, subject)
            .map_err(|error| error.with_authenticate(AUTHENTICATE))
    }

    fn matched(&self, plan: &Plan, subject: &Subject<'_, '_>) -> Result<MatchedKey, Error> {
        let value = header::required(plan, subject.headers(), self.slot)?;
        let (digests, found) = match &self.expected {
            Expected::Value(values) => (values, match_digest(values, [value])),
            Expected::Credentials {
                user,
                passwords,
                form,
            } => {
                let credentials = BasicCredentials::parse(value, *form).map_err(|_| {
                    Error::new(
                        ErrorCode::MalformedHeader,
                        "the Authorization header is not of the form Basic base64(user:password)",
                    )
                })?;
                let is_user: Choice = user.ct_eq(&SecretDigest::of(credentials.user()));
                let found = match_digest(passwords, [credentials.password()]);
                (passwords, found.filter(|_| bool::from(is_user)))
            }
        };
        let index = found.ok_or_else(|| {
            Error::new(
                ErrorCode::TokenMismatch,
                "the user or the password is wrong",
            )
        })?;
        Ok(digests.matched(index))
    }
}

fn passwords(
    section: &BasicSection,
    password: OptionValue,
    allows_empty: bool,
    labels: &mut Vec<String>,
) -> Result<Keyring<SecretDigest>, Error> {
    let is_empty = matches!(&password, OptionValue::Text(text) if text.is_empty());
    match (is_empty, allows_empty) {
        (true, false) => Err(wrong(
            "password",
            "is empty; where that is meant, set allow_empty_password",
        )),
        (true, true) => Ok(Keyring::single(SecretDigest::of(b""), labels)),
        (false, _) => {
            let key = KeySection::plain("password", &section.hint);
            Keyring::new(&key, password, labels, |text| Ok(SecretDigest::of(text)))
        }
    }
}

/// A user name with a colon would be read as a shorter one (RFC 7617 section 2).
fn check_user(user: &str) -> Result<(), Error> {
    if user.trim().is_empty() {
        return Err(wrong("username", "is empty"));
    }
    if user.contains(':') || user.chars().any(char::is_control) {
        return Err(wrong("username", "holds a colon or a control character"));
    }
    Ok(())
}
