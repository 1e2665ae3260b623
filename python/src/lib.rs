//! The Rust half of the Python package `gauss_sim`: a thin face over the specs, experiments, runs and charts of the
//! laboratory.
//!
//! Nothing here knows a kind of experiment but for the three verbs that ask about stages (`verbs`): a question is set from
//! keyword arguments by the names of its parameters (`convert`), answered on a pool of threads while Python's own thread
//! hears signals (`job`), and handed over as columns (`table`) and charts (`figure`). What a user sees is in
//! `gauss_sim/*.py`.

// Python's arguments are handed over by value.
#![allow(clippy::needless_pass_by_value)]

mod ask;
mod convert;
mod figure;
mod folders;
mod functions;
mod job;
mod paper;
mod pool;
mod table;
mod verbs;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// An error with the sentence that the command line says.
fn refused(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// What the pure-Python half calls.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::ask::{Answered, ask};
    #[pymodule_export]
    use crate::figure::RawFigure;
    #[pymodule_export]
    use crate::folders::{merge, read};
    #[pymodule_export]
    use crate::functions::{
        binomial_test, clopper_pearson, normal_cdf, normal_log_cdf, normal_log_sf, normal_pdf,
        normal_ppf, normal_sf,
    };
    #[pymodule_export]
    use crate::paper::{RawSheet, figures, report, statements};
    #[pymodule_export]
    use crate::table::RawTable;
    #[pymodule_export]
    use crate::verbs::verbs;
}
