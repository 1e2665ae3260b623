//! `gauss-sim attack`: attacks counted in gradients.

use super::harness::{Place, Row, any_table as rows, assert_close, like_any_other, run};

#[track_caller]
fn exact(args: &str) -> Vec<Row> {
    rows(&run(&format!("attack {args} --samples 0 --format csv")).done().out)
}

#[track_caller]
fn refused(args: &str, texts: &[&str]) {
    let run = run(&format!("attack {args}"));
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
    assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
    for text in texts {
        assert!(run.err.contains(text), "{text} is not in {}", run.err);
    }
}

/// Values of independent high-precision arithmetic, at ten digits and more.
#[test]
fn known_values_are_met() {
    let of = |args: &str, at: usize| exact(args)[at].number("adversarial_accuracy");
    let question = "--defense scale=2 --dimension 64 --mean 0.5 --sigma 0.5 --eps 0.3 --steps 10 --eot 2 --step-size eps/4 \
                    --attack eot";
    assert_close(of(question, 0), 0.810_906_983_226_826_3, 1e-13);
    let question = "--defense drop=0.5 --dimension 64 --mean 0.3 --eps 0.2 --steps 6 --step-size eps/4 --attack pgd";
    assert_close(of(question, 0), 0.810_458_986_352_468, 1e-12);
    let mirror =
        "--defense mirror=0.5 --mean 2,-0.5 --eps 0.4 --steps 8 --step-size eps/4 --attack pgd";
    assert_close(of(mirror, 0), 0.576_067_442_405_124_1, 1e-13);
    let judged = "--defense add --dimension 1 --mean 1 --eps 0.5 --steps 10 --step-size eps/4 --attack pgd \
                  --judge final,any,first,last";
    let values = [
        0.638_163_195_084_118_5,
        0.194_917_334_018_649_4,
        0.704_670_858_469_928_5,
        0.648_191_795_318_608,
    ];
    for (row, value) in exact(judged).iter().zip(values) {
        assert_close(row.number("adversarial_accuracy"), value, 1e-12);
    }
}

/// The loop and the law of the walk agree, for every kind of gain, judge and start; and no row is above the optimum where
/// the attack is at least the blind move, nor robust × clean anywhere in those.
#[test]
fn the_loop_agrees_with_the_walk() {
    for args in [
        "--defense scale=3",
        "--defense drop=0.3 --sigma 0.5",
        "--defense flip=0.2 --start uniform",
        "--defense list=-1:0.6,4:0.4 --steps 7 --eot 3",
        "--defense list=1:0.6,-4:0.4 --gain shared",
        "--defense add --dimension 1 --mean 1 --eps 0.5 --steps 4 --step-size eps/4 --judge final,any,first,last",
        "--defense mirror=0.2 --mean 2,-0.5 --eps 0.4 --steps 8 --step-size eps/4 --training trained",
        "--defense scale=5 --budget 1,2,10,30 --step-size best",
        "--defense scale=2 --steps 0,1,2,3 --step-size eps",
        "--defense scale=2 --steps 5 --step-size eps/0.4",
    ] {
        let all = "--attack none,off,pgd,eot,full,optimum";
        let run = run(&format!(
            "attack {args} {all} --dimension 16 --samples 4000 --seed 3 --format csv"
        ));
        let run = if args.contains("dimension") || args.contains("mirror") {
            super::harness::run(&format!(
                "attack {args} {all} --samples 4000 --seed 3 --format csv"
            ))
        } else {
            run
        };
        assert_eq!(run.code, 0, "{args}: {run:#?}");
        for row in rows(&run.out) {
            let optimum = row.number("optimum");
            if ["full", "optimum"].contains(&row.text("attack")) {
                assert_eq!(row.text("proven_weak"), "false", "{args}");
                // Of few coordinates the pair may not be known: then the counts say it.
                let exact = row.text("robust_accuracy");
                let robust = if exact.is_empty() { "mc_robust_low" } else { "robust_accuracy" };
                let both = row.number(robust) * row.number("clean_accuracy");
                assert!(both <= optimum + 1e-12, "{args}: {both} above {optimum}");
            }
        }
    }
}

