//! NumPy's format for one array (numpy.lib.format, versions 1 to 3).
//!
//! The magic bytes are followed by two bytes of version and the length of a header, which is a Python dictionary with
//! the type of the numbers (`descr`), their order and their shape. The numbers follow.

use super::Array;

/// The first bytes of such a file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The type of the numbers: their size in bytes, and their encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Type {
    kind: u8,
    size: usize,
    big_endian: bool,
}

/// Reads an array of one or two dimensions. A single number is a list of one.
pub(super) fn parse(bytes: &[u8]) -> Result<Array, String> {
    let short = || "ends in the middle of its header: save it again with numpy.save".to_owned();
    let version = *bytes.get(MAGIC.len()).ok_or_else(short)?;
    let rest = bytes.get(MAGIC.len() + 2..).ok_or_else(short)?;
    let (length, rest) = match version {
        1 => {
            let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(short)?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        other => return Err(format!("is of version {other} of .npy: versions 1 to 3 are read")),
    };
    let (header, data) = rest.split_at_checked(length).ok_or_else(short)?;
    let header = String::from_utf8_lossy(header);
    let kind = Type::of(text_of(&header, "descr").ok_or_else(|| no(&header, "descr"))?)?;
    let fortran = value_of(&header, "fortran_order").ok_or_else(|| no(&header, "fortran_order"))?;
    let fortran = fortran.starts_with("True");
    let shape = shape(&header)?;
    let (rows, columns) = match *shape.as_slice() {
        [] => (1, None),
        [rows] => (rows, None),
        [rows, columns] => (rows, Some(columns)),
        _ => {
            let dimensions = shape.len();
            return Err(format!("has {dimensions} dimensions: an array of one or two is read"));
        }
    };
    let count = rows.checked_mul(columns.unwrap_or(1));
    let expected = count.and_then(|count| count.checked_mul(kind.size));
    let (Some(count), true) = (count, expected == Some(data.len())) else {
        let (found, size) = (data.len(), kind.size);
        return Err(format!(
            "has {found} bytes of numbers, not {size} for each number of its shape {shape:?}"
        ));
    };
    if count == 0 {
        return Err("is empty: it has no numbers".to_owned());
    }
    let mut values: Vec<f64> =
        data.chunks_exact(kind.size).map(|bytes| kind.number(bytes)).collect();
    if let (true, Some(columns)) = (fortran, columns) {
        let by_column = std::mem::take(&mut values);
        let at = |i: usize| by_column[i % columns * rows + i / columns];
        values = (0..count).map(at).collect();
    }
    Ok(Array { rows, columns, values, notes: Vec::new() })
}

fn no(header: &str, key: &str) -> String {
    let start: String = header.chars().take(60).filter(|c| !c.is_control()).collect();
    format!("has no {key} in its header ({start}): save it with numpy.save")
}

/// Returns the text after a key of the header.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let start = ['\'', '"'].iter().find_map(|quote| {
        let quoted = format!("{quote}{key}{quote}");
        header.find(&quoted).map(|at| at + quoted.len())
    })?;
    Some(header[start..].trim_start().strip_prefix(':')?.trim_start())
}

/// Returns the text that follows a key.
fn text_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let value = value_of(header, key)?;
    let quote = value.chars().next().filter(|c| ['\'', '"', '['].contains(c))?;
    if quote == '[' {
        return Some("a structure");
    }
    value[1..].split(quote).next()
}

fn shape(header: &str) -> Result<Vec<usize>, String> {
    let value = value_of(header, "shape").ok_or_else(|| no(header, "shape"))?;
    let inside = value.strip_prefix('(').and_then(|value| value.split(')').next());
    let inside = inside.ok_or_else(|| no(header, "shape"))?;
    let numbers = inside.split(',').map(str::trim).filter(|text| !text.is_empty());
    let number = |text: &str| text.trim_end_matches('L').parse::<usize>();
    numbers.map(number).collect::<Result<_, _>>().map_err(|_| no(header, "shape"))
}

