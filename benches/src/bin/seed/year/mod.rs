//! A plausible year of business, told through the product's own engine by a clock that walks.
//!
//! What happens is drawn from the seed; keys, ids and secrets never are.

mod acts;
mod calendar;
mod happening;
mod people;
mod sales;
mod shop;

use std::sync::Arc;
use std::time::Instant;

use domain::role::Role;
use domain::timestamp::Timestamp;
use engine::accounts::create_admin::{self, NewAdmin};
use engine::ports::Clock as _;
use engine::{Actor, Engine, housekeeping, jobs, stripe, tenants};
use secrecy::SecretString;

use crate::ports::{Letterbox, Now, Place, Walk, start};
use acts::Story;
use happening::Queue;

/// Happenings at the same time at most; together they share their commits.
const TOGETHER: usize = 16;
/// What happens within so many minutes may stand in the history in another order.
const MINUTES_TOGETHER: i64 = 20;
/// Mails of the last seconds are still in the outbox.
const UNSENT_SECONDS: i64 = 40;
/// Who may sign in where there was nobody.
const OWNER: &str = "admin@example.com";

/// Tells a year that ends now: about so many licences, from a seed.
pub async fn execute(place: Place<'_>, (licenses, seed): (usize, u64)) {
    let started = Instant::now();
    let walk = Arc::new(Walk::default());
    let end = Now.now();
    walk.to(end.plus_days(-calendar::DAYS));
    let engine = start(place, walk.clone(), Some(Arc::new(Letterbox::default()))).await;
    let system = tenant(&engine).await;
    let shop = shop::open(&engine, &system, end).await;
    let mut sales = sales::draw(&shop, licenses, (seed, end));
    bring_close((&mut sales, end));
    let story = Arc::new(Story {
        engine,
        shop,
        seed,
        end,
    });
    tell(&story, &walk, Queue::new(sales, end)).await;
    walk.to(end);
    let flushed = housekeeping::flush(&story.engine).await;
    flushed.expect("what was seen is written");
    story.engine.db().close().await;
    println!(
        "about {licenses} licences of one year, in {:.0} s",
        started.elapsed().as_secs_f64()
    );
}

/// The first tenant; where there is none, a new one with somebody who may sign in.
async fn tenant(engine: &Engine) -> Actor {
    let known = tenants::list::execute(engine)
        .await
        .expect("tenants are listed");
    if let Some(tenant) = known.first() {
        let system = Actor::system(tenant.id);
        refuse_a_second_year(engine, &system).await;
        return system;
    }
    let tenant = tenants::create::execute(engine, "Acme Software").await;
    let tenant = tenant.expect("a tenant is made");
    let password = hex::encode(rand::random::<[u8; 8]>());
    let new = NewAdmin {
        tenant,
        email: OWNER,
        role: Role::Owner,
        password: &SecretString::from(password.clone()),
    };
    let made = create_admin::execute(engine, &new).await;
    let _ = made.expect("an owner is made");
    println!("e-mail     {OWNER}\npassword   {password}   (shown once)");
    Actor::system(tenant)
}

async fn refuse_a_second_year(engine: &Engine, system: &Actor) {
    let apps = stripe::apps::list::execute(engine, system).await;
    let mut apps = apps.expect("apps are listed").into_iter();
    if apps.any(|app| app.name == shop::LIVE_APP) {
        eprintln!(
            "This database has its year already: it has a Stripe app named “{}”.",
            shop::LIVE_APP
        );
        std::process::exit(1);
    }
}

/// The last three sales have just been made.
fn bring_close((sales, end): (&mut [sales::Sale], Timestamp)) {
    for (sale, back) in sales.iter_mut().rev().zip([8, 19, 31]) {
        sale.at = end.plus_seconds(-back);
        sale.course = sales::Course::Smooth;
    }
}

async fn tell(story: &Arc<Story>, walk: &Walk, mut queue: Queue) {
    let (first, mut told) = (story.end.plus_days(-calendar::DAYS), 0);
    loop {
        let together = queue.next(TOGETHER, MINUTES_TOGETHER);
        let Some(latest) = together.last().map(|happening| happening.at) else {
            return;
        };
        walk.to(latest);
        let tasks: Vec<_> = together
            .into_iter()
            .map(|happening| {
                let story = story.clone();
                tokio::spawn(async move { story.happen(happening).await })
            })
            .collect();
        for task in tasks {
            queue.add(task.await.expect("a happening ends well"));
        }
        if latest < story.end.plus_seconds(-UNSENT_SECONDS) {
            walk.to(latest.plus_seconds(4));
            work(story).await;
        }
        let months = first.days_until(latest) / 30;
        if months > told {
            told = months;
            println!("month {told} of 12");
        }
    }
}

/// The worker's round: mails are handed over, and what was seen is written.
async fn work(story: &Arc<Story>) {
    let hands: Vec<_> = (0..TOGETHER / 2)
        .map(|_| {
            let story = story.clone();
            tokio::spawn(async move {
                while jobs::run_next(&story.engine).await.expect("a job ends") {}
            })
        })
        .collect();
    for hand in hands {
        hand.await.expect("a worker ends well");
    }
    let flushed = housekeeping::flush(&story.engine).await;
    flushed.expect("what was seen is written");
}
