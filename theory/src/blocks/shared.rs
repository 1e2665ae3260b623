//! How many blocks an adversary turns whose budget is shared: Σ cⱼ ≤ ε^p, with cⱼ = max(Tⱼ, 0)^p the cost of block j, p = 1
//! or 2.
//!
//! He turns the m cheapest iff their costs add to ε^p at most. Let v be the largest of these m distances; the others are m − 1
//! blocks, below it. With G the distribution function of T and f its density, for equal blocks,
//!
//! ```text
//! P[F ≥ m] = P[v₍ₘ₎ ≤ ε/m^(1/p)] + ∫ m·C(B, m)·f(v)·G(v)^(m−1)·(1 − G(v))^(B−m)·h_{m−1}(ρ, v) dv      ρ^p = ε^p − v^p
//! h_n(ρ, v) = P[c₁ + … + c_n ≤ ρ^p | all T ≤ v]
//!           = (G(w)/G(v))^n + ∫ n·f(u)·G(u)^(n−1)/G(v)^n·h_{n−1}((ρ^p − u^p)^(1/p), u) du              u from w = ρ/n^(1/p) to v
//! ```
//!
//! where n blocks below ρ/n^(1/p) are turned whatever they are. A cap above ρ is as good as one at ρ:
//! h_n(ρ, v) = (G(ρ)/G(v))^n·h_n(ρ, ρ). Blocks of different laws take the place of n by how many of each law.
//!
//! **Tables.** With u = ρ·sin x and what is left ρ·cos x (p = 2), or x·ρ and (1 − x)·ρ (p = 1), h is analytic in ρ and in
//! x between the places where one block more is free, (u/ρ)^p = 1/i; these places of h_n lead to those of h_{n−1} whatever ρ
//! is. So each h is a table of Chebyshev polynomials on pieces of both, and each of the next is one integral along x. As h is a
//! probability given that all are below the cap, errors of one table enter the next with weights that add to 1 at most, also in
//! the tails.
//!
//! **Error.** Everything is done twice, with 24 and with 20 nodes a piece. The difference is the error of the coarser; it is
//! the bound of the finer, which is better by orders of magnitude.

mod span;
mod tables;

pub(super) use self::span::Power;

use self::span::Span;
use self::tables::Tables;
use super::chebyshev::{MOST, Nodes};
use super::count::{at_least, chance};
use crate::math::normal::{cdf, hazard, ln_cdf, pdf, sf};
use crate::math::quadrature::integrate;
use task::blocks::Law;

/// Nodes a piece: of the values, and of what their error is judged by.
const NODES: [usize; 2] = [MOST, 20];
/// A piece is no longer than so many standard deviations, and ln Gⁿ changes by no more than this on it.
const LENGTH: f64 = 1.25;
/// Probabilities below this are none, and above 1 − this are 1: it is part of the bound.
const NOTHING: f64 = 1e-18;

/// Blocks of one law.
#[derive(Debug, Clone, Copy)]
struct Group {
    law: Law,
    count: usize,
}

impl Group {
    fn standard(&self, t: f64) -> f64 {
        (t - self.law.mean()) / self.law.std()
    }

    /// ln P[T ≤ t], and the density of T over that.
    fn below(&self, t: f64) -> (f64, f64) {
        let z = self.standard(t);
        (ln_cdf(z), hazard(-z) / self.law.std())
    }
}

/// Blocks that share a budget.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    groups: Vec<Group>,
    power: Power,
    /// By number of nodes; none where no more than one block below another matters.
    tables: Vec<Tables>,
    /// The largest budget.
    most: f64,
}

impl Shared {
    /// For budgets up to `most`; `None` where that would take too long.
    pub(super) fn new(laws: &[Law], power: Power, most: f64) -> Option<Self> {
        let mut groups: Vec<Group> = Vec::new();
        for law in laws {
            match groups.iter_mut().find(|group| group.law == *law) {
                Some(group) => group.count += 1,
                None => groups.push(Group { law: *law, count: 1 }),
            }
        }
        // Beyond, every block is turned whatever is shared.
        let far = groups.iter().map(|group| group.law.mean() + 9.5 * group.law.std());
        let most = most.min(far.fold(0.0, f64::max) / power.nth(laws.len()));
        let mut shared = Self { groups, power, tables: Vec::new(), most };
        // No more blocks are ever turned than have a distance within the budget.
        let within = |m: usize| shared.nearest(laws.len(), m, most) >= NOTHING;
        let turned = (1..=laws.len()).rfind(|m| within(*m)).unwrap_or(0);
        if turned >= 3 {
            for nodes in NODES {
                let tables = shared.tabulated(Nodes::new(nodes), turned - 1)?;
                shared.tables.push(tables);
            }
        }
        Some(shared)
    }

