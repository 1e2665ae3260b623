//! All figures as one self-contained page of HTML.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::caption::{definitions, judged};
use super::statements::{Case, Statement, compared, simulated};
use super::{Data, Sheet};
use crate::table::Cell;
use crate::table::text::thousands;

const CSS: &str = include_str!("html.css");
const SCRIPT: &str = include_str!("html.js");

/// The contents of a page besides its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The verdict in one line; `None` if nothing was simulated.
    pub verdict: Option<String>,
    /// Whether the verdict is disagreement.
    pub disagrees: bool,
    /// The statements at the beginning of the page; none if it shows only some figures.
    pub statements: Vec<Statement>,
    /// The verdict of their simulations, in one line; `None` if there are none.
    pub statements_verdict: Option<String>,
    /// The command that makes the page again.
    pub command: String,
    /// Whether the page has light text on a dark background.
    pub dark: bool,
}

/// A figure on the page.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The figure.
    pub sheet: &'a Sheet,
    /// Its drawing.
    pub svg: &'a str,
    /// The drawing for a phone; empty if the other one is suitable.
    pub column: &'a str,
    /// The command that makes it again.
    pub command: &'a str,
}

const TITLE: &str = "What stochastic pre-processing does to a robustness number";

/// Returns the page.
#[must_use]
pub fn page(frame: &Frame, entries: &[Entry<'_>]) -> String {
    html! {
        (DOCTYPE)
        html lang="en" class=[frame.dark.then_some("dark")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                link rel="icon" href="data:,";
                title { (TITLE) }
                style { (PreEscaped(CSS)) }
            }
            body {
                h1 { (TITLE) }
                p {
                    "The binary Gaussian task of Gao, Shumailov, Fawaz and Papernot, "
                    cite { "On the Limitations of Stochastic Pre-processing Defenses" }
                    " (NeurIPS 2022, "
                    a href="https://arxiv.org/abs/2206.09491" { "arXiv 2206.09491" }
                    "), exactly and by simulation. Each figure is drawn from the rows below it."
                }
                @if let Some(verdict) = &frame.verdict {
                    p class={ "verdict" @if frame.disagrees { " disagree" } } { (verdict) }
                    p class="soft" { (judged()) }
                }
                @if !frame.statements.is_empty() { (statements(frame)) }
                nav { ol {
                    @for Entry { sheet, .. } in entries {
                        li { a href={ "#" (sheet.name) } { (sheet.caption.title) } }
                    }
                } }
                (said_once(entries))
                @for entry in entries { (section(entry)) }
                h2 { "This page" }
                p {
                    "Made by gauss-sim " (env!("CARGO_PKG_VERSION"))
                    ". The same arguments give the same page."
                }
                pre { code { (frame.command) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
        + "\n"
}

/// Returns what several captions need.
fn said_once(entries: &[Entry<'_>]) -> Markup {
    let paragraphs = definitions(entries.iter().map(|entry| entry.sheet));
    html! {
        @if !paragraphs.is_empty() {
            section id="definitions" {
                h2 { "What the captions mean" }
                @for paragraph in paragraphs { p class="soft" { (paragraph) } }
            }
        }
    }
}

fn section(entry: &Entry<'_>) -> Markup {
    let Entry { sheet, svg, column, command } = entry;
    let caption = &sheet.caption;
    html! {
        section id=(sheet.name) {
            h2 { (caption.title) }
            figure {
                @if column.is_empty() {
                    (drawing(svg, caption.title))
                } @else {
                    div class="full" { (drawing(svg, caption.title)) }
                    div class="column" { (drawing(column, caption.title)) }
                }
                figcaption { p { (caption.short()) } }
            }
            pre { code { (command) } }
            @if !caption.rows_by.is_empty() {
                p class="soft" { "The same rows are given by" }
                pre { code { (caption.rows_by.replace("` and `", "\n")) } }
            }
            @for data in &sheet.tables { (rows(data)) }
        }
    }
}

/// Returns every statement with its verdict, and its cases with their numbers and commands.
fn statements(frame: &Frame) -> Markup {
    html! {
        section id="statements" {
            h2 { "What of the argument is true" }
            p {
                "Each statement says how two numbers compare; the verdict follows from cases whose exact numbers were \
                 computed for this page."
            }
            @if let Some(verdict) = &frame.statements_verdict { p class="soft" { (verdict) } }
            table class="statements" {
                thead { tr { th scope="col" { "statement" } th scope="col" { "verdict" } th scope="col" { "numbers" } } }
                tbody { @for statement in &frame.statements {
                    tr {
                        td { (statement.says) }
                        td { strong { (statement.verdict.words()) } ": " (statement.condition) }
                        td { @for case in &statement.cases { (of_case(case)) } }
                    }
                } }
            }
        }
    }
}

fn of_case(case: &Case) -> Markup {
    let sign = if case.supports { "for" } else { "against" };
    html! {
        p { strong { (sign) ", " } (case.what) ": " (compared(case)) "." }
        @if let Some(line) = simulated(case) { p class="soft" { (line) } }
        code { (case.command) }
    }
}

/// Returns a drawing with its name for readers who cannot see it.
fn drawing(svg: &str, title: &str) -> Markup {
    let label = html! { (title) }.into_string();
    PreEscaped(svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1))
}

/// Returns the rows as a table, without columns that are empty throughout.
fn rows(data: &Data) -> Markup {
    let table = &data.table;
    let mut used = vec![false; table.columns().len()];
    for row in table.iter() {
        used.iter_mut().zip(row.cells()).for_each(|(used, cell)| *used |= cell != Cell::Empty);
    }
    let heads = table.columns().iter().zip(&used).filter(|(_, used)| **used);
    html! {
        details {
            summary {
                (table.name) ": " (thousands(table.len() as u64)) " rows, " (data.what)
            }
            div class="scroll" { table {
                thead { tr {
                    @for (column, _) in heads {
                        th scope="col" title=(column.about) { (column.name) }
                    }
                } }
                tbody { @for row in table.iter() {
                    tr { @for (cell, _) in row.cells().zip(&used).filter(|(_, used)| **used) {
                        td { (shown(&cell)) }
                    } }
                } }
            } }
            p class="soft" {
                "To six digits; " code { "gauss-sim figures" } " writes them in full."
            }
        }
    }
}

/// Formats a cell for the page.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => shortened(*number),
        Cell::Count(count) => count.to_string(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Word(word) => word.clone(),
    }
}

/// Formats a number with six significant digits; a short one is unchanged.
fn shortened(value: f64) -> String {
    let short = value.to_string();
    if !value.is_finite() || short.len() <= 8 {
        return short;
    }
    let digits = 5 - value.abs().log10().floor() as i32;
    match digits {
        0..=9 => format!("{value:.*}", digits as usize),
        _ => format!("{value:.5e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shortened() {
        for (value, short) in [
            (0.841_344_746_068_542_9, "0.841345"),
            (-0.000_123_456_78, "-0.000123457"),
            (1.234_567_890_1e-9, "1.23457e-9"),
            (10_000_000.0, "10000000"),
            (0.5, "0.5"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(shortened(value), short);
        }
    }
}
