//! The grammar of ranges, counts and votes: no panic, and what is accepted prints as something that is
//! accepted again, with the same values.
#![no_main]

use gauss_sim::task::range::{Count, Range, VoteList};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(range) = text.parse::<Range>() {
        let again: Range = range.to_string().parse().expect("what it prints");
        let bits = |range: &Range| range.values().iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&again), bits(&range));
        assert!(range.values().is_sorted() && range.values().iter().all(|v| v.is_finite()));
    }
    if let Ok(votes) = text.parse::<VoteList>() {
        let again: VoteList = votes.to_string().parse().expect("what it prints");
        assert_eq!(again.values(), votes.values());
    }
    if let Ok(count) = text.parse::<Count>() {
        assert_eq!(count.get().to_string().parse::<Count>().expect("a number").get(), count.get());
    }
});
