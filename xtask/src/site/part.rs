//! A part of the site: its files, compressed, kept until its inputs change.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{read, remove_folder, write};
use crate::process::{self, Outcome};
use crate::workspace::Workspace;

/// Changes when the form of the parts does, so that old ones are made anew.
const FORMAT: &str = "1";

/// One file of the site, before compression.
pub struct SiteFile {
    role: String,
    url: String,
    bytes: Vec<u8>,
}

impl SiteFile {
    /// A file whose URL carries the hash of its content: it may be cached for ever.
    pub fn hashed(role: &str, name: &str, bytes: Vec<u8>) -> Self {
        let folder = short_hash(&bytes);
        Self::in_folder(role, &folder, name, bytes)
    }

    /// A file in a folder that is named by somebody else's hash (a script and its imports).
    pub fn in_folder(role: &str, folder: &str, name: &str, bytes: Vec<u8>) -> Self {
        Self {
            role: role.to_owned(),
            url: format!("/pkg/{folder}/{name}"),
            bytes,
        }
    }

    /// A file under a name that the world expects, such as /robots.txt.
    pub fn public(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            role: "public".to_owned(),
            url: format!("/{name}"),
            bytes,
        }
    }
}

/// A folder of finished files, with a stamp that says from which inputs.
pub struct Part {
    folder: PathBuf,
    stamp: String,
}

impl Part {
    /// A part made from these files and folders.
    pub fn open(workspace: &Workspace, name: &str, inputs: &[PathBuf]) -> Outcome<Self> {
        let mut hasher = Sha256::new();
        hasher.update(FORMAT);
        for input in inputs {
            for path in files_below(input)? {
                let name = path.strip_prefix(&workspace.root).unwrap_or(&path);
                hasher.update(name.to_string_lossy().as_bytes());
                hasher.update([0]);
                hasher.update(Sha256::digest(read(&path)?));
            }
        }
        let stamp = hex::encode(hasher.finalize());
        Ok(Self {
            folder: workspace.target.join("site-parts").join(name),
            stamp,
        })
    }

    /// Makes the part anew when its inputs changed.
    pub fn refresh(&self, make: impl FnOnce() -> Outcome<Vec<SiteFile>>) -> Outcome {
        let stamp = self.folder.join("stamp");
        if fs::read_to_string(&stamp).is_ok_and(|present| present == self.stamp) {
            return Ok(());
        }
        let files = make()?;
        remove_folder(&self.folder)?;
        let mut list = String::new();
        process::each(&files, |file| self.store(file))?;
        for file in &files {
            list.push_str(&line(file));
        }
        write(&self.folder.join("list"), list.as_bytes())?;
        write(&stamp, self.stamp.as_bytes())
    }

    /// The lines of this part in the site's list.
    pub fn list(&self) -> Outcome<String> {
        let path = self.folder.join("list");
        fs::read_to_string(&path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    }

    /// Copies the finished files.
    pub fn copy_into(&self, site: &Path) -> Outcome {
        let files = self.folder.join("files");
        for path in files_below(&files)? {
            let name = path.strip_prefix(&files).unwrap_or(&path);
            write(&site.join(name), &read(&path)?)?;
        }
        Ok(())
    }

    fn store(&self, file: &SiteFile) -> Outcome {
        let path = self
            .folder
            .join("files")
            .join(file.url.trim_start_matches('/'));
        write(&path, &file.bytes)?;
        let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
        write(&beside(".br"), &brotli(&file.bytes)?)?;
        write(&beside(".gz"), &gzip(&file.bytes)?)
    }
}

/// Every file below a folder in a fixed order; a file stands for itself, nothing for nothing.
pub fn files_below(path: &Path) -> Outcome<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    if !path.exists() {
        return Ok(Vec::new());
    }
    let entries =
        fs::read_dir(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut children = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    children.sort();
    let mut files = Vec::new();
    for child in children {
        files.extend(files_below(&child)?);
    }
    Ok(files)
}

/// The first 16 hexadecimal digits of the SHA-256 of a content: its name in URLs.
pub fn short_hash(bytes: &[u8]) -> String {
    let mut text = hex::encode(Sha256::digest(bytes));
    text.truncate(16);
    text
}

fn line(file: &SiteFile) -> String {
    let etag = short_hash(&file.bytes);
    format!(
        "{}\t{}\t{}\t{etag}\n",
        file.role,
        file.url,
        content_type(&file.url)
    )
}

fn content_type(url: &str) -> &'static str {
    match url.rsplit('.').next() {
        Some("wasm") => "application/wasm",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn brotli(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)
        .map_err(|error| format!("brotli failed: {error}"))?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("gzip failed: {error}"))
}