/// Where no exact value is known the cells are empty, the row says why, and the simulation stands alone.
#[test]
fn what_is_not_known_is_said() {
    for (args, why) in [
        ("--votes 11", "a finite vote"),
        ("--draws persistent=5", "several tries"),
        ("--loss cross-entropy --attack eot", "cross-entropy"),
    ] {
        let run = run(&format!("attack {args} --dimension 8 --samples 2000 --format csv")).done();
        let row = &rows(&run.out)[0];
        assert_eq!(row.text("adversarial_accuracy"), "", "{args}");
        assert!(row.text("unknown").contains(why), "{args}: {}", row.text("unknown"));
        assert!(row.number("mc_adversarial_accuracy") > 0.0 && !row.text("optimum").is_empty());
        assert!(
            run.err.contains("no exact adversarial accuracy") && run.err.contains(why),
            "{}",
            run.err
        );
    }
}

/// Rows of two runs are told apart: by what is ascended, from where, and by what the classifier was trained on.
#[test]
fn keys_and_labels_tell_runs_apart() {
    let [margin, weighted] = ["margin", "cross-entropy"].map(|loss| {
        let args = format!("--attack eot --loss {loss} --dimension 8 --start uniform");
        exact(&args).remove(0)
    });
    assert_eq!((margin.text("loss"), weighted.text("loss")), ("margin", "cross-entropy"));
    assert_eq!(margin.text("label"), "eot (m = 10, uniform start)");
    assert_eq!(weighted.text("label"), "eot (m = 10, uniform start, cross-entropy)");
    assert_eq!(margin.text("training"), "", "gains have one classifier");
    for training in ["untrained", "trained"] {
        let mirror = "--defense mirror=0.2 --mean 2,-0.5 --attack pgd";
        let row = &exact(&format!("{mirror} --training {training}"))[0];
        assert_eq!(row.text("training"), training);
        let spheres = "--task spheres --defense add --dimension 9 --attack none";
        let row = &exact(&format!("{spheres} --training {training}"))[0];
        assert_eq!(row.text("training"), training);
    }
    // In one file they are two curves, and two classifiers are two tasks.
    let place = Place::new();
    let ask = |args: &str| {
        place.run(&format!("attack --steps 1,2,3,4 --samples 0 --format csv {args}")).done().out
    };
    let both = |first: &str, second: &str| ask(first) + ask(second).split_once('\n').unwrap().1;
    let losses = "--attack pgd --dimension 8 --loss";
    place
        .write("losses.csv", both(&format!("{losses} margin"), &format!("{losses} cross-entropy")));
    place.run("plot losses.csv -o losses").done();
    let svg = place.text("losses/reach_vs_steps.svg");
    assert!(svg.contains(">pgd<") && svg.contains(">pgd (cross-entropy)<"), "{svg}");
    let mirror = "--defense mirror=0.2 --mean 2,-0.5 --attack pgd --training";
    place.write("mirrors.csv", both(&format!("{mirror} trained"), &format!("{mirror} untrained")));
    let run = place.run("plot mirrors.csv -o mirrors");
    assert!(run.code == 2 && run.err.contains("training"), "{run:#?}");
}

