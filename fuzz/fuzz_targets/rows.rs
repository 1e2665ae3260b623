//! Tables of rows, of one dimension and of several: no panic, one line of message, and what is accepted can be
//! drawn or is refused in one line.
#![no_main]

use gauss_sim::figures;
use gauss_sim::store::{Rows, parse_rows};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match parse_rows(bytes) {
        Ok(Rows::One(rows)) => drop(figures::figures(&rows)),
        Ok(Rows::Nd(rows)) => drop(figures::nd::figures(&rows)),
        Err(message) => assert!(!message.contains('\n'), "{message}"),
    }
});
