//! Products: names that last, templates that can be rendered, and the test mail.

use domain::ids::ProductId;
use domain::permission::{Permission, Permissions};
use domain::product::ProductForm;
use engine::actor::Who;
use engine::ports::MailRefusal;
use engine::products::preview_template::{self, Draft};
use engine::products::{ProductView, archive, create, find, list, send_test_mail, update};
use engine::stripe::apps;
use engine::{Actor, Error, Result};
use serde_json::{Value, json};

use crate::support::{START, TestEngine};

fn form(json: Value) -> ProductForm {
    serde_json::from_value(json).expect("a form")
}

async fn try_create(t: &TestEngine, json: Value) -> Result<ProductView> {
    create::execute(&t.engine, &t.system(), &form(json)).await
}

async fn created(t: &TestEngine, name: &str) -> ProductView {
    try_create(t, json!({ "name": name }))
        .await
        .expect("is created")
}

async fn updated(t: &TestEngine, id: ProductId, json: Value) -> Result<ProductView> {
    update::execute(&t.engine, &t.system(), id, &form(json)).await
}

fn field_of(refused: Result<ProductView>) -> String {
    match refused {
        Err(Error::Invalid(errors)) => errors.first().expect("names one").field.clone(),
        _ => panic!("the form should be refused"),
    }
}

fn is_name_in_use(refused: &Result<ProductView>) -> bool {
    matches!(
        refused,
        Err(Error::Conflict {
            code: "name_in_use",
            ..
        })
    )
}

#[tokio::test]
async fn a_new_product_begins_with_the_default_apps_currency_unless_it_names_one() {
    let t = TestEngine::start().await;
    let add_app = async |json: Value| {
        let app = serde_json::from_value(json).expect("a form");
        let made = apps::save::create(&t.engine, &t.system(), &app).await;
        made.expect("the app is created");
    };
    let currency_of = async |json: Value| {
        let made = try_create(&t, json).await.expect("is created");
        made.fields.price.to_string()
    };
    assert_eq!(currency_of(json!({ "name": "A" })).await, "0.00 USD");
    add_app(json!({ "name": "Any", "defaultCurrency": "CHF" })).await;
    assert_eq!(currency_of(json!({ "name": "B" })).await, "0.00 USD");
    add_app(json!({ "name": "Test", "isDefault": true, "defaultCurrency": "EUR" })).await;
    let priced = json!({ "name": "C", "price": "49.90" });
    assert_eq!(currency_of(priced).await, "49.90 EUR");
    let live =
        json!({ "name": "Live", "isDefault": true, "isLive": true, "defaultCurrency": "JPY" });
    add_app(live).await;
    assert_eq!(currency_of(json!({ "name": "D" })).await, "0 JPY");
    let named = json!({ "name": "E", "currency": "GBP" });
    assert_eq!(currency_of(named).await, "0.00 GBP");
    let old = list::execute(&t.engine, &t.system()).await.expect("lists");
    let old = old.iter().find(|product| product.fields.name == "C");
    let id = old.expect("is there").id;
    let renamed = updated(&t, id, json!({ "name": "C2" })).await;
    let price = renamed.expect("is saved").fields.price;
    assert_eq!(price.to_string(), "49.90 EUR", "it keeps its own");
}

#[tokio::test]
async fn a_created_product_is_found_as_it_was_written() {
    let t = TestEngine::start().await;
    let made = try_create(
        &t,
        json!({ "name": "Atlas", "price": "49.90", "currency": "eur", "defaultLicenseDays": 365,
            "features": "maps, layers", "maxSeats": 5 }),
    )
    .await
    .expect("is created");
    assert_eq!(made.template_version, 1);
    assert_eq!(made.created_at, START);
    assert_eq!(made.fields.price.minor, 4990);
    assert_eq!(made.fields.features, ["maps", "layers"]);
    let found = find::execute(&t.engine, &t.system(), made.id)
        .await
        .expect("is there");
    assert_eq!(found, made);
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all, [made]);
}

