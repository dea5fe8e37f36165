//! Why a paid purchase waits for a person, in words to act on.

use crate::ids::{PlanId, ProductId};
use crate::license_term::TermRefusal;
use crate::purchase::UnreadableMetadata;

/// Why a paid purchase cannot become keys by itself; one sentence with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewReason {
    /// Metadata that cannot be read.
    #[error(
        "The payment’s {0}, which is not a value that keys can be issued by. Issue the keys that were meant, or dismiss the payment; then mend the metadata where the checkout is made."
    )]
    Unreadable(#[from] UnreadableMetadata),
    /// No such product, or another tenant's.
    #[error(
        "The payment names product {0}, which does not exist here. Issue keys of the right product, or dismiss the payment."
    )]
    UnknownProduct(ProductId),
    /// Archived product.
    #[error(
        "The payment names product {0}, which is archived. Issue its keys anyway, or refund the payment in Stripe and dismiss it."
    )]
    ArchivedProduct(ProductId),
    /// Inactive product.
    #[error(
        "The payment names product {0}, which is not active. Issue its keys anyway, or refund the payment in Stripe and dismiss it."
    )]
    InactiveProduct(ProductId),
    /// No such plan, or another tenant's.
    #[error(
        "The payment names plan {0}, which does not exist here. Issue the keys that were meant, or dismiss the payment."
    )]
    UnknownPlan(PlanId),
    /// Inactive plan.
    #[error(
        "The payment names plan {0}, which is not active. Issue the keys anyway, or refund the payment in Stripe and dismiss it."
    )]
    InactivePlan(PlanId),
    /// The length cannot be.
    #[error(
        "The keys cannot last as long as the purchase says: {0}. Change the plan or the product’s Default License Days, then issue the keys."
    )]
    Term(#[from] TermRefusal),
    /// Not the product of our quote.
    #[error(
        "The payment names product {paid}, but its checkout was made for product {quoted}. Issue the keys that were meant, or refund the payment in Stripe and dismiss it."
    )]
    OtherProduct {
        /// What the payment names.
        paid: ProductId,
        /// What we asked for.
        quoted: ProductId,
    },
    /// Not the quantity of our quote.
    #[error(
        "The payment names a quantity of {paid}, but its checkout was made for {quoted}. Issue as many keys as were paid for, or refund the payment in Stripe and dismiss it."
    )]
    OtherQuantity {
        /// What the payment names.
        paid: u16,
        /// What we asked for.
        quoted: u16,
    },
    /// Not the currency of our quote, or none known.
    #[error(
        "The payment was made in {paid}, but its checkout was made in {quoted}. Issue the keys if the amount is right, or refund the payment in Stripe and dismiss it."
    )]
    OtherCurrency {
        /// ISO code, or “an unknown currency”.
        paid: String,
        /// ISO code.
        quoted: String,
    },
    /// Not the amount of our quote, or none known. Minor units.
    #[error(
        "The amount paid is {paid}, but the checkout asked for {quoted} (in {currency}’s smallest unit). Issue the keys if that is right, or refund the payment in Stripe and dismiss it."
    )]
    OtherAmount {
        /// Minor units, or “unknown”.
        paid: String,
        /// Minor units.
        quoted: i64,
        /// ISO code.
        currency: String,
    },
}
