//! The definitions of attacks: what can be written, what it means, and what is refused with one line.

use gauss_sim_task::attack::{
    AttackKind, AttackSpec, AttackTask, Fraction, GainDefense, GainLaw, GainList, Judge,
    MirrorTask, SpheresTask, StepSize,
};
use gauss_sim_task::spec::{Parse, Spec, apply};
use gauss_sim_task::{Defense, DrawProtocol, Votes};
use proptest::prelude::*;
use serde_json::json;

fn spec(object: &serde_json::Value) -> AttackSpec {
    let mut spec = AttackSpec::default();
    apply(&mut spec, object, "".as_ref()).unwrap_or_else(|error| panic!("{error}"));
    spec
}

/// The one line that refuses a question.
fn refused(object: &serde_json::Value) -> String {
    let mut spec = AttackSpec::default();
    let asked = apply(&mut spec, object, "".as_ref())
        .and_then(|()| spec.task())
        .and_then(|task| spec.points(&task));
    let message = asked.map(|points| points.len()).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

fn list(defense: &str) -> GainList {
    match GainDefense::parse(defense).map(|defense| defense.law()) {
        Ok(GainLaw::List(list)) => list,
        other => panic!("{defense}: {other:?}"),
    }
}

#[test]
fn gains_are_exact() {
    let third = list("list=-1:1/3,0.5:2/3");
    assert_eq!((third.units(), third.unit().to_string()), (&[-2, 1][..], "0.5".to_owned()));
    assert_eq!((third.weights(), third.whole()), (&[1, 2][..], 3));
    // Named twice, in any order, or not possible at all.
    assert_eq!(list("list=4:0.1,-1:0.6,4:0.3,7:0"), list("list=-1:0.6,4:0.4"));
    assert_eq!(list("drop=0.25"), list("list=1:0.75,0:1/4"));
    assert_eq!(list("flip=1"), list("list=-1:1"));
    assert_eq!(list("drop=1").units(), [0]);
    assert_eq!(GainDefense::parse("scale=0").map(|scale| scale.law()), Ok(GainLaw::One));
    // 0.1 + 0.2 − 0.3 is 0, which doubles do not know.
    let decimal = list("list=0.1:0.25,0.2:0.25,-0.3:0.5");
    assert_eq!(decimal.units().iter().sum::<i64>(), 0);
}

#[test]
fn what_is_no_defense_is_refused_with_one_line() {
    for (defense, says) in [
        ("list=-1:0.6,4:0.3", "the probabilities sum to 0.9: write some that sum to 1"),
        ("list=-1:1.5,4:-0.5", "the gain -1 has the probability 1.5: write one from 0 to 1"),
        ("list=", "\"\" is not a gain with its probability: write as in list=-1:0.6,4:0.4"),
        ("list=1", "\"1\" is not a gain with its probability: write as in list=-1:0.6,4:0.4"),
        ("list=x:1", "\"x\" is not a number: write one as in 0.5, -2 or 1e-3"),
        ("drop=1.5", "\"drop=1.5\" is not possible: write a probability from 0 to 1"),
        ("mirror=-0.1", "\"mirror=-0.1\" is not possible: write a probability from 0 to 1"),
        ("scale=-1", "\"scale=-1\" is not a spread: write a number from 0 to 1e15"),
        ("list=1e12:0.5,1e-12:0.5", "common unit"),
        ("list=1:0.12345678901234567,2:0.87654321098765433", "too many digits"),
        ("noise", "\"noise\" is not a defense: write add, scale=T"),
        ("add=1", "\"add=1\" is not a defense: write add"),
    ] {
        let message = refused(&json!({ "defense": defense }));
        assert!(message.starts_with("--defense: ") && message.contains(says), "{message}");
    }
}

#[test]
fn what_does_not_go_together_is_refused_with_one_line() {
    for (object, says) in [
        (json!({"eps": "-1"}), "--eps -1 is not possible: write a number from 0 to 1e15"),
        (json!({"eot": "0"}), "--eot 0 is not possible: write whole numbers from 1 to 1000000"),
        (json!({"steps": "1.5"}), "--steps 1.5 is not possible: write whole numbers from 0"),
        (json!({"dimension": 0}), "--dimension 0 is not possible: write a whole number from 1"),
        (json!({"step_size": "eps/0"}), "--step-size: \"eps/0\" is not a step size: write eps/10"),
        (json!({"step_size": "eps10"}), "--step-size: \"eps10\" is not a step size"),
        (json!({"mean": "1,2"}), "--mean 1,2 is not possible: write one number"),
        (json!({"defense": "mirror=0.5"}), "--mean 0.25 is not possible: write two numbers"),
        (
            json!({"defense": "drop=0.5", "votes": "inf"}),
            "--votes inf is not possible: write a finite",
        ),
        (json!({"task": "spheres"}), "--task spheres needs --defense add, not scale=1"),
        (
            json!({"defense": "mirror=0.5", "mean": "2,-0.5", "loss": "cross-entropy"}),
            "--loss cross-entropy is not possible: write margin",
        ),
    ] {
        let message = refused(&object);
        assert!(message.starts_with(says), "{message}");
    }
}

#[test]
fn rows_are_the_product_of_what_matters() {
    let asked = spec(&json!({
        "attack": "none,off,pgd,eot,full,optimum", "eot": "2,4", "steps": "1..100/log3", "judge": "final,any",
        "eps": "0.1,0.5", "mean": 0.25, "draws": "same", "sigma": 0.5,
    }));
    let task = asked.task().expect("a task");
    let points = asked.points(&task).expect("points");
    // For each eps and judge 3 steps of off and pgd, and of eot with two numbers; the others once.
    assert_eq!(points.len(), 2 * (2 * (3 + 3 + 6) + 3));
    for (i, point) in points.iter().enumerate() {
        assert!(!points[..i].contains(point), "twice: {point:?}");
        let attacker = point.attacker();
        let walks = point.fixed_reach().is_none();
        assert_eq!(point.queries() > 0, matches!(attacker.kind, AttackKind::Pgd | AttackKind::Eot));
        assert!(walks || (attacker.steps == 0 && attacker.judge == Judge::Final));
        assert!(attacker.kind == AttackKind::Eot || attacker.eot == 1);
    }
    // The optimum goes to the middle, and no further.
    let optimum = |eps: f64| {
        let found = points.iter().find(|point| {
            point.attacker().kind == AttackKind::Optimum && point.attacker().eps.get() == eps
        });
        found.and_then(gauss_sim_task::attack::AttackPoint::fixed_reach).map(|reach| reach[0])
    };
    assert_eq!((optimum(0.1), optimum(0.5)), (Some(1.0), Some(0.5)));
    assert_eq!((points[0].votes(), points[0].draws()), (Votes::ONE, DrawProtocol::Same));
}

#[test]
fn sigma_is_one_where_adding_is_all_there_is() {
    let sigma = |object: serde_json::Value| spec(&object).sigma();
    assert_eq!(sigma(json!({"defense": "add"})), 1.0);
    assert_eq!(sigma(json!({"defense": "drop=0.5"})), 0.0);
    assert_eq!(sigma(json!({"defense": "add", "sigma": 0})), 0.0);
}

#[test]
fn a_mirror_knows_where_gradients_cancel() {
    let theta = Defense::new(0.0, 0.0).expect("θ");
    let mirror = |swap: &str, weights| {
        let swap = Fraction::parse(swap).expect("a probability");
        MirrorTask::new(swap, [2.0, -0.5], 1.0, theta, weights).expect("a mirror")
    };
    let half = mirror("0.5", [2.0, -0.5]);
    // One gradient is (2, −½) or (−½, 2); of five with four swaps the first coordinate's sum is 0.
    assert_eq!([0, 1].map(|i| half.gradient_sign(i, 0, 1)), [1, -1]);
    assert_eq!([0, 1].map(|i| half.gradient_sign(i, 1, 1)), [-1, 1]);
    assert_eq!([0, 1].map(|i| half.gradient_sign(i, 4, 5)), [0, 1]);
    // 0.3 − 3·0.1 is 0, which doubles do not know.
    assert_eq!(mirror("0.5", [0.3, -0.1]).gradient_sign(0, 3, 4), 0);
    assert_eq!(half.direction(), [1, 1]);
    assert_eq!(mirror("0.2", [2.0, -0.5]).direction(), [1, 0]);
    assert_eq!(mirror("0.1", [2.0, -0.5]).direction(), [1, -1]);
    assert_eq!(mirror("1", [2.0, -0.5]).direction(), [-1, 1]);
    // Weights without a common unit still have signs.
    assert_eq!(mirror("0.5", [1e15, 1.0 / 3.0]).gradient_sign(1, 1, 1), 1);
}

#[test]
fn spheres_are_told_apart_where_their_densities_are_equal() {
    let (d, spreads, sigma) = (50, [1.0, 1.6], 1.0);
    let radius = SpheresTask::best_radius(d, spreads, sigma);
    let log_density = |s: f64| -> f64 {
        let variance = s * s + sigma * sigma;
        -f64::from(d) / 2.0 * variance.ln() - radius * radius / (2.0 * variance)
    };
    assert!((log_density(1.0) - log_density(1.6)).abs() < 1e-12);
    let asked =
        spec(&json!({"task": "spheres", "defense": "add", "dimension": 50, "training": "trained"}));
    assert!(matches!(asked.task(), Ok(AttackTask::Spheres(task)) if task.radius() == radius));
}

#[test]
fn a_step_is_a_share_or_a_number() {
    for (text, ratio) in
        [("eps/10", Some(10.0)), ("eps / 2.5", Some(2.5)), ("eps", Some(1.0)), ("best", None)]
    {
        let step = StepSize::parse(text).expect(text);
        assert_eq!(step.ratio(0.3), ratio);
        assert_eq!(StepSize::parse(&step.to_string()), Ok(step));
    }
    assert_eq!(StepSize::Absolute(0.02).ratio(0.0), Some(0.0));
}

proptest! {
    /// What is written reads back to the same, as exact numbers.
    #[test]
    fn a_defense_reads_back(
        gains in prop::collection::vec((-999_i64..999, 1_u64..60, 1_u64..9), 1..6),
    ) {
        let whole: u64 = gains.iter().map(|(_, weight, _)| weight).sum();
        let items: Vec<String> = gains
            .iter()
            .map(|(gain, weight, places)| format!("{gain}e-{}:{weight}/{whole}", places % 4))
            .collect();
        let text = format!("list={}", items.join(","));
        let defense = GainDefense::parse(&text).expect(&text);
        prop_assert_eq!(GainDefense::parse(&defense.to_string()), Ok(defense.clone()));
        let GainLaw::List(list) = defense.law() else { panic!("{text}") };
        prop_assert_eq!(list.weights().iter().sum::<u64>(), list.whole());
        for ((gain, _), units) in list.atoms().zip(list.units()) {
            let product = *units as f64 * list.unit().value();
            prop_assert!((gain - product).abs() <= 1e-15 * gain.abs());
        }
        prop_assert!(list.units().is_sorted());
    }

    /// Fractions print as what they are.
    #[test]
    fn a_fraction_reads_back(numerator in -1_000_000_000_i64..1_000_000_000, denominator in 1_u64..100_000) {
        let fraction = Fraction::parse(&format!("{numerator}/{denominator}")).expect("a fraction");
        prop_assert_eq!(Fraction::parse(&fraction.to_string()), Ok(fraction));
        prop_assert_eq!(fraction.value(), numerator as f64 / denominator as f64);
        prop_assert_eq!(fraction.complement().complement(), fraction);
    }
}

#[test]
fn a_question_is_written_and_read_again() {
    let asked = spec(&json!({
        "defense": "list=-1:0.6,4:0.4", "step_size": 0.02, "judge": "any,last", "sigma": 0.5, "mean": "2,-0.5",
    }));
    let written = serde_json::to_value(&asked as &dyn Spec).expect("json");
    let read = spec(&written);
    assert!(asked.difference(&read).is_none(), "{read:?}");
}
