//! h as tables of Chebyshev polynomials, each level from that of one block less.

use super::span::{Power, Span};
use super::{LENGTH, Shared};
use crate::blocks::chebyshev::Nodes;

/// What a table may take, in multiplications, and in numbers: some ten seconds, and 80 MB.
const WORK: f64 = 2e9;
const ROOM: usize = 10_000_000;

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
pub(super) struct Tables {
    nodes: Nodes,
    /// ρ: panels of one width, each with its nodes.
    width: f64,
    rhos: Vec<f64>,
    levels: Vec<Option<Level>>,
}

impl Shared {
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
    pub(super) fn tabulated(&self, nodes: Nodes, top: usize) -> Option<Tables> {
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
    pub(super) fn value(
        &self,
        place: usize,
        total: usize,
        power: Power,
        shares: (f64, f64),
        rho: f64,
    ) -> f64 {
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
