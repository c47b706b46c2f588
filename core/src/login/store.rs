//! What must be kept of Logins. Each method owns its whole change and the audit row with it.

use super::{Disowning, IssuedCode, Login, Proof, Stage, VendorAnswer};
use crate::audit::AuditEntry;
use crate::client::ClientId;
use crate::grant::{AccessToken, Consent, ConsentStore, Grant, NewRefreshToken};
use crate::id::{IdentityId, LoginId, UserId};
use crate::login::Scene;
use crate::provider::{ProviderSlug, VendorIdentity};
use crate::user::{KnownName, NewIds, NewName};
use crate::{SecretHash, StoreError, Timestamp};
use async_trait::async_trait;

/// A change of one Login: written only if it still stands as it was read.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The stage it was read at.
    pub from: Stage,
    /// The version it was read at.
    pub from_version: i64,
    /// The Login after the change; `version` is one more than `from_version`.
    pub after: Login,
    /// The row that goes with it, when it is an end.
    pub audit: Option<AuditEntry>,
}

/// An Identity we have met before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIdentity {
    /// Its id.
    pub identity: IdentityId,
    /// Whom it belongs to.
    pub user: UserId,
    /// What that User is called.
    pub name: Option<KnownName>,
    /// Whether that User may not log in.
    pub disabled: bool,
    /// The aliases it came with last time, as `VendorIdentity::alias_mark` writes them.
    pub alias_mark: String,
}

/// The confirmation of one Login: the transition, and the account it leads to.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The change; `after.user` is filled in by the store.
    pub transition: Transition,
    /// Who confirmed.
    pub proof: Proof,
    /// The Identity as read together with the Login.
    pub known: Option<KnownIdentity>,
    /// Ids to use if an account must be created.
    pub new_ids: NewIds,
    /// The name the person typed or the vendor told.
    pub name: Option<NewName>,
    /// Template of the row written when an alias belongs to another User.
    pub alias_conflict: AuditEntry,
}

/// What became of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmOutcome {
    /// It is confirmed for this User.
    Confirmed(UserId),
    /// This User may not log in; nothing was written.
    Disabled(UserId),
    /// The Login no longer stood as it was read; nothing was written.
    Lost,
}

/// A new code for a confirmed Login.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// The Login.
    pub login: LoginId,
    /// Only this browser gets one.
    pub browser_hash: SecretHash,
    /// Only a Login of one of these; none for any.
    pub websites: Option<Vec<ClientId>>,
    /// Hash of the code.
    pub code_hash: SecretHash,
    /// When it ends.
    pub code_expires_at: Timestamp,
    /// The present moment; a lapsed Login gets none.
    pub now: Timestamp,
}

/// A code in the place of the secret of the page where the person said yes.
#[derive(Debug, Clone)]
pub struct TradedCode {
    /// Hash of the page's secret.
    pub from: SecretHash,
    /// The code.
    pub to: IssuedCode,
    /// The person's yes, to be kept with it.
    pub consent: Option<Consent>,
    /// The present moment; a lapsed Login gets none.
    pub now: Timestamp,
}

/// A value that may come with one push only (`Push::once`).
#[derive(Debug, Clone)]
pub struct PushOnce {
    /// The Provider it came to.
    pub provider: ProviderSlug,
    /// Hash of the value.
    pub value: SecretHash,
    /// The push it came with, by its key.
    pub push_key: String,
    /// When.
    pub seen_at: Timestamp,
}

/// A website's attempt to redeem a code.
#[derive(Debug, Clone)]
pub struct Redemption {
    /// Hash of the code.
    pub code_hash: SecretHash,
    /// Whether it can only be an authorization's.
    pub is_of_authorization: bool,
    /// Who asks.
    pub client: String,
    /// S256 of the verifier it sent, if it sent one.
    pub code_challenge: Option<String>,
    /// The redirect_uri it sent.
    pub redirect_uri: Option<String>,
    /// The present moment.
    pub now: Timestamp,
    /// The token to store, with the grant's id.
    pub token: AccessToken,
    /// The refresh token to store, if the grant is good for one.
    pub refresh: NewRefreshToken,
    /// The row for success with a Login; the store adds what it is about (`AuditEntry::about`).
    pub redeemed: AuditEntry,
    /// The row for success with an authorization, likewise.
    pub authorized: AuditEntry,
    /// The row for a burned code, likewise.
    pub burned: AuditEntry,
    /// The row for a reused code, likewise.
    pub reused: AuditEntry,
}

/// What a code gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The grant.
    pub grant: Grant,
    /// The Login as it stands now, when the code was its own.
    pub login: Option<Login>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedeemOutcome {
    /// Grant and token are stored.
    Redeemed(Box<Granted>),
    /// The code was right and something else was not: it is void, what it answered stays as it is.
    Burned,
    /// The code had been spent: its grant and tokens are gone.
    Reused,
    /// No such code, or its time ran out.
    Unknown,
}

