//! What the detail of an error says: the cause, in words that help whoever reads
//! the log, and that hold no secret.

mod mismatch;
mod policy;
mod public_url;
pub(crate) mod shown;

pub(crate) use mismatch::{keys_tried, no_match};
pub(crate) use policy::{SchemeOf, address_rejected, host_rejected, insecure};
pub(crate) use public_url::wrong_public_url;