#[tokio::test]
async fn a_name_stays_the_products_own_after_a_renaming() {
    let t = TestEngine::start().await;
    let atlas = created(&t, "Atlas").await;
    let other = created(&t, "Borealis").await;
    let renamed = updated(&t, atlas.id, json!({ "name": "Atlas Studio" }))
        .await
        .expect("is renamed");
    assert_eq!(renamed.fields.name, "Atlas Studio");
    assert_eq!(renamed.template_version, 1, "a name is no template");
    for taken in ["ATLAS", "atlas studio", "Ａｔｌａｓ"] {
        assert!(is_name_in_use(
            &try_create(&t, json!({ "name": taken })).await
        ));
        let refused = updated(&t, other.id, json!({ "name": taken })).await;
        assert!(is_name_in_use(&refused), "{taken}");
    }
    let back = updated(&t, atlas.id, json!({ "name": "atlas" })).await;
    assert_eq!(back.expect("its own former name").fields.name, "atlas");
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all.len(), 2, "what was refused left nothing behind");
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_name_and_counts_templates() {
    let t = TestEngine::start().await;
    let made = try_create(
        &t,
        json!({ "name": "Atlas", "price": "10", "trialDays": 14 }),
    )
    .await
    .expect("is created");
    t.clock.advance_seconds(60);
    let template = json!({ "emailTemplate": "Key: {{ActivationKey}}" });
    let changed = updated(&t, made.id, template.clone())
        .await
        .expect("is changed");
    assert_eq!(changed.template_version, 2);
    assert_eq!(changed.fields.trial_days, 14);
    assert_eq!(changed.fields.price, made.fields.price);
    assert_eq!(changed.updated_at, Some(t.engine.now()));
    let same = updated(&t, made.id, template).await.expect("is changed");
    assert_eq!(same.template_version, 2, "the same text is no new version");
    let subject = updated(&t, made.id, json!({ "emailSubject": "Your key" })).await;
    assert_eq!(subject.expect("is changed").template_version, 3);
}

#[tokio::test]
async fn a_template_that_cannot_be_rendered_is_refused_beside_its_field() {
    let t = TestEngine::start().await;
    let made = created(&t, "Atlas").await;
    for (field, text) in [
        ("emailTemplate", "Dear {{Customer}}"),
        ("emailTemplate", "{{ActivationKey"),
        (
            "emailTemplate",
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        ),
        ("emailSubject", "{{Nobody}}"),
    ] {
        let refused = try_create(&t, json!({ "name": "Borealis", field: text })).await;
        assert_eq!(field_of(refused), field);
        let refused = updated(&t, made.id, json!({ field: text })).await;
        assert_eq!(field_of(refused), field);
        let draft = Draft {
            product_name: "Atlas",
            subject: if field == "emailSubject" { text } else { "" },
            body: if field == "emailTemplate" { text } else { "" },
        };
        let Err(Error::Invalid(errors)) = preview_template::execute(&t.system(), &draft) else {
            panic!("{text} should be refused");
        };
        assert!(errors.message(field).is_some());
    }
    let found = find::execute(&t.engine, &t.system(), made.id).await;
    assert_eq!(found.expect("is there"), made);
}

#[tokio::test]
async fn a_preview_shows_example_keys_and_the_name_as_typed() {
    let t = TestEngine::start().await;
    let draft = Draft {
        product_name: "Atlas <Studio>",
        subject: "",
        body: "<p>{{ProductName}}: {{ActivationKey}}</p>",
    };
    let mail = preview_template::execute(&t.system(), &draft).expect("renders");
    assert_eq!(mail.subject, "Your Atlas <Studio> license");
    let html = mail.html.expect("is HTML");
    assert!(html.contains("Atlas &lt;Studio&gt;: TEST-TEST-TEST-TEST<br>"));
}

