//! Tables as CSV files: one header line, `\n` line ends, numbers in the shortest form that reads back exactly, and
//! nothing in an empty cell.
//!
//! What other programs make of such a file is read again: reordered and additional columns, an index in front,
//! `True` and `FALSE`, `11.0` for a count, a byte order mark, `\r\n`, tabs or semicolons between cells, and then a comma
//! for the decimal point.

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::{Cell, Column, ColumnKind, Row, Table};

/// Returns the table as CSV.
pub fn write(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(table.columns().iter().map(|column| column.name.as_bytes()))?;
    for row in table.iter() {
        writer.serialize(Line(row))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A row as the fields of one line.
struct Line<'a>(Row<'a>);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.0.table().columns();
        let mut line = serializer.serialize_seq(Some(columns.len()))?;
        for (column, cell) in columns.iter().zip(self.0.cells()) {
            line.serialize_element(&Entry { cell: &cell, kind: column.kind, word_for_inf: false })?;
        }
        line.end()
    }
}

/// A cell as it is written to a file.
pub(super) struct Entry<'a> {
    pub(super) cell: &'a Cell,
    pub(super) kind: ColumnKind,
    /// Whether infinity has to be a word, as in JSON.
    pub(super) word_for_inf: bool,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.cell {
            Cell::Empty => serializer.serialize_none(),
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Truth(truth) => serializer.serialize_bool(*truth),
            Cell::Word(word) => serializer.serialize_str(word),
            Cell::Number(number) if number.is_infinite() && self.word_for_inf => {
                serializer.serialize_str(if *number > 0.0 { "inf" } else { "-inf" })
            }
            Cell::Number(number) if self.kind == ColumnKind::Whole && number.is_finite() => {
                serializer.serialize_i64(*number as i64)
            }
            Cell::Number(number) => serializer.serialize_f64(*number),
        }
    }
}

/// Returns the columns of a file, in its order; `None` if it has no header.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<Vec<String>> {
    let mut reader = reader(bytes);
    let header = reader.headers().ok()?;
    Some(header.iter().map(str::to_owned).collect()).filter(|names: &Vec<String>| !names.is_empty())
}

fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let separator = separator(bytes);
    csv::ReaderBuilder::new().trim(csv::Trim::All).delimiter(separator).from_reader(bytes)
}

/// What stands between the names of columns, in which none of these occurs.
fn separator(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    [b';', b'\t'].into_iter().find(|mark| header.contains(mark)).unwrap_or(b',')
}

/// A number whose decimal point may be a comma. That of a count is not taken for one unless all behind it is one 0, as it
/// may part thousands.
fn with_point(column: &Column, text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once(',')?;
    match column.kind {
        ColumnKind::Number | ColumnKind::Whole => Some(format!("{whole}.{fraction}")),
        ColumnKind::Count => (fraction == "0").then(|| whole.to_owned()),
        ColumnKind::Word | ColumnKind::Truth => None,
    }
}

/// Reads the table with these columns and at least one row; the error is one line. Other columns are ignored.
pub fn read(name: &str, columns: Vec<Column>, bytes: &[u8]) -> Result<Table, String> {
    let table = read_any(name, columns, bytes)?;
    if table.is_empty() { Err("it has no rows".to_owned()) } else { Ok(table) }
}

/// Does the same for any number of rows, including 0.
pub fn read_any(name: &str, columns: Vec<Column>, bytes: &[u8]) -> Result<Table, String> {
    let mut reader = reader(bytes);
    let header = reader.headers().map_err(|error| one_line(&error))?.clone();
    let place = |column: &Column| {
        let found = header.iter().position(|name| name == column.name);
        found.ok_or_else(|| format!("it has no column {}", column.name))
    };
    let places = columns.iter().map(place).collect::<Result<Vec<usize>, _>>()?;
    let mut table = Table::new(name, columns);
    // Where commas do not part cells they may stand in numbers.
    let commas = separator(bytes) != b',';
    for record in reader.records() {
        let record = record.map_err(|error| one_line(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = Vec::with_capacity(places.len());
        for (column, place) in table.columns().iter().zip(&places) {
            let text = record.get(*place).unwrap_or("");
            let decimal = if commas { with_point(column, text) } else { None };
            let cell = cell(column, decimal.as_deref().unwrap_or(text))
                .map_err(|reason| format!("line {line}, {}: {reason}", column.name))?;
            cells.push(cell);
        }
        table.push(cells);
    }
    Ok(table)
}

fn one_line(error: &csv::Error) -> String {
    error.to_string().replace('\n', " ")
}

/// The values that spreadsheets, pandas and R write for an empty cell.
const NOTHING: [&str; 6] = ["", "NA", "NaN", "nan", "null", "None"];

/// Parses a cell.
fn cell(column: &Column, text: &str) -> Result<Cell, String> {
    if NOTHING.contains(&text) {
        return match column.optional {
            true => Ok(Cell::Empty),
            false => Err("it is empty".to_owned()),
        };
    }
    let wrong = |what: &str| format!("{text:?} is not {what}");
    match column.kind {
        ColumnKind::Word => (column.check)(text).map(|()| Cell::Word(text.to_owned())),
        ColumnKind::Truth => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "1" | "1.0" => Ok(Cell::Truth(true)),
            "false" | "f" | "0" | "0.0" => Ok(Cell::Truth(false)),
            _ => Err(wrong("true or false")),
        },
        ColumnKind::Count => {
            // Doubles are exact up to 2^53, the largest possible count.
            let whole = |number: f64| {
                (number.fract() == 0.0 && (0.0..=9.1e15).contains(&number)).then_some(number as u64)
            };
            let count = text.parse().ok().or_else(|| text.parse().ok().and_then(whole));
            count.map(Cell::Count).ok_or_else(|| wrong("a count"))
        }
        ColumnKind::Number | ColumnKind::Whole => {
            let number: f64 = text.parse().map_err(|_| wrong("a number"))?;
            if column.kind == ColumnKind::Whole && number.is_finite() && number.fract() != 0.0 {
                return Err(wrong("a whole number"));
            }
            let [low, high] = column.bounds;
            if !(low..=high).contains(&number) {
                return Err(format!("{text} is not possible: a number from {low} to {high}"));
            }
            Ok(Cell::Number(number))
        }
    }
}
