//! Labels: the classes that integers or strings name.

use std::collections::HashMap;
use std::sync::Mutex;

use super::element::{Element, Kind};
use super::stream::{Stream, by_row};

/// The names of classes, in the order in which they were first met. An integer is named as it is written, so that the
/// label 3 of one array is that of another one, whatever type each has.
#[derive(Debug, Default)]
pub struct Classes(Mutex<Register>);

#[derive(Debug, Default)]
struct Register {
    names: Vec<String>,
    codes: HashMap<String, u16>,
}

/// How many classes there may be.
const MOST: usize = u16::MAX as usize;

impl Classes {
    /// The place of a class among all, which it gets when it is first met.
    pub fn code(&self, name: &str) -> Result<u16, String> {
        let mut register = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(code) = register.codes.get(name) {
            return Ok(*code);
        }
        if register.names.len() == MOST {
            return Err(format!("has more than {MOST} different values: labels have fewer"));
        }
        let code = register.names.len() as u16;
        register.names.push(name.to_owned());
        register.codes.insert(name.to_owned(), code);
        Ok(code)
    }

    /// All names, by their codes.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).names.clone()
    }
}

/// The classes of labels or predictions in one or two dimensions, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// How many rows; of a list, how many labels.
    pub rows: usize,
    /// How many columns; `None` of a list.
    pub columns: Option<usize>,
    /// The place of each label among the [`Classes`].
    pub codes: Vec<u16>,
    /// What was noticed and left out, in words.
    pub notes: Vec<String>,
}

impl Labels {
    /// The labels, where they are a list: one dimension, one row, or one column.
    #[must_use]
    pub fn as_list(&self) -> Option<&[u16]> {
        let is_list = self.columns.is_none_or(|columns| columns == 1 || self.rows == 1);
        is_list.then_some(&self.codes)
    }
}

/// Reads labels.
pub(super) fn read(stream: Stream<'_>, classes: &Classes) -> Result<Labels, String> {
    let extent = stream.extent()?;
    let (element, by_column, expected) = (stream.element, stream.by_column, stream.expected());
    let mut codes = Vec::with_capacity(expected);
    let mut known = Known::new(element, classes);
    stream.pieces(|bytes| known.codes(bytes, &mut codes))?;
    if by_column && extent.columns.is_some() {
        codes = by_row(&codes, extent);
    }
    Ok(Labels { rows: extent.rows, columns: extent.columns, codes, notes: Vec::new() })
}

/// Integers with a place of their own in a table.
const SMALL: std::ops::Range<i128> = -256..1 << 16;

/// No class has this code.
const NONE: u16 = u16::MAX;

/// The codes that are known already, by what stands in the array.
struct Known<'a> {
    element: Element,
    classes: &'a Classes,
    small: Vec<u16>,
    large: HashMap<i128, u16>,
    texts: HashMap<Vec<u8>, u16>,
    numbers: Vec<f64>,
}

impl<'a> Known<'a> {
    fn new(element: Element, classes: &'a Classes) -> Self {
        let small = vec![NONE; (SMALL.end - SMALL.start) as usize];
        let (large, texts, numbers) = (HashMap::new(), HashMap::new(), Vec::new());
        Self { element, classes, small, large, texts, numbers }
    }

    /// Appends the codes of whole elements.
    fn codes(&mut self, bytes: &[u8], into: &mut Vec<u16>) -> Result<(), String> {
        macro_rules! words {
            ($type:ty) => {{
                let big_endian = self.element.big_endian;
                for word in bytes.chunks_exact(size_of::<$type>()) {
                    let word = word.try_into().expect("a word of this size");
                    let value = match big_endian {
                        true => <$type>::from_be_bytes(word),
                        false => <$type>::from_le_bytes(word),
                    };
                    let at = i128::from(value) - SMALL.start;
                    // Nearly all labels are small and known.
                    let code = match usize::try_from(at).ok().and_then(|at| self.small.get(at)) {
                        Some(code) if *code != NONE => *code,
                        _ => self.integer(i128::from(value))?,
                    };
                    into.push(code);
                }
            }};
        }
        match (self.element.kind, self.element.size) {
            (Kind::Unicode | Kind::Bytes, size) => {
                for element in bytes.chunks_exact(size) {
                    into.push(self.text(element)?);
                }
            }
            (Kind::Float | Kind::Brain, _) => {
                let mut numbers = std::mem::take(&mut self.numbers);
                numbers.clear();
                self.element.numbers(bytes, &mut numbers);
                for number in &numbers {
                    into.push(self.number(*number)?);
                }
                self.numbers = numbers;
            }
            (Kind::Signed, 8) => words!(i64),
            (Kind::Signed, 4) => words!(i32),
            (Kind::Unsigned, 1) => {
                let at = |byte: &u8| (i128::from(*byte) - SMALL.start) as usize;
                // Made known first, so that all that is left is to look them up.
                for byte in bytes {
                    if self.small[at(byte)] == NONE {
                        self.integer(i128::from(*byte))?;
                    }
                }
                into.extend(bytes.iter().map(|byte| self.small[at(byte)]));
            }
            (_, size) => {
                for element in bytes.chunks_exact(size) {
                    into.push(self.integer(self.element.integer(element))?);
                }
            }
        }
        Ok(())
    }

    fn integer(&mut self, value: i128) -> Result<u16, String> {
        if SMALL.contains(&value) {
            let known = &mut self.small[(value - SMALL.start) as usize];
            if *known == NONE {
                *known = self.classes.code(&value.to_string())?;
            }
            return Ok(*known);
        }
        if let Some(code) = self.large.get(&value) {
            return Ok(*code);
        }
        let code = self.classes.code(&value.to_string())?;
        self.large.insert(value, code);
        Ok(code)
    }

    fn number(&mut self, number: f64) -> Result<u16, String> {
        // Up to here every integer is a number of its own.
        if number.fract() != 0.0 || number.abs() > 2f64.powi(53) || number.is_nan() {
            return Err(format!("has {number}, which is no label: save integers or strings"));
        }
        self.integer(number as i128)
    }

    fn text(&mut self, bytes: &[u8]) -> Result<u16, String> {
        if let Some(code) = self.texts.get(bytes) {
            return Ok(*code);
        }
        let code = self.classes.code(&self.element.text(bytes)?)?;
        self.texts.insert(bytes.to_vec(), code);
        Ok(code)
    }
}
