//! Picks the few headers that a verifier needs out of whatever the host has.
//!
//! Never converts the whole map: that costs more than the verification. Every
//! form keeps repeated headers apart where the host does, because the core has
//! to see a repetition to refuse it.

use std::ptr::null_mut;

use hookseal_bridge::{ErrorCode, HeaderSlots};
use pyo3::exceptions::{PyException, PyLookupError};
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyList, PyString, PyTuple};
use pyo3::{Borrowed, ffi, intern};

use crate::error::{configuration, verification};
use crate::text::{encode_surrogates, type_name};

/// The names that one verifier needs, in slot order.
pub(crate) struct HeaderNames(Vec<HeaderName>);

struct HeaderName {
    lower: String,
    /// The same as an interned `str`, for `headers[name]`.
    key: Py<PyString>,
    /// The name in a WSGI or CGI environment: `HTTP_X_…`.
    environ_key: Py<PyString>,
}

/// The values found, kept alive for the call.
pub(crate) struct Picked<'py>(Vec<(usize, Value<'py>)>);

enum Value<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl HeaderNames {
    pub(crate) fn new(py: Python<'_>, names: Vec<String>) -> Self {
        let name = |lower: String| {
            let upper = lower.to_ascii_uppercase().replace('-', "_");
            let environ_key = match upper.as_str() {
                "CONTENT_TYPE" | "CONTENT_LENGTH" => upper,
                _ => format!("HTTP_{upper}"),
            };
            HeaderName {
                key: PyString::intern(py, &lower).unbind(),
                environ_key: PyString::intern(py, &environ_key).unbind(),
                lower,
            }
        };
        Self(names.into_iter().map(name).collect())
    }

    pub(crate) fn as_strings(&self) -> Vec<&str> {
        self.0.iter().map(|name| name.lower.as_str()).collect()
    }

