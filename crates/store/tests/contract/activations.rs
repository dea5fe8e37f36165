//! Seats: taken by one conditional update, given back once.

use domain::ids::{LicenseId, TenantId};
use store::activations::{self, NewActivation};
use store::licenses::{self, License};

use crate::rows::{a_license, data_key, product, tenant};
use crate::support::{NOW, TestDb, id, is_kept, keep, on_each, read, together};

fn on_device(n: u128, hardware_key: &str) -> NewActivation<'_> {
    NewActivation {
        id: uuid::Uuid::from_u128(n),
        license_id: license(),
        hardware_key,
        version: "1.2",
        address: "203.0.113.9",
        email: "Ann@example.com",
        at: NOW,
    }
}

fn license() -> LicenseId {
    id(1)
}

async fn with_seats(db: &TestDb, max_seats: Option<i32>) -> TenantId {
    let acme = tenant(db).await;
    let of = (product(db, acme).await, data_key(db, acme).await);
    let license = License {
        max_seats,
        ..a_license(1, of)
    };
    keep(db, |tx| licenses::insert(tx, acme, &license)).await;
    acme
}

async fn activate(db: &TestDb, tenant: TenantId, device: &NewActivation<'_>) -> bool {
    is_kept(db, |tx| {
        activations::take_seat(tx, tenant, device, "ann@example.com");
        activations::insert(tx, tenant, device);
    })
    .await
}

#[tokio::test]
async fn a_licence_without_seats_is_one_devices_and_remembers_which() {
    on_each(async |db| {
        let acme = with_seats(db, None).await;
        assert!(activate(db, acme, &on_device(10, "AB")).await);
        assert!(
            !activate(db, acme, &on_device(11, "AB")).await,
            "has it already"
        );
        assert!(!activate(db, acme, &on_device(12, "CD")).await, "is taken");
        let row = read(db, async |c| licenses::find(c, acme, license()).await).await;
        let row = row.expect("is there");
        assert_eq!((row.seats_used, row.activated_at), (1, Some(NOW)));
        assert_eq!(row.hardware_key.as_deref(), Some("AB"));
        assert_eq!(row.version.as_deref(), Some("1.2"));
        assert_eq!(row.email, "Ann@example.com", "it had none");
        let end = |device: &'static str| {
            read(db, async move |c| {
                activations::find_end(c, acme, (license(), device)).await
            })
        };
        assert_eq!((end("AB").await, end("CD").await), (Some(None), None));
        let active = |tenant, device: &'static str| {
            read(db, async move |c| {
                activations::find_active(c, tenant, (license(), device)).await
            })
        };
        assert_eq!(active(acme, "AB").await, Some((NOW, "1.2".into())));
        assert_eq!(active(acme, "CD").await, None);
        let blue = tenant(db).await;
        assert_eq!(active(blue, "AB").await, None, "of its own tenant alone");
    })
    .await;
}

#[tokio::test]
async fn a_seat_that_is_given_back_is_free_again() {
    on_each(async |db| {
        let acme = with_seats(db, None).await;
        let give_back = || {
            is_kept(db, |tx| {
                activations::free_seat(tx, acme, (license(), "AB"), NOW + 5);
                activations::end(tx, acme, (license(), "AB"), NOW + 5);
            })
        };
        let is_any =
            async |tenant| read(db, async |c| activations::is_any_active(c, tenant).await).await;
        assert!(!is_any(acme).await);
        assert!(activate(db, acme, &on_device(10, "AB")).await);
        assert!(is_any(acme).await);
        let blue = tenant(db).await;
        assert!(!is_any(blue).await, "of its own tenant alone");
        assert!(give_back().await);
        assert!(!is_any(acme).await);
        assert!(!give_back().await, "it is given back once");
        let row = read(db, async |c| licenses::find(c, acme, license()).await).await;
        let row = row.expect("is there");
        assert_eq!((row.seats_used, row.hardware_key), (0, None));
        let last = read(db, async |c| {
            activations::last_end(c, acme, license()).await
        });
        assert_eq!(last.await, Some(NOW + 5));
        let of = (license(), "AB");
        let end = read(db, async |c| activations::find_end(c, acme, of).await).await;
        assert_eq!(end, Some(Some(NOW + 5)));
        let active = read(db, async |c| activations::find_active(c, acme, of).await).await;
        assert_eq!(active, None, "it gave its seat back");
        assert!(activate(db, acme, &on_device(11, "CD")).await);
    })
    .await;
}

#[tokio::test]
async fn of_twenty_devices_that_race_for_five_seats_five_win() {
    on_each(async |db| {
        let acme = with_seats(db, Some(5)).await;
        let race = (0..20).map(|n| {
            let db = db.db.clone();
            async move {
                let device = format!("D{n}");
                let mut tx = db.begin();
                let device = on_device(100 + n, &device);
                activations::take_seat(&mut tx, acme, &device, "");
                activations::insert(&mut tx, acme, &device);
                tx.commit().await.is_ok()
            }
        });
        let won = together(race).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 5);
        let row = read(db, async |c| licenses::find(c, acme, id(1)).await).await;
        assert_eq!(row.expect("is there").seats_used, 5);
    })
    .await;
}

#[tokio::test]
async fn a_licence_that_is_held_back_gives_no_seat() {
    on_each(async |db| {
        let acme = with_seats(db, Some(2)).await;
        let find = || read(db, async |c| licenses::find(c, acme, license()).await);
        let mut row = find().await.expect("is there");
        for (n, state) in [(10, "suspended"), (11, "revoked"), (12, "active")] {
            row.state = state.into();
            keep(db, |tx| licenses::set_state(tx, acme, &row)).await;
            let is_taken = activate(db, acme, &on_device(n, "AB")).await;
            assert_eq!(is_taken, state == "active", "{state}");
        }
        assert_eq!(find().await.expect("is there").seats_used, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_locks_a_licence_makes_others_wait_that_change_its_seats() {
    on_each(async |db| {
        let acme = with_seats(db, None).await;
        let mut first = db.begin();
        licenses::lock(&mut first, acme, license());
        let row = licenses::find(&mut first, acme, license()).await;
        assert!(row.expect("is read").is_some(), "the lock is taken");
        let other = db.db.clone();
        let second = tokio::spawn(async move {
            let mut tx = other.begin();
            activations::take_seat(&mut tx, acme, &on_device(10, "AB"), "");
            tx.commit().await
        });
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert!(!second.is_finished(), "it waits for the first");
        first.commit().await.expect("commits");
        let second = second.await.expect("ends well");
        assert!(second.is_ok(), "the seat is free");
        let blue = tenant(db).await;
        let is_locked = is_kept(db, |tx| licenses::lock(tx, blue, license())).await;
        assert!(!is_locked, "it is another tenant's");
    })
    .await;
}
