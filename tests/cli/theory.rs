//! `gauss-sim theory`: exact values, in every format, under every flag.

use super::harness::{
    COLUMNS, EXACT_COLUMNS, Place, any_table, assert_close, assert_share, json_rows, run,
};

/// From 40-digit arithmetic, rounded to doubles, at mean = data_std = shift = σ = 1, ε = ½, eleven votes:
/// stage, clean, adversarial, invariance where one is known.
const KNOWN: [(&str, f64, f64, Option<f64>); 4] = [
    ("undefended", 0.841_344_746_068_542_9, 0.691_462_461_274_013_1, Some(1.0)),
    ("defended", 0.710_675_198_237_428_7, 0.608_707_310_871_319_6, Some(0.75)),
    ("trained", 0.760_249_938_906_523_3, 0.638_163_195_084_118_5, Some(0.817_730_030_700_849_1)),
    ("voted", 0.825_820_731_627_749_4, 0.680_426_853_910_387_2, None),
];

#[test]
fn known_values_stand_in_every_column() {
    let run = run("theory --sigma 1 --eps 0.5 --votes 11 --format csv").done();
    assert_eq!(run.err, "");
    let rows = run.rows();
    assert_eq!(rows.len(), KNOWN.len());
    for (row, (stage, clean, adversarial, invariance)) in rows.iter().zip(KNOWN) {
        assert_eq!(row.text("stage"), stage);
        assert_close(row.number("clean_accuracy"), clean, 1e-15);
        assert_close(row.number("adversarial_accuracy"), adversarial, 1e-15);
        assert_close(row.number("robust_accuracy"), adversarial / clean, 1e-15);
        assert_close(row.number("attack_success_rate"), 1.0 - adversarial / clean, 1e-15);
        if let Some(invariance) = invariance {
            assert_close(row.number("invariance"), invariance, 1e-15);
        }
        assert_share(row, "invariance");
    }
}

/// The robust accuracy when the attacked input has θ of its own, at the same point (20 digits by
/// 40-digit arithmetic); the other columns do not know how θ is drawn, but the success rate.
#[test]
fn fresh_draws_at_the_known_point() {
    let question = "theory --threshold 0,1 --stages undefended,defended --format csv";
    let same = run(question).done().rows();
    let fresh = run(&format!("{question} --draws fresh")).done().rows();
    let robust = [0.821_853_900_562_280_1, 0.753_074_367_451_822_6, 0.721_793_831_828_111_9];
    for ((fresh, same), robust) in fresh.iter().zip(&same).zip(robust) {
        assert_eq!(fresh.text("draws"), "fresh");
        assert_close(fresh.number("robust_accuracy"), robust, 1e-15);
        assert_close(fresh.number("attack_success_rate"), 1.0 - robust, 1e-15);
        for column in ["clean_accuracy", "adversarial_accuracy", "invariance"] {
            assert_eq!(fresh.text(column), same.text(column), "{column}");
        }
    }
}

/// An attacker who tries five times, at the same point (20 digits by 40-digit arithmetic). One try is
/// fresh draws; and the undefended classifier does not care.
#[test]
fn several_tries_at_the_known_point() {
    let question = "theory --stages undefended,trained --format csv --draws";
    let of = |draws: &str| run(&format!("{question} {draws}")).done().rows();
    let (same, fresh, five) = (of("same"), of("fresh"), of("persistent=5"));
    assert_eq!(five[1].text("draws"), "persistent=5");
    assert_close(five[1].number("adversarial_accuracy"), 0.292_526_991_469_125_6, 1e-15);
    assert!(five[1].number("robust_accuracy") < fresh[1].number("robust_accuracy"));
    for column in &COLUMNS[8..EXACT_COLUMNS] {
        assert_eq!(five[0].text(column), same[0].text(column), "{column}");
        assert_eq!(of("persistent=1")[1].text(column), fresh[1].text(column), "{column}");
    }
    let table = run("theory --draws persistent=5").done().out;
    assert!(table.contains("persistent=5 draws: exact"), "{table}");
}

