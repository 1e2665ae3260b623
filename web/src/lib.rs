//! The Rust half of the explorer page: a thin face over the specs, experiments, runs and charts of the laboratory.
//!
//! Nothing here knows a kind of experiment: a question is the name of a verb and an object of parameters, as text, and what
//! comes back is JSON (`ask`) or SVG (`chart`); a run is drawn step by step (`run`), so that the worker that draws it hears
//! what the page says in between. What a user sees is in `page/`.

mod ask;
mod chart;
mod marks;
mod run;
mod store;
#[cfg(test)]
mod tests;

use wasm_bindgen::prelude::*;

pub use ask::{answer, plan, verbs};
pub use chart::{chart, charts, figure};
pub use run::Sampling;

/// An error with the sentence that the command line says.
fn refused(error: &anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}

/// Describes the verbs, their parameters and planners, as JSON.
#[wasm_bindgen(js_name = verbs)]
pub fn js_verbs() -> Result<String, JsError> {
    verbs().map_err(|error| refused(&error))
}

/// Answers a question exactly; as JSON.
#[wasm_bindgen(js_name = answer)]
pub fn js_answer(verb: &str, given: &str) -> Result<String, JsError> {
    answer(verb, given).map_err(|error| refused(&error))
}

/// Answers what a planner is asked; as JSON.
#[wasm_bindgen(js_name = plan)]
pub fn js_plan(verb: &str, planner: &str, wanted: &str, given: &str) -> Result<String, JsError> {
    plan(verb, planner, wanted, given).map_err(|error| refused(&error))
}

/// Draws a chart of a verb; as SVG.
#[wasm_bindgen(js_name = chart)]
pub fn js_chart(asked: &str) -> Result<String, JsError> {
    chart(asked).map_err(|error| refused(&error))
}

/// Returns the names of the charts that the rows of a question can fill; as JSON.
#[wasm_bindgen(js_name = charts)]
pub fn js_charts(verb: &str, given: &str) -> Result<String, JsError> {
    let names = charts(verb, given).map_err(|error| refused(&error))?;
    serde_json::to_string(&names).map_err(|error| refused(&error.into()))
}

/// Answers a question and keeps its rows for charts that stand on them.
#[wasm_bindgen(js_name = prepare)]
pub fn js_prepare(verb: &str, given: &str) -> Result<(), JsError> {
    store::tables(verb, given).map(drop).map_err(|error| refused(&error))
}

/// Draws a figure of the paper; as SVG.
#[wasm_bindgen(js_name = figure)]
pub fn js_figure(asked: &str) -> Result<String, JsError> {
    figure(asked).map_err(|error| refused(&error))
}

/// Returns the font of the charts.
#[wasm_bindgen(js_name = font)]
#[must_use]
pub fn js_font() -> Vec<u8> {
    gauss_sim::plots::FONT_BYTES.to_vec()
}

/// A run, drawn step by step.
#[wasm_bindgen]
pub struct Run(Sampling);

#[wasm_bindgen]
impl Run {
    /// Begins a run.
    #[wasm_bindgen(constructor)]
    pub fn new(verb: &str, given: &str) -> Result<Run, JsError> {
        Sampling::new(verb, given).map(Self).map_err(|error| refused(&error))
    }

    /// Draws for about so many milliseconds; returns how far it is, as JSON.
    pub fn step(&mut self, milliseconds: u32) -> Result<String, JsError> {
        self.0.step(milliseconds).map_err(|error| refused(&error))
    }

    /// Returns the rows and the verdict so far, as JSON.
    pub fn answer(&self) -> Result<String, JsError> {
        self.0.answer().map_err(|error| refused(&error))
    }

    /// Draws a chart of the rows so far, or of the way towards the exact values.
    pub fn chart(&self, asked: &str) -> Result<String, JsError> {
        self.0.chart(asked).map_err(|error| refused(&error))
    }
}
