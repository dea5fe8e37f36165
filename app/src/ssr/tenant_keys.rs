//! Tenant keys between the engine and their page.

use engine::keys::list_tenant_keys::TenantKeyView;

use crate::api::tenant_keys::TenantKeyRow;

/// One key as its page shows it.
pub fn tenant_key_row(key: TenantKeyView) -> TenantKeyRow {
    TenantKeyRow {
        version: key.version,
        state: key.state,
        created_at: key.created_at,
        retired_at: key.retired_at,
    }
}
