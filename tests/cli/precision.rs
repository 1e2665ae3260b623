//! `--precision`: a run that stops when its intervals are narrow enough, and flags that ask for less.

use super::harness::{Place, Row, rows};
use super::long::assert_refused;

#[test]
fn a_run_stops_at_a_precision() {
    let place = Place::new();
    let ask = "simulate --sigma 0.5,1 --votes 11 --precision 0.004";
    let run = place.run(&format!("{ask} -o kept")).done();
    assert!(run.err.contains("every interval is at most 4e-3 wide"), "{run:#?}");
    assert!(run.err.contains("over all looks"), "{run:#?}");
    let table = rows(&place.text("kept/rows.csv"));
    let width = |row: &Row, rate: &str| {
        row.number(&format!("mc_{rate}_high")) - row.number(&format!("mc_{rate}_low"))
    };
    for row in &table {
        for rate in ["clean", "adversarial", "robust", "invariance"] {
            assert!(width(row, rate) <= 0.004, "{rate}: {row:?}");
        }
    }
    let record = place.json("kept/run.json");
    let (progress, looks) = (&record["progress"], &record["progress"]["precision"]);
    assert_eq!((&progress["end"], &looks["reached"]), (&"precision".into(), &true.into()));
    assert_eq!(progress["asked"], 1_000_000_000_000u64);
    // (1.96/0.004)² is 3.7 batches, so 4; half of it, and from there on twice as many.
    assert_eq!(looks["first_look"], 131_072);
    let look = looks["look"].as_u64().unwrap() as u32;
    let samples = table[0].count("samples");
    assert_eq!(samples, 131_072 << (look - 1));
    // Each interval is wider than the look's share of the error makes it: by the normal law's
    // quantile at 1 − 0.05/(2j(j + 1)).
    let share = 1.0 / f64::from(look * (look + 1));
    let level = record["simulation"]["confidence"].as_f64().unwrap();
    assert!((1.0 - level - 0.05 * share).abs() < 1e-12, "{level}");
    let z = theory::math::normal::quantile(1.0 - 0.025 * share);
    let p = table[0].number("mc_clean_accuracy");
    let expected = 2.0 * z * (p * (1.0 - p) / samples as f64).sqrt();
    assert!((width(&table[0], "clean") / expected - 1.0).abs() < 1e-2, "{look}: {expected}");
    assert!(
        (record["judgement"]["false_alarm"].as_f64().unwrap() / (1e-6 * share) - 1.0).abs() < 1e-12
    );
    // Interrupted on the way, it stops at the same look.
    place.run(&format!("{ask} --threads 1 --time 0s -o part")).done();
    for _ in 0..3 {
        place.run("simulate --resume part --threads 1 --time 0s").done();
    }
    place.run("simulate --resume part").done();
    assert!(place.read("part/rows.csv") == place.read("kept/rows.csv"));
    let again = place.run("simulate --resume kept").done();
    assert!(again.err.contains("nothing to do: every interval is at most"), "{again:#?}");
}

#[test]
fn a_precision_may_not_be_reached() {
    let place = Place::new();
    let run = place.run("simulate --votes 1 --precision 1e-4 --samples 1e5 -o kept").done();
    assert!(run.err.contains("100,000 samples, the most that were to be drawn"), "{run:#?}");
    assert!(
        run.err.contains("not every interval is at most 1e-4 wide (the widest is "),
        "{run:#?}"
    );
    let record = place.json("kept/run.json");
    assert_eq!(record["progress"]["precision"]["reached"], false);
    assert!(record["progress"]["precision"]["widest"].as_f64().unwrap() > 1e-4);
    assert_eq!(record["progress"]["precision"]["share"], 0.5);
    for (args, texts) in [
        ("--precision 0", ["--precision", "between 0 and 1"]),
        ("--precision x", ["--precision", "write"]),
        ("--precision 0.1 --shard 1/2 -o s", ["--precision", "--shard"]),
        ("--time soon", ["--time", "10m"]),
        ("--time -1s", ["--time", "10m"]),
        ("--checkpoint-every 0.5", ["--checkpoint-every", "10m"]),
        ("--shard 0/2 -o s", ["--shard", "1/8"]),
        ("--shard 3/2 -o s", ["--shard", "1/8"]),
        ("--shard 1/2", ["--shard", "-o"]),
        ("--shard 5/5 --samples 1e5 -o s", ["--shard 5/5", "fewer shares"]),
        ("--samples 0 --time 1s", ["--time", "--samples 0"]),
    ] {
        let place = Place::new();
        if args.contains("5/5") {
            // Two batches: shares 3 and 5 of 5 have one each.
            place.run(&format!("simulate {args}")).done();
            let run = place.run(&format!("simulate {}", args.replace("5/5", "4/5")));
            assert_refused(&run, &["--shard 4/5", texts[1]]);
            continue;
        }
        assert_refused(&place.run(&format!("simulate {args}")), &texts);
        assert!(place.names("").is_empty(), "{args}: {:?}", place.names(""));
    }
}
