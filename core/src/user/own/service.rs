//! Reading one's own account. What changes it has its own files.

use super::{OwnAccount, OwnSession, OwnSite, OwnStore, OwnWay, Proven, Traces, Visit};
use crate::authorization::{AuthorizationService, Browser, OwnAsk};
use crate::client::{ClientDirectory, ClientId};
use crate::grant::Scope;
use crate::id::UserId;
use crate::provider::{OpenProvider, ProviderSlug, Registry};
use crate::session::{UserSession, UserSessions};
use crate::signal::Signals;
use crate::user::admin::{
    ClientUse, Identity, PersonDetail, UserAdminStore, UserError, UserRules, abbreviated, as_it_stands,
};
use crate::{Clock, Entropy, StoreError, Timestamp};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// What the service is made of.
#[derive(Clone)]
pub struct OwnParts {
    /// Reads what admins do not.
    pub store: Arc<dyn OwnStore>,
    /// Keeps Users.
    pub users: Arc<dyn UserAdminStore>,
    /// Sessions of browsers.
    pub sessions: UserSessions,
    /// Knows who is here, and asks.
    pub authorizations: AuthorizationService,
    /// Wakes who waits for a Login that was ended.
    pub signals: Arc<dyn Signals>,
    /// The open Providers.
    pub registry: Arc<Registry>,
    /// The enabled Clients.
    pub clients: Arc<ClientDirectory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// How long a merge can be undone.
    pub rules: UserRules,
}

/// See the module.
pub struct OwnService {
    pub(super) parts: OwnParts,
}

impl OwnService {
    /// A service of these parts.
    pub fn new(parts: OwnParts) -> Self {
        Self { parts }
    }

    /// Whoever is at their own page in this browser; none when nobody is logged in who would do.
    pub async fn enter(
        &self,
        browser: &Browser,
        address: Option<IpAddr>,
    ) -> Result<Option<Visit>, StoreError> {
        self.visit(browser, address, false).await
    }

    /// The same, if they have proven it a moment ago.
    pub async fn prove(
        &self,
        browser: &Browser,
        address: Option<IpAddr>,
    ) -> Result<Option<Proven>, StoreError> {
        Ok(self.visit(browser, address, true).await?.map(Proven))
    }

    async fn visit(
        &self,
        browser: &Browser,
        address: Option<IpAddr>,
        fresh: bool,
    ) -> Result<Option<Visit>, StoreError> {
        let ask = OwnAsk { place: String::new(), fresh };
        let here = self.parts.authorizations.who_is_here(&ask, browser).await?;
        let (Some(session), Some(secret)) = (here, browser.session.clone()) else { return Ok(None) };
        Ok(Some(Visit { session, secret, address }))
    }

    /// The open Provider of this slug.
    pub fn find_way(&self, slug: &ProviderSlug) -> Option<Arc<OpenProvider>> {
        self.parts.registry.find(slug)
    }

    /// The account of whoever is here.
    pub async fn account(&self, visit: &Visit) -> Result<OwnAccount, UserError> {
        let now = self.parts.clock.now();
        let detail = self.read(visit.user()).await?;
        let (whole, PersonDetail { person, offers, .. }) = (detail.whole(), detail);
        let traces = self.parts.store.find_traces(&whole, now).await?;
        let sessions = self.parts.sessions.list(&whole).await?;
        Ok(OwnAccount {
            ways: self.ways(person.identities, &traces),
            sites: self.sites(person.uses, &traces),
            sessions: self.browsers(sessions, visit),
            user: person.user,
            offers,
        })
    }

    /// The User as it stands.
    pub(super) async fn read(&self, user: &UserId) -> Result<PersonDetail, UserError> {
        as_it_stands(&*self.parts.users, user, self.parts.clock.now()).await
    }

    fn ways(&self, identities: Vec<Identity>, traces: &Traces) -> Vec<OwnWay> {
        let of_app = |namespace: &str| identities.iter().filter(|one| one.namespace == namespace).count();
        let is_single: Vec<bool> = identities.iter().map(|one| of_app(&one.namespace) == 1).collect();
        let ways = identities.into_iter().zip(is_single);
        ways.map(|(identity, is_single)| self.way(identity, is_single, traces)).collect()
    }

    fn way(&self, identity: Identity, is_single: bool, traces: &Traces) -> OwnWay {
        let mut open: Vec<Arc<OpenProvider>> = self.parts.registry.list();
        open.retain(|open| open.provider.namespace() == Some(identity.namespace.as_str()));
        open.sort_by(|one, other| one.record.slug.as_str().cmp(other.record.slug.as_str()));
        let confirmed = traces.confirmed.iter().filter(|(id, _)| *id == identity.id).map(|(_, at)| *at);
        let is_its = |slug: &ProviderSlug| is_single && open.iter().any(|open| open.record.slug == *slug);
        let used = traces.used.iter().filter(|(slug, _)| is_its(slug)).map(|(_, at)| *at);
        OwnWay {
            last_at: confirmed.chain(used).max(),
            mark: (!is_single).then(|| abbreviated(&identity.subject)),
            identity: identity.id,
            provider: open.into_iter().next(),
            namespace: identity.namespace,
            since: identity.created_at,
        }
    }

    fn sites(&self, uses: Vec<ClientUse>, traces: &Traces) -> Vec<OwnSite> {
        let mut all: BTreeMap<ClientId, (Option<Timestamp>, Scope)> = BTreeMap::new();
        for one in uses {
            let (last, _) = all.entry(one.client).or_default();
            *last = (*last).max(Some(one.last_at));
        }
        for (client, scope) in &traces.known_at {
            let (_, known) = all.entry(client.clone()).or_default();
            *known = known.and(*scope);
        }
        let site = |(id, (last_at, may_know))| OwnSite {
            client: self.parts.clients.find(&id),
            id,
            last_at,
            may_know,
        };
        let mut sites: Vec<OwnSite> = all.into_iter().map(site).collect();
        sites.sort_by_key(|site| std::cmp::Reverse(site.last_at));
        sites
    }

    fn browsers(&self, sessions: Vec<UserSession>, visit: &Visit) -> Vec<OwnSession> {
        let browser = |session: UserSession| OwnSession {
            is_this: session.id == visit.session.id,
            provider: self.parts.registry.find(&session.provider),
            id: session.id.clone(),
            session,
        };
        let mut all: Vec<OwnSession> = sessions.into_iter().map(browser).collect();
        all.sort_by_key(|one| !one.is_this);
        all
    }
}
