//! A CSV file of predictions in long form: a line a prediction, with its sample, label, input and draw.

use std::collections::HashMap;

use super::logged::{Draws, Logged};
use crate::arrays::Classes;

/// The columns, in any order, under a header.
const COLUMNS: [&str; 5] = ["sample", "label", "input", "draw", "prediction"];
/// The inputs, in this order: those that are drawn, and those of the undefended model.
const INPUTS: [&str; 4] = ["clean", "attacked", "undefended", "undefended_attacked"];

/// A prediction: its sample, its draw, its class, its line.
type Record = (u32, u32, u16, usize);

/// Places of names, in the order in which they are met.
#[derive(Default)]
struct Places(HashMap<String, u32>);

impl Places {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(place) = self.0.get(name) {
            return *place;
        }
        let place = self.0.len() as u32;
        self.0.insert(name.to_owned(), place);
        place
    }
}

/// Reads predictions. An error names the line.
pub(super) fn read(text: &str, classes: &Classes) -> Result<Logged, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or("");
    let separator = [b';', b'\t', b','].into_iter().find(|mark| first.as_bytes().contains(mark));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator.unwrap_or(b','))
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| one_line(&error))?.clone();
    let at = COLUMNS.map(|name| header.iter().position(|column| column.eq_ignore_ascii_case(name)));
    let missing = COLUMNS.iter().zip(at).find(|(name, at)| at.is_none() && **name != "draw");
    if let Some((name, _)) = missing {
        let columns = COLUMNS.join(",");
        return Err(format!("has no column {name}: write {columns}, a line for each prediction"));
    }
    let (mut samples, mut draw_names) = (Places::default(), Places::default());
    let mut labels: Vec<u16> = Vec::new();
    let mut records: [Vec<Record>; 4] = Default::default();
    // A draw that is not named is the next of its sample.
    let mut counted: HashMap<(u32, usize), u32> = HashMap::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| one_line(&error))? {
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let field = |i: usize| -> Result<&str, String> {
            let text = at[i].and_then(|at| record.get(at)).unwrap_or("");
            match text.is_empty() {
                true => Err(format!("line {line} has no {}", COLUMNS[i])),
                false => Ok(text),
            }
        };
        let sample = samples.of(field(0)?);
        let label = classes.code(&class(field(1)?))?;
        if sample as usize == labels.len() {
            labels.push(label);
        } else if labels[sample as usize] != label {
            let name = field(0)?;
            return Err(format!("line {line}: sample {name} has another label than before"));
        }
        let input = field(2)?;
        let input = INPUTS.iter().position(|name| *name == input).ok_or_else(|| {
            let input = task::range::quote(input);
            format!("line {line}: {input} is no input: write one of {}", INPUTS.join(", "))
        })?;
        let draw = match at[3].and_then(|at| record.get(at)).filter(|name| !name.is_empty()) {
            Some(name) => match name.parse::<u32>() {
                Ok(number) if number < 1 << 30 => number,
                // Names that are no numbers, behind these.
                _ => (1 << 30) + draw_names.of(name),
            },
            None => {
                let next = counted.entry((sample, input)).or_default();
                *next += 1;
                *next - 1
            }
        };
        let code = classes.code(&class(field(4)?))?;
        records[input].push((sample, draw, code, line));
    }
    if labels.is_empty() {
        return Err("has a header and no predictions".to_owned());
    }
    let [clean, attacked, undefended, moved] = records;
    let draws = |i: usize, records: Vec<Record>| table(records, labels.len(), INPUTS[i]);
    let once = |i: usize, records: Vec<Record>| -> Result<Option<Vec<u16>>, String> {
        if records.is_empty() {
            return Ok(None);
        }
        let draws = draws(i, records)?;
        match draws.count {
            1 => Ok(Some(draws.codes)),
            count => {
                Err(format!("has {count} predictions of each sample as {}: write one", INPUTS[i]))
            }
        }
    };
    Ok(Logged {
        clean: draws(0, clean)?,
        attacked: draws(1, attacked)?,
        undefended: once(2, undefended)?,
        undefended_attacked: once(3, moved)?,
        labels,
    })
}

/// The predictions of one input, by sample and draw. Fails unless all samples have as many.
fn table(mut records: Vec<Record>, samples: usize, input: &str) -> Result<Draws, String> {
    if records.is_empty() {
        return Err(format!("has no predictions on the input {input}: write some of each sample"));
    }
    records.sort_unstable();
    if let Some(pair) =
        records.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[0].1 == pair[1].1)
    {
        let (first, second) = (pair[0].3, pair[1].3);
        return Err(format!("line {second} has the sample, input and draw of line {first}"));
    }
    let count = records.iter().take_while(|record| record.0 == 0).count();
    let mut next = 0;
    for sample in 0..samples as u32 {
        let own = records[next..].iter().take_while(|record| record.0 == sample).count();
        if own != count {
            return Err(format!(
                "has {own} draws of its sample number {} on the input {input}, and {count} of the first: write as many of each",
                sample + 1
            ));
        }
        next += own;
    }
    Ok(Draws { count, codes: records.into_iter().map(|record| record.2).collect() })
}

/// The name of a class: 3.0 and 3 are one.
fn class(field: &str) -> String {
    let whole = field.parse::<f64>().ok().filter(|x| x.fract() == 0.0 && x.abs() < 1e15);
    whole.map_or_else(|| field.to_owned(), |x| (x as i64).to_string())
}

fn one_line(error: &csv::Error) -> String {
    format!("cannot be read as CSV ({error})").replace('\n', " ")
}
