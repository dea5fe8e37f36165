//! The style sheet: `style/main.css` with its imports, bundled and minified.

use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};

use super::part::{Part, SiteFile};
use crate::process::Outcome;
use crate::workspace::Workspace;

/// The style sheet's part, made anew when a file of `style/` changed.
pub fn fresh(workspace: &Workspace) -> Outcome<Part> {
    let folder = workspace.root.join("style");
    let part = Part::open(workspace, "style", std::slice::from_ref(&folder))?;
    part.refresh(|| {
        let main = folder.join("main.css");
        if !main.exists() {
            return Err("style/main.css is missing".to_owned());
        }
        println!("style: bundling {}", main.display());
        let provider = FileProvider::new();
        let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
        let mut sheet = bundler
            .bundle(&main)
            .map_err(|error| format!("style: {error}"))?;
        sheet
            .minify(MinifyOptions::default())
            .map_err(|error| format!("style: {error}"))?;
        let options = PrinterOptions {
            minify: true,
            ..PrinterOptions::default()
        };
        let printed = sheet
            .to_css(options)
            .map_err(|error| format!("style: {error}"))?;
        Ok(vec![SiteFile::hashed(
            "css",
            "exisone.css",
            printed.code.into_bytes(),
        )])
    })?;
    Ok(part)
}
