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

use super::chebyshev::{MOST, Nodes};
use super::count::{at_least, chance};
use crate::math::normal::{cdf, hazard, ln_cdf, pdf, sf};
use crate::math::quadrature::integrate;
use task::blocks::Law;

/// Nodes a piece: of the values, and of what their error is judged by.
const NODES: [usize; 2] = [MOST, 20];
/// A piece is no longer than so many standard deviations, and ln Gⁿ changes by no more than this on it.
const LENGTH: f64 = 1.25;
/// What a table may take, in multiplications, and in numbers: some ten seconds, and 80 MB.
const WORK: f64 = 2e9;
const ROOM: usize = 10_000_000;
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

/// p, and with it how a budget is spent: a block gets ρ·part(x), and what is left is ρ·rest(x).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Power {
    One,
    Two,
}

impl Power {
    /// ρ/n^(1/p), over ρ.
    fn nth(self, n: usize) -> f64 {
        let n = n as f64;
        if self == Self::One { 1.0 / n } else { 1.0 / n.sqrt() }
    }

    fn part(self, x: f64) -> f64 {
        if self == Self::One { x } else { x.sin() }
    }

    fn rest(self, x: f64) -> f64 {
        if self == Self::One { 1.0 - x } else { x.cos().max(0.0) }
    }

    fn slope(self, x: f64) -> f64 {
        if self == Self::One { 1.0 } else { x.cos() }
    }

    /// The x at which the part is this share.
    fn x(self, share: f64) -> f64 {
        if self == Self::One { share } else { share.min(1.0).asin() }
    }

    /// Where one block gets all.
    fn end(self) -> f64 {
        if self == Self::One { 1.0 } else { std::f64::consts::FRAC_PI_2 }
    }
}

/// x from where i + 1 blocks would be free to where i would, by z from 0 to 1.
///
/// Below its right end h of ℓ2 has roots of the distance from it, which are no roots of z.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    power: Power,
    low: f64,
    high: f64,
}

impl Span {
    /// The one that ends where i blocks are free.
    fn new(power: Power, i: usize) -> Self {
        let [low, high] = [i + 1, i].map(|i| power.x(power.nth(i)));
        Self { power, low, high }
    }

    fn x(&self, z: f64) -> f64 {
        let left = 1.0 - z;
        let width = self.high - self.low;
        if self.power == Power::One {
            self.low + width * z
        } else {
            self.high - width * left * left
        }
    }

    /// dx/dz.
    fn slope(&self, z: f64) -> f64 {
        let width = self.high - self.low;
        if self.power == Power::One { width } else { 2.0 * width * (1.0 - z) }
    }

    fn z(&self, x: f64) -> f64 {
        let left = ((self.high - x) / (self.high - self.low)).clamp(0.0, 1.0);
        if self.power == Power::One { 1.0 - left } else { 1.0 - left.sqrt() }
    }
}

/// h of so many blocks of each law, as a table.
#[derive(Debug, Clone, Default)]
struct Level {
    /// How many blocks.
    total: usize,
    /// From left to right: a span, into how many pieces it is cut, and how many are before it.
    spans: Vec<(Span, usize, usize)>,
    /// `values[(piece·nodes + node)·rhos + rho]`.
    values: Vec<f64>,
}

impl Level {
    fn pieces(spans: &[(Span, usize, usize)]) -> usize {
        spans.last().map_or(0, |(_, parts, before)| parts + before)
    }
}

/// Tables of h.
#[derive(Debug, Clone)]
struct Tables {
    nodes: Nodes,
    /// ρ: panels of one width, each with its nodes.
    width: f64,
    rhos: Vec<f64>,
    levels: Vec<Option<Level>>,
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

    /// Where fewer than `total` blocks are free, in pieces on none of which much changes.
    fn spans(&self, state: &[usize], total: usize) -> Vec<(Span, usize, usize)> {
        let power = self.power;
        let least = self.groups.iter().map(|group| group.law.std()).fold(f64::INFINITY, f64::min);
        let mut before = 0;
        let span = |i: usize| {
            let span = Span::new(power, i);
            let (low, high) = (span.low, span.high);
            let long = self.most
                * (power.part(high) - power.part(low)).max(power.rest(low) - power.rest(high))
                / least;
            let rise = |rho: f64| -> f64 {
                let groups = self.groups.iter().zip(state).filter(|(_, n)| **n > 0);
                groups
                    .map(|(group, n)| {
                        let at = |x: f64| group.below(rho * power.part(x)).0;
                        *n as f64 * (at(high) - at(low))
                    })
                    .sum()
            };
            let steep = (0..=16).map(|i| rise(self.most * f64::from(i) / 16.0)).fold(0.0, f64::max);
            let parts = (long.max(steep) / LENGTH).ceil().clamp(1.0, 1e6) as usize;
            before += parts;
            (span, parts, before - parts)
        };
        (1..total).rev().map(span).collect()
    }

