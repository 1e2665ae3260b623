//! Exact accuracies of randomised classifiers on the binary Gaussian task.
//!
//! Data: y = ±1, x | y ~ N(y·mean, data_std²). Defense: adds θ ~ N(shift, sigma²) to x. Classifier: sgn(x + θ − k),
//! or the majority of several with fresh θ. Adversary: moves x by at most ε. Each of these classifiers is described
//! by one [margin](task::Margin),
//!
//! ```text
//! m = y·(x + θ − k),  in law  mean + data_std·z₁ + y·(shift − k) + sigma·w
//! ```
//!
//! and is right under attack exactly if m > ε. This crate evaluates the probabilities of such events, and their
//! ratios, in closed form or by a quadrature with an error bound. It draws no random numbers and reads no files.
//!
//! From the task to the robust accuracies of the four stages of the paper's argument:
//!
//! ```
//! use gauss_sim_theory::accuracy::Profile;
//! use task::{Defense, Eps, Stage, Task, Votes};
//!
//! let (task, defense, eps) = (Task::default(), Defense::new(1.0, 1.0)?, Eps::new(0.5)?);
//! let robust = |stage: Stage| {
//!     let margin = stage.margin(&task, &defense)?;
//!     Ok::<_, task::DomainError>(Profile::new(&margin).at(eps).robust.value)
//! };
//! let undefended = robust(Stage::Undefended)?;
//! let defended = robust(Stage::Defended { threshold: 0.0 })?;
//! let trained = robust(Stage::Trained)?;
//! let voted = robust(Stage::Voted { votes: Votes::new(11)? })?;
//! // noise looks like robustness; training and voting, which win the accuracy back, take it away again
//! assert!(defended > trained && trained > voted && voted > undefended);
//! // Φ(½)/Φ(1), from tables
//! assert!((undefended - 0.691_462_461_274_013_1 / 0.841_344_746_068_542_9).abs() < 1e-15);
//! # Ok::<(), task::DomainError>(())
//! ```
//!
//! | question | module |
//! |---|---|
//! | What are the task, the defense, the stages, the margin? | [`task`] |
//! | How accurate is a classifier, with and without an attack? | [`accuracy`], for votes with [`vote`] |
//! | And if the attacked input gets its own θ, or several tries? | [`fresh`]; [`protocol`] for any |
//! | How often does the defended classifier agree with the undefended one? | [`invariance`] |
//! | How many votes are sufficient? | [`convergence`] |
//! | Where does each claim of the paper hold, and where is that proven? | [`claims`] |
//! | And if several maps of a pool are applied, in random order? | [`barrage`] |
//! | And if one of several independent sub-problems is chosen at random? | [`blocks`] |
//! | How much of smoothing do n noisy answers certify? | [`certify`] |
//! | What does an attacker learn from few noisy answers, and what does no attacker? | [`query`] |
//! | What changes in d dimensions, and what is the robust optimum there? | [`linear`] |
//! | How far do k steps of an attack get that reads m noisy gradients a step, and what is left? | [`attack`] |
//! | What task do features come from, and how far from it are held-out ones? | [`fit`] |
//! | How much does training from N examples miss the threshold by? | [`learning`] |
//! | What do counts of right draws say, and which task fits them? | [`logs`] |
//! | Φ and its relatives; tails of counts | [`normal`](math::normal); [`binomial`](math::binomial), [`beta`](math::beta) |
//! | Numbers with errors, with twice the digits, as integrals | [`bounded`](math::bounded), [`double`](math::double), [`quadrature`](math::quadrature) |
//!
//! Units: mean, data_std, shift, sigma, k and ε are in units of x; accuracies are probabilities or ratios of these,
//! and depend on the six only through their ratios. Each formula is in the documentation of its module, with its
//! derivation or source. A result with an error bound is a [`Bounded`](math::bounded::Bounded); the measured errors
//! of all functions, by range, are in `ACCURACY.md`. Parameters are checked when a type is constructed
//! ([`task::DomainError`]), so evaluating a margin cannot fail.

pub mod accuracy;
pub mod attack;
pub mod barrage;
pub mod blocks;
pub mod certify;
pub mod claims;
pub mod convergence;
pub mod fit;
pub mod fresh;
pub mod invariance;
pub mod learning;
pub mod linear;
pub mod logs;
pub mod math;
pub mod protocol;
pub mod query;
pub mod vote;
