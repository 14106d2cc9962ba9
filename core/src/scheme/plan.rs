//! What a scheme compiles to: slots instead of names, segments instead of a
//! template, and the coverage that follows from them. Nothing changes it
//! afterwards.

use crate::coverage::Covers;
use crate::primitives::encoding::TextEncoding;
use crate::primitives::signature::SignatureAlgorithm;
use crate::primitives::time::{TimeFormat, Tolerance};
use crate::primitives::url_form::UrlForm;
use crate::request::{Header, MethodName};
use crate::scheme::certificate::CertificateFunction;
use crate::scheme::challenges::ChallengeRule;
use crate::scheme::condition::{Condition, Tables};
use crate::scheme::demand::Demand;
use crate::scheme::file::AlgorithmOption;
use crate::scheme::id_rule::IdRule;
use crate::scheme::pattern::Pattern;
use crate::scheme::place::Place;
use crate::scheme::segment::{FieldSource, Site};
use crate::scheme::shadows::Shadows;
use crate::scheme::string_to_sign::Message;

/// A compiled scheme, without keys.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) id: String,
    /// Empty: every method.
    pub(crate) methods: Vec<MethodName>,
    /// What the scheme signs; `None` where other proofs stand in its place.
    pub(crate) signature: Option<SignaturePlan>,
    /// What a token says about the request that carries it.
    pub(crate) binding: Option<BindingPlan>,
    /// What else may be asked, where the file describes it.
    pub(crate) challenges: Vec<ChallengeRule>,
}

/// Demands on a request whose token is signed, and not the request itself.
#[derive(Debug)]
pub(crate) struct BindingPlan {
    pub(crate) variants: Vec<Variant>,
    /// Pointers to the claims that are read.
    pub(crate) claims: Vec<String>,
    /// `Content-Type`, where a body is read.
    pub(crate) content_type: Option<Header>,
    /// The body is the token, and its claims are the payload.
    pub(crate) is_body: bool,
}

/// A signature over the request.
#[derive(Debug)]
pub(crate) struct SignaturePlan {
    /// Where an option says it, one of its values until that is read.
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) algorithm_option: Option<AlgorithmOption>,
    pub(crate) parse: Parse,
    pub(crate) encoding: TextEncoding,
    pub(crate) time: Option<TimeRule>,
    pub(crate) variants: Vec<Variant>,
    pub(crate) url_forms: Vec<UrlForm>,
    /// `Content-Type`, where a body is read as a form.
    pub(crate) content_type: Option<Header>,
    /// Something reads members of a JSON body.
    pub(crate) reads_json: bool,
    /// Replies to challenges are signed with the same secret.
    pub(crate) answers_with_mac: bool,
    /// The request points to the key.
    pub(crate) certificate: Option<CertificatePlan>,
}

/// A certificate that the request points to.
#[derive(Debug)]
pub(crate) struct CertificatePlan {
    pub(crate) function: CertificateFunction,
    /// Where the address stands.
    pub(crate) site: Site,
}

/// How many parts a signature's text may have.
pub(crate) const MAX_PARTS: usize = 8;

/// How the text of a signature is taken apart.
#[derive(Debug)]
pub(crate) struct Parse {
    /// What separates entries.
    pub(crate) split: Option<u8>,
    pub(crate) patterns: Vec<Pattern>,
    /// The parts that patterns name, or that the grammar has.
    pub(crate) parts: Vec<String>,
    pub(crate) grammar: Grammar,
}

/// What a signature's text is.
#[derive(Debug)]
pub(crate) enum Grammar {
    Patterns,
    /// Dictionaries of RFC 9421: this header has what is beside the signature. The
    /// parts are those of the standard, and behind them the list as it is signed.
    MessageSignature(Header),
    /// Parameters of draft-cavage, with the same parts.
    Parameters,
}

#[derive(Debug)]
pub(crate) struct TimeRule {
    pub(crate) format: TimeFormat,
    pub(crate) tolerance: Tolerance,
}

/// One alternative of a scheme.
#[derive(Debug)]
pub(crate) struct Variant {
    /// One of the lists must hold whole; no list: always.
    pub(crate) when: Tables<Condition>,
    /// Where the signature stands.
    pub(crate) from: Vec<Site>,
    pub(crate) message: Message,
    /// There where the scheme has a time.
    pub(crate) timestamp: Option<Site>,
    pub(crate) delivery_id: Option<Site>,
    pub(crate) event_type: Option<Site>,
    /// What the id may be, where the string to sign mentions it.
    pub(crate) id_rule: Option<IdRule>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) covers: Covers,
    /// The places of conditions and challenges that nobody can change without the key.
    pub(crate) signed_places: Vec<Place>,
    /// Names that must not stand where nothing signs them.
    pub(crate) shadows: Option<Shadows>,
}

impl Variant {
    pub(crate) fn reads_url(&self) -> bool {
        let computed = self.demands.iter().filter_map(Demand::computed);
        [&self.message]
            .into_iter()
            .chain(computed)
            .any(Message::reads_url)
    }

    pub(crate) fn reads_content_type(&self) -> bool {
        let mut conditions = self.when.iter().flatten();
        self.reads_form() || conditions.any(Condition::reads_content_type)
    }

    /// Whether something reads the whole body as a form.
    pub(crate) fn reads_form(&self) -> bool {
        let computed = self.demands.iter().filter_map(Demand::computed);
        let mut messages = [&self.message].into_iter().chain(computed);
        messages.any(Message::reads_form)
    }

    /// Whether something shows the secret to the hash, which has no key.
    pub(crate) fn mentions_secret(&self) -> bool {
        match &self.message {
            Message::Canonical(_) | Message::Listed(_) => false,
            Message::Template(template) => template
                .segments()
                .iter()
                .any(|segment| segment.source() == Some(&FieldSource::Secret)),
        }
    }
}