/// What a defense gains in the conditional metric it pays for in accuracy, in every row.
#[test]
fn no_row_is_above_the_optimum() {
    for task in
        ["", "--mean 0.3 --data-std 2", "--mean=-1 --shift=-2", "--shift 3 --threshold=-1,0,5"]
    {
        for draws in ["same", "fresh", "persistent=3"] {
            let grid = "--sigma 0,0.1,1,7 --eps 0,0.1,0.9,1,1.1,4 --votes 3,101,inf";
            for row in
                run(&format!("theory {task} {grid} --draws {draws} --format csv")).done().rows()
            {
                let both = row.number("robust_accuracy") * row.number("clean_accuracy");
                assert!(both <= row.number("optimum") + 1e-12, "{task} {draws}: {row:?}");
            }
        }
    }
    let row = &run("theory --format csv").done().rows()[0];
    assert_eq!(
        row.number("optimum"),
        row.number("adversarial_accuracy"),
        "sgn(x) is the best there is"
    );
}

/// The two rates are 1 in sum wherever they are known, in every row of every verb, however tiny both sides are.
#[test]
fn rates_add_up_in_every_row_of_every_verb() {
    let place = Place::new();
    let here = env!("CARGO_MANIFEST_DIR");
    let [pool, task] =
        ["pools/bart", "tasks/isotropic"].map(|f| format!("{here}/examples/{f}.toml"));
    place.write("deep.toml", "[task]\nmean = [-300, 2e3]\ncovariance = [1, 4]\n");
    let grid = "--sigma 0,1e-310,1e-5,1,1e15 --eps 0,5e-324,1e-9,0.5,40,1e15 --votes 1,2,101,inf";
    let mut questions = Vec::new();
    for draws in ["same", "fresh", "persistent=3"] {
        for mean in ["-1e15", "-200000", "-50", "-1", "0", "1", "1e15"] {
            questions.push(format!("theory {grid} --mean={mean} --draws {draws}"));
        }
        for task in [&task, "deep.toml"] {
            questions.push(format!("nd {task} {grid} --draws {draws} --samples 0"));
        }
        for mean in ["-2000", "-20", "-3", "0", "1", "2000"] {
            questions.push(format!(
                "barrage {pool} --choose 1,2 --mean={mean} --eps 0,0.5,30 --draws {draws} --samples 0"
            ));
        }
        for mean in ["-50", "-1", "-0.1", "0", "0.25", "1e5"] {
            for defense in
                ["add", "scale=0.1", "scale=5", "drop=0.5", "flip=0.1", "list=-1:0.6,4:0.4"]
            {
                let attack = "attack --attack none,pgd,full,optimum --eps 0,0.125,60 --samples 0";
                questions
                    .push(format!("{attack} --mean={mean} --defense {defense} --draws {draws}"));
            }
        }
    }
    let mut known = 0;
    for question in questions {
        let run = place.run(&format!("{question} --format csv")).done();
        for row in any_table(&run.out) {
            let rates = ["robust_accuracy", "attack_success_rate"].map(|name| row.text(name));
            if rates == ["", ""] {
                continue;
            }
            let [robust, success] = rates.map(|rate| rate.parse::<f64>().unwrap());
            assert!((robust + success - 1.0).abs() <= 1e-12, "{question}: {row:?}");
            assert!(robust.is_sign_positive() && success.is_sign_positive(), "{question}: {row:?}");
            known += 1;
        }
    }
    assert!(known > 6000, "{known}");
    // Known to 20 digits by high-precision arithmetic.
    let fresh = "theory --stages trained --draws fresh --mean=-200000 --sigma 1e-5 --eps 1e-9";
    let row = &place.run(&format!("{fresh} --format csv")).done().rows()[0];
    assert_close(row.number("robust_accuracy"), 0.157_283_477_685_555_74, 1e-14);
    let voted = "theory --stages voted --votes 1000000 --mean=-5088.290785057105 --sigma 131.56392559157428 \
                 --eps 0.00008783060134528327";
    let row = &place.run(&format!("{voted} --format csv")).done().rows()[0];
    assert_close(row.number("robust_accuracy"), 0.647_452_203_441_778, 1e-14);
    // A share of next to nothing is not known where both are known absolutely: no number, and a word.
    for args in
        ["--defense add --mean=-5", "--defense scale=0.1 --mean=-1", "--defense drop=0.5 --mean=-2"]
    {
        let run = place.run(&format!("attack {args} --samples 0 --format csv")).done();
        for row in any_table(&run.out) {
            assert_eq!((row.text("robust_accuracy"), row.text("attack_success_rate")), ("", ""));
            assert!(row.number("adversarial_accuracy") < 1e-12, "{args}");
        }
    }
    let run =
        place.run(&format!("barrage {pool} --choose 2 --mean=-2000 --samples 0 --format csv"));
    assert!(
        run.err.contains("choose 2: the clean accuracy is too small for a share"),
        "{}",
        run.err
    );
    assert_eq!(any_table(&run.done().out)[0].text("robust_accuracy"), "");
}

