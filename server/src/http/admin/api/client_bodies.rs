//! Websites as the admin API says and takes them.

use super::openid_bodies::{OpenIdChange, OpenIdView};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object};
use saoma_core::client::{Client, ClientDraft, ClientType, Logo, Look, OpenIdPolicy, Registered, Wiring};
use saoma_core::provider::Assurance;
use saoma_core::{ChangeError, Secret, SecretHash};

/// Whether a client can keep a secret.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum ClientKind {
    /// It has a back end.
    Confidential,
    /// It runs in the visitor's hands only.
    Public,
}

/// How sure a consent must be.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "MinAssurance", rename_all = "snake_case")]
pub(super) enum Least {
    /// The scan itself.
    ScanOnly,
    /// Confirmed on a page that names the site.
    Confirmed,
    /// … and a number that the web page shows.
    Number,
    /// … and digits from the phone.
    CodeBack,
}

impl From<Assurance> for Least {
    fn from(assurance: Assurance) -> Self {
        match assurance {
            Assurance::ScanOnly => Self::ScanOnly,
            Assurance::Confirmed => Self::Confirmed,
            Assurance::Number => Self::Number,
            Assurance::CodeBack => Self::CodeBack,
        }
    }
}

impl From<Least> for Assurance {
    fn from(least: Least) -> Self {
        match least {
            Least::ScanOnly => Self::ScanOnly,
            Least::Confirmed => Self::Confirmed,
            Least::Number => Self::Number,
            Least::CodeBack => Self::CodeBack,
        }
    }
}

/// A website.
#[derive(Debug, Object)]
#[oai(rename = "Client", skip_serializing_if_is_none)]
pub(super) struct ClientView {
    /// Its id.
    client_id: String,
    /// What visitors read.
    name: String,
    /// Whether it can keep a secret.
    #[oai(rename = "type")]
    kind: ClientKind,
    /// Fingerprints of its live secrets, the oldest first.
    secrets: Vec<String>,
    /// Where codes may be sent.
    redirect_uris: Vec<String>,
    /// Pages that may begin logins.
    origins: Vec<String>,
    /// The ways it offers, by slug, in its order.
    providers: Vec<String>,
    /// The weakest consent it accepts.
    min_assurance: Least,
    /// What it may do by OpenID Connect.
    openid: OpenIdView,
    /// Its colour, `#rrggbb`.
    accent: Option<String>,
    /// Whether it has a picture.
    has_logo: bool,
    /// Whether it may begin logins at all.
    enabled: bool,
    /// Whether the configuration file owns it; then it is read-only here.
    managed_by_file: bool,
    /// Grows with every change; the `ETag`.
    version: i64,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
}

impl From<&Client> for ClientView {
    fn from(client: &Client) -> Self {
        Self {
            client_id: client.id.to_string(),
            name: client.name.clone(),
            kind: match client.client_type {
                ClientType::Confidential => ClientKind::Confidential,
                ClientType::Public => ClientKind::Public,
            },
            secrets: client.secret_hashes.iter().map(SecretHash::fingerprint).collect(),
            redirect_uris: client.redirect_uris.clone(),
            origins: client.origins.clone(),
            providers: client.providers.iter().map(ToString::to_string).collect(),
            min_assurance: client.min_assurance.into(),
            openid: (&client.openid).into(),
            accent: client.accent.clone(),
            has_logo: client.logo.is_some(),
            enabled: client.enabled,
            managed_by_file: client.managed_by_file,
            version: client.version,
            created_at: client.created_at.to_rfc3339(),
            updated_at: client.updated_at.to_rfc3339(),
        }
    }
}

/// A website to be registered.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewClient {
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`; never changes.
    client_id: String,
    /// What visitors read.
    name: String,
    /// Whether it can keep a secret.
    #[oai(rename = "type")]
    kind: ClientKind,
    /// Where codes may be sent.
    redirect_uris: Option<Vec<String>>,
    /// Pages that may begin logins.
    origins: Option<Vec<String>>,
    /// The ways it offers.
    providers: Option<Vec<String>>,
    /// `confirmed` when absent.
    min_assurance: Option<Least>,
    /// What it may do by OpenID Connect; what is absent is as usual.
    openid: Option<OpenIdChange>,
    /// `#rrggbb`.
    accent: Option<String>,
    /// PNG or JPEG, base64.
    logo: Option<String>,
    /// Clients whose names look like this one, knowingly.
    name_resembles: Option<Vec<String>>,
}

