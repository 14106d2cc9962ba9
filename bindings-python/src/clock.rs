//! The clock of the language, `time.time()`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyModule};

use crate::error::configuration;
use crate::text::wrong_type;

/// `now`, or the time of the call by the module `time`. Its function is looked up at
/// each call, so that what replaces it in a test counts here, too; the module is
/// kept, since an import takes ten times as long.
pub(crate) fn unix_seconds(
    time: &Bound<'_, PyModule>,
    now: Option<&Bound<'_, PyAny>>,
) -> PyResult<i64> {
    match now {
        Some(now) => seconds(now),
        None => seconds(&time.getattr(intern!(time.py(), "time"))?.call0()?),
    }
}

/// An int, or a float as `time.time()` gives it.
fn seconds(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let out_of_range = || configuration(value.py(), "`now` is out of range");
    if value.is_instance_of::<PyInt>() {
        return value.extract().map_err(|_| out_of_range());
    }
    let seconds = value.cast::<PyFloat>();
    let seconds = seconds.map_err(|_| wrong_type(value, "now", "unix seconds (int or float)"))?;
    let seconds = seconds.value().floor();
    // Beyond 2^53 a float no longer counts seconds.
    if seconds.abs() > 9_007_199_254_740_992.0 || seconds.is_nan() {
        return Err(out_of_range());
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    Ok(seconds as i64)
}
