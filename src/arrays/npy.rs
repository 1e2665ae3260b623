//! NumPy's format for one array (numpy.lib.format, versions 1 to 3).
//!
//! After the magic bytes stand two bytes of version and the length of a header, which is a Python dictionary with the
//! type of the elements (`descr`), their order and their shape. The elements follow.

use std::io::Read;

use super::element::{Element, Kind};
use super::stream::{Stream, unreadable};

/// What such a file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read. NumPy's own are of some hundred bytes; long ones describe structures.
const LONGEST: u64 = 1 << 16;

/// Begins to read an array from so many bytes, of which `stored` are in the file.
pub(super) fn stream<'a>(
    mut data: Box<dyn Read + 'a>,
    size: u64,
    stored: u64,
) -> Result<Stream<'a>, String> {
    let mut start = [0; 12];
    let mut take = |bytes: &mut [u8]| {
        data.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                "ends in the middle of its header: save it again with numpy.save".to_owned()
            }
            _ => unreadable(&error),
        })
    };
    take(&mut start[..8])?;
    if !start.starts_with(MAGIC) {
        return Err("is no array of numpy.save".to_owned());
    }
    let (length, before) = match start[6] {
        1 => {
            take(&mut start[8..10])?;
            (u64::from(u16::from_le_bytes([start[8], start[9]])), 10)
        }
        2 | 3 => {
            take(&mut start[8..12])?;
            let length = start[8..12].try_into().expect("four bytes");
            (u64::from(u32::from_le_bytes(length)), 12)
        }
        other => return Err(format!("is of version {other} of .npy: versions 1 to 3 are read")),
    };
    if length > LONGEST {
        return Err(format!("has a header of {length} bytes: headers up to {LONGEST} are read"));
    }
    let mut header = vec![0; length as usize];
    take(&mut header)?;
    let header = String::from_utf8_lossy(&header);
    let element = element(text_of(&header, "descr").ok_or_else(|| no(&header, "descr"))?)?;
    let by_column =
        value_of(&header, "fortran_order").ok_or_else(|| no(&header, "fortran_order"))?;
    let by_column = by_column.starts_with("True");
    let shape = shape(&header)?;
    let bytes = size.saturating_sub(before + length);
    Ok(Stream { element, shape, by_column, data, bytes, stored })
}

fn no(header: &str, key: &str) -> String {
    let start: String = header.chars().take(60).filter(|c| !c.is_control()).collect();
    format!("has no {key} in its header ({start}): save it with numpy.save")
}

/// What follows a key of the header.
fn value_of<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let start = ['\'', '"'].iter().find_map(|quote| {
        let quoted = format!("{quote}{key}{quote}");
        header.find(&quoted).map(|at| at + quoted.len())
    })?;
    Some(header[start..].trim_start().strip_prefix(':')?.trim_start())
}

/// The text that follows a key.
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

/// The type of a `descr` such as `<f8`.
fn element(descr: &str) -> Result<Element, String> {
    let refused = || {
        let shown: String = descr.chars().filter(|c| !c.is_control()).take(40).collect();
        format!(
            "has elements of type {shown:?}: real numbers, integers and strings are read; save it with x.astype(float)"
        )
    };
    let mut letters = descr.bytes();
    let order = letters.next().ok_or_else(refused)?;
    let letter = letters.next().ok_or_else(refused)?;
    if letter == b'O' {
        return Err("holds Python objects, which are not read: save it with x.astype(float), or \
                    labels with y.astype(str)"
            .to_owned());
    }
    let size: usize = descr.get(2..).and_then(|size| size.parse().ok()).ok_or_else(refused)?;
    let (kind, size) = match (letter, size) {
        (b'f', 2 | 4 | 8) => (Kind::Float, size),
        (b'i', 1 | 2 | 4 | 8) => (Kind::Signed, size),
        (b'u', 1 | 2 | 4 | 8) => (Kind::Unsigned, size),
        (b'b', 1) => (Kind::Bool, size),
        (b'U', 1..) => (Kind::Unicode, size.checked_mul(4).ok_or_else(refused)?),
        (b'S', 1..) => (Kind::Bytes, size),
        _ => return Err(refused()),
    };
    if !matches!(order, b'<' | b'>' | b'|' | b'=') {
        return Err(refused());
    }
    Ok(Element { kind, size, big_endian: order == b'>' })
}

#[cfg(test)]
mod tests {
    use crate::arrays::parse;

    use super::*;

    /// A file as numpy.save writes it.
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
            ("<c16", "(1,)", "has elements of type \"<c16\""),
            ("<U3", "(1,)", "has text: numbers are read"),
            ("<U0", "(1,)", "has elements of type \"<U0\""),
            ("<U18446744073709551615", "(1,)", "has elements of type"),
            ("|S16", "(2,)", "has text"),
            ("<f8", "(1, 2, 1)", "has 3 dimensions"),
            ("<f8", "(0,)", "has 16 bytes of numbers"),
            ("<f8", "(3,)", "has 16 bytes of numbers, not 8 for each element of its shape [3]"),
            ("<f8", "(18446744073709551615, 2)", "has 16 bytes of numbers"),
            ("<f8", "(-2,)", "has no shape"),
        ] {
            let error = parse(&file(descr, "False", shape, &doubles(&[1.0, 2.0]))).unwrap_err();
            assert!(error.starts_with(expected), "{descr} {shape}: {error}");
        }
    }
}
