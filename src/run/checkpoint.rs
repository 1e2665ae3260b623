//! A run as a file: its question, its plan and its counts, in JSON, with a checksum over all of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crc::{CRC_64_XZ, Crc};
use engine::stream::STREAM_VERSION;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use task::spec::Spec;

use super::batches::Batches;
use super::campaign::Campaign;
use super::plan::Plan;
use crate::check::looks::Precision;
use crate::experiment::{self, Experiment, Kind};

/// The name of the file in its folder: see [`Campaign::load`].
pub const COUNTS_FILE: &str = "counts.json";

/// The version of the format that this program writes and reads.
const FORMAT: u64 = 2;

/// An error of a counts file. Each message is one line that names it.
#[derive(Debug, thiserror::Error)]
pub enum CountsError {
    /// The file does not exist.
    #[error("{} has no {COUNTS_FILE}: name a folder that a run with -o, or merge, wrote", .0.display())]
    Missing(PathBuf),
    /// The file cannot be read.
    #[error("{} cannot be read ({cause})", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        cause: io::Error,
    },
    /// The file was changed after it was written.
    #[error("{} is damaged ({reason}) and was left as it is: use a whole copy, or begin again with --force", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The evidence.
        reason: String,
    },
    /// Another version of the program wrote the file.
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

/// Everything except the tally and the checksum, in the order of the file.
#[derive(Serialize)]
struct Header<'a> {
    format: u64,
    version: &'a str,
    stream_version: u16,
    batch: u64,
    spec: &'a dyn Spec,
    plan: &'a dyn Spec,
    precision: Option<Precision>,
    reached: Option<u32>,
    seconds: f64,
    batches: &'a Batches,
    drawn: u64,
}

/// The same as it is read.
#[derive(Deserialize)]
struct Whole {
    stream_version: u16,
    batch: u64,
    spec: Value,
    plan: Value,
    precision: Option<Precision>,
    reached: Option<u32>,
    seconds: f64,
    batches: Batches,
    drawn: u64,
    tally: Vec<u64>,
}

/// The part that every format of the file has.
#[derive(Deserialize)]
struct AnyFormat {
    format: u64,
}

/// The text between the part that the checksum covers and the checksum.
const SEAL: &str = ",\n  \"checksum\": \"crc64-xz:";
/// The text after the checksum.
const END: &str = "\"\n}\n";

/// The checksum: every change of up to 64 consecutive bits is detected with certainty, and any other with a
/// probability of 1 − 2⁻⁶⁴.
const CRC64: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);

/// Returns the file's text: all members except the last, and the checksum over them.
#[must_use]
pub fn seal(body: &str) -> String {
    format!("{body}{SEAL}{:016x}{END}", CRC64.checksum(body.as_bytes()))
}

/// Returns the part that the checksum covers, if it is correct.
fn unseal(text: &str) -> Option<&str> {
    let (body, checksum) = text.strip_suffix(END)?.rsplit_once(SEAL)?;
    (checksum == format!("{:016x}", CRC64.checksum(body.as_bytes()))).then_some(body)
}

impl Campaign {
    /// Returns the text of the file.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let header = Header {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            stream_version: STREAM_VERSION,
            batch: self.batch,
            spec: self.experiment.spec(),
            plan: &self.plan,
            precision: self.precision,
            reached: self.reached,
            seconds: self.seconds,
            batches: &self.done,
            drawn: self.drawn(),
        };
        /// The number of integers in a line of the file, so that it can be read and compared.
        const IN_A_LINE: usize = 16;
        let mut body = serde_json::to_string(&header)?;
        body.pop();
        body = "{\n  ".to_owned() + body.strip_prefix('{').unwrap_or(&body);
        body += ",\n  \"tally\": [";
        for (number, line) in self.tally.chunks(IN_A_LINE).enumerate() {
            let line: Vec<String> = line.iter().map(ToString::to_string).collect();
            body += if number == 0 { "\n    " } else { ",\n    " };
            body += &line.join(", ");
        }
        body += "\n  ]";
        Ok(seal(&body))
    }

    /// Reads the run of a folder, of one of these kinds; it must be complete and of this program's version. If
    /// another run asks the same question, the experiment is shared, so that in d dimensions its classifiers are not
    /// computed again.
    pub fn load(
        folder: &Path,
        other: Option<&Self>,
        kinds: &[&'static Kind],
    ) -> Result<Self, CountsError> {
        let path = folder.join(COUNTS_FILE);
        match fs::read(&path) {
            Ok(bytes) => Self::from_bytes(&bytes, &path, other, kinds),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(CountsError::Missing(folder.to_owned()))
            }
            Err(cause) => Err(CountsError::Read { path, cause }),
        }
    }

    /// Reads a run of one of these kinds from the contents of its file; messages call it `path`, and files that
    /// belong to it are expected beside it.
    pub fn from_bytes(
        bytes: &[u8],
        path: &Path,
        other: Option<&Self>,
        kinds: &[&'static Kind],
    ) -> Result<Self, CountsError> {
        let damaged = |reason: String| CountsError::Damaged { path: path.to_owned(), reason };
        let version = |what, found: u64, expected: u64| match found == expected {
            true => Ok(()),
            false => Err(CountsError::Version { path: path.to_owned(), what, found, expected }),
        };
        // Another version may write its seal in another way.
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
        let whole: Whole =
            serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        version("stream version", u64::from(whole.stream_version), u64::from(STREAM_VERSION))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let spec = experiment::spec_of(kinds, &whole.spec, folder)
            .map_err(|error| damaged(error.to_string()))?;
        let mut plan = Plan::default();
        task::spec::apply(&mut plan, &whole.plan, folder)
            .map_err(|error| damaged(error.to_string()))?;
        let same =
            other.filter(|other| other.experiment.spec().difference(spec.as_ref()).is_none());
        let experiment: Arc<dyn Experiment> = match same {
            Some(other) => Arc::clone(&other.experiment),
            None => experiment::experiment(kinds, spec.as_ref())
                .map_err(|error| damaged(error.to_string()))?
                .into(),
        };
        let empty = Self::new(experiment, plan).map_err(|error| damaged(error.to_string()))?;
        version("a batch of", whole.batch, empty.batch)?;
        let Whole { precision, reached, seconds, batches: done, drawn, tally, .. } = whole;
        let campaign = Self { precision, reached, seconds, done, tally, ..empty };
        campaign.check(drawn).map_err(damaged)?;
        Ok(campaign)
    }

    /// Checks that the parts are consistent, so that later code can rely on it.
    fn check(&self, drawn: u64) -> Result<(), String> {
        if !self.done.ends_by(self.batch_count()) {
            return Err("its batches are none of such a run".to_owned());
        }
        if self.drawn() != drawn {
            return Err("its batches do not have that many samples".to_owned());
        }
        if self.seconds.is_nan() {
            return Err("its time is none".to_owned());
        }
        if self.precision.is_some_and(|precision| precision.first == 0 || precision.width.is_nan())
        {
            return Err("its precision is none".to_owned());
        }
        let sampler = self.sampler().map_err(|error| error.to_string())?;
        match sampler.is_possible(&self.tally, drawn) {
            true => Ok(()),
            false => Err("its counts are none of its question".to_owned()),
        }
    }
}
