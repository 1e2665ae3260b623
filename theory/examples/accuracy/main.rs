//! Measures every function against the oracle tables and prints ACCURACY.md; draws the errors as
//! SVG. The commands are at the top of that page.

#[path = "../../tests/common/mod.rs"]
mod common;

mod beta;
mod draws;
mod linear;
mod normal;
mod page;
mod plot;
mod results;
mod time;

use std::path::{Path, PathBuf};

type Error = Box<dyn std::error::Error>;

const INTRODUCTION: &str = "\
# Accuracy

Made by

    pip install -r theory/oracle/requirements.txt
    python3 theory/oracle/normal.py --dense 1 --out target/oracle
    cargo run --release -p gauss-sim-theory --example accuracy -- target/oracle --time > theory/ACCURACY.md

which compares the functions of this crate with 40 correct digits and draws the errors. The digits
are mpmath's, at 80 digits or more, with exact doubles as arguments, and share no code with it.
For `normal` they are the dense tables made by the second command; for the rest, the tables in
`theory/oracle` that the tests compare with on every change.

- One *ulp* is the spacing of doubles at the true value, 2⁻¹⁰⁷⁴ where that is subnormal; a correctly
  rounded function stays within ½.
- A *relative* error is |computed − truth|/max(|truth|, 2.2e-308); correct rounding stays within
  1.1e-16. One ulp is between 1.1e-16 and 2.2e-16.
- `max` and `mean` are of the error's magnitude, over `points` values; `at` is where the largest
  was met.
- Where a function returns a bound with its value, `max bound` is the largest, `least bound/error`
  is the closest that an error came to its bound (1.0 where the rounding of 1 − p is all there is,
  since that is known exactly), and `within bound` counts the values that are as good as their
  bound says.

These are measurements at points, not proofs: between the points the largest error may be a little
higher. The plots show up to 300 points each; dashed lines are what correct rounding may cost. The
worst of each function, over all ranges:
";

fn main() -> Result<(), Error> {
    let mut dense = common::oracle();
    let mut timed = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--time" => timed = true,
            folder => dense = PathBuf::from(folder),
        }
    }
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("accuracy");
    let mut page = page::Page::new(pictures)?;
    normal::write(&mut page, &dense)?;
    results::write(&mut page, &common::oracle())?;
    draws::write(&mut page, &common::oracle())?;
    linear::write(&mut page, &common::oracle())?;
    beta::write(&mut page, &common::oracle())?;
    if timed {
        time::write(&mut page)?;
    }
    print!("{}", page.finish(INTRODUCTION));
    Ok(())
}
