//! Where somebody is below `/account`. What a login leads back to is one of these, never a text from outside.

use saoma_core::client::ClientId;
use saoma_core::id::{AuthorizationId, IdentityId, OfferId, UserSessionId};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The page itself.
    Overview,
    /// One more way to log in is to be added.
    Link,
    /// It has been scanned.
    Linked(AuthorizationId),
    /// A way is to be taken away.
    Unlink(IdentityId),
    /// A website is to know nothing more.
    Site(ClientId),
    /// All other browsers are to be logged out, or all of them.
    Sessions,
    /// One is to be.
    Session(UserSessionId),
    /// Two accounts are said to be one person's.
    Offer(OfferId),
    /// The account is to go.
    Delete,
}

impl Place {
    /// The place of a path, without what they all begin with.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let mut parts = path.split('/').skip(1);
        let found = match (parts.next(), parts.next()) {
            (None, None) => Self::Overview,
            (Some("link"), None) => Self::Link,
            (Some("link"), Some(id)) => Self::Linked(id.parse().ok()?),
            (Some("ways"), Some(id)) => Self::Unlink(id.parse().ok()?),
            (Some("sites"), Some(id)) => Self::Site(id.parse().ok()?),
            (Some("sessions"), None) => Self::Sessions,
            (Some("sessions"), Some(id)) => Self::Session(id.parse().ok()?),
            (Some("offers"), Some(id)) => Self::Offer(id.parse().ok()?),
            (Some("delete"), None) => Self::Delete,
            _ => return None,
        };
        parts.next().is_none().then_some(found)
    }

    /// Its path, likewise.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Overview => String::new(),
            Self::Link => "/link".to_owned(),
            Self::Linked(id) => format!("/link/{id}"),
            Self::Unlink(id) => format!("/ways/{id}"),
            Self::Site(id) => format!("/sites/{id}"),
            Self::Sessions => "/sessions".to_owned(),
            Self::Session(id) => format!("/sessions/{id}"),
            Self::Offer(id) => format!("/offers/{id}"),
            Self::Delete => "/delete".to_owned(),
        }
    }

    /// Whether what is done here could lose or give away an account: then a scan of a moment ago is wanted.
    pub(super) const fn wants_proof(&self) -> bool {
        matches!(self, Self::Link | Self::Linked(_) | Self::Unlink(_) | Self::Sessions | Self::Delete)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_its_path_and_nothing_else_is_one() {
        let id = "0123456789012345678901";
        let paths = [
            String::new(),
            "/link".to_owned(),
            format!("/link/azr_{id}"),
            format!("/ways/idn_{id}"),
            "/sites/shop".to_owned(),
            "/sessions".to_owned(),
            format!("/sessions/uss_{id}"),
            format!("/offers/off_{id}"),
            "/delete".to_owned(),
        ];
        for path in paths {
            assert_eq!(Place::parse(&path).map(|place| place.path()), Some(path));
        }
        for path in
            ["/", "//", "/delete/", "/delete/x", "/link/lgn_x", "/sites/(account)", "/x", "x/delete/y"]
        {
            assert_eq!(Place::parse(path), None, "{path}");
        }
    }
}
