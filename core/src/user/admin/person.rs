//! A User with what belongs to it, as admins see it. Subjects are whole here: whoever shows a list
//! abbreviates them.

use super::{Merge, MergeOffer};
use crate::Timestamp;
use crate::client::ClientId;
use crate::grant::Scope;
use crate::id::{GrantId, IdentityId, PictureId, UserId};
use crate::provider::Alias;
use crate::user::Face;

/// The account itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id: the `sub` that websites are told.
    pub id: UserId,
    /// Grows by one at each change.
    pub version: i64,
    /// What the person is called, if anybody ever said.
    pub name: Option<String>,
    /// The person's picture.
    pub picture: Option<PictureId>,
    /// The language of the page of the first Login, as a BCP 47 tag.
    pub locale: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When name or picture last changed.
    pub updated_at: Timestamp,
    /// Since when the person may not log in.
    pub disabled_at: Option<Timestamp>,
    /// The User that this one became part of.
    pub merged_into: Option<UserId>,
}

impl User {
    /// What the person is called and looks like.
    pub fn face(&self) -> Face {
        Face {
            user: self.id.clone(),
            name: self.name.clone(),
            picture: self.picture.clone(),
            locale: self.locale.clone(),
        }
    }
}

/// A way of the person to log in.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// Whose subjects these are, e.g. `wechat:<appid>`.
    pub namespace: String,
    /// The subject, e.g. an openid.
    pub subject: String,
    /// When it was first seen.
    pub created_at: Timestamp,
}

// As with `VendorIdentity`.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, namespace, .. } = self;
        f.debug_struct("Identity").field("id", id).field("namespace", namespace).finish_non_exhaustive()
    }
}

/// A website that took the person over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientUse {
    /// The website.
    pub client: ClientId,
    /// The `sub` it was told: another User's id when that became part of this one.
    pub sub: UserId,
    /// The first time.
    pub first_at: Timestamp,
    /// The last time.
    pub last_at: Timestamp,
    /// How often.
    pub logins: i64,
}

/// A User with all by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: User,
    /// Its Identities, the oldest first.
    pub identities: Vec<Identity>,
    /// Its aliases.
    pub aliases: Vec<Alias>,
    /// Where it has been, the last one first.
    pub uses: Vec<ClientUse>,
}

impl Person {
    /// When a website last took the person over.
    pub fn last_login_at(&self) -> Option<Timestamp> {
        self.uses.iter().map(|one| one.last_at).max()
    }
}

/// A grant that has not been revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveGrant {
    /// Its id.
    pub id: GrantId,
    /// The website.
    pub client: ClientId,
    /// When it was given.
    pub created_at: Timestamp,
    /// How many access tokens of it live.
    pub tokens: i64,
}

/// What a website need not ask for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedConsent {
    /// The website.
    pub client: ClientId,
    /// What it may know.
    pub scope: Scope,
    /// Since when.
    pub since: Timestamp,
}

/// All there is to know of one User.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonDetail {
    /// The User with what belongs to it.
    pub person: Person,
    /// What lives of what its Logins granted, newest first.
    pub grants: Vec<LiveGrant>,
    /// Users that became part of it.
    pub parts: Vec<UserId>,
    /// Merges into it that can be undone, newest first.
    pub merges: Vec<Merge>,
    /// Users that may be the same person.
    pub offers: Vec<MergeOffer>,
}

impl PersonDetail {
    /// The User and those that became part of it.
    pub fn whole(&self) -> Vec<UserId> {
        [&self.person.user.id].into_iter().chain(&self.parts).cloned().collect()
    }
}

/// A subject as lists show it: enough to tell two apart, not enough to use.
pub fn abbreviated(subject: &str) -> String {
    let chars: Vec<char> = subject.chars().collect();
    if chars.len() <= 12 {
        return chars.iter().take(3).collect::<String>() + "…";
    }
    let (head, tail) = (chars.iter().take(6), chars.iter().skip(chars.len() - 4));
    head.chain(&['…']).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abbreviated_subject_hides_most_of_it() {
        for (subject, shown) in [
            ("oNHwxjgrzgL9H_A2pGLSMuME7XhN", "oNHwxj…7XhN"),
            ("short", "sho…"),
            ("twelve chars", "twe…"),
            ("", "…"),
        ] {
            assert_eq!(abbreviated(subject), shown);
        }
    }
}
