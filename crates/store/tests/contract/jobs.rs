//! Jobs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ids::{JobId, TenantId};
use store::Db;
use store::jobs::{self, Job, NewJob};

use crate::mail_servers::give_mail_server;
use crate::rows::tenant;
use crate::support::{NOW, id, is_kept, on_each, read, together, write};

async fn insert(db: &Db, tenant: TenantId, n: u128, kind: &str) -> bool {
    let unique_key = format!("{kind}:{n}");
    let job = job(tenant, n, (kind, &unique_key));
    write(db, async |tx| jobs::insert(tx, &job).await).await
}

fn job<'a>(tenant: TenantId, n: u128, (kind, unique_key): (&'a str, &'a str)) -> NewJob<'a> {
    NewJob {
        id: id(n),
        tenant_id: tenant,
        kind,
        unique_key,
        payload: r#"{"a":1}"#,
        run_at: NOW + i64::try_from(n).expect("a small number"),
        now: NOW,
    }
}

#[tokio::test]
async fn a_new_job_is_added_without_an_answer_and_an_old_one_refused() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let add = |n| is_kept(db, move |tx| jobs::add(tx, &job(acme, n, ("a", "a:1"))));
        assert!(add(1).await);
        assert!(!add(2).await, "its unique key is taken");
        assert_eq!(claim(db, NOW + 9, "a").await.expect("is due").id, id(1));
    })
    .await;
}

async fn claim(db: &Db, now: i64, kind: &str) -> Option<Job> {
    write(db, async |tx| jobs::claim(tx, now, now + 60, kind).await).await
}