#[test]
fn columns_that_do_not_apply_are_empty() {
    let rows = run("theory --votes 11 --format csv").done().rows();
    for row in &rows {
        for parameter in ["mean", "data_std", "shift", "sigma"] {
            assert_eq!(row.number(parameter), 1.0);
        }
        assert_eq!(row.number("eps"), 0.5);
        assert_eq!(row.text("draws"), "same");
        for column in &COLUMNS[EXACT_COLUMNS..] {
            assert_eq!(row.text(column), "", "{column}");
        }
    }
    let column = |name| rows.iter().map(|row| row.text(name)).collect::<Vec<_>>();
    assert_eq!(column("votes"), ["", "", "", "11"]);
    assert_eq!(column("threshold"), ["", "0.0", "1.0", "1.0"]);
}

#[test]
fn json_says_the_same_as_csv_to_the_last_digit() {
    let question = "theory --sigma 0,0.3,1e6 --eps 0,0.1,40 --votes 2,inf --threshold=-1,0.5";
    let csv = run(&format!("{question} --format csv")).done().rows();
    let json = run(&format!("{question} --format json")).done();
    assert_eq!(json.err, "");
    let members = json_rows(&json.out);
    assert_eq!(members.len(), 3 * 3 * 6);
    assert_eq!(members.len(), csv.len());
    for (member, row) in members.iter().zip(&csv) {
        for column in COLUMNS {
            let (json, csv) = (member.text(column), row.text(column));
            let same = match (json.parse::<f64>(), csv.parse::<f64>()) {
                (Ok(json), Ok(csv)) => json.to_bits() == csv.to_bits(),
                _ => json == csv,
            };
            assert!(same, "{column}: {json} and {csv}");
        }
    }
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let run = &document["run"];
    assert_eq!(run["program"], "gauss-sim");
    assert_eq!(run["spec"]["sigma"], "0,0.3,1e6");
    assert_eq!(run["spec"]["votes"], "2,inf");
    assert_eq!(run["rows"], 54);
    assert!(run["simulation"].is_null() && run["judgement"].is_null());
    assert!(document["rows"][0]["samples"].is_null());
    assert_eq!(document["rows"][5]["votes"], "inf");
}

#[test]
fn markdown_is_a_table() {
    let run = run("theory --sigma 0,1 --format markdown").done();
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2 + 8, "{}", run.out);
    let bars = |line: &str| line.matches('|').count();
    for line in &lines {
        assert!(line.starts_with('|') && line.ends_with('|'), "{line}");
        assert_eq!(bars(line), bars(lines[0]), "{line}");
    }
    assert!(lines[1].chars().all(|c| "|-: ".contains(c)), "{}", lines[1]);
    assert!(lines[0].contains("σ") && lines[0].contains("robust"), "{}", lines[0]);
    assert!(lines[7].contains("0.710675198237"), "{}", lines[7]);
}

#[test]
fn latex_is_a_tabular() {
    let run = run("theory --eps 0.5,40 --votes inf --format latex").done();
    let lines: Vec<&str> = run.out.lines().collect();
    let columns = lines[0].strip_prefix("\\begin{tabular}{").and_then(|l| l.strip_suffix('}'));
    let columns = columns.unwrap_or_else(|| panic!("{}", lines[0]));
    assert!(columns.chars().all(|c| "lrc".contains(c)), "{columns}");
    assert_eq!(lines.last(), Some(&"\\end{tabular}"));
    let rules = |rule: &str| lines.iter().filter(|line| **line == rule).count();
    assert_eq!([rules("\\toprule"), rules("\\midrule"), rules("\\bottomrule")], [1, 1, 1]);
    let cells = lines.iter().filter(|line| line.contains('&'));
    assert_eq!(cells.clone().count(), 1 + 8);
    for line in cells {
        assert!(line.ends_with("\\\\"), "{line}");
        assert_eq!(line.matches('&').count() + 1, columns.len(), "{line}");
        assert_eq!(line.matches('$').count() % 2, 0, "{line}");
        assert_eq!(line.matches('{').count(), line.matches('}').count(), "{line}");
    }
    // What LaTeX would not set as it stands.
    assert!(run.out.is_ascii(), "{}", run.out);
    assert!(!run.out.contains(['%', '#', '_', '~']), "{}", run.out);
    assert!(run.out.contains("\\cdot 10^{-159}"), "tails are no zeros: {}", run.out);
}

