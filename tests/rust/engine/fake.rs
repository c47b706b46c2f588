//! A login method without a vendor: the proof "a" proves the subject "a".

use async_trait::async_trait;
use saoma_core::entropy::SeededEntropy;
use saoma_core::id::{LoginId, ProviderId};
use saoma_core::provider::{
    Advance, AppToken, Assurance, Begin, CallError, Challenge, Correlation, Descriptor, Host, Image, Inbound,
    Kind, LocalText, LoginStart, LoginView, Mint, OpenProvider, ProbeOrder, ProbeReport, Provider,
    ProviderError, ProviderRecord, RawInbound, Reject, Step, VendorIdentity, VendorRequest, VendorResponse,
};
use saoma_core::{Entropy, Timestamp};
use std::sync::Arc;
use url::Url;

const NOTHING: LocalText = LocalText { en: "", zh: "" };

/// The method, open and ready.
pub(super) fn open() -> OpenProvider {
    OpenProvider {
        record: ProviderRecord {
            id: ProviderId::generate(&SeededEntropy::new(1)),
            slug: "fake".parse().unwrap(),
            kind: "fake".to_owned(),
            title: "Fake".to_owned(),
            config: serde_json::Value::Null,
            secrets: Default::default(),
            position: 0,
            enabled: true,
            managed_by_file: true,
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        },
        descriptor: Descriptor {
            kind: "fake",
            called: NOTHING,
            title: NOTHING,
            hint: NOTHING,
            companion: true,
            redirects: false,
        },
        provider: Arc::new(Fake),
        host: Arc::new(Nowhere(SeededEntropy::new(1))),
    }
}

struct Fake;

#[async_trait]
impl Provider for Fake {
    fn assurance(&self) -> Assurance {
        Assurance::Confirmed
    }

    fn egress(&self) -> Vec<Url> {
        Vec::new()
    }

    async fn begin(&self, _host: &dyn Host, login: &LoginStart) -> Result<Begin, ProviderError> {
        let private = Some(login.scene.as_str().as_bytes().to_vec());
        Ok(Begin { private, ..Begin::showing(Challenge::QrImage { open_url: None }) })
    }

    async fn render(&self, _host: &dyn Host, _login: &LoginView) -> Result<Image, ProviderError> {
        Err(ProviderError::silent(Step::Begin, Kind::Unavailable))
    }

    fn parse(&self, _host: &dyn Host, raw: RawInbound) -> Result<Inbound, Reject> {
        match raw {
            RawInbound::Companion { scene, proof } => Ok(Inbound::Companion { scene, proof }),
            RawInbound::Callback { .. } | RawInbound::Push { .. } => Err(Reject::NotForUs),
        }
    }

    fn correlate(&self, inbound: &Inbound) -> Correlation {
        match inbound {
            Inbound::Companion { scene, .. } => Correlation::Scene(scene.clone()),
            Inbound::Callback { .. } | Inbound::Push { .. } | Inbound::Direct(_) => Correlation::None,
        }
    }

    async fn advance(
        &self,
        _host: &dyn Host,
        login: &LoginView,
        inbound: &Inbound,
    ) -> Result<Advance, ProviderError> {
        // What was given to keep comes back, opened, however often the store was closed meanwhile.
        assert_eq!(login.private.as_deref(), Some(login.scene.as_str().as_bytes()));
        let Inbound::Companion { proof, .. } = inbound else { return Ok(Advance::Ignore) };
        Ok(Advance::Proven(VendorIdentity {
            namespace: "fake".to_owned(),
            subject: proof.expose().to_owned(),
            aliases: Vec::new(),
            profile: Default::default(),
        }))
    }

    async fn probe(&self, _host: &dyn Host, _order: &ProbeOrder) -> ProbeReport {
        ProbeReport::default()
    }
}

/// A host from which nothing can be reached.
struct Nowhere(SeededEntropy);

#[async_trait]
impl Host for Nowhere {
    async fn call(&self, _request: VendorRequest) -> Result<VendorResponse, CallError> {
        Err(CallError::Forbidden)
    }

    async fn app_token(&self, _mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        Err(ProviderError::silent(Step::AppToken, Kind::Unavailable))
    }

    fn reject_app_token(&self, _refused: &AppToken) {}

    fn image(&self, _login: &LoginId) -> Option<Image> {
        None
    }

    fn keep_image(&self, _login: &LoginId, _image: Image) {}

    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    async fn pause(&self, _millis: u32) {}

    fn entropy(&self) -> &dyn Entropy {
        &self.0
    }
}
