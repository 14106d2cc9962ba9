//! The published examples of a payload that stands elsewhere.

use super::*;

/// RFC 7515 appendix A.1.
const KEY: &str = r#"{"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;

/// RFC 7797 section 4: one payload in both forms.
const PAYLOAD: &[u8] = b"$.02";
const ENCODED: &str = "eyJhbGciOiJIUzI1NiJ9..5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ";
const UNENCODED: &str = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..\
                         A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";

fn verify(token: &str, payload: &[u8], form: DetachedForm) -> Result<(), JwtError> {
    let keys = KeySet::from_jwks(KEY.as_bytes(), OctKeys::Allowed).unwrap();
    let allowed = [JwtAlgorithm::HS256];
    CompactJws::parse_detached(token.as_bytes(), payload, form, &allowed, KidRule::Optional)?
        .verify(&keys)
        .map(drop)
}

#[test]
fn the_examples_of_rfc_7797_verify_in_their_form_only() {
    for (token, form, other) in [
        (ENCODED, DetachedForm::Base64url, DetachedForm::Unencoded),
        (UNENCODED, DetachedForm::Unencoded, DetachedForm::Base64url),
    ] {
        assert_eq!(verify(token, PAYLOAD, form), Ok(()));
        let mismatch = Err(JwtError::SignatureMismatch);
        assert_eq!(verify(token, b"$.03", form), mismatch);
        assert_eq!(verify(token, b"", form), mismatch);
        assert_eq!(verify(token, b"JC4wMg", form), mismatch);
        let malformed = verify(token, PAYLOAD, other);
        assert!(matches!(malformed, Err(JwtError::Malformed(_))), "{form:?}");
        let attached = token.replace("..", ".JC4wMg.");
        let attached = verify(&attached, PAYLOAD, form);
        assert!(matches!(attached, Err(JwtError::Malformed(_))), "{form:?}");
    }
}

/// What no key of the set can have made is not put together.
#[test]
fn a_signing_input_is_joined_where_a_key_is_named() {
    let keys = KeySet::from_jwks(KEY.as_bytes(), OctKeys::Allowed).unwrap();
    let allowed = [JwtAlgorithm::HS256];
    let form = DetachedForm::Base64url;
    // {"alg":"HS256","kid":"a"}
    let token = "eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ..AAAA";
    for (rule, is_joined) in [(KidRule::Required, false), (KidRule::Optional, true)] {
        let jws =
            CompactJws::parse_detached(token.as_bytes(), PAYLOAD, form, &allowed, rule).unwrap();
        assert!(jws.verify(&keys).is_err());
        assert_eq!(jws.is_joined(), is_joined);
        assert_eq!(
            jws.signing_input(),
            b"eyJhbGciOiJIUzI1NiIsImtpZCI6ImEifQ.JC4wMg"
        );
    }
}