#[test]
fn the_table_is_what_a_terminal_gets() {
    let plain = run("theory --votes 11").done();
    assert_eq!(plain.out, run("theory --votes 11 --format table").done().out);
    for text in
        ["ε = 0.5, same draws: exact", "defended (k = 0)", "voted (n = 11)", "0.825820731628"]
    {
        assert!(plain.out.contains(text), "{text}: {}", plain.out);
    }
    assert!(!plain.out.contains("agree"), "nothing was simulated: {}", plain.out);
    assert_eq!(plain.err, "");
}

#[test]
fn rows_go_sigma_by_sigma_eps_by_eps_stage_by_stage() {
    let rows = run("theory --sigma 2,1 --eps 0.5,0 --votes 3,1 --format csv").done().rows();
    let place = |row: &super::harness::Row| {
        let stage = row.text("stage").to_owned() + row.text("votes");
        (row.number("sigma"), row.number("eps"), stage)
    };
    let places: Vec<_> = rows.iter().map(place).collect();
    let stages = ["undefended", "defended", "trained", "voted1", "voted3"];
    let mut expected = Vec::new();
    for sigma in [1.0, 2.0] {
        for eps in [0.0, 0.5] {
            expected.extend(stages.map(|stage| (sigma, eps, stage.to_owned())));
        }
    }
    assert_eq!(places, expected);
}