    /// Tables of up to `top` blocks.
    fn tabulated(&self, nodes: Nodes, top: usize) -> Option<Tables> {
        let size: f64 = self.groups.iter().map(|group| (group.count + 1) as f64).product();
        let least = self.groups.iter().map(|group| group.law.std()).fold(f64::INFINITY, f64::min);
        let panels = (self.most / (LENGTH * least)).ceil().max(1.0);
        if size > 1024.0 || panels > 1000.0 {
            return None;
        }
        let (panels, m) = (panels as usize, nodes.count());
        let width = self.most / panels as f64;
        let rhos: Vec<f64> = (0..panels)
            .flat_map(|panel| {
                let at = move |x: f64| width * (panel as f64 + 0.5 * (x + 1.0));
                nodes.points().iter().map(move |x| at(*x)).collect::<Vec<_>>()
            })
            .collect();
        let mut order = self.states();
        order.retain(|(_, state)| (2..=top).contains(&state.iter().sum()));
        order.sort_by_key(|(_, state)| state.iter().sum::<usize>());
        let spans: Vec<_> =
            order.iter().map(|(_, state)| self.spans(state, state.iter().sum())).collect();
        let cells: usize =
            spans.iter().map(|spans| Level::pieces(spans).saturating_mul(m * rhos.len())).sum();
        let work = cells as f64 * (m * (2 * self.groups.len() + 1)) as f64;
        if cells > ROOM || work > WORK {
            return None;
        }
        let mut tables = Tables { nodes, width, rhos, levels: vec![None; size as usize] };
        for ((place, state), spans) in order.into_iter().zip(spans) {
            let level = self.level(&tables, place, &state, spans);
            tables.levels[place] = Some(level);
        }
        Some(tables)
    }

