//! The counts of a run, damaged and, with a checksum that fits, forged: no panic, and what is accepted can be
//! written and read again. Of every kind of experiment; in d dimensions with a task beside them.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gauss_sim::experiments::KINDS;
use gauss_sim::experiments::linear::TASK_FILE;
use gauss_sim::experiments::linear::examples::EXAMPLES;
use gauss_sim::experiments::linear::file::parse;
use gauss_sim::run::Campaign;
use gauss_sim::run::checkpoint::{COUNTS_FILE, seal};
use libfuzzer_sys::fuzz_target;

/// A folder with the task of an example as a run keeps it.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("counts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let problem = parse(EXAMPLES[0].1, Path::new("")).expect("an example");
        std::fs::write(folder.join(TASK_FILE), problem.to_toml()).expect("a task");
        folder
    })
}

fuzz_target!(|text: &str| {
    let path = folder().join(COUNTS_FILE);
    let read = |text: &str| Campaign::from_bytes(text.as_bytes(), &path, None, KINDS);
    let _ = read(text);
    if let Ok(campaign) = read(&seal(text)) {
        let written = campaign.to_json().expect("JSON");
        let again = read(&written).expect("what it writes");
        assert_eq!(again.counts(), campaign.counts());
    }
});