#[test]
fn ranges_are_decimal_exact_and_hold_their_ends() {
    let sigmas = |range: &str| -> Vec<String> {
        let rows =
            run(&format!("theory --stages trained --format csv --sigma {range}")).done().rows();
        rows.iter().map(|row| row.text("sigma").to_owned()).collect()
    };
    let default = sigmas("0..4");
    assert_eq!(default.len(), 81);
    assert_eq!([&default[0], &default[6], &default[80]], ["0.0", "0.3", "4.0"]);
    assert_eq!(sigmas("0..1:0.3"), ["0.0", "0.3", "0.6", "0.9", "1.0"]);
    assert_eq!(sigmas("0..2/5"), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
    assert_eq!(sigmas("1e-3..10/log5"), ["0.001", "0.01", "0.1", "1.0", "10.0"]);
    assert_eq!(sigmas("1,0.1,0.5..0.5,1"), ["0.1", "0.5", "1.0"]);
}

#[test]
fn mean_noise_and_shift_are_what_they_say() {
    let rows = run("theory --mean 2 --data-std 0.5 --shift=-0.25 --sigma 1 --eps 0.5 --format csv");
    let rows = rows.done().rows();
    let columns = ["mean", "data_std", "shift"].map(|name| rows[0].number(name));
    assert_eq!(columns, [2.0, 0.5, -0.25]);
    // Φ(4), Φ(3)
    assert_close(rows[0].number("clean_accuracy"), 0.999_968_328_758_166_9, 1e-15);
    assert_close(rows[0].number("adversarial_accuracy"), 0.998_650_101_968_369_9, 1e-15);
    assert_eq!(rows[2].number("threshold"), -0.25, "trained has k = shift");
    // Units do not matter: everything in tenths.
    let tenths = run("theory --mean 20 --data-std 5 --shift=-2.5 --sigma 10 --eps 5 --format csv");
    for (row, tenth) in rows.iter().zip(&tenths.done().rows()) {
        for column in ["clean_accuracy", "adversarial_accuracy", "robust_accuracy", "invariance"] {
            assert_close(row.number(column), tenth.number(column), 1e-14);
        }
    }
}

#[test]
fn a_threshold_range_gives_the_family() {
    let rows =
        run("theory --stages defended,trained --threshold 0..2/5 --format csv").done().rows();
    assert_eq!(rows.len(), 6);
    let robust: Vec<f64> = rows.iter().map(|row| row.number("robust_accuracy")).collect();
    // Symmetric about k = shift, where it is that of the trained stage.
    assert_close(robust[0], robust[4], 1e-15);
    assert_close(robust[1], robust[3], 1e-15);
    assert_close(robust[2], robust[5], 1e-15);
    assert!(robust[0] > robust[1] && robust[1] > robust[2]);
}

#[test]
fn votes_lead_from_one_draw_to_none() {
    let rows = run("theory --votes inf,2,1,101 --format csv").done().rows();
    let votes: Vec<&str> = rows[3..].iter().map(|row| row.text("votes")).collect();
    assert_eq!(votes, ["1", "2", "101", "inf"]);
    for column in ["clean_accuracy", "robust_accuracy", "invariance"] {
        let values: Vec<f64> = rows.iter().map(|row| row.number(column)).collect();
        assert_close(values[3], values[2], 1e-14);
        assert_close(values[4], values[2], 1e-14);
        assert_close(values[6], values[0], 1e-15);
        assert!(values[5].min(values[2]) < values[5].max(values[2]));
    }
}

#[test]
fn stages_are_the_ones_asked_for_in_their_own_order() {
    let rows = run("theory --stages trained,undefended,trained --format csv").done().rows();
    let stages: Vec<&str> = rows.iter().map(|row| row.text("stage")).collect();
    assert_eq!(stages, ["undefended", "trained"]);
    let spaced =
        Place::new().run_args(&["theory", "--stages", "trained, undefended", "--format", "csv"]);
    assert_eq!(spaced.done().rows(), rows);
}

#[test]
fn the_counterexample_to_the_claim_is_there() {
    let rows = run("theory --sigma 0.3 --eps 0.1 --format csv").done().rows();
    for (row, robust) in rows.iter().zip([0.969_804, 0.969_545, 0.969_604]) {
        assert_close(row.number("robust_accuracy"), robust, 5e-7);
    }
}

#[test]
fn a_folder_takes_what_would_be_printed() {
    let place = Place::new();
    let kept = place.run("theory --sigma 0..1/3 -o deep/in/here").done();
    assert_eq!(kept.out, "", "{kept:?}");
    assert_eq!(kept.err, "wrote deep/in/here: rows.csv, run.json\n");
    assert_eq!(place.names("deep/in/here"), ["rows.csv", "run.json"]);
    let printed = place.run("theory --sigma 0..1/3 --format csv").done();
    assert_eq!(place.text("deep/in/here/rows.csv"), printed.out);
    assert_eq!(place.json("deep/in/here/run.json")["command"][1], "theory");
    // Both at once.
    let both = place.run("theory --sigma 0..1/3 --format csv -o both").done();
    assert_eq!(both.out, printed.out);
    assert_eq!(place.read("both/rows.csv"), printed.out.as_bytes());
}

#[test]
fn no_number_depends_on_the_threads() {
    let of = |threads: u32| {
        run(&format!("theory --sigma 0..4 --eps 0..2/5 --threads {threads} --format csv"))
            .done()
            .out
    };
    assert_eq!(of(1), of(3));
}

#[test]
fn every_value_of_the_domain_has_its_numbers() {
    for args in [
        "--sigma 0,5e-324,1e-10,1e6,1e15 --eps 0,40,1e15 --votes 1,2,11,1e6,inf",
        "--mean=-3 --eps 0,40",
        "--mean 0 --shift 0 --sigma 0,1",
        "--data-std 1e-15 --mean 1e15",
        "--data-std 1e-10 --sigma 0,1e-10,1",
        "--data-std 1e15 --mean=-1e15 --shift 1e15 --sigma 1e15 --eps 1e15",
        "--threshold=-1e15,-40,0,40,1e15",
        "--sigma 1..1 --eps 0.5..0.5/1 --threshold 0..0:1",
    ] {
        for row in run(&format!("theory {args} --format csv")).done().rows() {
            for column in &COLUMNS[11..EXACT_COLUMNS] {
                assert_share(&row, column);
            }
        }
    }
}

#[test]
fn a_range_can_have_a_hundred_thousand_points() {
    let run = run("theory --sigma 0..4/100000 --stages undefended --format csv").done();
    assert_eq!(run.out.lines().count(), 100_001);
}
