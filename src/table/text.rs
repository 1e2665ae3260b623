//! Text tables: from cells to lines for a terminal, Markdown or LaTeX. The rows determine the contents of the cells.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets};

/// How symbols are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// As letters.
    Unicode,
    /// As LaTeX commands.
    Latex,
}

/// Rules above, below and under the header; none between rows, whose lines belong together.
const RULES: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// The text of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// The heads of its columns.
    pub header: Vec<String>,
    /// The number of leading columns that are words, not numbers.
    pub words: usize,
    /// The lines of each row.
    pub rows: Vec<Vec<Vec<String>>>,
}

impl Lines {
    /// Formats the table for a terminal.
    #[must_use]
    pub fn plain(&self) -> String {
        self.drawn(RULES)
    }

    /// Formats the table for a README or a notebook.
    #[must_use]
    pub fn markdown(&self) -> String {
        self.drawn(presets::ASCII_MARKDOWN)
    }

    fn drawn(&self, style: TableStyle) -> String {
        let mut table = Table::new();
        table.load_style(style).set_header(&self.header);
        for line in self.rows.iter().flatten() {
            table.add_row(line);
        }
        for column in table.column_iter_mut().skip(self.words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.trim_fmt() + "\n"
    }

    /// Formats the table for a paper, with the booktabs package.
    #[must_use]
    pub fn latex(&self) -> String {
        let columns = self.header.len();
        let alignment = "l".repeat(self.words) + &"r".repeat(columns - self.words);
        let mut text = format!("\\begin{{tabular}}{{{alignment}}}\n\\toprule\n");
        let line = |cells: Vec<String>| cells.join(" & ") + " \\\\\n";
        text += &line(self.header.iter().map(|cell| latex(cell)).collect());
        text += "\\midrule\n";
        for cells in self.rows.iter().flatten() {
            text += &line(cells.iter().map(|cell| latex(cell)).collect());
        }
        text + "\\bottomrule\n\\end{tabular}\n"
    }
}

/// Formats a number with fixed digits, or in scientific notation if these would show nothing of the value.
#[must_use]
pub fn number(value: f64, digits: usize) -> String {
    if value != 0.0 && value.abs() < 0.5 * 10f64.powi(2 - digits as i32) {
        format!("{value:.2e}")
    } else {
        format!("{value:.digits$}")
    }
}

/// Formats 10000000 as 10,000,000.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Escapes text for LaTeX: only what a table of this program contains.
fn latex(cell: &str) -> String {
    match cell.split_once('e') {
        Some((mantissa, exponent)) if mantissa.parse::<f64>().is_ok() => {
            format!("${mantissa}\\cdot 10^{{{exponent}}}$")
        }
        _ => cell
            .replace('&', "\\&")
            .replace('%', "\\%")
            .replace('_', "\\_")
            .replace('∞', "$\\infty$")
            .replace('−', "$-$")
            .replace('–', "--")
            .replace('>', "$>$"),
    }
}
