//! What is believed of a token, and what of its use is not forgotten.

use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

fn row(n: u128) -> AccessToken {
    AccessToken {
        id: id(n),
        tenant_id: TenantId::from(1),
        name: "CI".into(),
        public_id: format!("public{n}"),
        secret_hash: Vec::new(),
        permissions: "verify".into(),
        created_at: 0,
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
    }
}

fn id(n: u128) -> AccessTokenId {
    AccessTokenId::from(Uuid::from_u128(n))
}

#[test]
fn a_row_that_was_on_its_way_while_its_token_was_revoked_is_not_kept() {
    let tokens = KnownTokens::default();
    let look = tokens.look(NOW);
    tokens.forget("public1");
    tokens.keep(row(1), &look);
    assert!(tokens.find("public1", NOW).is_none());
    let look = tokens.look(NOW);
    tokens.keep(row(1), &look);
    assert!(
        tokens.find("public1", NOW).is_some(),
        "it was asked for since"
    );
    tokens.forget("public1");
    assert!(tokens.find("public1", NOW).is_none());
}

#[test]
fn a_row_is_believed_from_when_it_was_asked_for_however_long_it_was_on_its_way() {
    let tokens = KnownTokens::default();
    tokens.keep(row(1), &tokens.look(NOW));
    let is_believed = |millis| tokens.find("public1", NOW.plus_millis(millis)).is_some();
    assert!(is_believed(899));
    assert!(!is_believed(900));
    assert!(!is_believed(-1), "the clock was set back");
}

#[test]
fn a_use_that_could_not_be_written_is_put_back_and_a_newer_one_stays() {
    let uses = Uses::default();
    let note = |n, seconds| {
        let known = Known {
            row: row(n),
            asked_at: NOW,
            noted_at: AtomicI64::new(0),
        };
        uses.note(NOW.plus_seconds(seconds), &known);
    };
    note(1, 0);
    note(2, 0);
    let unwritten = uses.take();
    note(2, 61);
    uses.put_back(unwritten);
    let waiting: Vec<_> = uses.take().into_iter().collect();
    let tenant = TenantId::from(1);
    let expected = [
        (id(1), (tenant, NOW)),
        (id(2), (tenant, NOW.plus_seconds(61))),
    ];
    assert_eq!(waiting, expected);
}
