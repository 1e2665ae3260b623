//! The same attack as somebody would write it who has never seen the engine: real vectors in double precision, gradients by
//! the chain rule, rand's generator and rand_distr's normals. Frequencies of both are compared.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use task::Votes;
use task::attack::{AttackPoint, AttackTask, GainLaw, GainScope, Judge, Loss, Start};

use super::ask::{count, points};

struct Naive<'a> {
    point: &'a AttackPoint,
    rng: SmallRng,
    d: usize,
}

/// One drawn transformation, t(x) = a ⊙ x + θ.
struct Drawn {
    a: Vec<f64>,
    theta: Vec<f64>,
    /// What decides a margin of 0, and a tie.
    coins: [bool; 2],
}

impl Naive<'_> {
    fn normal(&mut self) -> f64 {
        self.rng.sample(StandardNormal)
    }

    fn gain(&mut self, law: &GainLaw) -> f64 {
        match law {
            GainLaw::One => 1.0,
            GainLaw::Normal { spread } => 1.0 + spread * self.normal(),
            GainLaw::List(list) => {
                let toss: f64 = self.rng.random();
                let mut sum = 0.0;
                for (gain, probability) in list.atoms() {
                    sum += probability;
                    if toss < sum {
                        return gain;
                    }
                }
                list.gains()[list.gains().len() - 1].value()
            }
        }
    }

    fn transformation(&mut self) -> Drawn {
        let AttackTask::Gains(task) = self.point.task() else { unreachable!() };
        let law = task.law();
        let a = match task.scope() {
            GainScope::Shared => vec![self.gain(&law); self.d],
            GainScope::Coordinates => (0..self.d).map(|_| self.gain(&law)).collect(),
        };
        let theta = (0..self.d).map(|_| task.shift() + task.sigma() * self.normal()).collect();
        Drawn { a, theta, coins: [self.rng.random(), self.rng.random()] }
    }

    fn margin(&self, y: f64, x: &[f64], t: &Drawn) -> f64 {
        let AttackTask::Gains(task) = self.point.task() else { unreachable!() };
        let transformed = x.iter().zip(&t.a).zip(&t.theta).map(|((x, a), theta)| a * x + theta);
        y * (transformed.sum::<f64>() - self.d as f64 * task.shift())
    }

    /// Whether the majority of these draws is right.
    fn right(&self, y: f64, x: &[f64], draws: &[Drawn]) -> bool {
        let mut right = 0;
        for t in draws {
            let margin = self.margin(y, x, t);
            // The shift leaves rounding errors where there is nothing else.
            let zero = t.a.iter().all(|a| *a == 0.0) && margin.abs() < 1e-12;
            right += usize::from(if zero { t.coins[0] } else { margin > 0.0 });
        }
        2 * right > draws.len() || (2 * right == draws.len() && draws[0].coins[1])
    }

    fn votes(&mut self) -> Vec<Drawn> {
        let Votes::Finite(n) = self.point.votes() else { unreachable!() };
        (0..n.get()).map(|_| self.transformation()).collect()
    }

    /// Clean, attacked, both, invariant.
    fn sample(&mut self) -> [bool; 4] {
        let AttackTask::Gains(task) = self.point.task().clone() else { unreachable!() };
        let attacker = *self.point.attacker();
        let eps = attacker.eps.get();
        let alpha = attacker.step.alpha(eps).expect("a number");
        let y: f64 = if self.rng.random() { 1.0 } else { -1.0 };
        let x: Vec<f64> =
            (0..self.d).map(|_| y * task.mean() + task.data_std() * self.normal()).collect();
        let mut delta: Vec<f64> = (0..self.d)
            .map(|_| match attacker.start {
                Start::Zero => 0.0,
                Start::Uniform => eps * (2.0 * self.rng.random::<f64>() - 1.0),
            })
            .collect();
        let mut every = true;
        let mut first: Option<Vec<f64>> = None;
        let mut last = vec![0.0; self.d];
        for iterate in 0..=attacker.steps {
            if iterate > 0 {
                let mut gradient = vec![0.0; self.d];
                for _ in 0..attacker.eot {
                    let t = self.transformation();
                    let moved: Vec<f64> =
                        x.iter().zip(&delta).map(|(x, delta)| x + delta).collect();
                    let margin = self.margin(y, &moved, &t);
                    let weight = match attacker.loss {
                        Loss::Margin => 1.0,
                        Loss::CrossEntropy => 1.0 / (1.0 + margin.exp()),
                    };
                    gradient.iter_mut().zip(&t.a).for_each(|(g, a)| *g -= weight * y * a);
                }
                for (delta, g) in delta.iter_mut().zip(&gradient) {
                    let sign = f64::from(i8::from(*g > 0.0) - i8::from(*g < 0.0));
                    *delta = (*delta + alpha * sign).clamp(-eps, eps);
                }
            }
            if attacker.judge != Judge::Final {
                let moved: Vec<f64> = x.iter().zip(&delta).map(|(x, delta)| x + delta).collect();
                let draws = self.votes();
                if !self.right(y, &moved, &draws) {
                    every = false;
                    first.get_or_insert_with(|| delta.clone());
                    last.clone_from(&delta);
                }
            }
        }
        let delta = match attacker.judge {
            Judge::First => first.unwrap_or(delta),
            Judge::Last => last,
            Judge::Any | Judge::Final => delta,
        };
        let moved: Vec<f64> = x.iter().zip(&delta).map(|(x, delta)| x + delta).collect();
        let draws = self.votes();
        let clean = self.right(y, &x, &draws);
        let attacked = match (attacker.judge, self.point.draws().tries()) {
            (Judge::Any, _) => every,
            (_, 0) => self.right(y, &moved, &draws),
            (_, tries) => (0..tries).fold(true, |all, _| {
                let draws = self.votes();
                self.right(y, &moved, &draws) && all
            }),
        };
        let undefended = y * x.iter().sum::<f64>() > 0.0;
        [clean, attacked, clean && attacked, clean == undefended]
    }
}

