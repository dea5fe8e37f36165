//! Tenants.

use domain::ids::TenantId;
use store::tenants;

use crate::support::{NOW, on_each, read, write};

#[tokio::test]
async fn a_tenant_is_found_listed_and_keeps_its_settings() {
    on_each(async |db| {
        let acme = write(db, async |tx| tenants::insert(tx, "Acme", NOW).await).await;
        let blue = write(db, async |tx| tenants::insert(tx, "Blue", NOW).await).await;
        assert!(acme.get() > 0 && blue > acme);
        write(db, async |tx| {
            let locked = tenants::lock(tx, acme).await?.expect("is there");
            assert_eq!(locked.settings, "{}");
            tenants::update(tx, acme, ("Acme & Co", r#"{"a":1}"#)).await
        })
        .await;
        let found = read(db, async |c| tenants::find(c, acme).await).await;
        let found = found.expect("is there");
        assert_eq!(
            (
                found.name.as_str(),
                found.settings.as_str(),
                found.created_at
            ),
            ("Acme & Co", r#"{"a":1}"#, NOW)
        );
        let nobody = TenantId::from(i32::MAX);
        assert!(
            read(db, async |c| tenants::find(c, nobody).await)
                .await
                .is_none()
        );
        assert!(
            write(db, async |tx| tenants::lock(tx, nobody).await)
                .await
                .is_none()
        );
        let all = read(db, async |c| tenants::list(c).await).await;
        let ids = read(db, async |c| tenants::ids(c).await).await;
        assert_eq!(ids, all.iter().map(|t| t.id).collect::<Vec<_>>());
        assert_eq!(all.iter().map(|t| t.id).collect::<Vec<_>>(), [acme, blue]);
        assert_eq!(all[1].settings, "{}");
    })
    .await;
}
