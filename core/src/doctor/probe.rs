//! One examination: the plugin's own probe, our own address beside it, and the audit row.
//!
//! The Provider is opened anew each time. Admins come here through the service, the command line
//! directly.

use super::{own_address, words};
use crate::audit::{AuditEntry, AuditOutcome, AuditStore};
use crate::provider::{
    ConfigErrors, Fact, FactName, Finding, OpenError, OpenProvider, OwnDoor, ProbeDepth, ProbeOrder,
    ProbeReport, ProviderOpener, ProviderSlug, PushSightings, Standing,
};
use futures_util::future::join;
use std::sync::Arc;
use url::Url;

/// The doctor's parts.
#[derive(Clone)]
pub struct DoctorParts {
    /// Opens what is looked at.
    pub opener: Arc<dyn ProviderOpener>,
    /// Calls our own address.
    pub door: Arc<dyn OwnDoor>,
    /// Keeps the row.
    pub audit: Arc<dyn AuditStore>,
    /// When pushes came; none where this process does not take them.
    pub sightings: Option<Arc<PushSightings>>,
    /// `public_url`.
    pub public_url: Url,
}

/// The doctor.
#[derive(Clone)]
pub struct Doctor {
    parts: DoctorParts,
}

impl Doctor {
    /// A doctor of these parts.
    pub fn new(parts: DoctorParts) -> Self {
        Self { parts }
    }

    /// Looks at a Provider, and writes `row` with what failed, by code.
    pub async fn examine(
        &self,
        slug: &ProviderSlug,
        depth: ProbeDepth,
        row: AuditEntry,
    ) -> Result<ProbeReport, OpenError> {
        let report = match self.parts.opener.open_kept(slug).await {
            Ok(open) => self.look(&open, depth).await,
            Err(OpenError::Invalid(errors)) => ProbeReport(vec![invalid(&errors)]),
            Err(OpenError::UnknownKind(_)) => ProbeReport(vec![broken("kind_unknown", &words::KIND_UNKNOWN)]),
            Err(OpenError::Sealed) => ProbeReport(vec![broken("secrets_sealed", &words::SECRETS_SEALED)]),
            Err(error @ (OpenError::Unknown | OpenError::Store(_))) => return Err(error),
        };
        let outcome = if report.ok() { AuditOutcome::Success } else { AuditOutcome::Failure };
        let codes = report.failed_codes();
        let detail = std::iter::once(depth.as_str()).chain(codes).collect::<Vec<_>>().join(" ");
        self.parts.audit.note(&row.ended(outcome, &detail)).await?;
        Ok(report)
    }

    async fn look(&self, open: &OpenProvider, depth: ProbeDepth) -> ProbeReport {
        let callback = own_address::below(&self.parts.public_url, &["callback", open.record.slug.as_str()]);
        let order = ProbeOrder { depth, callback: callback.unwrap_or_else(|| self.parts.public_url.clone()) };
        let vendors = open.provider.probe(&*open.host, &order);
        if depth == ProbeDepth::Offline {
            return vendors.await;
        }
        let (mut report, own) = join(vendors, own_address::look(&self.parts, open)).await;
        report.0.extend(own);
        report
    }
}

fn broken(code: &'static str, text: &words::Said) -> Finding {
    Finding::new(code, Standing::Failed, text.seen, Vec::new()).cured_by(text.cure)
}

/// A stored configuration that this version refuses: only its places are told, in the plugin's words.
fn invalid(errors: &ConfigErrors) -> Finding {
    let facts = vec![Fact::new(FactName::Problems, errors.to_string())];
    let text = words::SETTINGS_INVALID;
    Finding::new("settings_invalid", Standing::Failed, text.seen, facts).cured_by(text.cure)
}
