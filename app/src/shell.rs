//! The document around every page: head written by hand, body filled by the app.
//!
//! Leptos's own `HydrationScripts` is deliberately absent: it reads files beside the
//! binary and writes the nonce into `crossorigin`.

use std::collections::BTreeMap;
use std::iter;

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::routes::App;

/// URL paths of the site's files; empty where no site was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The module that loads the browser's program.
    pub js: String,
    /// What that module imports.
    pub imports: Vec<String>,
    /// The browser's program.
    pub wasm: String,
    /// The files of the program's parts by the names that `parts` gives them.
    pub parts: BTreeMap<String, String>,
}

/// The whole document, for the server.
pub fn shell(assets: &Assets) -> impl IntoView + use<> {
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

fn files(assets: &Assets) -> impl IntoView + use<> {
    let css = assets.css.clone();
    let style = (!css.is_empty()).then(|| view! { <link rel="stylesheet" href=css/> });
    let program = (!assets.js.is_empty()).then(|| program(assets));
    (style, program)
}

fn program(assets: &Assets) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let Assets {
        js, wasm, imports, ..
    } = assets;
    let scripts = iter::once(js).chain(imports).cloned();
    let scripts = scripts
        .map(|href| view! { <link rel="modulepreload" href=href nonce=nonce.clone()/> })
        .collect_view();
    let start = format!(
        "import init, {{ hydrate }} from {js:?};\nawait init({{ module_or_path: {wasm:?} }});\nawait hydrate();"
    );
    view! {
        {scripts}
        <link
            rel="preload"
            href=wasm.clone()
            r#as="fetch"
            r#type="application/wasm"
            crossorigin="anonymous"
        />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}
