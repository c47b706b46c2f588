//! A Login as a row and back. A row that makes no sense is `Corrupt`, never half a Login.

use super::super::Db;
use super::schema::logins;
use crate::error::Failure;
use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use saoma_core::client::ClientId;
use saoma_core::id::UserId;
use saoma_core::logbook::address_key;
use saoma_core::login::{IssuedCode, Login, Proof, Reason, Site, Stage, Steps};
use saoma_core::provider::{Alias, Assurance, Challenge, Profile, VendorIdentity};
use saoma_core::{SecretHash, StoreError, Timestamp};
use serde::{Deserialize, Serialize};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = logins, check_for_backend(Db), treat_none_as_default_value = false)]
pub(super) struct LoginRow {
    pub(super) id: String,
    client_id: String,
    provider: String,
    scene: String,
    image_token: String,
    browser_hash: String,
    stage: String,
    version: i64,
    reason: Option<String>,
    challenge_type: String,
    challenge_value: Option<String>,
    private: Option<String>,
    redirect_uri: Option<String>,
    site: String,
    code_challenge: String,
    requester: String,
    proof_namespace: Option<String>,
    proof_subject: Option<String>,
    proof_detail: Option<String>,
    companion_hash: Option<String>,
    user_id: Option<String>,
    code_hash: Option<String>,
    code_expires_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    state_hash: Option<String>,
    number: Option<String>,
    push_key: Option<String>,
    asked_at: Option<i64>,
    shown_at: Option<i64>,
    scanned_at: Option<i64>,
    confirmed_at: Option<i64>,
    vendor_answer: Option<String>,
    address_key: Option<String>,
    browser: Option<String>,
    assurance: String,
    authorization_id: Option<String>,
    code_back: Option<String>,
}

/// What a transition may change; the rest of a Login is fixed at its beginning.
#[derive(AsChangeset)]
#[diesel(table_name = logins, treat_none_as_null = true)]
pub(super) struct Moved {
    stage: &'static str,
    version: i64,
    reason: Option<String>,
    proof_namespace: Option<String>,
    proof_subject: Option<String>,
    proof_detail: Option<String>,
    companion_hash: Option<String>,
    user_id: Option<String>,
    code_hash: Option<String>,
    code_expires_at: Option<i64>,
    updated_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    push_key: Option<String>,
    asked_at: Option<i64>,
    shown_at: Option<i64>,
    scanned_at: Option<i64>,
    confirmed_at: Option<i64>,
    vendor_answer: Option<String>,
    code_back: Option<String>,
}

/// What the website told, but for the address, which is compared in SQL.
#[derive(Serialize, Deserialize)]
struct SiteText {
    domain: String,
    state: Option<String>,
    nonce: Option<String>,
    locale: Option<String>,
}

/// The proof, but for the subject, which is joined in SQL.
#[derive(Default, Serialize, Deserialize)]
struct ProofText {
    aliases: Vec<Alias>,
    profile: Profile,
}

/// The word of a redirect challenge; `put_code` asks for it.
pub(super) const REDIRECT: &str = "redirect";
const QR_IMAGE: &str = "qr_image";
const QR_TEXT: &str = "qr_text";

fn ended_at(login: &Login) -> Option<i64> {
    login.stage.is_end().then_some(login.updated_at.0)
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Sql(diesel::result::Error::SerializationError(error.into())))
}

fn proof_detail(proof: Option<&Proof>) -> Result<Option<String>, Failure> {
    let text = |proof: &Proof| {
        let VendorIdentity { aliases, profile, .. } = proof.identity.clone();
        to_json(&ProofText { aliases, profile })
    };
    proof.map(text).transpose()
}

