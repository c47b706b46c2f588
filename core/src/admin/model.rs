//! An admin: a name, a role, and for client managers the Clients that are theirs.

use crate::Timestamp;
use crate::client::ClientId;
use crate::id::AdminId;
use std::collections::BTreeSet;

/// An admin's log-in name: 1 to 64 characters of `[a-z0-9._@+-]`, kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdminName(String);

/// The text is not an admin's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to 64 characters of a-z, 0-9, dot, underscore, @, + and -")]
pub struct InvalidAdminName;

impl AdminName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AdminName {
    type Err = InvalidAdminName;
    fn from_str(text: &str) -> Result<Self, InvalidAdminName> {
        let name = text.trim().to_ascii_lowercase();
        let fits = |b: u8| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'@' | b'+' | b'-')
        };
        let shaped = (1..=64).contains(&name.len()) && name.bytes().all(fits);
        if shaped { Ok(Self(name)) } else { Err(InvalidAdminName) }
    }
}

impl std::fmt::Display for AdminName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an admin is for; `abilities` says what each may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Everything, other admins included.
    Owner,
    /// Clients, Providers, Users and settings; not other admins.
    Operator,
    /// The Clients that are theirs, and what happens there.
    ClientManager,
    /// Users and their Logins; no secrets.
    Support,
    /// Reads everything and changes nothing.
    Auditor,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 5] =
        [Self::Owner, Self::Operator, Self::ClientManager, Self::Support, Self::Auditor];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::ClientManager => "client_manager",
            Self::Support => "support",
            Self::Auditor => "auditor",
        }
    }

    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Somebody who may use the admin's house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Never changes.
    pub id: AdminId,
    /// To log in with; unique.
    pub name: AdminName,
    /// What they are for.
    pub role: Role,
    /// A client manager's Clients; of no meaning for the other roles.
    pub clients: BTreeSet<ClientId>,
    /// Whether they may log in at all.
    pub enabled: bool,
    /// How many passkeys they have.
    pub passkeys: i64,
    /// Grows by one with each change.
    pub version: i64,
    /// When they were enrolled.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// When they last logged in.
    pub last_login_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_plain() {
        assert_eq!("Ann.Lee@example.com".parse::<AdminName>().unwrap().as_str(), "ann.lee@example.com");
        for bad in ["", " ", "ann lee", "安", "a\nb", &"a".repeat(65)] {
            assert_eq!(bad.parse::<AdminName>(), Err(InvalidAdminName), "{bad:?}");
        }
    }

    #[test]
    fn roles_round_trip() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }
}
