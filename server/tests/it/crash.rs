//! Three hundred purchases under a server that is killed again and again: each paid one gets exactly
//! its keys and its mail, no unpaid one any.
//!
//! The only thing that may happen twice is handing a mail to the mail server, under the same
//! Message-ID, where the kill came between its 250 and our commit. That is counted and printed.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sandbox::{Buyer, DeliveryState, Options, Outcome};
use serde_json::Value;
use tokio::sync::{Mutex, watch};

use crate::harness::eventually;
use crate::program::Program;

const SEED: u64 = 20_261_123;
const PURCHASES: usize = 300;
const BUYERS_AT_ONCE: usize = 8;
const KILLS: usize = 6;
/// Mails that the worker may have in its hands when it is killed.
const HANDS: usize = 4;

/// What a buyer should end up with.
#[derive(Clone, Copy)]
struct Wish {
    quantity: u16,
    outcome: Outcome,
}

impl Wish {
    fn draw(dice: &mut StdRng) -> Self {
        let outcome = match dice.random_range(0..20) {
            0 => Outcome::Cancel,
            1 => Outcome::PayLaterThenFail,
            2..=4 => Outcome::PayLaterThenSucceed,
            _ => Outcome::Pay,
        };
        Self {
            quantity: dice.random_range(1..=3),
            outcome,
        }
    }

    const fn is_paid(self) -> bool {
        matches!(self.outcome, Outcome::Pay | Outcome::PayLaterThenSucceed)
    }

    const fn is_mailed(self) -> bool {
        !matches!(self.outcome, Outcome::Cancel)
    }
}

fn address(number: usize) -> String {
    format!("buyer{number}@crash.example")
}

/// One buyer after the other until nobody is left; while the server is dead, they come again.
async fn sell(
    program: &Program,
    queue: &Mutex<impl Iterator<Item = (usize, Wish)>>,
    sold: &watch::Sender<usize>,
) {
    loop {
        let next = queue.lock().await.next();
        let Some((number, wish)) = next else {
            return;
        };
        let session = Mutex::new(None);
        eventually("a checkout page is made", async || {
            let node = number % program.processes.len();
            let made = program.check_out(node, wish.quantity).await;
            *session.lock().await = made;
            session.lock().await.is_some()
        })
        .await;
        let session = session.into_inner().expect("it was made");
        let buyer = Buyer {
            email: Some(address(number)),
            ..Buyer::default()
        };
        let stripe = &program.sandbox;
        stripe
            .pay_as(&session, wish.outcome, &buyer)
            .expect("the buyer decides");
        if matches!(
            wish.outcome,
            Outcome::PayLaterThenSucceed | Outcome::PayLaterThenFail
        ) {
            stripe.settle(&session).expect("the promise ends");
        }
        sold.send_modify(|count| *count += 1);
    }
}

/// Kills the server at the moments that the dice say, and starts it again.
async fn kill_again_and_again(program: &Program, dice: &mut StdRng, sold: &watch::Sender<usize>) {
    let mut moments: Vec<usize> = (0..KILLS)
        .map(|_| dice.random_range(10..PURCHASES * 3 / 4))
        .collect();
    moments.sort_unstable();
    let mut sales = sold.subscribe();
    for moment in moments {
        sales
            .wait_for(|count| *count >= moment)
            .await
            .expect("the sender lives");
        for _ in 0..dice.random_range(0..200) {
            tokio::task::yield_now().await;
        }
        let victim = dice.random_range(0..program.processes.len());
        program.processes[victim].kill();
        program.serve(victim).await;
    }
}

