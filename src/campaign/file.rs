//! The counts as a file: JSON with a checksum over all of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::batches::{Batches, Shard};
use super::crc64::crc64;
use super::looks::Precision;
use super::subject::Subject;
use super::{Campaign, drawn};
use crate::nd::grid::NdGrid;
use crate::sweep::Grid;
use engine::VotesBy;
use engine::counts::{Counts, MarginCounts};
use engine::stream::STREAM_VERSION;

/// The file's name in its folder: see [`Campaign::load`].
pub const COUNTS_FILE: &str = "counts.json";

/// What this program writes and reads.
const FORMAT: u64 = 1;

/// What can be wrong with a counts file. Each message is one line that names it.
#[derive(Debug, thiserror::Error)]
pub enum CountsError {
    /// There is none.
    #[error("{} has no {COUNTS_FILE}: name a folder that simulate -o, sweep, nd -o or merge wrote", .0.display())]
    Missing(PathBuf),
    /// It cannot be read.
    #[error("{} cannot be read ({cause})", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// It is not as it was written.
    #[error("{} is damaged ({reason}) and was left as it is: use a whole copy, or begin again with --force", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What shows it.
        reason: String,
    },
    /// It is of another kind of question.
    #[error("{} is of a run of gauss-sim {found}, not of {expected}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// The verbs that draw it.
        found: &'static str,
        /// Those that were asked to.
        expected: &'static str,
    },
    /// Another version of the program wrote it.
    #[error("{} has {what} {found}, this program {expected}: use the version of gauss-sim that wrote it", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: &'static str,
        /// What the file has.
        found: u64,
        /// What would be right.
        expected: u64,
    },
}

/// All but the counts and the checksum, in the order of the file.
#[derive(Serialize, Deserialize)]
struct Header<A> {
    format: u64,
    version: String,
    stream_version: u16,
    batch: u64,
    seed: u64,
    samples: u64,
    votes_by: VotesBy,
    question: A,
    shard: Option<Shard>,
    confidence: f64,
    alpha: f64,
    precision: Option<Precision>,
    reached: Option<u32>,
    seconds: f64,
    batches: Batches,
    drawn: u64,
}

#[derive(Deserialize)]
struct Whole<A> {
    #[serde(flatten)]
    header: Header<A>,
    margins: Vec<MarginCounts>,
}

/// What every format of the file has.
#[derive(Deserialize)]
struct AnyFormat {
    format: u64,
}

/// What tells the kinds of questions apart.
#[derive(Deserialize)]
struct AnyQuestion {
    question: AnyTask,
}

/// A question in d dimensions has a task of its own.
#[derive(Deserialize)]
struct AnyTask {
    task: Option<serde::de::IgnoredAny>,
}

/// The verbs that draw the run of this file, as far as it can be read.
fn verbs(bytes: &[u8]) -> Option<&'static str> {
    let any: AnyQuestion = serde_json::from_slice(bytes).ok()?;
    Some(if any.question.task.is_some() { NdGrid::VERBS } else { Grid::VERBS })
}

/// Whether the counts of a folder are of d dimensions; `false` where they cannot be read.
#[must_use]
pub(crate) fn is_nd(folder: &Path) -> bool {
    let bytes = fs::read(folder.join(COUNTS_FILE)).unwrap_or_default();
    verbs(&bytes) == Some(NdGrid::VERBS)
}

/// Between the part that the checksum covers and the checksum.
const SEAL: &str = ",\n  \"checksum\": \"crc64-xz:";
/// After the checksum.
const END: &str = "\"\n}\n";

/// The file's text: its members but for the last, and the checksum over them.
#[must_use]
pub fn seal(body: &str) -> String {
    format!("{body}{SEAL}{:016x}{END}", crc64(body.as_bytes()))
}

/// The part that the checksum covers, if it does.
fn unseal(text: &str) -> Option<&str> {
    let (body, checksum) = text.strip_suffix(END)?.rsplit_once(SEAL)?;
    (checksum == format!("{:016x}", crc64(body.as_bytes()))).then_some(body)
}

