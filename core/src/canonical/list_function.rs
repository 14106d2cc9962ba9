//! The functions of which a request lists what is signed: each by its name.

use crate::canonical::listing::{Covered, ListFunction, Listing, MAX_LISTED, is_header_name};
use crate::canonical::{Input, Prepared, cavage, contentful, header_list, hook0, rfc9421};
use crate::error::Error;
use crate::request::Header;

impl ListFunction {
    /// As a scheme file names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rfc9421 => "rfc9421",
            Self::Cavage => "cavage",
            Self::Contentful => "contentful",
            Self::Hook0 => "hook0",
        }
    }

    /// Whether the sender's half is known: of other functions, the sender's headers are
    /// a part of what is signed.
    pub(crate) const fn can_sign(self) -> bool {
        matches!(self, Self::Rfc9421)
    }

    /// Whether parts of the URL can be listed that nobody demands.
    pub(crate) const fn may_list_url(self) -> bool {
        matches!(self, Self::Rfc9421 | Self::Cavage)
    }

    /// Whether the body itself stands in the string to sign, and not a digest of it.
    pub(crate) const fn holds_body(self) -> bool {
        matches!(self, Self::Contentful | Self::Hook0)
    }

    /// Whether users may say what is demanded. Of the others it is what keeps the parts
    /// of the string to sign apart.
    pub(crate) const fn has_open_demands(self) -> bool {
        matches!(self, Self::Rfc9421 | Self::Cavage)
    }

    /// A demand as a list holds it, and the header that it names.
    fn read_demand(self, demand: &str) -> Result<(String, Option<String>), String> {
        match self {
            Self::Rfc9421 => rfc9421::read_demand(demand),
            Self::Cavage => cavage::read_demand(demand),
            Self::Contentful | Self::Hook0 => header_list::read_demand(demand),
        }
    }
}

impl Listing {
    /// `demands` are in the function's own words, `allows` names of headers; `header`
    /// gives a header its slot.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub(crate) fn new(
        function: ListFunction,
        demands: &[String],
        allows: &[String],
        option: Option<String>,
        header: &mut dyn FnMut(&str) -> Header,
    ) -> Result<Self, String> {
        if demands.len() > MAX_LISTED || allows.len() > MAX_LISTED {
            return Err(format!("more than {MAX_LISTED} are listed"));
        }
        let mut listing = Self::of(function, option);
        for demand in demands {
            let (written, name) = function.read_demand(demand)?;
            if !listing.demand(written) {
                return Err(format!("`{demand}` is demanded twice"));
            }
            if let Some(name) = name {
                listing.allow(&name, header);
            }
        }
        if function == ListFunction::Rfc9421 {
            rfc9421::check_demanded(listing.demands())?;
        }
        for name in allows {
            if !is_header_name(name) {
                return Err(format!("`{name}` is no header name in lower case"));
            }
            listing.allow(name, header);
        }
        Ok(listing)
    }

    /// Whether no request can be verified without its URL.
    pub(crate) fn needs_url(&self) -> bool {
        match self.function {
            ListFunction::Rfc9421 => rfc9421::needs_url(self),
            ListFunction::Cavage => cavage::needs_url(self),
            ListFunction::Contentful => true,
            ListFunction::Hook0 => false,
        }
    }

    /// What the signature covers.
    pub(crate) fn covered(&self) -> Covered {
        match self.function {
            ListFunction::Rfc9421 => rfc9421::covered(self),
            ListFunction::Cavage => cavage::covered(self),
            ListFunction::Contentful => contentful::covered(self),
            ListFunction::Hook0 => hook0::covered(),
        }
    }

    /// Whether a part of the signature's text is signed.
    pub(crate) fn signs_part(&self, part: &str) -> bool {
        match self.function {
            // All parameters stand in the last line of the base.
            ListFunction::Rfc9421 => true,
            ListFunction::Cavage => cavage::signs_part(self, part),
            ListFunction::Contentful => false,
            // Beside the signature, time and list are all that its header has.
            ListFunction::Hook0 => true,
        }
    }

    /// Checks a list, and makes the string to sign.
    pub(crate) fn prepare<'c>(
        &self,
        input: &Input<'c>,
        list: &'c [u8],
    ) -> Result<Prepared<'c>, Error> {
        match self.function {
            ListFunction::Rfc9421 => rfc9421::prepare(self, input, list),
            ListFunction::Cavage => cavage::prepare(self, input, list),
            ListFunction::Contentful => contentful::prepare(self, input, list),
            ListFunction::Hook0 => hook0::prepare(self, input, list),
        }
    }

    /// The headers with a digest of the body that a sender adds.
    pub(crate) fn made_headers(&self, body: &[u8]) -> Vec<(&Header, String)> {
        match self.function {
            ListFunction::Rfc9421 => rfc9421::made_headers(self, body),
            ListFunction::Cavage | ListFunction::Contentful | ListFunction::Hook0 => Vec::new(),
        }
    }
}
