//! The engine's counts against theory and against a simulator that knows no margin, and what is built on them.
//!
//! Every seed is fixed. α = 1e-6 for these modules: [`ALPHA`] is shared by their statistical tests, and
//! within each test by Bonferroni's inequality.

mod against_theory;
mod intervals;
mod linear;
mod literal;
#[path = "../../engine/tests/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "../../engine/tests/linear/world.rs"]
#[allow(dead_code)]
mod world;
mod wrong_formulas;

/// The chance, at most, that a right engine fails any of the statistical tests of these modules.
const ALPHA: f64 = 1e-6;
/// How many tests share it: against_theory 1, intervals 1, literal 2, wrong_formulas 1.
const STATISTICAL_TESTS: f64 = 5.0;

/// A statistical result with a name for the message.
type Named = (String, f64);

/// Fails if one of the p-values is too small for this test's share of the file's α, all together.
fn assert_agree(p_values: &[Named]) {
    let level = ALPHA / STATISTICAL_TESTS / p_values.len() as f64;
    let (name, least) = p_values
        .iter()
        .inspect(|(name, p)| assert!(!p.is_nan(), "{name}"))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("something was tested");
    assert!(*least >= level, "{name}: p = {least:e} is below {level:e}");
}
