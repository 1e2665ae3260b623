//! A file of arrays: no panic, one line of message, and no more memory than the file explains.
#![no_main]

use gauss_sim::arrays::{ArrayFile, Classes};
use libfuzzer_sys::fuzz_target;

/// What each format begins with, so that the fuzzer need not find it.
const STARTS: [&[u8]; 5] = [
    b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (",
    b"\x93NUMPY",
    b"PK\x03\x04",
    b"\x40\x00\x00\x00\x00\x00\x00\x00{",
    b"",
];

fuzz_target!(|data: &[u8]| {
    let Some((format, rest)) = data.split_first() else { return };
    let mut bytes = STARTS[usize::from(*format) % STARTS.len()].to_vec();
    bytes.extend(rest);
    let size = bytes.len();
    let one_line = |message: String| assert!(!message.contains('\n'), "{message}");
    let file = match ArrayFile::of_bytes(bytes) {
        Ok(file) => file,
        Err(message) => return one_line(message),
    };
    let names: Vec<String> = file.names().map(str::to_owned).collect();
    for name in names {
        let entry = file.get(&name).expect("one of its names");
        match entry.numbers() {
            // Deflate shrinks to a 1032th at most.
            Ok(array) => assert!(array.values.len() <= 1032 * (size + 1)),
            Err(message) => one_line(message),
        }
        if let Err(message) = entry.labels(&Classes::default()) {
            one_line(message);
        }
    }
});
