//! Who waits, and who does not.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

fn door<'a>(account: &'a str, from: &str) -> Door<'a> {
    Door {
        account,
        address: from.parse().expect("an address"),
        browser: None,
        at_most: PASSWORDS,
    }
}

fn retry_after(result: &Result<Attempt<'_>>) -> Option<u64> {
    match result {
        Err(Error::TooMany {
            retry_after_seconds,
        }) => Some(*retry_after_seconds),
        _ => None,
    }
}

#[test]
fn whoever_guesses_locks_themselves_out_and_not_the_person() {
    let throttle = Throttle::default();
    for i in 0..10 {
        let attempt = throttle.count(NOW, &door("ann", "192.0.2.1"));
        assert!(attempt.is_ok(), "attempt {i}");
    }
    let refused = throttle.count(NOW.plus_seconds(60), &door("ann", "192.0.2.1"));
    assert_eq!(retry_after(&refused), Some(840));
    assert!(throttle.count(NOW, &door("ann", "192.0.2.2")).is_ok());
    assert!(throttle.count(NOW, &door("bob", "192.0.2.1")).is_ok());
    let later = throttle.count(NOW.plus_seconds(900), &door("ann", "192.0.2.1"));
    assert!(later.is_ok());
}

#[test]
fn many_networks_together_cannot_try_an_account_at_will_but_a_known_browser_gets_in() {
    let throttle = Throttle::default();
    for i in 0..PASSWORDS {
        let from = format!("192.0.2.{i}");
        assert!(throttle.count(NOW, &door("ann", &from)).is_ok(), "{i}");
    }
    let refused = throttle.count(NOW, &door("ann", "198.51.100.1"));
    assert_eq!(retry_after(&refused), Some(900));
    let known = Door {
        browser: Some("b1"),
        ..door("ann", "198.51.100.1")
    };
    for i in 0..10 {
        assert!(throttle.count(NOW, &known).is_ok(), "{i}");
    }
    assert!(
        throttle.count(NOW, &known).is_err(),
        "it may not guess either"
    );
}

#[test]
fn codes_have_a_lower_limit_than_passwords() {
    let throttle = Throttle::default();
    let code = |from: &str| {
        let door = Door {
            at_most: CODES,
            ..door("code of ann", from)
        };
        throttle.count(NOW, &door).is_ok()
    };
    for i in 0..CODES {
        assert!(code(&format!("192.0.2.{i}")), "{i}");
    }
    assert!(!code("192.0.2.200"));
}

#[test]
fn what_is_refused_at_one_door_does_not_count_against_the_account() {
    let throttle = Throttle::default();
    for _ in 0..40 {
        let _ = throttle.count(NOW, &door("ann", "192.0.2.1")).is_ok();
    }
    let counted = lock(&throttle.accounts).0.get("ann").map(|w| w.attempts);
    assert_eq!(counted, Some(10));
}

#[test]
fn one_network_cannot_try_many_accounts() {
    let throttle = Throttle::default();
    for i in 0..50 {
        let account = format!("person {i}");
        let from = format!("2001:db8::{i}");
        assert!(throttle.count(NOW, &door(&account, &from)).is_ok(), "{i}");
    }
    let same_network = throttle.count(NOW, &door("another", "2001:db8::ffff"));
    assert_eq!(retry_after(&same_network), Some(900));
    let other_network = throttle.count(NOW, &door("another", "2001:db8:0:1::1"));
    assert!(other_network.is_ok());
}

#[test]
fn a_right_password_costs_nothing() {
    let throttle = Throttle::default();
    for i in 0..200 {
        let attempt = throttle.count(NOW, &door("ann", "192.0.2.1"));
        attempt
            .unwrap_or_else(|_| panic!("attempt {i}"))
            .succeeded();
    }
}

#[test]
fn the_tables_stay_bounded_and_forget_the_oldest_first() {
    let mut counts = Counts::default();
    for i in 0..CAPACITY + 100 {
        let at = NOW.plus_millis(i64::try_from(i).expect("small"));
        counts.count(at, &i, 1).expect("is counted");
    }
    assert_eq!(counts.0.len(), CAPACITY);
    assert!(!counts.0.contains_key(&0));
    assert!(counts.0.contains_key(&(CAPACITY + 99)));
    counts
        .count(NOW.plus_days(1), &usize::MAX, 1)
        .expect("is counted");
    assert_eq!(counts.0.len(), 1, "what has ended goes first");
}
