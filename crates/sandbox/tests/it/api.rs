//! The API's manners: keys, errors, idempotency, pages, expansion, faults.

use sandbox::{ApiFaults, Faults, Outcome};
use serde_json::json;

use crate::house::{
    KEY, SESSION, answer_of, client, get_json, id_of, new_session, post_form, sandbox,
};

#[tokio::test]
async fn a_session_answers_its_amounts_and_its_page() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    assert_eq!(session["amount_total"], 2997);
    assert_eq!(session["currency"], "eur");
    assert_eq!(session["payment_status"], "unpaid");
    let url = session["url"].as_str().expect("a url");
    assert!(url.starts_with(sandbox.base_url()), "{url}");
    let path = format!("/v1/checkout/sessions/{}/line_items", id_of(&session));
    let (_, items) = get_json(&sandbox, &path).await;
    assert_eq!(items["data"][0]["quantity"], 3);
    assert_eq!(items["data"][0]["description"], "Photo <Pro>");
}

#[tokio::test]
async fn wrong_keys_are_401_and_missing_rights_403() {
    let sandbox = sandbox().await;
    let url = format!("{}/v1/events?limit=1", sandbox.base_url());
    for (key, status) in [
        ("", 401),
        ("hello", 401),
        ("sk_test_invalid_1", 401),
        ("rk_live_expired_1", 401),
        ("pk_test_1234", 401),
        ("rk_test_noevents_1", 403),
        ("rk_test_1234", 200),
        ("sk_live_1234", 200),
    ] {
        let (got, body) = answer_of(client().get(&url).bearer_auth(key)).await;
        assert_eq!(got, status, "{key}: {body}");
    }
    let (got, _) = answer_of(client().get(&url).basic_auth(KEY, Some(""))).await;
    assert_eq!(got, 200);
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    let url = format!(
        "{}/v1/checkout/sessions/{}",
        sandbox.base_url(),
        id_of(&session)
    );
    let (status, body) = answer_of(client().get(&url).bearer_auth("sk_test_other")).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &json!("resource_missing"))
    );
    sandbox
        .account(&[KEY, "rk_test_second"], None)
        .expect("joined");
    let (status, _) = answer_of(client().get(&url).bearer_auth("rk_test_second")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_same_idempotency_key_answers_the_same_and_refuses_another_body() {
    let sandbox = sandbox().await;
    let url = format!("{}/v1/checkout/sessions", sandbox.base_url());
    let call = |form: Vec<(&'static str, &'static str)>| {
        let request = client().post(&url).bearer_auth(KEY);
        answer_of(request.header("Idempotency-Key", "once").form(&form))
    };
    let (_, first) = call(SESSION.to_vec()).await;
    let (_, second) = call(SESSION.to_vec()).await;
    assert_eq!(first["id"], second["id"]);
    let mut other = SESSION.to_vec();
    other[6].1 = "4";
    let (status, refused) = call(other).await;
    assert_eq!(
        (status, &refused["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    let (_, all) = get_json(&sandbox, "/v1/checkout/sessions").await;
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_stripe_would_refuse_is_refused_by_its_code() {
    let sandbox = sandbox().await;
    let with = |name: &'static str, value: &'static str| {
        let mut form = SESSION.to_vec();
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
        form
    };
    for (form, code, param) in [
        (with("colour", "red"), "parameter_unknown", "colour"),
        (with("mode", ""), "parameter_missing", "mode"),
        (
            with("success_url", "somewhere"),
            "url_invalid",
            "success_url",
        ),
        (
            with("customer_email", "nobody"),
            "email_invalid",
            "customer_email",
        ),
        (
            with("line_items[0][quantity]", "0"),
            "parameter_invalid_integer",
            "line_items[0][quantity]",
        ),
    ] {
        let (status, body) = post_form(&sandbox, "/v1/checkout/sessions", &form).await;
        assert_eq!(status, 400, "{body}");
        assert_eq!(body["error"]["code"], code, "{body}");
        assert_eq!(body["error"]["param"], param, "{body}");
    }
    let (status, body) = get_json(&sandbox, "/v1/unheard/of").await;
    assert_eq!(status, 404, "{body}");
}

#[tokio::test]
async fn expansion_puts_objects_in_the_place_of_ids() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=line_items&expand[]=payment_intent.latest_charge",
        id_of(&session)
    );
    let (_, full) = get_json(&sandbox, &path).await;
    assert_eq!(full["line_items"]["data"][0]["quantity"], 3);
    assert_eq!(full["payment_intent"]["latest_charge"]["paid"], true);
    let path = format!("/v1/checkout/sessions/{}?expand[]=nothing", id_of(&session));
    let (status, _) = get_json(&sandbox, &path).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn events_are_listed_by_type_newest_first_also_when_no_endpoint_took_them() {
    let sandbox = sandbox().await;
    for _ in 0..2 {
        let session = new_session(&sandbox).await;
        sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    }
    let path =
        "/v1/events?types[]=checkout.session.completed&types[]=payment_intent.succeeded&limit=3";
    let (_, page) = get_json(&sandbox, path).await;
    assert_eq!(page["has_more"], true);
    assert_eq!(page["data"][0]["type"], "checkout.session.completed");
    let last = id_of(&page["data"][2]).to_owned();
    let (_, rest) = get_json(&sandbox, &format!("{path}&starting_after={last}")).await;
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(1));
    let (_, one) = get_json(&sandbox, &format!("/v1/events/{last}")).await;
    assert_eq!(one["id"], last.as_str());
    let future = sandbox.clock().now() / 1000 + 10;
    let (_, none) = get_json(&sandbox, &format!("/v1/events?created[gte]={future}")).await;
    assert_eq!(none["data"], json!([]));
    let (_, none) = get_json(&sandbox, "/v1/events?delivery_success=false").await;
    assert_eq!(none["data"], json!([]));
}

#[tokio::test]
async fn an_endpoint_tells_its_secret_once() {
    let sandbox = sandbox().await;
    let form = [
        ("url", "http://127.0.0.1:1/hook"),
        ("enabled_events[]", "checkout.session.completed"),
        ("enabled_events[]", "payment_intent.succeeded"),
    ];
    let (_, made) = post_form(&sandbox, "/v1/webhook_endpoints", &form).await;
    assert!(
        made["secret"]
            .as_str()
            .is_some_and(|s| s.starts_with("whsec_")),
        "{made}"
    );
    assert_eq!(made["enabled_events"].as_array().map(Vec::len), Some(2));
    let path = format!("/v1/webhook_endpoints/{}", id_of(&made));
    let (_, read) = get_json(&sandbox, &path).await;
    assert!(read.get("secret").is_none());
    let (_, gone) = answer_of(
        client()
            .delete(format!("{}{path}", sandbox.base_url()))
            .bearer_auth(KEY),
    )
    .await;
    assert_eq!(gone["deleted"], true);
}

#[tokio::test]
async fn the_api_can_be_down_and_can_lose_its_answer() {
    let sandbox = sandbox().await;
    let api = |api| Faults {
        api,
        ..Faults::default()
    };
    sandbox.set_faults(api(ApiFaults {
        fail_next: 1,
        ..ApiFaults::default()
    }));
    let (status, body) = get_json(&sandbox, "/v1/events").await;
    assert_eq!((status, &body["error"]["type"]), (503, &json!("api_error")));
    let (status, _) = get_json(&sandbox, "/v1/events").await;
    assert_eq!(status, 200);
    sandbox.set_faults(api(ApiFaults {
        lose_answers: 1,
        ..ApiFaults::default()
    }));
    let lost = client()
        .post(format!("{}/v1/checkout/sessions", sandbox.base_url()))
        .bearer_auth(KEY)
        .form(&SESSION)
        .send()
        .await;
    let lost = match lost {
        Ok(answer) => answer.text().await,
        Err(error) => Err(error),
    };
    assert!(lost.is_err(), "{lost:?}");
    let (_, all) = get_json(&sandbox, "/v1/checkout/sessions").await;
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn absurd_numbers_are_refused_and_never_break_the_connection() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    let paid = sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    let intent = paid["payment_intent"].as_str().expect("an intent");
    let most = i64::MAX.to_string();
    let refund = vec![("payment_intent", intent), ("amount", &*most)];
    let least = i64::MIN.to_string();
    let mut expiry = SESSION.to_vec();
    expiry.push(("expires_at", &least));
    let name = format!("a{}", "[b]".repeat(100_000));
    for (path, form) in [
        ("/v1/refunds", refund),
        ("/v1/checkout/sessions", expiry),
        ("/v1/checkout/sessions", vec![(&*name, "x")]),
    ] {
        let (status, body) = post_form(&sandbox, path, &form).await;
        assert_eq!(status, 400, "{path}: {body}");
    }
}
