//! Finding anything, in the tenant and with the role of whoever asks.

use domain::permission::Permission;
use engine::Error;
use engine::licenses::list::{self, LicenseQuery, Search};
use engine::products;
use engine::stripe::look_up::{self, Found};

use super::session::SignedIn;
use super::stripe_events::named;
use crate::api::palette::Hit;

/// Pages by what they are called, their address, and what one must be allowed to do there.
const PAGES: [(&str, &str, Option<Permission>); 22] = [
    ("Dashboard", "/", None),
    ("Products", "/products", None),
    ("New product", "/products/new", Some(Permission::Manage)),
    ("Plans", "/plans", None),
    ("New plan", "/plans/new", Some(Permission::Manage)),
    ("License Keys", "/licenses", None),
    ("Generate keys", "/licenses/new", Some(Permission::Generate)),
    ("License Activity", "/activity", None),
    ("Stripe Apps and Events", "/stripe", None),
    ("Failed events", "/stripe?status=failed", None),
    (
        "Add a Stripe app",
        "/stripe/apps/new",
        Some(Permission::Manage),
    ),
    ("Test Purchase", "/stripe/test-purchase", None),
    ("Review", "/review", None),
    ("Outbox", "/outbox", None),
    ("Tickets", "/tickets", None),
    ("Tenant Keys", "/tenant-keys", None),
    ("Access Tokens", "/access-tokens", None),
    ("Audit log", "/audit-log", None),
    ("Users and roles", "/users", None),
    ("Your account", "/account", None),
    ("Settings", "/settings", None),
    ("Help", "/help", None),
];
/// Characters from which on more than pages are looked for.
const SHORTEST: usize = 2;
/// Characters of a text that is looked for; no key, address or id is longer.
const LONGEST: usize = 254;
/// Hits of one kind.
const MOST: usize = 6;

/// What a typed text may mean.
pub async fn hits(who: &SignedIn, find: &str) -> Result<Vec<Hit>, Error> {
    let find = find.trim();
    let mut hits = stripe_ids(who, find).await?;
    hits.extend(pages(who, find));
    if (SHORTEST..=LONGEST).contains(&find.chars().count()) {
        hits.extend(products_named(who, find).await?);
        hits.extend(keys(who, find).await?);
    }
    Ok(hits)
}

fn hit(kind: &str, (label, note): (&str, &str), href: String) -> Hit {
    Hit {
        kind: kind.to_owned(),
        label: label.to_owned(),
        note: note.to_owned(),
        href,
    }
}

fn pages(who: &SignedIn, find: &str) -> Vec<Hit> {
    let sought = find.to_lowercase();
    PAGES
        .iter()
        .filter(|(label, ..)| label.to_lowercase().contains(&sought))
        .filter(|(.., needed)| needed.is_none_or(|permission| who.actor.may(permission).is_ok()))
        .map(|(label, href, _)| hit("Page", (label, ""), (*href).to_owned()))
        .collect()
}

async fn products_named(who: &SignedIn, find: &str) -> Result<Vec<Hit>, Error> {
    let sought = find.to_lowercase();
    let all = products::list::execute(&who.engine, &who.actor).await?;
    let named = all
        .iter()
        .filter(|product| product.fields.name.to_lowercase().contains(&sought));
    let hits = named.take(MOST).map(|product| {
        let (id, name) = (product.id.to_string(), &product.fields.name);
        hit(
            "Product",
            (name, &format!("id {id}")),
            format!("/products/{id}"),
        )
    });
    Ok(hits.collect())
}

/// By the whole key, its last four characters, or how the holder's address begins; a text that can be
/// none of them finds no key.
async fn keys(who: &SignedIn, find: &str) -> Result<Vec<Hit>, Error> {
    let query = LicenseQuery {
        livemode: Some(who.session.livemode),
        product_id: None,
        state: None,
        search: Search::Typed(find.to_owned()),
        order: None,
        after: None,
        limit: i64::try_from(MOST).unwrap_or(1),
    };
    let found = match list::execute(&who.engine, &who.actor, &query).await {
        Ok(page) => page.items,
        Err(Error::Invalid(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    let hits = found.into_iter().map(|key| {
        let label = key.activation_key.to_string();
        let note = format!("{} · {} · {}", key.email, key.product_name, key.state);
        hit("Key", (&label, &note), format!("/licenses/{}", key.id))
    });
    Ok(hits.collect())
}

async fn stripe_ids(who: &SignedIn, find: &str) -> Result<Vec<Hit>, Error> {
    if find.len() > LONGEST {
        return Ok(Vec::new());
    }
    let found = look_up::execute(&who.engine, &who.actor, find).await?;
    let hit = found.map(|found| match found {
        Found::Event(id, kind) => {
            let address = format!("/stripe/events/{id}");
            hit("Event", (&named(kind), find), address)
        }
        Found::Order(id) => hit("Purchase", (find, ""), format!("/orders/{id}")),
    });
    Ok(hit.into_iter().collect())
}
