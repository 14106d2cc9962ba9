//! Digests of the body in a header: `Content-Digest` (RFC 9530), and `Digest` (RFC
//! 3230) which came before it. They prove something only where they are signed.

use subtle::ConstantTimeEq as _;

use crate::error::{Error, ErrorCode};
use crate::primitives::digest::{Digest, DigestAlgorithm};
use crate::primitives::encoding::TextEncoding;
use crate::primitives::sink::Sink as _;
use crate::primitives::structured_fields::{Bare, Content, Dictionary};

/// Values of `Digest` that are looked at.
const MAX_DIGESTS: usize = 16;

/// A signed header that says what the body is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyDigest<'c> {
    pub(super) field: DigestField,
    pub(super) text: &'c [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DigestField {
    ContentDigest,
    Digest,
}

impl BodyDigest<'_> {
    /// # Errors
    /// `body_mismatch` where the body has another digest; `malformed_header` where the
    /// header cannot be read, and where it has no digest that nobody can forge.
    pub(crate) fn check(self, body: &[u8]) -> Result<(), Error> {
        let mut is_known = false;
        for (algorithm, expected) in self.read()? {
            is_known = true;
            let mut digest = Digest::new(algorithm);
            digest.write(body);
            if !bool::from(digest.finish().ct_eq(&expected)) {
                return Err(Error::new(
                    ErrorCode::BodyMismatch,
                    format!("the signed {} is not that of the body", self.name()),
                ));
            }
        }
        if is_known {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::MalformedHeader,
            format!("{} has neither SHA-256 nor SHA-512", self.name()),
        ))
    }

    const fn name(self) -> &'static str {
        match self.field {
            DigestField::ContentDigest => "content-digest",
            DigestField::Digest => "digest",
        }
    }

    /// The digests that count: others are passed over.
    fn read(self) -> Result<Vec<(DigestAlgorithm, Vec<u8>)>, Error> {
        let read = match self.field {
            DigestField::ContentDigest => content_digest(self.text),
            DigestField::Digest => digest(self.text),
        };
        read.ok_or_else(|| {
            Error::new(
                ErrorCode::MalformedHeader,
                format!("header {} cannot be read", self.name()),
            )
        })
    }
}

fn content_digest(text: &[u8]) -> Option<Vec<(DigestAlgorithm, Vec<u8>)>> {
    let fields = Dictionary::parse(text)?;
    let mut digests = Vec::new();
    for (key, value) in fields.iter() {
        let algorithm = match key {
            "sha-256" => DigestAlgorithm::Sha256,
            "sha-512" => DigestAlgorithm::Sha512,
            _ => continue,
        };
        let Content::Item(Bare::Bytes(base64)) = value.content else {
            return None;
        };
        digests.push((algorithm, TextEncoding::Base64.decode(base64.as_bytes())?));
    }
    Some(digests)
}

fn digest(text: &[u8]) -> Option<Vec<(DigestAlgorithm, Vec<u8>)>> {
    let mut digests: Vec<(DigestAlgorithm, Vec<u8>)> = Vec::new();
    for (position, entry) in text.split(|byte| *byte == b',').enumerate() {
        let entry = entry.trim_ascii();
        let equals = entry.iter().position(|byte| *byte == b'=')?;
        let (name, value) = entry.split_at(equals);
        let algorithm = if name.eq_ignore_ascii_case(b"sha-256") {
            DigestAlgorithm::Sha256
        } else if name.eq_ignore_ascii_case(b"sha-512") {
            DigestAlgorithm::Sha512
        } else {
            continue;
        };
        let is_twice = digests.iter().any(|(known, _)| *known == algorithm);
        if is_twice || position >= MAX_DIGESTS {
            return None;
        }
        digests.push((algorithm, TextEncoding::Base64.decode(value.get(1..)?)?));
    }
    Some(digests)
}

/// The `Content-Digest` that a sender adds.
pub(super) fn written(body: &[u8]) -> String {
    let mut digest = Digest::new(DigestAlgorithm::Sha256);
    digest.write(body);
    let base64 = TextEncoding::Base64.encode(&digest.finish());
    format!("sha-256=:{base64}:")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"hello\": \"world\"}\n";
    const SHA256: &str = "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=";
    const SHA512: &str =
        "YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==";

    fn check(field: DigestField, text: &str, body: &[u8]) -> Result<(), ErrorCode> {
        let text = text.as_bytes();
        let digest = BodyDigest { field, text };
        digest.check(body).map_err(|error| error.code())
    }

    // The examples of RFC 9530 appendix B.1, and what may go wrong with them.
    #[test]
    fn a_content_digest_is_that_of_the_body() {
        let check = |text: &str, body: &[u8]| check(DigestField::ContentDigest, text, body);
        for text in [
            format!("sha-256=:{SHA256}:"),
            format!("sha-512=:{SHA512}:"),
            format!("md5=:AAAA:, sha-256=:{SHA256}:,unixsum=5"),
            format!("sha-512=:{SHA512}:, sha-256=:{SHA256}:"),
            written(BODY),
        ] {
            assert_eq!(check(&text, BODY), Ok(()), "{text}");
            assert_eq!(check(&text, b""), Err(ErrorCode::BodyMismatch), "{text}");
        }
        assert_eq!(
            check(
                "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
                b""
            ),
            Ok(())
        );
        // Each that counts has to be right.
        let mixed = format!("sha-256=:{SHA256}:, sha-512=:{SHA256}:");
        assert_eq!(check(&mixed, BODY), Err(ErrorCode::BodyMismatch));
        for text in [
            "",
            "md5=:AAAA:",
            "sha-256=RK/0",
            "sha-256=\"a\"",
            "sha-256",
            "sha-256=:RK_0:",
            &format!("sha-256={SHA256}"),
            &format!("sha-256=:{}:", SHA256.trim_end_matches('=')),
            &format!("sha-256=:{SHA256}:, sha-256=:{SHA256}:"),
            &format!("SHA-256=:{SHA256}:"),
        ] {
            assert_eq!(check(text, BODY), Err(ErrorCode::MalformedHeader), "{text}");
        }
    }

    #[test]
    fn a_digest_is_that_of_the_body() {
        let check = |text: &str, body: &[u8]| check(DigestField::Digest, text, body);
        for text in [
            format!("SHA-256={SHA256}"),
            format!("sha-256={SHA256}"),
            format!("MD5=AAAA, SHA-512={SHA512} ,SHA-256={SHA256}"),
        ] {
            assert_eq!(check(&text, BODY), Ok(()), "{text}");
            assert_eq!(check(&text, b"x"), Err(ErrorCode::BodyMismatch), "{text}");
        }
        for text in [
            "",
            "MD5=AAAA",
            "SHA-256",
            "SHA-256=",
            "SHA-256=a b",
            &format!("SHA-256={SHA256},"),
            &format!("SHA-256={SHA256},SHA-256={SHA256}"),
            &format!("SHA-256 ={SHA256}"),
        ] {
            assert!(check(text, BODY).is_err(), "{text}");
        }
    }
}
