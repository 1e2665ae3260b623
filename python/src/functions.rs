//! The exact functions, element by element.

use gauss_sim::check;
use gauss_sim::theory::math::binomial::{Binomial, MAX_TRIALS};
use gauss_sim::theory::math::normal;
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::pool;

type Doubles<'py> = PyReadonlyArray1<'py, f64>;
type Array<'py> = Bound<'py, PyArray1<f64>>;

/// From so many elements on, the work is shared by threads.
const MANY: usize = 8192;

/// The values of a function of so many places, on several threads where there are many.
fn values<T: Send>(
    py: Python<'_>,
    len: usize,
    value: impl Fn(usize) -> T + Sync + Send,
) -> PyResult<Vec<T>> {
    if len < MANY {
        return Ok((0..len).map(value).collect());
    }
    let pool = pool::pool(None)?;
    let many = || (0..len).into_par_iter().with_min_len(MANY / 4).map(value).collect();
    Ok(py.detach(|| pool.install(many)))
}

fn slice<'a>(array: &'a Doubles<'_>) -> PyResult<&'a [f64]> {
    array.as_slice().map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Declares functions of an array.
macro_rules! of_arrays {
    ($($(#[$doc:meta])* $name:ident = $function:path;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        pub(crate) fn $name<'py>(py: Python<'py>, z: Doubles<'py>) -> PyResult<Array<'py>> {
            let z = slice(&z)?;
            Ok(PyArray1::from_vec(py, values(py, z.len(), |i| $function(z[i]))?))
        }
    )*};
}

of_arrays! {
    /// Φ(z).
    normal_cdf = normal::cdf;
    /// 1 − Φ(z).
    normal_sf = normal::sf;
    /// ln Φ(z).
    normal_log_cdf = normal::ln_cdf;
    /// ln(1 − Φ(z)).
    normal_log_sf = normal::ln_sf;
    /// The density.
    normal_pdf = normal::pdf;
    /// Φ⁻¹(p).
    normal_ppf = normal::quantile;
}

/// A whole number of at most 2⁵³.
fn count(number: f64, what: &str) -> PyResult<u64> {
    match number.fract() == 0.0 && (0.0..=MAX_TRIALS as f64).contains(&number) {
        true => Ok(number as u64),
        false => Err(PyValueError::new_err(format!(
            "{what} {number} is not possible: write a whole number from 0 to 2^53"
        ))),
    }
}

fn counts(successes: &[f64], trials: &[f64]) -> PyResult<Vec<(u64, u64)>> {
    let pair = |(successes, trials): (&f64, &f64)| {
        let pair = (count(*successes, "successes")?, count(*trials, "trials")?);
        match pair.0 <= pair.1 {
            true => Ok(pair),
            false => Err(PyValueError::new_err(format!(
                "successes {} is not possible: write a whole number up to the trials, {}",
                pair.0, pair.1
            ))),
        }
    };
    successes.iter().zip(trials).map(pair).collect()
}

/// The limits of exact intervals; NaN where there are no trials.
#[pyfunction]
pub(crate) fn clopper_pearson<'py>(
    py: Python<'py>,
    successes: Doubles<'py>,
    trials: Doubles<'py>,
    confidence: Doubles<'py>,
) -> PyResult<(Array<'py>, Array<'py>)> {
    let (pairs, confidence) = (counts(slice(&successes)?, slice(&trials)?)?, slice(&confidence)?);
    if let Some(wrong) = confidence.iter().find(|c| !(**c > 0.0 && **c < 1.0)) {
        return Err(PyValueError::new_err(format!(
            "confidence {wrong} is not possible: write a number above 0 and below 1"
        )));
    }
    let limits = values(py, pairs.len(), |i| {
        let (successes, trials) = pairs[i];
        let interval = check::clopper_pearson(successes, trials, confidence[i]);
        interval.map_or((f64::NAN, f64::NAN), |interval| (interval.low, interval.high))
    })?;
    let (low, high) = limits.into_iter().unzip();
    Ok((PyArray1::from_vec(py, low), PyArray1::from_vec(py, high)))
}

/// Exact two-sided p-values.
#[pyfunction]
pub(crate) fn binomial_test<'py>(
    py: Python<'py>,
    successes: Doubles<'py>,
    trials: Doubles<'py>,
    p: Doubles<'py>,
) -> PyResult<Array<'py>> {
    let (pairs, p) = (counts(slice(&successes)?, slice(&trials)?)?, slice(&p)?);
    if let Some(wrong) = p.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(PyValueError::new_err(format!(
            "p {wrong} is not possible: write a number from 0 to 1"
        )));
    }
    let value = |i: usize| {
        let (successes, trials) = pairs[i];
        Binomial::new(trials, p[i]).map_or(f64::NAN, |law| law.p_value(successes))
    };
    Ok(PyArray1::from_vec(py, values(py, pairs.len(), value)?))
}
