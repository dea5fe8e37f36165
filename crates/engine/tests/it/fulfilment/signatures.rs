//! Who is believed: the signature table, from the header to the app whose secret made it.

use domain::ids::ProductId;
use domain::stripe_signature::{SignatureRefusal, sign};
use engine::stripe::receive_event::{Answer, Cause, Target};
use engine::stripe::{apps, replay};
use engine::{Actor, Error};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::fixture::{COMPLETED, SECRET, Shop, add_app, add_product, event, event_with, keys_of};
use crate::support::START;

const OTHER: &str = "whsec_otherotherotherotherother02";
const THIRD: &str = "whsec_thirdthirdthirdthirdthird03";
const LAST: &str = "whsec_lastlastlastlastlastlastla04";

fn body(shop: &Shop) -> String {
    event("evt_1", COMPLETED, &shop.session(1, json!({})))
}

fn refused(cause: impl Into<Cause>) -> Answer {
    Answer::Refused(cause.into())
}

fn is_accepted(answer: &Answer) -> bool {
    matches!(answer, Answer::Accepted { .. })
}

#[tokio::test]
async fn the_right_signature_issues_a_key() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.deliver(&body(&shop)).await,
        "1 key issued, mail queued"
    );
    assert_eq!(shop.keys().await.len(), 1);
    let line = shop.line("evt_1").await;
    assert_eq!(
        (&*line.status, &*line.processing),
        ("verified", "fulfilled")
    );
}

#[tokio::test]
async fn headers_that_prove_nothing_are_refused_with_their_cause_and_issue_nothing() {
    let shop = Shop::open().await;
    let body = body(&shop);
    let right = sign(SECRET, START, body.as_bytes());
    let hex = right.split("v1=").nth(1).expect("a signature");
    let time = START.unix_seconds();
    let malformed = || refused(SignatureRefusal::Malformed);
    let no_match = || refused(Cause::NoAppMatched);
    let nine = format!("t={time}{}", format!(",v1={hex}").repeat(9));
    let table = [
        (None, refused(SignatureRefusal::Missing)),
        (Some(String::new()), refused(SignatureRefusal::Missing)),
        (Some("nonsense".into()), malformed()),
        (Some(format!("v1={hex}")), malformed()),
        (Some(format!("t=x,v1={hex}")), malformed()),
        (Some(format!("t={time},v1={}", &hex[1..])), malformed()),
        (Some(nine), malformed()),
        (
            Some(format!("t={time},v0={hex}")),
            refused(SignatureRefusal::NoSignature),
        ),
        (Some(format!("t={},v1={hex}", time + 1)), no_match()),
        (Some(sign(OTHER, START, body.as_bytes())), no_match()),
        (Some(sign("", START, body.as_bytes())), no_match()),
    ];
    for (header, expected) in table {
        let answer = shop.post(header.as_deref(), &body).await;
        assert_eq!(answer, expected, "{header:?}");
    }
    assert!(shop.keys().await.is_empty());
    let line = shop.line("evt_1").await;
    assert_eq!((&*line.status, line.is_event), ("failed", false));
}

