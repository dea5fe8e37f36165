//! Names the part of the page in the document's head, with a link that fetches its file at once.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use crate::parts::PartListener;
use crate::shell::Assets;

/// Lets every page of this request say its part.
pub fn announce_part(assets: Arc<Assets>) {
    let announce = move |part: &'static str| {
        if let Some(href) = assets.parts.get(part) {
            // Rendering registers it for the head; it has no place in the page.
            let _ = view! {
                <Link
                    rel="preload"
                    href=href.clone()
                    as_="fetch"
                    crossorigin="anonymous"
                />
            }
            .to_html();
        }
        let _ = view! { <Meta name="part" content=part/> }.to_html();
    };
    provide_context(PartListener(Arc::new(announce)));
}
