//! A task of d dimensions: no panic, one line of message, and what is accepted can be asked about.
#![no_main]

use std::path::Path;

use gauss_sim::experiments::linear::file::parse;
use gauss_sim::theory::linear::{bayes, trained};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // the names of files in it lead nowhere
    match parse(text, Path::new("/nowhere")) {
        Ok(problem) => {
            if problem.task.dimension() <= 20 {
                let _ = bayes(&problem.task);
                let _ = trained(&problem.task, &problem.defense);
            }
        }
        Err(message) => assert!(!message.contains('\n'), "{message}"),
    }
});
