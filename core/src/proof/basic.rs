//! HTTP Basic authentication (RFC 7617), or a whole header value that is known.

use subtle::Choice;

use crate::error::{Error, ErrorCode};
use crate::keyring::Keyring;
use crate::keyring::MatchedKey;
use crate::options::{OptionReader, OptionValue};
use crate::options::{wrong, wrong_kind};
use crate::prepared_request::PreparedRequest;
use crate::primitives::basic::{BasicCredentials, BasicForm};
use crate::primitives::secret_digest::SecretDigest;
use crate::proof::token::match_digest;
use crate::request::{Header, Needs};
use crate::scheme::{BasicSection, KeySection};

/// What to answer with 401 (RFC 7617 section 2).
pub(super) const AUTHENTICATE: &str = "Basic realm=\"webhook\", charset=\"UTF-8\"";

const NOT_UTF8: &str = "user and password in the Authorization header are not in the character \
    set UTF-8, but in another one, such as ISO-8859-1 (Latin-1): give username and password as the \
    bytes that the sender makes of them";

/// The credentials that are accepted.
#[derive(Debug)]
pub(crate) struct Basic {
    header: Header,
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
        options: &mut OptionReader,
        needs: &mut Needs,
        labels: &mut Vec<String>,
    ) -> Result<Option<Self>, Error> {
        let user = user(options)?;
        let password = options.take("password")?;
        let expected = match (user, password) {
            (Some(user), Some(password)) => {
                let form = if options.switch("allow_bare_base64")? {
                    BasicForm::Lenient
                } else {
                    BasicForm::Strict
                };
                let allows_empty = options.switch("allow_empty_password")?;
                Expected::Credentials {
                    user: SecretDigest::of(&user),
                    passwords: passwords(section, password, allows_empty, labels)?,
                    form,
                }
            }
            (Some(_), None) => return Err(wrong("password", "is missing beside username")),
            (None, Some(_)) => return Err(wrong("username", "is missing beside password")),
            (None, None) => match options.take("header_value")? {
                Some(value) => Expected::Value(header_values(value, labels)?),
                None if section.optional => return Ok(None),
                None => {
                    return Err(Error::configuration(format!(
                        "options username and password are missing: {}; or give header_value",
                        section.hint
                    )));
                }
            },
        };
        Ok(Some(Self {
            header: needs.header("authorization"),
            expected,
        }))
    }

    pub(crate) const fn header(&self) -> &Header {
        &self.header
    }

    /// Compares user and password, both always.
    pub(crate) fn check(&self, request: &PreparedRequest<'_, '_>) -> Result<MatchedKey, Error> {
        let value = self.header.required(request.headers())?;
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
                let found = found.filter(|_| bool::from(is_user));
                if found.is_none() && !credentials.is_utf8() {
                    return Err(Error::new(ErrorCode::MalformedHeader, NOT_UTF8));
                }
                (passwords, found)
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

fn header_values(
    value: OptionValue,
    labels: &mut Vec<String>,
) -> Result<Keyring<SecretDigest>, Error> {
    let key = KeySection::plain("header_value", "the value of the Authorization header");
    Keyring::new(&key, value, labels, |text| Ok(SecretDigest::of(text)))
}

fn passwords(
    section: &BasicSection,
    password: OptionValue,
    allows_empty: bool,
    labels: &mut Vec<String>,
) -> Result<Keyring<SecretDigest>, Error> {
    let is_empty = match &password {
        OptionValue::Text(text) => text.is_empty(),
        OptionValue::Bytes(bytes) => bytes.is_empty(),
        _ => false,
    };
    match (is_empty, allows_empty) {
        (true, false) => Err(wrong(
            "password",
            "is empty; where that is meant, set allow_empty_password",
        )),
        (true, true) => Ok(Keyring::single(SecretDigest::of(b""), labels)),
        (false, true) => Err(wrong(
            "allow_empty_password",
            "does nothing without an empty password",
        )),
        (false, false) => {
            let key = KeySection::plain("password", &section.hint);
            Keyring::new(&key, password, labels, |text| Ok(SecretDigest::of(text)))
        }
    }
}

/// The user name: a text, or the bytes of another character set than UTF-8. One
/// with a colon would be read as a shorter one (RFC 7617 section 2).
fn user(options: &mut OptionReader) -> Result<Option<Vec<u8>>, Error> {
    let (user, has_control) = match options.take("username")? {
        None => return Ok(None),
        Some(OptionValue::Text(text)) => {
            (text.as_bytes().to_vec(), text.chars().any(char::is_control))
        }
        Some(OptionValue::Bytes(bytes)) => (bytes.to_vec(), bytes.iter().any(u8::is_ascii_control)),
        Some(other) => return Err(wrong_kind("username", "a text or bytes", &other)),
    };
    if user.trim_ascii().is_empty() {
        return Err(wrong("username", "is empty"));
    }
    if user.contains(&b':') || has_control {
        return Err(wrong("username", "holds a colon or a control character"));
    }
    Ok(Some(user))
}
