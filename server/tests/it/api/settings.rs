//! Settings by the JSON API: a mail server of the tenant's own goes in and never comes out.

use serde_json::{Value, json};

use super::stage::Stage;

const PASSWORD: &str = "s3cret-of-the-mail-server";

fn own() -> Value {
    json!({ "mailServerUrl": format!("smtp://shop:{PASSWORD}@mail.acme.example:587?tls=required"),
        "mailSender": " Acme <keys@acme.example> " })
}

#[tokio::test]
async fn a_mail_server_is_set_told_without_its_password_and_taken_away() {
    let stage = Stage::start().await;
    let before = stage.read("/api/settings").await;
    assert_eq!(before["mailServer"]["own"], false);
    let told = json!({ "host": "mail.acme.example:587", "sender": "Acme <keys@acme.example>",
        "own": true });
    let set = stage.put("/api/settings", &own()).await;
    assert_eq!((set.status, &set.json()["mailServer"]), (200, &told));
    let name = json!({ "companyName": "Acme & Co", "mailServerUrl": "" });
    assert_eq!(stage.put("/api/settings", &name).await.status, 200);
    let shown = stage.get("/api/settings").await;
    assert_eq!(shown.json()["mailServer"], told, "blank keeps it");
    for path in ["/api/settings", "/api/change?pageSize=9", "/api/dashboard"] {
        let text = stage.get(path).await.text;
        assert!(
            !text.contains(PASSWORD) && !text.contains("shop:"),
            "{path}"
        );
    }
    let away = stage
        .put("/api/settings", &json!({ "ownMailServer": false }))
        .await;
    assert_eq!(away.json()["mailServer"], before["mailServer"]);
    stage.stop().await;
}

#[tokio::test]
async fn a_wrong_mail_server_is_422_beside_its_field_and_says_no_secret() {
    let stage = Stage::start().await;
    for (change, field) in [
        (
            json!({ "mailServerUrl": format!("smtp://shop:{PASSWORD}@") }),
            "mailServerUrl",
        ),
        (
            json!({ "mailServerUrl": format!("http://{PASSWORD}") }),
            "mailServerUrl",
        ),
        (json!({ "mailServerUrl": 25 }), "mailServerUrl"),
        (json!({ "mailSender": "Acme" }), "mailSender"),
        (json!({ "ownMailServer": "perhaps" }), "ownMailServer"),
    ] {
        let mut body = own();
        let fields = change.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(fields);
        let reply = stage.put("/api/settings", &body).await;
        assert!(!reply.text.contains(PASSWORD), "{change}");
        let (status, _, named) = reply.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{change}");
    }
    let after = stage.read("/api/settings").await;
    assert_eq!(after["mailServer"]["own"], false, "nothing was kept");
    stage.stop().await;
}
