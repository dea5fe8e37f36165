//! The rules of a validation as tables: every status, every code, and their order.

use super::*;
use crate::license_facts::example::{FRESH, NOW, PRODUCT};
use crate::license_state::LicenseState;
use crate::seats::Seats;
use rstest::rstest;

const END: Timestamp = NOW.plus_days(30).end_of_day();

const LICENSE: LicenseFacts = LicenseFacts {
    expires_at: END,
    seats: Seats { max: None, used: 1 },
    device: Standing::Activated,
    ..FRESH
};

const TEST: LicenseFacts = LicenseFacts {
    livemode: false,
    ..LICENSE
};

const fn facts(given: Given) -> Facts<'static> {
    Facts {
        product: Some(PRODUCT),
        version: Some("2.1"),
        given,
        device: None,
        features: &[],
    }
}

const fn licensed(license: LicenseFacts) -> Facts<'static> {
    facts(Given::License(license))
}

const fn with_state(state: LicenseState) -> LicenseFacts {
    LicenseFacts { state, ..LICENSE }
}

const fn not_activated(max: Option<i32>, used: i32) -> LicenseFacts {
    LicenseFacts {
        seats: Seats { max, used },
        device: Standing::NotActivated,
        ..LICENSE
    }
}

const fn known(trial_ends_at: Timestamp) -> TrialDevice {
    TrialDevice {
        trial_ends_at,
        was_activated: false,
    }
}

#[rstest]
#[case::licensed(LICENSE, "licensed", "ok")]
#[case::a_test_key_while_they_work(TEST, "licensed", "ok")]
#[case::a_test_key_after_go_live(
    LicenseFacts { test_keys_valid: false, ..TEST }, "invalid", "test_key")]
#[case::revoked(with_state(LicenseState::Revoked), "invalid", "revoked")]
#[case::suspended(with_state(LicenseState::Suspended), "invalid", "suspended")]
#[case::expired(
    LicenseFacts { expires_at: NOW.plus_seconds(-1), ..LICENSE }, "expired", "expired")]
#[case::in_its_last_second(LicenseFacts { expires_at: NOW, ..LICENSE }, "licensed", "ok")]
#[case::of_another_product(
    LicenseFacts { is_of_named_product: false, ..LICENSE }, "invalid", "product_mismatch")]
#[case::nowhere_activated(not_activated(None, 0), "invalid", "not_activated")]
#[case::activated_elsewhere(not_activated(None, 1), "invalid", "hardware_mismatch")]
#[case::with_a_free_seat(not_activated(Some(5), 4), "invalid", "not_activated")]
#[case::with_all_seats_taken(not_activated(Some(5), 5), "invalid", "not_activated")]
#[case::an_offline_code_of_another_device(
    LicenseFacts { device: Standing::CodeOfAnother, ..LICENSE }, "invalid", "hardware_mismatch")]
#[case::over_and_elsewhere(
    LicenseFacts { expires_at: NOW.plus_days(-1), ..not_activated(None, 1) }, "expired", "expired")]
#[case::held_back_and_over(
    LicenseFacts { expires_at: NOW.plus_days(-1), ..with_state(LicenseState::Suspended) },
    "invalid", "suspended")]
fn a_key_is_answered(#[case] license: LicenseFacts, #[case] status: &str, #[case] code: &str) {
    let verdict = judge(&licensed(license), NOW.plus_millis(999));
    assert_eq!(
        (verdict.status.as_str(), verdict.code.as_str()),
        (status, code)
    );
    assert_eq!(verdict.is_valid, code == "ok");
    assert_eq!(
        verdict.expires_at, license.expires_at,
        "the licence's own end"
    );
}

#[rstest]
#[case::first_contact(None, 14, "trial", "ok", NOW.plus_days(14))]
#[case::running(Some(known(NOW.plus_days(3))), 14, "trial", "ok", NOW.plus_days(3))]
#[case::whatever_the_setting_is_now(Some(known(NOW.plus_days(3))), 0, "trial", "ok", NOW.plus_days(3))]
#[case::over(Some(known(NOW)), 14, "expired", "trial_over", NOW)]
#[case::over_whatever_the_setting_is_now(
    Some(known(NOW.plus_days(-9))), 365, "expired", "trial_over", NOW.plus_days(-9))]
#[case::a_product_without_trial(None, 0, "expired", "trial_over", NOW)]
#[case::ever_activated(
    Some(TrialDevice { was_activated: true, ..known(NOW.plus_days(3)) }),
    14, "invalid", "trial_used", NOW.plus_days(3))]
fn no_key_is_answered(
    #[case] device: Option<TrialDevice>,
    #[case] trial_days: i32,
    #[case] status: &str,
    #[case] code: &str,
    #[case] end: Timestamp,
) {
    let product = ProductFacts {
        trial_days,
        ..PRODUCT
    };
    let facts = Facts {
        product: Some(product),
        device,
        ..facts(Given::Nothing)
    };
    let verdict = judge(&facts, NOW);
    assert_eq!(
        (verdict.status.as_str(), verdict.code.as_str()),
        (status, code)
    );
    assert_eq!(verdict.expires_at, end);
    assert_eq!(verdict.is_valid, code == "ok");
}