    /// The table of a state from those of one block less.
    fn level(
        &self,
        tables: &Tables,
        place: usize,
        state: &[usize],
        spans: Vec<(Span, usize, usize)>,
    ) -> Level {
        let (power, m) = (self.power, tables.nodes.count());
        let (rhos, total) = (&tables.rhos, state.iter().sum::<usize>());
        let mut values = vec![0.0; Level::pieces(&spans) * m * rhos.len()];
        let log = |t: f64, less: Option<usize>| -> f64 {
            let groups = self.groups.iter().zip(state).enumerate();
            groups
                .filter(|(_, (_, n))| **n > 0)
                .map(|(g, (group, n))| {
                    (*n - usize::from(less == Some(g))) as f64 * group.below(t).0
                })
                .sum()
        };
        // What is at the left end: all blocks below it are turned.
        let mut left = vec![1.0; rhos.len()];
        let mut left_log: Vec<f64> =
            rhos.iter().map(|rho| log(rho * power.nth(total), None)).collect();
        let strides = self.strides();
        let cut = spans.iter().flat_map(|(span, parts, before)| {
            (0..*parts).map(move |part| (before + part, span, part, *parts))
        });
        for (piece, span, part, parts) in cut {
            let half = 0.5 / parts as f64;
            let z = |x: f64| (part as f64 + 0.5 * (x + 1.0)) / parts as f64;
            let zs: Vec<f64> = tables.nodes.points().iter().map(|x| z(*x)).collect();
            // By node and ρ: ln Gⁿ at the cap, and the integrand over Gⁿ.
            let mut logs = vec![0.0; m * rhos.len()];
            let mut rates = vec![0.0; m * rhos.len()];
            for (k, &z) in zs.iter().enumerate() {
                let x = span.x(z);
                let (part, rest) = (power.part(x), power.rest(x));
                let places: Vec<_> = rhos.iter().map(|rho| tables.place(rho * rest)).collect();
                for (i, rho) in rhos.iter().enumerate() {
                    logs[k * rhos.len() + i] = log(rho * part, None);
                }
                for (g, (group, n)) in self.groups.iter().zip(state).enumerate() {
                    if *n == 0 {
                        continue;
                    }
                    let row = tables.row(place - strides[g], total - 1, power, part, rest);
                    for (i, rho) in rhos.iter().enumerate() {
                        let mut h = match &row {
                            Some(row) => {
                                let (panel, weights) = &places[i];
                                let row = &row[panel * m..][..m];
                                row.iter().zip(weights).map(|(h, w)| h * w).sum()
                            }
                            None => 1.0,
                        };
                        if part > rest {
                            h *= (log(rho * rest, Some(g)) - log(rho * part, Some(g))).exp();
                        }
                        let rate = *n as f64 * group.below(rho * part).1 * h;
                        rates[k * rhos.len() + i] += rate * rho * power.slope(x) * span.slope(z);
                    }
                }
            }
            for i in 0..rhos.len() {
                let at = |k: usize| k * rhos.len() + i;
                for k in 0..m {
                    let own = logs[at(k)];
                    let sum: f64 = (0..m)
                        .map(|j| {
                            tables.nodes.integral(k, j) * rates[at(j)] * (logs[at(j)] - own).exp()
                        })
                        .sum();
                    let h = (left_log[i] - own).exp() * left[i] + half * sum;
                    values[(piece * m + k) * rhos.len() + i] = h;
                }
                left[i] = values[(piece * m + m - 1) * rhos.len() + i];
                left_log[i] = logs[at(m - 1)];
            }
        }
        Level { total, spans, values }
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

impl Tables {
    /// The panel of a ρ, and the weights of its nodes.
    fn place(&self, rho: f64) -> (usize, Vec<f64>) {
        let panels = self.rhos.len() / self.nodes.count();
        let panel = ((rho / self.width) as usize).min(panels - 1);
        let x = 2.0 * (rho / self.width - panel as f64) - 1.0;
        (panel, self.nodes.weights(x.clamp(-1.0, 1.0)))
    }

    /// The piece of a level that has the cap of a share, and the weights of its nodes; `None` where h is 1. Of a cap above
    /// what is left, that at what is left.
    fn piece(
        &self,
        place: usize,
        total: usize,
        power: Power,
        (part, rest): (f64, f64),
    ) -> Option<(&Level, usize, Vec<f64>)> {
        if total <= 1 || part <= rest * power.nth(total) {
            return None;
        }
        let level = self.levels[place].as_ref()?;
        let x = if part < rest { power.x(part / rest) } else { power.end() };
        let place = level.spans.partition_point(|(span, ..)| span.low <= x).max(1) - 1;
        let (span, parts, before) = level.spans[place];
        let z = span.z(x) * parts as f64;
        let piece = (z as usize).min(parts - 1);
        let x = (2.0 * (z - piece as f64) - 1.0).clamp(-1.0, 1.0);
        Some((level, before + piece, self.nodes.weights(x)))
    }

    /// h at a share, for every ρ; `None` where it is 1.
    fn row(
        &self,
        place: usize,
        total: usize,
        power: Power,
        part: f64,
        rest: f64,
    ) -> Option<Vec<f64>> {
        let (level, piece, weights) = self.piece(place, total, power, (part, rest))?;
        debug_assert!(level.total == total);
        let mut row = vec![0.0; self.rhos.len()];
        for (k, weight) in weights.iter().enumerate() {
            let from = (piece * self.nodes.count() + k) * self.rhos.len();
            let values = &level.values[from..from + self.rhos.len()];
            row.iter_mut().zip(values).for_each(|(row, value)| *row += weight * value);
        }
        Some(row)
    }

    /// h at a share and a ρ.
    fn value(&self, place: usize, total: usize, power: Power, shares: (f64, f64), rho: f64) -> f64 {
        let Some((level, piece, weights)) = self.piece(place, total, power, shares) else {
            return 1.0;
        };
        let (panel, along) = self.place(rho);
        let m = self.nodes.count();
        let row = |k: usize| -> f64 {
            let from = (piece * m + k) * self.rhos.len() + panel * m;
            level.values[from..from + m].iter().zip(&along).map(|(h, w)| h * w).sum()
        };
        weights.iter().enumerate().map(|(k, weight)| weight * row(k)).sum()
    }
}
