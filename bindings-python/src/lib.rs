//! The native half of the Python package: `hookseal._native`.
//!
//! It converts arguments, calls the core once a verification, and turns a rejection
//! into the exceptions of `hookseal.errors`. It knows no scheme.

mod bytes;
mod call;
mod clock;
mod covers;
mod error;
mod event;
mod headers;
mod issuer;
mod options;
mod picked;
mod reply;
mod text;
mod verifier;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
mod _native {
    use hookseal_bridge as bridge;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::covers::Covers;
    use crate::error::{OrRaise as _, guarded};
    #[pymodule_export]
    use crate::event::VerifiedEvent;
    #[pymodule_export]
    use crate::issuer::TokenIssuer;
    #[pymodule_export]
    use crate::reply::Reply;
    #[pymodule_export]
    use crate::verifier::Verifier;

    /// The version that the Python half must have, too.
    #[pymodule_export]
    const VERSION: &str = bridge::VERSION;

    /// The body of every rejection.
    #[pymodule_export]
    const REJECTION_BODY: &str = bridge::REJECTION_BODY;

    /// The content type of `REJECTION_BODY`.
    #[pymodule_export]
    const REJECTION_CONTENT_TYPE: &str = bridge::REJECTION_CONTENT_TYPE;

    /// The error table as JSON.
    #[pyfunction]
    fn error_codes_json(py: Python<'_>) -> PyResult<String> {
        guarded(py, || Ok(bridge::error_codes_json()))
    }

    /// The catalogue as JSON.
    #[pyfunction]
    fn schemes_json(py: Python<'_>) -> PyResult<&'static str> {
        guarded(py, || Ok(bridge::schemes_json()))
    }

    /// Panics on purpose, in the core or in this binding, so that a test can show
    /// that the caller sees the error `internal`.
    #[pyfunction]
    fn panic_self_test(py: Python<'_>, in_binding: bool) -> PyResult<()> {
        guarded(py, || {
            if in_binding {
                panic!("deliberate panic of the self-test");
            }
            bridge::panic_self_test().or_raise(py)
        })
    }
}
