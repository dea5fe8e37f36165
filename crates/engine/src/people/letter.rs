//! The mail that invites. It holds the only copy of the link in clear, so the outbox shows none of it.

use domain::ids::TenantId;
use domain::role::Role;
use store::mails::Mail;
use store::{Conn, invitations, tenants};

use super::role;
use crate::Engine;
use crate::emails::template::Rendered;
use crate::error::{Error, Result};
use crate::keys::data_keys::{DataKeys, Place};

/// Kind of the mail.
pub(crate) const INVITATION: &str = "invitation";

/// Where the sealed token lives.
pub(super) const fn place(invitation: &str) -> Place<'_> {
    Place {
        table: "invitations",
        row: invitation,
        column: "token",
    }
}

/// The mail with its link; the inner error says why there is none to send any more.
pub(crate) async fn write(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    mail: &Mail,
) -> Result<Result<Rendered, String>> {
    let Some(row) = invitations::find_by_mail(conn, tenant, mail.id).await? else {
        return Ok(Err(
            "the invitation has ended, or was sent again in another mail".into(),
        ));
    };
    let found = tenants::find(conn, tenant).await?;
    let company = found.ok_or(Error::NotFound("tenant"))?.name;
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let token = keys
        .open_secret(&place(&row.id.to_string()), &row.token_sealed)
        .ok_or(Error::fault("an invitation's token cannot be opened"))?;
    let link = format!("{}/invitation/{}", engine.public_url(), token.as_str());
    Ok(Ok(Rendered {
        subject: format!("{} invites you to {company}", row.invited_by),
        text: format!(
            "{} invites you to {company} on ExisOne, where you {}.\n\nTo join, open this link \
             within seven days:\n\n{link}\n\nIt works once. If you did not expect it, leave it \
             alone and nothing happens.\n",
            row.invited_by,
            may(role(&row.role)?),
        ),
        html: None,
    }))
}

const fn may(role: Role) -> &'static str {
    match role {
        Role::Owner => "may do everything",
        Role::Admin => "may do everything but decide who belongs to it",
        Role::Support => "may read everything, make keys and answer customers",
        Role::Viewer => "may read everything and change nothing",
    }
}
