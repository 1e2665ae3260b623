//! The Gaussian task of a user's features: what is estimated from training rows, and what held-out rows say of it.
//!
//! Training rows give the class means m₊ and m₋ and the pooled covariance S = Σ zzᵀ/N of the residuals z (each row less
//! the mean of its class), which is shrunk to
//!
//! ```text
//! Σ̂ = (1 − s)·S + s·(tr S/d)·I          w = Σ̂⁻¹μ          μ = (m₊ − m₋)/2          b = −w·(m₊ + m₋)/2
//! ```
//!
//! For a linear classifier the distance of a held-out row x from being misclassified is known without an attack: in ℓp it
//! is r = y(w·x + b)/‖w‖_q, 1/p + 1/q = 1, by Hölder's inequality. So the share of held-out rows with r > ε *is* the accuracy under the
//! best attack of budget ε ([`held_out`]), and with noise N(0, sigma²·I) on the input each r gives what one
//! draw, a vote or a certificate does with it, by a formula and without drawing.
//!
//! The fitted task predicts the law of r: normal, with mean w·μ/‖w‖_q and standard deviation √(wᵀΣ̂w)/‖w‖_q. How far that is from the
//! held-out rows is a ladder ([`ladder`]): the fitted law, the normal laws with the held-out moments, the held-out
//! rows themselves.
//!
//! Products of matrices are made in blocks, in an order that does not depend on the number of threads.
//!
//! Source of the shrinkage: O. Ledoit and M. Wolf, J. Multivariate Anal. 88 (2004), 365–411; Y. Chen, A. Wiesel,
//! Y. C. Eldar and A. O. Hero, IEEE Trans. Signal Process. 58 (2010), 5016–5029; both as scikit-learn has them, with N in
//! the denominator of S.

mod factor;
pub mod held_out;
pub mod ladder;
mod pooled;
mod shrink;
mod train;

pub use self::train::{FitError, Fitted, Matrix, fit};