/// The difference of two frequencies is within 4.9 standard errors, a level of about 1e-6 each.
#[test]
fn a_loop_by_somebody_else_agrees() {
    const HIS: u64 = 20_000;
    const OURS: u64 = 400_000;
    for text in [
        "defense=scale=1.5 dimension=3 mean=0.7 eps=0.4 attack=eot eot=2 steps=5 step_size=eps/3 draws=same",
        "defense=scale=1 dimension=2 mean=0.7 eps=0.5 attack=pgd steps=4 step_size=eps/2.5 draws=persistent=2 votes=2",
        "defense=list=-1:0.3,0:0.2,2:0.5 dimension=3 mean=0.7 eps=0.5 attack=eot eot=3 steps=4 sigma=0.5 step_size=0.2 votes=3",
        "defense=drop=0.5 dimension=2 mean=1 eps=0.5 attack=pgd steps=5 step_size=eps/3 judge=any",
        "defense=drop=0.5 dimension=3 mean=1 eps=0.5 attack=pgd steps=5 step_size=eps/3 judge=first draws=same",
        "defense=flip=0.3 dimension=3 mean=1 eps=0.8 attack=eot eot=2 steps=5 step_size=eps/3 judge=last start=uniform",
        "defense=scale=2 dimension=3 gain=shared mean=0.5 eps=0.5 attack=eot eot=3 steps=5 sigma=1 judge=last draws=same",
        "defense=scale=2 dimension=3 mean=0.5 eps=0.8 attack=eot eot=3 steps=5 step_size=eps/2 sigma=0.5 loss=cross-entropy",
        "defense=list=1:0.6,-4:0.4 dimension=2 mean=1 eps=0.8 attack=eot eot=2 steps=3 step_size=eps/2 loss=cross-entropy",
        "defense=flip=0.4 gain=shared dimension=2 mean=1 eps=0.8 attack=eot eot=4 steps=3 step_size=eps/2 loss=cross-entropy sigma=0.5",
    ] {
        let point = &points(text)[0];
        let d = point.task().dimension() as usize;
        let mut naive = Naive { point, rng: SmallRng::seed_from_u64(18), d };
        let mut his = [0u64; 4];
        for _ in 0..HIS {
            for (count, seen) in his.iter_mut().zip(naive.sample()) {
                *count += u64::from(seen);
            }
        }
        let c = count(text, 19, OURS)[0];
        let ours = [c.clean_correct, c.adversarial_correct, c.both, c.invariant];
        for (his, ours) in his.into_iter().zip(ours) {
            let (his, ours) = (his as f64 / HIS as f64, ours as f64 / OURS as f64);
            let error = (ours * (1.0 - ours) * (1.0 / HIS as f64 + 1.0 / OURS as f64)).sqrt();
            assert!((his - ours).abs() <= 4.9 * error, "{text}: {his} and {ours} ± {error}");
        }
    }
}
