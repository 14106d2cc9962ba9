//! The system's clock, for callers that pass no time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorCode};

/// Unix seconds.
///
/// # Errors
/// `internal` where the system believes that it is before 1970.
pub fn unix_now() -> Result<i64, Error> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .ok_or_else(|| Error::new(ErrorCode::Internal, "the system clock is before 1970"))
}
