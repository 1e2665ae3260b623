//! What the page asks, without a browser.

use serde_json::Value;

use crate::{Sampling, answer, chart, charts, figure, plan, verbs};

fn json(text: anyhow::Result<String>) -> Value {
    serde_json::from_str(&text.unwrap()).unwrap()
}

#[test]
fn rows_are_exact_and_wrong_questions_are_refused_by_their_flag() {
    let found = json(answer("theory", r#"{"sigma": "1", "eps": "0.5", "votes": ""}"#));
    let trained = found["tables"]["rows"][2]["clean_accuracy"].as_f64().unwrap();
    assert!((trained - 0.760_249_938_906_523_3).abs() < 4e-15, "{trained}");
    let refused = |verb: &str, given: &str| answer(verb, given).unwrap_err().to_string();
    assert!(refused("theory", r#"{"sigma": "-1"}"#).starts_with("--sigma -1 is not possible"));
    assert_eq!(refused("theory", r#"{"noise": "1"}"#), "theory has no --noise");
    assert_eq!(refused("explore", "{}"), "explore is no verb");
}

#[test]
fn charts_stand_on_rows_of_several_questions() {
    let whole = r#"{"sigma": "0..4", "eps": "0.5", "stages": "undefended,trained"}"#;
    let names = charts("sweep", whole).unwrap();
    assert_eq!(names[0], "robust_accuracy_vs_sigma");
    let asked = |questions: &str, only: &str| {
        let asked = format!(
            r#"{{"verb": "sweep", "questions": [{questions}], "where": {only}, "name": "{}"}}"#,
            names[0]
        );
        chart(&asked).unwrap()
    };
    let parts = whole.replace(",trained", "") + "," + &whole.replace("undefended,", "");
    assert_eq!(asked(whole, "{}"), asked(&parts, "{}"));
    let wider = whole.replace("0.5", "0.25,0.5");
    assert_eq!(asked(whole, "{}"), asked(&wider, r#"{"eps": 0.5}"#));
}

#[test]
fn a_run_in_steps_comes_to_the_counts_of_a_run() {
    let given = r#"{"samples": "300000", "seed": "7", "votes": "11"}"#;
    let mut run = Sampling::new("simulate", given).unwrap();
    while json(run.step(1))["end"].is_null() {}
    let found = json(run.answer());
    assert_eq!(found["agrees"], true);
    assert_eq!(found["tables"]["rows"][0]["samples"], 300_000);
    assert!(run.chart("{}").unwrap().contains("clean accuracy, simulated − exact"));
    let rate = run.chart(r#"{"rate": "robust_accuracy"}"#).unwrap();
    assert!(rate.contains("Robust accuracy on its way"));
    assert!(Sampling::new("simulate", r#"{"samples": "0"}"#).is_err());
}

#[test]
fn planners_figures_and_verbs() {
    let planned = json(plan("certify", "n_for", "radius=4", "{}"));
    assert_eq!(planned["rows"][0]["n"], 218_105.0);
    assert!(planned["said"].as_str().unwrap().contains("n = 218105 is the smallest"));
    let refused = plan("certify", "n_for", "radius=4", r#"{"n": "10"}"#).unwrap_err().to_string();
    assert!(
        refused.contains("'--n-for <") && refused.contains("cannot be used with '--n <"),
        "{refused}"
    );
    let svg = figure(r#"{"name": "task", "given": {"sigma": "2"}, "look": {"theme": "dark"}}"#);
    assert!(svg.unwrap().contains("σ = 2"));
    let known = json(verbs());
    let names: Vec<&str> =
        known.as_array().unwrap().iter().map(|verb| verb["name"].as_str().unwrap()).collect();
    assert!(["theory", "simulate", "sweep", "query"].iter().all(|name| names.contains(name)));
}
