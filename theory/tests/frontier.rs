//! Where the claims begin to hold, against 40 digits.

use crate::common::{double, oracle, table, truth, ulp};
use gauss_sim_theory::claims::audit::{Extent, audit};
use gauss_sim_theory::claims::frontier::{Along, trace};
use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
use gauss_sim_theory::math::bounded::Bounded;
use task::{Claim, Metric};
use task::{DrawProtocol, Task};

/// What a row of the table asks for, and what it has found.
struct Row {
    case: Case,
    along: Along,
    fixed: f64,
    bracket: [f64; 2],
    root: String,
    /// Whether the claim holds above the root; it then fails below.
    above: bool,
}

fn rows() -> Vec<Row> {
    let parse = |row: &Vec<String>| {
        let x = |i: usize| double(&row[i]);
        let case = Case {
            claim: *Claim::ALL.iter().find(|claim| claim.name() == row[0]).unwrap(),
            metric: *Metric::ALL.iter().find(|metric| metric.name() == row[1]).unwrap(),
            draws: row[2].parse().unwrap(),
            task: Task::new(x(3), x(4)).unwrap(),
            shift: x(5),
            votes: VoteSteps::All,
        };
        let along = if row[6] == "sigma" { Along::Sigma } else { Along::Eps };
        Row {
            case,
            along,
            fixed: x(7),
            bracket: [x(8), x(9)],
            root: row[10].clone(),
            above: row[11] == "holds",
        }
    };
    table(&oracle().join("frontier.csv")).iter().map(parse).collect()
}

fn miss(computed: f64, text: &str) -> f64 {
    truth(text).ulps(computed).abs() * ulp(double(text))
}

impl Row {
    /// The grid of two points around the root.
    fn grid(&self) -> [Vec<f64>; 2] {
        let (line, point) = (self.bracket.to_vec(), vec![self.fixed]);
        if self.along == Along::Sigma { [line, point] } else { [point, line] }
    }

    fn text(&self) -> String {
        let Case { claim, metric, draws, task, shift, .. } = self.case;
        format!(
            "{claim} {metric} {draws} {task:?} {shift} along {:?} at {}",
            self.along, self.fixed
        )
    }
}

/// Every root by tracing. It is where the lead of doubles changes its sign, within the lead's error
/// over its slope, and within 1e-12.
#[test]
fn roots_match_the_oracle() {
    let rows = rows();
    assert!(rows.len() >= 100, "{}", rows.len());
    let (mut worst, mut widest) = (0.0_f64, 0.0_f64);
    for row in &rows {
        let lead = |sigma, eps| row.case.lead(sigma, eps).unwrap();
        let [sigmas, eps] = row.grid();
        let map = trace(&sigmas, &eps, lead);
        let roots: Vec<f64> = map
            .loops
            .iter()
            .flatten()
            .filter(|vertex| vertex.root)
            .map(|v| if row.along == Along::Sigma { v.sigma } else { v.eps })
            .collect();
        // a flat loop comes by twice
        assert!(
            !roots.is_empty() && roots.iter().all(|r| *r == roots[0]),
            "{}: {roots:?}",
            row.text()
        );
        let holds: Vec<bool> = map.verdicts.iter().map(|v| *v == Verdict::Holds).collect();
        assert!(map.verdicts.iter().all(|verdict| verdict.is_told()), "{}", row.text());
        assert_eq!(holds, [!row.above, row.above], "{}", row.text());
        let root = roots[0];
        let by = |by: f64| {
            let x = root + by;
            if row.along == Along::Sigma { lead(x, row.fixed) } else { lead(row.fixed, x) }
        };
        let step = 1e-4 * root;
        let slope = (by(step).value - by(-step).value) / (2.0 * step);
        let error = by(0.0).error / slope.abs() + 4.0 * ulp(root);
        let off = miss(root, &row.root);
        assert!(off <= error, "{}: {root} is off by {off:e}, {error:e}", row.text());
        assert!(off <= 1e-12, "{}: {root} is off by {off:e}, {error:e}", row.text());
        (worst, widest) = (worst.max(off), widest.max(error));
    }
    println!("{} roots: errors {worst:e}, bounds {widest:e}", rows.len());
}

/// The same as end points of audits, whose error holds and is worth stating.
#[test]
fn end_points_match_the_oracle() {
    let (mut seen, mut widest) = (0, 0.0_f64);
    for row in rows() {
        let [sigmas, eps] = row.grid();
        if sigmas.last() == Some(&0.0) || eps.last() == Some(&0.0) {
            continue; // an edge alone, where the claim is an equality
        }
        let found = audit(&row.case, &sigmas, &eps).unwrap();
        assert_eq!(found.extent, Extent::Partly, "{}", row.text());
        assert!(!found.end_points.is_empty(), "{}", row.text());
        for end in &found.end_points {
            let place = if row.along == Along::Sigma { end.sigma } else { end.eps };
            let off = miss(place, &row.root);
            assert!(off <= end.error, "{}: {end:?} is off by {off:e}", row.text());
            widest = widest.max(end.error);
        }
        let width = row.bracket[1] - row.bracket[0];
        let below = (double(&row.root) - row.bracket[0]) / width;
        let share = if row.above { below } else { 1.0 - below };
        assert!((found.failing_share - share).abs() < 1e-11, "{}", row.text());
        seen += 1;
    }
    println!("{seen} end points, bounds up to {widest:e}");
    assert!(seen >= 80, "{seen}");
}

/// Units: all lengths by a factor, and the frontier with them.
#[test]
fn frontiers_scale_with_the_units() {
    for row in rows().iter().filter(|row| {
        row.case.draws == DrawProtocol::Same || row.case.claim == Claim::TrainingHurts
    }) {
        let Case { task, shift, .. } = row.case;
        let root = double(&row.root);
        for factor in [0.01, 3.7] {
            let task = Task::new(factor * task.mean(), factor * task.data_std()).unwrap();
            let case = Case { task, shift: factor * shift, ..row.case };
            let [sigmas, eps] =
                row.grid().map(|xs| xs.iter().map(|x| factor * x).collect::<Vec<_>>());
            let map = trace(&sigmas, &eps, |sigma, eps| case.lead(sigma, eps).unwrap());
            let found = map.loops.iter().flatten().find(|vertex| vertex.root).unwrap();
            let found = if row.along == Along::Sigma { found.sigma } else { found.eps };
            assert!((found / factor - root).abs() < 3e-12, "{}: {found}", row.text());
        }
    }
}

/// A lead that is flat, jumps, or is no number somewhere: the search ends, inside of its bracket.
#[test]
fn odd_leads_end_the_search() {
    let odd: [fn(f64) -> f64; 5] = [
        |x| if x < 0.3 { -1.0 } else { 1.0 },
        |x| {
            if x < 0.3 {
                -1.0
            } else if x < 0.9 {
                0.0
            } else {
                1.0
            }
        },
        |x| {
            if x < 0.3 {
                -1.0
            } else if x < 0.9 {
                f64::NAN
            } else {
                1.0
            }
        },
        |x| if x < 0.3 { f64::NEG_INFINITY } else { f64::INFINITY },
        |x| (x - 0.3) * 1e-320,
    ];
    for lead in odd {
        let map = trace(&[1.0], &[0.0, 1.0], |_, eps| Bounded::exact(lead(eps)));
        let root = map.loops.iter().flatten().find(|vertex| vertex.root).unwrap().eps;
        assert!((0.0..=1.0).contains(&root), "{root}");
        assert!((0.3 - 1e-3..=0.9 + 1e-15).contains(&root), "{root}");
    }
}