#[tokio::test]
async fn an_archived_product_leaves_the_list_and_changes_no_more() {
    let t = TestEngine::start().await;
    let made = created(&t, "Atlas").await;
    for _ in 0..2 {
        archive::execute(&t.engine, &t.system(), made.id)
            .await
            .expect("is archived");
        t.clock.advance_seconds(1);
    }
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all, []);
    let found = find::execute(&t.engine, &t.system(), made.id).await;
    let found = found.expect("is kept");
    assert_eq!(found.archived_at, Some(START));
    assert!(!found.fields.is_active);
    let refused = updated(&t, made.id, json!({ "isActive": true })).await;
    assert!(matches!(
        refused,
        Err(Error::Conflict {
            code: "archived",
            ..
        })
    ));
    assert!(is_name_in_use(
        &try_create(&t, json!({ "name": "Atlas" })).await
    ));
}

#[tokio::test]
async fn another_tenants_product_is_not_there() {
    let t = TestEngine::start().await;
    let made = created(&t, "Atlas").await;
    let other = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    let stranger = Actor::system(other);
    let (engine, id) = (&t.engine, made.id);
    let missing = |refused: Option<Error>| matches!(refused, Some(Error::NotFound("product")));
    assert!(missing(find::execute(engine, &stranger, id).await.err()));
    let form = form(json!({ "name": "Mine" }));
    assert!(missing(
        update::execute(engine, &stranger, id, &form).await.err()
    ));
    assert!(missing(archive::execute(engine, &stranger, id).await.err()));
    let mail = send_test_mail::execute(engine, &stranger, id, "a@example.com").await;
    assert!(missing(mail.err()));
    let same_name = self::form(json!({ "name": "Atlas" }));
    let made = create::execute(engine, &stranger, &same_name).await;
    assert!(made.is_ok(), "names are unique within a tenant");
}

#[tokio::test]
async fn who_may_not_manage_changes_nothing_and_verify_does_not_even_look() {
    let t = TestEngine::start().await;
    let made = created(&t, "Atlas").await;
    let token = |permission| {
        let who = Who::Token {
            id: uuid::Uuid::nil().into(),
            name: "a token".into(),
            permissions: Permissions::NONE.with(permission),
        };
        Actor::new(t.tenant, who)
    };
    let forbidden = |refused: Option<Error>| matches!(refused, Some(Error::Forbidden(_)));
    let (engine, id) = (&t.engine, made.id);
    let reader = token(Permission::Generate);
    assert!(find::execute(engine, &reader, id).await.is_ok());
    let form = form(json!({ "name": "Mine" }));
    assert!(forbidden(
        create::execute(engine, &reader, &form).await.err()
    ));
    assert!(forbidden(
        update::execute(engine, &reader, id, &form).await.err()
    ));
    assert!(forbidden(archive::execute(engine, &reader, id).await.err()));
    let verifier = token(Permission::Verify);
    assert!(forbidden(list::execute(engine, &verifier).await.err()));
    assert!(forbidden(find::execute(engine, &verifier, id).await.err()));
}

#[tokio::test]
async fn a_test_mail_is_made_from_the_saved_template_and_waits_out_a_refusal() {
    let t = TestEngine::start().await;
    let made = try_create(
        &t,
        json!({ "name": "Atlas", "emailSubject": "Hello {{CustomerEmail}}",
            "emailTemplate": "{{ProductName}}: {{ActivationKey}}" }),
    )
    .await
    .expect("is created");
    let refused = send_test_mail::execute(&t.engine, &t.system(), made.id, "nobody").await;
    let Err(Error::Invalid(errors)) = refused else {
        panic!("the address should be refused");
    };
    assert!(errors.message("recipient").is_some());
    t.mailer.refuse(MailRefusal {
        is_permanent: false,
        answer: "421 try later".into(),
    });
    let to = "ann@example.com";
    let _ = send_test_mail::execute(&t.engine, &t.system(), made.id, to)
        .await
        .expect("is queued");
    assert_eq!(t.run_due_jobs().await, 1);
    assert!(t.mailer.sent().is_empty());
    t.mailer.accept();
    t.clock.advance_seconds(10);
    assert_eq!(t.run_due_jobs().await, 1);
    let sent = t.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, to);
    assert_eq!(sent[0].subject, "Hello ann@example.com");
    assert_eq!(sent[0].text, "Atlas: TEST-TEST-TEST-TEST");
    assert!(sent[0].message_id.ends_with("@licences.example>"));
}
