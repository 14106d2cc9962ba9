//! `[key.certificate]`: the public key stands in a certificate that the request
//! points to.

use serde::Deserialize;
use serde_json::Value;

use crate::scheme::place::{Kinds, Place};
use crate::scheme::reader::{SchemeError, choice, object, text};

/// Where the address of a certificate stands, and which function knows what it
/// may be.
#[derive(Clone, Debug)]
pub(crate) struct CertificateSection {
    pub(crate) function: CertificateFunction,
    pub(crate) from: Place,
}

/// The functions of `core/src/certificates/` that a scheme may name.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CertificateFunction {
    AwsSns,
    Paypal,
    Alexa,
}

/// The options that every such section brings.
pub(crate) const CERTIFICATES: &str = "certificates";
pub(crate) const CERTIFICATE_ROOTS: &str = "certificate_roots";
/// What the function `paypal` brings.
pub(crate) const SANDBOX: &str = "sandbox";
/// Whose demand tells the function `aws-sns` the regions.
pub(crate) const TOPIC: &str = "/TopicArn";

const PLACES: &Kinds = &["header", "json"];

impl CertificateSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            let from = |value: &Value| {
                let place = text(value)?;
                Place::parse_one_of(&place, PLACES).map_err(SchemeError::new)
            };
            Ok(Self {
                function: fields.required("function", choice)?,
                from: fields.required("from", from)?,
            })
        })
    }
}
