//! A provider as data: the file, its typed form, and the plan it compiles to.
//!
//! `core/schemes/*.toml` are embedded as compact JSON by the build script; a
//! scheme given at run time is the same JSON and takes the same path.

mod boundaries;
mod catalogue;
mod check;
mod compile;
mod coverage;
mod file;
mod key;
mod option_specs;
mod plan;
mod preset;
mod proofs;
mod reader;
mod source;
mod string_to_sign;
mod template;

pub use catalogue::schemes_json;
pub(crate) use catalogue::signature_headers;
pub(crate) use catalogue::{find, ids};
pub(crate) use compile::compile;
pub(crate) use file::SchemeFile;
pub(crate) use key::KeySection;
pub(crate) use option_specs::option_specs;
pub(crate) use plan::{BodyDigest, Condition, Parse, SignaturePlan, TimestampSource, Variant};
pub(crate) use preset::Constants;
pub(crate) use proofs::{
    AddressSets, BasicSection, ChallengeFunction, ChallengeSection, CipherSection,
    CiphertextEncoding, CiphertextPlace, CiphertextSection, ClaimSection, DecryptSection,
    Derivation, IvSection, JwtSection, TokenSection,
};
pub(crate) use source::Source;
pub(crate) use string_to_sign::StringToSign;