#[tokio::test]
async fn a_job_is_claimed_when_it_is_due_and_by_nobody_else_until_its_lease_ends() {
    on_each(async |db| {
        let acme = tenant(db).await;
        assert!(insert(db, acme, 2, "b").await);
        assert!(insert(db, acme, 1, "a").await);
        assert!(!insert(db, acme, 1, "a").await, "its unique key is taken");
        assert_eq!(read(db, async |c| jobs::count_waiting(c).await).await, 2);
        assert_eq!(
            read(db, async |c| jobs::next_due(c, "a").await).await,
            Some(NOW + 1)
        );
        assert!(claim(db, NOW, "a").await.is_none(), "nothing is due");
        let first = claim(db, NOW + 2, "a").await.expect("one is due");
        assert_eq!((first.kind.as_str(), first.attempts), ("a", 1));
        assert_eq!(
            (first.tenant_id, first.payload.as_str()),
            (acme, r#"{"a":1}"#)
        );
        assert!(claim(db, NOW + 2, "a").await.is_none(), "it is taken");
        let second = claim(db, NOW + 2, "b").await.expect("b is due");
        assert_eq!(second.kind, "b");
        let again = claim(db, NOW + 63, "a").await.expect("a's lease has ended");
        assert_eq!((again.id, again.attempts), (first.id, 2));
        let finished = |job: Job| write(db, async move |tx| jobs::finish(tx, &job).await);
        assert!(!finished(first).await, "the lease was lost");
        assert!(finished(again).await);
        assert!(finished(second).await);
        assert_eq!(read(db, async |c| jobs::count_waiting(c).await).await, 0);
        assert_eq!(read(db, async |c| jobs::next_due(c, "a").await).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_job_is_put_off_given_up_and_started_anew() {
    on_each(async |db| {
        let acme = tenant(db).await;
        insert(db, acme, 1, "a").await;
        let job = claim(db, NOW + 1, "a").await.expect("is due");
        let requeued = |now| {
            write(db, async move |tx| {
                jobs::requeue(tx, acme, "a:1", now).await
            })
        };
        assert!(!requeued(NOW + 1).await, "a worker has it");
        let put_off = write(db, async |tx| {
            jobs::retry(tx, &job, (NOW + 100, "no")).await
        });
        assert!(put_off.await);
        assert!(claim(db, NOW + 99, "a").await.is_none());
        let job = claim(db, NOW + 100, "a").await.expect("is due again");
        assert!(write(db, async |tx| jobs::bury(tx, &job, "never").await).await);
        assert!(
            !write(db, async |tx| jobs::bury(
                tx,
                &Job {
                    leased_until: 1,
                    ..job.clone()
                },
                "x"
            )
            .await)
            .await
        );
        assert!(
            claim(db, NOW + 9_999, "a").await.is_none(),
            "it was given up"
        );
        assert_eq!(read(db, async |c| jobs::count_waiting(c).await).await, 0);
        assert!(requeued(NOW + 200).await);
        let job = claim(db, NOW + 200, "a").await.expect("started anew");
        assert_eq!(job.attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn jobs_of_tenants_with_a_mail_server_of_their_own_are_found_apart() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        insert(db, acme, 1, "a").await;
        insert(db, blue, 2, "a").await;
        insert(db, blue, 3, "b").await;
        let due = async || read(db, async |c| jobs::next_due_for_own_servers(c, "a").await).await;
        let claim = async |now: i64| {
            write(db, async |tx| {
                jobs::claim_for_own_servers(tx, now, now + 60, "a").await
            })
            .await
        };
        assert_eq!(due().await, None, "nobody has one");
        assert!(claim(NOW + 9).await.is_none());
        give_mail_server(db, blue).await;
        assert_eq!(due().await, Some(NOW + 2));
        assert!(claim(NOW + 1).await.is_none(), "not yet due");
        let job = claim(NOW + 9).await.expect("is due");
        assert_eq!((job.id, job.tenant_id, job.attempts), (id(2), blue, 1));
        assert!(claim(NOW + 9).await.is_none(), "it is taken");
    })
    .await;
}

#[tokio::test]
async fn what_was_put_off_is_woken_for_one_tenant_and_one_kind() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, tenant, kind) in [(1, acme, "a"), (2, acme, "b"), (3, blue, "a")] {
            insert(db, tenant, n, kind).await;
            let job = claim(db, NOW + 9, kind).await.expect("is due");
            let put_off = (NOW + 5_000, "no");
            assert!(write(db, async |tx| jobs::retry(tx, &job, put_off).await).await);
        }
        write(db, async |tx| jobs::wake(tx, acme, "a", NOW + 10).await).await;
        assert!(claim(db, NOW + 9, "a").await.is_none(), "not before");
        let woken = claim(db, NOW + 10, "a").await.expect("is due");
        assert_eq!((woken.id, woken.attempts), (id(1), 1), "as if it were new");
        assert!(claim(db, NOW + 10, "a").await.is_none(), "another tenant's");
        assert!(claim(db, NOW + 10, "b").await.is_none(), "another kind");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_claimers_never_both_win() {
    const JOBS: usize = 30;
    on_each(async |db| {
        let acme = tenant(db).await;
        for n in 1..=JOBS {
            insert(db, acme, n as u128, "a").await;
        }
        let beside = Db::open(&db.url).await.expect("opens beside");
        let left = Arc::new(AtomicUsize::new(JOBS));
        let claimers = (0..8).map(|i| {
            let db = if i % 2 == 0 {
                db.db.clone()
            } else {
                beside.clone()
            };
            let left = left.clone();
            async move {
                let mut won: Vec<JobId> = Vec::new();
                while left.load(Ordering::SeqCst) > 0 {
                    if let Some(job) = claim(&db, NOW + 1_000, "a").await {
                        left.fetch_sub(1, Ordering::SeqCst);
                        won.push(job.id);
                    }
                }
                won
            }
        });
        let mut all: Vec<JobId> = together(claimers).await.into_iter().flatten().collect();
        all.sort();
        let expected: Vec<JobId> = (1..=JOBS).map(|n| id(n as u128)).collect();
        assert_eq!(all, expected);
        assert!(claim(db, NOW + 1_000, "a").await.is_none());
        beside.close().await;
    })
    .await;
}
