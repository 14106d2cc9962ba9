//! What a verifier calls its keys, variants and forms of the URL.

use crate::coverage::Covers;
use crate::primitives::url_form::UrlForm;
use crate::signature::{MessageIdentity, ReplayKey, ReplayKeys};

/// The names that the indices of a [`Verified`](crate::Verified) stand for, and what
/// its replay key is made with. It holds no secret, so a caller that keeps facts
/// keeps this and not the verifier.
pub struct Names {
    pub(crate) scheme: String,
    /// The labels of the keys.
    pub(crate) key_ids: Vec<String>,
    /// By variant.
    pub(crate) coverage: Vec<Covers>,
    pub(crate) url_forms: Vec<&'static str>,
    pub(crate) replay_keys: ReplayKeys,
}

impl Names {
    /// The id of the scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The label of a key, by [`Verified::key_index`](crate::Verified::key_index).
    #[must_use]
    pub fn key_id(&self, index: usize) -> &str {
        self.key_ids.get(index).map_or("?", String::as_str)
    }

    /// What a variant covers, by [`Verified::variant`](crate::Verified::variant).
    #[must_use]
    pub fn covers(&self, variant: usize) -> Option<&Covers> {
        self.coverage.get(variant)
    }

    /// A form of the URL, by
    /// [`Verified::url_form_index`](crate::Verified::url_form_index).
    #[must_use]
    pub fn url_form(&self, index: usize) -> &'static str {
        let form = self.url_forms.get(index).copied();
        form.unwrap_or(UrlForm::AsIs.name())
    }

    /// See [`Verified::replay_key`](crate::Verified::replay_key).
    #[must_use]
    pub fn replay_key(&self, identity: &MessageIdentity) -> ReplayKey {
        self.replay_keys.key(identity)
    }
}

impl core::fmt::Debug for Names {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Names")
            .field("scheme", &self.scheme)
            .field("keys", &self.key_ids)
            .finish_non_exhaustive()
    }
}
