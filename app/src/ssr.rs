//! What server functions use on the server: the engine, the actor, redirects, cookies.
