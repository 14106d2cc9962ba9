//! Picks the few headers that a verifier needs out of whatever the host has.
//!
//! Never converts the whole map: that costs more than the verification. Every
//! form keeps repeated headers apart where the host does, because the core has
//! to see a repetition to reject it.

use std::ptr::null_mut;

use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyBytes, PyDict, PyList, PySequence, PyString, PyTuple};
use pyo3::{Borrowed, ffi, intern};

use crate::error::configuration;
use crate::picked::Picked;
use crate::text::type_name;

/// What the argument has to be.
const WANTED: &str = "`headers` must be a mapping or a sequence of (name, value) pairs";

/// The names that one verifier needs, in slot order.
pub(crate) struct HeaderNames {
    names: Vec<HeaderName>,
    /// A bit for each length of a name, so that a scan skips most other headers.
    lengths: u64,
}

struct HeaderName {
    lower: String,
    /// The name in a WSGI or CGI environment: `HTTP_X_…`.
    environ_key: Py<PyString>,
}

impl HeaderNames {
    pub(crate) fn new(py: Python<'_>, names: &[impl AsRef<str>]) -> Self {
        let name = |lower: &str| {
            let upper = lower.to_ascii_uppercase().replace('-', "_");
            let environ_key = match upper.as_str() {
                "CONTENT_TYPE" | "CONTENT_LENGTH" => upper,
                _ => format!("HTTP_{upper}"),
            };
            HeaderName {
                lower: lower.to_owned(),
                environ_key: PyString::intern(py, &environ_key).unbind(),
            }
        };
        let names: Vec<_> = names.iter().map(|lower| name(lower.as_ref())).collect();
        let lengths = names.iter().map(|name| length_bit(name.lower.as_bytes()));
        Self {
            lengths: lengths.fold(0, |bits, bit| bits | bit),
            names,
        }
    }

    /// The name of a slot.
    pub(crate) fn name(&self, slot: usize) -> Option<&str> {
        self.names.get(slot).map(|name| name.lower.as_str())
    }

    /// Picks from a mapping or a sequence of pairs.
    pub(crate) fn pick<'py>(&self, headers: &Bound<'py, PyAny>) -> PyResult<Picked<'py>> {
        let mut picked = Picked::default();
        if self.names.is_empty() {
            return Ok(picked);
        }
        if let Ok(dict) = headers.cast::<PyDict>() {
            self.pick_dict(dict, &mut picked)?;
        } else if headers.is_instance_of::<PyList>() || headers.is_instance_of::<PyTuple>() {
            self.pick_pairs(headers, &mut picked)?;
        } else {
            self.pick_object(headers, &mut picked)?;
        }
        Ok(picked)
    }

    /// A scan and no look-ups: most schemes know alternative headers, of which some
    /// are absent, so that a scan for other spellings would come anyway. It also
    /// sees a name that is there in two spellings. By hand, since PyO3's iterator
    /// counts a reference to each name and value: half the time of the scan.
    fn pick_dict<'py>(&self, dict: &Bound<'py, PyDict>, picked: &mut Picked<'py>) -> PyResult<()> {
        let py = dict.py();
        if dict.contains(intern!(py, "REQUEST_METHOD"))? {
            return self.pick_environ(dict, picked);
        }
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
        for (slot, name) in self.names.iter().enumerate() {
            if let Some(value) = environ.get_item(&name.environ_key)? {
                picked.add(slot, value)?;
            }
        }
        Ok(())
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
        // The pairs as ASGI has them, which Starlette and httpx show: twice as fast as
        // to call Python for each name.
        if (headers.hasattr(intern!(py, "getlist"))? || headers.hasattr(intern!(py, "get_list"))?)
            && let Some(raw) = headers.getattr_opt(intern!(py, "raw"))?
            && raw.is_instance_of::<PyList>()
        {
            return self.pick_pairs(&raw, picked);
        }
        let module = py.import(intern!(py, "hookseal._headers"))?;
        let names = self.names.iter().map(|name| name.lower.as_str());
        let arguments = (headers, PyTuple::new(py, names)?);
        let pairs = module.call_method1(intern!(py, "pairs"), arguments)?;
        if pairs.is_none() {
            let detail = format!("{WANTED}, not {}", type_name(headers));
            return Err(configuration(py, &detail));
        }
        self.pick_pairs(&pairs, picked)
    }

    /// Picks from a list or a tuple.
    fn pick_pairs<'py>(&self, pairs: &Bound<'py, PyAny>, picked: &mut Picked<'py>) -> PyResult<()> {
        for pair in pairs.try_iter()? {
            let pair = pair?;
            // Not any sequence: a text of two characters is not a pair.
            let is_pair = pair.is_instance_of::<PyTuple>() || pair.is_instance_of::<PyList>();
            let pair = pair.cast_into::<PySequence>().ok();
            let Some(pair) = pair.filter(|pair| is_pair && pair.len().is_ok_and(|it| it == 2))
            else {
                let detail = format!("{WANTED}; an item of the sequence is not such a pair");
                return Err(configuration(pairs.py(), &detail));
            };
            let (name, value) = (pair.get_item(0)?, pair.get_item(1)?);
            if let Some(slot) = self.slot(&name) {
                picked.add(slot, value)?;
            }
        }
        Ok(())
    }

    /// Where a header belongs that the verifier needs.
    #[inline]
    fn slot(&self, name: &Bound<'_, PyAny>) -> Option<usize> {
        let name = if let Ok(name) = name.cast_exact::<PyString>().or_else(|_| name.cast()) {
            name.to_str().ok()?.as_bytes()
        } else {
            name.cast::<PyBytes>().ok()?.as_bytes()
        };
        if self.lengths & length_bit(name) == 0 {
            return None;
        }
        let mut names = self.names.iter().map(|wanted| wanted.lower.as_bytes());
        names.position(|wanted| wanted.eq_ignore_ascii_case(name))
    }
}

const fn length_bit(name: &[u8]) -> u64 {
    1 << (name.len() % 64)
}
