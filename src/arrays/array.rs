//! Numbers in one or two dimensions.

/// Numbers in one or two dimensions, row by row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Array {
    /// How many rows; of a list, how many numbers.
    pub rows: usize,
    /// How many columns; `None` of a list.
    pub columns: Option<usize>,
    /// All numbers.
    pub values: Vec<f64>,
    /// What was noticed and left out, in words.
    pub notes: Vec<String>,
}

impl Array {
    /// The rows of a matrix; of a list, rows of one number.
    #[must_use]
    pub fn into_rows(self) -> Vec<Vec<f64>> {
        self.values.chunks(self.columns.unwrap_or(1).max(1)).map(<[f64]>::to_vec).collect()
    }

    /// The numbers, where they are a list: one dimension, one row, or one column.
    #[must_use]
    pub fn as_list(&self) -> Option<&[f64]> {
        let is_list = self.columns.is_none_or(|columns| columns == 1 || self.rows == 1);
        is_list.then_some(&self.values)
    }
}
