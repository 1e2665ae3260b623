//! Values of Python as the values of a file: numbers bit by bit, arrays as lists.

use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// A value as a file has it.
pub(crate) fn json(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::from(text.to_str()?));
    }
    if let Ok(truth) = value.cast::<PyBool>() {
        return Ok(Value::from(truth.is_true()));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(double(number.value()));
    }
    if let Ok(whole) = value.cast::<PyInt>() {
        return match (whole.extract::<u64>(), whole.extract::<i64>()) {
            (Ok(whole), _) => Ok(Value::from(whole)),
            (_, Ok(whole)) => Ok(Value::from(whole)),
            // Beyond 64 bits: as it is written.
            _ => Ok(Value::from(whole.str()?.to_str()?)),
        };
    }
    if let Ok(items) = value.cast::<PyList>() {
        return items.iter().map(|item| json(&item)).collect::<PyResult<_>>().map(Value::Array);
    }
    if let Ok(items) = value.cast::<PyTuple>() {
        return items.iter().map(|item| json(&item)).collect::<PyResult<_>>().map(Value::Array);
    }
    if let Ok(entries) = value.cast::<PyDict>() {
        return object(entries).map(Value::Object);
    }
    if let Ok(doubles) = value.extract::<PyReadonlyArray1<'_, f64>>() {
        return Ok(doubles.as_array().iter().map(|number| double(*number)).collect());
    }
    // Other arrays, NumPy's scalars, and series of pandas.
    for method in ["tolist", "to_list", "__fspath__"] {
        if let Ok(method) = value.getattr(method) {
            return json(&method.call0()?);
        }
    }
    let of = value.get_type().name()?;
    Err(PyTypeError::new_err(format!(
        "{of} is no value of a parameter: give a number, a list or an array of numbers, or text"
    )))
}

/// A dictionary as an object.
pub(crate) fn object(entries: &Bound<'_, PyDict>) -> PyResult<Map<String, Value>> {
    let entry = |(name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        Ok((name.extract::<String>()?, json(&value)?))
    };
    entries.iter().map(entry).collect()
}

/// A double; what is not finite as one would write it.
fn double(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| Value::from(number.to_string()), Value::Number)
}

/// JSON as Python has it.
pub(crate) fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let text = value.to_string();
    PyModule::import(py, "json")?.getattr("loads")?.call1((text,))
}
