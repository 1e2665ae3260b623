//! The verbs: a function each in Python, from the register of kinds.

use std::sync::OnceLock;

use gauss_sim::experiment::{Kind, Planner};
use gauss_sim::experiments::stages::{KIND as STAGES, SWEPT};
use gauss_sim::experiments::{KINDS, PLANNERS};
use gauss_sim::run::Plan;
use gauss_sim::task::spec::Parameter;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A verb that asks questions of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verb {
    /// Its name.
    pub(crate) name: &'static str,
    /// The kind.
    pub(crate) kind: &'static Kind,
    /// Parameters that usually have another value here than the kind's own.
    pub(crate) usual: &'static [(&'static str, &'static str)],
    /// Whether samples are drawn.
    pub(crate) samples: bool,
    /// Whether a folder gets charts.
    pub(crate) charts: bool,
}

/// All of them: three about stages, and of every other kind the one that has its name.
pub(crate) fn all() -> &'static [Verb] {
    static VERBS: OnceLock<Vec<Verb>> = OnceLock::new();
    VERBS.get_or_init(|| {
        let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let verb = |kind: &'static Kind| Verb {
            // A kind that is asked by a flag of another verb has its own name.
            name: if is_name(kind.verbs) { kind.verbs } else { kind.name },
            kind,
            usual: &[],
            samples: draws(kind),
            charts: true,
        };
        let stages = Verb { charts: false, ..verb(&STAGES) };
        let of_stages = [
            Verb { name: "theory", samples: false, ..stages },
            Verb { name: "simulate", ..stages },
            Verb { name: "sweep", usual: SWEPT, charts: true, ..stages },
        ];
        let others = KINDS.iter().filter(|kind| kind.name != STAGES.name);
        of_stages.into_iter().chain(others.map(|kind| verb(kind))).collect()
    })
}

/// Whether anything of a kind is found by sampling.
fn draws(kind: &Kind) -> bool {
    let schema = (kind.schema)();
    !kind.plan.samples_flag.is_empty() && (schema.is_counted() || !schema.found.is_empty())
}

impl Verb {
    /// The parameters of a plan that mean something to it, and what each is called here.
    pub(crate) fn plan(&self) -> impl Iterator<Item = (Parameter, String)> + use<> {
        let samples = self.kind.plan.samples_flag.replace('-', "_");
        let (draws, own) = (self.samples, (self.kind.spec)().parameters());
        // What a question has by the same name is its own.
        let free = move |p: &Parameter| draws && !own.iter().any(|known| known.name == p.name);
        Plan::parameters_of(self.kind).filter(free).map(move |parameter| {
            let name = if parameter.name == "samples" { &samples } else { parameter.name };
            (parameter, name.to_owned())
        })
    }

    /// Its planners.
    pub(crate) fn planners(&self) -> impl Iterator<Item = &'static Planner> + use<> {
        let verb = *self;
        // Those of stages are exact questions, and so of the verb that draws nothing.
        let here = move |planner: &&&Planner| {
            planner.kind.name == verb.kind.name && (verb.kind.name != STAGES.name || !verb.samples)
        };
        PLANNERS.iter().filter(here).copied()
    }
}

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
