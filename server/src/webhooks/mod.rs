//! Raw routes: machines that sign their bytes. No session, no JSON extractor, no CSRF layer.

pub mod stripe;
