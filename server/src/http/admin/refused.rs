//! Who was refused what in a request: noted where it happens, written down when the answer is made.

use poem::Request;
use saoma_core::admin::{Caller, Rule};
use std::sync::{Arc, OnceLock};

/// Put into a request on its way in.
#[derive(Debug, Clone, Default)]
pub(super) struct Refused(Arc<OnceLock<(Arc<Caller>, &'static str)>>);

impl Refused {
    /// What was noted, once the answer is there.
    pub(super) fn told(&self) -> Option<&(Arc<Caller>, &'static str)> {
        self.0.get()
    }
}

/// Notes that a caller may not; of several, the first.
pub(super) fn note(request: &Request, caller: &Arc<Caller>, rule: &Rule) {
    if let Some(refused) = request.extensions().get::<Refused>() {
        drop(refused.0.set((Arc::clone(caller), rule.name)));
    }
}
