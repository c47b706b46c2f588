//! The doctor as admins ask it: a permit first, an audit row with everything.

use super::{Doctor, Rehearsal};
use crate::admin::Permit;
use crate::admin::abilities::ProbeProviders;
use crate::audit::{Action, Actor, AuditOutcome};
use crate::id::LoginId;
use crate::login::{
    CodePicture, ImageError, Login, LoginService, RehearsalError, RehearsalRequest, Requester,
};
use crate::provider::{
    OpenError, ProbeDepth, ProbeReport, ProviderRecord, ProviderSlug, ProviderStore, PushSightings, Registry,
};
use crate::{Clock, Entropy, StoreError, Timestamp};
use std::sync::Arc;

/// What an admin rehearses with.
#[derive(Debug, Clone)]
pub struct BeginRehearsal {
    /// By which Provider.
    pub provider: ProviderSlug,
    /// The admin's browser, as the phone will show it.
    pub browser: Option<String>,
    /// The language of the admin's page.
    pub locale: Option<String>,
}

/// Why the doctor says nothing.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// No such Provider.
    #[error("no such provider")]
    UnknownProvider,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OpenError> for DoctorError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Store(error) => Self::Store(error),
            // The others are findings and do not come here.
            OpenError::Unknown | OpenError::UnknownKind(_) | OpenError::Invalid(_) | OpenError::Sealed => {
                Self::UnknownProvider
            }
        }
    }
}

/// The doctor's service.
#[derive(Clone)]
pub struct DoctorService {
    /// Examines.
    pub doctor: Doctor,
    /// Rehearses.
    pub logins: LoginService,
    /// The Providers that are switched on.
    pub providers: Arc<Registry>,
    /// All Providers.
    pub store: Arc<dyn ProviderStore>,
    /// When pushes came.
    pub sightings: Arc<PushSightings>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl DoctorService {
    /// When the vendor's messages to this Provider were last refused, unless one was taken since: its token,
    /// key or mode differ on the two sides. As far as this process has seen.
    pub fn messages_refused(&self, slug: &ProviderSlug) -> Option<Timestamp> {
        self.sightings.of(slug).refused_since_taken()
    }

    /// The Provider of this slug, switched on or not, as it is kept.
    pub async fn find_provider(
        &self,
        _permit: &Permit<ProbeProviders>,
        slug: &ProviderSlug,
    ) -> Result<Option<ProviderRecord>, StoreError> {
        Ok(self.store.list_providers().await?.into_iter().find(|record| record.slug == *slug))
    }

    /// Looks at a Provider, switched on or not, as deep as asked.
    pub async fn probe(
        &self,
        permit: &Permit<ProbeProviders>,
        slug: &ProviderSlug,
        depth: ProbeDepth,
    ) -> Result<ProbeReport, DoctorError> {
        let now = self.clock.now();
        let row = permit.caller().row(&*self.entropy, now, Action::ProviderProbed, slug.as_str());
        Ok(self.doctor.examine(slug, depth, row).await?)
    }

    /// Begins a login that an admin rehearses with a real phone.
    pub async fn rehearse(
        &self,
        permit: &Permit<ProbeProviders>,
        begin: BeginRehearsal,
    ) -> Result<Rehearsal, RehearsalError> {
        if self.find_provider(permit, &begin.provider).await?.is_none() {
            return Err(RehearsalError::UnknownProvider);
        }
        let caller = permit.caller();
        let now = self.clock.now();
        let row = caller.row(&*self.entropy, now, Action::ProviderProbed, begin.provider.as_str());
        let request = RehearsalRequest {
            requester: Requester { address: caller.address, browser: begin.browser, region: None },
            provider: begin.provider,
            locale: begin.locale,
            audit: row.ended(AuditOutcome::Success, "dry_run"),
        };
        Ok(self.read(self.logins.rehearse(request).await?))
    }

    /// A rehearsal by this Provider as it stands.
    pub async fn find_rehearsal(
        &self,
        _permit: &Permit<ProbeProviders>,
        slug: &ProviderSlug,
        id: &LoginId,
    ) -> Result<Option<Rehearsal>, StoreError> {
        Ok(self.rehearsal_of(slug, id).await?.map(|login| self.read(login)))
    }

    /// The picture that a rehearsal shows.
    pub async fn find_rehearsal_code(
        &self,
        _permit: &Permit<ProbeProviders>,
        slug: &ProviderSlug,
        id: &LoginId,
    ) -> Result<CodePicture, ImageError> {
        let login = self.rehearsal_of(slug, id).await?.ok_or(ImageError::NotFound)?;
        self.logins.find_image(&login.image_token).await
    }

    /// Ends a rehearsal early.
    pub async fn end_rehearsal(
        &self,
        permit: &Permit<ProbeProviders>,
        slug: &ProviderSlug,
        id: &LoginId,
    ) -> Result<Option<Rehearsal>, StoreError> {
        let Some(login) = self.rehearsal_of(slug, id).await? else { return Ok(None) };
        let actor = Actor::Admin(permit.caller().admin.id.clone());
        Ok(Some(self.read(self.logins.end_rehearsal(login, &actor).await?)))
    }

    async fn rehearsal_of(&self, slug: &ProviderSlug, id: &LoginId) -> Result<Option<Login>, StoreError> {
        Ok(self.logins.find_rehearsal(id).await?.filter(|login| login.provider == *slug))
    }

    fn read(&self, login: Login) -> Rehearsal {
        let open = self.providers.find(&login.provider);
        let sighting = self.sightings.of(&login.provider);
        Rehearsal::read(login, open.as_deref(), sighting)
    }
}
