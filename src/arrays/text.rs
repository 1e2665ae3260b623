//! Numbers as text, as written by np.savetxt, pandas, R, MATLAB and spreadsheets.

use task::range::{number, quote};

use super::Array;

/// The separator between two numbers of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    Semicolon,
    Tab,
    Comma,
    Spaces,
}

impl Separator {
    /// Returns the first of these separators that a line contains.
    fn of(line: &str) -> Self {
        [(';', Self::Semicolon), ('\t', Self::Tab), (',', Self::Comma)]
            .into_iter()
            .find_map(|(mark, separator)| line.contains(mark).then_some(separator))
            .unwrap_or(Self::Spaces)
    }

    /// Returns the fields of a line, without surrounding spaces and quotation marks.
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

/// Parses a number: a decimal, or a fraction such as 8/255.
fn value(field: &str) -> Option<f64> {
    // Rust's own parser is faster, and accepts what NumPy writes: nan, inf and subnormal numbers.
    field.parse().ok().or_else(|| number(field).ok())
}

/// The fields of a line that is not empty, and its number in the file.
type Record<'a> = (usize, Vec<&'a str>);

/// Parses numbers, one line per row. Lines that begin with # or % are comments; a first line of names is left out,
/// and so is the index that pandas and R write.
pub(super) fn parse(text: &str) -> Result<Array, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map(str::trim).enumerate().map(|(i, line)| (i + 1, line));
    let mut lines = lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with('%'))
        .peekable();
    let Some((_, first)) = lines.peek() else {
        return Err("is empty: write numbers, separated by commas".to_owned());
    };
    let separator = Separator::of(first);
    let mut records: Vec<Record<'_>> =
        lines.map(|(number, line)| (number, separator.fields(line))).collect();
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

/// Returns the first record, shortened, if it is a header: only names, or the numbers 0, 1, 2 … that pandas gives to
/// columns without names, if an index stands before them or a square of numbers follows.
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

/// Fails on `1,5` for one and a half, which would otherwise be read as two numbers.
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
        // 0, 1 and one row more: a matrix that begins with these numbers, and not a square.
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
