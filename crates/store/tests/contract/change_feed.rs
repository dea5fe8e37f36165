//! The change log as it grows.

use store::change_feed::{self, ChangeSign};
use store::changes::{self, NewChange};

use crate::rows::tenant;
use crate::support::{NOW, keep, on_each, read};

fn told(signs: &[ChangeSign]) -> Vec<&str> {
    signs.iter().map(|sign| sign.verb.as_str()).collect()
}

#[tokio::test]
async fn the_watcher_reads_all_tenants_and_a_stream_its_own() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        assert_eq!(read(db, async |c| change_feed::last(c).await).await, 0);
        for (tenant_id, verb) in [(acme, "issued"), (blue, "revoked"), (acme, "extended")] {
            let change = NewChange {
                tenant_id,
                livemode: true,
                actor_kind: "person",
                actor_id: "1",
                actor_name: "ann@example.com",
                subject_kind: "license",
                subject_id: "7",
                verb,
                data: "{}",
                hardware_key: None,
                at: NOW,
            };
            keep(db, |tx| changes::insert(tx, &change)).await;
        }
        let all = read(db, async |c| change_feed::after(c, 0, 9).await).await;
        assert_eq!(told(&all), ["issued", "revoked", "extended"]);
        assert!(all[1].tenant_id == blue && all[1].livemode && all[1].subject_kind == "license");
        let rest = read(db, async |c| change_feed::after(c, all[0].id, 1).await).await;
        assert_eq!(told(&rest), ["revoked"]);
        let own = read(db, async |c| change_feed::of_tenant(c, acme, (0, 9)).await).await;
        assert_eq!(told(&own), ["extended", "issued"]);
        let last = read(db, async |c| change_feed::last(c).await).await;
        assert_eq!(last, all[2].id);
        let of_blue = read(db, async |c| change_feed::last_of_tenant(c, blue).await).await;
        assert_eq!(of_blue, all[1].id);
    })
    .await;
}
