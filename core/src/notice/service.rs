//! Telling: each notice is tried a few times, further and further apart, then given up, which an admin can read.

use super::token::{Claims, TYPE};
use super::{LogoutNotice, LogoutNoticeStore};
use crate::audit::{Action, Actor, AuditEntry, AuditOutcome};
use crate::client::{Client, ClientDirectory, Subjects};
use crate::provider::CallError;
use crate::signing::SigningKeys;
use crate::{Clock, Entropy, Secret, StoreError};
use async_trait::async_trait;
use futures_util::future::join_all;
use std::sync::Arc;

/// Seconds from one attempt to the next. After the last one the website is not told any more.
const PAUSES: [i64; 6] = [10, 30, 120, 600, 1800, 3600];
/// Attempts that are made at once.
const AT_ONCE: i64 = 16;

/// Carries a logout token to a website.
#[async_trait]
pub trait BackChannel: Send + Sync {
    /// Posts it (OpenID Connect Back-Channel Logout section 2.5); the answer's status.
    async fn post(&self, uri: &str, logout_token: &Secret) -> Result<u16, CallError>;
}

/// What the service is made of.
#[derive(Clone)]
pub struct LogoutNoticeParts {
    /// Keeps notices.
    pub store: Arc<dyn LogoutNoticeStore>,
    /// Carries them.
    pub channel: Arc<dyn BackChannel>,
    /// The enabled Clients.
    pub clients: Arc<ClientDirectory>,
    /// What Clients call Users.
    pub subjects: Subjects,
    /// What signs.
    pub signing: Arc<SigningKeys>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// `public_url` without a trailing slash.
    pub issuer: String,
}

/// See the module.
#[derive(Clone)]
pub struct LogoutNotices {
    parts: LogoutNoticeParts,
}

impl LogoutNotices {
    /// A service of these parts.
    pub fn new(parts: LogoutNoticeParts) -> Self {
        Self { parts }
    }

    /// Tries what is due, once; says how many there were.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let due = self.parts.store.list_due_notices(self.parts.clock.now(), AT_ONCE).await?;
        let attempts = join_all(due.iter().map(|notice| self.attempt(notice))).await;
        attempts.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(due.len())
    }

    async fn attempt(&self, notice: &LogoutNotice) -> Result<(), StoreError> {
        let parts = &self.parts;
        // A Client that is gone, or wants to hear nothing, is not told.
        let client = parts.clients.find(&notice.client);
        let wants =
            client.as_ref().and_then(|client| Some((client, client.openid.backchannel_logout_uri.clone()?)));
        let Some((client, uri)) = wants else {
            return parts.store.delete_notice(notice, None).await;
        };
        let pause = PAUSES.get(notice.attempts as usize).copied();
        let again = parts.clock.now().plus_seconds(pause.unwrap_or_default());
        if !parts.store.take_notice(notice, again).await? {
            return Ok(());
        }
        let notice = &LogoutNotice { attempts: notice.attempts + 1, ..notice.clone() };
        let Some(token) = self.token(client, notice) else { return Ok(()) };
        let told = parts.channel.post(&uri, &token).await;
        let why = match told {
            // 204 was what earlier drafts said.
            Ok(200 | 204) => return parts.store.delete_notice(notice, None).await,
            Ok(_) => "refused",
            Err(_) => "unreachable",
        };
        tracing::info!(client = %notice.client, attempt = notice.attempts, why, "a website could not be told of a logout");
        if (notice.attempts as usize) < PAUSES.len() {
            return Ok(());
        }
        parts.store.delete_notice(notice, Some(&self.given_up(notice, why))).await
    }

    fn token(&self, client: &Client, notice: &LogoutNotice) -> Option<Secret> {
        let parts = &self.parts;
        let sub = parts.subjects.of(client, &notice.user);
        let id = Secret::generate(&*parts.entropy);
        let sid = notice.session.as_ref().map(|session| parts.subjects.session(client, session));
        let claims = Claims::of(notice, &parts.issuer, (&sub, sid), &id, parts.clock.now());
        let signed = parts.signing.sign(client.openid.id_token_alg, TYPE, &claims);
        signed
            .inspect_err(|error| tracing::error!(%error, "a logout token could not be signed"))
            .ok()
            .map(Secret::new)
    }

    fn given_up(&self, notice: &LogoutNotice, why: &'static str) -> AuditEntry {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row =
            AuditEntry::new(entropy, now, &Actor::System, Action::LogoutNotTold, notice.client.as_str());
        let row = AuditEntry {
            client_id: Some(notice.client.to_string()),
            user_id: Some(notice.user.to_string()),
            ..row
        };
        row.ended(AuditOutcome::Failure, why)
    }
}
