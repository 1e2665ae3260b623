//! What the question says of its files: they are named, and read when it is answered.

use std::path::{Path, PathBuf};

use crc::{CRC_64_XZ, Crc, Table};
use serde_json::{Value, json};
use task::range::{number, quote};
use task::spec::Parse;

use crate::arrays::ArrayFile;

const CRC64: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_XZ);

/// A file of arrays by its name, with the checksum that it had when the question was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataFile {
    path: PathBuf,
    checksum: Option<String>,
}

impl DataFile {
    /// Its name, as messages have it; empty where none was given.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// An error about it, in one line.
    #[must_use]
    pub fn wrong(&self, reason: &str) -> String {
        format!("{}: {reason}", self.name())
    }

    /// Opens it. Fails where it is not the file of the record.
    pub fn open(&self) -> Result<ArrayFile, String> {
        if let Some(recorded) = &self.checksum
            && *recorded != self.sum()?
        {
            return Err(self.wrong("is not what it was when the record was written"));
        }
        ArrayFile::open(&self.path).map_err(|reason| self.wrong(&reason))
    }

    /// The same with its checksum. Standard input has none, since it is gone once it was read.
    pub fn summed(&self) -> Result<Self, String> {
        let checksum = if self.path == Path::new("-") { None } else { Some(self.sum()?) };
        Ok(Self { path: self.path.clone(), checksum })
    }

    fn sum(&self) -> Result<String, String> {
        use std::io::Read as _;
        let failed = |error: std::io::Error| self.wrong(&format!("cannot be read ({error})"));
        let mut file = std::fs::File::open(&self.path).map_err(failed)?;
        // What is no file, such as a pipe, is gone once it was read.
        if !file.metadata().map_err(failed)?.is_file() {
            return Ok("none".to_owned());
        }
        let mut digest = CRC64.digest();
        let mut part = vec![0; 1 << 20];
        loop {
            match file.read(&mut part).map_err(failed)? {
                0 => return Ok(format!("crc64-xz:{:016x}", digest.finalize())),
                read => digest.update(&part[..read]),
            }
        }
    }
}

impl Parse for DataFile {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { path: PathBuf::from(text), checksum: None })
    }

    fn write(&self) -> Value {
        if self.path.as_os_str().is_empty() {
            return Value::Null;
        }
        let path = match self.path == Path::new("-") {
            true => self.path.clone(),
            false => std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()),
        };
        json!({"file": path.display().to_string(), "checksum": self.checksum})
    }

    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (name, checksum) = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(entries) => {
                (entries.get("file").and_then(text), entries.get("checksum").and_then(text))
            }
            value => (text(value), None),
        };
        let name = name.ok_or_else(|| format!("{value} is no file: write its name"))?;
        let path = if name == "-" { PathBuf::from(name) } else { base.join(name) };
        Ok(Self { path, checksum })
    }
}

/// Which rows are held out.
#[derive(Debug, Clone, PartialEq)]
pub enum HeldOut {
    /// This share of the rows, from 0 to 1, chosen at random.
    Share(f64),
    /// All rows of another file.
    File(DataFile),
}

impl Parse for HeldOut {
    fn parse(text: &str) -> Result<Self, String> {
        match number(text) {
            Ok(share) if share > 0.0 && share < 1.0 => Ok(Self::Share(share)),
            Ok(_) => Err(format!(
                "{} is not possible: write a share between 0 and 1, or the name of a file",
                quote(text)
            )),
            Err(_) => DataFile::parse(text).map(Self::File),
        }
    }

    fn write(&self) -> Value {
        match self {
            Self::Share(share) => Value::from(*share),
            Self::File(file) => file.write(),
        }
    }

    fn read(value: &Value, base: &Path) -> Result<Self, String> {
        match value {
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::String(text) if number(text).is_ok() => Self::parse(text),
            value => DataFile::read(value, base).map(Self::File),
        }
    }
}

/// The two classes of the task by their names: first −1, then +1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair(pub [String; 2]);

impl Parse for Pair {
    fn parse(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        match names.as_slice() {
            [a, b] if !a.is_empty() && !b.is_empty() && a != b => {
                Ok(Self([a, b].map(|name| (*name).to_owned())))
            }
            _ => Err(format!(
                "{} is not possible: write two classes, as in 0,1: the first is −1, the second +1",
                quote(text)
            )),
        }
    }

    fn write(&self) -> Value {
        Value::from(self.0.join(","))
    }
}
