//! `/api/product/{id}/test-mail` and `/api/product/preview-template`: trying a product's mail.

use axum::Json;
use axum::routing::post;
use domain::ids::ProductId;
use engine::products::preview_template::Draft;
use engine::products::{preview_template, send_test_mail as send};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::body::{JsonBody, PRODUCT_BODY_MAX};
use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::Id;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let path = "/api/product/{id}/test-mail";
    let test = both(Routes::default(), path, post(send_test_mail));
    let path = "/api/product/preview-template";
    let preview = both(Routes::default(), path, post(preview));
    test.merge(preview.with_body_max(PRODUCT_BODY_MAX))
}

/// Where a test mail goes.
#[derive(Deserialize, ToSchema)]
pub struct TestMail {
    /// Address.
    #[schema(format = "email")]
    email: String,
}

/// A mail that was queued.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueuedMail {
    /// Id of the mail: `/api/mail/{id}`.
    mail_id: uuid::Uuid,
}

/// Queues a test mail made from the product's template, with an example key.
#[utoipa::path(post, path = "/api/product/{id}/test-mail", tag = "Products",
    params(("id" = i32, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = TestMail,
    responses((status = 201, body = QueuedMail)))]
pub(super) async fn send_test_mail(
    caller: Caller,
    Id(id): Id<ProductId>,
    call: Creating<TestMail>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, to| {
        let (engine, actor) = caller.parts();
        let id = send::execute(engine, actor, id, &to.email).await;
        let id = id.map_err(|error| ApiError::from(error).calling("recipient", "email"))?;
        Made::created(&QueuedMail { mail_id: id.get() })
    })
    .await
}

/// A template that is not saved yet; blank texts mean the standard ones.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TemplateDraft {
    /// Stands for `{{ProductName}}`.
    name: String,
    /// Template of the subject.
    email_subject: String,
    /// Template of the body.
    email_template: String,
}

/// What a template makes.
#[derive(Serialize, ToSchema)]
pub struct RenderedTemplate {
    subject: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

/// Renders a template with two example keys; nothing is saved or sent.
#[utoipa::path(post, path = "/api/product/preview-template", tag = "Products",
    request_body = TemplateDraft,
    responses((status = 200, body = RenderedTemplate)))]
pub(super) async fn preview(
    caller: Caller,
    JsonBody(draft): JsonBody<TemplateDraft>,
) -> ApiResult<Json<RenderedTemplate>> {
    let draft = Draft {
        product_name: &draft.name,
        subject: &draft.email_subject,
        body: &draft.email_template,
    };
    let rendered = preview_template::execute(&caller.actor, &draft)?;
    Ok(Json(RenderedTemplate {
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    }))
}
