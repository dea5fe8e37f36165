//! How each thing happens: through the engine's own actions, at its own time.

use std::net::{IpAddr, Ipv4Addr};

use domain::ids::ProductId;
use domain::stripe_signature;
use domain::timestamp::Timestamp;
use engine::licenses::generate::Side;
use engine::licenses::{activate, deactivate, generate, hold, validate};
use engine::orders::{review, success};
use engine::stripe::receive_event::{self, Answer, Incoming, Target};
use engine::{Engine, Error, tickets};
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::happening::{Happening, Use, What};
use super::sales::Course;
use super::shop::{Shop, Sold};
use crate::ports::Walk;

/// The business and its year.
pub struct Story {
    /// The product's engine.
    pub engine: Engine,
    /// The business.
    pub shop: Shop,
    /// What all chance comes from.
    pub seed: u64,
    /// When the year ends.
    pub end: Timestamp,
}

type Outcome = Result<Vec<Happening>, Error>;

impl Story {
    /// Lets it happen; answers what follows from it. What is refused (a device without a free seat, a key that
    /// has ended) is a part of the year; a fault is none.
    pub async fn happen(&self, happening: Happening) -> Vec<Happening> {
        match Walk::at(happening.at, Box::pin(self.act(&happening))).await {
            Ok(follows) => follows,
            Err(fault @ Error::Fault { .. }) => panic!("{fault:?}"),
            Err(_) => Vec::new(),
        }
    }

    async fn act(&self, it: &Happening) -> Outcome {
        let mut chance = self.chance(it);
        match &it.what {
            What::Sold => self.sell(it, &mut chance).await,
            What::PaidLate => {
                self.deliver(it, &it.sale.paid_late(&self.shop, self.seed))
                    .await?;
                self.hand_out(it, &mut chance).await
            }
            What::Decided => self.decide(it).await,
            What::Activated(keys) => self.activate(it, keys, &mut chance).await,
            What::Seen(seen) => self.see(it, seen, &mut chance).await,
            What::Returned(given_back) => self.give_back(it, given_back, &mut chance).await,
            What::Tried => self.try_out(it, &mut chance).await,
            What::Held(key) => self.hold(it, key, &mut chance).await,
            What::Asked => self.ask(it).await,
            What::Forged => self.forge(it).await,
            What::Given => self.give(it).await,
        }
    }

    fn chance(&self, it: &Happening) -> StdRng {
        let at = u64::try_from(it.at.millis()).unwrap_or_default();
        it.sale.chance(self.seed ^ at)
    }

    fn sold(&self, it: &Happening) -> &Sold {
        &self.shop.products[it.sale.product]
    }

    async fn sell(&self, it: &Happening, chance: &mut StdRng) -> Outcome {
        self.deliver(it, &it.sale.completed(&self.shop, self.seed))
            .await?;
        let mut follows = match it.sale.course {
            Course::Late => {
                let paid_at = it.at.plus_minutes(chance.random_range(1_000..4_000));
                vec![it.later(paid_at, What::PaidLate)]
            }
            Course::Mistaken => {
                let decided_at = it.at.plus_minutes(chance.random_range(60..3_000));
                vec![it.later(decided_at, What::Decided)]
            }
            Course::Smooth | Course::Nameless => self.hand_out(it, chance).await?,
            Course::Refused | Course::Foreign => Vec::new(),
        };
        let mut perhaps = |of_1000: i32, minutes: i64, what: What| {
            if chance.random_range(0..1_000) < of_1000 {
                let later = it.at.plus_minutes(chance.random_range(1..minutes));
                follows.push(it.later(later, what));
            }
        };
        perhaps(450, 1_440, What::Tried);
        perhaps(30, 40_000, What::Asked);
        perhaps(4, 600, What::Forged);
        perhaps(4, 10_000, What::Given);
        Ok(follows)
    }

    /// Delivers an event to the webhook URL of the side's app, signed by Stripe.
    async fn deliver(&self, it: &Happening, event: &Value) -> Result<Answer, Error> {
        let app = if it.sale.livemode {
            &self.shop.live
        } else {
            &self.shop.test
        };
        self.send(event, (&app.public_id, &app.signing_secret))
            .await
    }

    async fn send(&self, event: &Value, (app, secret): (&str, &str)) -> Result<Answer, Error> {
        let body = event.to_string();
        let signature = stripe_signature::sign(secret, self.engine.now(), body.as_bytes());
        let incoming = Incoming {
            target: Target::App(app),
            signature: Some(&signature),
            body: body.as_bytes(),
            may_keep: &|| true,
        };
        receive_event::execute(&self.engine, incoming).await
    }

    /// The buyer sees the keys, and some of them are soon in use.
    async fn hand_out(&self, it: &Happening, chance: &mut StdRng) -> Outcome {
        let shown = success::execute(&self.engine, &it.sale.session(self.seed)).await?;
        let success::Success::Ready { keys, .. } = shown else {
            return Ok(Vec::new());
        };
        if chance.random_range(0..100) < 25 {
            return Ok(Vec::new());
        }
        let used = keys.iter().filter(|_| chance.random_range(0..100) < 80);
        let used: Vec<_> = used.map(ToString::to_string).collect();
        // Half within the first two hours, the others within the month.
        let minutes = if chance.random_range(0..2) == 0 {
            120
        } else {
            43_000
        };
        let at = it.at.plus_minutes(chance.random_range(2..minutes));
        Ok(vec![it.later(at, What::Activated(used))])
    }

