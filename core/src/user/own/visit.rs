//! Who is at their own page, and how sure that is.

use crate::Secret;
use crate::id::UserId;
use crate::session::UserSession;
use std::net::IpAddr;

/// Somebody who is logged in here, at their own page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// This browser's session.
    pub session: UserSession,
    /// What this browser holds of it.
    pub(super) secret: Secret,
    /// From which address.
    pub(super) address: Option<IpAddr>,
}

/// The same, confirmed on the phone a moment ago.
#[derive(Debug, Clone)]
pub struct Proven(pub(super) Visit);

impl Visit {
    /// Whose page it is.
    pub fn user(&self) -> &UserId {
        &self.session.user
    }

    /// What the page's forms send back: only a page that was shown in this session knows it.
    pub fn csrf(&self) -> Secret {
        Secret::new(crate::SecretHash::of_parts(&["account", self.secret.expose()]).as_str())
    }
}

impl Proven {
    /// The visit.
    pub fn visit(&self) -> &Visit {
        &self.0
    }
}
