//! The phone opens the companion page: who it is gets proven, once, and the Login is `scanned`.
//!
//! A scan never confirms. A second person on the same code ends it for both.

use super::choices::OFFERED;
use super::{
    Event, Login, LoginService, Number, Proof, Reason, Requester, Scene, Stage, Transition, Verdict, next,
};
use crate::audit::Actor;
use crate::client::Client;
use crate::provider::{
    Advance, Correlation, Kind, OpenProvider, ProviderError, RawInbound, Step, VendorIdentity,
};
use crate::{Secret, SecretHash, StoreError};
use std::sync::Arc;

/// What the companion page shows, and the token it goes on with.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// Only its holder can confirm or deny.
    pub companion_token: Secret,
    /// The website.
    pub client: Arc<Client>,
    /// The host the person is asked to recognise.
    pub domain: String,
    /// Whose browser it is.
    pub requester: Requester,
    /// How long ago the code was made.
    pub age_seconds: u64,
    /// The numbers among which the person finds the one that the website's page shows.
    pub numbers: Option<[Number; OFFERED]>,
    /// The language of the page, as a BCP 47 tag.
    pub locale: Option<String>,
}

/// Why the phone is turned away.
#[derive(Debug, thiserror::Error)]
pub enum CompanionError {
    /// No Login has this scene.
    #[error("no login has this scene")]
    UnknownScene,
    /// No Login has this companion token, or a newer one has taken its place.
    #[error("no login has this companion token")]
    UnknownToken,
    /// The Login is over.
    #[error("the login has ended")]
    Ended(Stage),
    /// The person has to choose a number.
    #[error("a number must be chosen")]
    NumberMissing,
    /// This person scans too often.
    #[error("too many scans by one person")]
    TooManyScans {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The vendor's part failed.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginService {
    /// The companion page was opened on this scene by whoever the vendor's proof names.
    pub async fn scan(&self, scene: &str, proof: Secret) -> Result<Scanned, CompanionError> {
        let scene: Scene = scene.parse().map_err(|_| CompanionError::UnknownScene)?;
        let found =
            self.parts.store.find_login_by_scene(&scene).await?.ok_or(CompanionError::UnknownScene)?;
        let login = self.settle(found).await?;
        if login.stage.is_end() {
            return Err(CompanionError::Ended(login.stage));
        }
        let open = self.parts.providers.find(&login.provider).filter(|open| open.descriptor.companion);
        let open = open.ok_or(CompanionError::UnknownScene)?;
        let client = self.website_of(&login).ok_or(CompanionError::UnknownScene)?;
        let identity = self.prove_companion(&open, &login, scene, proof).await?;
        let limit = &self.parts.scan_limit;
        let allowed = limit.count(&identity.namespace, &identity.subject);
        allowed.map_err(|retry_after| CompanionError::TooManyScans { retry_after })?;
        self.record_scan(login, client, identity).await
    }

    async fn prove_companion(
        &self,
        open: &OpenProvider,
        login: &Login,
        scene: Scene,
        proof: Secret,
    ) -> Result<VendorIdentity, CompanionError> {
        let invalid = || ProviderError::silent(Step::ProveSubject, Kind::ProofInvalid);
        let raw = RawInbound::Companion { scene, proof };
        let inbound = open.provider.parse(&*open.host, raw).map_err(|_| invalid())?;
        if open.provider.correlate(&inbound) != Correlation::Scene(login.scene.clone()) {
            return Err(CompanionError::UnknownScene);
        }
        let view = self.view(login)?;
        let work = open.provider.advance(&*open.host, &view, &inbound);
        let proven = self.within_budget(Step::ProveSubject, work).await;
        if let Err(failure) = &proven {
            self.note_answer(login, failure).await?;
        }
        match proven? {
            Advance::Proven(identity) => Ok(identity),
            Advance::Scanned(_)
            | Advance::Confirmed(_)
            | Advance::Denied
            | Advance::Wrong
            | Advance::Ignore => Err(invalid().into()),
        }
    }

    async fn record_scan(
        &self,
        mut login: Login,
        client: Arc<Client>,
        identity: VendorIdentity,
    ) -> Result<Scanned, CompanionError> {
        let companion_token = Secret::generate(&*self.parts.entropy);
        loop {
            let event = scan_event(&login, &identity);
            match next(login.stage, event) {
                Verdict::Go(Stage::Conflict) => {
                    let ended = self.end(login, event, &Actor::Phone, Reason::SecondSubject).await?;
                    return Err(CompanionError::Ended(ended.stage));
                }
                Verdict::Go(stage) => {
                    let change = self.scanned(&login, stage, &identity, &companion_token);
                    if self.parts.store.transition_login(&change).await? {
                        self.written(&login.id);
                        return Ok(self.shown(change.after, client, companion_token));
                    }
                }
                // Decided already, or over: the page is told so and changes nothing.
                Verdict::Stay | Verdict::Refuse(_) => return Err(CompanionError::Ended(login.stage)),
            }
            login = self.settle(self.again(&login).await?).await?;
        }
    }

    fn scanned(&self, login: &Login, stage: Stage, identity: &VendorIdentity, token: &Secret) -> Transition {
        self.scanned_with(login, stage, identity, Some(SecretHash::of(token.expose())))
    }

    /// The Login scanned by this person, whose phone goes on with what has this hash.
    pub(super) fn scanned_with(
        &self,
        login: &Login,
        stage: Stage,
        identity: &VendorIdentity,
        phone: Option<SecretHash>,
    ) -> Transition {
        let rules = &self.parts.rules;
        let after = Login {
            proof: Some(Proof { identity: identity.clone() }),
            companion_hash: phone,
            asked_at: None,
            // Whoever scans again consents again.
            code_back: None,
            expires_at: rules.next_deadline(stage, login.created_at, login.expires_at),
            ..self.moved(login, stage, self.parts.clock.now())
        };
        Transition { from: login.stage, from_version: login.version, after, audit: None }
    }

    fn shown(&self, login: Login, client: Arc<Client>, companion_token: Secret) -> Scanned {
        Scanned {
            companion_token,
            client,
            numbers: self.choices(&login),
            age_seconds: self.parts.clock.now().seconds_since(login.created_at),
            domain: login.site.domain,
            locale: login.site.locale,
            requester: login.requester,
        }
    }
}

pub(super) fn scan_event(login: &Login, identity: &VendorIdentity) -> Event {
    match (&login.proof, login.scanned_by(identity)) {
        (None, _) => Event::Scan,
        (Some(_), true) => Event::Rescan,
        (Some(_), false) => Event::OtherScan,
    }
}
