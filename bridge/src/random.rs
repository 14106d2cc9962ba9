//! Random numbers, which the core does not ask the system for.

use hookseal::{Error, ErrorCode};

/// Random bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorCode::Internal, "the system has no random numbers"))?;
    Ok(bytes)
}
