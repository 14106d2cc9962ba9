//! `signed = { listed = "name", … }`: the request lists what is signed.

use serde_json::Value;

use crate::canonical::ListFunction;
use crate::scheme::place::Place;
use crate::scheme::reader::{SchemeError, choice, object, switch, texts};

/// What a request has to list, and may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedSection {
    pub(crate) function: ListFunction,
    /// Where the list stands.
    pub(crate) from: Place,
    /// What has to be listed, in the function's words.
    pub(crate) demands: Vec<String>,
    /// The headers that may be listed besides.
    pub(crate) allows: Vec<String>,
    /// The user may say both, and what else of a signature counts.
    pub(crate) is_configurable: bool,
}

impl ListedSection {
    pub(super) fn read(value: &Value) -> Result<Self, SchemeError> {
        object(value, |fields| {
            Ok(Self {
                function: fields.required("listed", choice)?,
                from: fields.required("from", Place::read)?,
                demands: fields.required("demands", texts)?,
                allows: fields.or_default("allows", texts)?,
                is_configurable: fields.or_default("configurable", switch)?,
            })
        })
    }
}
