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
mod option_names;
mod plan;
mod preset;
mod proofs;
mod reader;
mod source;
mod template;

pub(crate) use catalogue::find;
pub use catalogue::schemes_json;
pub(crate) use catalogue::signature_headers;
pub(crate) use compile::compile;
pub(crate) use file::{KeySection, MethodName, SchemeFile};
pub(crate) use option_names::{check_group, check_names, decrypt_names, no_time, refuse_idle};
pub(crate) use plan::{
    BodyDigest, Condition, Input, Parse, Plan, Prepared, Signature, StringToSign, TimestampSource,
    Variant,
};
pub(crate) use preset::Constants;
pub(crate) use proofs::{
    AddressSets, BasicSection, ChallengeSection, CipherSection, CiphertextEncoding,
    CiphertextPlace, CiphertextSection, ClaimSection, DecryptSection, Derivation, Handshakes,
    IvSection, JwtSection, TokenSection,
};
pub(crate) use source::Source;