    async fn activate(&self, it: &Happening, keys: &[String], chance: &mut StdRng) -> Outcome {
        let mut follows = Vec::new();
        for key in keys {
            let device = device(chance);
            let form = form(json!({
                "activationKey": key, "hardwareId": device, "productName": self.sold(it).name,
                "version": self.version(it), "email": it.sale.buyer.email,
            }));
            activate::execute(&self.engine, &self.shop.program, &form, address(chance)).await?;
            let key = key.clone();
            let days = chance.random_range(1..60);
            let at = it
                .at
                .plus_days(days)
                .plus_minutes(chance.random_range(0..1_440));
            follows.extend(match chance.random_range(0..100) {
                0..30 => Some(it.later(at, What::Seen(Use { key, device }))),
                30..34 => Some(it.later(at, What::Returned(Use { key, device }))),
                34..37 => Some(it.later(at, What::Held(key))),
                _ => None,
            });
        }
        Ok(follows)
    }

    /// The newest version of its time.
    fn version(&self, it: &Happening) -> &'static str {
        let versions = &self.sold(it).versions;
        match it.at.days_until(self.end) {
            ..90 => versions[2],
            90..220 => versions[1],
            _ => versions[0],
        }
    }

    async fn see(&self, it: &Happening, seen: &Use, chance: &mut StdRng) -> Outcome {
        let form = form(json!({
            "activationKey": seen.key, "hardwareId": seen.device,
            "productName": self.sold(it).name, "version": self.version(it),
        }));
        validate::execute(&self.engine, &self.shop.program, &form, address(chance)).await?;
        let again = it.at.plus_minutes(chance.random_range(9_000..60_000));
        Ok(vec![it.later(again, What::Seen(seen.clone()))])
    }

    async fn give_back(&self, it: &Happening, used: &Use, chance: &mut StdRng) -> Outcome {
        let form = form(json!({
            "activationKey": used.key, "hardwareId": used.device,
            "productName": self.sold(it).name,
        }));
        deactivate::execute(&self.engine, &self.shop.program, &form, address(chance)).await?;
        let moved = it.at.plus_minutes(chance.random_range(1_500..5_000));
        Ok(vec![
            it.later(moved, What::Activated(vec![used.key.clone()])),
        ])
    }

    async fn try_out(&self, it: &Happening, chance: &mut StdRng) -> Outcome {
        let form = form(json!({
            "hardwareId": device(chance), "productName": self.sold(it).name,
            "version": self.version(it),
        }));
        validate::execute(&self.engine, &self.shop.program, &form, address(chance)).await?;
        Ok(Vec::new())
    }

    async fn hold(&self, it: &Happening, key: &str, chance: &mut StdRng) -> Outcome {
        let admin = &self.shop.admin;
        match chance.random_range(0..3) {
            0 => drop(hold::suspend(&self.engine, admin, key).await?),
            1 => drop(hold::revoke(&self.engine, admin, key).await?),
            _ => drop(hold::reinstate(&self.engine, admin, key).await?),
        }
        let again = it.at.plus_days(chance.random_range(2..60));
        Ok(vec![it.later(again, What::Held(key.to_owned()))])
    }

    async fn decide(&self, it: &Happening) -> Outcome {
        let (engine, admin) = (&self.engine, &self.shop.admin);
        let waiting = review::list(engine, admin, it.sale.livemode).await?;
        let found = waiting
            .iter()
            .find(|order| order.email == it.sale.buyer.email);
        if let Some(order) = found {
            if it.sale.number.is_multiple_of(3) {
                review::dismiss(engine, admin, order.id).await?;
            } else {
                let product = ProductId::from(self.sold(it).id);
                review::issue(engine, admin, order.id, (product, it.sale.quantity)).await?;
            }
        }
        Ok(Vec::new())
    }

    async fn ask(&self, it: &Happening) -> Outcome {
        let (subject, message) = QUESTIONS[it.sale.number % QUESTIONS.len()];
        let form = form(json!({
            "productName": self.sold(it).name, "email": it.sale.buyer.email,
            "subject": subject, "message": message,
        }));
        tickets::create::execute(&self.engine, &self.shop.program, &form).await?;
        Ok(Vec::new())
    }

    async fn forge(&self, it: &Happening) -> Outcome {
        let mut event = it.sale.completed(&self.shop, self.seed);
        event["id"] = format!("evt_{}x{:08}unsigned", self.seed, it.sale.number).into();
        self.send(
            &event,
            (&self.shop.live.public_id, "whsec_of_another_endpoint"),
        )
        .await?;
        Ok(Vec::new())
    }

    async fn give(&self, it: &Happening) -> Outcome {
        let form = form(json!({
            "productId": self.sold(it).id, "email": it.sale.buyer.email,
            "corporateName": it.sale.buyer.company, "validityDays": 90,
        }));
        generate::execute(&self.engine, &self.shop.support, &form, Side::Live).await?;
        Ok(Vec::new())
    }
}

const QUESTIONS: [(&str, &str); 4] = [
    (
        "The key is not taken",
        "I typed the key from your mail.\nThe program says that it is not known.",
    ),
    (
        "Moving to a new computer",
        "How do I take my licence along?",
    ),
    (
        "An invoice for our bookkeeping",
        "Please send us an invoice with our VAT number.",
    ),
    (
        "The export of very large drawings stops at about ninety per cent on one of our two machines",
        "It worked in the version before. The log says nothing.\n\nKind regards",
    ),
];

fn form<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("a form")
}

fn device(chance: &mut StdRng) -> String {
    hex::encode_upper(chance.random::<[u8; 8]>())
}

/// Of the networks that documents may use (RFC 5737).
fn address(chance: &mut StdRng) -> IpAddr {
    let networks = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];
    let [a, b, c] = networks[chance.random_range(0..networks.len())];
    Ipv4Addr::new(a, b, c, chance.random_range(1..255)).into()
}
