//! Diagnosis of a rejection for a host that packs headers.

use std::net::IpAddr;

use hookseal::{Error, ErrorCode};

use crate::handle::Handle;
use crate::wire::read_values;

impl Handle {
    /// [`diagnose`](hookseal::Verifier::diagnose) with the number of the code, and
    /// with the headers packed as [`read_headers`](crate::wire::read_headers) has
    /// them: a slot is the position in `diagnostic_header_names`.
    ///
    /// # Errors
    /// `internal` where the shim packed them wrongly.
    pub fn diagnose_packed(
        &self,
        code: i32,
        headers: &[u8],
        peer: Option<IpAddr>,
        body: &[u8],
    ) -> Result<String, Error> {
        let mut codes = ErrorCode::ALL.iter().copied();
        let Some(code) = codes.find(|known| known.number() == code) else {
            return Ok(String::new());
        };
        let names = self.diagnostic_header_names();
        let mut pairs: Vec<(&[u8], &[u8])> = Vec::new();
        read_values(headers, |slot, value| {
            pairs.extend(names.get(slot).map(|name| (name.as_bytes(), value)));
        })?;
        Ok(self.diagnose(code, &pairs, peer, body))
    }
}
