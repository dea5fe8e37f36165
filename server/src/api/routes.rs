//! How the API's routes are registered: in both forms of their paths, which are kept beside the router,
//! so that what there is can be compared with what is described.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;

use crate::state::ServerState;

/// Routes, and the paths that they have. Nothing but [`both`] adds one.
#[derive(Default)]
pub(super) struct Routes {
    router: Router<ServerState>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// These and others.
    pub(super) fn merge(mut self, others: Self) -> Self {
        self.paths.extend(others.paths);
        Self {
            router: self.router.merge(others.router),
            paths: self.paths,
        }
    }

    /// Lets bodies have so many bytes at most, and not as many as elsewhere.
    pub(super) fn with_body_max(self, bytes: usize) -> Self {
        Self {
            router: self.router.layer(DefaultBodyLimit::max(bytes)),
            paths: self.paths,
        }
    }

    /// The router alone.
    pub(super) fn into_router(self) -> Router<ServerState> {
        self.router
    }

    /// The paths alone, as they were registered, each without a trailing slash.
    pub(super) fn into_paths(self) -> Vec<&'static str> {
        self.paths
    }
}

/// Adds a route in both forms.
pub(super) fn both(
    known: Routes,
    path: &'static str,
    methods: MethodRouter<ServerState>,
) -> Routes {
    let Routes { router, mut paths } = known;
    paths.push(path);
    let router = router.route(path, methods.clone());
    Routes {
        router: router.route(&format!("{path}/"), methods),
        paths,
    }
}
