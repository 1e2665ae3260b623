//! Safetensors: eight bytes of length, a header in JSON with the type, the shape and the place of each tensor, and
//! their numbers, row by row and little-endian.

use std::ops::Range;

use rawzip::ReaderAt;
use serde::Deserialize;

use super::element::{Element, Kind};

/// The longest header that the format allows.
const LONGEST: u64 = 100_000_000;

/// A tensor: its name, what it holds and where that is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tensor {
    pub(super) name: String,
    /// `None` of a type that is not read, which is named.
    pub(super) element: Result<Element, String>,
    pub(super) shape: Vec<usize>,
    pub(super) place: Range<u64>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

/// Whether a file begins as one of these does.
pub(super) fn begins(start: &[u8]) -> bool {
    matches!(start, [_, _, _, _, _, _, 0, 0, b'{', ..])
}

/// Reads the header of a file of this size.
pub(super) fn tensors(source: &impl ReaderAt, size: u64) -> Result<Vec<Tensor>, String> {
    let mut length = [0; 8];
    source.read_exact_at(&mut length, 0).map_err(|error| super::stream::unreadable(&error))?;
    let length = u64::from_le_bytes(length);
    let rest = size.saturating_sub(8);
    if length > rest || length > LONGEST {
        return Err(format!(
            "has a header of {length} bytes, more than a file of {size} bytes holds: save it again"
        ));
    }
    let mut header = vec![0; length as usize];
    source.read_exact_at(&mut header, 8).map_err(|error| super::stream::unreadable(&error))?;
    let wrong = |error: serde_json::Error| {
        format!("has a header that is none of safetensors ({error})").replace('\n', " ")
    };
    let entries: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&header).map_err(wrong)?;
    let mut tensors = Vec::new();
    for (name, value) in entries.into_iter().filter(|(name, _)| name != "__metadata__") {
        let Entry { dtype, shape, data_offsets: (start, end) } =
            serde_json::from_value(value).map_err(wrong)?;
        if start > end || end > rest - length {
            let start: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(format!(
                "ends before its tensor {start:?} does, or lies about its place: save it again"
            ));
        }
        let place = 8 + length + start..8 + length + end;
        tensors.push(Tensor { name, element: element(&dtype), shape, place });
    }
    if tensors.is_empty() {
        return Err("has no tensors".to_owned());
    }
    Ok(tensors)
}

fn element(dtype: &str) -> Result<Element, String> {
    let (kind, size) = match dtype {
        "F64" => (Kind::Float, 8),
        "F32" => (Kind::Float, 4),
        "F16" => (Kind::Float, 2),
        "BF16" => (Kind::Brain, 2),
        "I64" => (Kind::Signed, 8),
        "I32" => (Kind::Signed, 4),
        "I16" => (Kind::Signed, 2),
        "I8" => (Kind::Signed, 1),
        "U64" => (Kind::Unsigned, 8),
        "U32" => (Kind::Unsigned, 4),
        "U16" => (Kind::Unsigned, 2),
        "U8" => (Kind::Unsigned, 1),
        "BOOL" => (Kind::Bool, 1),
        other => {
            let shown: String = other.chars().filter(|c| !c.is_control()).take(20).collect();
            return Err(format!("has numbers of type {shown:?}: save it as F32 or as integers"));
        }
    };
    Ok(Element { kind, size, big_endian: false })
}
