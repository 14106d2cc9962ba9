//! The time of a verification.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorCode};

/// Given by the caller, or the system's. That is read only where a scheme knows
/// a time, since it costs as much as reading a header.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Now {
    At(i64),
    System,
}

impl Now {
    /// Unix seconds.
    pub(crate) fn seconds(self) -> Result<i64, Error> {
        match self {
            Self::At(seconds) => Ok(seconds),
            Self::System => unix_now(),
        }
    }
}

/// The system's clock in unix seconds.
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