#[test]
fn a_product_that_nobody_has_ends_now() {
    let unknown = Facts {
        product: None,
        ..facts(Given::Nothing)
    };
    let verdict = judge(&unknown, NOW);
    assert_eq!(verdict.code, Code::NotFound);
    assert_eq!((verdict.status, verdict.expires_at), (Status::Invalid, NOW));
    assert_eq!(verdict.remaining_days, None);
}

#[rstest]
#[case(None, NOW)]
#[case(Some(known(NOW.plus_days(3))), NOW.plus_days(3))]
fn an_unknown_key_is_not_found_and_never_a_trial(
    #[case] device: Option<TrialDevice>,
    #[case] end: Timestamp,
) {
    let facts = Facts {
        device,
        ..facts(Given::UnknownKey)
    };
    let verdict = judge(&facts, NOW);
    assert_eq!((verdict.is_valid, verdict.code), (false, Code::NotFound));
    assert_eq!(verdict.expires_at, end);
}

#[rstest]
#[case(Given::Nothing)]
#[case(Given::UnknownKey)]
#[case(Given::License(LICENSE))]
#[case(Given::License(with_state(LicenseState::Revoked)))]
#[case(Given::License(LicenseFacts { expires_at: NOW.plus_days(-1), ..LICENSE }))]
#[case(Given::License(LicenseFacts { is_of_named_product: false, ..LICENSE }))]
fn an_outdated_version_is_said_before_all_else(#[case] given: Given) {
    let facts = Facts {
        version: Some("1.10"),
        ..facts(given)
    };
    let verdict = judge(&facts, NOW);
    assert_eq!(verdict.status, Status::VersionOutdated);
    assert_eq!(verdict.code, Code::VersionOutdated);
    assert!(!verdict.is_valid);
}

#[test]
fn an_inactive_product_starts_no_trial_and_keeps_its_licences() {
    let inactive = Some(ProductFacts {
        is_active: false,
        ..PRODUCT
    });
    let trial = Facts {
        product: inactive,
        ..facts(Given::Nothing)
    };
    let verdict = judge(&trial, NOW);
    assert_eq!((verdict.code, verdict.expires_at), (Code::NotFound, NOW));
    let licensed = Facts {
        product: inactive,
        ..licensed(LICENSE)
    };
    assert!(judge(&licensed, NOW).is_valid);
}

#[test]
fn without_a_product_name_the_licence_is_enough() {
    let facts = Facts {
        product: None,
        version: None,
        ..licensed(LICENSE)
    };
    assert!(judge(&facts, NOW).is_valid);
}

#[rstest]
#[case(LICENSE, Some(30))]
#[case(LicenseFacts { expires_at: NOW.end_of_day(), ..LICENSE }, Some(0))]
#[case(LicenseFacts { expires_at: NOW.plus_days(-3), ..LICENSE }, Some(0))]
#[case(LicenseFacts { expires_at: Timestamp::PERPETUAL, ..LICENSE }, None)]
#[case(with_state(LicenseState::Revoked), None)]
#[case(not_activated(None, 1), None)]
fn days_are_counted_where_there_is_an_end(
    #[case] license: LicenseFacts,
    #[case] days: Option<i64>,
) {
    assert_eq!(judge(&licensed(license), NOW).remaining_days, days);
}

#[test]
fn a_trial_counts_its_days_down() {
    let device = |end| Facts {
        device: Some(known(end)),
        ..facts(Given::Nothing)
    };
    let days = |end| judge(&device(end), NOW).remaining_days;
    assert_eq!(judge(&facts(Given::Nothing), NOW).remaining_days, Some(14));
    assert_eq!(days(NOW.plus_hours(1)), Some(0));
    assert_eq!(days(NOW.plus_days(-5)), Some(0));
}

#[test]
fn features_are_unlocked_only_where_the_program_may_run() {
    let product = ["maps".to_owned(), "api".to_owned()];
    let own = ["api".to_owned(), "beta".to_owned()];
    let lists: [&[String]; 2] = [&product, &own];
    let with = |license| Facts {
        features: &lists,
        ..licensed(license)
    };
    let unlocked = judge(&with(LICENSE), NOW).features;
    assert_eq!(unlocked, ["maps", "api", "beta"]);
    let suspended = with(with_state(LicenseState::Suspended));
    assert!(judge(&suspended, NOW).features.is_empty());
}

#[test]
fn every_code_says_one_sentence_of_its_own() {
    let mut said: Vec<_> = Code::ALL.iter().map(|code| code.message()).collect();
    assert!(said.iter().all(|sentence| sentence.ends_with('.')));
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), Code::ALL.len());
}

#[test]
fn no_verdict_says_trial_for_a_key_or_licensed_without_one() {
    let trial = judge(&facts(Given::Nothing), NOW);
    assert_eq!(
        (trial.status, trial.message),
        (Status::Trial, "The trial is running.")
    );
    assert_eq!(judge(&licensed(LICENSE), NOW).status, Status::Licensed);
}