/// A flag that changes nothing is said to change nothing; one that does is not.
#[test]
fn flags_without_effect_are_said() {
    for (args, flags) in [
        ("--training trained", &["--training trained"][..]),
        ("--spreads 1,3", &["--spreads 1,3"]),
        ("--defense add --gain shared", &["--gain shared"]),
        ("--defense mirror=0.2 --mean 2,-0.5 --dimension 9", &["--dimension 9"]),
        ("--task spheres --defense add --mean 3 --data-std 2", &["--mean 3", "--data-std 2"]),
        ("--attack full --steps 7 --loss cross-entropy", &["--steps 7", "--loss cross-entropy"]),
        ("--attack pgd --eot 7", &["--eot 7"]),
        ("--budget 10 --steps 7 --eot 3", &["--steps 7", "--eot 3"]),
        ("--enough 0.05 --steps 7", &["--steps 7"]),
        ("--attack eot --eot 7 --steps 3 --gain shared --start uniform", &[]),
        ("--defense mirror=0.2 --mean 2,-0.5 --training trained --dimension 2", &[]),
        ("--task spheres --defense add --spreads 1,3 --training trained --dimension 9", &[]),
    ] {
        let run = run(&format!("attack {args} --samples 0")).done();
        let of_flags = |line: &&str| line.contains("changes nothing");
        let said: Vec<&str> = run.err.lines().filter(of_flags).collect();
        assert_eq!(said.len(), flags.len(), "{args}: {}", run.err);
        for flag in flags {
            let line = format!("{flag} changes nothing ");
            assert!(said.iter().any(|said| said.starts_with(&line)), "{flag}: {}", run.err);
        }
    }
}

/// An attack that gradients lead astray leaves more than any classifier could keep.
#[test]
fn a_weak_attack_is_proven_weak() {
    let run =
        run("attack --defense list=-1:0.6,4:0.4 --steps 100 --samples 20000 --format csv").done();
    let weak: Vec<(String, String)> = rows(&run.out)
        .iter()
        .map(|row| (row.text("attack").to_owned(), row.text("proven_weak").to_owned()))
        .collect();
    let expected = [("pgd", "true"), ("eot", "false"), ("full", "false")];
    assert_eq!(weak, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

/// The planner's budget is enough, and the diagnosis says what there is to say.
#[test]
fn the_planner_and_the_diagnosis() {
    let run = run("attack --defense scale=5 --enough 0.05").done();
    for text in [
        "without EOT: 11 gradients, k = 11 steps of m = 1",
        "with EOT: 4 gradients, k = 1 steps of m = 4",
        "the sign of one gradient is right with probability 0.5793",
        "Neyman–Pearson",
    ] {
        assert!(run.out.contains(text), "{text}: {}", run.out);
    }
    let row = &exact("--defense scale=5 --attack pgd --steps 11 --step-size eps/3")[0];
    assert_close(row.number("adversarial_accuracy"), 0.626_491, 1e-6);
    let json = super::harness::run("attack --defense scale=5 --enough 0.05 --format json").done();
    let plan: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&plan["pgd"]["gradients"], &plan["eot"]["eot"]), (&11.into(), &4.into()));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, texts) in [
        ("--defense list=1:0.5,2:0.4", &["--defense", "1"][..]),
        ("--defense drop=1.5", &["--defense", "drop"]),
        ("--defense shrink", &["--defense", "add"]),
        ("--eot 0", &["--eot", "0"]),
        ("--steps -1", &["--steps", "-1"]),
        ("--eps -0.1", &["--eps", "-0.1"]),
        ("--step-size 0", &["--step-size", "eps/10"]),
        ("--mean 1,2", &["--mean"]),
        ("--defense mirror=0.2", &["--mean"]),
        ("--dimension 0", &["--dimension"]),
        ("--judge sometimes", &["--judge"]),
        ("--attack fgsm", &["--attack"]),
        ("--defense drop=0.5 --votes inf", &["--votes", "inf"]),
        ("--enough 2", &["--enough", "0.05"]),
        ("--task spheres", &["--task spheres", "add"]),
    ] {
        refused(args, texts);
    }
}

/// A kind like any other: a folder with charts, stopped, resumed and merged to the same counts.
#[test]
fn it_is_a_run_like_any_other() {
    let question =
        "--defense scale=3 --dimension 16 --budget 5,10,20 --eps 0.1,0.2 --samples 40000";
    like_any_other(
        "attack",
        question,
        &["reach_vs_steps", "adversarial_accuracy_vs_gradients", "adversarial_accuracy_vs_eps"],
        true,
    );
}
