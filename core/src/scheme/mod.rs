//! A provider as data: the file, its typed form, and the plan it compiles to.
//!
//! `core/schemes/*.toml` are embedded as compact JSON by the build script; a
//! scheme given at run time is the same JSON and takes the same path.

mod catalogue;
mod certificate;
mod challenges;
mod check;
mod compile;
mod condition;
mod coverage;
mod demand;
mod describe;
mod extends;
mod file;
mod id_rule;
mod key;
mod listed;
mod option_specs;
mod pattern;
mod place;
mod plan;
mod preset;
mod proofs;
mod reader;
mod segment;
mod shadows;
mod string_to_sign;
mod template;
mod value;
mod variants;

pub use catalogue::schemes_json;
pub(crate) use catalogue::signature_headers;
pub(crate) use catalogue::{find, ids, read};
pub(crate) use certificate::{
    CERTIFICATE_ROOTS, CERTIFICATES, CertificateFunction, SANDBOX, TOPIC,
};
pub(crate) use challenges::{ChallengeProof, ChallengeRule, ReplyContent, ReplyRule, ReplyValue};
pub(crate) use compile::compile;
pub(crate) use condition::{Condition, Tables, Test};
pub(crate) use coverage::of_list;
pub(crate) use demand::{Demand, Wanted};
pub use describe::{SchemeDescription, VariantDescription, describe_scheme};
pub(crate) use file::{ConstantSection, SchemeFile};
pub(crate) use key::{KeyDerivation, KeySection};
pub(crate) use option_specs::{COMPONENTS, HEADERS, LABEL, REQUIRE_NONCE, TAG, option_specs};
pub(crate) use place::Place;
pub(crate) use plan::{BindingPlan, Grammar, MAX_PARTS, Parse, SignaturePlan, Variant};
pub(crate) use preset::Constants;
pub(crate) use proofs::{
    AddressSets, BasicSection, ChallengeFunction, ChallengeSection, CipherSection,
    CiphertextEncoding, CiphertextPlace, CiphertextSection, ClaimSection, DecryptSection,
    Derivation, IvSection, JwtSection, TokenPlace, TokenSection,
};
pub(crate) use segment::{Site, Slot};
pub(crate) use shadows::{Shadow, Shadows};
pub(crate) use string_to_sign::{Message, StringToSign};
pub(crate) use value::{Value, wrong_kind};
