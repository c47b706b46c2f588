//! Signing keys that all houses of one process share: to make an RSA key for each of a thousand would take
//! minutes. Each house gets the first of an algorithm, then the second, and so on.

use async_trait::async_trait;
use saoma_core::signing::{Algorithm, JoseError, KeyMaker, MadeKey, make_key};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

type Slot = Arc<OnceLock<MadeKey>>;

static MADE: LazyLock<Mutex<HashMap<(Algorithm, usize), Slot>>> = LazyLock::new(Mutex::default);

/// See the module; one for each house.
#[derive(Default)]
pub struct SharedKeys {
    given: Mutex<HashMap<Algorithm, usize>>,
}

impl SharedKeys {
    fn next(&self, algorithm: Algorithm) -> Slot {
        let mut given = self.given.lock().unwrap();
        let count = given.entry(algorithm).or_default();
        *count += 1;
        Arc::clone(MADE.lock().unwrap().entry((algorithm, *count)).or_default())
    }
}

#[async_trait]
impl KeyMaker for SharedKeys {
    async fn make(&self, algorithm: Algorithm) -> Result<MadeKey, JoseError> {
        let slot = self.next(algorithm);
        let made = slot.get_or_init(|| make_key(algorithm).unwrap());
        Ok(MadeKey { private: made.private.clone(), public: made.public.clone() })
    }
}
