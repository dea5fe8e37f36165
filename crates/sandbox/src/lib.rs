//! A Stripe you can run at home, with a mailbox beside it; never linked into the product.
