//! The spark: hydrates the pages that the server rendered.
