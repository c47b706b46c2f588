//! The device grant (RFC 8628): a television or a command line shows a short code, its person types it at our page
//! and logs in there, and the device fetches the tokens.
//!
//! What the person approves is an authorization like any other, with the same ways, levels and consent, except that
//! they are always asked. Its code is the device's own, so that it is spent, burned and found spent like any other.

use super::code::new_code;
use super::request::Said;
use super::service::browser_hash;
use super::{
    Authorization, AuthorizationRequest, AuthorizationService, Browser, Prompt, ResponseMode, SiteAnswer,
};
use crate::client::{Client, ClientId};
use crate::grant::{Scope, ScopeWord};
use crate::id::AuthorizationId;
use crate::login::IssuedCode;
use crate::provider::Assurance;
use crate::{Entropy, Secret, SecretHash, StoreError, Timestamp};

/// Seconds a code can be typed.
const LIFE_SECONDS: u32 = 600;
/// Seconds between two questions of a device (RFC 8628 section 3.2); each that comes too soon adds as many.
pub const INTERVAL_SECONDS: u32 = 5;
/// What people type: no vowels, so that no words come of it, and nothing that looks alike.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Letters of a code: more than 34 bits.
const LENGTH: usize = 8;

/// A device's wish as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Hash of what the device holds.
    pub device_hash: SecretHash,
    /// Hash of what its person types.
    pub user_hash: SecretHash,
    /// The Client.
    pub client: ClientId,
    /// What for.
    pub scope: Scope,
    /// What the person goes on with, once they have typed the code.
    pub authorization: Option<AuthorizationId>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// What a device is given.
#[derive(Debug, Clone)]
pub struct DeviceCodes {
    /// What it asks with.
    pub device_code: Secret,
    /// What it shows, in two halves.
    pub user_code: String,
    /// Seconds both are good for.
    pub expires_in: u32,
}

/// How a device's request stands when it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    /// No such request of this Client.
    Unknown,
    /// It asked again too soon.
    TooSoon,
    /// Nobody has decided yet.
    Pending,
    /// The person said no.
    Denied,
    /// Its time is over.
    Expired,
    /// The person said yes: the device's code may be redeemed.
    Approved,
}

