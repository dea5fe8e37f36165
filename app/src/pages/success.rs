//! What the buyer comes back to: the keys, as soon as they exist. Whoever is signed in with the seller, as after
//! a test purchase, hears of them by the stream; every other buyer's page asks from time to time.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::live::Live;
use super::load::{Data, loaded, query_part};
use crate::api::purchases::{Progress, Receipt, load_receipt};
use crate::ui::{CopyButton, Logo, Notice, Tone};

/// How often it looks, all in all five minutes; then the mail will have to do.
const LOOKS: u32 = 45;

/// How long the page waits before it looks again: most payments arrive at once, and banks take their time.
const fn pause(looks: u32) -> Duration {
    Duration::from_secs(match looks {
        0..15 => 2,
        15..33 => 5,
        _ => 15,
    })
}

/// The same without a script. The browser reads it only there.
const REFRESH: &str = "<meta http-equiv=\"refresh\" content=\"3\">";

/// The buyer's receipt.
#[component]
pub fn SuccessPage() -> impl IntoView {
    let session_id = query_part("session_id");
    let (looks, has_stopped) = (RwSignal::new(0), RwSignal::new(false));
    let listens = RwSignal::new(false);
    let data = Data::new(
        move || (session_id.get().unwrap_or_default(), looks.get()),
        |(session_id, _)| load_receipt(session_id),
    );
    Effect::new(move || {
        let receipt = data.get().and_then(Result::ok);
        let coming = receipt.filter(|receipt| receipt.progress == Progress::Coming);
        let polls = coming.as_ref().is_some_and(|receipt| !receipt.may_listen);
        let may_listen = coming.is_some() && !polls;
        // Set anew, the stream would begin anew.
        if listens.get_untracked() != may_listen {
            listens.set(may_listen);
        }
        let so_far = looks.get_untracked();
        has_stopped.set(polls && so_far >= LOOKS);
        if polls && so_far < LOOKS {
            set_timeout(
                move || {
                    looks.try_update(|looks| *looks += 1);
                },
                pause(so_far),
            );
        }
    });
    // Everything of the stream ends when this runs again: once the keys are there, or the session has ended.
    Effect::new(move || {
        if listens.get() {
            Live::listen_alone();
            data.follow(&[""]);
        }
    });
    view! {
        <Title text="Your purchase"/>
        <main class="door broad">
            <span class="brand">
                <Logo/>
            </span>
            {loaded(data, move |receipt| view! { <Told receipt has_stopped/> }.into_any())}
        </main>
    }
}

#[component]
fn Told(receipt: Receipt, has_stopped: RwSignal<bool>) -> impl IntoView {
    let product = if receipt.product_name.is_empty() {
        "your purchase".to_owned()
    } else {
        receipt.product_name
    };
    let sent = if receipt.is_mailed {
        "They were also mailed to"
    } else {
        "They are also on their way to"
    };
    let mailed = receipt
        .mailed_to
        .map(|address| format!("{sent} {address}."));
    match receipt.progress {
        Progress::Coming => view! {
            <header>
                <h1>"Thank you. Your keys are being made"</h1>
                <p class="muted" role="status">
                    {move || if has_stopped.get() { stopped() } else { looking() }}
                </p>
            </header>
            <noscript inner_html=REFRESH></noscript>
        }
        .into_any(),
        Progress::Issued(keys) => issued(&product, keys, mailed),
        Progress::Sent(address) => {
            let address = address.unwrap_or_else(|| "your address".to_owned());
            said(
                "Your keys were sent",
                &format!("They stood here for an hour after the payment. They were mailed to {address}."),
            )
        }
        Progress::Failed => view! {
            <h1>"The payment did not go through"</h1>
            <Notice tone=Tone::Bad title="Your bank refused it, so nothing was charged and no key was made">
                <p>"You can buy again, perhaps with another way to pay."</p>
            </Notice>
        }
        .into_any(),
        Progress::InReview => said(
            "Thank you. Somebody has to look at this",
            "Your payment arrived, but it could not be matched by itself. The seller was told, and your keys come by mail.",
        ),
    }
}

fn looking() -> AnyView {
    "They stand here as soon as the payment has arrived; this page looks again by itself. Some banks take days: then the keys come by mail."
        .into_any()
}

/// The link loads the same address anew, and with it the page begins to look again.
fn stopped() -> AnyView {
    let search = use_location().search.get_untracked();
    let here = format!("?{}", search.trim_start_matches('?'));
    view! {
        "The payment has not arrived yet, and this page has stopped looking. The keys come by mail as soon as it does. "
        <a href=here rel="external">
            "Look again"
        </a>
    }
    .into_any()
}

fn said(title: &'static str, text: &str) -> AnyView {
    let text = text.to_owned();
    view! {
        <header>
            <h1>{title}</h1>
            <p class="muted">{text}</p>
        </header>
    }
    .into_any()
}

fn issued(product: &str, keys: Vec<String>, mailed: Option<String>) -> AnyView {
    let title = if keys.len() == 1 {
        format!("Your key for {product}")
    } else {
        format!("Your {} keys for {product}", keys.len())
    };
    let all = keys.join("\n");
    let lines = keys
        .into_iter()
        .map(|key| {
            view! {
                <li>
                    <code>{key.clone()}</code>
                    <CopyButton text=key what="key"/>
                </li>
            }
        })
        .collect_view();
    view! {
        <header>
            <h1>{title}</h1>
            <p class="muted">"Keep them well: whoever has a key can use it. " {mailed}</p>
        </header>
        <section class="panel">
            <header>
                <h2>"Activation keys"</h2>
                <div class="end">
                    <CopyButton text=all what="all keys" label="Copy all"/>
                </div>
            </header>
            <ul class="keys" aria-label="Activation keys">
                {lines}
            </ul>
        </section>
    }
    .into_any()
}
