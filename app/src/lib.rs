//! The face: Leptos pages and thin server functions.