    /// Picks from a mapping or a sequence of pairs.
    pub(crate) fn pick<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Picked<'py>> {
        let mut picked = Picked(Vec::with_capacity(self.0.len()));
        if self.0.is_empty() {
            return Ok(picked);
        }
        if let Ok(dict) = headers.cast::<PyDict>() {
            self.pick_dict(dict, &mut picked)?;
        } else if let Ok(pairs) = headers.cast::<PyList>() {
            self.pick_list(pairs, &mut picked)?;
        } else if let Ok(pairs) = headers.cast::<PyTuple>() {
            for pair in pairs {
                self.add_pair(&pair, &mut picked)?;
            }
        } else {
            self.pick_object(headers, &mut picked)?;
        }
        Ok(picked)
    }

    fn pick_dict<'py>(&self, dict: &Bound<'py, PyDict>, picked: &mut Picked<'py>) -> PyResult<()> {
        if dict.contains(intern!(dict.py(), "REQUEST_METHOD"))? {
            return self.pick_environ(dict, picked);
        }
        // A scan and no look-ups: most schemes know alternative headers, of
        // which some are absent, so that a scan for other spellings would come
        // anyway. It also sees a name that is there in two spellings.
        self.scan_dict(dict, picked)
    }

    /// By hand, since PyO3's iterator counts a reference to each name and value:
    /// half the time of the scan.
    fn scan_dict<'py>(&self, dict: &Bound<'py, PyDict>, picked: &mut Picked<'py>) -> PyResult<()> {
        let py = dict.py();
        with_critical_section(dict, || {
            let (mut position, mut name, mut value) = (0, null_mut(), null_mut());
            // SAFETY: the thread is attached, and the dict outlives the loop. One
            // that changes meanwhile is read as it then is.
            while unsafe {
                ffi::PyDict_Next(dict.as_ptr(), &mut position, &mut name, &mut value) != 0
            } {
                // SAFETY: an item is lent until the dict changes. Python code
                // could change it, and comparing a name runs none; other threads
                // could, and the critical section keeps them off.
                let name = unsafe { Borrowed::from_ptr(py, name) };
                if let Some(slot) = self.slot(&name) {
                    // SAFETY: as above. From here on the value is our own.
                    let value = unsafe { Bound::from_borrowed_ptr(py, value) };
                    picked.add(slot, value)?;
                }
            }
            Ok(())
        })
    }

    /// A WSGI environment, or Django's `META`.
    fn pick_environ<'py>(
        &self,
        environ: &Bound<'py, PyDict>,
        picked: &mut Picked<'py>,
    ) -> PyResult<()> {
        for (slot, name) in self.0.iter().enumerate() {
            if let Some(value) = environ.get_item(&name.environ_key)? {
                picked.add(slot, value)?;
            }
        }
        Ok(())
    }

    fn pick_list<'py>(&self, pairs: &Bound<'py, PyList>, picked: &mut Picked<'py>) -> PyResult<()> {
        pairs
            .iter()
            .try_for_each(|pair| self.add_pair(&pair, picked))
    }

    fn pick_object<'py>(
        &self,
        headers: &Bound<'py, PyAny>,
        picked: &mut Picked<'py>,
    ) -> PyResult<()> {
        let py = headers.py();
        // Werkzeug's view of an environment: reading the environment itself is
        // ten times as fast.
        if let Some(environ) = headers.getattr_opt(intern!(py, "environ"))?
            && let Ok(environ) = environ.cast::<PyDict>()
        {
            return self.pick_environ(environ, picked);
        }
        for all_values in [intern!(py, "getlist"), intern!(py, "get_list")] {
            if let Some(all_values) = headers.getattr_opt(all_values)? {
                // The pairs as ASGI has them, which Starlette and httpx show:
                // twice as fast as to call Python for each name.
                if let Some(raw) = headers.getattr_opt(intern!(py, "raw"))?
                    && let Ok(pairs) = raw.cast::<PyList>()
                {
                    return self.pick_list(pairs, picked);
                }
                return self.look_up(py, picked, |name| all_values.call1((name,)));
            }
        }
        for all_values in [intern!(py, "getall"), intern!(py, "get_all")] {
            if let Some(all_values) = headers.getattr_opt(all_values)? {
                return self.look_up(py, picked, |name| all_values.call1((name,)));
            }
        }
        if headers.hasattr(intern!(py, "keys"))? {
            return self.pick_mapping(headers, picked);
        }
        if headers.is_instance_of::<PyString>() || headers.is_instance_of::<PyBytes>() {
            return Err(not_headers(headers));
        }
        for pair in headers.try_iter().map_err(|_| not_headers(headers))? {
            self.add_pair(&pair.map_err(|error| host_failed(py, error))?, picked)?;
        }
        Ok(())
    }

    /// Any other mapping: `headers[name]`, and one scan if a name is missed,
    /// since the mapping may tell upper from lower case.
    fn pick_mapping<'py>(
        &self,
        headers: &Bound<'py, PyAny>,
        picked: &mut Picked<'py>,
    ) -> PyResult<()> {
        let py = headers.py();
        self.look_up(py, picked, |name| headers.get_item(name))?;
        if picked.0.len() >= self.0.len() {
            return Ok(());
        }
        picked.0.clear();
        let scan = || -> PyResult<Vec<_>> {
            headers
                .call_method0(intern!(py, "keys"))?
                .try_iter()?
                .map(|name| name.map(|name| (self.slot(&name), name)))
                .filter_map(|named| match named {
                    Ok((slot, name)) => Some(Ok((slot?, name))),
                    Err(error) => Some(Err(error)),
                })
                .map(|named| named.and_then(|(slot, name)| Ok((slot, headers.get_item(name)?))))
                .collect()
        };
        for (slot, value) in scan().map_err(|error| host_failed(py, error))? {
            picked.add(slot, value)?;
        }
        Ok(())
    }

    /// Asks the host for each name. A lookup error means "not there".
    fn look_up<'py>(
        &self,
        py: Python<'py>,
        picked: &mut Picked<'py>,
        ask: impl Fn(&Py<PyString>) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        for (slot, name) in self.0.iter().enumerate() {
            match ask(&name.key) {
                Ok(value) => picked.add(slot, value)?,
                Err(error) if error.is_instance_of::<PyLookupError>(py) => {}
                Err(error) => return Err(host_failed(py, error)),
            }
        }
        Ok(())
    }

    fn add_pair<'py>(&self, pair: &Bound<'py, PyAny>, picked: &mut Picked<'py>) -> PyResult<()> {
        let slot = if let Ok(pair) = pair.cast::<PyTuple>()
            && pair.len() == 2
        {
            let name = pair.get_borrowed_item(0)?;
            self.slot(&name)
        } else if let Ok(pair) = pair.cast::<PyList>()
            && pair.len() == 2
        {
            self.slot(&pair.get_item(0)?)
        } else {
            return Err(not_a_pair(pair.py()));
        };
        match slot {
            Some(slot) => picked.add(slot, pair.get_item(1)?),
            None => Ok(()),
        }
    }

    fn slot(&self, name: &Bound<'_, PyAny>) -> Option<usize> {
        let name = if let Ok(name) = name.cast::<PyString>() {
            name.to_str().ok()?.as_bytes()
        } else {
            name.cast::<PyBytes>().ok()?.as_bytes()
        };
        self.0
            .iter()
            .position(|wanted| wanted.lower.as_bytes().eq_ignore_ascii_case(name))
    }
}

