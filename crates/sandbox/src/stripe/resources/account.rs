//! `/v1/account`: the account of the key.

use serde_json::json;

use crate::stripe::call::Call;
use crate::stripe::error::Answer;

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let account = call.account();
    Ok(json!({
        "id": account.id,
        "object": "account",
        "business_profile": null,
        "business_type": null,
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": "owner@example.com",
        "external_accounts": {
            "object": "list", "data": [], "has_more": false,
            "url": format!("/v1/accounts/{}/external_accounts", account.id),
        },
        "metadata": {},
        "payouts_enabled": true,
        "settings": null,
        "type": "standard",
    }))
}
