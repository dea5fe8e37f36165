//! The pages, a folder or file each. Pages never import each other.

pub mod not_found;
pub mod sign_in;
