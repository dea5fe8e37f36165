//! A text as a QR code (ISO/IEC 18004), drawn as an SVG in a `data:` URL.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules around the code that stay light.
const QUIET: i32 = 4;

/// The picture; empty where the text is too long for one.
pub(super) fn qr_code(text: &str) -> String {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return String::new();
    };
    let size = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size())
                .take_while(|x| code.get_module(*x, y))
                .fold(0, |run, _| run + 1);
            if run > 0 {
                write!(dark, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET)
                    .expect("writing to a string cannot fail");
            }
            x += run + 1;
        }
    }
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size} {size}' \
         shape-rendering='crispEdges'><path fill='white' d='M0 0h{size}v{size}H0z'/>\
         <path d='{dark}'/></svg>"
    );
    format!(
        "data:image/svg+xml,{}",
        leptos_router::location::Url::escape(&svg)
    )
}

#[cfg(test)]
mod tests {
    use super::qr_code;

    #[test]
    fn a_text_becomes_one_picture_without_anything_to_escape() {
        let url =
            qr_code("otpauth://totp/ExisOne:ann%40example.com?secret=GEZDGNBV&issuer=ExisOne");
        assert!(url.starts_with("data:image/svg+xml,%3Csvg"));
        assert!(!url.contains(['<', '"', ' ', '#']));
        assert_eq!(qr_code(&"x".repeat(5_000)), "");
    }
}
