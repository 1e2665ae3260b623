//! Predictions in long form: no panic, and one line of message.
#![no_main]

use gauss_sim::experiments::logs::long_form_samples;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|rows: &str| {
    for text in [rows.to_owned(), format!("sample,label,input,draw,prediction\n{rows}")] {
        match long_form_samples(&text) {
            Ok(samples) => assert!(samples > 0 && samples <= text.len()),
            Err(message) => assert!(!message.contains('\n'), "{message}"),
        }
    }
});
