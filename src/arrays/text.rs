//! Numbers as text: as np.savetxt, pandas, R, MATLAB and spreadsheets write them.

use task::range::{number, quote};

use super::array::Array;
use super::labels::{Classes, Labels};

/// What stands between two numbers of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Semicolon,
    Tab,
    Comma,
    Spaces,
}

impl Separator {
    /// The first of these that a line has.
    fn of(line: &str) -> Self {
        [(';', Self::Semicolon), ('\t', Self::Tab), (',', Self::Comma)]
            .into_iter()
            .find_map(|(mark, separator)| line.contains(mark).then_some(separator))
            .unwrap_or(Self::Spaces)
    }

    /// The fields of a line, without the spaces around them and the quotation marks.
    fn fields(self, line: &str) -> Vec<&str> {
        let mark = match self {
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Comma => ',',
            Self::Spaces => return line.split_whitespace().map(unquoted).collect(),
        };
        line.split(mark).map(unquoted).collect()
    }
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    let inside = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
    inside.map_or(field, str::trim)
}

/// A number: a decimal, or a fraction such as 8/255.
fn value(field: &str) -> Option<f64> {
    // Rust's own is faster, and takes what NumPy writes: nan, inf and subnormal numbers.
    field.parse().ok().or_else(|| number(field).ok())
}

/// A line that says something, and its number in the file.
type Record<'a> = (usize, Vec<&'a str>);

/// The lines that say something, and what separates their fields; `None` where there are none.
fn records(text: &str) -> Option<(Separator, Vec<Record<'_>>)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim).enumerate().map(|(i, line)| (i + 1, line));
    let mut lines = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with('%'))
        .peekable();
    let separator = Separator::of(lines.peek()?.1);
    Some((separator, lines.map(|(number, line)| (number, separator.fields(line))).collect()))
}

/// Reads labels: one a line, or all in one line. A first line is taken for a header where all others are numbers, or
/// where its first field, the name of an index, is empty.
pub(super) fn labels(text: &str, classes: &Classes) -> Result<Labels, String> {
    let (_, mut records) = records(text).ok_or("is empty: write a label in each line")?;
    let mut notes = Vec::new();
    let is_number = |record: &Record<'_>| record.1.iter().all(|field| value(field).is_some());
    let indexed = records[0].1.len() == 2 && records[0].1[0].is_empty();
    let named = records.len() > 1 && !is_number(&records[0]) && records[1..].iter().all(is_number);
    if indexed || named {
        let (line, fields) = records.remove(0);
        notes.push(format!(
            "line {line} is taken for a header: {}",
            quote(fields[fields.len() - 1])
        ));
    }
    if records.is_empty() {
        return Err("has a header and no labels".to_owned());
    }
    let mut codes = Vec::with_capacity(records.len());
    let several = records.len() > 1;
    for (line, fields) in records {
        let fields = if indexed && fields.len() == 2 { &fields[1..] } else { &fields[..] };
        if several && fields.len() > 1 {
            let found = fields.len();
            return Err(format!("line {line} has {found} labels: write one in each line"));
        }
        for (i, field) in fields.iter().enumerate() {
            if field.is_empty() {
                return Err(format!("line {line}, field {} is empty: write a label", i + 1));
            }
            // 3.0 and 3 are one class, as they are in arrays.
            let whole = value(field).filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
            let name =
                whole.map_or_else(|| (*field).to_owned(), |number| (number as i64).to_string());
            codes.push(classes.code(&name)?);
        }
    }
    Ok(Labels { rows: codes.len(), columns: None, codes, notes })
}

/// Reads numbers: a line for each row. Lines that begin with # or % are comments; a first line of names is left out, and
/// so is the index that pandas and R write.
pub(super) fn parse(text: &str) -> Result<Array, String> {
    let (separator, mut records) =
        records(text).ok_or("is empty: write numbers, separated by commas")?;
    if separator != Separator::Comma {
        check_decimal_commas(&records)?;
    }
    let mut notes = Vec::new();
    if let Some(header) = header(&records) {
        notes.push(format!("line {} is taken for a header: {header}", records[0].0));
        let indexed = records.remove(0).1[0].is_empty();
        if indexed && records.iter().all(|(_, fields)| fields.len() > 1) {
            notes.push("the first column, which has no name, is taken for an index".to_owned());
            for (_, fields) in &mut records {
                fields.remove(0);
            }
        }
        if records.is_empty() {
            return Err("has a header and no numbers".to_owned());
        }
    }
    let width = records[0].1.len();
    let mut values = Vec::with_capacity(records.len() * width);
    for (line, fields) in &records {
        if fields.len() != width {
            let (first, found) = (records[0].0, fields.len());
            return Err(format!(
                "line {line} has {found} numbers, and line {first} has {width}: all rows have as many"
            ));
        }
        for (i, field) in fields.iter().enumerate() {
            values.push(value(field).ok_or_else(|| {
                format!("line {line}, field {}: {} is not a number", i + 1, quote(field))
            })?);
        }
    }
    let array = Array { rows: records.len(), columns: Some(width), values, notes };
    Ok(array)
}