    fn blocks(&self) -> usize {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// P[at least m of `blocks` have a distance of t at most].
    fn nearest(&self, blocks: usize, m: usize, t: f64) -> f64 {
        let chances = self
            .groups
            .iter()
            .flat_map(|group| std::iter::repeat_n(chance(&group.law, t), group.count));
        debug_assert!(blocks == self.blocks());
        at_least(chances).at_least[m]
    }

    fn strides(&self) -> Vec<usize> {
        let mut stride = 1;
        let step = |group: &Group| {
            let here = stride;
            stride *= group.count + 1;
            here
        };
        self.groups.iter().map(step).collect()
    }

    /// All states: how many blocks of each group, and their place.
    fn states(&self) -> Vec<(usize, Vec<usize>)> {
        let count: usize = self.groups.iter().map(|group| group.count + 1).product();
        let strides = self.strides();
        let of = |place: usize| {
            let of = |(group, stride): (&Group, &usize)| place / stride % (group.count + 1);
            (place, self.groups.iter().zip(&strides).map(of).collect())
        };
        (0..count).map(of).collect()
    }

    /// P[F ≥ m] for m from 0 to one more than there are, and a bound on the error of each, for a budget that was asked for.
    pub(super) fn turned(&self, eps: f64) -> (Vec<f64>, f64) {
        let (blocks, eps) = (self.blocks(), eps.min(self.most));
        let states = self.states();
        let none = [None, None];
        let tables: Vec<Option<&Tables>> = match &self.tables[..] {
            [] => none.to_vec(),
            tables => tables.iter().map(Some).collect(),
        };
        let mut found = vec![1.0];
        // What rounding leaves of 1.
        let certain = 4.0 * blocks as f64 * f64::EPSILON;
        let (mut error, mut differing) = (NOTHING + certain, 0.0f64);
        let mut integrated = false;
        for m in 1..=blocks {
            let [least, most] = [eps * self.power.nth(m), eps].map(|t| self.nearest(blocks, m, t));
            if most < NOTHING || 1.0 - least <= certain || m == 1 || eps == 0.0 {
                found.push(if m == 1 || least > 0.5 { least } else { most });
                continue;
            }
            integrated = true;
            let of = |tables: &Option<&Tables>| self.beyond(*tables, &states, m, eps);
            let [fine, coarse] = [of(&tables[0]), of(&tables[1])];
            differing = differing.max((fine.0 - coarse.0).abs());
            error += fine.1;
            found.push((least + fine.0).clamp(0.0, 1.0));
        }
        found.push(0.0);
        let rounding = self.groups.iter().map(|group| {
            let z = group.standard(eps);
            let scale = (eps + group.law.mean()) / group.law.std();
            // Distances within ε count where there is an integral over them; else only whether they are within it.
            let z = if integrated { z.min(0.0) } else { z };
            group.count as f64 * (1.0 + scale * pdf(z)) * 8.0 * f64::EPSILON
        });
        (found, error + 2.0 * differing + rounding.sum::<f64>())
    }

    /// The integral of P[F ≥ m], over the largest of the m distances.
    fn beyond(
        &self,
        tables: Option<&Tables>,
        states: &[(usize, Vec<usize>)],
        m: usize,
        eps: f64,
    ) -> (f64, f64) {
        let power = self.power;
        let others: Vec<&(usize, Vec<usize>)> =
            states.iter().filter(|(_, state)| state.iter().sum::<usize>() == m - 1).collect();
        let density = |x: f64| -> f64 {
            let (part, rest) = (power.part(x), power.rest(x));
            let t = eps * part;
            let both: Vec<[f64; 2]> = self
                .groups
                .iter()
                .map(|group| [cdf(group.standard(t)), sf(group.standard(t))])
                .collect();
            let mut total = 0.0;
            for (place, state) in &others {
                let mut weight = 0.0;
                for (g, group) in self.groups.iter().enumerate() {
                    let own = pdf(group.standard(t)) / group.law.std() * group.count as f64;
                    let mut ways = own;
                    for (other, n) in self.groups.iter().enumerate().zip(state) {
                        let (k, other) = other;
                        let all = other.count - usize::from(k == g);
                        if *n > all {
                            ways = 0.0;
                            break;
                        }
                        let [below, above] = both[k];
                        let (low, high) = (*n as i32, (all - n) as i32);
                        ways *= binomial(all, *n) * below.powi(low) * above.powi(high);
                    }
                    weight += ways;
                }
                if weight == 0.0 {
                    continue;
                }
                let mut h = tables.map_or(1.0, |tables| {
                    tables.value(*place, m - 1, power, (part, rest), eps * rest)
                });
                if part > rest {
                    let log: f64 = self
                        .groups
                        .iter()
                        .zip(state)
                        .filter(|(_, n)| **n > 0)
                        .map(|(group, n)| {
                            *n as f64 * (group.below(eps * rest).0 - group.below(t).0)
                        })
                        .sum();
                    h *= log.exp();
                }
                total += weight * h;
            }
            total * eps * power.slope(x)
        };
        let mut found = (0.0, 0.0);
        for i in 1..m {
            let span = Span::new(power, i);
            let long = self.groups.iter().map(|group| {
                eps * (power.part(span.high) - power.part(span.low)) / group.law.std()
            });
            let parts = (long.fold(0.0, f64::max) / LENGTH).ceil().clamp(1.0, 64.0) as usize;
            let breaks: Vec<f64> = (0..=parts).map(|k| k as f64 / parts as f64).collect();
            let part = integrate(|z| density(span.x(z)) * span.slope(z), &breaks, 4e-15);
            found = (found.0 + part.value, found.1 + part.error);
        }
        found
    }
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k.min(n - k)).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64)
}
