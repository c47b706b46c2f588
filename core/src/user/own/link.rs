//! One more way to log in, and two accounts that turn out to be one person's.
//!
//! The person scans by what they want to add, in a Login that only proves them (`login::linking`). If nobody has
//! that Identity, it becomes theirs when they say so. If another account has it, they have proven both: this
//! session and that scan are of a moment ago; then the other may become part of this one, which admins can undo.
//!
//! An offer to merge, which a late unionid left, gives nobody more: the vendor said so of one Identity, and a
//! session may have come by another. Whoever takes it up scans by the other account as well.

use super::{OwnService, Proven};
use crate::audit::{Action, AuditEntry};
use crate::authorization::{Browser, OpenError};
use crate::id::{AuthorizationId, MergeId, UserId};
use crate::login::Login;
use crate::provider::ProviderSlug;
use crate::user::NewIds;
use crate::user::admin::{
    Admission, Merge, MergedBy, Merging, PersonDetail, UserError, UserRefusal, Versioned,
};

/// What came of a linking.
#[derive(Debug)]
pub struct Linking {
    /// Whom the scan proved.
    pub found: Found,
    /// By which way, if anybody.
    pub by: Option<ProviderSlug>,
}

/// Whom the scan proved.
#[derive(Debug)]
pub enum Found {
    /// Nobody, or too long ago.
    Nobody,
    /// Somebody whom no account has.
    New,
    /// The person of this account, by a way that they have.
    Yours,
    /// The person of another account.
    Other(Box<PersonDetail>),
    /// That of one which is switched off.
    Off,
}

/// Why nothing is found.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such linking in this session and browser, or its time is over.
    #[error("no such linking")]
    Unknown,
    /// The account is not to be changed so.
    #[error(transparent)]
    User(#[from] UserError),
}

impl From<crate::StoreError> for LinkError {
    fn from(error: crate::StoreError) -> Self {
        Self::User(error.into())
    }
}

/// A scan and whose it was.
struct Scan {
    login: Option<Login>,
    owner: Option<UserId>,
}

impl OwnService {
    /// Begins: our login page shows the code.
    pub async fn begin_link(&self, who: &Proven, browser: &Browser) -> Result<AuthorizationId, UserError> {
        let session = who.visit().session.clone();
        Ok(self.parts.authorizations.begin_linking(session, browser).await?)
    }

    /// What came of it.
    pub async fn find_link(
        &self,
        who: &Proven,
        (id, browser): (&AuthorizationId, &Browser),
    ) -> Result<Linking, LinkError> {
        let Scan { login, owner } = self.scan(who, id, browser).await?;
        let by = login.as_ref().map(|login| login.provider.clone());
        let found = match (login, owner) {
            (None, _) => Found::Nobody,
            (Some(_), None) => Found::New,
            (Some(_), Some(owner)) if owner == *who.visit().user() => Found::Yours,
            (Some(_), Some(owner)) => match self.read(&owner).await? {
                other if other.person.user.disabled_at.is_some() => Found::Off,
                other => Found::Other(Box::new(other)),
            },
        };
        Ok(Linking { found, by })
    }

    /// Adds whom nobody has to this account.
    pub async fn link(
        &self,
        who: &Proven,
        (id, browser): (&AuthorizationId, &Browser),
    ) -> Result<(), LinkError> {
        let Scan { login, owner } = self.scan(who, id, browser).await?;
        let login = login.ok_or(LinkError::Unknown)?;
        match owner {
            None => Ok(self.add(who, &login).await?),
            Some(owner) if owner == *who.visit().user() => Ok(()),
            Some(owner) => Err(UserError::from(UserRefusal::BelongsTo(owner)).into()),
        }
    }

    /// The other account becomes part of this one; and the Identity is added, if only a unionid led to it.
    pub async fn merge(
        &self,
        who: &Proven,
        (id, browser): (&AuthorizationId, &Browser),
    ) -> Result<(), LinkError> {
        let Scan { login, owner } = self.scan(who, id, browser).await?;
        let (Some(login), Some(owner)) = (login, owner) else { return Err(LinkError::Unknown) };
        let own = who.visit().user();
        if owner == *own {
            return Ok(());
        }
        let (winner, loser) = (self.as_it_stands(own).await?, self.as_it_stands(&owner).await?);
        self.merge_users(who, winner, loser).await?;
        match self.add(who, &login).await {
            // That of the other account was theirs already.
            Err(UserError::Refused(UserRefusal::BelongsTo(_))) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn scan(&self, who: &Proven, id: &AuthorizationId, browser: &Browser) -> Result<Scan, LinkError> {
        let session = &who.visit().session.id;
        let login = self.parts.authorizations.linking_proof(id, (browser, session)).await;
        let login = login.map_err(|error| match error {
            OpenError::Store(error) => error.into(),
            _ => LinkError::Unknown,
        })?;
        let owner = match login.as_ref().and_then(|login| login.proof.as_ref()) {
            Some(proof) => self.parts.store.find_owner(&proof.identity).await?,
            None => None,
        };
        Ok(Scan { login, owner })
    }

    async fn add(&self, who: &Proven, login: &Login) -> Result<(), UserError> {
        let visit = who.visit();
        let admission = Admission {
            login: login.id.clone(),
            to: Some(self.as_it_stands(visit.user()).await?),
            new_ids: NewIds::generate(&*self.parts.entropy),
            at: self.parts.clock.now(),
            created: self.row(visit, Action::UserCreated, ""),
            linked: self.row(visit, Action::IdentityLinked, ""),
        };
        self.parts.users.admit_login(&admission).await.map(drop)
    }

    async fn merge_users(&self, who: &Proven, winner: Versioned, loser: Versioned) -> Result<(), UserError> {
        let row = self.row(who.visit(), Action::UsersMerged, loser.user.as_str());
        let audit = AuditEntry { user_id: Some(winner.user.to_string()), ..row };
        let id = MergeId::generate(&*self.parts.entropy);
        let at = self.parts.clock.now();
        let merge = Merge::new(id, (&winner, &loser), MergedBy::Person, (at, self.parts.rules));
        self.parts.users.merge_users(&Merging { merge, winner, loser, audit }).await
    }
}
