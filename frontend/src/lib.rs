//! The spark: hydrates the pages that the server rendered.

use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script when this program has loaded.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    // Without its part the page stays as the server sent it: its links and forms work.
    if app::parts::fetch_first().await.is_err() {
        return;
    }
    leptos::mount::hydrate_body(app::App);
    if let Some(body) = document().body() {
        // End-to-end tests wait for this mark; a body that cannot take it is only untested.
        let _ = body.set_attribute("data-hydrated", "");
    }
}
