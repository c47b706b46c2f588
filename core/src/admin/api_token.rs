//! API tokens: how programs come in. A token does some of what its maker may do, for a time, from some
//! places; it is never more than its maker is, and makes no admins and no tokens.

use super::abilities::{EditTokens, ReadAdmins};
use super::ability::About;
use super::{AdminService, Caller, Permit, Visit, Who, abilities};
use crate::audit::{Action, AuditOutcome};
use crate::client::ClientId;
use crate::id::{AdminId, TokenId};
use crate::{ChangeError, FieldProblem, Secret, SecretHash, StoreError, Timestamp};
use ipnet::IpNet;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// What every token begins with, so that one in the wrong place is found by whoever looks for secrets.
const PREFIX: &str = "saoma_adm_";
/// The longest a token lives: a year.
const MOST_DAYS: u32 = 366;
/// Seconds between two notes that a token is in use.
const TOUCH_SECONDS: u64 = 60;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The most places a token may be used from.
const MOST_NETWORKS: usize = 20;

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Who made it.
    pub admin: AdminId,
    /// Names of the abilities it has, as far as its maker has them.
    pub scope: BTreeSet<String>,
    /// The Clients it reaches; none for all that its maker reaches.
    pub clients: Option<BTreeSet<ClientId>>,
    /// Where it may be used from; anywhere when empty.
    pub networks: Vec<IpNet>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it lives.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken away.
    pub revoked_at: Option<Timestamp>,
}

/// A token to keep.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// As it will be kept.
    pub token: ApiToken,
    /// The hash of what its holder sends.
    pub hash: SecretHash,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct TokenDraft {
    /// What it is for.
    pub name: String,
    /// Names of abilities.
    pub scope: Vec<String>,
    /// The Clients it reaches.
    pub clients: Option<Vec<String>>,
    /// Where it may be used from, as CIDR ranges.
    pub networks: Vec<String>,
    /// How many days it lives.
    pub days: u32,
}

impl ApiToken {
    /// In the audit's words: what it may do, and where.
    fn told(&self) -> String {
        let scope = self.scope.iter().map(ToString::to_string);
        let clients = self.clients.iter().flatten().map(|id| format!("client:{id}"));
        let networks = self.networks.iter().map(|net| format!("from:{net}"));
        scope.chain(clients).chain(networks).collect::<Vec<_>>().join(" ")
    }

    /// Whether it opens anything at this moment, from this place.
    pub fn lives(&self, now: Timestamp, address: Option<IpAddr>) -> bool {
        let here = self.networks.is_empty()
            || address.is_some_and(|address| self.networks.iter().any(|net| net.contains(&address)));
        self.revoked_at.is_none() && now < self.expires_at && here
    }
}

fn hash(secret: &str) -> SecretHash {
    SecretHash::of_parts(&["api token", secret])
}

impl AdminService {
    /// Whose token this is, as far as it reaches at this moment.
    pub async fn find_token_caller(
        &self,
        secret: &Secret,
        visit: &Visit,
    ) -> Result<Option<Arc<Caller>>, StoreError> {
        if !secret.expose().starts_with(PREFIX) {
            return Ok(None);
        }
        let found = self.parts.store.find_token(&hash(secret.expose())).await?;
        let now = self.parts.clock.now();
        let Some((token, admin)) = found else { return Ok(None) };
        if !admin.enabled || !token.lives(now, visit.address) {
            self.note_dead_token(&token, visit).await?;
            return Ok(None);
        }
        if token.last_used_at.is_none_or(|used| now.seconds_since(used) >= TOUCH_SECONDS) {
            self.parts.store.touch_token(&token.id, now).await?;
        }
        let who = Who::Token { id: token.id, scope: token.scope, clients: token.clients };
        Ok(Some(Arc::new(Caller { admin, who, address: visit.address, must_add_passkey: false })))
    }

    /// All tokens, the newest first.
    pub async fn list_tokens(&self, _permit: &Permit<ReadAdmins>) -> Result<Vec<ApiToken>, StoreError> {
        self.parts.store.list_tokens().await
    }

