//! A tenant's settings: its name, and a few words in JSON, each with a default, changed one by one.

pub mod mail_server;
pub mod read;
pub mod send_test_mail;
pub mod update;

use domain::settings_form::TenantSettings;
use serde::{Deserialize, Serialize};
use store::tenants::Tenant;

use crate::error::Result;

/// What a tenant has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Settings {
    /// Whether keys from test purchases are valid in programs; on until the tenant goes live.
    pub test_keys_valid: bool,
    /// Where customers write to; tickets are mailed there. Empty while none is set.
    pub support_address: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            test_keys_valid: true,
            support_address: String::new(),
        }
    }
}

/// Reads what stands in the tenant's row; words of a later version are passed over.
pub(crate) fn parse(json: &str) -> Result<Settings> {
    Ok(serde_json::from_str(json)?)
}

fn of(tenant: &Tenant) -> Result<TenantSettings> {
    let settings = parse(&tenant.settings)?;
    Ok(TenantSettings {
        company_name: tenant.name.clone(),
        support_address: settings.support_address,
        test_keys_valid: settings.test_keys_valid,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_tenant_has_the_defaults_and_unknown_words_do_no_harm() {
        assert_eq!(parse("{}").expect("reads"), Settings::default());
        let settings = parse(r#"{"testKeysValid":false,"fromTheFuture":1}"#).expect("reads");
        assert!(!settings.test_keys_valid);
        assert_eq!(settings.support_address, "");
    }
}
