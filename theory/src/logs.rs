//! Logged predictions of a randomised defense: what counts of right draws say, and the task that they fit.
//!
//! Of each of N samples a log has m predictions on an input, each with a draw of its own, of which C are right. Given the
//! sample each is right with probability p, C ~ Bin(m, p), and the mean over the subsets of the draws estimates any
//! polynomial of p without bias ([`counts`]):
//!
//! ```text
//! right in each of T tries     C(C, T)/C(m, T)                           estimates p^T
//! the majority of n is right   P[Hypergeometric(m, C, n) > n/2]          estimates I_p(h + 1, h + 1), n = 2h + 1
//! ```
//!
//! **The bridge.** On the binary Gaussian task a draw of sgn(x + θ), θ ~ N(0, 1) in units of sigma, is right with probability
//! Φ(T) where T = y·x ~ N(a, b²), and after the adversary's move with probability Φ(T − e): counts of the task are those
//! of the random-effects probit model, C ~ Bin(m, Φ(T)) and A ~ Bin(m', Φ(T − e)). [`probit`] fits (a, b, e) to counts
//! by maximum likelihood, and [`goodness`] tests whether counts are of this family at all. The fitted task has mean a, data_std b,
//! sigma 1, shift 0 and eps e, and says what any number of votes or tries would give.
//!
//! Source of the model: R. D. Bock and M. Lieberman, *Psychometrika* 35 (1970), 179–197.

pub mod chi_square;
pub mod counts;
pub mod goodness;
mod likelihood;
pub mod predict;
pub mod probit;

pub use likelihood::CountTable;
