//! Which licences a list or a file of `/api/license` is to have.

use domain::activation_key::ActivationKey;
use domain::ids::ProductId;
use domain::license_order::LicenseOrder;
use domain::license_state::LicenseState;
use engine::licenses::list::{LicenseQuery, Search};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::error::{ApiError, ApiResult};
use crate::api::input;
use crate::api::words;

/// Which licences are wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct LicenseParameters {
    /// One product.
    #[param(value_type = Option<i32>, minimum = 1)]
    pub(super) product_id: Option<String>,
    /// A holder's whole address.
    pub(super) email: Option<String>,
    /// How a holder's address begins; not together with `email`.
    pub(super) email_beginning: Option<String>,
    /// The last four characters of a key; not together with an address.
    pub(super) last_four: Option<String>,
    /// `active`, `suspended`, `revoked` or `expired`, as of now.
    #[param(value_type = Option<words::LicenseState>)]
    pub(super) state: Option<String>,
    /// true, false, or both where it is absent.
    #[param(value_type = Option<bool>)]
    pub(super) livemode: Option<String>,
    /// From 1: the answer is a page with its number and the count.
    #[param(value_type = Option<i64>, minimum = 1)]
    pub(super) page: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    pub(super) page_size: Option<String>,
    /// Where the page before ended; empty begins: the answer is a page and where the next begins.
    pub(super) after: Option<String>,
    /// `created`, `expires`, `email` or `product`, a hyphen before it runs backwards; goes with `after`.
    #[param(value_type = Option<words::LicenseOrder>)]
    pub(super) sort: Option<String>,
}

/// What the parameters ask for.
pub(super) fn query(wanted: &LicenseParameters) -> ApiResult<LicenseQuery> {
    let product_id: Option<ProductId> = input::optional(
        ("productId", wanted.product_id.as_ref()),
        "Write the id of one of your products.",
    )?;
    let state: Option<LicenseState> = input::optional(
        ("state", wanted.state.as_ref()),
        "Use active, suspended, revoked or expired.",
    )?;
    Ok(LicenseQuery {
        livemode: input::livemode(wanted.livemode.as_ref())?,
        product_id,
        state,
        search: search(wanted)?,
        order: order(wanted)?,
        after: input::after(wanted.after.as_ref())?,
        limit: input::page_size(wanted.page_size.as_ref())?,
    })
}

fn order(wanted: &LicenseParameters) -> ApiResult<Option<LicenseOrder>> {
    let advice = "Use created, expires, email or product, or one of them after a hyphen.";
    let order = input::optional(("sort", wanted.sort.as_ref()), advice)?;
    if order.is_some() && wanted.after.is_none() {
        let advice = "Send sort together with after, which is empty to begin.";
        return Err(ApiError::invalid("sort", advice));
    }
    Ok(order)
}

/// What is searched for: one of the three, or nothing.
fn search(wanted: &LicenseParameters) -> ApiResult<Search> {
    let given = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default().trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let (email, beginning) = (given(&wanted.email), given(&wanted.email_beginning));
    match (email, beginning, given(&wanted.last_four)) {
        (None, None, None) => Ok(Search::All),
        (Some(whole), None, None) if whole.contains('@') => Ok(Search::Email(whole)),
        (Some(_), None, None) => Err(ApiError::invalid(
            "email",
            "Write a whole e-mail address, or send emailBeginning.",
        )),
        (None, Some(beginning), None) => Ok(Search::EmailBeginning(beginning)),
        (None, None, Some(end)) => match ActivationKey::parse_last_four(&end) {
            Some(end) => Ok(Search::LastFour(end)),
            None => Err(ApiError::invalid(
                "lastFour",
                "Write the last four characters of a key.",
            )),
        },
        (Some(_), Some(_), _) => Err(ApiError::invalid(
            "emailBeginning",
            "Send email or emailBeginning, not both.",
        )),
        (_, _, Some(_)) => Err(ApiError::invalid(
            "lastFour",
            "Send lastFour or an address, not both.",
        )),
    }
}
