//! The options of a verifier, from Python values to the core's JSON.

use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView,
    PyString, PyTuple,
};
use zeroize::Zeroizing;

use crate::error::configuration;
use crate::secret_buffer::SecretBuffer;
use crate::text::type_name;

/// A label over a list over bytes is as deep as an option goes; a limit keeps
/// a list that holds itself from overflowing the stack.
const MAX_DEPTH: usize = 8;

/// The options as a JSON object. Holds secrets, so it is wiped when dropped.
pub(crate) fn options_json(options: Option<&Bound<'_, PyDict>>) -> PyResult<SecretBuffer> {
    let mut json = SecretBuffer::new();
    json.push(b'{');
    if let Some(options) = options {
        for (position, (name, value)) in options.iter().enumerate() {
            let name = name.cast_into::<PyString>()?;
            let name = name.to_str().map_err(|_| {
                configuration(options.py(), "the name of an option is no valid text")
            })?;
            separate(position, &mut json);
            write_text(name, &mut json);
            json.push(b':');
            OptionWriter { name }.write(&value, 0, &mut json)?;
        }
    }
    json.push(b'}');
    Ok(json)
}

/// The scheme: an id, or a custom scheme given as a mapping, as JSON.
pub(crate) fn scheme_text(scheme: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = scheme.py();
    if let Ok(id) = scheme.cast::<PyString>() {
        return match id.to_str() {
            Ok(id) => Ok(id.to_owned()),
            Err(_) => Err(configuration(py, "the scheme is no valid text")),
        };
    }
    if scheme.cast::<PyMapping>().is_err() {
        return Err(configuration(
            py,
            &format!(
                "the scheme must be an id (str) or a custom scheme (mapping), not {}",
                type_name(scheme)
            ),
        ));
    }
    let dumps = || {
        let plain = py.get_type::<PyDict>().call1((scheme,))?;
        py.import(intern!(py, "json"))?
            .call_method1(intern!(py, "dumps"), (plain,))?
            .extract::<String>()
    };
    dumps().map_err(|error| {
        if !error.is_instance_of::<PyException>(py) {
            return error;
        }
        let refused = configuration(py, "the custom scheme cannot be written as JSON");
        refused.set_cause(py, Some(error));
        refused
    })
}

/// Writes one option. Its messages name the option and never show the value.
struct OptionWriter<'a> {
    name: &'a str,
}

impl OptionWriter<'_> {
    fn write(
        &self,
        value: &Bound<'_, PyAny>,
        depth: usize,
        json: &mut SecretBuffer,
    ) -> PyResult<()> {
        let py = value.py();
        if depth > MAX_DEPTH {
            return Err(self.refuse(py, "is nested too deeply"));
        }
        if let Ok(text) = value.cast::<PyString>() {
            let text = text
                .to_str()
                .map_err(|_| self.refuse(py, "holds characters that have no UTF-8 form"))?;
            write_text(text, json);
        } else if let Ok(switch) = value.cast::<PyBool>() {
            json.extend_from_slice(if switch.is_true() { b"true" } else { b"false" });
        } else if value.is_instance_of::<PyInt>() {
            let number: i64 = value
                .extract()
                .map_err(|_| self.refuse(py, "is a number out of range"))?;
            json.extend_from_slice(number.to_string().as_bytes());
        } else if let Ok(bytes) = value.cast::<PyBytes>() {
            write_hex(bytes.as_bytes(), json);
        } else if let Ok(bytes) = value.cast::<PyByteArray>() {
            write_hex(&Zeroizing::new(bytes.to_vec()), json);
        } else if value.is_instance_of::<PyMemoryView>() {
            let bytes = py.get_type::<PyBytes>().call1((value,))?;
            write_hex(bytes.cast::<PyBytes>()?.as_bytes(), json);
        } else if let Ok(list) = value.cast::<PyList>() {
            self.write_list(list.iter(), depth, json)?;
        } else if let Ok(list) = value.cast::<PyTuple>() {
            self.write_list(list.iter(), depth, json)?;
        } else if let Ok(labelled) = value.cast::<PyMapping>() {
            self.write_labelled(labelled, depth, json)?;
        } else if value.is_none() {
            return Err(self.refuse(
                py,
                "is None; was it read from an environment variable that is not set?",
            ));
        } else {
            let refusal = format!(
                "is of type {}; allowed are str, bytes, bool, int, a list of these, \
                 and a mapping of labels to these",
                type_name(value)
            );
            return Err(self.refuse(py, &refusal));
        }
        Ok(())
    }

    fn write_list<'py>(
        &self,
        items: impl Iterator<Item = Bound<'py, PyAny>>,
        depth: usize,
        json: &mut SecretBuffer,
    ) -> PyResult<()> {
        json.push(b'[');
        for (position, item) in items.enumerate() {
            separate(position, json);
            self.write(&item, depth + 1, json)?;
        }
        json.push(b']');
        Ok(())
    }

    fn write_labelled(
        &self,
        labelled: &Bound<'_, PyMapping>,
        depth: usize,
        json: &mut SecretBuffer,
    ) -> PyResult<()> {
        let py = labelled.py();
        json.push(b'{');
        for (position, item) in labelled.items()?.iter().enumerate() {
            let (label, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let label = label.cast_into::<PyString>().ok();
            let label = label.as_ref().and_then(|label| label.to_str().ok());
            let label = label.ok_or_else(|| self.refuse(py, "has a label that is no text"))?;
            separate(position, json);
            write_text(label, json);
            json.push(b':');
            self.write_member(&value, depth + 1, json)?;
        }
        json.push(b'}');
        Ok(())
    }

    /// What stands in a mapping that is handed on as it is, such as a key set, is
    /// no option: the core says whether it may be `null` or a decimal.
    fn write_member(
        &self,
        value: &Bound<'_, PyAny>,
        depth: usize,
        json: &mut SecretBuffer,
    ) -> PyResult<()> {
        if value.is_none() {
            json.extend_from_slice(b"null");
            return Ok(());
        }
        match value.cast::<PyFloat>() {
            Ok(number) if number.value().is_finite() => {
                json.extend_from_slice(format!("{:?}", number.value()).as_bytes());
                Ok(())
            }
            _ => self.write(value, depth, json),
        }
    }

    fn refuse(&self, py: Python<'_>, why: &str) -> PyErr {
        configuration(py, &format!("option {} {why}", self.name))
    }
}

fn separate(position: usize, json: &mut SecretBuffer) {
    if position > 0 {
        json.push(b',');
    }
}

fn write_text(text: &str, json: &mut SecretBuffer) {
    json.push(b'"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend_from_slice(&[b'\\', character as u8]),
            '\0'..='\x1f' => {
                json.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes());
            }
            _ => json.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    json.push(b'"');
}

/// `{"hex":"…"}`, the form in which JSON carries bytes.
fn write_hex(bytes: &[u8], json: &mut SecretBuffer) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    json.extend_from_slice(b"{\"hex\":\"");
    for byte in bytes {
        json.push(DIGITS[usize::from(byte >> 4)]);
        json.push(DIGITS[usize::from(byte & 15)]);
    }
    json.extend_from_slice(b"\"}");
}
