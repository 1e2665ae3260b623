//! What the bytes of an array mean: the type of its elements, their size and the order of their bytes.

/// The kind of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Float,
    /// The upper half of a single-precision number.
    Brain,
    Signed,
    Unsigned,
    Bool,
    /// NumPy's `U`: code points of four bytes each, filled up with zeros.
    Unicode,
    /// NumPy's `S`: bytes, filled up with zeros.
    Bytes,
}

/// The type of the elements of an array; each has `size` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) kind: Kind,
    pub(super) size: usize,
    pub(super) big_endian: bool,
}

impl Element {
    /// Whether its elements are text.
    pub(super) fn is_text(self) -> bool {
        matches!(self.kind, Kind::Unicode | Kind::Bytes)
    }

    /// Appends the numbers of whole elements.
    pub(super) fn numbers(self, bytes: &[u8], into: &mut Vec<f64>) {
        macro_rules! words {
            ($type:ty, $number:expr) => {{
                let words = bytes.chunks_exact(size_of::<$type>());
                let number = $number;
                if self.big_endian {
                    into.extend(words.map(|word| number(<$type>::from_be_bytes(array(word)))));
                } else {
                    into.extend(words.map(|word| number(<$type>::from_le_bytes(array(word)))));
                }
            }};
        }
        match (self.kind, self.size) {
            (Kind::Float, 8) => words!(f64, |x| x),
            (Kind::Float, 4) => words!(f32, f64::from),
            (Kind::Float, _) => words!(u16, half),
            (Kind::Brain, _) => {
                words!(u16, |bits| f64::from(f32::from_bits(u32::from(bits) << 16)))
            }
            (Kind::Signed, 8) => words!(i64, |x| x as f64),
            (Kind::Signed, 4) => words!(i32, f64::from),
            (Kind::Signed, 2) => words!(i16, f64::from),
            (Kind::Signed, _) => words!(i8, f64::from),
            (Kind::Unsigned, 8) => words!(u64, |x| x as f64),
            (Kind::Unsigned, 4) => words!(u32, f64::from),
            (Kind::Unsigned, 2) => words!(u16, f64::from),
            (Kind::Unsigned, _) => words!(u8, f64::from),
            (Kind::Bool, _) => words!(u8, |x| f64::from(u8::from(x != 0))),
            (Kind::Unicode | Kind::Bytes, _) => {}
        }
    }

    /// The integer of the bytes of one element of an integer type.
    pub(super) fn integer(self, bytes: &[u8]) -> i128 {
        let mut word = [0; 8];
        if self.big_endian {
            word[..self.size].copy_from_slice(bytes);
            word[..self.size].reverse();
        } else {
            word[..self.size].copy_from_slice(bytes);
        }
        let bits = u64::from_le_bytes(word);
        // Shifted up and down again, the highest bit of the number is that of the sign.
        let unused = 64 - 8 * self.size as u32;
        match self.kind {
            Kind::Signed => i128::from((bits << unused) as i64 >> unused),
            Kind::Bool => i128::from(bits != 0),
            _ => i128::from(bits),
        }
    }

    /// The text of the bytes of one element of a text type.
    pub(super) fn text(self, bytes: &[u8]) -> Result<String, String> {
        let refused = || "has a string that is no Unicode text".to_owned();
        if self.kind == Kind::Bytes {
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
            return String::from_utf8(bytes[..end].to_vec()).map_err(|_| refused());
        }
        let points = bytes.chunks_exact(4).map(|word| match self.big_endian {
            true => u32::from_be_bytes(array(word)),
            false => u32::from_le_bytes(array(word)),
        });
        let text: Option<String> = points.map(char::from_u32).collect();
        Ok(text.ok_or_else(refused)?.trim_end_matches('\0').to_owned())
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("a word of the element's size")
}

/// A number of half precision.
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