impl<S: Subject> Campaign<S> {
    /// The text of the file.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let header = Header {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stream_version: STREAM_VERSION,
            batch: S::BATCH,
            seed: self.seed,
            samples: self.samples,
            votes_by: self.votes_by,
            question: self.asked.clone(),
            shard: self.shard,
            confidence: self.confidence,
            alpha: self.alpha,
            precision: self.precision,
            reached: self.reached,
            seconds: self.seconds,
            batches: self.done.clone(),
            drawn: self.counts.samples,
        };
        let mut body = serde_json::to_string(&header)?;
        // One member a line down to here, one margin a line from here: it can be read and compared.
        body.pop();
        body = "{\n  ".to_owned() + body.strip_prefix('{').unwrap_or(&body);
        body += ",\n  \"margins\": [";
        for (number, margin) in self.counts.margins.iter().enumerate() {
            body += if number == 0 { "\n    " } else { ",\n    " };
            body += &serde_json::to_string(margin)?;
        }
        body += "\n  ]";
        Ok(seal(&body))
    }

    /// Reads the counts of a folder, which must be whole and of this program's version.
    pub fn load(folder: &Path) -> Result<Self, CountsError> {
        Self::read(folder, None)
    }

    /// The same of a folder that is to be compared with another: where both ask the same, the grid is the
    /// other's, which in d dimensions spares finding its classifiers again.
    pub(crate) fn load_beside(folder: &Path, other: &Self) -> Result<Self, CountsError> {
        Self::read(folder, Some(other))
    }

    fn read(folder: &Path, other: Option<&Self>) -> Result<Self, CountsError> {
        let path = folder.join(COUNTS_FILE);
        match fs::read(&path) {
            Ok(bytes) => Self::parse(&bytes, &path, other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(CountsError::Missing(folder.to_owned()))
            }
            Err(cause) => Err(CountsError::Read { path, cause }),
        }
    }

    /// Reads the counts from what is in the file; messages name it `path`.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, CountsError> {
        Self::parse(bytes, path, None)
    }

    fn parse(bytes: &[u8], path: &Path, other: Option<&Self>) -> Result<Self, CountsError> {
        let damaged = |reason: String| CountsError::Damaged { path: path.to_owned(), reason };
        let version = |what, found: u64, expected: u64| match found == expected {
            true => Ok(()),
            false => Err(CountsError::Version { path: path.to_owned(), what, found, expected }),
        };
        // What another version writes may be sealed in another way.
        if let Ok(any) = serde_json::from_slice::<AnyFormat>(bytes) {
            version("format", any.format, FORMAT)?;
        }
        let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not text".to_owned()))?;
        if text.is_empty() {
            return Err(damaged("it is empty".to_owned()));
        }
        if !text.ends_with(END) || !text.contains(SEAL) {
            return Err(damaged("it does not end in its checksum".to_owned()));
        }
        unseal(text).ok_or_else(|| damaged("its checksum does not fit".to_owned()))?;
        if let Some(found) = verbs(bytes).filter(|found| *found != S::VERBS) {
            return Err(CountsError::Kind { path: path.to_owned(), found, expected: S::VERBS });
        }
        let parsed = serde_json::from_str(text);
        let Whole { header, margins }: Whole<S::Asked> =
            parsed.map_err(|error| damaged(error.to_string()))?;
        version("stream version", u64::from(header.stream_version), u64::from(STREAM_VERSION))?;
        version("a batch of", header.batch, S::BATCH)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let same = other.filter(|other| S::difference(&other.asked, &header.question).is_none());
        let grid = match same {
            Some(other) => other.grid.clone(),
            None => S::restore(&header.question, folder).map_err(damaged)?,
        };
        let campaign = Self {
            grid,
            asked: header.question,
            votes_by: header.votes_by,
            seed: header.seed,
            samples: header.samples,
            shard: header.shard,
            confidence: header.confidence,
            alpha: header.alpha,
            precision: header.precision,
            reached: header.reached,
            done: header.batches,
            counts: Counts { samples: header.drawn, margins },
            seconds: header.seconds,
        };
        campaign.check().map_err(damaged)?;
        Ok(campaign)
    }

    /// That the parts fit together: nothing after this has to doubt it.
    fn check(&self) -> Result<(), String> {
        let batches = self.batch_count();
        if !self.done.is_sound(batches) {
            return Err("its batches are none of such a run".to_owned());
        }
        if drawn(self.samples, &self.done, S::BATCH) != self.counts.samples {
            return Err("its batches do not have that many samples".to_owned());
        }
        let probabilities = [self.confidence, self.alpha];
        if !probabilities.iter().all(|p| *p > 0.0 && *p < 1.0) || self.seconds.is_nan() {
            return Err("a probability is none".to_owned());
        }
        if self.precision.is_some_and(|precision| precision.first == 0 || precision.width.is_nan())
        {
            return Err("its precision is none".to_owned());
        }
        let question = self.question().map_err(|error| error.to_string())?;
        let empty = S::counter(&self.run(), &question).empty();
        let fits = |mine: &MarginCounts, empty: &MarginCounts| {
            let length = |both: &Option<Vec<u64>>| both.as_ref().map(Vec::len);
            let counts = mine.above.iter().chain(mine.both.iter().flatten());
            mine.above.len() == empty.above.len()
                && length(&mine.both) == length(&empty.both)
                && counts.chain([&mine.invariant]).all(|count| *count <= self.counts.samples)
        };
        let mut pairs = self.counts.margins.iter().zip(&empty.margins);
        if self.counts.margins.len() != empty.margins.len() || !pairs.all(|(m, e)| fits(m, e)) {
            return Err("its counts are none of its question".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_covers_every_byte() {
        let whole = seal("{\n  \"format\": 1");
        assert_eq!(unseal(&whole), Some("{\n  \"format\": 1"));
        for at in 0..whole.len() {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let text = String::from_utf8(bytes).expect("still text");
            assert_eq!(unseal(&text), None, "byte {at}");
            assert_eq!(unseal(&whole[..at]), None, "cut at {at}");
        }
    }
}