/// Stripe's three days, in a minute.
fn options() -> Options {
    Options {
        retry_delays: Some(vec![150; 400]),
        ..Options::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_it_still_issues_every_paid_purchase_exactly_once() {
    survive(&Program::start(options()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_postgresql_of_which_one_is_killed_again_and_again_issue_once() {
    match Program::start_two(options()).await {
        Some(program) => survive(&program).await,
        None => println!("not run: TEST_POSTGRES_URL is not set"),
    }
}

async fn survive(program: &Program) {
    let mut dice = StdRng::seed_from_u64(SEED);
    let wishes: Vec<Wish> = (0..PURCHASES).map(|_| Wish::draw(&mut dice)).collect();
    let queue = Mutex::new(wishes.clone().into_iter().enumerate());
    let sold = watch::Sender::new(0);
    let sellers = (0..BUYERS_AT_ONCE).map(|_| sell(program, &queue, &sold));
    futures::join!(
        futures::future::join_all(sellers),
        kill_again_and_again(program, &mut dice, &sold)
    );
    eventually("Stripe has delivered everything", async || {
        let mut deliveries = program.sandbox.deliveries().into_iter();
        deliveries.all(|delivery| delivery.state == DeliveryState::Delivered)
    })
    .await;
    let licenses = program.licenses().await;
    let issued = issued(&licenses);
    assert_keys(&issued, &wishes);
    assert_mails(program, &wishes, &issued).await;
    assert_log(program).await;
}

/// The keys of each buyer, by address.
type Issued<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn issued(licenses: &[Value]) -> Issued<'_> {
    let mut issued = Issued::new();
    let mut all = BTreeSet::new();
    for license in licenses {
        let text = |name: &str| license[name].as_str().expect("a text");
        assert!(all.insert(text("activationKey")), "no key twice");
        let of_buyer = issued.entry(text("email")).or_default();
        of_buyer.insert(text("activationKey"));
    }
    issued
}

fn assert_keys(issued: &Issued<'_>, wishes: &[Wish]) {
    for (number, wish) in wishes.iter().enumerate() {
        let expected = if wish.is_paid() { wish.quantity } else { 0 };
        let keys = issued.get(&*address(number)).map_or(0, BTreeSet::len);
        assert_eq!(keys, usize::from(expected), "keys of buyer {number}");
    }
    let paid = wishes.iter().filter(|wish| wish.is_paid()).count();
    assert_eq!(issued.len(), paid, "keys that nobody paid for");
}

/// A mail that a killed worker had in its hands is free again when its lease has ended.
async fn assert_mails(program: &Program, wishes: &[Wish], issued: &Issued<'_>) {
    let expected = wishes.iter().filter(|wish| wish.is_mailed()).count();
    let ids = || -> BTreeSet<String> {
        let mails = program.sandbox.mails().into_iter();
        mails.map(|mail| mail.message_id).collect()
    };
    eventually("every mail has come", async || ids().len() >= expected).await;
    assert_eq!(ids().len(), expected, "one mail each");
    let mails = program.sandbox.mails();
    for (number, wish) in wishes.iter().enumerate() {
        let recipients = [address(number)];
        let to_buyer: Vec<_> = mails
            .iter()
            .filter(|mail| mail.recipients == recipients)
            .collect();
        let Some(first) = to_buyer.first() else {
            assert!(!wish.is_mailed(), "buyer {number} got no mail");
            continue;
        };
        let bought: Vec<&str> = issued
            .get(&*recipients[0])
            .into_iter()
            .flatten()
            .copied()
            .collect();
        for mail in &to_buyer {
            let id = &mail.message_id;
            assert_eq!(*id, first.message_id, "buyer {number}: one mail, one id");
            let mut told: Vec<_> = mail.text.lines().filter(|line| line.len() == 19).collect();
            told.sort_unstable();
            assert_eq!(told, bought, "the mail of buyer {number} has their keys");
        }
    }
    let again = mails.len() - expected;
    println!(
        "{KILLS} kills, {expected} mails, {again} handed over again under the same Message-ID"
    );
    assert!(again <= KILLS * HANDS, "only around a kill");
}

async fn assert_log(program: &Program) {
    let log = program.log();
    assert!(!log.contains("panicked"), "nothing panics");
    for secret in program.secrets().await {
        assert!(!log.contains(&secret), "the log tells a secret");
    }
}