    /// Makes a token; what its holder sends is shown this once.
    pub async fn create_token(
        &self,
        permit: &Permit<EditTokens>,
        draft: &TokenDraft,
    ) -> Result<(ApiToken, Secret), ChangeError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let token = self.token(permit.caller(), draft).map_err(ChangeError::Invalid)?;
        let secret = Secret::new(format!("{PREFIX}{}", entropy.base64url::<32>()));
        let row = permit.caller().row(entropy, now, Action::ApiTokenCreated, token.id.as_str());
        let row = row.ended(AuditOutcome::Success, &token.told());
        let new = NewToken { token: token.clone(), hash: hash(secret.expose()) };
        self.parts.store.create_token(&new, &row).await?;
        Ok((token, secret))
    }

    /// Takes a token away; it opens nothing from now on.
    pub async fn revoke_token(&self, permit: &Permit<EditTokens>, id: &TokenId) -> Result<(), ChangeError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = permit.caller().row(entropy, now, Action::ApiTokenRevoked, id.as_str());
        let revoked = self.parts.store.revoke_token(id, now, &row).await?;
        if revoked { Ok(()) } else { Err(ChangeError::NotFound) }
    }

    fn token(&self, maker: &Caller, draft: &TokenDraft) -> Result<ApiToken, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let length = draft.name.trim().chars().count();
        if !(1..=LONGEST_NAME).contains(&length) {
            let message = format!("must be 1 to {LONGEST_NAME} characters");
            problems.push(FieldProblem::new("/name", "name_shape", message));
        }
        if !(1..=MOST_DAYS).contains(&draft.days) {
            let message = format!("must be 1 to {MOST_DAYS} days");
            problems.push(FieldProblem::new("/days", "days_range", message));
        }
        check_scope(maker, draft, &mut problems);
        let clients =
            draft.clients.as_ref().map(|ids| parse_all(ids, "/clients", "client_id_shape", &mut problems));
        let networks = parse_all(&draft.networks, "/networks", "network_shape", &mut problems);
        if networks.len() > MOST_NETWORKS {
            let message = format!("must be at most {MOST_NETWORKS}");
            problems.push(FieldProblem::new("/networks", "too_many", message));
        }
        let now = self.parts.clock.now();
        let token = ApiToken {
            id: TokenId::generate(&*self.parts.entropy),
            name: draft.name.trim().to_owned(),
            admin: maker.admin.id.clone(),
            scope: draft.scope.iter().cloned().collect(),
            clients: clients.map(|clients| clients.into_iter().collect()),
            networks,
            created_at: now,
            expires_at: now.plus_seconds(i64::from(draft.days) * 86_400),
            last_used_at: None,
            revoked_at: None,
        };
        if problems.is_empty() { Ok(token) } else { Err(problems) }
    }
}

/// A scope holds what its maker may do, and what programs may do at all.
fn check_scope(maker: &Caller, draft: &TokenDraft, problems: &mut Vec<FieldProblem>) {
    if draft.scope.is_empty() {
        problems.push(FieldProblem::new("/scope", "scope_empty", "must hold at least one ability"));
    }
    for (index, name) in draft.scope.iter().enumerate() {
        let pointer = format!("/scope/{index}");
        let problem = match abilities::TABLE.iter().find(|rule| rule.name == name) {
            None => Some(("scope_unknown", "is no ability")),
            Some(rule) if rule.about == About::Power => Some(("scope_power", "is never for programs")),
            Some(rule) if !maker.can(rule) => Some(("scope_beyond", "is more than you may do")),
            Some(rule) if draft.clients.is_some() && rule.about != About::Clients => {
                Some(("scope_house", "is not about single clients; leave the list of clients out"))
            }
            Some(_) => None,
        };
        problems.extend(problem.map(|(code, message)| FieldProblem::new(pointer, code, message)));
    }
}

fn parse_all<T: std::str::FromStr>(
    texts: &[String],
    pointer: &str,
    code: &'static str,
    problems: &mut Vec<FieldProblem>,
) -> Vec<T> {
    let mut parsed = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match text.trim().parse() {
            Ok(value) => parsed.push(value),
            Err(_) => {
                problems.push(FieldProblem::new(format!("{pointer}/{index}"), code, "has the wrong shape"));
            }
        }
    }
    parsed
}
