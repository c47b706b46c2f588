//! Keys as they are used: kept in time, published, signed with.
//!
//! What is in force stands in memory and is read again each round, so that a node signs with what another made.

use super::jose::{JoseError, Signer, claims_of, signed_with};
use super::model::{Due, due, due_early, outlived, signing, state_of};
use super::{Algorithm, KeyState, MadeKey, SigningKey, SigningKeyStore};
use crate::admin::Permit;
use crate::admin::abilities::{ReadKeys, RotateKeys};
use crate::audit::{Action, Actor, AuditEntry};
use crate::seal::{Keyring, Place, SealError};
use crate::{Clock, Entropy, StoreError, Timestamp};
use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError, RwLock};

/// Makes keys where it keeps no request waiting.
#[async_trait]
pub trait KeyMaker: Send + Sync {
    /// A new key.
    async fn make(&self, algorithm: Algorithm) -> Result<MadeKey, JoseError>;
}

/// Why something could not be signed, or keys not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A private key does not open.
    #[error("signing key: {0}")]
    Seal(#[from] SealError),
    /// JOSE refused.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// A stored key is not what we wrote.
    #[error("a stored signing key cannot be read")]
    Corrupt,
    /// There is no key that signs with this.
    #[error("there is no key that signs {0}")]
    NoKey(&'static str),
    /// The next key of this is published already and waits for its time.
    #[error("the next key that signs {0} is published already")]
    NextWaits(&'static str),
}

/// What the service is made of.
#[derive(Clone)]
pub struct SigningParts {
    /// Where keys are kept.
    pub store: Arc<dyn SigningKeyStore>,
    /// What seals them.
    pub keyring: Arc<Keyring>,
    /// What makes them.
    pub maker: Arc<dyn KeyMaker>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The audit row about what is done to a key, by whoever does it.
type RowOf<'a> = &'a (dyn Fn(Action, &str) -> AuditEntry + Sync);

/// A key that is in force.
struct Open {
    key: SigningKey,
    signer: Signer,
}

/// All that is in force.
struct Ring {
    keys: Vec<Open>,
    published: Arc<str>,
}

impl Ring {
    fn new(keys: Vec<Open>) -> Result<Self, SigningError> {
        let public: Result<Vec<Value>, _> =
            keys.iter().map(|open| serde_json::from_str(&open.key.public)).collect();
        let set = json!({ "keys": public.map_err(|_| SigningError::Corrupt)? });
        Ok(Self { keys, published: set.to_string().into() })
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self { keys: Vec::new(), published: "{\"keys\":[]}".into() }
    }
}

/// See the module.
pub struct SigningKeys {
    parts: SigningParts,
    ring: RwLock<Arc<Ring>>,
}

impl SigningKeys {
    /// A service of these parts; before the first `keep` it has no keys.
    pub fn new(parts: SigningParts) -> Self {
        Self { parts, ring: RwLock::default() }
    }

    /// Makes what is due, takes out what is outlived, and reads all of it anew. At the start and each round.
    pub async fn keep(&self) -> Result<(), SigningError> {
        let now = self.parts.clock.now();
        let by_itself = |action, kid: &str| self.row(action, kid, &Actor::System);
        let keys = self.parts.store.list_signing_keys().await?;
        for algorithm in Algorithm::ALL {
            if let Due::Make(signs_from) = due(&keys, algorithm, now) {
                // Made by another node meanwhile is as good.
                self.create(&keys, algorithm, signs_from, &by_itself).await?;
            }
        }
        for key in outlived(&keys, now) {
            let row = by_itself(Action::SigningKeyRemoved, &key.kid);
            self.parts.store.delete_signing_key(&key.kid, &row).await?;
        }
        self.load().await
    }

    /// Makes the next key of an algorithm before its time, unless it waits for its time already. `at_once` for a
    /// key that got into wrong hands: the new one signs from now on, and all before it are taken out, with whatever
    /// they signed.
    pub async fn rotate(
        &self,
        algorithm: Algorithm,
        at_once: bool,
        actor: &Actor,
    ) -> Result<(), SigningError> {
        self.replace(algorithm, at_once, &|action, kid| self.row(action, kid, actor)).await
    }

    /// The same, by an admin.
    pub async fn rotate_by(
        &self,
        permit: &Permit<RotateKeys>,
        algorithm: Algorithm,
        at_once: bool,
    ) -> Result<(), SigningError> {
        let (entropy, now) = (&*self.parts.entropy, self.parts.clock.now());
        let row = |action, kid: &str| permit.caller().row(entropy, now, action, kid);
        self.replace(algorithm, at_once, &row).await
    }

    async fn replace(&self, algorithm: Algorithm, at_once: bool, row: RowOf<'_>) -> Result<(), SigningError> {
        let now = self.parts.clock.now();
        // Until it is ours: what another made meanwhile need not sign yet, and the old ones go.
        let keys = loop {
            let keys = self.parts.store.list_signing_keys().await?;
            let due = if at_once { Due::Make(now) } else { due_early(&keys, algorithm, now) };
            let Due::Make(signs_from) = due else {
                return Err(SigningError::NextWaits(algorithm.as_str()));
            };
            if self.create(&keys, algorithm, signs_from, row).await? {
                break keys;
            }
        };
        for key in keys.iter().filter(|key| at_once && key.algorithm == algorithm) {
            let removed = row(Action::SigningKeyRemoved, &key.kid);
            self.parts.store.delete_signing_key(&key.kid, &removed).await?;
        }
        self.load().await
    }

    /// All keys and how they stand, by algorithm and age.
    pub fn list(&self) -> Vec<(SigningKey, KeyState)> {
        let (ring, now) = (self.ring(), self.parts.clock.now());
        let keys: Vec<_> = ring.keys.iter().map(|open| open.key.clone()).collect();
        keys.iter().map(|key| (key.clone(), state_of(&keys, key, now))).collect()
    }

    /// The same, for an admin.
    pub fn list_for(&self, _permit: &Permit<ReadKeys>) -> Vec<(SigningKey, KeyState)> {
        self.list()
    }

    /// The public keys, as a JWK Set (RFC 7517 section 5).
    pub fn published(&self) -> Arc<str> {
        Arc::clone(&self.ring().published)
    }

    /// Claims, signed; `typ` says what they are.
    pub fn sign(
        &self,
        algorithm: Algorithm,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<String, SigningError> {
        let (ring, now) = (self.ring(), self.parts.clock.now());
        let open = signing(&ring.keys, |open| &open.key, (algorithm, now));
        Ok(open.ok_or(SigningError::NoKey(algorithm.as_str()))?.signer.sign(typ, claims)?)
    }

    /// The claims of a token of this `typ` that one of our keys signed, with that key's own algorithm and no other,
    /// however old the token is; none of any other token.
    pub fn read_own(&self, typ: &str, token: &str) -> Option<Value> {
        let (kid, algorithm) = signed_with(typ, token)?;
        let ring = self.ring();
        let open = ring.keys.iter().find(|open| open.key.kid == kid && open.key.algorithm == algorithm)?;
        claims_of(token, algorithm, &serde_json::from_str(&open.key.public).ok()?)
    }

    async fn create(
        &self,
        keys: &[SigningKey],
        algorithm: Algorithm,
        signs_from: Timestamp,
        row: RowOf<'_>,
    ) -> Result<bool, SigningError> {
        let parts = &self.parts;
        let MadeKey { private, public } = parts.maker.make(algorithm).await?;
        let kid = public.common.key_id.clone().ok_or(SigningError::Corrupt)?;
        let of_algorithm = keys.iter().filter(|key| key.algorithm == algorithm);
        let key = SigningKey {
            algorithm,
            serial: of_algorithm.map(|key| key.serial).max().unwrap_or(0) + 1,
            private: parts.keyring.seal(&*parts.entropy, place(&kid), &private)?,
            public: serde_json::to_string(&public).map_err(|_| SigningError::Corrupt)?,
            created_at: parts.clock.now(),
            signs_from,
            kid,
        };
        let created = row(Action::SigningKeyCreated, &key.kid);
        Ok(parts.store.create_signing_key(&key, &created).await?)
    }

    /// Reads them anew.
    pub async fn load(&self) -> Result<(), SigningError> {
        let keys = self.parts.store.list_signing_keys().await?;
        let keys: Result<Vec<_>, SigningError> = keys.into_iter().map(|key| self.open(key)).collect();
        let ring = Arc::new(Ring::new(keys?)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    fn open(&self, key: SigningKey) -> Result<Open, SigningError> {
        let private = self.parts.keyring.open(place(&key.kid), &key.private)?;
        let signer = Signer::open(key.algorithm, &key.kid, &private)?;
        Ok(Open { key, signer })
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn row(&self, action: Action, kid: &str, actor: &Actor) -> AuditEntry {
        AuditEntry::new(&*self.parts.entropy, self.parts.clock.now(), actor, action, kid)
    }
}

const fn place(kid: &str) -> Place<'_> {
    Place { table: "signing_keys", row: kid, column: "private" }
}
