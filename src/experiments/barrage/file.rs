//! Reads a pool of transformations from a TOML file.
//!
//! ```toml
//! title = "Stand-ins of BaRT"        # for charts; may be left out
//!
//! [[transform]]                      # x ↦ scale·x + N(shift, sigma²); one section for each
//! name = "blur"                      # for the reader; may be left out
//! scale = 0.9                        # 1 if left out
//! shift = 0.1                        # 0 if left out
//! sigma = 0.2                        # 0 if left out
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use task::barrage::{Pool, Transform};
use task::spec::{Parse, SpecError};
use toml::{Table, Value};

use crate::experiments::toml_file::{self, FileError, number, shown, title_line};

/// What to name if there is no file.
const INSTEAD: &str = "name a pool in TOML, as examples/pools/bart.toml";

/// The entries that a transform may have.
const ENTRIES: [&str; 4] = ["name", "scale", "shift", "sigma"];

/// A pool with the other contents of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The name of the pool in charts.
    pub title: Option<String>,
    /// The maps.
    pub pool: Pool,
    /// The names of the maps; empty for those without a name.
    pub names: Vec<String>,
}

/// Reads a pool.
pub fn read(path: &Path) -> Result<Named, FileError> {
    toml_file::read(path, INSTEAD, |text, _| parse(text))
}

/// Parses a pool from the text of its file.
pub fn parse(text: &str) -> Result<Named, String> {
    named(&toml_file::table(text)?)
}

/// Returns the pool that a table describes.
fn named(table: &Table) -> Result<Named, String> {
    if let Some(unknown) = table.keys().find(|key| !["title", "transform"].contains(&key.as_str()))
    {
        return Err(format!("{unknown} is not known here: write title or [[transform]]"));
    }
    let maps = match table.get("transform") {
        Some(Value::Array(maps)) if !maps.is_empty() => maps.as_slice(),
        Some(Value::Array(_)) | None => {
            return Err("it has no transform: write a section [[transform]] for each".to_owned());
        }
        Some(other) => {
            return Err(format!("transform is {}: write sections, [[transform]]", shown(other)));
        }
    };
    let (mut transforms, mut names) = (Vec::new(), Vec::new());
    for (index, map) in maps.iter().enumerate() {
        let Value::Table(map) = map else {
            let shown = shown(map);
            return Err(format!("transform[{index}] is {shown}: write a section, [[transform]]"));
        };
        if let Some(unknown) = map.keys().find(|key| !ENTRIES.contains(&key.as_str())) {
            let entries = ENTRIES.join(", ");
            return Err(format!("transform[{index}].{unknown} is not known: write {entries}"));
        }
        let entry = |name: &str, usual: f64| match map.get(name) {
            Some(value) => number(&format!("transform[{index}].{name}"), value),
            None => Ok(usual),
        };
        transforms.push(Transform {
            scale: entry("scale", 1.0)?,
            shift: entry("shift", 0.0)?,
            sigma: entry("sigma", 0.0)?,
        });
        names.push(match map.get("name") {
            Some(Value::String(name)) => name.replace(char::is_control, " "),
            Some(other) => {
                let shown = shown(other);
                return Err(format!(
                    "transform[{index}].name is {shown}: write text between quotes"
                ));
            }
            None => String::new(),
        });
    }
    let pool = Pool::new(transforms).map_err(|error| error.to_string())?;
    Ok(Named { title: toml_file::title(table)?, pool, names })
}

impl Named {
    /// Returns the pool as a file that [`parse`] reads back to the same pool, with all numbers in it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = title_line(self.title.as_deref());
        for (map, name) in self.pool.transforms().iter().zip(&self.names) {
            let Transform { scale, shift, sigma } = map;
            text += "\n[[transform]]\n";
            if !name.is_empty() {
                text += &format!("name = {}\n", Json::from(name.as_str()));
            }
            text += &format!("scale = {scale:?}\nshift = {shift:?}\nsigma = {sigma:?}\n");
        }
        text
    }

    /// Returns the pool as one value, in the form of its file.
    fn to_json(&self) -> Json {
        let map = |(map, name): (&Transform, &String)| {
            let mut object = json!({"scale": map.scale, "shift": map.shift, "sigma": map.sigma});
            if !name.is_empty() {
                object["name"] = name.as_str().into();
            }
            object
        };
        let maps: Vec<Json> = self.pool.transforms().iter().zip(&self.names).map(map).collect();
        let mut object = json!({"transform": maps});
        if let Some(title) = &self.title {
            object["title"] = title.as_str().into();
        }
        object
    }
}