impl Type {
    /// Parses a `descr` such as `<f8`.
    fn of(descr: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "has numbers of type {descr:?}: real numbers and integers are read; save it with x.astype(float)"
            )
        };
        let mut letters = descr.bytes();
        let order = letters.next().ok_or_else(refused)?;
        let kind = letters.next().ok_or_else(refused)?;
        if kind == b'O' {
            return Err(
                "holds Python objects, which are not read: save it with x.astype(float)".to_owned()
            );
        }
        let size: usize = descr.get(2..).and_then(|size| size.parse().ok()).ok_or_else(refused)?;
        let known = match kind {
            b'f' => matches!(size, 2 | 4 | 8),
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'b' => size == 1,
            _ => false,
        };
        let ordered = matches!(order, b'<' | b'>' | b'|' | b'=');
        if !known || !ordered {
            return Err(refused());
        }
        Ok(Self { kind, size, big_endian: order == b'>' })
    }

    /// Returns the number encoded by these bytes, as many as the type has.
    fn number(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        for (i, byte) in bytes.iter().enumerate() {
            word[if self.big_endian { self.size - 1 - i } else { i }] = *byte;
        }
        let bits = u64::from_le_bytes(word);
        // Shifting up and down again extends the sign bit.
        let unused = 64 - 8 * self.size as u32;
        match (self.kind, self.size) {
            (b'f', 8) => f64::from_bits(bits),
            (b'f', 4) => f64::from(f32::from_bits(bits as u32)),
            (b'f', _) => half(bits as u16),
            (b'i', _) => ((bits << unused) as i64 >> unused) as f64,
            _ => bits as f64,
        }
    }
}

/// Returns a number of half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a file as numpy.save writes it.
    fn file(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn doubles(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn both_orders_and_all_types_are_read() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let rows = parse(&file("<f8", "False", "(2, 3)", &doubles(&values))).unwrap();
        assert_eq!((rows.rows, rows.columns, rows.values.as_slice()), (2, Some(3), &values[..]));
        let columns = parse(&file("<f8", "True", "(2, 3)", &doubles(&values))).unwrap();
        assert_eq!(columns.into_rows(), [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
        for (descr, data, expected) in [
            (">f8", 0.1_f64.to_be_bytes().to_vec(), 0.1),
            ("<f4", 0.5_f32.to_le_bytes().to_vec(), 0.5),
            (">f4", 0.5_f32.to_be_bytes().to_vec(), 0.5),
            ("<f2", vec![0x00, 0x3c], 1.0),
            ("<f2", vec![0x01, 0x80], -(2f64.powi(-24))),
            ("<i8", (-3_i64).to_le_bytes().to_vec(), -3.0),
            (">i2", (-300_i16).to_be_bytes().to_vec(), -300.0),
            ("|i1", vec![0xff], -1.0),
            ("|u1", vec![0xff], 255.0),
            ("<u4", vec![0xff; 4], 4_294_967_295.0),
            ("|b1", vec![1], 1.0),
        ] {
            let array = parse(&file(descr, "False", "(1,)", &data)).expect(descr);
            assert_eq!((array.columns, array.values), (None, vec![expected]), "{descr}");
        }
        assert_eq!(parse(&file("<f8", "False", "()", &doubles(&[7.0]))).unwrap().values, [7.0]);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_refused() {
        let good = file("<f8", "False", "(2,)", &doubles(&[1.0, 2.0]));
        for length in 0..good.len() {
            let cut = good[..length].to_vec();
            if cut.starts_with(MAGIC) {
                assert!(parse(&cut).is_err(), "{length} bytes");
            }
        }
        for (descr, shape, expected) in [
            ("|O", "(2,)", "holds Python objects"),
            ("<c16", "(1,)", "has numbers of type \"<c16\""),
            ("<U3", "(1,)", "has numbers of type"),
            ("<f8", "(1, 2, 1)", "has 3 dimensions"),
            ("<f8", "(0,)", "has 16 bytes of numbers"),
            ("<f8", "(3,)", "has 16 bytes of numbers, not 8 for each number of its shape [3]"),
            ("<f8", "(18446744073709551615, 2)", "has 16 bytes of numbers"),
            ("<f8", "(-2,)", "has no shape"),
        ] {
            let error = parse(&file(descr, "False", shape, &doubles(&[1.0, 2.0]))).unwrap_err();
            assert!(error.starts_with(expected), "{descr} {shape}: {error}");
        }
    }
}
