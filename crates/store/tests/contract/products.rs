//! Products and their names.

use domain::ids::ProductId;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use store::named::NameFilter;
use store::products::{self, Product};

use crate::rows::{a_product, tenant};
use crate::support::{NOW, on_each, page_by_page, read, write};

#[tokio::test]
async fn a_product_is_written_and_read_whole() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let row = a_product("Atlas");
        let atlas = write(db, async |tx| products::insert(tx, acme, &row).await).await;
        let other = write(db, async |tx| {
            products::insert(tx, acme, &a_product("B")).await
        })
        .await;
        assert!(atlas.get() > 0);
        let found = read(db, async |c| products::find(c, acme, atlas).await).await;
        let mut product = found.expect("is there");
        let expected = Product { id: atlas, ..row };
        assert_eq!(format!("{product:?}"), format!("{expected:?}"));
        product.name = "Atlas Studio".into();
        product.max_seats = None;
        product.seats_from_quantity = true;
        product.template_version = 2;
        product.updated_at = Some(NOW + 1);
        product.archived_at = Some(NOW + 1);
        assert!(!write(db, async |tx| products::update(tx, blue, &product).await).await);
        assert!(write(db, async |tx| products::update(tx, acme, &product).await).await);
        let locked = write(db, async |tx| products::lock(tx, acme, atlas).await).await;
        assert_eq!(
            format!("{:?}", locked.expect("is there")),
            format!("{product:?}")
        );
        assert!(
            write(db, async |tx| products::lock(tx, blue, atlas).await)
                .await
                .is_none()
        );
        let listed = read(db, async |c| products::list(c, acme).await).await;
        let ids: Vec<_> = listed.iter().map(|p| p.id).collect();
        assert_eq!(ids, [other], "archived ones are not listed");
        let names = read(db, async |c| products::names(c, acme).await).await;
        let has = |id, name: &str| names.contains(&(id, name.to_owned()));
        assert!(has(atlas, "Atlas Studio") && has(other, "B") && names.len() == 2);
        assert!(
            read(db, async |c| products::find(c, blue, atlas).await)
                .await
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn of_very_many_products_the_newest_are_listed_the_oldest_of_them_first() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let row = a_product("Any");
        let made = write(db, async |tx| {
            let mut ids = Vec::new();
            for _ in 0..1_001 {
                ids.push(products::insert(tx, acme, &row).await?);
            }
            Ok(ids)
        });
        let made = made.await;
        let listed = read(db, async |c| products::list(c, acme).await).await;
        let listed: Vec<_> = listed.iter().map(|product| product.id).collect();
        assert_eq!(listed, made[1..]);
    })
    .await;
}

#[tokio::test]
async fn a_name_belongs_to_one_product_of_a_tenant_for_ever() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let mut ids = Vec::new();
        for tenant in [acme, acme, blue] {
            let row = a_product("Any");
            ids.push(write(db, async |tx| products::insert(tx, tenant, &row).await).await);
        }
        let take = |tenant, id: ProductId| {
            write(db, async move |tx| {
                products::insert_name(tx, tenant, ("atlas", id), NOW).await
            })
        };
        assert!(take(acme, ids[0]).await);
        assert!(!take(acme, ids[1]).await);
        assert!(!take(acme, ids[0]).await);
        assert!(take(blue, ids[2]).await);
        let owner = read(db, async |c| products::find_by_name(c, acme, "atlas").await).await;
        assert_eq!(owner, Some(ids[0]));
        let nobody = read(db, async |c| products::find_by_name(c, acme, "x").await).await;
        assert_eq!(nobody, None);
    })
    .await;
}

