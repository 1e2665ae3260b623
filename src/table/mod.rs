//! Tables: columns with a name and a description, and rows of cells, for any question.
//!
//! Everything that is written, printed or drawn is a [`Table`]: [`csv`](mod@csv) reads and writes it as a file,
//! [`format`](mod@format) prints it in every format by its [`schema`], and charts look up its columns by name.

pub mod column;
pub mod csv;
pub mod format;
pub(crate) mod labels;
pub mod schema;
pub mod text;

use std::fmt;

pub use column::{Column, ColumnKind, Columnar};

/// One entry of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A value that does not apply, or is not known.
    Empty,
    /// A number.
    Number(f64),
    /// A count.
    Count(u64),
    /// A truth value.
    Truth(bool),
    /// A word.
    Word(String),
}

/// The entries of one column, of any kind.
#[derive(Debug, Clone)]
enum Data {
    /// Numbers, NaN where empty.
    Numbers(Vec<f64>),
    Counts(Vec<Option<u64>>),
    Truths(Vec<Option<bool>>),
    /// Indices into the list of distinct words, beyond its end where empty.
    Words(Vec<u32>, Vec<String>),
}

const NO_WORD: u32 = u32::MAX;

/// The entries of one column, as they are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Values<'a> {
    /// NaN where empty.
    Numbers(&'a [f64]),
    /// Counts.
    Counts(&'a [Option<u64>]),
    /// Truths.
    Truths(&'a [Option<bool>]),
    /// Places in a list of different words; beyond its end where empty.
    Words(&'a [u32], &'a [String]),
}

impl Data {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Number | ColumnKind::Whole => Self::Numbers(Vec::new()),
            ColumnKind::Count => Self::Counts(Vec::new()),
            ColumnKind::Truth => Self::Truths(Vec::new()),
            ColumnKind::Word => Self::Words(Vec::new(), Vec::new()),
        }
    }

    /// Appends a cell; one of another kind than the column's counts as empty.
    fn push(&mut self, cell: Cell) {
        match (self, cell) {
            (Self::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Self::Numbers(numbers), Cell::Count(count)) => numbers.push(count as f64),
            (Self::Numbers(numbers), _) => numbers.push(f64::NAN),
            (Self::Counts(counts), Cell::Count(count)) => counts.push(Some(count)),
            (Self::Counts(counts), _) => counts.push(None),
            (Self::Truths(truths), Cell::Truth(truth)) => truths.push(Some(truth)),
            (Self::Truths(truths), _) => truths.push(None),
            (Self::Words(places, words), Cell::Word(word)) => {
                // The last words are the most likely ones.
                let known = words.iter().rposition(|known| *known == word);
                let place = known.unwrap_or_else(|| {
                    words.push(word);
                    words.len() - 1
                });
                places.push(place as u32);
            }
            (Self::Words(places, _), _) => places.push(NO_WORD),
        }
    }

    fn cell(&self, row: usize) -> Cell {
        match self {
            Self::Numbers(numbers) if numbers[row].is_nan() => Cell::Empty,
            Self::Numbers(numbers) => Cell::Number(numbers[row]),
            Self::Counts(counts) => counts[row].map_or(Cell::Empty, Cell::Count),
            Self::Truths(truths) => truths[row].map_or(Cell::Empty, Cell::Truth),
            Self::Words(..) => self.word(row).map_or(Cell::Empty, |w| Cell::Word(w.to_owned())),
        }
    }

    fn word(&self, row: usize) -> Option<&str> {
        let Self::Words(places, words) = self else { return None };
        words.get(places[row] as usize).map(String::as_str)
    }
}

/// Rows under named columns.
#[derive(Debug, Clone)]
pub struct Table {
    /// The name of its file, without the extension.
    pub name: String,
    columns: Vec<Column>,
    data: Vec<Data>,
    rows: usize,
}

/// Tables are equal if their columns and entries are; empty entries are equal.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        let names = |table: &Self| table.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        self.rows == other.rows
            && names(self) == names(other)
            && self.iter().zip(other.iter()).all(|(a, b)| a.cells().eq(b.cells()))
    }
}

