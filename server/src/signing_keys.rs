//! Makes signing keys on a thread that may be busy for a while: an RSA key takes a tenth of a second.

use async_trait::async_trait;
use saoma_core::signing::{Algorithm, JoseError, KeyMaker, MadeKey, make_key};

/// Keys from the system's own randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemKeys;

#[async_trait]
impl KeyMaker for SystemKeys {
    async fn make(&self, algorithm: Algorithm) -> Result<MadeKey, JoseError> {
        match tokio::task::spawn_blocking(move || make_key(algorithm)).await {
            Ok(made) => made,
            Err(_) => Err(JoseError::NOT_MADE),
        }
    }
}
