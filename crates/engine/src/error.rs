//! Refusals, which are for the caller, and faults, which are ours.

use domain::activation::RefusalCode;
use domain::field_error::FieldErrors;
use store::StoreError;

/// The result of every action.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an action did not happen. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or it is another tenant's: the caller may not know which.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// No licence of the tenant has this key or id: apart from the rest, because whoever tries keys is slowed.
    #[error("There is no such licence.")]
    NoSuchLicense,
    /// The caller is known and may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The caller is not known: no credential, a wrong one, or one that has ended.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// Fields that cannot be taken as they are; each says what to do.
    #[error("Some fields cannot be taken as they are.")]
    Invalid(FieldErrors),
    /// It contradicts what is there.
    #[error("{message}")]
    Conflict {
        /// Short word for programs, for example `name_in_use`.
        code: &'static str,
        /// One sentence for people.
        message: String,
    },
    /// What a program wants is against the rules of the licence.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// Too often; try again later.
    #[error("Too many attempts. Try again in {retry_after_seconds} seconds.")]
    TooMany {
        /// When it is worth trying again.
        retry_after_seconds: u64,
    },
    /// Somebody we depend on (Stripe, the mail server) could not do its part.
    #[error("{0}")]
    Upstream(String),
    /// Our own fault: one calm sentence goes out, the chain goes to the log.
    #[error("a fault: {context}")]
    Fault {
        /// What was being done.
        context: &'static str,
        /// What went wrong underneath.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// Why a program does not get what it wants, in a word that it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The word.
    pub code: RefusalCode,
    /// One sentence that says what to do.
    pub message: String,
    /// What is known of the program's versions.
    pub versions: Versions,
    /// When it is worth trying again, where waiting helps.
    pub retry_after_seconds: Option<u64>,
}

/// The versions of a program that its seller names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// The newest one.
    pub server: Option<String>,
    /// The oldest one that is served.
    pub minimum_required: Option<String>,
}

/// Code of the conflict that says: another transaction wrote the same thing, start over.
const OVERTAKEN: &str = "overtaken";

impl Error {
    /// True where another transaction wrote the same thing at this moment: begun anew, the action finds it.
    pub(crate) fn is_overtaken(&self) -> bool {
        matches!(self, Self::Conflict { code, .. } if *code == OVERTAKEN)
    }

    /// A fault without a deeper cause.
    pub const fn fault(context: &'static str) -> Self {
        Self::Fault {
            context,
            source: None,
        }
    }

    /// A refusal by the rules of a licence.
    pub(crate) fn refused(
        code: RefusalCode,
        message: &dyn std::fmt::Display,
        versions: Versions,
    ) -> Self {
        Self::Refused(Box::new(Refusal {
            code,
            message: message.to_string(),
            versions,
            retry_after_seconds: None,
        }))
    }

    /// A refusal of one field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }

    /// True where trying again later may help and the caller did nothing wrong.
    pub const fn is_fault(&self) -> bool {
        matches!(self, Self::Fault { .. })
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Overtaken) {
            return Self::Conflict {
                code: OVERTAKEN,
                message: "Somebody else wrote the same thing at this moment. Try again.".into(),
            };
        }
        Self::Fault {
            context: "the database",
            source: Some(Box::new(error)),
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault {
            context: "JSON of our own",
            source: Some(Box::new(error)),
        }
    }
}
