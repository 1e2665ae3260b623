//! What the solvers of the robust optimum find, before it is judged.

/// A direction of weights and a move of the data, near to optimal.
pub(crate) struct Candidate {
    pub(crate) w: Vec<f64>,
    pub(crate) z: Vec<f64>,
}
