//! The spark: hydrates the pages that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script when this program has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    if let Some(body) = leptos::prelude::document().body() {
        // End-to-end tests wait for this mark; a body that cannot take it is only untested.
        let _ = body.set_attribute("data-hydrated", "");
    }
}