impl Table {
    /// Creates a table without rows.
    #[must_use]
    pub fn new(name: impl Into<String>, columns: Vec<Column>) -> Self {
        let data = columns.iter().map(|column| Data::new(column.kind)).collect();
        Self { name: name.into(), columns, data, rows: 0 }
    }

    /// Creates the table of rows that know their columns.
    #[must_use]
    pub fn of<R: Columnar>(name: impl Into<String>, rows: impl IntoIterator<Item = R>) -> Self {
        let mut table = Self::new(name, R::columns());
        rows.into_iter().for_each(|row| table.push(row.cells()));
        table
    }

    /// Returns the same table with another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Adds a row with a cell for each column; missing cells are empty.
    pub fn push(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut cells = cells.into_iter();
        for data in &mut self.data {
            data.push(cells.next().unwrap_or(Cell::Empty));
        }
        self.rows += 1;
    }

    /// Returns the columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Iterates over the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> + DoubleEndedIterator + Clone {
        (0..self.rows).map(move |index| Row { table: self, index })
    }

    /// Returns a row, from 0.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        (index < self.rows).then_some(Row { table: self, index })
    }

    /// Returns whether the table has a column with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Returns the table of the rows for which `keep` is true.
    #[must_use]
    pub fn filtered(&self, keep: impl Fn(&Row<'_>) -> bool) -> Self {
        let mut kept = Self::new(self.name.clone(), self.columns.clone());
        self.iter().filter(keep).for_each(|row| kept.push(row.cells()));
        kept
    }

    /// Adds the rows of another table with the same columns.
    pub fn extend(&mut self, other: &Self) {
        other.iter().for_each(|row| self.push(row.cells()));
    }

    /// Writes one truth value into each row, in the column with this name.
    pub fn set_truths(&mut self, name: &str, truths: impl IntoIterator<Item = Option<bool>>) {
        if let Some(place) = self.place(name) {
            self.data[place] = Data::Truths(truths.into_iter().collect());
        }
    }

    /// The entries of the column of this name.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<Values<'_>> {
        Some(match &self.data[self.place(name)?] {
            Data::Numbers(numbers) => Values::Numbers(numbers),
            Data::Counts(counts) => Values::Counts(counts),
            Data::Truths(truths) => Values::Truths(truths),
            Data::Words(places, words) => Values::Words(places, words),
        })
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

/// One row of a table. Columns that the table does not have are empty.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    index: usize,
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.table.columns.iter().map(|column| &column.name);
        f.debug_map().entries(columns.zip(self.cells())).finish()
    }
}

impl<'a> Row<'a> {
    /// Returns the table of the row.
    #[must_use]
    pub fn table(&self) -> &'a Table {
        self.table
    }

    /// Returns a number; NaN if it is empty.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        self.maybe(name).unwrap_or(f64::NAN)
    }

    /// Returns a number, if there is one.
    #[must_use]
    pub fn maybe(&self, name: &str) -> Option<f64> {
        match &self.table.data[self.table.place(name)?] {
            Data::Numbers(numbers) => Some(numbers[self.index]).filter(|number| !number.is_nan()),
            Data::Counts(counts) => counts[self.index].map(|count| count as f64),
            _ => None,
        }
    }

    /// Returns a count, if there is one.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        match &self.table.data[self.table.place(name)?] {
            Data::Counts(counts) => counts[self.index],
            _ => None,
        }
    }

    /// Returns a truth value, if there is one.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        match &self.table.data[self.table.place(name)?] {
            Data::Truths(truths) => truths[self.index],
            _ => None,
        }
    }

    /// Returns a word; an empty text if there is none.
    #[must_use]
    pub fn word(&self, name: &str) -> &'a str {
        let place = self.table.place(name);
        place.and_then(|place| self.table.data[place].word(self.index)).unwrap_or("")
    }

    /// Returns all entries, in the order of the columns.
    pub fn cells(self) -> impl Iterator<Item = Cell> + 'a {
        self.table.data.iter().map(move |data| data.cell(self.index))
    }
}
