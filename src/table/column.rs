//! Columns, and structs whose fields are columns.

use std::borrow::Cow;

use task::spec::Parse;
use task::{Claim, DrawProtocol, Metric, Norm, Votes};

use super::Cell;

/// The kind of values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers, written in the shortest form that reads back exactly.
    Number,
    /// Whole numbers, or `inf`, written without a point.
    Whole,
    /// Counts.
    Count,
    /// `true` or `false`.
    Truth,
    /// Words.
    Word,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name in files.
    pub name: Cow<'static, str>,
    /// The kind of values.
    pub kind: ColumnKind,
    /// The description, in a sentence: with the unit, and for a share the denominator.
    pub about: Cow<'static, str>,
    /// The smallest and the largest allowed number.
    pub bounds: [f64; 2],
    /// Whether a cell may be empty.
    pub optional: bool,
    /// Checks a word, and returns what would be right if it is not allowed.
    pub check: Check,
}

/// A check of a word, whose error says what is wrong.
pub type Check = fn(&str) -> Result<(), String>;

impl Column {
    /// Creates a column that allows any number.
    #[must_use]
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        kind: ColumnKind,
        about: impl Into<Cow<'static, str>>,
    ) -> Self {
        let bounds = [f64::NEG_INFINITY, f64::INFINITY];
        let check: Check = |_| Ok(());
        Self { name: name.into(), kind, about: about.into(), bounds, optional: true, check }
    }

    /// Returns the same column without empty cells.
    #[must_use]
    pub fn required(self) -> Self {
        Self { optional: false, ..self }
    }

    /// Creates the column of a share, from 0 to 1.
    #[must_use]
    pub fn share(name: impl Into<Cow<'static, str>>, about: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, ColumnKind::Number, about).within([0.0, 1.0])
    }

    /// Returns the same column with these bounds.
    #[must_use]
    pub fn within(self, bounds: [f64; 2]) -> Self {
        Self { bounds, ..self }
    }
}

/// A row that knows its columns; implemented by [`columns!`](crate::columns).
pub trait Columnar {
    /// Returns the columns.
    fn columns() -> Vec<Column>;

    /// Returns the cells, in the same order.
    fn cells(self) -> Vec<Cell>;
}

/// A value of a field: the kind of its column, and its cell.
pub trait Field {
    /// The kind of its column.
    const KIND: ColumnKind;
    /// Whether its cell may be empty.
    const OPTIONAL: bool = false;

    /// Checks a word that is to be read as such a value; the error says what is wrong.
    fn check(word: &str) -> Result<(), String> {
        let _ = word;
        Ok(())
    }

    /// Returns the cell.
    fn cell(self) -> Cell;
}

impl Field for f64 {
    const KIND: ColumnKind = ColumnKind::Number;

    fn cell(self) -> Cell {
        Cell::Number(self)
    }
}

impl Field for u64 {
    const KIND: ColumnKind = ColumnKind::Count;

    fn cell(self) -> Cell {
        Cell::Count(self)
    }
}

impl Field for u32 {
    const KIND: ColumnKind = ColumnKind::Count;

    fn cell(self) -> Cell {
        Cell::Count(self.into())
    }
}

impl Field for usize {
    const KIND: ColumnKind = ColumnKind::Count;

    fn cell(self) -> Cell {
        Cell::Count(self as u64)
    }
}

impl Field for bool {
    const KIND: ColumnKind = ColumnKind::Truth;

    fn cell(self) -> Cell {
        Cell::Truth(self)
    }
}

impl Field for &str {
    const KIND: ColumnKind = ColumnKind::Word;

    fn cell(self) -> Cell {
        Cell::Word(self.to_owned())
    }
}

impl Field for String {
    const KIND: ColumnKind = ColumnKind::Word;

    fn cell(self) -> Cell {
        Cell::Word(self)
    }
}

/// The numbers −1 and 1.
impl Field for i8 {
    const KIND: ColumnKind = ColumnKind::Whole;

    fn cell(self) -> Cell {
        Cell::Number(self.into())
    }
}

impl Field for Votes {
    const KIND: ColumnKind = ColumnKind::Whole;

    fn cell(self) -> Cell {
        Cell::Number(self.number())
    }
}

impl Field for Norm {
    const KIND: ColumnKind = ColumnKind::Number;

    fn cell(self) -> Cell {
        Cell::Number(self.p())
    }
}

impl Field for DrawProtocol {
    const KIND: ColumnKind = ColumnKind::Word;

    fn check(word: &str) -> Result<(), String> {
        <Self as Parse>::parse(word).map(|_| ())
    }

    fn cell(self) -> Cell {
        Cell::Word(self.to_string())
    }
}

/// Implements [`Field`] for a [`Word`].
macro_rules! word_field {
    ($($word:ty),*) => {$(
        impl $crate::table::column::Field for $word {
            const KIND: $crate::table::ColumnKind = $crate::table::ColumnKind::Word;

            fn check(word: &str) -> Result<(), String> {
                <Self as task::spec::Word>::of(word).map(|_| ())
            }

            fn cell(self) -> $crate::table::Cell {
                $crate::table::Cell::Word(task::spec::Word::word(self).to_owned())
            }
        }
    )*};
}

pub(crate) use word_field;

word_field!(Claim, Metric);

impl<T: Field> Field for Option<T> {
    const KIND: ColumnKind = T::KIND;
    const OPTIONAL: bool = true;

    fn check(word: &str) -> Result<(), String> {
        T::check(word)
    }

    fn cell(self) -> Cell {
        self.map_or(Cell::Empty, T::cell)
    }
}

/// Declares a struct whose fields are columns: the documentation of a field is the description of its column.
#[macro_export]
macro_rules! columns {
    (
        $(#[$doc:meta])*
        $vis:vis struct $name:ident {
            $($(#[doc = $about:literal])+ $field:ident: $type:ty $([$low:expr, $high:expr])?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[allow(unreachable_pub)] // the module of the rows may be private
        $vis struct $name {
            $($(#[doc = $about])+ pub $field: $type,)*
        }

        impl $crate::table::Columnar for $name {
            fn columns() -> Vec<$crate::table::Column> {
                vec![$({
                    let about = concat!($($about),+).trim_start();
                    use $crate::table::column::Field;
                    let kind = <$type as Field>::KIND;
                    let column = $crate::table::Column::new(stringify!($field), kind, about);
                    $crate::table::Column {
                        optional: <$type as Field>::OPTIONAL,
                        check: <$type as Field>::check,
                        ..column
                    }
                    $(.within([$low, $high]))?
                },)*]
            }

            fn cells(self) -> Vec<$crate::table::Cell> {
                vec![$($crate::table::column::Field::cell(self.$field),)*]
            }
        }
    };
}
