//! Who asks: a signed-in person, an access token, Stripe, or the system itself.

use domain::ids::{AccessTokenId, PersonId, StripeAppId, TenantId};
use domain::permission::{Permission, Permissions};
use domain::role::Role;

use crate::error::{Error, Result};

/// Somebody on behalf of exactly one tenant. No action sees a tenant's data without one.
#[derive(Debug, Clone)]
pub struct Actor {
    tenant: TenantId,
    who: Who,
}

/// What kind of somebody.
#[derive(Debug, Clone)]
pub enum Who {
    /// A person with a session.
    Person {
        /// Id.
        id: PersonId,
        /// Address, for the change log.
        email: String,
        /// Role in this tenant.
        role: Role,
        /// May see what belongs to no tenant.
        is_operator: bool,
    },
    /// A program with an access token.
    Token {
        /// Id.
        id: AccessTokenId,
        /// Name that an admin gave it.
        name: String,
        /// What it may do.
        permissions: Permissions,
    },
    /// A verified Stripe event.
    Stripe {
        /// The app that vouched.
        app: StripeAppId,
        /// Its name.
        name: String,
    },
    /// A command at the server's own machine, or a job.
    System,
}

impl Actor {
    /// A person in one of their tenants.
    pub const fn new(tenant: TenantId, who: Who) -> Self {
        Self { tenant, who }
    }

    /// The system, on behalf of a tenant.
    pub const fn system(tenant: TenantId) -> Self {
        Self::new(tenant, Who::System)
    }

    /// The tenant that is acted for.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who it is.
    pub const fn who(&self) -> &Who {
        &self.who
    }

    /// True for the installation's operator, who sees deliveries that name no tenant.
    pub const fn is_operator(&self) -> bool {
        matches!(
            self.who,
            Who::Person {
                is_operator: true,
                ..
            } | Who::System
        )
    }

    /// Refuses where the actor may not read lists and details: any person may,
    /// a token needs `generate` or `manage`.
    pub fn may_read(&self) -> Result<()> {
        match &self.who {
            Who::Token { permissions, .. }
                if !permissions.contains(Permission::Generate)
                    && !permissions.contains(Permission::Manage) =>
            {
                Err(missing(Permission::Generate))
            }
            _ => Ok(()),
        }
    }

    /// Refuses where the actor has not this permission. A person's follow from the role.
    pub fn may(&self, permission: Permission) -> Result<()> {
        let allowed = match &self.who {
            Who::Person { role, .. } => role.permissions().contains(permission),
            Who::Token { permissions, .. } => permissions.contains(permission),
            Who::Stripe { .. } | Who::System => true,
        };
        if allowed {
            return Ok(());
        }
        match &self.who {
            Who::Person { role, .. } => Err(Error::Forbidden(format!(
                "Your role here ({role}) may look but not change this. Ask an owner."
            ))),
            _ => Err(missing(permission)),
        }
    }

    /// Refuses where the actor may not send a key to anybody: people who answer customers may,
    /// programs need `manage`.
    pub fn may_send_keys(&self) -> Result<()> {
        match self.who {
            Who::Person { .. } => self.may(Permission::Email),
            _ => self.may(Permission::Manage),
        }
    }

    /// Refuses where the actor may not see who belongs to the tenant: people may, programs may not.
    pub fn may_see_people(&self) -> Result<()> {
        match self.who {
            Who::Person { .. } | Who::System => Ok(()),
            Who::Token { .. } | Who::Stripe { .. } => Err(not_for_programs()),
        }
    }

    /// Refuses where the actor may not say who belongs to the tenant: owners alone may.
    pub fn may_manage_people(&self) -> Result<()> {
        match &self.who {
            Who::System
            | Who::Person {
                role: Role::Owner, ..
            } => Ok(()),
            Who::Person { role, .. } => Err(Error::Forbidden(format!(
                "Your role here ({role}) may not say who belongs here. Ask an owner."
            ))),
            Who::Token { .. } | Who::Stripe { .. } => Err(not_for_programs()),
        }
    }

    pub(crate) const fn kind(&self) -> &'static str {
        match self.who {
            Who::Person { .. } => "person",
            Who::Token { .. } => "token",
            Who::Stripe { .. } => "stripe",
            Who::System => "system",
        }
    }

    /// The actor's own id; empty for the system.
    pub fn id_text(&self) -> String {
        match &self.who {
            Who::Person { id, .. } => id.to_string(),
            Who::Token { id, .. } => id.to_string(),
            Who::Stripe { app, .. } => app.to_string(),
            Who::System => String::new(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match &self.who {
            Who::Person { email, .. } => email,
            Who::Token { name, .. } | Who::Stripe { name, .. } => name,
            Who::System => "ExisOne",
        }
    }
}

fn not_for_programs() -> Error {
    Error::Forbidden(
        "Who belongs here is for people alone: an owner does it under Users and roles.".into(),
    )
}

fn missing(permission: Permission) -> Error {
    Error::Forbidden(format!(
        "This access token lacks the permission `{permission}`. Create one that has it under Access Tokens."
    ))
}
