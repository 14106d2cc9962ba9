//! What only the system has: time and random numbers.

use std::time::{SystemTime, UNIX_EPOCH};

use hookseal::{Error, ErrorCode};

/// Unix seconds.
pub(crate) fn clock() -> Result<i64, Error> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .ok_or_else(|| Error::new(ErrorCode::Internal, "the system clock is before 1970"))
}

/// Random bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorCode::Internal, "the system has no random numbers"))?;
    Ok(bytes)
}
