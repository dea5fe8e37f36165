//! What a person may do in a tenant.

use crate::permission::{Permission, Permissions};
use crate::words::words;

words! {
    /// A person's role in one tenant.
    pub enum Role as "role" {
        /// Everything, people and tenant included.
        Owner => "owner",
        /// Everything but people and the tenant itself.
        Admin => "admin",
        /// Reads everything, makes keys and answers customers.
        Support => "support",
        /// Reads, changes nothing.
        Viewer => "viewer",
    }
}

impl Role {
    /// The permissions that follow from the role. Reading needs none.
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Owner | Self::Admin => Permissions::all(),
            Self::Support => Permissions::NONE
                .with(Permission::Verify)
                .with(Permission::Generate)
                .with(Permission::Email),
            Self::Viewer => Permissions::NONE,
        }
    }

    /// The word as a label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Support => "Support",
            Self::Viewer => "Viewer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Role::Owner, "verify,generate,email,manage")]
    #[case(Role::Admin, "verify,generate,email,manage")]
    #[case(Role::Support, "verify,generate,email")]
    #[case(Role::Viewer, "")]
    fn a_role_has_its_permissions(#[case] role: Role, #[case] words: &str) {
        assert_eq!(role.permissions().to_string(), words);
        assert_eq!(role.as_str().parse::<Role>(), Ok(role));
    }
}