/// What shall be otherwise; what is absent stays.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ClientChange {
    /// What visitors read.
    name: Option<String>,
    /// Where codes may be sent. Needs `clients.rewire`, as the next three.
    redirect_uris: Option<Vec<String>>,
    /// Pages that may begin logins.
    origins: Option<Vec<String>>,
    /// The weakest consent it accepts.
    min_assurance: Option<Least>,
    /// What it may do by OpenID Connect; what is absent in it stays.
    openid: Option<OpenIdChange>,
    /// The ways it offers.
    providers: Option<Vec<String>>,
    /// `#rrggbb`; null takes it away.
    accent: MaybeUndefined<String>,
    /// PNG or JPEG, base64; null takes it away.
    logo: MaybeUndefined<String>,
    /// Whether it may begin logins at all.
    enabled: Option<bool>,
    /// Clients whose names look like this one, knowingly.
    name_resembles: Option<Vec<String>>,
}

impl ClientChange {
    pub(super) fn look(&self, before: &Client) -> Result<Look, ChangeError> {
        let mut look = Look::of(before);
        look.name = self.name.clone().unwrap_or(look.name);
        look.providers = self.providers.clone().unwrap_or(look.providers);
        look.enabled = self.enabled.unwrap_or(look.enabled);
        look.name_resembles = self.name_resembles.clone().unwrap_or_default();
        match &self.accent {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => look.accent = None,
            MaybeUndefined::Value(accent) => look.accent = Some(accent.clone()),
        }
        match &self.logo {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => look.logo = None,
            MaybeUndefined::Value(logo) => look.logo = Some(read_logo(logo)?),
        }
        Ok(look)
    }

    /// How it is to be wired; none when nothing of that is asked for.
    pub(super) fn wiring(&self, before: &Client) -> Option<Wiring> {
        let asks = self.redirect_uris.is_some()
            || self.origins.is_some()
            || self.min_assurance.is_some()
            || self.openid.is_some();
        let mut wiring = asks.then(|| Wiring::of(before))?;
        wiring.redirect_uris = self.redirect_uris.clone().unwrap_or(wiring.redirect_uris);
        wiring.origins = self.origins.clone().unwrap_or(wiring.origins);
        wiring.min_assurance = self.min_assurance.map_or(wiring.min_assurance, Assurance::from);
        if let Some(change) = &self.openid {
            change.apply(&mut wiring.openid);
        }
        Some(wiring)
    }
}

pub(super) fn read_logo(text: &str) -> Result<Logo, ChangeError> {
    let wrong = |message: String| ChangeError::field("/logo", "logo_not_acceptable", message);
    let bytes = STANDARD.decode(text).map_err(|_| wrong("must be base64".to_owned()))?;
    Logo::from_bytes(bytes.into()).map_err(|why| wrong(why.to_string()))
}

pub(super) fn draft(new: NewClient) -> Result<ClientDraft, ChangeError> {
    let logo = new.logo.as_deref().map(read_logo).transpose()?;
    let mut openid = OpenIdPolicy::default();
    if let Some(change) = &new.openid {
        change.apply(&mut openid);
    }
    Ok(ClientDraft {
        id: new.client_id,
        client_type: match new.kind {
            ClientKind::Confidential => ClientType::Confidential,
            ClientKind::Public => ClientType::Public,
        },
        look: Look {
            name: new.name,
            name_resembles: new.name_resembles.unwrap_or_default(),
            accent: new.accent,
            logo,
            providers: new.providers.unwrap_or_default(),
            enabled: true,
        },
        wiring: Wiring {
            redirect_uris: new.redirect_uris.unwrap_or_default(),
            origins: new.origins.unwrap_or_default(),
            min_assurance: new.min_assurance.map_or(Assurance::Confirmed, Assurance::from),
            openid,
        },
    })
}

/// A website with a secret that is shown this once.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ClientWithSecret {
    /// The website.
    client: ClientView,
    /// Its new secret; a public client has none.
    client_secret: Option<String>,
}

impl From<&Registered> for ClientWithSecret {
    fn from(registered: &Registered) -> Self {
        let secret = registered.secret.as_ref().map(Secret::expose);
        Self { client: (&registered.client).into(), client_secret: secret.map(str::to_owned) }
    }
}
