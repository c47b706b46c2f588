//! A Provider's configuration at rest: the open part in clear, each secret sealed at its own place.
//!
//! Which settings are secret, and which we make ourselves, the kind's schema says (`writeOnly`,
//! `x-generated`, `x-shared`); nothing here knows a kind.

use super::{ProviderRecord, SealedSecrets};
use crate::Entropy;
use crate::id::ProviderId;
use crate::seal::{Keyring, Place, SealError};
use serde_json::Value;

/// Length of a value that we make: 190 random bits.
const GENERATED_CHARACTERS: usize = 32;

/// Names of the settings that are secret.
pub fn secret_names(schema: &Value) -> Vec<String> {
    names_marked(schema, "writeOnly")
}

/// Names of the settings that we make ourselves when they are left out.
pub fn generated_names(schema: &Value) -> Vec<String> {
    names_marked(schema, "x-generated")
}

/// Names of secrets that the vendor's console must hold as well; they can be handed out.
pub(super) fn shared_names(schema: &Value) -> Vec<String> {
    names_marked(schema, "x-shared")
}

fn names_marked(schema: &Value, mark: &str) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_marked = |schema: &Value| schema.get(mark).and_then(Value::as_bool).unwrap_or(false);
    properties.into_iter().flatten().filter(|(_, s)| is_marked(s)).map(|(name, _)| name.clone()).collect()
}

/// Seals and opens configurations.
#[derive(Clone, Copy)]
pub struct Vault<'a> {
    /// The keys.
    pub keyring: &'a Keyring,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
}

impl Vault<'_> {
    /// The configuration with what is left to us: as it was before, or made now.
    pub fn with_generated(&self, schema: &Value, mut config: Value, before: Option<&Value>) -> Value {
        for name in generated_names(schema) {
            let Some(map) = config.as_object_mut() else { continue };
            let kept = before.and_then(|before| before.get(&name).cloned());
            map.entry(name).or_insert_with(|| {
                kept.unwrap_or_else(|| Value::from(self.entropy.base62(GENERATED_CHARACTERS)))
            });
        }
        config
    }

    /// Splits a configuration into its open part and its sealed secrets.
    pub fn seal(
        &self,
        id: &ProviderId,
        schema: &Value,
        mut open: Value,
    ) -> Result<(Value, SealedSecrets), SealError> {
        let mut sealed = SealedSecrets::new();
        for name in secret_names(schema) {
            let Some(value) = open.as_object_mut().and_then(|map| map.remove(&name)) else { continue };
            let text = value.to_string();
            let blob = self.keyring.seal(self.entropy, place(id, &column(&name)), text.as_bytes())?;
            sealed.insert(name, blob);
        }
        Ok((open, sealed))
    }

    /// A record's configuration with its secrets in their places.
    pub fn open(&self, record: &ProviderRecord) -> Result<Value, SealError> {
        let mut config = record.config.clone();
        for (name, sealed) in &record.secrets {
            let bytes = self.keyring.open(place(&record.id, &column(name)), sealed)?;
            let value = serde_json::from_slice(&bytes).map_err(|_| SealError::Broken)?;
            if let Some(map) = config.as_object_mut() {
                map.insert(name.clone(), value);
            }
        }
        Ok(config)
    }
}

fn column(name: &str) -> String {
    format!("secrets/{name}")
}

fn place<'a>(id: &'a ProviderId, column: &'a str) -> Place<'a> {
    Place { table: "providers", row: id.as_str(), column }
}