impl LoginRow {
    pub(super) fn new(login: &Login) -> Result<Self, Failure> {
        let (challenge_type, challenge_value) = match &login.challenge {
            Challenge::QrImage { open_url } => (QR_IMAGE, open_url.clone()),
            Challenge::QrText { text } => (QR_TEXT, Some(text.clone())),
            Challenge::Redirect { url } => (REDIRECT, Some(url.clone())),
        };
        let Site { domain, state, nonce, locale, redirect_uri } = login.site.clone();
        let identity = login.proof.as_ref().map(|proof| &proof.identity);
        Ok(Self {
            id: login.id.to_string(),
            client_id: login.client.to_string(),
            provider: login.provider.to_string(),
            scene: login.scene.as_str().to_owned(),
            image_token: login.image_token.clone(),
            browser_hash: login.browser_hash.as_str().to_owned(),
            stage: login.stage.as_str().to_owned(),
            version: login.version,
            reason: login.reason.map(|reason| reason.as_str().to_owned()),
            challenge_type: challenge_type.to_owned(),
            challenge_value,
            private: login.private.clone(),
            redirect_uri,
            site: to_json(&SiteText { domain, state, nonce, locale })?,
            code_challenge: login.code_challenge.clone(),
            requester: to_json(&login.requester)?,
            proof_namespace: identity.map(|identity| identity.namespace.clone()),
            proof_subject: identity.map(|identity| identity.subject.clone()),
            proof_detail: proof_detail(login.proof.as_ref())?,
            companion_hash: login.companion_hash.as_ref().map(|hash| hash.as_str().to_owned()),
            user_id: login.user.as_ref().map(ToString::to_string),
            code_hash: login.code.as_ref().map(|code| code.hash.as_str().to_owned()),
            code_expires_at: login.code.as_ref().map(|code| code.expires_at.0),
            created_at: login.created_at.0,
            updated_at: login.updated_at.0,
            expires_at: login.expires_at.0,
            ended_at: ended_at(login),
            state_hash: login.state_hash.as_ref().map(|hash| hash.as_str().to_owned()),
            number: login.number.map(|number| number.to_string()),
            push_key: login.push_key.clone(),
            asked_at: login.asked_at.map(|at| at.0),
            shown_at: login.steps.shown_at.map(|at| at.0),
            scanned_at: login.steps.scanned_at.map(|at| at.0),
            confirmed_at: login.steps.confirmed_at.map(|at| at.0),
            vendor_answer: login.vendor_answer.as_ref().map(to_json).transpose()?,
            address_key: login.requester.address.map(address_key),
            browser: login.requester.browser_family().map(str::to_owned),
            assurance: login.assurance.as_str().to_owned(),
            authorization_id: login.authorization.as_ref().map(ToString::to_string),
            code_back: login.code_back.as_ref().map(to_json).transpose()?,
        })
    }

    fn challenge(&self) -> Option<Challenge> {
        match (self.challenge_type.as_str(), self.challenge_value.clone()) {
            (QR_IMAGE, open_url) => Some(Challenge::QrImage { open_url }),
            (QR_TEXT, Some(text)) => Some(Challenge::QrText { text }),
            (REDIRECT, Some(url)) => Some(Challenge::Redirect { url }),
            _ => None,
        }
    }

    fn proof(&self) -> Result<Option<Proof>, Failure> {
        match (&self.proof_namespace, &self.proof_subject, &self.proof_detail) {
            (None, None, None) => Ok(None),
            (Some(namespace), Some(subject), Some(detail)) => {
                let ProofText { aliases, profile } = from_json(detail)?;
                let (namespace, subject) = (namespace.clone(), subject.clone());
                Ok(Some(Proof { identity: VendorIdentity { namespace, subject, aliases, profile } }))
            }
            _ => Err(CORRUPT),
        }
    }

    fn code(&self) -> Result<Option<IssuedCode>, Failure> {
        match (&self.code_hash, self.code_expires_at) {
            (None, None) => Ok(None),
            (Some(hash), Some(at)) => {
                let hash = SecretHash::from_stored(hash.clone());
                Ok(Some(IssuedCode { hash, expires_at: Timestamp(at) }))
            }
            _ => Err(CORRUPT),
        }
    }
}

pub(super) const CORRUPT: Failure = Failure::Corrupt("login");

pub(super) fn steps(shown: Option<i64>, scanned: Option<i64>, confirmed: Option<i64>) -> Steps {
    let [shown_at, scanned_at, confirmed_at] = [shown, scanned, confirmed].map(|at| at.map(Timestamp));
    Steps { shown_at, scanned_at, confirmed_at }
}

