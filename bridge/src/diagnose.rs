//! Why a request was refused, as far as headers show it that the verifier does
//! not read. Asked after a refusal only, so that a verified delivery pays nothing.

use std::net::IpAddr;

use hookseal::{Error, ErrorCode};

use crate::guard::guard;
use crate::handle::Handle;
use crate::wire::read_values;

impl Handle {
    /// What to append to the detail of an error: empty, or it begins with a
    /// semicolon. `headers` are those that `diagnostic_header_names` in the
    /// description names; of the body the first sixteen bytes are enough.
    #[must_use]
    pub fn diagnose(
        &self,
        code: ErrorCode,
        headers: &[(&[u8], &[u8])],
        peer: Option<IpAddr>,
        body: &[u8],
    ) -> String {
        let told = guard(|| Ok(self.verifier.diagnose(code, headers, peer, body)));
        told.unwrap_or_default()
    }

    /// The same with the number of the code, and with the headers packed as
    /// [`read_headers`](crate::wire::read_headers) has them: a slot is the position
    /// in `diagnostic_header_names`.
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
        guard(|| {
            let mut codes = ErrorCode::ALL.iter().copied();
            let Some(code) = codes.find(|known| known.number() == code) else {
                return Ok(String::new());
            };
            let names = self.verifier.diagnostic_header_names();
            let mut pairs: Vec<(&[u8], &[u8])> = Vec::new();
            read_values(headers, |slot, value| {
                pairs.extend(names.get(slot).map(|name| (name.as_bytes(), value)));
            })?;
            Ok(self.verifier.diagnose(code, &pairs, peer, body))
        })
    }
}
