//! Tables of rows, of every kind of experiment: no panic, one line of message, and what is accepted can be drawn or is
//! refused in one line.
#![no_main]

use gauss_sim::experiment::kind_of_header;
use gauss_sim::experiments::KINDS;
use gauss_sim::table::csv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(kind) = csv::header(bytes).and_then(|header| kind_of_header(KINDS, &header)) else {
        return;
    };
    let schema = (kind.schema)();
    let refused = match csv::read(schema.file, schema.columns(), bytes) {
        // The usual question stands for the one that only a record knows.
        Ok(table) => {
            let figures = (kind.charts)(&[table], Some((kind.spec)().as_ref()));
            figures.err().map(|error| error.to_string())
        }
        Err(message) => Some(message),
    };
    if let Some(message) = refused {
        assert!(!message.contains('\n'), "{message}");
    }
});
