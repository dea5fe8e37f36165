//! The site's files (wasm, js, css, favicon), served from memory: embedded in the
//! binary with feature `embed`, else read once from the target directory at start.
//!
//! No file is opened while serving, and none beside the shipped binary ever is.

mod answer;
mod encoding;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use app::Assets;
use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;

use answer::Asset;

/// A line of the table that the build script writes.
struct Embedded {
    role: &'static str,
    url: &'static str,
    content_type: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// Empty without feature `embed`.
static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Everything that a browser fetches besides pages.
#[derive(Clone, Debug)]
pub struct Site {
    assets: Arc<BTreeMap<String, Asset>>,
    addresses: Arc<Assets>,
}

/// Why a built site cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A file of the site's list is not there.
    #[error("cannot read the site's file {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The list itself makes no sense.
    #[error("the site's list {path} has a wrong line {line}; build the site again")]
    WrongLine {
        /// The list.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
}

impl Site {
    /// The embedded site; without one, the site that lies above the running binary
    /// (`target/site`); without that, an absent one: pages then come without style.
    pub fn load() -> Result<Self, SiteError> {
        if !EMBEDDED.is_empty() {
            return Ok(Self::embedded(EMBEDDED));
        }
        let binary = std::env::current_exe().unwrap_or_default();
        match binary
            .ancestors()
            .map(|folder| folder.join("site"))
            .find(|site| site.join("site.tsv").is_file())
        {
            Some(folder) => Self::read(&folder),
            None => Ok(Self::absent()),
        }
    }

    /// Whether there is a site at all.
    pub fn is_present(&self) -> bool {
        !self.assets.is_empty()
    }

    /// URL paths of what pages refer to; empty where no site was built.
    pub fn addresses(&self) -> Arc<Assets> {
        Arc::clone(&self.addresses)
    }

    /// A route for each file, to be merged into the server's router.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let mut router = Router::new().route("/pkg/{*file}", get(serve));
        for url in self.assets.keys().filter(|url| !url.starts_with("/pkg/")) {
            router = router.route(url, get(serve));
        }
        router.with_state(self.clone())
    }

    fn absent() -> Self {
        Self::of(Vec::new())
    }

    fn embedded(table: &'static [Embedded]) -> Self {
        let assets = table.iter().map(|file| {
            let asset = Asset::new(file.role, file.content_type, file.etag)
                .with_plain(Bytes::from_static(file.plain))
                .with_brotli(Bytes::from_static(file.brotli))
                .with_gzip(Bytes::from_static(file.gzip));
            (file.role.to_owned(), file.url.to_owned(), asset)
        });
        Self::of(assets.collect())
    }

    fn read(folder: &Path) -> Result<Self, SiteError> {
        let list = folder.join("site.tsv");
        let text = String::from_utf8_lossy(&read(list.clone())?).into_owned();
        let mut assets = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let [role, url, content_type, etag] = line.split('\t').collect::<Vec<_>>()[..] else {
                return Err(SiteError::WrongLine {
                    path: list,
                    line: index + 1,
                });
            };
            let file = folder.join(url.trim_start_matches('/'));
            let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
            let asset = Asset::new(role, content_type, etag)
                .with_brotli(read(beside(".br"))?)
                .with_gzip(read(beside(".gz"))?)
                .with_plain(read(file)?);
            assets.push((role.to_owned(), url.to_owned(), asset));
        }
        Ok(Self::of(assets))
    }

    fn of(assets: Vec<(String, String, Asset)>) -> Self {
        let mut addresses = Assets::default();
        for (role, url, _) in &assets {
            add_address(&mut addresses, role, url);
        }
        let assets = assets.into_iter().map(|(_, url, asset)| (url, asset));
        Self {
            assets: Arc::new(assets.collect()),
            addresses: Arc::new(addresses),
        }
    }
}

/// Puts a file of the site's list where its role says; `part:plans` is the file of a part of the program.
fn add_address(addresses: &mut Assets, role: &str, url: &str) {
    let url = url.to_owned();
    match role {
        "css" => addresses.css = url,
        "js" => addresses.js = url,
        "import" => addresses.imports.push(url),
        "wasm" => addresses.wasm = url,
        _ => {
            if let Some(part) = role.strip_prefix("part:") {
                addresses.parts.insert(part.to_owned(), url);
            }
        }
    }
}

/// The whole original path is the key: no decoding, no joining of paths.
async fn serve(
    State(site): State<Site>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
) -> Response {
    match site.assets.get(uri.path()) {
        Some(asset) => asset.answer(&method, &headers),
        None => (StatusCode::NOT_FOUND, "no such file\n").into_response(),
    }
}

fn read(path: PathBuf) -> Result<Bytes, SiteError> {
    match fs::read(&path) {
        Ok(bytes) => Ok(bytes.into()),
        Err(source) => Err(SiteError::Unreadable { path, source }),
    }
}

#[cfg(test)]
mod tests;
