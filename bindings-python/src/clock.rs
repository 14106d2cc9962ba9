//! The time where no `now` is given.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use crate::text::unix_seconds;

/// The clock of the language: `time.time()`. The function is looked up at each
/// call, so that what replaces it in a test counts here, too.
pub(crate) struct Clock(Py<PyModule>);

impl Clock {
    /// Keeps the module, since an import takes ten times as long as the call.
    pub(crate) fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self(py.import(intern!(py, "time"))?.unbind()))
    }

    /// `now`, or the time of the call.
    pub(crate) fn unix_seconds(
        &self,
        py: Python<'_>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<i64> {
        match now {
            Some(now) => unix_seconds(now),
            None => unix_seconds(&self.0.bind(py).call_method0(intern!(py, "time"))?),
        }
    }
}