#[tokio::test]
async fn any_of_several_signatures_may_match_and_other_schemes_are_skipped() {
    let shop = Shop::open().await;
    let body = body(&shop);
    let right = sign(SECRET, START, body.as_bytes());
    let (time, v1) = right.split_once(',').expect("two parts");
    let wrong = sign(OTHER, START, body.as_bytes());
    let wrong = wrong.split(',').nth(1).expect("two parts");
    let v0 = wrong.replace("v1", "v0");
    let header = format!("{time},{v0},{wrong},{v1}");
    assert!(is_accepted(&shop.post(Some(&header), &body).await));
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn a_signature_counts_for_300_seconds_both_ways() {
    for (seconds, counts) in [(-301, false), (-299, true), (299, true), (301, false)] {
        let shop = Shop::open().await;
        let body = body(&shop);
        let header = sign(SECRET, START.plus_seconds(seconds), body.as_bytes());
        let answer = shop.post(Some(&header), &body).await;
        assert_eq!(is_accepted(&answer), counts, "{seconds}: {answer:?}");
        if !counts {
            assert_eq!(answer, refused(SignatureRefusal::Stale), "{seconds}");
        }
        assert_eq!(shop.keys().await.len(), usize::from(counts), "{seconds}");
    }
}

#[tokio::test]
async fn a_body_altered_by_one_byte_is_refused() {
    let shop = Shop::open().await;
    let body = body(&shop);
    let header = sign(SECRET, START, body.as_bytes());
    for altered in [
        body.replacen("4990", "4991", 1),
        format!("{body} "),
        body.replacen("\"1\"", "\"9\"", 1),
    ] {
        assert_ne!(altered, body);
        let answer = shop.post(Some(&header), &altered).await;
        assert_eq!(answer, refused(Cause::NoAppMatched));
    }
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn an_app_without_a_signing_secret_never_matches_even_an_empty_one() {
    let shop = Shop::open().await;
    let without = json!({ "name": "Bare", "secretKey": "", "webhookSigningSecret": " " });
    let (_, public_id) = add_app(&shop.t, &shop.t.system(), without).await;
    let body = body(&shop);
    for secret in ["", " ", SECRET] {
        let header = sign(secret, START, body.as_bytes());
        let bare = Target::App(&public_id);
        let answer = shop.post_to(bare, Some(&header), &body).await;
        assert_eq!(answer, refused(Cause::NoAppMatched), "{secret:?}");
    }
    // What a careless check would accept: HMAC with an empty key over the right text.
    let mut mac = Hmac::<Sha256>::new_from_slice(b"").expect("any length will do");
    mac.update(format!("{}.{body}", START.unix_seconds()).as_bytes());
    let hex = hex::encode(mac.finalize().into_bytes());
    let forged = format!("t={},v1={hex}", START.unix_seconds());
    let answer = shop.post_to(Target::Shared, Some(&forged), &body).await;
    assert_eq!(answer, refused(Cause::NoAppMatched));
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn another_tenants_secret_proves_nothing_at_our_url() {
    let shop = Shop::open().await;
    let stranger = shop.stranger("Borealis").await;
    let theirs = json!({ "webhookSigningSecret": OTHER });
    add_app(&shop.t, &stranger, theirs).await;
    let answer = shop.post_signed(OTHER, &body(&shop)).await;
    assert_eq!(answer, refused(Cause::NoAppMatched));
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn an_inactive_app_verifies_nothing_at_either_url() {
    let shop = Shop::open().await;
    shop.change_app(json!({ "isActive": "false" })).await;
    let body = body(&shop);
    let header = sign(SECRET, START, body.as_bytes());
    for target in [Target::App(&shop.public_id), Target::Shared] {
        let answer = shop.post_to(target, Some(&header), &body).await;
        assert_eq!(answer, refused(Cause::NoAppMatched));
    }
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn the_shared_url_finds_the_app_and_an_unknown_one_is_not_found() {
    let shop = Shop::open().await;
    let body = body(&shop);
    let header = sign(SECRET, START, body.as_bytes());
    let unknown = Target::App("0123456789abcdef0123456789abcdef");
    let answer = shop.post_to(unknown, Some(&header), &body).await;
    assert_eq!(answer, Answer::UnknownApp);
    let answer = shop.post_to(Target::Shared, Some(&header), &body).await;
    assert!(is_accepted(&answer), "{answer:?}");
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn of_many_apps_the_shared_url_finds_the_one_that_signed_and_its_tenant_alone_gets_keys() {
    let shop = Shop::open().await;
    let (own, stranger) = (shop.t.system(), shop.stranger("Borealis").await);
    let theirs = add_product(&shop.t, &stranger, json!({})).await;
    let mut added = Vec::new();
    for (actor, name, secret) in [
        (&own, "Second", OTHER),
        (&stranger, "Third", THIRD),
        (&stranger, "Last", LAST),
    ] {
        // They are tried in the order of their making.
        shop.t.clock.advance_seconds(1);
        let app = json!({ "name": name, "webhookSigningSecret": secret });
        added.push(add_app(&shop.t, actor, app).await.0);
    }
    let deliver = async |number: u32, secret: &str, product: ProductId| {
        let product = json!({ "metadata": { "productId": product.to_string() } });
        let session = shop.session(number, product);
        let body = event(&format!("evt_{number}"), COMPLETED, &session);
        let header = sign(secret, shop.t.engine.now(), body.as_bytes());
        shop.post_to(Target::Shared, Some(&header), &body).await
    };
    let keys = async || {
        let of_stranger = keys_of(&shop.t, &stranger).await;
        (shop.keys().await.len(), of_stranger.len())
    };
    let answer = deliver(1, LAST, theirs).await;
    assert!(is_accepted(&answer), "{answer:?}");
    assert_eq!(keys().await, (0, 1));
    // Inactive ones of either tenant, tried before it, are passed over.
    shop.change_app(json!({ "isActive": "false" })).await;
    let inactive = serde_json::from_value(json!({ "isActive": "false" })).expect("a form");
    apps::save::update(&shop.t.engine, &stranger, added[1], &inactive)
        .await
        .expect("the app is saved");
    let answer = deliver(2, LAST, theirs).await;
    assert!(is_accepted(&answer), "{answer:?}");
    assert_eq!(keys().await, (0, 2));
    for (number, secret, product) in [(3, SECRET, shop.product), (4, THIRD, theirs)] {
        let answer = deliver(number, secret, product).await;
        assert_eq!(answer, refused(Cause::NoAppMatched), "{number}");
    }
    let answer = deliver(5, OTHER, shop.product).await;
    assert!(is_accepted(&answer), "{answer:?}");
    assert_eq!(keys().await, (1, 2));
}

#[tokio::test]
async fn while_a_secret_is_rolled_both_count_until_the_former_ones_time() {
    let shop = Shop::open().await;
    shop.change_app(json!({ "webhookSigningSecret": OTHER,
        "previousWebhookSigningSecret": SECRET }))
        .await;
    let body = |number: u32| {
        let session = shop.session(number, json!({}));
        event(&format!("evt_{number}"), COMPLETED, &session)
    };
    assert!(is_accepted(&shop.post_signed(OTHER, &body(1)).await));
    assert!(is_accepted(&shop.post_signed(SECRET, &body(2)).await));
    shop.t.clock.set(START.plus_hours(24));
    assert!(is_accepted(&shop.post_signed(SECRET, &body(3)).await));
    shop.t.clock.set(START.plus_hours(24).plus_millis(1));
    let answer = shop.post_signed(SECRET, &body(4)).await;
    assert_eq!(answer, refused(Cause::NoAppMatched));
    assert!(is_accepted(&shop.post_signed(OTHER, &body(4)).await));
    assert_eq!(shop.keys().await.len(), 4);
}

#[tokio::test]
async fn a_secret_that_any_app_of_the_installation_accepts_is_refused_to_every_other() {
    let shop = Shop::open().await;
    let stranger = shop.stranger("Borealis").await;
    shop.change_app(json!({ "webhookSigningSecret": OTHER,
        "previousWebhookSigningSecret": SECRET }))
        .await;
    let save = async |actor: &Actor, field: &str, secret: &str| {
        let form = json!({ "name": "Bold", "isActive": true, field: secret });
        let form = serde_json::from_value(form).expect("a form");
        apps::save::create(&shop.t.engine, actor, &form).await
    };
    for actor in [&stranger, &shop.t.system()] {
        for field in ["webhookSigningSecret", "previousWebhookSigningSecret"] {
            for secret in [OTHER, SECRET] {
                let Err(Error::Invalid(errors)) = save(actor, field, secret).await else {
                    panic!("{field} should be refused");
                };
                let message = errors.message(field).expect("beside its field");
                assert!(message.contains("Another app already uses"), "{message}");
            }
        }
    }
    // Rolling on, the app itself may bring its own former secret back.
    shop.change_app(json!({ "webhookSigningSecret": SECRET,
        "previousWebhookSigningSecret": OTHER }))
        .await;
    shop.t.clock.set(START.plus_hours(24));
    let early = save(&stranger, "webhookSigningSecret", OTHER).await;
    assert!(early.is_err(), "it still counts");
    shop.t.clock.set(START.plus_hours(24).plus_millis(1));
    let freed = save(&stranger, "webhookSigningSecret", OTHER).await;
    assert!(freed.is_ok(), "nobody accepts it any more");
}

#[tokio::test]
async fn an_event_of_the_other_mode_is_refused_and_issues_nothing() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({}));
    let live = event_with("evt_1", COMPLETED, &session, json!({ "livemode": true }));
    let answer = shop.post_signed(SECRET, &live).await;
    let contradiction = Cause::Livemode {
        event: "live",
        app: "Test",
    };
    assert_eq!(answer, refused(contradiction));
    assert!(shop.keys().await.is_empty());
    assert_eq!(shop.line("evt_1").await.status, "failed");
}

#[tokio::test]
async fn a_verified_thin_payload_and_a_connect_event_are_ignored_with_the_remedy() {
    let shop = Shop::open().await;
    let thin = json!({ "object": "v2.core.event", "data": null });
    let thin = event_with("evt_thin", COMPLETED, &json!({}), thin);
    assert!(shop.deliver(&thin).await.contains("choose Snapshot"));
    let connect = json!({ "account": "acct_1" });
    let session = shop.session(1, json!({}));
    let connect = event_with("evt_connect", COMPLETED, &session, connect);
    assert!(shop.deliver(&connect).await.contains("connected account"));
    for id in ["evt_thin", "evt_connect"] {
        let line = shop.line(id).await;
        assert_eq!((&*line.status, &*line.processing), ("verified", "ignored"));
    }
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_event_is_refused_though_its_signature_is_right() {
    let shop = Shop::open().await;
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"id\":\"pi_1\"}",
        "{\"id\":\"evt_\"}",
        "[\"evt_1\",\"ping\"]",
    ] {
        let answer = shop.post_signed(SECRET, body).await;
        let is_told = matches!(answer, Answer::Refused(Cause::NotAnEvent(_)));
        assert!(is_told, "{body}: {answer:?}");
    }
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn a_rightly_signed_event_without_type_or_livemode_is_kept_and_ignored_with_the_reason() {
    let shop = Shop::open().await;
    let form = json!({ "name": "Live", "isLive": true, "secretKey": "sk_live_51AtlasAtlasAtlas02",
        "webhookSigningSecret": OTHER });
    let (_, live_app) = add_app(&shop.t, &shop.t.system(), form).await;
    let session = shop.session(1, json!({}));
    for (id, lacks, app, reason) in [
        ("evt_1", "type", &shop.public_id, "names no type"),
        ("evt_2", "livemode", &shop.public_id, "live or test"),
        ("evt_3", "livemode", &live_app, "live or test"),
    ] {
        let body = event_with(id, COMPLETED, &session, json!({ lacks: null }));
        let secret = if *app == live_app { OTHER } else { SECRET };
        let header = sign(secret, START, body.as_bytes());
        let answer = shop.post_to(Target::App(app), Some(&header), &body).await;
        let Answer::Accepted { outcome } = answer else {
            panic!("{id} is verified, but: {answer:?}");
        };
        assert!(outcome.contains(reason), "{outcome}");
        let line = shop.line(id).await;
        let told = (&*line.status, &*line.processing, line.outcome);
        assert_eq!(told, ("verified", "ignored", outcome));
        assert_eq!(line.livemode, *app == live_app, "as the app is marked");
        let again = replay::execute(&shop.t.engine, &shop.t.system(), line.id).await;
        assert_eq!(again.expect("it can be read"), "received before (ignored)");
    }
    assert!(shop.keys().await.is_empty());
}
