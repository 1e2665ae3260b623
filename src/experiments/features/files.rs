//! The fitted task as files that `nd` reads.

use std::borrow::Cow;

use task::Norm;
use theory::fit::Fitted;

/// The file of the task.
pub(super) const TASK_FILE: &str = "task.toml";
/// Its mean and covariance, where they have too many numbers to be read by people.
const MEAN_FILE: &str = "task_mean.npy";
const COVARIANCE_FILE: &str = "task_covariance.npy";
/// Up to this many dimensions all numbers are in the one file.
const MAX_WRITTEN: usize = 50;

/// The files of a task.
pub(super) struct TaskFiles(Vec<(&'static str, Vec<u8>)>);

impl TaskFiles {
    /// Those of a fitted task.
    pub(super) fn of(fitted: &Fitted, title: &str, norm: Norm) -> Self {
        let d = fitted.mean().len();
        let norm = if norm == Norm::MAX { "\"inf\"".to_owned() } else { format!("{:?}", norm.p()) };
        let (mean, covariance, mut files) = if d <= MAX_WRITTEN {
            let rows: Vec<String> =
                fitted.covariance().chunks(d).map(|row| format!("  {},\n", list(row))).collect();
            (list(fitted.mean()), format!("[\n{}]", rows.concat()), Vec::new())
        } else {
            let files = vec![
                (MEAN_FILE, npy(&[d], fitted.mean())),
                (COVARIANCE_FILE, npy(&[d, d], fitted.covariance())),
            ];
            (format!("{MEAN_FILE:?}"), format!("{COVARIANCE_FILE:?}"), files)
        };
        // What is left to escape in a title without control characters is the same in JSON and TOML.
        let title = serde_json::Value::from(title.replace(char::is_control, " "));
        let text = format!(
            "title = {title}\n[task]\nmean = {mean}\ncovariance = {covariance}\nprior = 0.5\n[defense]\nshift = 0.0\n\
             covariance = 1.0\n[adversary]\nnorm = {norm}\n"
        );
        files.insert(0, (TASK_FILE, text.into_bytes()));
        Self(files)
    }

    /// Their names and contents.
    pub(super) fn all(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        self.0.iter().map(|(name, content)| (*name, Cow::Borrowed(content.as_slice()))).collect()
    }
}

fn list(numbers: &[f64]) -> String {
    let texts: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    format!("[{}]", texts.join(", "))
}

/// Numbers as numpy.save writes them, version 1 of its format.
fn npy(shape: &[usize], values: &[f64]) -> Vec<u8> {
    let shape: Vec<String> = shape.iter().map(|n| format!("{n},")).collect();
    let mut header =
        format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}), }}", shape.join(" "));
    // The numbers begin at a multiple of 64 bytes; the last byte before them is a line end.
    let before = 10 + header.len() + 1;
    header.extend(std::iter::repeat_n(' ', before.next_multiple_of(64) - before));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}
