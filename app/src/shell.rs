//! The document around every page: head written by hand, body filled by the app.
//!
//! Leptos's own `HydrationScripts` is deliberately absent: it reads files beside the
//! binary and writes the nonce into `crossorigin`.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::routes::App;

/// URL paths of the site's files; empty where no site was built.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The module that loads the browser's program.
    pub js: String,
    /// The browser's program.
    pub wasm: String,
}

/// The whole document, for the server.
pub fn shell(assets: Assets) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                {files(assets)}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

fn files(assets: Assets) -> impl IntoView {
    let style =
        (!assets.css.is_empty()).then(|| view! { <link rel="stylesheet" href=assets.css/> });
    let program = (!assets.js.is_empty()).then(|| program(&assets.js, &assets.wasm));
    (style, program)
}

fn program(js: &str, wasm: &str) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let start = format!(
        "import init, {{ hydrate }} from {js:?};\nawait init({{ module_or_path: {wasm:?} }});\nhydrate();"
    );
    view! {
        <link rel="modulepreload" href=js.to_owned() nonce=nonce.clone()/>
        <link
            rel="preload"
            href=wasm.to_owned()
            r#as="fetch"
            r#type="application/wasm"
            crossorigin="anonymous"
        />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}