/// The pool of a question: the named file, and its contents. Two are equal if their contents are.
#[derive(Debug, Clone, Default)]
pub struct PoolFile {
    path: PathBuf,
    named: Option<Arc<Named>>,
}

impl PartialEq for PoolFile {
    fn eq(&self, other: &Self) -> bool {
        self.named == other.named
    }
}

impl PoolFile {
    /// Creates a pool that is not from a file.
    #[must_use]
    pub fn of(named: Named) -> Self {
        Self { path: PathBuf::new(), named: Some(Arc::new(named)) }
    }

    /// Returns the pool. Fails if none was named.
    pub fn named(&self) -> Result<&Named, SpecError> {
        let missing = || SpecError::Together(format!("POOL.toml is missing: {INSTEAD}"));
        self.named.as_deref().ok_or_else(missing)
    }

    /// Returns the path of the file, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Parse for PoolFile {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let path = PathBuf::from(text);
        let named = read(&path).map_err(|error| error.to_string())?;
        Ok(Self { path, named: Some(Arc::new(named)) })
    }

    /// Returns the contents of the file.
    fn write(&self) -> Json {
        self.named.as_ref().map_or(Json::Null, |named| named.to_json())
    }

    fn read(value: &Json, base: &Path) -> Result<Self, String> {
        match value {
            Json::Null => Ok(Self::default()),
            Json::String(text) if text.is_empty() => Ok(Self::default()),
            Json::String(text) => Self::parse(&base.join(text).display().to_string()),
            object => {
                let table = Table::try_from(object.clone()).map_err(|error| {
                    format!("it is no pool: {}", error.to_string().replace('\n', " "))
                })?;
                Ok(Self::of(named(&table)?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_written_as_it_was_read() {
        let text = "title = 'a \"b\" é'\n[[transform]]\nname = 'blur'\nscale = 0.9\n[[transform]]\nsigma = 1e-7\n\
                    shift = -3\n";
        let named = parse(text).unwrap();
        assert_eq!(named.pool.transforms()[1], Transform { scale: 1.0, shift: -3.0, sigma: 1e-7 });
        assert_eq!(named.names, ["blur", ""]);
        assert_eq!(parse(&named.to_toml()), Ok(named.clone()));
        let written = PoolFile::of(named).write();
        let again = PoolFile::read(&written, Path::new("")).unwrap();
        assert_eq!(again.write(), written);
    }

    #[test]
    fn an_error_names_the_entry() {
        for (text, expected) in [
            ("", "it has no transform: write a section [[transform]] for each"),
            ("transform = []", "it has no transform"),
            ("transform = 3", "transform is 3: write sections, [[transform]]"),
            ("transform = [3]", "transform[0] is 3: write a section, [[transform]]"),
            ("[transform]\nscale = 1", "transform is a section: write sections, [[transform]]"),
            ("[[transform\n", "line 1 is not TOML: "),
            ("maps = 1\n[[transform]]\n", "maps is not known here: write title or [[transform]]"),
            (
                "[[transform]]\nscael = 1",
                "transform[0].scael is not known: write name, scale, shift, sigma",
            ),
            ("[[transform]]\nscale = true", "transform[0].scale is true: write a number"),
            ("[[transform]]\nname = 1", "transform[0].name is 1: write text between quotes"),
            (
                "[[transform]]\n[[transform]]\nsigma = -1",
                "transform[1].sigma = -1 is not possible: a number from 0",
            ),
            (
                "[[transform]]\nshift = nan",
                "transform[0].shift = NaN is not possible: a number from -1e15",
            ),
            (
                "[[transform]]\nscale = 1e4",
                "transform[0].scale = 10000 is not possible: a number from -1000",
            ),
            ("title = 1\n[[transform]]", "title is 1: write text between quotes"),
        ] {
            let found = parse(text).expect_err(text);
            assert!(found.starts_with(expected), "{text:?}: {found}");
        }
    }
}
