//! One call with patience: up to two more tries, a random pause before each, three seconds in all.

use crate::wechat::failure::{Failure, Repeat};
use saoma_core::Entropy;
use saoma_core::provider::{Host, VendorRequest, VendorResponse};

const PATIENCE_MS: u64 = 3_000;

/// Asks until there is an answer, or a second try is useless, dangerous or too late.
pub(super) async fn ask<T>(
    host: &dyn Host,
    request: VendorRequest,
    repeat: Repeat,
    read: fn(&VendorResponse) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let began = host.now();
    let mut retries = 0;
    loop {
        let answer = host.call(request.clone()).await.map_err(Failure::Call);
        let failure = match answer.and_then(|response| read(&response)) {
            Ok(read) => return Ok(read),
            Err(failure) => failure,
        };
        let pause = pause_before(retries, host.entropy());
        let spent = host.now().millis_since(began) + u64::from(pause);
        if retries == repeat.retries() || spent > PATIENCE_MS || !failure.may_repeat(repeat) {
            return Err(failure);
        }
        host.pause(pause).await;
        retries += 1;
    }
}

/// 150 to 405 ms, then 450 to 705: those who failed together do not come back together.
fn pause_before(retries: u32, entropy: &dyn Entropy) -> u32 {
    let [jitter] = entropy.bytes::<1>();
    150 + retries * 300 + u32::from(jitter)
}
