//! What a scheme compiles to: headers instead of names, segments instead of a
//! template, and the coverage that follows from them. Nothing changes it
//! afterwards.

use crate::canonical::{Input, Prepared};
use crate::coverage::Covers;
use crate::error::Error;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::time::{TimeFormat, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::request::{Header, MethodName};
use crate::scheme::boundaries::{Boundaries, IdRule};
use crate::scheme::string_to_sign::Message;

/// A compiled scheme, without keys.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) id: String,
    /// Empty: every method.
    pub(crate) methods: Vec<MethodName>,
    /// What the scheme signs; `None` where other proofs stand in its place.
    pub(crate) signature: Option<SignaturePlan>,
}

/// A signature over the request.
#[derive(Debug)]
pub(crate) struct SignaturePlan {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) parse: Parse,
    pub(crate) encoding: TextEncoding,
    pub(crate) timestamp: Option<TimestampRule>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) url_forms: Vec<UrlForm>,
    /// `Content-Type`, where a body is read as a form.
    pub(crate) content_type: Option<Header>,
}

/// How the value of a signature header is taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parse {
    /// The whole value is the signature.
    Whole,
    /// One signature behind a fixed text.
    Prefix(Box<[u8]>),
    /// Several signatures.
    List(u8),
    /// Several entries of a version and a signature.
    VersionedList {
        separator: u8,
        version: u8,
        versions: Vec<Box<[u8]>>,
    },
    /// Named values, of which some are signatures.
    Pairs {
        separator: u8,
        versions: Vec<Box<[u8]>>,
    },
}

#[derive(Debug)]
pub(crate) struct TimestampRule {
    pub(crate) source: TimestampSource,
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

#[derive(Debug)]
pub(crate) enum TimestampSource {
    Header(Header),
    /// A pair of the signature header.
    Signature(Box<[u8]>),
}

/// One alternative of a scheme.
#[derive(Debug)]
pub(crate) struct Variant {
    /// One of the lists must hold whole; no list: always.
    pub(crate) when: Vec<Vec<Condition>>,
    /// The signature headers.
    pub(crate) from: Vec<Header>,
    pub(crate) message: Message,
    /// The header of the id or nonce.
    pub(crate) delivery_id: Option<Header>,
    /// What the id may be, where it is signed.
    pub(crate) id_rule: Option<IdRule>,
    pub(crate) boundaries: Boundaries,
    pub(crate) body_digest: Option<BodyDigest>,
    pub(crate) covers: Covers,
}

/// A condition on the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Method(MethodName),
    BodyEmpty(bool),
    ContentTypeForm,
    ContentType(Box<str>),
    Header { header: Header, present: bool },
    Query { name: Box<[u8]>, present: bool },
}

/// Where the signed SHA-256 of the body stands.
#[derive(Debug)]
pub(crate) struct BodyDigest {
    pub(crate) query: Box<[u8]>,
    pub(crate) encoding: TextEncoding,
}

impl Variant {
    pub(crate) fn reads_url(&self) -> bool {
        self.message.reads_url() || self.looks_up_query()
    }

    /// What must hold of a string to sign whose signature is right: that no part
    /// of it could be a part of its neighbour.
    ///
    /// # Errors
    /// `body_mismatch`.
    pub(crate) fn check_boundaries(
        &self,
        input: &Input<'_>,
        prepared: &Prepared,
    ) -> Result<(), Error> {
        self.boundaries.check(&self.message, input, prepared)
    }

    pub(crate) fn reads_content_type(&self) -> bool {
        let asks = |condition: &Condition| {
            matches!(
                condition,
                Condition::ContentTypeForm | Condition::ContentType(_)
            )
        };
        self.message.reads_form() || self.when.iter().flatten().any(asks)
    }

    pub(crate) fn looks_up_query(&self) -> bool {
        let by_name = |condition: &Condition| matches!(condition, Condition::Query { .. });
        self.body_digest.is_some() || self.when.iter().flatten().any(by_name)
    }
}