impl<'py> Picked<'py> {
    fn add(&mut self, slot: usize, value: Bound<'py, PyAny>) -> PyResult<()> {
        if let Ok(values) = value.cast::<PyList>() {
            return values
                .iter()
                .try_for_each(|value| self.add_one(slot, value));
        }
        if let Ok(values) = value.cast::<PyTuple>() {
            return values
                .iter()
                .try_for_each(|value| self.add_one(slot, value));
        }
        self.add_one(slot, value)
    }

    fn add_one(&mut self, slot: usize, value: Bound<'py, PyAny>) -> PyResult<()> {
        let value = match value.cast_into::<PyString>() {
            Ok(text) if text.to_str().is_ok() => Value::Text(text),
            Ok(text) => Value::Bytes(encode_surrogates(&text)?),
            Err(other) => {
                let other = other.into_inner();
                if other.is_none() {
                    return Ok(());
                }
                Value::Bytes(bytes_value(other)?)
            }
        };
        self.0.push((slot, value));
        Ok(())
    }

    /// The values in the form that the core takes.
    pub(crate) fn slots(&self) -> HeaderSlots<'_> {
        let mut slots = HeaderSlots::new();
        for (slot, value) in &self.0 {
            slots.set(*slot, value.as_bytes());
        }
        slots
    }

    /// The values of one header.
    pub(crate) fn values(&self, slot: usize) -> impl Iterator<Item = &[u8]> {
        self.0
            .iter()
            .filter(move |(found, _)| *found == slot)
            .map(|(_, value)| value.as_bytes())
    }

    /// The values as pairs, with the names of `names`.
    pub(crate) fn pairs<'a>(&'a self, names: &'a HeaderNames) -> Vec<(&'a [u8], &'a [u8])> {
        let pair = |(slot, value): &'a (usize, Value<'py>)| {
            let name = names.0.get(*slot)?;
            Some((name.lower.as_bytes(), value.as_bytes()))
        };
        self.0.iter().filter_map(pair).collect()
    }
}

impl Value<'_> {
    fn as_bytes(&self) -> &[u8] {
        match self {
            // Only a text that has a UTF-8 form becomes `Text`.
            Self::Text(text) => text.to_str().map(str::as_bytes).unwrap_or_default(),
            Self::Bytes(bytes) => bytes.as_bytes(),
        }
    }
}

fn bytes_value(value: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyBytes>> {
    let py = value.py();
    match value.cast_into::<PyBytes>() {
        Ok(bytes) => Ok(bytes),
        Err(other) => {
            let other = other.into_inner();
            match other.cast::<PyByteArray>() {
                Ok(bytes) => Ok(PyBytes::new(py, &bytes.to_vec())),
                Err(_) => Err(verification(
                    py,
                    ErrorCode::MalformedHeader,
                    &format!("a header value is of type {}", type_name(&other)),
                )),
            }
        }
    }
}

fn not_headers(headers: &Bound<'_, PyAny>) -> PyErr {
    configuration(
        headers.py(),
        &format!(
            "`headers` must be a mapping or a sequence of (name, value) pairs, not {}",
            type_name(headers)
        ),
    )
}

fn not_a_pair(py: Python<'_>) -> PyErr {
    configuration(
        py,
        "`headers` must be a mapping or a sequence of (name, value) pairs; \
         an item of the sequence is no such pair",
    )
}

/// The host's own header object failed. What must not be swallowed, such as
/// `KeyboardInterrupt`, passes through.
fn host_failed(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyException>(py) {
        return error;
    }
    let internal = verification(py, ErrorCode::Internal, "the headers object failed");
    internal.set_cause(py, Some(error));
    internal
}
