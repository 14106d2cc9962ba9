//! The values of the headers that a verifier needs.

use hookseal_bridge::{ErrorCode, HeaderSlots};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use crate::error::verification;
use crate::headers::HeaderNames;
use crate::text::{encode_surrogates, type_name};

/// Slots and values, kept alive for the call. Most verifiers find four at most. A
/// value is a `str` that has a UTF-8 form, or `bytes`.
#[derive(Default)]
pub(crate) struct Picked<'py>(SmallVec<[(usize, Bound<'py, PyAny>); 4]>);

impl<'py> Picked<'py> {
    /// Adds a value, or several where the host keeps them in a list.
    pub(crate) fn add(&mut self, slot: usize, value: Bound<'py, PyAny>) -> PyResult<()> {
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for value in value.try_iter()? {
                self.add_one(slot, value?)?;
            }
            return Ok(());
        }
        self.add_one(slot, value)
    }

    fn add_one(&mut self, slot: usize, value: Bound<'py, PyAny>) -> PyResult<()> {
        let value = if let Ok(text) = value.cast::<PyString>() {
            match text.to_str() {
                Ok(_) => value,
                Err(_) => encode_surrogates(text)?.into_any(),
            }
        } else if value.is_instance_of::<PyBytes>() {
            value
        } else if let Ok(bytes) = value.cast::<PyByteArray>() {
            PyBytes::new(value.py(), &bytes.to_vec()).into_any()
        } else if value.is_none() {
            return Ok(());
        } else {
            let (py, code) = (value.py(), ErrorCode::MalformedHeader);
            let detail = format!("a header value is of type {}", type_name(&value));
            return Err(verification(py, code, &detail));
        };
        self.0.push((slot, value));
        Ok(())
    }

    /// The values in the form that the core takes.
    pub(crate) fn slots(&self) -> HeaderSlots<'_> {
        let mut slots = HeaderSlots::new();
        for (slot, value) in &self.0 {
            slots.set(*slot, bytes(value));
        }
        slots
    }

    /// The values of one header.
    pub(crate) fn values(&self, slot: usize) -> impl Iterator<Item = &[u8]> {
        let found = self.0.iter().filter(move |(found, _)| *found == slot);
        found.map(|(_, value)| bytes(value))
    }

    /// The values as pairs, with the names of `names`.
    pub(crate) fn pairs<'a>(&'a self, names: &'a HeaderNames) -> Vec<(&'a [u8], &'a [u8])> {
        let pair = |(slot, value): &'a (usize, Bound<'py, PyAny>)| {
            Some((names.name(*slot)?.as_bytes(), bytes(value)))
        };
        self.0.iter().filter_map(pair).collect()
    }
}

fn bytes<'a>(value: &'a Bound<'_, PyAny>) -> &'a [u8] {
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_str().map(str::as_bytes).unwrap_or_default();
    }
    value
        .cast::<PyBytes>()
        .map(|it| it.as_bytes())
        .unwrap_or_default()
}
