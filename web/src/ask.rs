//! Questions with exact answers, from names and values to JSON.

use anyhow::{Context, Result, anyhow};
use gauss_sim::experiment::Planner;
use gauss_sim::experiments::verbs::{self, Verb, wanted};
use gauss_sim::run::asked::Asked;
use gauss_sim::run::verdict::verdict_line;
use gauss_sim::run::{Answer, Plan};
use gauss_sim::task::spec::{Parameter, text};
use serde_json::{Map, Value, json};

/// What was given of a question, as an object of parameters.
pub(crate) fn given(text: &str) -> Result<Map<String, Value>> {
    let mut given: Map<String, Value> =
        serde_json::from_str(text).context("a question is an object of parameters")?;
    // What is empty is not given.
    given.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    Ok(given)
}

/// A verb and what it is asked.
pub(crate) fn asked(verb: &str, text: &str) -> Result<(&'static Verb, Asked<'static>)> {
    let verb = verbs::named(verb)?;
    Ok((verb, verb.asked(None, given(text)?)?))
}

/// Describes the verbs, their parameters and planners.
pub fn verbs() -> Result<String> {
    let parameter = |parameter: &Parameter, name: &str, usual: &str| {
        let Parameter { placeholder, help, words, .. } = *parameter;
        json!({"name": name, "default": usual, "placeholder": placeholder, "help": help, "words": words})
    };
    let verb = |verb: &Verb| {
        let usual = |of: &Parameter| {
            let own = verb.usual.iter().find(|(name, _)| *name == of.name);
            own.map_or(of.default, |(_, usual)| *usual)
        };
        let question = (verb.kind.spec)().parameters();
        let question: Vec<Value> =
            question.iter().map(|of| parameter(of, of.name, usual(of))).collect();
        let plan = Plan::usual(verb.kind);
        let of_plan: Vec<Value> =
            verb.plan().map(|(of, name)| parameter(&of, &name, &text(&plan, of.name))).collect();
        let planners: Vec<&str> = verb.planners().map(|planner| planner.name).collect();
        let schema = (verb.kind.schema)();
        let columns: Vec<Value> = schema
            .columns()
            .iter()
            .map(|column| json!({"name": column.name, "about": column.about}))
            .collect();
        json!({
            "name": verb.name, "question": question, "plan": of_plan, "planners": planners,
            "columns": columns,
        })
    };
    let described: Vec<Value> = verbs::all().iter().map(verb).collect();
    Ok(serde_json::to_string(&described)?)
}

/// An answer in JSON: rows and other tables by name, what was noticed, and the verdict.
pub(crate) fn document(answer: &Answer, notes: &[String]) -> Result<String> {
    let mut tables = Map::new();
    for (place, table) in answer.tables.iter().enumerate() {
        let name = if place == 0 { "rows" } else { &table.name };
        tables.insert(name.to_owned(), serde_json::to_value(table)?);
    }
    let verdict = verdict_line(&answer.record);
    Ok(serde_json::to_string(&json!({
        "run": answer.record, "tables": tables, "caption": answer.caption, "findings": answer.findings.lines,
        "notes": notes, "verdict": verdict, "agrees": answer.agrees(),
    }))?)
}

/// Answers a question exactly.
pub fn answer(verb: &str, text: &str) -> Result<String> {
    let (verb, asked) = asked(verb, text)?;
    let (spec, _) = asked.ask()?;
    let experiment = (verb.kind.new)(spec.as_ref())?;
    let exact = experiment.exact(&())?;
    let answer = Answer::exact(experiment.as_ref(), &exact)?;
    let mut notes = asked.without_effect(spec.as_ref());
    notes.extend(experiment.notes(answer.rows()));
    document(&answer, &notes)
}

/// Answers what a planner is asked: its table, and the same in words.
pub fn plan(verb: &str, planner: &str, value: &str, text: &str) -> Result<String> {
    let (verb, asked) = asked(verb, text)?;
    let known = verb.planners().find(|known| known.name == planner);
    let planner: &Planner = known.ok_or_else(|| anyhow!("{} has no {planner}", verb.name))?;
    let (spec, text) = wanted(planner, &Value::from(value), &asked)?;
    let table = (planner.table)(spec.as_ref(), &text)?;
    let said = (planner.said)(spec.as_ref(), &text)?;
    Ok(serde_json::to_string(&json!({"rows": table, "said": said}))?)
}
