//! The next step of an empty list whose rows come with a sale: on the test side one can be tried, on the live side
//! the checklist says what is missing.

use leptos::prelude::*;

use crate::api::session::Viewer;
use crate::pages::load::Data;

/// The way to the first sale on the side that the person looks at.
pub fn first_sale() -> AnyView {
    let viewer = use_context::<Data<Viewer>>();
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let viewer = viewer?.load().await.ok()?;
                let (href, label) = if viewer.livemode {
                    ("/help", "See what is missing to go live")
                } else {
                    ("/stripe/test-purchase", "Make a test purchase")
                };
                Some(view! {
                    <a class="btn" href=href>
                        {label}
                    </a>
                })
            })}
        </Transition>
    }
    .into_any()
}
