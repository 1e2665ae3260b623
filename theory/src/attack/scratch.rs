#[cfg(test)]
mod tests {
    use super::super::*;
    use task::attack::*;
    use task::spec::Parse;
    use task::*;
    pub(crate) fn point(def: &str, d: u64, mean: f64, sigma: f64, eps: f64, k: u32, m: u32, ratio: f64, shared: bool, draws: &str) -> AttackPoint {
        let scope = if shared { GainScope::Shared } else { GainScope::Coordinates };
        let task = GainTask::new(GainDefense::parse(def).unwrap(), scope, d, Task::new(mean, 1.0).unwrap(), Defense::new(1.0, sigma).unwrap()).unwrap();
        let attacker = Attacker { kind: AttackKind::Eot, eps: Eps::new(eps).unwrap(), steps: k, eot: m, step: StepSize::EpsOver(ratio), start: Start::Zero, loss: Loss::Margin, judge: Judge::Final };
        AttackPoint::new(AttackTask::Gains(task), Votes::ONE, draws.parse().unwrap(), attacker).unwrap()
    }
    #[test]
    fn spheres_lab() {
        for d in [50u64, 20, 300] {
        let r = SpheresTask::best_radius(d as u32, [1.0, 1.6], 1.0);
        let task = SpheresTask::new(d, [1.0, 1.6], 1.0, r).unwrap();
        for kind in [AttackKind::None, AttackKind::Full, AttackKind::Off, AttackKind::Pgd, AttackKind::Eot] {
            let attacker = Attacker { kind, eps: Eps::new(0.15).unwrap(), steps: 20, eot: 10, step: StepSize::EpsOver(5.0), start: Start::Zero, loss: Loss::Margin, judge: Judge::Final };
            let p = AttackPoint::new(AttackTask::Spheres(task.clone()), Votes::ONE, DrawProtocol::Fresh, attacker).unwrap();
            let t = std::time::Instant::now();
            let o = outcome(&p).unwrap();
            println!("{d} {kind} {:?} {:?} reach {:?} {:?} {:?}", o.rates.clean, o.rates.adversarial, o.reach, o.signs.map(|s| s.right), t.elapsed());
        }
        }
    }
    #[test]
    fn planner() {
        for x in [0.1, 1.0, 4.5, 20.0] { println!("S({x}) {:?}", shortfall(x)); }
        println!("{}", sufficient(0.05));
        for (tau, k) in [(100.0, 4000), (30.0, 2000)] {
            let s = Signs::new(&GainLaw::Normal { spread: tau }, 1).unwrap();
            let x = (s.right - 0.5f64).powi(2) * k as f64;
            let t = std::time::Instant::now();
            let b = best_step(&s, k, Start::Zero).unwrap();
            println!("{tau} {x} {} {} vs {:?} K {} {:?}", b.ratio, 1.0 - b.walk.reach().value, shortfall(x), (k as f64).sqrt() / shortfall(x).step, t.elapsed());
        }
        for (def, d, mean, eps) in [("scale=10", 256, 0.25, 0.25), ("scale=1", 64, 0.25, 0.125), ("drop=0.9", 64, 0.3, 0.2), ("list=-1:0.6,4:0.4", 64, 0.3, 0.2), ("flip=0.45", 64, 0.3, 0.2), ("scale=100", 16384, 0.25, 0.25)] {
            for enough in [0.05, 0.01] {
                let t = std::time::Instant::now();
                let p = plan(&point(def, d, mean, 0.0, eps, 1, 1, 1.0, false, "fresh"), enough, 1_000_000).unwrap();
                println!("{def} {enough} {:.5} {:?}\n   pgd {:?}\n   eot {:?}", p.strongest.value, t.elapsed(), p.pgd, p.eot);
            }
            let t = std::time::Instant::now();
            println!("{:?} {:?}", diagnose(&point(def, d, mean, 0.0, eps, 1, 1, 1.0, false, "fresh"), 100).unwrap(), t.elapsed());
        }
    }
    #[test]
    fn mc() {
        let (sc, dr, fl, li) = ("scale=2", "drop=0.5", "flip=0.3", "list=-1:0.6,4:0.4");
        let mut all = Vec::new();
        for law in [sc, dr, fl, li] {
            all.push(point(law, 8, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
            all.push(point(law, 8, 0.3, 0.5, 0.2, 6, 2, 2.5, false, "fresh"));
        }
        all.push(point(dr, 2, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        all.push(point(sc, 2, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        for law in [sc, li, dr] {
            for dd in ["same", "fresh", "persistent=3"] {
                all.push(point(law, 4, 0.3, 0.4, 0.2, 6, 2, 4.0, true, dd));
            }
        }
        all.push(point(dr, 8, 0.3, 0.4, 0.2, 6, 1, 4.0, false, "same"));
        all.push(point(dr, 64, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        all.push(point("drop=0.1", 64, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        all.push(point("scale=2", 64, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        all.push(point("scale=0.1", 64, 0.3, 0.0, 0.2, 6, 1, 4.0, false, "fresh"));
        all.push(point("scale=10", 16384, 0.25, 0.0, 0.2, 1000, 1, 100.0, false, "fresh"));
        for p in &all {
            let t = std::time::Instant::now();
            let o = outcome(p).unwrap();
            let f = |k: &Known| match k { Ok(b) => format!("{:.6}±{:.0e}", b.value, b.error), Err(e) => format!("{}", e.0.split(' ').take(4).collect::<Vec<_>>().join(" ")) };
            let AttackTask::Gains(g) = p.task() else { panic!() };
            println!("{} {} {} {:?} {} clean {} adv {} rob {} inv {} {:?}", g.defense(), g.dimension(), g.sigma(), g.scope(), p.draws(), f(&o.rates.clean), f(&o.rates.adversarial), f(&o.rates.robust), f(&o.rates.invariance), t.elapsed());
        }
    }
}
