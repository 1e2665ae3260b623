//! The result of the solvers of the robust optimum, before it is verified.

/// A nearly optimal pair of weights and a move of the data.
pub(crate) struct Candidate {
    pub(crate) w: Vec<f64>,
    pub(crate) z: Vec<f64>,
}
