//! Whoever is logged in here adds a way to log in: our login page shows the code, and who scans it is proven.
//!
//! Bound to the session that began it: in another one, or when that has ended, it leads nowhere. What becomes of
//! the proof is the affair of `user::own`.

use super::own_page::FRESH_SECONDS;
use super::service::signed_on;
use super::{Authorization, AuthorizationService, Browser, OpenError, Opened, OwnAsk, SiteAnswer, Step};
use crate::StoreError;
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::{Client, ClientId, own_page};
use crate::id::{AuthorizationId, UserSessionId};
use crate::login::{Login, Stage};
use crate::session::UserSession;
use std::sync::Arc;

impl AuthorizationService {
    /// Begins it, for whoever is logged in.
    pub(crate) async fn begin_linking(
        &self,
        session: UserSession,
        browser: &Browser,
    ) -> Result<AuthorizationId, StoreError> {
        let ask = OwnAsk { place: String::new(), fresh: false };
        let mut request = self.own_request(&ask, None);
        request.client = ClientId::of_linking();
        let mut anew = self.new_authorization(request, browser, self.parts.clock.now());
        anew.signed_on = Some(signed_on(session));
        self.parts.store.create_authorization(&anew).await?;
        Ok(anew.id)
    }

    /// Whom the scan proved, a moment ago; none when nobody was.
    pub(crate) async fn linking_proof(
        &self,
        id: &AuthorizationId,
        (browser, session): (&Browser, &UserSessionId),
    ) -> Result<Option<Login>, OpenError> {
        let (authorization, client) = self.find(id, browser).await?;
        let is_its = authorization.signed_on.is_some_and(|by| by.session == *session);
        if !client.id.is_of_linking() || !is_its {
            return Err(OpenError::Unknown);
        }
        let now = self.parts.clock.now();
        let is_fresh = |login: &Login| {
            let at = login.steps.confirmed_at.unwrap_or(login.created_at);
            now.seconds_since(at) <= u64::from(FRESH_SECONDS)
        };
        Ok(self.parts.store.find_proof(id).await?.filter(is_fresh))
    }

    /// The code, until it was scanned and confirmed; then the page where the person says what becomes of it.
    pub(super) async fn open_linking(
        &self,
        authorization: Authorization,
        client: Arc<Client>,
        browser: &Browser,
    ) -> Result<Opened, OpenError> {
        let here = self.parts.sessions.find(browser.session.as_ref()).await?;
        let by = authorization.signed_on.as_ref().map(|by| &by.session);
        let (home, id) = (own_page(&self.parts.issuer), &authorization.id);
        let step = if here.is_none_or(|here| Some(&here.id) != by) {
            Step::Leave(SiteAnswer::plain(home))
        } else if self.is_proven(id).await? {
            Step::Leave(SiteAnswer::plain(format!("{home}/link/{id}")))
        } else {
            Step::Choose
        };
        Ok(Opened { authorization, client, step, session: None })
    }

    async fn is_proven(&self, id: &AuthorizationId) -> Result<bool, StoreError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = AuditEntry::new(entropy, now, &Actor::Browser, Action::LoginEnded, "");
        let row = row.ended(AuditOutcome::Success, Stage::Redeemed.as_str());
        Ok(self.parts.store.take_proof(id, now, &row).await?
            || self.parts.store.find_proof(id).await?.is_some())
    }
}
