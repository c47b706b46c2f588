//! Waiting for what happens by itself: the harness looks again and again, a test never sleeps.

use std::future::Future;
use std::time::Duration;

/// The first value that `look` gives; panics when ten seconds bring none.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let Ok(found) = tokio::time::timeout(Duration::from_secs(10), found).await else {
        panic!("it never happened: {what}")
    };
    found
}
