//! What a browser gets of the site, and how.

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt as _;

use super::*;

static TABLE: &[Embedded] = &[
    Embedded {
        role: "js",
        url: "/pkg/0123456789abcdef/exisone.js",
        content_type: "text/javascript; charset=utf-8",
        etag: "0123456789abcdef",
        plain: b"export const plain = 1;",
        brotli: b"brotli form",
        gzip: b"gzip form",
    },
    Embedded {
        role: "public",
        url: "/robots.txt",
        content_type: "text/plain; charset=utf-8",
        etag: "fedcba9876543210",
        plain: b"User-agent: *\n",
        brotli: b"brotli robots",
        gzip: b"gzip robots",
    },
    Embedded {
        role: "part:plans",
        url: "/pkg/0123456789abcdef/plans.part",
        content_type: "application/octet-stream",
        etag: "aaaabbbbccccdddd",
        plain: b"\0\0\0\0",
        brotli: b"brotli part",
        gzip: b"gzip part",
    },
];

async fn ask(request: axum::http::request::Builder) -> (StatusCode, HeaderMap, Bytes) {
    let site = Site::embedded(TABLE);
    let request = request
        .body(Body::empty())
        .expect("a request without a body");
    let response = site
        .router()
        .oneshot(request)
        .await
        .expect("a router never fails");
    let (parts, body) = response.into_parts();
    (
        parts.status,
        parts.headers,
        to_bytes(body, 1 << 20).await.expect("a body in memory"),
    )
}

#[tokio::test]
async fn a_browser_that_takes_brotli_gets_it_for_ever() {
    let request =
        Request::get(TABLE[0].url).header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd");
    let (status, headers, body) = ask(request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(&body[..], b"brotli form");
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(headers[header::VARY], "accept-encoding");
    assert_eq!(headers[header::ETAG], "\"0123456789abcdef-br\"");
}

#[tokio::test]
async fn a_part_of_the_program_is_known_to_its_pages_and_served_for_ever() {
    let addresses = Site::embedded(TABLE).addresses();
    assert_eq!(addresses.js, TABLE[0].url);
    assert_eq!(addresses.parts.len(), 1);
    let (status, headers, body) = ask(Request::get(&addresses.parts["plans"])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(&body[..], TABLE[2].plain);
    assert_eq!(
        headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn without_accept_encoding_the_plain_bytes_come() {
    let (status, headers, body) = ask(Request::get(TABLE[0].url)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(&body[..], TABLE[0].plain);
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(headers[header::ETAG], "\"0123456789abcdef\"");
}

#[tokio::test]
async fn a_file_with_a_fixed_name_is_asked_for_again() {
    let (_, headers, _) = ask(Request::get("/robots.txt")).await;
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=3600");
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let request = Request::get(TABLE[0].url)
        .header(header::ACCEPT_ENCODING, "br")
        .header(
            header::IF_NONE_MATCH,
            "\"other\", W/\"0123456789abcdef-br\"",
        );
    let (status, headers, body) = ask(request).await;
    assert_eq!(status, StatusCode::NOT_MODIFIED);
    assert!(body.is_empty());
    assert_eq!(headers[header::ETAG], "\"0123456789abcdef-br\"");
    assert_eq!(
        headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn another_form_of_the_file_is_another_version() {
    let request = Request::get(TABLE[0].url)
        .header(header::ACCEPT_ENCODING, "br")
        .header(header::IF_NONE_MATCH, "\"0123456789abcdef-gzip\"");
    let (status, ..) = ask(request).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn head_says_the_length_and_sends_nothing() {
    let (status, headers, body) = ask(Request::head(TABLE[0].url)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        headers[header::CONTENT_LENGTH],
        TABLE[0].plain.len().to_string().as_str()
    );
    assert!(body.is_empty());
}

#[tokio::test]
async fn nothing_beside_the_list_is_served() {
    for path in [
        "/pkg/0123456789abcdef/other.js",
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e/Cargo.toml",
        "/site.tsv",
    ] {
        let (status, ..) = ask(Request::get(path)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let (status, ..) = ask(Request::post(TABLE[0].url)).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn a_site_read_from_a_folder_knows_its_paths() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = "css\t/pkg/aa/exisone.css\ttext/css\taa\npublic\t/favicon.svg\timage/svg+xml\tbb\n";
    fs::write(folder.path().join("site.tsv"), list).expect("the list");
    fs::create_dir_all(folder.path().join("pkg/aa")).expect("a folder");
    for name in ["pkg/aa/exisone.css", "favicon.svg"] {
        for suffix in ["", ".br", ".gz"] {
            fs::write(folder.path().join(format!("{name}{suffix}")), "x").expect("a file");
        }
    }
    let site = Site::read(folder.path()).expect("a whole site");
    assert!(site.is_present());
    let expected = Assets {
        css: "/pkg/aa/exisone.css".to_owned(),
        ..Assets::default()
    };
    assert_eq!(*site.addresses(), expected);
}

#[test]
fn a_broken_site_is_named_at_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("site.tsv"), "css\t/pkg/aa/exisone.css\n").expect("the list");
    let problem = Site::read(folder.path())
        .expect_err("two columns only")
        .to_string();
    assert!(
        problem.ends_with("has a wrong line 1; build the site again"),
        "{problem}"
    );

    fs::write(
        folder.path().join("site.tsv"),
        "css\t/pkg/aa/exisone.css\ttext/css\taa\n",
    )
    .expect("the list");
    let problem = Site::read(folder.path())
        .expect_err("no such file")
        .to_string();
    assert!(problem.contains("exisone.css.br"), "{problem}");
}

#[test]
fn a_fresh_clone_has_an_absent_site() {
    let site = Site::absent();
    assert!(!site.is_present());
    assert_eq!(*site.addresses(), Assets::default());
}
