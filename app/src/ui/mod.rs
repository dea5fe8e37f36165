//! Dumb parts: they know neither server functions, nor pages, nor the router.
