//! Values that are given as values, not as text.

use std::path::Path;

use gauss_sim_task::range::Range;
use gauss_sim_task::spec::{Choice, Json, Parse, SpecError, Word, apply, one_of};
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

impl Word for Side {
    const ALL: &'static [Self] = &[Self::Left, Self::Right];
    const WHAT: &'static str = "a side";

    fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

gauss_sim_task::spec! {
    struct Question = "question" {
        range: Range { default: "1", help: "" }
        side: Choice<Side> { default: "left", words: &["left", "right"], help: "" }
    }
}

fn range(value: &Json) -> Result<Vec<f64>, String> {
    Range::read(value, Path::new("")).map(|range| range.values().to_vec())
}

#[test]
fn doubles_are_taken_as_they_are() {
    let awkward =
        [0.1 + 0.2, 1.0 / 3.0, 5e-324, f64::MIN_POSITIVE, 1e300, 2f64.powi(60) + 256.0, -0.7];
    for value in awkward {
        assert_eq!(range(&json!(value)).unwrap(), [value]);
        assert_eq!(range(&json!([value])).unwrap(), [value]);
        // What is written of it reads back to the same.
        let written = Range::read(&json!(value), Path::new("")).unwrap().write();
        assert_eq!(range(&written).unwrap(), [value]);
    }
    let mut sorted = awkward.to_vec();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(range(&json!(awkward)).unwrap(), sorted);
    assert_eq!(range(&json!([2, 1, 2.0])).unwrap(), [1.0, 2.0]);
}

#[test]
fn text_among_numbers_is_read_as_text() {
    assert_eq!(range(&json!([0.5, "8/255"])).unwrap(), [8.0 / 255.0, 0.5]);
    assert_eq!(range(&json!(["0..1/3", 4])).unwrap(), [0.0, 0.5, 1.0, 4.0]);
    assert!(range(&json!([])).unwrap_err().starts_with("no value is given"));
    assert!(range(&json!(["inf", 1])).unwrap_err().contains("is not a finite number"));
}

#[test]
fn one_of_a_few_words() {
    let set = |side: Json| apply(&mut Question::default(), &json!({"side": side}), Path::new(""));
    assert_eq!(set(json!("right")), Ok(()));
    let wrong = set(json!("up")).unwrap_err();
    assert!(matches!(wrong, SpecError::Unreadable { .. }));
    assert_eq!(wrong.to_string(), "--side: \"up\" is not possible: write one of left, right");
    assert_eq!(one_of("left", &["left"]), Ok(()));
}