pub(super) fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|_| CORRUPT)
}

pub(super) fn from_text<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| CORRUPT)
}

impl TryFrom<LoginRow> for Login {
    type Error = Failure;
    fn try_from(row: LoginRow) -> Result<Self, Failure> {
        let SiteText { domain, state, nonce, locale } = from_json(&row.site)?;
        let reason = row.reason.as_deref().map(|word| Reason::parse(word).ok_or(CORRUPT));
        Ok(Self {
            id: from_text(&row.id)?,
            client: ClientId::from_stored(&row.client_id).map_err(|_| CORRUPT)?,
            provider: from_text(&row.provider)?,
            scene: from_text(&row.scene)?,
            stage: Stage::parse(&row.stage).ok_or(CORRUPT)?,
            version: row.version,
            reason: reason.transpose()?,
            challenge: row.challenge().ok_or(CORRUPT)?,
            requester: from_json(&row.requester)?,
            proof: row.proof()?,
            code: row.code()?,
            steps: steps(row.shown_at, row.scanned_at, row.confirmed_at),
            vendor_answer: row.vendor_answer.as_deref().map(from_json).transpose()?,
            user: row.user_id.as_deref().map(from_text).transpose()?,
            number: row.number.as_deref().map(from_text).transpose()?,
            code_back: row.code_back.as_deref().map(from_json).transpose()?,
            state_hash: row.state_hash.map(SecretHash::from_stored),
            push_key: row.push_key,
            asked_at: row.asked_at.map(Timestamp),
            companion_hash: row.companion_hash.map(SecretHash::from_stored),
            browser_hash: SecretHash::from_stored(row.browser_hash),
            image_token: row.image_token,
            private: row.private,
            site: Site { redirect_uri: row.redirect_uri, domain, state, nonce, locale },
            code_challenge: row.code_challenge,
            authorization: row.authorization_id.as_deref().map(from_text).transpose()?,
            assurance: Assurance::parse(&row.assurance).ok_or(CORRUPT)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            expires_at: Timestamp(row.expires_at),
        })
    }
}

impl Moved {
    /// The same change, for this User.
    pub(super) fn of(self, user: &UserId) -> Self {
        Self { user_id: Some(user.to_string()), ..self }
    }

    pub(super) fn to(after: &Login) -> Result<Self, Failure> {
        let identity = after.proof.as_ref().map(|proof| &proof.identity);
        Ok(Self {
            stage: after.stage.as_str(),
            version: after.version,
            reason: after.reason.map(|reason| reason.as_str().to_owned()),
            proof_namespace: identity.map(|identity| identity.namespace.clone()),
            proof_subject: identity.map(|identity| identity.subject.clone()),
            proof_detail: proof_detail(after.proof.as_ref())?,
            companion_hash: after.companion_hash.as_ref().map(|hash| hash.as_str().to_owned()),
            user_id: after.user.as_ref().map(ToString::to_string),
            code_hash: after.code.as_ref().map(|code| code.hash.as_str().to_owned()),
            code_expires_at: after.code.as_ref().map(|code| code.expires_at.0),
            updated_at: after.updated_at.0,
            expires_at: after.expires_at.0,
            ended_at: ended_at(after),
            push_key: after.push_key.clone(),
            asked_at: after.asked_at.map(|at| at.0),
            shown_at: after.steps.shown_at.map(|at| at.0),
            scanned_at: after.steps.scanned_at.map(|at| at.0),
            confirmed_at: after.steps.confirmed_at.map(|at| at.0),
            vendor_answer: after.vendor_answer.as_ref().map(to_json).transpose()?,
            code_back: after.code_back.as_ref().map(to_json).transpose()?,
        })
    }
}

/// The row that the one reader of a login wants: `None` stays `None`.
pub(super) fn maybe(row: Option<LoginRow>) -> Result<Option<Login>, StoreError> {
    Ok(row.map(Login::try_from).transpose()?)
}
