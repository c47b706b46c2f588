//! The account as its person sees it. No whole subject is in it: an openid tells nobody anything.

use crate::Timestamp;
use crate::client::{Client, ClientId};
use crate::grant::Scope;
use crate::id::{IdentityId, UserSessionId};
use crate::provider::OpenProvider;
use crate::session::UserSession;
use crate::user::admin::{MergeOffer, User};
use std::sync::Arc;

/// A way to log in that the person has.
#[derive(Clone)]
pub struct OwnWay {
    /// The Identity.
    pub identity: IdentityId,
    /// Whose subjects it is one of, e.g. `wechat:<appid>`.
    pub namespace: String,
    /// A Provider by which it can be used; none when all are switched off or gone.
    pub provider: Option<Arc<OpenProvider>>,
    /// The abbreviated subject, where another way is of the same app.
    pub mark: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it was last used, if that is still known.
    pub last_at: Option<Timestamp>,
}

/// A website that knows the person.
#[derive(Debug, Clone)]
pub struct OwnSite {
    /// Its id.
    pub id: ClientId,
    /// The website; none when it is switched off or gone.
    pub client: Option<Arc<Client>>,
    /// When it last took the person over.
    pub last_at: Option<Timestamp>,
    /// What it may know now, without asking again.
    pub may_know: Scope,
}

/// A browser in which the person is logged in here.
#[derive(Clone)]
pub struct OwnSession {
    /// The session's id.
    pub id: UserSessionId,
    /// The session.
    pub session: UserSession,
    /// The Provider by which it was proven, if that is open.
    pub provider: Option<Arc<OpenProvider>>,
    /// Whether it is this browser.
    pub is_this: bool,
}

/// All of it.
#[derive(Clone)]
pub struct OwnAccount {
    /// The account itself.
    pub user: User,
    /// Ways to log in, the oldest first.
    pub ways: Vec<OwnWay>,
    /// Websites, the last one first.
    pub sites: Vec<OwnSite>,
    /// Browsers: this one, then the last used first.
    pub sessions: Vec<OwnSession>,
    /// Accounts of which the vendor says that they are the same person's.
    pub offers: Vec<MergeOffer>,
}
