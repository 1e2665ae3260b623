//! Functions that do not depend on the task: normal, beta and binomial distributions, the median of normals and its
//! extremes, and numbers with errors, with twice the digits, and as integrals.

pub(crate) mod bell;
pub mod beta;
pub mod binomial;
pub mod bounded;
pub(crate) mod complex;
pub(crate) mod depth;
pub mod double;
pub(crate) mod event;
pub(crate) mod extreme;
pub(crate) mod golden;
pub(crate) mod majority;
pub(crate) mod median;
pub mod normal;
pub(crate) mod product;
pub mod quadrature;
pub(crate) mod scaled;
pub(crate) mod trapezoid;
