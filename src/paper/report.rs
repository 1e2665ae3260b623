//! All figures as one page of HTML that needs nothing else.

use super::{PaperError, Sheet};
use crate::figures::thousands;

const CSS: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// What a page says besides its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The verdict in one line; `None` where nothing was simulated.
    pub verdict: Option<String>,
    /// Whether it is one of disagreement.
    pub disagrees: bool,
    /// The command that makes the page again.
    pub command: String,
    /// Light text on dark.
    pub dark: bool,
}

/// A figure as it stands on the page.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The figure.
    pub sheet: &'a Sheet,
    /// Its drawing.
    pub svg: &'a str,
    /// The same for a phone; empty where the other one will do.
    pub column: &'a str,
    /// The command that makes it again.
    pub command: &'a str,
}

/// The page.
pub fn page(frame: &Frame, entries: &[Entry<'_>]) -> Result<String, PaperError> {
    let class = if frame.dark { " class=\"dark\"" } else { "" };
    let title = "What stochastic pre-processing does to a robustness number";
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"{class}>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <p>The binary Gaussian task of Gao, Shumailov, Fawaz and Papernot, <cite>On the Limitations of Stochastic \
         Pre-processing Defenses</cite> (NeurIPS 2022, <a href=\"https://arxiv.org/abs/2206.09491\">arXiv \
         2206.09491</a>), exactly and by simulation. Each figure is drawn from the rows below it.</p>\n"
    );
    if let Some(verdict) = &frame.verdict {
        let class = if frame.disagrees { "verdict disagree" } else { "verdict" };
        page += &format!(
            "<p class=\"{class}\">{}</p>\n<p class=\"soft\">{}</p>\n",
            escape(verdict),
            escape(&super::caption::judged())
        );
    }
    page += "<nav><ol>\n";
    for Entry { sheet, .. } in entries {
        page += &format!("<li><a href=\"#{}\">{}</a></li>\n", sheet.name, sheet.caption.title);
    }
    page += "</ol></nav>\n";
    for entry in entries {
        page += &section(entry)?;
    }
    page += &format!(
        "<h2>This page</h2>\n<p>Made by gauss-sim {}. The same arguments give the same page.</p>\n<pre><code>{}\
         </code></pre>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        escape(&frame.command)
    );
    Ok(page)
}

fn section(entry: &Entry<'_>) -> Result<String, PaperError> {
    let Entry { sheet, svg, column, command } = entry;
    let caption = &sheet.caption;
    // What tools show of an image, and what stands beside it anyway.
    let open = format!("<svg role=\"img\" aria-label=\"{}\" ", escape(caption.title));
    let [svg, column] = [svg, column].map(|svg| svg.replacen("<svg ", &open, 1));
    let drawn = match column.as_str() {
        "" => svg,
        column => format!("<div class=\"full\">{svg}</div>\n<div class=\"column\">{column}</div>"),
    };
    let mut text = format!(
        "<section id=\"{}\">\n<h2>{}</h2>\n<figure>\n{drawn}\n<figcaption>\n",
        sheet.name,
        escape(caption.title)
    );
    for paragraph in &caption.text {
        text += &format!("<p>{}</p>\n", escape(paragraph));
    }
    text += &format!("</figcaption>\n</figure>\n<pre><code>{}</code></pre>\n", escape(command));
    if !caption.rows_by.is_empty() {
        let same = caption.rows_by.replace("` and `", "\n");
        text += &format!(
            "<p class=\"soft\">The same rows are given by</p>\n<pre><code>{}</code></pre>\n",
            escape(&same)
        );
    }
    for table in &sheet.tables {
        text += &rows(table)?;
    }
    Ok(text + "</section>\n")
}

/// The rows as a table, without the columns that are empty throughout.
fn rows(table: &super::table::Table) -> Result<String, PaperError> {
    let failed = |error| PaperError::Csv(table.name, error);
    let bytes = table.csv()?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(failed)?.clone();
    let records = reader.records().collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let used: Vec<usize> = (0..header.len())
        .filter(|&i| records.iter().any(|record| record.get(i).is_some_and(|c| !c.is_empty())))
        .collect();
    let mut text = format!(
        "<details>\n<summary>{}: {} rows, {}</summary>\n<div class=\"scroll\"><table>\n<thead><tr>",
        table.name,
        thousands(records.len() as u64),
        table.what
    );
    for &i in &used {
        text += &format!("<th scope=\"col\">{}</th>", escape(&header[i]));
    }
    text += "</tr></thead>\n<tbody>\n";
    for record in &records {
        text += "<tr>";
        for &i in &used {
            text += &format!("<td>{}</td>", escape(&shortened(&record[i])));
        }
        text += "</tr>\n";
    }
    Ok(text
        + "</tbody>\n</table></div>\n<p class=\"soft\">To six digits; <code>gauss-sim figures</code> writes \
               them in full.</p>\n</details>\n")
}

/// A fraction to six significant digits; whole numbers and words as they are.
fn shortened(cell: &str) -> String {
    let Some(value) = cell.parse::<f64>().ok().filter(|value| value.is_finite()) else {
        return cell.to_owned();
    };
    if value == value.trunc() || cell.len() <= 8 {
        return cell.to_owned();
    }
    let digits = 5 - value.abs().log10().floor() as i32;
    match digits {
        0..=9 => format!("{value:.*}", digits as usize),
        _ => format!("{value:.5e}"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        assert_eq!(escape("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
    }

    #[test]
    fn numbers_are_shortened_and_words_are_not() {
        for (cell, short) in [
            ("0.8413447460685429", "0.841345"),
            ("-0.00012345678", "-0.000123457"),
            ("1.2345678901e-9", "1.23457e-9"),
            ("10000000", "10000000"),
            ("0.5", "0.5"),
            ("persistent=5", "persistent=5"),
            ("inf", "inf"),
            ("", ""),
        ] {
            assert_eq!(shortened(cell), short);
        }
    }
}
