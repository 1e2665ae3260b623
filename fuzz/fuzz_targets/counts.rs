//! The counts of a run, damaged and, with a checksum that fits, forged: no panic, and what is accepted can be
//! written and read again.
#![no_main]

use std::path::Path;

use gauss_sim::campaign::Campaign;
use gauss_sim::campaign::file::seal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let read = |text: &str| Campaign::from_bytes(text.as_bytes(), Path::new("counts.json"));
    let _ = read(text);
    if let Ok(campaign) = read(&seal(text)) {
        let written = campaign.to_json().expect("JSON");
        let again = read(&written).expect("what it writes");
        assert_eq!(again.counts(), campaign.counts());
    }
});
