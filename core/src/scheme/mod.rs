//! A provider as data: the file, its typed form, and the plan it compiles to.
//!
//! `core/schemes/*.toml` are embedded as compact JSON by the build script; a
//! scheme given at run time is the same JSON and takes the same path.

mod catalogue;
mod compile;
mod file;
mod plan;
mod source;
mod template;

pub(crate) use catalogue::find;
pub use catalogue::schemes_json;
pub(crate) use compile::compile;
pub(crate) use file::{KeySection, SchemeFile};
pub(crate) use plan::{
    BodyDigest, Condition, Input, Parse, Plan, Prepared, StringToSign, TimestampSource, Variant,
};
