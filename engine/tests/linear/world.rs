//! Questions made of plain numbers, which the literal simulation and the engine both read.

use engine::Run;
use engine::counts::Counts;
use engine::linear::{Contestant, LinearNoise, LinearQuestion};
use task::Norm;
use task::linear::{Covariance, LinearClassifier, LinearDefense, LinearTask, Rule};
use task::{DrawProtocol, Eps, Prior, Votes};

#[derive(Debug, Clone)]
pub(crate) enum Matrix {
    Scalar(f64),
    Diagonal(Vec<f64>),
    Full(Vec<Vec<f64>>),
}

impl Matrix {
    pub(crate) fn covariance(&self) -> Covariance {
        match self {
            Self::Scalar(v) => Covariance::scalar(*v),
            Self::Diagonal(v) => Covariance::diagonal(v.clone()),
            Self::Full(rows) => Covariance::full(rows),
        }
        .expect("a covariance")
    }

    /// sigma² times it.
    #[allow(dead_code)] // for the comparison with theory
    pub(crate) fn times(&self, square: f64) -> Self {
        match self {
            Self::Scalar(v) => Self::Scalar(v * square),
            Self::Diagonal(v) => Self::Diagonal(v.iter().map(|v| v * square).collect()),
            Self::Full(rows) => {
                let row = |row: &Vec<f64>| row.iter().map(|v| v * square).collect();
                Self::Full(rows.iter().map(row).collect())
            }
        }
    }
}

/// One classifier: no weights is the constant `bias`.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    pub(crate) weights: Vec<f64>,
    pub(crate) bias: f64,
    pub(crate) noise: Option<(f64, Votes)>,
    pub(crate) eps: Vec<f64>,
}

impl Player {
    fn rule(&self) -> Rule {
        if self.weights.is_empty() {
            return Rule::Constant(self.bias as i8);
        }
        let classifier = LinearClassifier::new(self.weights.clone(), self.bias);
        Rule::Linear(classifier.expect("a classifier"))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) mean: Vec<f64>,
    pub(crate) data: Matrix,
    pub(crate) prior: f64,
    pub(crate) shift: Vec<f64>,
    pub(crate) theta: Matrix,
    pub(crate) norm: f64,
    pub(crate) undefended: Player,
    pub(crate) players: Vec<Player>,
    pub(crate) draws: DrawProtocol,
}

pub(crate) fn budgets(eps: &[f64]) -> Vec<Eps> {
    eps.iter().map(|&eps| Eps::new(eps).expect("a budget")).collect()
}

impl World {
    pub(crate) fn task(&self) -> LinearTask {
        let prior = Prior::new(self.prior).expect("a prior");
        LinearTask::new(self.mean.clone(), self.data.covariance(), prior).expect("a task")
    }

    pub(crate) fn defense(&self) -> LinearDefense {
        LinearDefense::new(self.shift.clone(), self.theta.covariance()).expect("a defense")
    }

    pub(crate) fn question(&self) -> LinearQuestion {
        let contestant = |player: &Player| Contestant {
            rule: player.rule(),
            noise: player.noise.map(|(sigma, votes)| LinearNoise { sigma, votes }),
            eps: budgets(&player.eps),
        };
        LinearQuestion::new(
            &self.task(),
            Some(&self.defense()),
            Norm::new(self.norm).expect("a norm"),
            self.undefended.rule(),
            self.players.iter().map(contestant).collect(),
            self.draws,
        )
        .expect("a question")
    }

    pub(crate) fn count(&self, seed: u64, samples: u64) -> Counts {
        Run::new(seed, samples).count_linear(&self.question(), &|_| ())
    }
}

/// Numbers from −1 to 1 (splitmix64): the same everywhere, so that golden worlds stay what they are.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    pub(crate) fn vector(&mut self, d: usize) -> Vec<f64> {
        (0..d).map(|_| self.next()).collect()
    }

    /// scalar, diagonal, full, singular (a full one of rank ⌈d/3⌉), with zeros (a diagonal one).
    pub(crate) fn matrix(&mut self, shape: &str, d: usize) -> Matrix {
        match shape {
            "scalar" => Matrix::Scalar(0.5 + self.next().abs()),
            "diagonal" => Matrix::Diagonal((0..d).map(|_| 0.2 + self.next().abs()).collect()),
            "zeros" => {
                Matrix::Diagonal((0..d).map(|i| (i % 2) as f64 * self.next().abs()).collect())
            }
            _ => {
                let rank = if shape == "full" { d } else { d.div_ceil(3) };
                let a: Vec<_> = (0..d).map(|_| self.vector(rank)).collect();
                let ridge = if shape == "full" { 0.1 } else { 0.0 };
                let entry = |i: usize, j: usize| {
                    let product: f64 = a[i].iter().zip(&a[j]).map(|(a, b)| a * b).sum();
                    product + if i == j { ridge } else { 0.0 }
                };
                let row = |i| (0..d).map(|j| entry(i, j)).collect();
                Matrix::Full((0..d).map(row).collect())
            }
        }
    }

    /// A world with players of every kind; `eps` are in units of the ratio ‖w‖₂/(4·top·d^½).
    pub(crate) fn world(
        &mut self,
        d: usize,
        (data, theta): (&str, &str),
        norm: f64,
        prior: f64,
        draws: DrawProtocol,
        eps: &[f64],
    ) -> World {
        let weights = self.vector(d);
        let votes = |n| Votes::new(n).expect("votes");
        let player = |weights: &[f64], bias, noise| Player {
            weights: weights.to_vec(),
            bias,
            noise,
            eps: eps.to_vec(),
        };
        // smaller by a power of two: no verdict may depend on it
        let small: Vec<f64> = weights.iter().map(|w| w / 1024.0).collect();
        let mut players = vec![
            player(&weights, 0.0, None),
            player(&small, 0.25 / 1024.0, Some((1.0, Votes::ONE))),
            player(&weights, -0.2, Some((0.7, Votes::ONE))),
            player(&weights, 0.1, Some((1.3, votes(2)))),
            player(&weights, 0.0, Some((1.0, votes(5)))),
            player(&weights, 0.3, Some((1.0, Votes::Limit))),
            player(&weights, -0.1, Some((0.0, votes(2)))),
            player(&[], 1.0, None),
            player(&[], -1.0, Some((1.0, votes(5)))),
        ];
        players[3].eps.truncate(1);
        let other = self.vector(d);
        players.push(player(&other, 0.05, Some((0.5, votes(5)))));
        let mean = weights.iter().map(|w| 0.5 * w + 0.4 * self.next()).collect();
        World {
            mean,
            data: self.matrix(data, d),
            prior,
            shift: self.vector(d),
            theta: self.matrix(theta, d),
            norm,
            undefended: player(&weights, 0.0, None),
            players,
            draws,
        }
    }
}

/// same, fresh, persistent=3.
pub(crate) fn protocols() -> [DrawProtocol; 3] {
    [DrawProtocol::Same, DrawProtocol::Fresh, DrawProtocol::persistent(3).expect("tries")]
}
