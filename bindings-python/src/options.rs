//! Options, from Python values to the core's.

use std::collections::BTreeMap;

use hookseal_bridge::{OptionValue, Options};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView,
    PyString, PyTuple,
};
use serde_json::{Number, Value};
use zeroize::Zeroizing;

use crate::error::configuration;
use crate::text::type_name;

/// No option nests deeper; the limit keeps a list that holds itself from
/// overflowing the stack.
const MAX_DEPTH: usize = 8;

/// The options that were given as keyword arguments.
pub(crate) fn options(given: Option<&Bound<'_, PyDict>>) -> PyResult<Options> {
    let mut options = Options::new();
    for (name, value) in given.into_iter().flatten() {
        let name = name.cast_into::<PyString>()?;
        let name = name
            .to_str()
            .map_err(|_| configuration(value.py(), "the name of an option is not valid text"))?;
        options = options.with(name, Reader { name }.value(&value, 0)?);
    }
    Ok(options)
}

/// Reads one option. Its messages name the option and never show the value.
struct Reader<'a> {
    name: &'a str,
}

impl Reader<'_> {
    fn value(&self, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<OptionValue> {
        let py = value.py();
        if depth > MAX_DEPTH {
            return Err(self.reject(py, "is nested too deeply"));
        }
        if let Ok(text) = value.cast::<PyString>() {
            let text = text.to_str();
            let text =
                text.map_err(|_| self.reject(py, "holds characters that have no UTF-8 form"))?;
            Ok(text.into())
        } else if let Ok(switch) = value.cast::<PyBool>() {
            Ok(switch.is_true().into())
        } else if value.is_instance_of::<PyInt>() {
            let number = value.extract::<i64>();
            let number = number.map_err(|_| self.reject(py, "is a number out of range"))?;
            Ok(number.into())
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            Ok(bytes.as_bytes().into())
        } else if let Ok(bytes) = value.cast::<PyByteArray>() {
            Ok(OptionValue::Bytes(Zeroizing::new(bytes.to_vec())))
        } else if value.is_instance_of::<PyMemoryView>() {
            let bytes = py.get_type::<PyBytes>().call1((value,))?;
            Ok(bytes.cast::<PyBytes>()?.as_bytes().into())
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            let items = value.try_iter()?.map(|item| self.value(&item?, depth + 1));
            Ok(OptionValue::List(items.collect::<PyResult<_>>()?))
        } else if let Ok(object) = value.cast::<PyMapping>() {
            self.object(object, depth)
        } else if value.is_none() {
            let why = "is None; was it read from an environment variable that is not set?";
            Err(self.reject(py, why))
        } else {
            let why = format!(
                "is of type {}; allowed are str, bytes, bool, int, a list of these, \
                 and a mapping of labels to these",
                type_name(value)
            );
            Err(self.reject(py, &why))
        }
    }

    fn object(&self, object: &Bound<'_, PyMapping>, depth: usize) -> PyResult<OptionValue> {
        let py = object.py();
        let mut values = BTreeMap::new();
        for item in object.items()? {
            let (label, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let label = label.cast::<PyString>().ok();
            let label = label.and_then(|label| label.to_str().ok());
            let label = label.ok_or_else(|| self.reject(py, "has a label that is not text"))?;
            let value = self.member(&value, depth + 1)?;
            if values.insert(label.to_owned(), value).is_some() {
                return Err(self.reject(py, "has a label twice"));
            }
        }
        OptionValue::object(values).map_err(|why| self.reject(py, &format!("is not usable: {why}")))
    }

    /// What stands in a mapping that is handed on as it is, such as a key set, is
    /// not an option: the core says whether it may be `null` or a decimal.
    fn member(&self, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<OptionValue> {
        if value.is_none() {
            return Ok(OptionValue::Other(Value::Null));
        }
        let decimal = value.cast::<PyFloat>().ok();
        match decimal.and_then(|decimal| Number::from_f64(decimal.value())) {
            Some(number) => Ok(OptionValue::Other(number.into())),
            None => self.value(value, depth),
        }
    }

    fn reject(&self, py: Python<'_>, why: &str) -> PyErr {
        configuration(py, &format!("option {} {why}", self.name))
    }
}
