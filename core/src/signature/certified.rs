//! Signatures of a key that stands in a certificate, which the request points to.

use crate::canonical::{Input, Prepared};
use crate::certificates::{Certificates, LABEL};
use crate::clock::Now;
use crate::detail;
use crate::error::{Error, ErrorCode};
use crate::primitives::mac::{Tag, sha256};
use crate::primitives::url_form::FormedUrl;
use crate::scheme::{Site, StringToSign, Value, Variant};
use crate::signature::received::Received;
use crate::signature::{Match, SignatureProof, Values, absent, whole};

/// What a request says that is signed.
pub(super) struct Delivery<'d, 'u> {
    pub(super) variant: &'d Variant,
    pub(super) input: &'d Input<'u>,
    pub(super) prepared: &'d Prepared<'u>,
    pub(super) received: &'d Received<'d>,
    /// Of which topic it is, where certificates are for topics.
    pub(super) topic: Option<&'d str>,
}

/// Where the request says that the certificate is. Nothing is proved by that.
pub(super) fn address(site: &Site, values: &Values<'_, '_, '_>) -> Result<String, Error> {
    let malformed = || {
        Error::new(
            ErrorCode::MalformedHeader,
            format!("what stands at {} is no address", site.place),
        )
    };
    match values.get(site)? {
        None => Err(absent(site)),
        Some(Value::Text(text)) => {
            let text = str::from_utf8(text).map_err(|_| malformed())?;
            Ok(text.to_owned())
        }
        Some(_) => Err(malformed()),
    }
}

impl SignatureProof {
    /// The certificate under whose key a signature is right.
    ///
    /// # Errors
    /// `malformed_header` for an address that is not the provider's,
    /// `key_unavailable` while there is no certificate, or a newer one may be there,
    /// `signature_mismatch` otherwise.
    #[inline(never)]
    pub(super) fn match_certificates<'u>(
        &self,
        certificates: &Certificates,
        address: &str,
        delivery: &Delivery<'_, 'u>,
        now: Now,
    ) -> Result<Match<'u>, Error> {
        let chains = certificates.find(address, delivery.topic, now.seconds()?)?;
        let url = delivery.input.url.map(FormedUrl::as_is);
        let string_to_sign = StringToSign {
            message: &delivery.variant.message,
            input: delivery.input,
            url: url.as_ref(),
            prepared: delivery.prepared,
        };
        let message = whole(&string_to_sign);
        let matched = chains.iter().find(|chain| {
            let mut signatures = delivery.received.signatures().iter();
            signatures.any(|it| chain.key().verify(self.plan.algorithm, &message, it))
        });
        let Some(chain) = matched else {
            return Err(match certificates.may_be_newer(address) {
                true => Error::new(
                    ErrorCode::KeyUnavailable,
                    "no signature matches the certificate, and it is time to look for a newer one",
                ),
                false => detail::no_match(
                    LABEL,
                    &delivery.variant.covers,
                    delivery.input.url,
                    core::iter::once(LABEL),
                ),
            });
        };
        certificates.prove(chain);
        string_to_sign.check_boundaries()?;
        self.check_not_answered(&string_to_sign)?;
        let identity = Tag::from_bytes(&sha256(&[&message]));
        Ok(Match {
            key: 0,
            url_form: 0,
            url,
            identity,
        })
    }
}