#[tokio::test]
async fn products_are_paged_by_shelf_and_found_by_any_name_that_they_had() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let mut ids = Vec::new();
        for (tenant, name, archived_at) in [
            (acme, "atlas", None),
            (acme, "atlantis", None),
            (acme, "zeta", None),
            (acme, "attic", Some(NOW)),
            (blue, "atlas", None),
        ] {
            let mut row = a_product(name);
            row.archived_at = archived_at;
            let id = write(db, async |tx| products::insert(tx, tenant, &row).await).await;
            let taken = write(db, async |tx| {
                products::insert_name(tx, tenant, (name, id), NOW).await
            });
            assert!(taken.await);
            ids.push(id);
        }
        let former = write(db, async |tx| {
            products::insert_name(tx, acme, ("atoll", ids[2]), NOW).await
        });
        assert!(former.await);
        let found = async |filter: NameFilter| {
            let rows = read(db, async |c| products::page(c, acme, &filter).await).await;
            // Latest first.
            rows.iter()
                .rev()
                .map(|product| product.id)
                .collect::<Vec<_>>()
        };
        let filter = |shelf, beginning: &str| NameFilter {
            shelf,
            beginning: beginning.into(),
            order: NameOrder::Newest,
            after: None,
            limit: 9,
        };
        assert_eq!(found(filter(Shelf::Current, "")).await, ids[..3]);
        assert_eq!(found(filter(Shelf::Archived, "")).await, [ids[3]]);
        assert_eq!(
            found(filter(Shelf::Current, "at")).await,
            ids[..3],
            "a former name"
        );
        assert_eq!(found(filter(Shelf::Current, "atl")).await, ids[..2]);
        assert_eq!(found(filter(Shelf::Archived, "at")).await, [ids[3]]);
        for beginning in ["", "at"] {
            let mut page = filter(Shelf::Current, beginning);
            page.limit = 2;
            assert_eq!(found(page.clone()).await, ids[1..3]);
            page.after = Some(ids[1].get());
            assert_eq!(found(page).await, [ids[0]]);
        }
    })
    .await;
}

#[tokio::test]
async fn products_are_paged_by_the_name_that_they_have_now() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let mut ids = Vec::new();
        for (tenant, name) in [
            (acme, "Zeta"),
            (acme, "atlas"),
            (blue, "Border"),
            (acme, "ETNA"),
            (acme, "Atlantis"),
        ] {
            let row = a_product(name);
            let id = write(db, async |tx| products::insert(tx, tenant, &row).await).await;
            let key = domain::folding::name_key(name);
            let taken = write(db, async |tx| {
                products::insert_name(tx, tenant, (&key, id), NOW).await
            });
            assert!(taken.await);
            ids.push(id);
        }
        let [zeta, atlas, _, etna, atlantis] = *ids.as_slice() else {
            panic!("five products");
        };
        let found = async |order: NameOrder, beginning: &str| {
            let products = page_by_page(async |last: Option<&Product>| {
                let filter = NameFilter {
                    shelf: Shelf::Current,
                    beginning: beginning.into(),
                    order,
                    after: last.map(|product| product.id.get()),
                    limit: 2,
                };
                read(db, async |c| products::page(c, acme, &filter).await).await
            });
            let found = products.await.into_iter().map(|product| product.id);
            found.collect::<Vec<_>>()
        };
        let by_name = found(NameOrder::Name, "").await;
        assert_eq!(by_name, [atlantis, atlas, etna, zeta]);
        let backwards = found(NameOrder::NameBackwards, "").await;
        assert_eq!(backwards, [zeta, etna, atlas, atlantis]);
        assert_eq!(found(NameOrder::Name, "at").await, [atlantis, atlas]);
        let mut renamed = read(db, async |c| products::find(c, acme, zeta).await).await;
        let row = renamed.as_mut().expect("is there");
        row.name = "Aachen".into();
        assert!(write(db, async |tx| products::update(tx, acme, row).await).await);
        let by_name = found(NameOrder::Name, "").await;
        assert_eq!(by_name, [zeta, atlantis, atlas, etna]);
        let oldest = found(NameOrder::Oldest, "").await;
        assert_eq!(oldest, [zeta, atlas, etna, atlantis]);
    })
    .await;
}
