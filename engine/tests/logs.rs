//! Orders of chance, against all orders.

use gauss_sim_engine::logs::{LoggedInput, order, pluralities};

/// The plurality of the first n of five predictions, over all 120 orders and with fair ties.
fn all_orders(predictions: [u16; 5], class: u16, votes: usize) -> f64 {
    let mut places: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..votes {
        let longer = |chosen: &Vec<usize>| -> Vec<Vec<usize>> {
            let free = (0..5).filter(|next| !chosen.contains(next));
            free.map(|next| [chosen.as_slice(), &[next]].concat()).collect()
        };
        places = places.iter().flat_map(longer).collect();
    }
    let (mut total, mut count) = (0.0, 0.0);
    for chosen in places {
        let having = |class: u16| chosen.iter().filter(|i| predictions[**i] == class).count();
        let most = (0..9).map(having).max().unwrap();
        let tied = (0..9).filter(|class| having(*class) == most).count();
        count += 1.0;
        if having(class) == most {
            total += 1.0 / tied as f64;
        }
    }
    total / count
}

/// 200 × 250 orders: five standard deviations.
#[test]
fn pluralities_are_those_of_all_orders() {
    for (predictions, class) in [
        ([1, 2, 3, 1, 4], 1),
        ([0, 1, 2, 3, 4], 3),
        ([0, 0, 1, 1, 2], 1),
        ([0, 1, 1, 1, 2], 0),
        ([0, 1, 2, 2, 1], 5),
    ] {
        let votes = [1, 2, 3, 4, 5];
        let mut right = [0_u32; 5];
        for sample in 0..200 {
            let found =
                pluralities(&predictions, class, &votes, 250, (7, sample, LoggedInput::Clean));
            right.iter_mut().zip(found).for_each(|(all, some)| *all += u32::from(some));
        }
        for (votes, right) in votes.into_iter().zip(right) {
            let expected = all_orders(predictions, class, votes as usize);
            let deviation = (expected * (1.0 - expected) / 50_000.0).sqrt();
            let found = f64::from(right) / 50_000.0;
            assert!(
                (found - expected).abs() <= 5.0 * deviation,
                "{predictions:?} {class} {votes}: {found} {expected}"
            );
        }
    }
}

#[test]
fn an_order_has_every_sample_once() {
    let mut some = order(1000, 3);
    assert_ne!(some, order(1000, 4));
    assert_eq!(some, order(1000, 3));
    assert_eq!((order(0, 1).len(), order(1, 1)), (0, vec![0]));
    some.sort_unstable();
    assert!(some.into_iter().eq(0..1000));
}

/// Golden: a change of these is a new stream version.
#[test]
fn orders_are_as_they_were() {
    assert_eq!(order(10, 1), [7, 0, 3, 6, 2, 8, 1, 4, 9, 5]);
    let predictions = [0, 1, 2, 1, 0, 2, 2];
    let input = (1, 5, LoggedInput::Attacked);
    assert_eq!(pluralities(&predictions, 2, &[1, 3, 7], 100, input), [51, 53, 100]);
}
