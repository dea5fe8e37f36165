//! Enums whose variants are words: the same word in SQL, JSON, log and label.

/// A word that none of the known ones is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {kind}")]
pub struct UnknownWord {
    /// What was wanted, for example `role`.
    pub kind: &'static str,
    /// What was found, at most 40 characters of it.
    pub word: String,
}

impl UnknownWord {
    /// Notes what was found instead.
    pub fn new(kind: &'static str, word: &str) -> Self {
        Self {
            kind,
            word: word.chars().take(40).collect(),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident as $kind:literal {
        $($(#[$variant_doc:meta])* $variant:ident => $word:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in SQL, JSON and log.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::words::UnknownWord::new($kind, other)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;
