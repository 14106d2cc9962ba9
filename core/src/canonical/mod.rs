//! Strings to sign that need conditions, and those whose parts the request itself
//! lists; one file each. A scheme names the function; the function states what it
//! covers, beside the code that does it.

mod body_digest;
pub(crate) mod cavage;
mod contentful;
mod header_list;
mod hook0;
mod input;
mod list_function;
mod listing;
mod plivo_v3;
pub(crate) mod rfc9421;

use serde::Deserialize;

use crate::coverage::CoverageLevel;
use crate::error::Error;
use crate::primitives::sink::Sink;
use crate::primitives::url_form::FormedUrl;

pub(crate) use input::{Input, Prepared};
pub(crate) use listing::{Covered, ListFunction, Listing};

/// The functions a scheme may name.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Canonical {
    PlivoV3,
}

/// The components of a request that a string to sign holds, as RFC 9421 calls
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Components {
    pub(crate) body: CoverageLevel,
    pub(crate) url: CoverageLevel,
    pub(crate) method: bool,
    pub(crate) timestamp: bool,
    pub(crate) delivery_id: bool,
    /// What `covers` calls its parts.
    pub(crate) parts: &'static [&'static str],
}

impl Canonical {
    /// As a scheme file names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::PlivoV3 => "plivo-v3",
        }
    }

    pub(crate) const fn components(self) -> Components {
        match self {
            Self::PlivoV3 => plivo_v3::COMPONENTS,
        }
    }

    pub(crate) fn reads_form(self) -> bool {
        self.components().body != CoverageLevel::None
    }

    pub(crate) fn reads_url(self) -> bool {
        self.components().url != CoverageLevel::None
    }

    pub(crate) fn prepare<'c>(self, input: &Input<'c>) -> Result<Prepared<'c>, Error> {
        match self {
            Self::PlivoV3 => plivo_v3::prepare(input),
        }
    }

    pub(crate) fn write(
        self,
        input: &Input<'_>,
        url: Option<&FormedUrl<'_, '_>>,
        prepared: &Prepared<'_>,
        sink: &mut impl Sink,
    ) {
        match self {
            Self::PlivoV3 => plivo_v3::write(input, url, prepared, sink),
        }
    }
}