/// The first record, in short, if it is a header: names alone, or the numbers 0, 1, 2 … that pandas gives to columns
/// without names, where an index stands before them or a square of numbers follows.
fn header(records: &[Record<'_>]) -> Option<String> {
    let fields = &records[0].1;
    let names = fields.iter().all(|field| value(field).is_none());
    let indexed = fields[0].is_empty() && fields.len() > 1;
    let rest = &fields[usize::from(indexed)..];
    let counts = rest.iter().enumerate().all(|(i, field)| *field == i.to_string());
    let square = fields.len() > 1 && records.len() == fields.len() + 1;
    (names || (counts && (indexed || square))).then(|| {
        let shown = fields.iter().take(3).map(|field| quote(field)).collect::<Vec<_>>().join(", ");
        shown + if fields.len() > 3 { ", …" } else { "" }
    })
}

/// Fails on `1,5` for one and a half, which elsewhere would be two numbers.
fn check_decimal_commas(records: &[Record<'_>]) -> Result<(), String> {
    for (line, fields) in records {
        let comma = |field: &&&str| {
            field.split_once(',').is_some_and(|(whole, rest)| {
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                digits(whole.trim_start_matches(['-', '+']))
                    && rest.starts_with(|c: char| c.is_ascii_digit())
            })
        };
        if let Some(field) = fields.iter().find(comma) {
            return Err(format!(
                "line {line}: {} has a decimal comma: write decimal points",
                quote(field)
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> (usize, Option<usize>, Vec<f64>) {
        let Array { rows, columns, values, .. } = parse(text).expect(text);
        (rows, columns, values)
    }

    #[test]
    fn every_usual_separator_is_read() {
        let expected = (2, Some(2), vec![1.0, -0.5, 2e-3, 4.0]);
        for text in [
            "1,-0.5\n2e-3,4\n",
            "1, -0.5\r\n2e-3, 4\r\n",
            "1;-0.5\n2e-3;4",
            "1\t-0.5\n2e-3\t4\n\n",
            "1.000000000000000000e+00 -5.000000000000000000e-01\n2e-3   4.0\n",
            "\u{feff}1 -0.5\n# a comment\n% another\n0.002 4\n",
            "\"a\",\"b\"\n1,-0.5\n2e-3,4\n",
            "1 -1/2\n1/500 4\n",
            "0;1\n1;-0.5\n2e-3;4\n",
            ",0,1\n0,1,-0.5\n1,2e-3,4\n",
            "\"\",\"V1\",\"V2\"\n\"1\",1,-0.5\n\"2\",2e-3,4\n",
        ] {
            assert_eq!(numbers(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_said() {
        assert_eq!(
            parse("a b\n1 2\n").unwrap().notes,
            ["line 1 is taken for a header: \"a\", \"b\""]
        );
        assert!(parse("1 2\n3 4\n").unwrap().notes.is_empty());
        // 0, 1 and one row more: a matrix that begins so, and not a square.
        assert_eq!(numbers("0,1\n1,0\n").0, 2);
        assert_eq!(numbers("0\n1\n").2, [0.0, 1.0]);
    }

    #[test]
    fn an_error_names_line_and_field() {
        for (text, expected) in [
            ("", "is empty"),
            ("# nothing\n", "is empty"),
            ("a,b\n", "has a header and no numbers"),
            ("1,x\n", "line 1, field 2: \"x\" is not a number"),
            ("1,2\n3,two\n", "line 2, field 2: \"two\" is not a number"),
            ("1,2\n3\n", "line 2 has 1 numbers, and line 1 has 2"),
            ("1,,2\n", "line 1, field 2: \"\" is not a number"),
            ("1,5;2,5\n", "line 1: \"1,5\" has a decimal comma"),
            ("x;1,5\n", "line 1: \"1,5\" has a decimal comma"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }
}
