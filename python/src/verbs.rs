//! The verbs: a function each in Python, from the register of kinds.

use gauss_sim::experiment::Planner;
use gauss_sim::experiments::verbs::{Verb, all};
use gauss_sim::run::Plan;
use gauss_sim::task::spec::Parameter;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Describes the verbs, for the script that writes their Python functions.
#[pyfunction]
pub(crate) fn verbs(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    let described = |parameter: &Parameter, name: &str, of: &str, usual: &str| {
        let dict = PyDict::new(py);
        dict.set_item("name", name)?;
        dict.set_item("of", of)?;
        dict.set_item("default", usual)?;
        dict.set_item("placeholder", parameter.placeholder)?;
        dict.set_item("help", parameter.help)?;
        dict.set_item("long_help", parameter.long_help)?;
        dict.set_item("positional", parameter.positional)?;
        dict.set_item("words", parameter.words)?;
        Ok::<_, PyErr>(dict)
    };
    let verb = |verb: &Verb| {
        let mut parameters = Vec::new();
        for parameter in (verb.kind.spec)().parameters() {
            let own = verb.usual.iter().find(|(name, _)| *name == parameter.name);
            let usual = own.map_or(parameter.default, |(_, usual)| *usual);
            parameters.push(described(parameter, parameter.name, "question", usual)?);
        }
        let usual = Plan::usual(verb.kind);
        for (parameter, name) in verb.plan() {
            let usual = gauss_sim::task::spec::text(&usual, parameter.name);
            parameters.push(described(&parameter, &name, "plan", &usual)?);
        }
        for planner in verb.planners() {
            let Planner { name, placeholder, help, .. } = *planner;
            let parameter = Parameter { name, placeholder, help, ..Parameter::NONE };
            parameters.push(described(&parameter, name, "planner", "")?);
        }
        let dict = PyDict::new(py);
        dict.set_item("name", verb.name)?;
        dict.set_item("kind", verb.kind.name)?;
        dict.set_item("samples", verb.samples)?;
        dict.set_item("least", verb.kind.plan.least)?;
        dict.set_item("charts", verb.charts)?;
        dict.set_item("reference", verb.samples && verb.kind.plan.reference)?;
        dict.set_item("parameters", parameters)?;
        Ok(dict)
    };
    all().iter().map(verb).collect()
}
