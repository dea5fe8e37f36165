//! Plans.

use domain::ids::PlanId;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use store::named::NameFilter;
use store::plans::{self, Plan};

use crate::rows::tenant;
use crate::support::{NOW, on_each, page_by_page, read, write};

fn plan(name: &str) -> Plan {
    Plan {
        id: PlanId::from(0),
        name: name.into(),
        name_key: name.to_lowercase(),
        duration_days: 30,
        features: r#"["maps"]"#.into(),
        is_active: true,
        created_at: NOW,
        updated_at: None,
        archived_at: None,
    }
}

#[tokio::test]
async fn a_plans_name_is_unique_in_its_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let insert = |tenant, name: &'static str| {
            write(db, async move |tx| {
                plans::insert(tx, tenant, &plan(name)).await
            })
        };
        let monthly = insert(acme, "Monthly").await.expect("is new");
        assert_eq!(insert(acme, "MONTHLY").await, None);
        assert!(insert(blue, "Monthly").await.is_some());
        let yearly = insert(acme, "Yearly").await.expect("is new");
        let mut row = read(db, async |c| plans::find(c, acme, yearly).await)
            .await
            .expect("is there");
        row.name_key = "monthly".into();
        let mut tx = db.begin();
        let refused = plans::update(&mut tx, acme, &row).await;
        assert!(refused.is_err_and(|e| e.is_unique_violation()));
        drop(tx);
        row.name_key = "per year".into();
        row.is_active = false;
        row.features = r#"["api"]"#.into();
        row.updated_at = Some(NOW + 1);
        assert!(!write(db, async |tx| plans::update(tx, blue, &row).await).await);
        assert!(write(db, async |tx| plans::update(tx, acme, &row).await).await);
        let locked = write(db, async |tx| plans::lock(tx, acme, yearly).await).await;
        let locked = locked.expect("is there");
        assert_eq!(
            (locked.is_active, locked.updated_at),
            (false, Some(NOW + 1))
        );
        assert_eq!(locked.features, r#"["api"]"#);
        assert!(
            write(db, async |tx| plans::lock(tx, blue, yearly).await)
                .await
                .is_none()
        );
        let all = read(db, async |c| plans::list(c, acme).await).await;
        let all: Vec<_> = all.iter().map(|p| (p.id, p.features.as_str())).collect();
        assert_eq!(all, [(monthly, r#"["maps"]"#), (yearly, r#"["api"]"#)]);
    })
    .await;
}

#[tokio::test]
async fn plans_are_paged_by_shelf_and_found_by_how_their_name_begins() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let mut ids = Vec::new();
        for (tenant, name) in [
            (acme, "month"),
            (acme, "year"),
            (acme, "month two"),
            (blue, "month"),
        ] {
            let row = plan(name);
            let id = write(db, async |tx| plans::insert(tx, tenant, &row).await).await;
            ids.push(id.expect("is new"));
        }
        let mut last = read(db, async |c| plans::find(c, acme, ids[2]).await)
            .await
            .expect("is there");
        last.archived_at = Some(NOW);
        assert!(write(db, async |tx| plans::update(tx, acme, &last).await).await);
        let found = async |shelf, beginning: &str, after| {
            let filter = NameFilter {
                shelf,
                beginning: beginning.into(),
                order: NameOrder::Newest,
                after,
                limit: 9,
            };
            let rows = read(db, async |c| plans::page(c, acme, &filter).await).await;
            rows.iter().map(|plan| plan.id).collect::<Vec<_>>()
        };
        assert_eq!(found(Shelf::Current, "", None).await, [ids[1], ids[0]]);
        assert_eq!(
            found(Shelf::Current, "", Some(ids[1].get())).await,
            [ids[0]]
        );
        assert_eq!(found(Shelf::Archived, "", None).await, [ids[2]]);
        assert_eq!(found(Shelf::Current, "mon", None).await, [ids[0]]);
        assert_eq!(found(Shelf::Archived, "mon", None).await, [ids[2]]);
        assert_eq!(found(Shelf::Archived, "mon", Some(ids[2].get())).await, []);
        let listed = read(db, async |c| plans::list(c, acme).await).await;
        let listed: Vec<_> = listed.iter().map(|plan| plan.id).collect();
        assert_eq!(listed, ids[..2], "archived ones are not listed");
    })
    .await;
}

#[tokio::test]
async fn of_very_many_plans_the_newest_are_listed_the_oldest_of_them_first() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let made = write(db, async |tx| {
            let mut ids = Vec::new();
            for n in 0..1_001 {
                let row = plan(&format!("Plan {n}"));
                ids.extend(plans::insert(tx, acme, &row).await?);
            }
            Ok(ids)
        });
        let made = made.await;
        assert_eq!(made.len(), 1_001);
        let listed = read(db, async |c| plans::list(c, acme).await).await;
        let listed: Vec<_> = listed.iter().map(|plan| plan.id).collect();
        assert_eq!(listed, made[1..]);
    })
    .await;
}

#[tokio::test]
async fn plans_are_paged_by_name_and_by_age_either_way_around() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let mut ids = Vec::new();
        for (tenant, name) in [
            (acme, "year"),
            (acme, "Month"),
            (acme, "day"),
            (blue, "hour"),
            (acme, "month two"),
        ] {
            let row = plan(name);
            let id = write(db, async |tx| plans::insert(tx, tenant, &row).await).await;
            ids.push(id.expect("is new"));
        }
        let found = async |order: NameOrder, beginning: &str| {
            let plans = page_by_page(async |last: Option<&Plan>| {
                let filter = NameFilter {
                    shelf: Shelf::Current,
                    beginning: beginning.into(),
                    order,
                    after: last.map(|plan| plan.id.get()),
                    limit: 1,
                };
                read(db, async |c| plans::page(c, acme, &filter).await).await
            });
            let found = plans.await.into_iter().map(|plan| plan.id);
            found.collect::<Vec<_>>()
        };
        let [year, month, day, _, two] = *ids.as_slice() else {
            panic!("five plans");
        };
        let by_name = [day, month, two, year];
        assert_eq!(found(NameOrder::Name, "").await, by_name);
        assert_eq!(found(NameOrder::Name, "mon").await, [month, two]);
        let backwards = [year, two, month, day];
        assert_eq!(found(NameOrder::NameBackwards, "").await, backwards);
        assert_eq!(found(NameOrder::NameBackwards, "mon").await, [two, month]);
        let oldest = [year, month, day, two];
        assert_eq!(found(NameOrder::Oldest, "").await, oldest);
        assert_eq!(found(NameOrder::Oldest, "mon").await, [month, two]);
        let newest = [two, day, month, year];
        assert_eq!(found(NameOrder::Newest, "").await, newest);
    })
    .await;
}
