//! What the buyer comes back to: the keys, as soon as they exist. Whoever is signed in with the seller, as after
//! a test purchase, hears of them by the stream; every other buyer's page asks from time to time.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::live::Live;
use super::load::{Data, loaded, query_part};
use super::trouble::lost_line;
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
    let (listens, live) = (RwSignal::new(false), RwSignal::new(None::<Live>));
    let is_lost = RwSignal::new(false);
    let data = Data::new(move || session_id.get().unwrap_or_default(), load_receipt);
    Effect::new(move || {
        let (waits, may_listen) = match data.get() {
            Some(Ok(receipt)) => (receipt.progress == Progress::Coming, receipt.may_listen),
            Some(Err(error)) => (error.may_pass(), false),
            None => (false, false),
        };
        // Set anew, the stream would begin anew.
        if listens.get_untracked() != (waits && may_listen) {
            listens.set(waits && may_listen);
        }
        let (polls, so_far) = (waits && !may_listen, looks.get());
        let goes_on = polls && so_far < LOOKS;
        has_stopped.set(polls && !goes_on);
        if !goes_on {
            is_lost.set(false);
            return;
        }
        let ask = move || spawn_local(look(data, (looks, is_lost)));
        // One pause at a time, whatever makes this run again.
        if let Ok(timer) = set_timeout_with_handle(ask, pause(so_far)) {
            on_cleanup(move || timer.clear());
        }
    });
    // Everything of the stream ends when this runs again: once the keys are there, or the session has ended.
    Effect::new(move || {
        live.set(None);
        if listens.get() {
            live.set(Some(Live::listen_alone()));
            data.follow(&[""]);
        }
    });
    let trouble = move || {
        let is_lost = is_lost.get().then(lost_line);
        is_lost.or_else(|| live.get().and_then(Live::trouble))
    };
    view! {
        <Title text="Your purchase"/>
        <main class="door broad">
            <span class="brand">
                <Logo/>
            </span>
            {loaded(data, move |receipt| view! { <Told receipt has_stopped/> }.into_any())}
            <p class="trouble" role="status">
                {trouble}
            </p>
        </main>
    }
}

/// Asks once more, beside the page: what fails for a while takes nothing away from whoever waits.
async fn look(data: Data<Receipt>, (looks, is_lost): (RwSignal<u32>, RwSignal<bool>)) {
    let answer = data.source.look().await;
    let failed = matches!(&answer, Some(Err(error)) if error.may_pass());
    is_lost.try_set(failed);
    if let Some(answer) = answer.filter(|_| !failed) {
        data.source.show(answer);
    }
    looks.try_update(|looks| *looks += 1);
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