/// Keeps Logins.
#[async_trait]
pub trait LoginStore: ConsentStore {
    /// Stores a new Login and its audit row.
    async fn create_login(&self, login: &Login, audit: &AuditEntry) -> Result<(), StoreError>;
    /// The Login of this id.
    async fn find_login(&self, id: &LoginId) -> Result<Option<Login>, StoreError>;
    /// The Login of this scene.
    async fn find_login_by_scene(&self, scene: &Scene) -> Result<Option<Login>, StoreError>;
    /// The Login whose picture has this address.
    async fn find_login_by_image(&self, image_token: &str) -> Result<Option<Login>, StoreError>;
    /// The Login of this companion token, and the Identity of its subject if we know it; one query.
    async fn find_login_by_companion(
        &self,
        companion: &SecretHash,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, StoreError>;
    /// The Login that the push of this key decided, else the newest `scanned` one of this subject at this
    /// Provider, unless `spent` has been noted (`admit_push`); with the Identity of the subject if we know
    /// it; one query.
    async fn find_login_by_push(
        &self,
        provider: &ProviderSlug,
        push_key: &str,
        spent: &SecretHash,
        subject: &VendorIdentity,
    ) -> Result<Option<(Login, Option<KnownIdentity>)>, StoreError>;
    /// The newest Login of this subject at this Provider that was confirmed since then, however it ended.
    async fn find_last_login(
        &self,
        provider: &ProviderSlug,
        subject: &VendorIdentity,
        since: Timestamp,
    ) -> Result<Option<Login>, StoreError>;
    /// Ends all that came of a Login: its transition, the grants of it and of the sessions in which it counts, those
    /// sessions; the websites are to hear of it. False, and nothing written, when the Login had moved.
    async fn disown_login(&self, disowning: &Disowning) -> Result<bool, StoreError>;
    /// The Login of this vendor state, whatever its stage.
    async fn find_login_by_state(&self, state: &SecretHash) -> Result<Option<Login>, StoreError>;
    /// Takes a live `pending` Login of this vendor state and Provider that nobody has taken before:
    /// sets its `asked_at` in one statement. None when there is none; its version stays.
    async fn claim_login(
        &self,
        state: &SecretHash,
        provider: &ProviderSlug,
        now: Timestamp,
    ) -> Result<Option<Login>, StoreError>;
    /// The Identity of this namespace and subject.
    async fn find_identity(&self, subject: &VendorIdentity) -> Result<Option<KnownIdentity>, StoreError>;
    /// Logins not ended whose `asked_at` is before `before`, oldest first.
    async fn list_asked_logins(&self, before: Timestamp, limit: i64) -> Result<Vec<Login>, StoreError>;
    /// Notes that this value came with this push; false when it came with another push before.
    async fn admit_push(&self, once: &PushOnce) -> Result<bool, StoreError>;
    /// Deletes notes of `admit_push` from before `before`, at most `limit`; says how many.
    async fn delete_push_notes(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
    /// Writes the change if stage and version still are as read; says whether it did.
    async fn transition_login(&self, change: &Transition) -> Result<bool, StoreError>;
    /// Confirms: finds or creates the User, links aliases, moves the Login; all or nothing.
    ///
    /// For a known Identity with nothing new this is one statement. An alias that belongs to
    /// another User links nothing and leaves an audit row. Two first logins of one person at the
    /// same time end at one User: the loser starts over and finds the winner's rows.
    async fn confirm_login(&self, confirmation: &Confirmation) -> Result<ConfirmOutcome, StoreError>;
    /// Gives a confirmed, live Login of this browser a new code in place of any older one, in one
    /// statement; none when there is no such Login.
    async fn put_code(&self, code: &NewCode) -> Result<Option<Login>, StoreError>;
    /// The confirmed, live Login of this code, or of the page in its place.
    async fn find_login_by_code(
        &self,
        code: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<Login>, StoreError>;
    /// Gives a confirmed, live Login a code in the place of the page that asked; false when there is none.
    async fn trade_code(&self, traded: &TradedCode) -> Result<bool, StoreError>;
    /// Spends a code: everything matches and it is redeemed once, or it is burned.
    async fn redeem_code(&self, redemption: &Redemption) -> Result<RedeemOutcome, StoreError>;
    /// Logins that lapsed before `now` and do not say so yet, oldest first.
    async fn list_lapsed_logins(&self, now: Timestamp, limit: i64) -> Result<Vec<Login>, StoreError>;
    /// Writes since when these codes have been shown, where the rows do not say so yet.
    async fn put_shown(&self, shown: &[(LoginId, Timestamp)]) -> Result<(), StoreError>;
    /// Keeps what the vendor's part failed at with a Login that has not ended; its version stays.
    async fn put_vendor_answer(&self, login: &LoginId, answer: &VendorAnswer) -> Result<(), StoreError>;
    /// Takes out of Logins that ended before `before`, at most `limit`, whatever could open or prove
    /// something and whatever the vendor and the website told; says how many. What is left is for lists
    /// of admins only: no method above finds it any more.
    async fn clear_ended_logins(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
    /// Deletes cleared Logins that began before `before` and are counted in the statistics, at most
    /// `limit`; says how many.
    async fn delete_cleared_logins(&self, before: Timestamp, limit: i64) -> Result<usize, StoreError>;
}
