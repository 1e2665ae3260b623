#[cfg(test)]
mod tests {
    use super::super::*;
    use super::super::gains::Coordinates;
    use super::super::inversion::positive;
    use task::attack::*;
    use task::spec::Parse;
    use task::{Defense, Task};
    #[test]
    fn lab() {
        for (def, d, mean, sigma, eps, k, m, ratio, want) in [
            ("scale=2", 64, 0.5, 0.5, 0.3, 10, 2, 4.0, 0.81090698322682626),
            ("drop=0.5", 64, 0.3, 0.0, 0.2, 6, 1, 4.0, 0.810458986352467913),
        ] {
            let task = GainTask::new(GainDefense::parse(def).unwrap(), GainScope::Coordinates, d, Task::new(mean, 1.0).unwrap(), Defense::new(1.0, sigma).unwrap()).unwrap();
            let signs = Signs::new(&task.law(), m).unwrap();
            let walk = Walk::new(&signs, ratio, k, Start::Zero).unwrap();
            let c = Coordinates::new(&task, eps, &walk);
            let p = positive(&c).unwrap();
            println!("{def} {:?} diff {:e} reach {:?}", p, p.chance.value - want, walk.reach());
        }
        let t = std::time::Instant::now();
        let task = GainTask::new(GainDefense::parse("scale=10").unwrap(), GainScope::Coordinates, 16384, Task::new(0.25, 1.0).unwrap(), Defense::new(1.0, 0.0).unwrap()).unwrap();
        let signs = Signs::new(&task.law(), 1).unwrap();
        let walk = Walk::new(&signs, 100.0, 1000, Start::Zero).unwrap();
        println!("walk {:?}", t.elapsed());
        let p = positive(&Coordinates::new(&task, 0.25, &walk)).unwrap();
        println!("{:?} {:?} reach {:?}", p, t.elapsed(), walk.reach());
        for (tau, m, kk, k, want) in [(1.0, 1, 8.0, 40, 0.970941893910941735), (5.0, 25, 16.0, 30, 0.969900845039245654)] {
            let s = Signs::new(&GainLaw::Normal { spread: tau }, m).unwrap();
            let w = Walk::new(&s, kk, k, Start::Zero).unwrap();
            let w2 = Walk::new(&s, kk + 1e-14, k, Start::Zero).unwrap();
            println!("{:e} {:e} spectral {:e} {:?}", w.reach().value - want, w2.reach().value - want, spectral(&s, kk as u32, k as u64).reach().value - want, w.reach());
            println!("uniform {:?}", Walk::new(&s, kk, k, Start::Uniform).unwrap().reach());
        }
        let s = Signs::new(&GainDefense::parse("drop=0.8").unwrap().law(), 3).unwrap();
        println!("{s:?} {:e}", Walk::new(&s, 8.0, 12, Start::Zero).unwrap().reach().value - 0.721941366533448984);
        for d in [2, 3, 4] { for sigma in [0.0, 1e-3, 0.5] {
            let task = GainTask::new(GainDefense::parse("scale=2").unwrap(), GainScope::Coordinates, d, Task::new(0.25, 1.0).unwrap(), Defense::new(1.0, sigma).unwrap()).unwrap();
            println!("{d} {sigma} {:?}", positive(&Coordinates::new(&task, 0.25, &walk)));
        }}
    }
}
