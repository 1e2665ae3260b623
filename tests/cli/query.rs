//! `gauss-sim query`: black-box attackers, exact beside simulated, the planner, and what is refused.

use super::harness::{Row, assert_close, like_any_other, run};

/// The columns of its own, before the rates: a contract.
const OWN: &str = "attack,stage,dimension,mean,data_std,shift,sigma,votes,eps,step,rounds,queries,asked,cosine,cosine_bound,\
    white_box,no_noise,bound,break_even,unknown,label,clean_accuracy,adversarial_accuracy,samples,clean_correct,\
    adversarial_correct,mc_clean_accuracy,mc_clean_low,mc_clean_high,mc_adversarial_accuracy,mc_adversarial_low,\
    mc_adversarial_high,p_value,agrees,mc_cosine,mc_cosine_low,mc_cosine_high";

fn rows(args: &str) -> Vec<Row> {
    let text = run(&format!("query {args} --format csv")).done().out;
    assert!(text.starts_with(OWN), "{text}");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    super::harness::table(&text, &header)
}

/// The values of the note on orientation.
#[test]
fn known_values_are_met() {
    let row = &rows("--queries 1000 --stages trained --samples 0")[0];
    assert_close(row.number("adversarial_accuracy"), 0.884_735_550_964_685, 1e-13);
    let row = &rows("--dimension 1 --sigma 2 --queries 6 --stages trained --samples 0")[0];
    assert_close(row.number("adversarial_accuracy"), 0.698_844_761_933_029, 1e-13);
}

#[test]
fn theory_and_simulation_agree() {
    for args in [
        "--dimension 10 --queries 0,1,7,20,21,200 --votes 5",
        "--attack nes --dimension 3 --queries 2,20,200 --votes 4 --step 0.5",
        "--attack score,nes --dimension 1 --sigma 0.5,2 --queries 1,2,10",
        "--attack score,nes --dimension 2 --queries 2,4,40 --eps 0.3,2 --shift -0.5",
        "--attack sign,label,simba --dimension 4 --queries 0,40 --votes 2",
    ] {
        for row in rows(&format!("{args} --samples 20k")) {
            assert_eq!(
                (row.text("agrees"), row.count("samples")),
                ("true", 20_000),
                "{args}: {row:?}"
            );
            let left = row.number("mc_adversarial_high");
            assert!(left >= row.number("bound"), "{args}: {row:?}");
            if !row.text("cosine").is_empty() {
                let cosine = row.number("cosine");
                let width = row.number("mc_cosine_high") - row.number("mc_cosine_low");
                // Where all of 20,000 samples are alike, one in a thousand or fewer would be another.
                let alike = if width == 0.0 { 2.0 * 21.0 / 20_000.0 } else { 1e-6 };
                let miss = (cosine - row.number("mc_cosine")).abs();
                assert!(miss < 2.0 * width + alike, "{row:?}");
            }
            assert!(row.number("mc_cosine_low") <= row.number("cosine_bound") + 1e-6, "{row:?}");
        }
    }
}

/// What training and voting do: the cosine stays, and n votes are n times as many questions.
#[test]
fn training_takes_nothing_away_and_voting_does() {
    let all = rows("--queries 1000 --votes 5 --samples 0");
    let of = |stage: &str| all.iter().find(|row| row.text("stage") == stage).unwrap();
    assert_eq!(of("defended").text("cosine"), of("trained").text("cosine"));
    let more = &rows("--queries 5000 --stages trained --samples 0")[0];
    assert_close(of("voted").number("cosine"), more.number("cosine"), 1e-13);
    // A vote keeps more clean accuracy, which has not to be made good.
    assert!(of("voted").number("break_even") > of("trained").number("break_even"));
    assert!(of("undefended").text("break_even").is_empty());
}

/// The number of the break-even is the last with which noise protects.
#[test]
fn the_break_even_is_where_noise_stops_to_protect() {
    let even = rows("--queries 200 --stages trained --samples 0")[0].number("break_even");
    let pair = rows(&format!("--queries {even},{} --stages trained --samples 0", even + 1.0));
    let protects = |row: &Row| row.number("adversarial_accuracy") > row.number("no_noise");
    assert!(protects(&pair[0]) && !protects(&pair[1]), "{pair:?}");
}

#[test]
fn the_planner_answers_or_says_why_not() {
    let found = run("query --queries-for 0.5").done().out;
    assert!(found.starts_with("score undefended: "), "{found}");
    assert_eq!(found.lines().count(), 4);
    assert!(found.contains("no attacker needs fewer than"), "{found}");
    let found = run("query --queries-for 0.5 --eps 0 --stages trained").done().out;
    assert!(
        found.starts_with("score trained: never: the white-box attack has no effect"),
        "{found}"
    );
    let found = run("query --queries-for 0.5 --attack simba --stages trained").done().out;
    assert!(found.starts_with("simba trained: not known: simba has no exact value"), "{found}");
    let json = run("query --queries-for 0.5 --stages trained --format json").done().out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.to_string().contains("\"at_least\":"), "{json}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, expected) in [
        ("--attack guess", "--attack"),
        ("--dimension 0", "--dimension 0 is not possible: write a whole number from 1 to 10000000"),
        ("--queries 1.5", "--queries 1.5 is not possible: write whole numbers from 0"),
        ("--queries=-1", "--queries -1 is not possible: write whole numbers from 0"),
        ("--eps=-1", "--eps -1 is not possible"),
        ("--step 0", "--step 0 is not possible: write a number from 1e-15 to 1e15"),
        ("--sigma=-1", "--sigma -1 is not possible"),
        ("--data-std 0", "--data-std 0 is not possible"),
        ("--votes 0", "--votes"),
        ("--stages trained,voted --votes 1 --queries nan", "--queries"),
        ("--stages voted,trained --votes 1 --stages voted --dimension x", "--dimension"),
        ("--queries-for 2", "--queries-for: \"2\" is not possible: write a share between 0 and 1"),
        ("--queries-for 0.5 --queries 3", "--queries"),
    ] {
        let run = run(&format!("query {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.contains(expected), "{args}: {}", run.err);
    }
}

/// A kind like any other: a folder with charts, shared, merged, resumed and drawn again.
#[test]
fn it_is_a_run_like_any_other() {
    let question = "--dimension 10 --sigma 0.5,1,2 --queries 20,200,400 --votes 3 --samples 20k";
    like_any_other(
        "query",
        question,
        &["adversarial_accuracy_vs_queries", "cosine_vs_queries", "adversarial_accuracy_vs_sigma"],
        true,
    );
}
