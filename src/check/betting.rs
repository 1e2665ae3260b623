//! Intervals for means of values in [0, 1], and for ratios of such means, from finitely many independent samples: by
//! betting.
//!
//! Against the hypothesis that the ratio E\[u\]/E\[v\] is r, with 0 ≤ u ≤ v ≤ 1 in every sample, a player bets on u − r·v, of
//! which the mean is then 0. His capital
//!
//! ```text
//! K⁺ = Π (1 + λ·(u − r·v))    K⁻ = Π (1 − λ·(u − r·v))
//! ```
//!
//! is a martingale whatever he bets, as long as each λ is chosen before its sample is seen and no factor can be negative.
//! By Markov's inequality ½K⁺ or ½K⁻ reaches 1/α with a probability of at most α: what it does reject is outside of an
//! interval of confidence 1 − α, for any number of samples and any law. With v = 1 it is the interval of a mean.
//! K⁺ falls and K⁻ rises with r, so that the limits are the two places where they reach it.
//!
//! Bets are those of the hedged capital of I. Waudby-Smith and A. Ramdas, *Journal of the Royal Statistical Society B* 86
//! (2024), 1–27: `λ² = 2·ln(2/α)/(n·variance)`, the variance being that of the samples before, at most ½ of what could lead to ruin. Here they
//! are changed at sample 16, 32, 64 and so on alone ([`blocks`]), so that samples of one block enter by how many there are of each
//! value: a million samples of a hundred draws cost what a hundred values cost.
//!
//! The samples have to be independent and of one law in their order: logs that are sorted by class are not, so that whoever
//! asks has to shuffle first.

use std::ops::Range;

use super::Estimate;

/// How many samples have these two values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values {
    /// u, from 0 to v.
    pub part: f64,
    /// v, from 0 to 1.
    pub whole: f64,
    /// How many.
    pub samples: u64,
}

impl Values {
    /// Values of which the mean is asked for.
    #[must_use]
    pub fn of_mean(value: f64, samples: u64) -> Self {
        Self { part: value, whole: 1.0, samples }
    }
}

/// The number of samples after which bets are changed for the first time.
const FIRST: usize = 16;
/// No bet risks more than this share of the capital.
const RISK: f64 = 0.5;

/// The samples of each block, of so many in all.
#[must_use]
pub fn blocks(samples: usize) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let (mut start, mut end) = (0, FIRST);
    while start < samples {
        blocks.push(start..end.min(samples));
        (start, end) = (end, 2 * end);
    }
    blocks
}

/// A block with the size of its bets.
struct Bets<'a> {
    values: &'a [Values],
    size: f64,
}

/// The samples, and what is bet on them.
struct Game<'a> {
    bets: Vec<Bets<'a>>,
}

impl<'a> Game<'a> {
    /// The game at a level α. `None` where the blocks have no samples, or no v above 0.
    fn new(blocks: &'a [Vec<Values>], alpha: f64) -> Option<(Self, f64)> {
        let samples: u64 = blocks.iter().flatten().map(|values| values.samples).sum();
        let aim = 2.0 * (2.0 / alpha).ln() / samples as f64;
        // Moments of those before.
        let (mut n, mut u, mut v, mut uu, mut uv, mut vv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut bets = Vec::with_capacity(blocks.len());
        for block in blocks {
            let ratio: f64 = (0.5 + u) / (1.0 + v);
            let squares: f64 = uu - 2.0 * ratio * uv + ratio * ratio * vv;
            let variance = (0.25 + squares.max(0.0)) / (n + 1.0);
            bets.push(Bets { values: block, size: (aim / variance).sqrt() });
            for Values { part, whole, samples } in block {
                let count = *samples as f64;
                n += count;
                u += count * part;
                v += count * whole;
                uu += count * part * part;
                uv += count * part * whole;
                vv += count * whole * whole;
            }
        }
        (samples > 0 && v > 0.0).then(|| (Self { bets }, u / v))
    }

    /// ln K⁺ at a ratio.
    fn above(&self, ratio: f64) -> f64 {
        let capital = |bets: &Bets<'_>| -> f64 {
            // u − r·v is −r at least.
            let size = bets.size.min(RISK / ratio);
            let term = |v: &Values| v.samples as f64 * (size * (v.part - ratio * v.whole)).ln_1p();
            bets.values.iter().map(term).sum()
        };
        self.bets.iter().map(capital).sum()
    }

    /// ln K⁻ at a ratio.
    fn below(&self, ratio: f64) -> f64 {
        let capital = |bets: &Bets<'_>| -> f64 {
            // u − r·v is 1 − r at most.
            let size = bets.size.min(RISK / (1.0 - ratio));
            let term = |v: &Values| v.samples as f64 * (-size * (v.part - ratio * v.whole)).ln_1p();
            bets.values.iter().map(term).sum()
        };
        self.bets.iter().map(capital).sum()
    }
}

/// The ratio Σu/Σv, of samples in blocks as [`blocks`] says, with its interval. `None` where there is nothing to estimate: no
/// samples, no v above 0, or a confidence outside (0, 1).
#[must_use]
pub fn ratio(blocks: &[Vec<Values>], confidence: f64) -> Option<Estimate> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let alpha = 1.0 - confidence;
    let (game, value) = Game::new(blocks, alpha)?;
    let value = value.clamp(0.0, 1.0);
    let goal = (2.0 / alpha).ln();
    // Rejected at `out`, not rejected at `inside`.
    let low = limit(|ratio| game.above(ratio) - goal, 0.0, value);
    let high = limit(|ratio| game.below(ratio) - goal, 1.0, value);
    Some(Estimate { value, low, high })
}

/// The p-value of the hypothesis that the ratio is `expected`: valid for any number of samples, 1 where there are none.
#[must_use]
pub fn p_value(blocks: &[Vec<Values>], expected: f64, alpha: f64) -> f64 {
    let Some((game, _)) = Game::new(blocks, alpha) else { return 1.0 };
    let most = game.above(expected).max(game.below(expected));
    (2.0 * (-most).exp()).min(1.0)
}

/// The limit between `out`, an end of [0, 1], and the estimate: where `rejects`, which falls from there on, is no longer
/// above 0. It is the last place that is known to be rejected, so that rounding makes an interval wider.
fn limit(rejects: impl Fn(f64) -> f64, out: f64, value: f64) -> f64 {
    let (mut out, mut inside) = (out, value);
    let mut at_out = rejects(out);
    if at_out.is_nan() || at_out <= 0.0 || out == inside {
        return out;
    }
    let mut at_inside = rejects(inside);
    if at_inside > 0.0 {
        // Not with the same samples: the estimate itself is never rejected, but for rounding.
        return inside;
    }
    // The Illinois form of the false position.
    let mut last = 0;
    for _ in 0..200 {
        if (out - inside).abs() <= 1e-12 * (out.abs().max(inside.abs())) + 1e-15 {
            break;
        }
        let mut next = inside + (out - inside) * (-at_inside / (at_out - at_inside));
        if !(next > out.min(inside) && next < out.max(inside)) {
            next = 0.5 * (out + inside);
        }
        let found = rejects(next);
        if found > 0.0 {
            (out, at_out) = (next, found);
            if last == 1 {
                at_inside *= 0.5;
            }
            last = 1;
        } else {
            (inside, at_inside) = (next, found);
            if last == -1 {
                at_out *= 0.5;
            }
            last = -1;
        }
    }
    out
}