/// Why a typed code leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum TypedError {
    /// There is no live request of this code, or somebody else has taken it up.
    #[error("no device shows this code")]
    Unknown,
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuthorizationService {
    /// A device of this Client asks for somebody to log in.
    pub async fn begin_device(&self, client: &Client, scope: &str) -> Result<DeviceCodes, DeviceError> {
        if !client.openid.device_grant {
            return Err(DeviceError::NotAllowed);
        }
        let scope = allowed(client, Scope::parse(scope));
        if scope.is_empty() {
            return Err(DeviceError::Refused(NO_SCOPE));
        }
        let entropy = &*self.parts.entropy;
        let (device_code, letters) = (new_code(entropy), letters(entropy));
        let request = DeviceRequest {
            device_hash: SecretHash::of(device_code.expose()),
            user_hash: user_hash(&letters),
            client: client.id.clone(),
            scope,
            authorization: None,
            expires_at: self.parts.clock.now().plus_seconds(i64::from(LIFE_SECONDS)),
        };
        self.parts.store.put_device_request(&request).await?;
        Ok(DeviceCodes { device_code, user_code: as_shown(&letters), expires_in: LIFE_SECONDS })
    }

    /// Somebody typed a code into our page: the request goes on in their browser.
    pub async fn take_up_device(
        &self,
        typed: &str,
        browser: &Browser,
    ) -> Result<AuthorizationId, TypedError> {
        let letters: String =
            typed.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_uppercase();
        let now = self.parts.clock.now();
        let found = self.parts.store.find_device_request(&user_hash(&letters)).await?;
        let found = found.filter(|found| found.expires_at > now).ok_or(TypedError::Unknown)?;
        let client = self.parts.clients.find(&found.client).filter(|client| client.openid.device_grant);
        let client = client.ok_or(TypedError::Unknown)?;
        if let Some(taken) = &found.authorization {
            // The same browser, a second time.
            let before = self.parts.store.find_authorization(taken).await?;
            let own = before.filter(|one| one.browser_hash.equals(&browser_hash(&browser.secret, taken)));
            return own.map(|one| one.id).ok_or(TypedError::Unknown);
        }
        let authorization =
            self.new_authorization(self.asked_by_device(&client, found.scope, &letters), browser, now);
        if self.parts.store.take_up_device(&found.device_hash, &authorization).await? {
            Ok(authorization.id)
        } else {
            Err(TypedError::Unknown)
        }
    }

    /// The device asks whether it may go on.
    pub async fn poll_device(&self, client: &Client, device_code: &str) -> Result<Polled, StoreError> {
        let hash = SecretHash::of(device_code);
        self.parts.store.poll_device(&hash, &client.id, self.parts.clock.now()).await
    }

    /// Where what a device asked for seems to go: nowhere but to our own last page.
    pub fn device_address(&self) -> String {
        format!("{}/device/done", self.parts.issuer)
    }

    fn asked_by_device(&self, client: &Client, scope: Scope, letters: &str) -> AuthorizationRequest {
        AuthorizationRequest {
            client: client.id.clone(),
            redirect_uri: self.device_address(),
            response_mode: ResponseMode::Device,
            scope,
            state: None,
            nonce: None,
            code_challenge: None,
            // Whoever was talked into typing a code must read what for.
            prompt: Prompt { none: false, login: false, consent: true },
            max_age: None,
            at_least: Assurance::ScanOnly,
            hint: None,
            locale: None,
            user_code: Some(as_shown(letters)),
        }
    }

    /// The person said yes: the device's code becomes the authorization's.
    pub(super) async fn approve_device(
        &self,
        authorization: &Authorization,
    ) -> Result<Option<SiteAnswer>, StoreError> {
        let id = &authorization.id;
        let Some(device) = self.parts.store.find_device_of(id).await? else { return Ok(None) };
        let code = IssuedCode { hash: device.device_hash, expires_at: device.expires_at };
        let put = self.parts.store.put_authorization_code(id, &code).await?;
        Ok(put.then(|| self.at_the_end(None)))
    }

    /// The person said no.
    pub(super) async fn deny_device(&self, authorization: &Authorization) -> Result<SiteAnswer, StoreError> {
        self.parts.store.deny_device(&authorization.id, self.parts.clock.now()).await?;
        Ok(self.at_the_end(Some("access_denied")))
    }

    fn at_the_end(&self, error: Option<&str>) -> SiteAnswer {
        let fields = error.map(|error| ("error", error.to_owned())).into_iter().collect();
        SiteAnswer { redirect_uri: self.device_address(), mode: ResponseMode::Device, fields, locale: None }
    }
}

/// Why a device gets no codes.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// This Client has no devices.
    #[error("the client has no devices")]
    NotAllowed,
    /// The standard's word, and a sentence for the developer.
    #[error("the request is refused")]
    Refused(Said),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const NO_SCOPE: Said = ("invalid_scope", "scope must name at least one of openid and profile.");

/// What of it this Client may have.
pub(super) fn allowed(client: &Client, scope: Scope) -> Scope {
    let policy = &client.openid;
    let scope = if policy.refresh_tokens { scope } else { scope.without(ScopeWord::OfflineAccess) };
    if policy.stand_in_email { scope } else { scope.without(ScopeWord::Email) }
}

/// A code in two halves, as it is shown and read out.
fn as_shown(letters: &str) -> String {
    let (first, second) = letters.split_at(letters.len() / 2);
    format!("{first}-{second}")
}

fn letters(entropy: &dyn Entropy) -> String {
    let mut text = String::new();
    while text.len() < LENGTH {
        let [byte] = entropy.bytes::<1>();
        // Each letter is equally likely.
        let letter = LETTERS.get(usize::from(byte) % LETTERS.len()).filter(|_| byte < 240);
        text.extend(letter.map(|letter| char::from(*letter)));
    }
    text
}

fn user_hash(letters: &str) -> SecretHash {
    SecretHash::of_parts(&["user code", letters])
}
