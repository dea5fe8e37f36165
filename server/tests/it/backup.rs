//! A copy that is taken while purchases run is whole: each order has its licences, and its own key opens them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sandbox::{Buyer, Options, Outcome};
use serde_json::Value;

use crate::program::{Process, Program};

const COPIES: usize = 3;

/// How many keys a buyer buys.
fn quantity(number: usize) -> u16 {
    [1, 2, 3][number % 3]
}

async fn buy(program: &Program, number: usize) {
    let session = program.check_out(0, quantity(number)).await;
    let buyer = Buyer {
        email: Some(format!("buyer{number}@copy.example")),
        ..Buyer::default()
    };
    let stripe = &program.sandbox;
    let paid = stripe.pay_as(&session.expect("a page"), Outcome::Pay, &buyer);
    paid.expect("the buyer pays");
}

/// Copies again and again while buyers buy; answers the copies and how many bought.
async fn copy_while_selling(program: &Program) -> (Vec<PathBuf>, usize) {
    let are_copied = Cell::new(false);
    let sales = async {
        let mut sold = 0;
        while !are_copied.get() {
            buy(program, sold).await;
            sold += 1;
        }
        buy(program, sold).await;
        sold + 1
    };
    let copies = async {
        let mut folders = Vec::new();
        for number in 0..COPIES {
            let folder = program.data().join(format!("copy{number}"));
            let to = folder.to_string_lossy().into_owned();
            program.command_beside(&["backup", "--to", &to]).await;
            folders.push(folder);
        }
        are_copied.set(true);
        folders
    };
    let (sold, folders) = tokio::join!(sales, copies);
    (folders, sold)
}

/// What a server on a copy says.
struct Copy<'a> {
    program: &'a Program,
    process: Process,
}

impl<'a> Copy<'a> {
    async fn open(program: &'a Program, folder: &Path) -> Self {
        let process = program.serve_copy(folder).await;
        Self { program, process }
    }

    async fn read(&self, path: &str) -> Value {
        let answer = self.program.call_at(&self.process, path, None).await;
        answer.expect("the server answers")
    }

    /// The orders of all events that issued.
    async fn orders(&self) -> BTreeSet<String> {
        let mut orders = BTreeSet::new();
        for page in 1.. {
            let path = format!("/api/stripe/events?pageSize=200&page={page}");
            let events = self.read(&path).await;
            let events = events.as_array().expect("a list");
            for event in events.iter().filter(|e| e["processing"] == "fulfilled") {
                let id = event["id"].as_str().expect("an id");
                let whole = self.read(&format!("/api/stripe/events/{id}")).await;
                orders.insert(whole["orderId"].as_str().expect("an order").to_owned());
            }
            if events.len() < 200 {
                break;
            }
        }
        orders
    }
}

/// Asserts that every order has its licences and no licence is without; answers how many orders there are.
async fn assert_whole(copy: &Copy<'_>) -> usize {
    let mut left: BTreeMap<String, Value> = BTreeMap::new();
    let licenses = copy.read("/api/license/?livemode=false").await;
    for license in licenses.as_array().expect("a bare array") {
        let key = license["activationKey"].as_str().expect("a key").to_owned();
        assert_eq!(key.len(), 19, "it is opened");
        assert!(left.insert(key, license.clone()).is_none(), "no key twice");
    }
    let orders = copy.orders().await;
    for order in &orders {
        let order = copy.read(&format!("/api/stripe/orders/{order}")).await;
        assert_eq!(order["state"], "issued");
        let licenses = order["licenses"].as_array().expect("a list");
        assert_eq!(Some(licenses.len() as u64), order["quantity"].as_u64());
        // The address may come with the second event of the payment, and the mail with it.
        let has_address = order["email"].as_str() != Some("");
        let mails = order["mails"].as_array().map(Vec::len);
        assert_eq!(mails, Some(usize::from(has_address)));
        for license in licenses {
            let key = license["activationKey"].as_str().expect("a key");
            let listed = left.remove(key).expect("it is listed, and one order's");
            assert_eq!(listed["email"], order["email"]);
            let found = copy.read(&format!("/api/license/{key}")).await;
            assert_eq!(found["activationKey"], key, "it is found by its key");
        }
    }
    assert!(left.is_empty(), "licences that no order has: {left:?}");
    orders.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_taken_while_purchases_run_holds_whole_orders_and_opens_with_its_own_key() {
    let program = Program::start(Options::default()).await;
    for number in 0..3 {
        buy(&program, number).await;
    }
    assert!(program.sandbox.idle().await);
    let (folders, sold) = copy_while_selling(&program).await;
    assert!(program.sandbox.idle().await);
    let mut before = 3;
    for folder in &folders {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder is made")
            .map(|file| file.expect("a file").file_name())
            .collect();
        files.sort();
        assert_eq!(files, ["exisone.db", "master.key"], "it is all");
        let copy = Copy::open(&program, folder).await;
        let orders = assert_whole(&copy).await;
        assert!(
            (before..3 + sold).contains(&orders),
            "{before} {orders} {sold}"
        );
        before = orders;
    }
    assert!(before > 3, "they bought while the copies were taken");
    program.sandbox.wait_for_mails(3 + sold).await;
    assert_eq!(program.sandbox.mails().len(), 3 + sold, "copies send none");
}
