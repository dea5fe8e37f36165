//! What an access token may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::words::{UnknownWord, words};

words! {
    /// One right of an access token.
    pub enum Permission as "permission" {
        /// Validate and read features. Ships inside customers' programs: it never lists anything.
        Verify => "verify",
        /// Generate keys; list and read products, licences, history, events; create checkout sessions.
        Generate => "generate",
        /// Write support tickets.
        Email => "email",
        /// Change products, plans, Stripe apps, licences' state, webhooks.
        Manage => "manage",
    }
}

/// A set of permissions; as text their words joined by commas, in JSON an array of words.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Permission>", into = "Vec<Permission>")]
pub struct Permissions(u8);

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// Every permission.
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// True where the set has this one. No permission implies another.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | bit(permission))
    }

    /// True where nothing is permitted.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those of the set, in the order of [`Permission::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.contains(*permission))
    }
}

const fn bit(permission: Permission) -> u8 {
    1 << permission as u8
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
    }
}

impl From<Vec<Permission>> for Permissions {
    fn from(permissions: Vec<Permission>) -> Self {
        permissions.into_iter().collect()
    }
}

impl From<Permissions> for Vec<Permission> {
    fn from(permissions: Permissions) -> Self {
        permissions.iter().collect()
    }
}

impl FromStr for Permissions {
    type Err = UnknownWord;

    /// Reads words joined by commas; spaces around them and an empty text are fine.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(Permission::from_str)
            .collect()
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, permission) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            f.write_str(permission.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permissions({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        let set: Permissions = " manage, verify,,verify".parse().expect("known words");
        assert_eq!(set.to_string(), "verify,manage");
        assert_eq!(set.to_string().parse::<Permissions>(), Ok(set));
        assert!(!set.contains(Permission::Generate));
    }

    #[test]
    fn an_unknown_word_is_named() {
        let error = "verify,admin"
            .parse::<Permissions>()
            .expect_err("admin is none");
        assert_eq!(error.to_string(), "`admin` is not a permission");
    }

    #[test]
    fn json_is_an_array_of_words() {
        let json = serde_json::to_string(&Permissions::all()).expect("json");
        assert_eq!(json, r#"["verify","generate","email","manage"]"#);
        let back: Permissions = serde_json::from_str(r#"["email"]"#).expect("read");
        assert_eq!(back, Permissions::NONE.with(Permission::Email));
    }
}
